"""A release to where others find it: the Hub, a git remote or a folder.

``publish`` plans and carries out; ``hub`` and ``git`` are the ways there.
"""
