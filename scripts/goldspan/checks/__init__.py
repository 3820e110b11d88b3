"""The checks: one small function a code, whose docstring is the message and the remedy."""

from goldspan.checks import attributions, release, spans
from goldspan.checks.registry import check_annotation, check_release

__all__ = ["attributions", "check_annotation", "check_release", "release", "spans"]
