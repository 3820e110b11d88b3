"""Who made the annotations of some exports: users of Label Studio -> annotators.

Every server counts its users anew, so that the first user of each is number 1. An address says who somebody is, and a
number does so only inside one server. Two exports are known to be of one server if they share a task, or a copy of an
annotation.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from glob import escape
from pathlib import Path

import msgspec
from msgspec import Struct

from goldspan.corpus import Annotator
from goldspan.export.reader import Task, TaskAnnotation, User
from goldspan.faults import Finding, fault, printable_json
from goldspan.hashes import sha256

__all__ = ["UNKNOWN_ANNOTATOR", "Users", "check_numbers", "renamed", "users_of"]

UNKNOWN_ANNOTATOR = fault(
    "E207",
    "An annotation is by a user that corpus.toml does not name",
    "Add the user to [[annotators]] in corpus.toml, by completed_by as it is shown here.",
)
SAME_NUMBER = fault(
    "E528",
    "A user's number stands in exports that cannot be told to be of one Label Studio server",
    "Say in corpus.toml who that is: several people by the lines shown here, with ids of your choice; one person by "
    "one entry without exports.",
)

NOBODY = "user-unknown"  # who made an annotation for which an export names no user, as those before version 1 do

Exports = Mapping[Path, Sequence[Task]]
Key = int | str  # an address, or a number


class Users(Struct, frozen=True):
    """The annotators that corpus.toml names, and the address of each number of an export that is known."""

    annotators: tuple[Annotator, ...] = ()
    addresses: Mapping[tuple[Path, int], str] = {}

    def annotator(self, file: Path, user: int | str | User | None) -> str | None:
        """The id of a user of an export: by address, else by number.

        What corpus.toml says of a number goes before the address that another export has of it. None if a corpus that
        names its annotators does not name this one; where no user is named, one that the export does not tell has a
        name that says so.
        """
        keys = list(self.keys(file, user))
        if not self.annotators:
            return name_of(keys[0]) if keys else NOBODY
        known = {key: one.id for one in self.annotators if one.counts_in(file) for key in one.users}
        return next((known[key] for key in reversed(keys) if key in known), None)

    def keys(self, file: Path, user: int | str | User | None) -> Iterator[Key]:
        """What a user of an export is known by: an address; a number where the export has none, after its address."""
        key = key_of(user)
        if isinstance(key, int) and (file, key) in self.addresses:
            yield self.addresses[file, key]
        if key is not None:
            yield key

    def shown(self, file: Path, user: int | str | User | None) -> str:
        """A user as corpus.toml has to name it."""
        key = next(self.keys(file, user), None)
        return "there is no user" if key is None else f"completed_by = {toml(key)}"


def users_of(annotators: Sequence[Annotator], exports: Exports) -> Users:
    """The users of some exports, with the addresses that exports of one server have of their numbers."""
    groups = servers(exports)
    found: dict[tuple[int, int], set[str]] = defaultdict(set)
    for file, user in spelled(exports):
        if isinstance(user, User) and user.email and user.id is not None:
            found[groups[file], user.id].add(user.email)
    learnt = {
        (file, number): min(emails)
        for (group, number), emails in found.items()
        for file in exports
        if groups[file] == group and len(emails) == 1
    }
    return Users(tuple(annotators), learnt)


def check_numbers(users: Users, exports: Exports) -> Iterator[Finding]:
    """A finding if a number stands for users of exports that may be of several servers, and nothing says who it is."""
    groups = servers(exports)
    numbers: dict[int, dict[int, bool]] = defaultdict(dict)  # of each number: its groups, and if one has no address
    for place, user in spelled(exports):
        key = user.id if isinstance(user, User) else user
        if isinstance(key, int):
            bare = isinstance(next(users.keys(place, user), None), int)
            numbers[key][groups[place]] = numbers[key].get(groups[place], False) or bare
    mixed = sorted(number for number, of in numbers.items() if len(of) > 1 and any(of.values()))
    if mixed and not users.annotators:
        of = {number: [path.name for path in exports if groups[path] in numbers[number]] for number in mixed}
        detail = "; ".join(f"{number} in {', '.join(names)}" for number, names in of.items())
        finding = SAME_NUMBER.finding(detail, file=str(next(iter(exports)).parent))
        lines = "\n".join(entries(users, exports, mixed))
        yield msgspec.structs.replace(finding, remedy=f"{finding.remedy}\n\n{lines}")


def entries(users: Users, exports: Exports, mixed: Sequence[int]) -> Iterator[str]:
    """The lines of corpus.toml that name every user of some exports; ``mixed`` are numbers of several servers."""
    groups = servers(exports)
    seen: dict[tuple[Key, int], None] = {}
    for file, user in spelled(exports):
        for key in [*users.keys(file, user)][:1]:
            seen[key, groups[file] if key in mixed else -1] = None
    for key, group in sorted(seen, key=lambda one: (isinstance(one[0], str), *one)):
        scoped = [toml(escape(file.stem)) for file in exports if groups[file] == group]
        suffix = f"-{sorted(each for one, each in seen if one == key).index(group) + 1}" if scoped else ""
        yield f"[[annotators]]\nid = {toml(name_of(key) + suffix)}\ncompleted_by = {toml(key)}"
        yield f"exports = [{', '.join(scoped)}]\n" if scoped else ""


def renamed(users: Users, exports: Exports) -> dict[str, str]:
    """The annotator of each name that a user has without ``[[annotators]]``, or had when no export had its address."""
    found: dict[str, set[str]] = defaultdict(set)
    for file, user in spelled(exports):
        keys = {*users.keys(file, user), *([user.id] if isinstance(user, User) and user.id is not None else [])}
        for name in map(name_of, keys):
            found[name] |= {users.annotator(file, user) or name}
    return {name: min(ids) for name, ids in found.items() if ids != {name} and len(ids) == 1}


def spelled(exports: Exports) -> Iterator[tuple[Path, int | str | User]]:
    """Every user of some exports, as each annotation has it."""
    for file, tasks in exports.items():
        for task in tasks:
            for one in task.annotations:
                if one.completed_by is not None:
                    yield file, one.completed_by


def servers(exports: Exports) -> dict[Path, int]:
    """A number for each export, the same for those that are known to be of one server.

    They share a task, or an annotation to the letter, where the export does not say when its task was made.
    """
    groups = {file: number for number, file in enumerate(exports)}
    first: dict[object, Path] = {}
    copies: dict[object, tuple[Path, TaskAnnotation]] = {}
    for file, tasks in exports.items():
        for task in tasks:
            if task.created_at:
                join(groups, first.setdefault(task.identity, file), file)
            for one in task.annotations if not task.created_at else ():
                place, other = copies.setdefault((task.id, one.id, one.created_at), (file, one))
                if one.id is not None and one.created_at and one.result and one == other:
                    join(groups, place, file)
    return groups


def join(groups: dict[Path, int], one: Path, other: Path) -> None:
    """Make the groups of two exports one."""
    if groups[one] != groups[other]:
        kept, gone = sorted((groups[one], groups[other]))
        groups.update((file, kept) for file, group in groups.items() if group == gone)


def key_of(user: int | str | User | None) -> Key | None:
    """What an export itself knows a user by."""
    return (user.email or user.id) if isinstance(user, User) else user


def name_of(key: Key) -> str:
    """The name of a user in a corpus that names none: by number, or by a hash of the address."""
    return f"user-{sha256(key.encode())[:8] if isinstance(key, str) else key}"


def toml(value: Key) -> str:
    """A number or a string as corpus.toml has it."""
    return printable_json(value)
