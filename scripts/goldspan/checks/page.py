"""Every code as a page: docs/checks.md is what `checks_page` gives."""

import importlib.util
import pkgutil
import re
from collections.abc import Iterator
from pathlib import Path

import goldspan
from goldspan.faults import FAULTS
from goldspan.markdown import markdown_table

__all__ = ["checks_page", "commands"]

FAMILIES = {
    "0": "Settings and the parts of a corpus",
    "1": "Raw articles and their sources",
    "2": "The form of an export",
    "3": "Spans and offsets",
    "4": "Relations and attributions",
    "5": "Entities, claims, clusters and decisions; what a corpus and its folder need",
    "6": "Tables",
    "7": "Card, manifest and pages",
    "8": "The server",
    "9": "Releases: compared, published, without text; formats, pages and models",
}
COMMANDS = {  # of the codes that begin so; the longest counts
    "E": "build",
    "W": "build",
    "E003": "build, convert, validate",
    "E005": "build, convert, export, hydrate, train",
    "E011": "build, convert, validate",
    "E015": "convert",
    "E016": "convert",
    "E017": "build, convert, validate",
    "E018": "build, convert, validate",
    "E019": "build, convert, validate",
    "E021": "export",
    "E025": "convert, validate",
    "E026": "convert, export",
    "E027": "export",
    "E2": "build, convert, validate",
    "E204": "build",
    "E205": "build, validate",
    "E206": "build, validate",
    "E207": "build",
    "E208": "build, validate",
    "E213": "convert",
    "E214": "convert",
    "E215": "convert",
    "E216": "convert",
    "E217": "convert",
    "E218": "convert",
    "E219": "convert",
    "E22": "convert",
    "E221": "convert, validate",
    "E222": "convert, validate",
    "E223": "build, convert, validate",
    "E224": "build, convert, validate",
    "E225": "build, convert, validate",
    "E226": "build, convert, validate",
    "E227": "build, convert, validate",
    "W2": "build, validate",
    "W203": "build",
    "W204": "build, convert, validate",
    "W206": "build, convert, validate",
    "W207": "build",
    "W210": "convert, export",
    "E301": "build, convert, validate",
    "E302": "build, convert, validate",
    "E305": "build, convert, validate",
    "E313": "build, convert, validate",
    "W301": "build, validate",
    "W302": "build, convert, validate",
    "E401": "build, convert, validate",
    "E402": "build, convert, validate",
    "W5": "build, validate",
    "W501": "build",
    "W502": "build",
    "E6": "validate",
    "E611": "load",
    "E7": "validate",
    "E705": "build, validate",
    "E72": "build",
    "E729": "figures",
    "E731": "build",
    "E8": "studio",
    "W8": "studio",
    "E90": "diff",
    "E901": "diff, release, publish",
    "E91": "release",
    "E92": "publish",
    "E932": "validate",
    "E933": "validate",
    "E934": "hydrate",
    "E935": "hydrate",
    "E936": "hydrate",
    "W93": "hydrate",
    "W930": "build",
    "E94": "rebase",
    "E96": "export",
    "E960": "validate, load, export, explore, train, diff, hydrate, publish",
    "E542": "diff, release",
    "W96": "export",
    "W94": "rebase",
    "E98": "train",
    "W98": "train",
    "E983": "train, predict",
    "E99": "predict",
    "E993": "studio",
    "E994": "studio",
    "W99": "predict",
}
DECLARED = re.compile(r"^\w+ = fault\(", re.MULTILINE)
HEAD = """# Checks

What goldspan can find wrong; this page is what `goldspan checks` prints. A code that begins with E is an error: the
command exits with status 1, and nothing is written. W is for a person to look at. What `build` finds, every command
that reads a corpus finds.

`goldspan validate TARGET` checks a release, a folder written by `goldspan convert` (with `--config XML` also what its
controls hold), or an export (with `--config XML`). `--select E3,W301` shows only codes that begin so, `--ignore CODES`
leaves codes out, and the exit status is that of what is left. `--format json` is for programs; `--format github` shows
each finding beside its file where GitHub runs it.
"""


def checks_page() -> str:
    """The page: a table of codes for each family.

    Raises:
        ModuleNotFoundError: an extra is not installed.
    """
    for name in declaring():
        importlib.import_module(name)
    parts = [HEAD]
    for family, title in FAMILIES.items():
        found = [FAULTS[code] for code in sorted(FAULTS) if code[1] == family]
        rows = [[one.code, one.severity, one.message, one.remedy, commands(one.code)] for one in found]
        parts.append(f"## {title}\n\n{markdown_table(['code', 'severity', 'says', 'to mend it', 'found by'], rows)}\n")
    return "\n".join(parts)


def declaring() -> Iterator[str]:
    """The names of the modules that declare faults: only they are imported, since others need more extras."""
    for module in pkgutil.walk_packages(goldspan.__path__, "goldspan."):
        spec = importlib.util.find_spec(module.name)
        if spec and spec.origin and DECLARED.search(Path(spec.origin).read_text(encoding="utf-8")):
            yield module.name


def commands(code: str) -> str:
    """The commands that may find a fault."""
    return COMMANDS[max((prefix for prefix in COMMANDS if code.startswith(prefix)), key=len)]
