"""Releases against each other: what changed in the annotations' own terms, and which version that asks for.

``terms`` and ``alignment`` → ``items`` → ``matching`` → ``diff`` → ``rendering``, ``versions`` and ``changelog`` →
``release``; ``git`` and ``revisions`` fetch what is compared.
"""
