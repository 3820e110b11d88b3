"""The checks: one small function a code, declared with its message and its remedy."""

from goldspan.checks import (
    annotated,
    attributions,
    converted,
    derived,
    figures,
    layers,
    mentions,
    release,
    spans,
    statements,
    withheld,
)
from goldspan.checks.content import check_content, content_of
from goldspan.checks.registry import check_annotation, check_converted, check_release

__all__ = [
    "annotated",
    "attributions",
    "check_annotation",
    "check_content",
    "check_converted",
    "check_release",
    "content_of",
    "converted",
    "derived",
    "figures",
    "layers",
    "mentions",
    "release",
    "spans",
    "statements",
    "withheld",
]
