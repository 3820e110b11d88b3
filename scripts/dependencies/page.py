"""The lock and what is installed -> docs/dependencies.md: every package that users get, and its licence."""

import re
import sysconfig
import tomllib
from collections.abc import Iterable
from importlib.metadata import PackageMetadata, distributions
from pathlib import Path

from msgspec import Struct
from packaging.markers import Marker

__all__ = ["ROOT", "Package", "licence", "locked", "page", "rows", "users"]

ROOT = Path(__file__).parent.parent.parent
LOCK = ROOT / "requirements/dev.txt"
PINNED = re.compile(r"^([\w.-]+)==([^\s;\\]+)([^\n]*)\n(?:    --hash[^\n]*\n)*((?:    #[^\n]*\n)*)", re.MULTILINE)
HERE = {"sys_platform": "linux", "python_version": "3.11", "python_full_version": "3.11.0"}  # what the page is made for
NOT_FOR_USERS = ("audit", "dev", "fuzz")
SHORT = 60  # a longer text is a licence itself, not its name


class Package(Struct, frozen=True):
    """A package of the lock, and the packages that want it."""

    name: str
    version: str
    wanted_by: frozenset[str]
    is_for_linux: bool


def locked(text: str) -> dict[str, Package]:
    """The packages of a lock by name; of a name that is pinned several times, the one for Linux."""
    found: dict[str, Package] = {}
    for name, version, condition, comment in PINNED.findall(text):
        parents = frozenset(re.findall(r"#(?: +via)? +([\w.-]+)", comment)) - {"via"}
        package = Package(name, version, parents, is_for_linux=holds(condition.strip(" ;\\")))
        if package.is_for_linux or name not in found:
            found[name] = package
    return found


def holds(condition: str) -> bool:
    """Whether a package is installed on Linux with the oldest Python, by the condition in the lock."""
    return not condition or Marker(condition).evaluate(HERE)


def users(packages: dict[str, Package], settings: dict[str, object]) -> dict[str, list[str]]:
    """For each package, which installs get it: the core, or extras; what only developers get has none."""
    project = settings["project"]
    assert isinstance(project, dict)  # noqa: S101
    wanted = {"core": project["dependencies"], **project["optional-dependencies"]}
    found: dict[str, list[str]] = {name: [] for name in packages}
    for install, requirements in wanted.items():
        if install not in NOT_FOR_USERS:
            for name in sorted(closure({bare(each) for each in requirements}, packages)):
                found[name].append(install)
    return found


def closure(names: set[str], packages: dict[str, Package]) -> set[str]:
    """Some packages of the lock with all that they want."""
    names &= set(packages)
    more = {name for name, one in packages.items() if one.wanted_by & names} - names
    return closure(names | more, packages) if more else names


def bare(requirement: str) -> str:
    """The name in a requirement, as the lock spells it."""
    match = re.match(r"[\w.-]+", requirement)
    return re.sub(r"[-_.]+", "-", match[0]).lower() if match else ""


def rows(lock: str, settings: dict[str, object]) -> list[tuple[str, str, str, str]]:
    """Name, version, licence and users of each package that users get, by name."""
    packages = locked(lock)
    return [
        (name, packages[name].version, installed_licence(packages[name]), ", ".join(of))
        for name, of in sorted(users(packages, settings).items())
        if of
    ]


def installed_licence(package: Package) -> str:
    """The licence of a package that is installed; else that it is for other systems.

    What is installed by other hands, outside the lock, makes no difference.
    """
    if not package.is_for_linux:
        return "not on Linux"
    where = [sysconfig.get_path("purelib"), sysconfig.get_path("platlib")]  # not what other packages bring along
    found = next(iter(distributions(name=package.name, path=where)), None)
    return "not installed" if found is None else licence(found.metadata)


def licence(found: PackageMetadata) -> str:
    """The licence that a package declares: as an expression, by a classifier, or in words."""
    expression, words = (next(iter(found.get_all(name) or []), "") for name in ("License-Expression", "License"))
    if expression:
        return str(expression)
    named = [each.split(" :: ")[-1] for each in found.get_all("Classifier") or [] if each.startswith("License :: OSI")]
    first = " ".join(words.split("\n")[0].split())
    return ", ".join(sorted(named)) or (first if len(first) <= SHORT else "") or "not declared"


def page(table: Iterable[tuple[str, ...]]) -> str:
    """The page."""
    lines = ["| package | version | licence | in |", "| --- | --- | --- | --- |"]
    lines += [f"| {' | '.join(cell.replace('|', '/') for cell in row)} |" for row in table]
    return "\n".join([HEAD, *lines, ""])


HEAD = """# Dependencies

What an install of goldspan brings along, in the versions of `requirements/dev.txt`: `core` always, the rest with the extra of that name. The extra `transformers` is not here: which build of PyTorch it brings along, and what that needs, depends on the machine. Licences are those that the packages declare. `make dependencies` makes this page; `make audit` looks the versions up among known vulnerabilities.
"""


def settings_of(path: Path = ROOT / "pyproject.toml") -> dict[str, object]:
    """pyproject.toml."""
    return tomllib.loads(path.read_text(encoding="utf-8"))


if __name__ == "__main__":
    text = page(rows(LOCK.read_text(encoding="utf-8"), settings_of()))
    (ROOT / "docs/dependencies.md").write_text(text, encoding="utf-8")
