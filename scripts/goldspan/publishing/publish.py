"""A release to where others get it: the Hugging Face Hub, a git remote, or a folder.

Each way has two steps: a plan is made from what is there, then it is carried out. What is there already is not sent
again, so that running again finishes what broke off.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from urllib.parse import urlsplit

import msgspec
from msgspec import Struct

from goldspan.faults import DataError, fault, stop_on_errors
from goldspan.hashes import sha256
from goldspan.released import read_manifest, replace_folder
from goldspan.store import differences, entries
from goldspan.validate import validate

__all__ = [
    "OTHER_TAG",
    "REFUSED",
    "UNREACHABLE",
    "Parcel",
    "Plan",
    "Planned",
    "Sent",
    "Target",
    "foreign_names",
    "pack",
    "parse_target",
    "plan_folder",
    "planned",
]

UNFIT = fault("E920", "The release is not fit to be published", "Mend what is named and build again.")
BAD_TARGET = fault(
    "E921",
    "This is no target that a release can be published to",
    "Give hf:owner/name, the address or path of a git remote, or a folder (./name).",
)
OTHER_TAG = fault(
    "E923",
    "The tag of this version is there with other content, and is not moved",
    "Give the release a new version in corpus.toml and build again.",
)
NOT_OURS = fault(
    "E924",
    "The target holds something that no release has put there",
    "Name another branch or repository, or move what is yours out of it.",
)
UNREACHABLE = fault(
    "E925",
    "The target cannot be reached, or the connection broke",
    "Run the same command again: it goes on where it stopped.",
)
REFUSED = fault("E926", "The target refuses", "Mend what it names, then run the same command again.")

HUB_NAME = re.compile(r"[A-Za-z0-9][\w.-]*/[A-Za-z0-9][\w.-]*")
HUB_PAGE = re.compile(r"https://huggingface\.co/datasets/([^/]+/[^/?#]+)/?")
SSH_ADDRESS = re.compile(r"[\w.-]+@[\w.-]+:[^-].*")
SCHEMES = ("http", "https", "ssh", "git", "file")


class Target(Struct, frozen=True):
    """Where a release goes: ``kind`` is hub, git or folder; ``name`` is its repository, address or path."""

    kind: str
    name: str


class File(Struct, frozen=True):
    """A file of a release: its name, where it is, its size in bytes and its SHA-256."""

    name: str
    path: Path
    size: int
    sha256: str


class Parcel(Struct, frozen=True):
    """A release that is fit to go out, with its files by name."""

    name: str
    version: str
    files: dict[str, File]

    @property
    def tag(self) -> str:
        """The tag of its version."""
        return f"v{self.version}"

    @property
    def title(self) -> str:
        """Name and version, as the message of a commit."""
        return f"{self.name} {self.version}"


class Plan(Struct, frozen=True):
    """What is to happen: names of files to send and to delete, those that are there already, and the tag to make."""

    send: tuple[str, ...]
    keep: tuple[str, ...]
    delete: tuple[str, ...]
    tag: str | None


class Listed(Struct, frozen=True):
    """What a manifest of any version lists."""

    files: dict[str, str]


Sent = Callable[[], None]
Planned = tuple[Plan, Sent]


def pack(folder: Path) -> Parcel:
    """A release as what may go out.

    Raises:
        DataError: it has an error, or is not what its manifest says (E920, with every finding).
    """
    findings = validate(folder)
    if any(finding.is_error for finding in findings):
        raise DataError([*findings, UNFIT.finding(file=str(folder))])
    manifest = read_manifest(folder / "manifest.json")
    files = {name: as_file(name, path) for name, path in entries(folder).items()}
    stop_on_errors(  # it may have changed since it was validated
        UNFIT.finding(f"{name} is not what the manifest lists", file=str(folder))
        for name, file in files.items()
        if name != "manifest.json" and manifest.files.get(name) != file.sha256
    )
    return Parcel(manifest.name, manifest.version, files)


def as_file(name: str, path: Path) -> File:
    """A file of a release."""
    data = path.read_bytes()
    return File(name, path, len(data), sha256(data))


def parse_target(text: str) -> Target:
    """What a target names.

    ``hf:owner/name``, ``owner/name`` where there is no such path, or a dataset's page on huggingface.co is of the Hub;
    an address or the path of a git repository is a git remote; any other path is a folder.

    Raises:
        DataError: it is none, could be two, or holds a name or password, which others would see (E921).
    """
    page = HUB_PAGE.fullmatch(text)
    name = page[1] if page else text.removeprefix("hf:")
    if page or text.startswith("hf:"):
        if not HUB_NAME.fullmatch(name):
            raise BAD_TARGET.error(text)
        return Target("hub", name)
    if not text or text.startswith("-") or "\0" in text or "::" in text:
        raise BAD_TARGET.error(text)
    if "://" in text or SSH_ADDRESS.fullmatch(text):
        check_address(text)
        return Target("git", text)
    if HUB_NAME.fullmatch(text):
        if Path(text).exists():
            raise BAD_TARGET.error(f"hf:{text}, or the folder ./{text}?")
        return Target("hub", text)
    return Target("git" if text.endswith(".git") or is_repository(Path(text)) else "folder", text)


def check_address(text: str) -> None:
    """Look at an address before git does.

    Raises:
        DataError: it is of a kind that git runs programs for, or shows a name or password (E921).
    """
    if "://" not in text:
        return
    try:
        parts = urlsplit(text)
        shown = parts.username is not None if parts.scheme in ("http", "https") else parts.password is not None
    except ValueError:
        raise BAD_TARGET.error("it is no address") from None
    if shown:
        raise BAD_TARGET.error("it holds a name or password; leave that to git's credential helper")
    if parts.scheme not in SCHEMES:
        raise BAD_TARGET.error(text)


def is_repository(path: Path) -> bool:
    """True for a git repository, with or without a work tree."""
    return (path / ".git").exists() or ((path / "HEAD").is_file() and (path / "objects").is_dir())


def foreign_names(names: Iterable[str], manifest: bytes | None, where: str) -> None:
    """See that what is to be deleted is what an earlier release, by its manifest, has put there.

    Raises:
        DataError: it is not (E924).
    """
    try:
        listed = {"manifest.json", *msgspec.json.decode(manifest or b"", type=Listed).files}
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        listed = set()
    foreign = sorted(set(names) - listed)
    if foreign:
        raise NOT_OURS.error(", ".join(foreign[:5]), file=where)


def planned(parcel: Parcel, same: Mapping[str, bool], tag: str | None) -> Plan:
    """The plan where some files are there: by name, whether each is the release's own."""
    return Plan(
        send=tuple(name for name in sorted(parcel.files) if not same.get(name)),
        keep=tuple(name for name in sorted(parcel.files) if same.get(name)),
        delete=tuple(sorted(set(same) - set(parcel.files))),
        tag=tag,
    )


def plan_folder(parcel: Parcel, folder: Path) -> Planned:
    """How a release gets into a folder: written aside and swapped in. A folder has no tags.

    Raises:
        DataError: the folder holds what its own manifest does not list (E005, when it is carried out).
        OSError: it cannot be written.
    """
    files = {name: file.path.read_bytes() for name, file in parcel.files.items()}
    there = set(entries(folder)) if folder.is_dir() else set()
    changed = set(differences(folder, files))
    plan = planned(parcel, {name: name not in changed for name in there}, None)
    return plan, lambda: replace_folder(folder, files)
