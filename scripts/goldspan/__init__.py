"""goldspan: Label Studio annotations of text as exact, typed, checked spans and claims.

The pipeline reads in the order of the modules: ``corpus`` and ``labeling`` (settings), ``articles`` and ``export``
(input), ``claims`` and ``tokens`` (what follows from it), ``checks``, ``tables`` and ``card`` (output), ``build`` (the
whole story). ``cli`` names the commands.
"""

from typing import Any


def __getattr__(name: str) -> Any:
    """``__version__``, looked up where it is asked for: that takes a tenth of the time to start."""
    if name == "__version__":
        from importlib.metadata import version  # noqa: PLC0415

        return version("goldspan")
    raise AttributeError(name)
