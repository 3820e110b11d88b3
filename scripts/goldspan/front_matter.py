"""The YAML at the head of a page, which every string comes out of as it went in."""

from typing import Any

import yaml

__all__ = ["render_front_matter"]


class Dumper(yaml.SafeDumper):
    """A dumper that escapes line breaks, of which YAML has more than one and folds them, and what is not printed."""


def string(dumper: Dumper, text: str) -> yaml.ScalarNode:
    """A string; between quotation marks, where such characters can be escaped, if it has any."""
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=None if text.isprintable() else '"')


Dumper.add_representer(str, string)


def render_front_matter(settings: dict[str, Any]) -> str:
    """Settings as YAML between two lines of three hyphens."""
    head = yaml.dump(settings, Dumper=Dumper, sort_keys=False, allow_unicode=True, width=120)
    return f"---\n{head}---\n"
