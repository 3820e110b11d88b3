"""goldspan: Label Studio annotations of text as exact, typed, checked spans and claims.

The pipeline reads in the order of the modules: ``corpus`` and ``labeling`` (settings), ``articles`` and ``export``
(input),
``claims`` and ``tokens`` (what follows from it), ``checks``, ``tables`` and ``card`` (output), ``build`` (the whole
story).
"""

from importlib.metadata import version

__version__ = version("goldspan")
