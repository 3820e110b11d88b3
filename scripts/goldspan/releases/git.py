"""Git, called with fixed arguments."""

import subprocess
from pathlib import Path, PurePosixPath

from goldspan.faults import DataError, fault
from goldspan.git import NO_GIT, git_environment
from goldspan.words import reason

__all__ = ["GIT_FAILED", "NOTHING_THERE", "files_at", "git", "revision", "try_git"]

GIT_FAILED = fault("E902", "Git refuses", "Mend what it names, then run the same command again.")
NO_REPOSITORY = fault(
    "E542",
    "The folder lies in no repository of git, so that no tag or revision can be looked up",
    "Run it in the repository of the corpus, or name the corpus in it: --corpus DIR. A folder needs no repository.",
)
NOTHING_THERE = fault(
    "E903", "A revision has no release that can be read", "Name a revision in which the release is committed."
)

Done = subprocess.CompletedProcess[bytes]

REGULAR = ("100644", "100755")


def try_git(folder: Path, *arguments: str) -> Done:
    """Run git in a folder, whatever it gives back.

    Raises:
        DataError: there is no git (E901).
    """
    command = ["git", "-C", str(folder), "--no-pager", *arguments]
    try:
        return subprocess.run(  # noqa: S603 - no shell, and what is not ours stands behind --end-of-options
            command, capture_output=True, check=False, stdin=subprocess.DEVNULL, env=git_environment()
        )
    except (OSError, ValueError) as error:
        raise NO_GIT.error(reason(error)) from error


def git(folder: Path, *arguments: str) -> bytes:
    """What git prints in a folder.

    Raises:
        DataError: there is no git (E901), or no repository (E542), or it fails (E902).
    """
    done = try_git(folder, *arguments)
    if done.returncode:
        raise failed(folder, done)
    return done.stdout


def failed(folder: Path, done: Done, what: str = "") -> DataError:
    """The error that git has failed in a folder: there is no repository (E542), or what git says in one line (E902)."""
    said = " ".join(done.stderr.decode(errors="replace").split())
    if "not a git repository" in said:
        return NO_REPOSITORY.error(what, file=str(folder.resolve()))
    return GIT_FAILED.error(f"{what}: {said}" if what else said, file=str(folder))


def revision(folder: Path, name: str) -> str | None:
    """The commit that a tag, branch or other revision names; None if it names none.

    Raises:
        DataError: there is no git (E901), or no repository (E542), or it fails (E902).
    """
    done = try_git(folder, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{name}^{{commit}}")
    if done.returncode not in (0, 1):
        raise failed(folder, done, name)
    return done.stdout.decode().strip() or None


def files_at(folder: Path, commit: str, below: str) -> dict[str, bytes]:
    """The files of a commit at or below a path, which is relative to the folder, by their path from there.

    The bytes are those that are committed; no attribute or setting changes them.

    Raises:
        DataError: one is no regular file (E903), or git fails (E901, E902).
    """
    below = str(PurePosixPath(below))
    listed = git(folder, "ls-tree", "-r", "-z", "--end-of-options", commit, f"./{below}")
    files = {}
    for entry in filter(None, listed.split(b"\0")):
        about, _, name = entry.decode(errors="surrogateescape").partition("\t")
        mode, _, blob = about.split()
        if mode not in REGULAR or {"..", ""} & set(name.split("/")):
            raise NOTHING_THERE.error(f"{name} is no regular file", file=str(folder))
        files[name.removeprefix(f"{below}/")] = git(folder, "cat-file", "blob", blob)
    return files
