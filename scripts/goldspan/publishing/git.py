"""A release to a git remote: one commit on a branch that holds nothing else, and an annotated tag, in one push."""

import re
import subprocess
from pathlib import Path

from msgspec import Struct

from goldspan.faults import DataError
from goldspan.git import NO_GIT, git_environment
from goldspan.publishing.publish import OTHER_TAG, REFUSED, UNREACHABLE, Parcel, Planned, foreign_names, planned
from goldspan.words import reason

__all__ = ["plan_git"]

PASSWORD = re.compile(r"(\w+://)[^/@\s]*@")
BROKEN = re.compile(
    "could not read from remote|unable to access|hung up|could not resolve|early eof|connection|timed out|"
    "no such file|does not appear to be a git repository|not found",
    re.IGNORECASE,
)


class Repository(Struct, frozen=True):
    """A bare repository aside, in which what is sent is made, and the remote that it goes to."""

    folder: Path
    url: str

    def git(self, *arguments: str, data: bytes = b"") -> bytes:
        """What git prints.

        Raises:
            DataError: it fails: the remote cannot be reached (E925), there is no git (E901), or anything else (E926).
        """
        command = ["git", "--git-dir", str(self.folder), *arguments]
        try:
            done = subprocess.run(command, input=data, capture_output=True, env=git_environment(), check=False)  # noqa: S603
        except FileNotFoundError as error:
            raise NO_GIT.error(reason(error)) from error
        if done.returncode:
            raise self.failure(done.stderr.decode(errors="replace"))
        return done.stdout

    def failure(self, said: str) -> DataError:
        """What git says when it fails, as a finding without a password that an address may hold."""
        shown = " ".join(PASSWORD.sub(r"\1", said).split()) or "git says nothing"
        return (UNREACHABLE if BROKEN.search(shown) else REFUSED).error(shown, file=self.url)

    def line(self, *arguments: str, data: bytes = b"") -> str:
        """What git prints, as one line."""
        return self.git(*arguments, data=data).decode().strip()

    def remote_refs(self, *names: str) -> set[str]:
        """Which of some refs the remote has."""
        lines = self.git("ls-remote", "--", self.url, *names).decode().splitlines()
        return {line.partition("\t")[2] for line in lines} & set(names)

    def fetch(self, ref: str) -> str:
        """The commit that a ref of the remote is at, fetched."""
        self.git("fetch", "--quiet", "--no-tags", "--depth=1", "--", self.url, f"+{ref}:refs/there")
        return self.line("rev-parse", "--verify", "refs/there^{commit}")

    def blobs(self, tree: str) -> dict[str, str]:
        """The blob of each file below a tree or commit."""
        entries = self.git("ls-tree", "-r", "-z", "--full-tree", tree).decode(errors="surrogateescape").split("\0")
        parts = [entry.partition("\t") for entry in entries if entry]
        return {name: about.split()[2] for about, _, name in parts}

    def write_tree(self, parcel: Parcel) -> str:
        """The files of a release as a tree, byte for byte whatever git is set to."""
        made = {
            name: self.line("hash-object", "-w", "--no-filters", "--", str(file.path.resolve()))
            for name, file in parcel.files.items()
        }
        index = "".join(f"100644 {blob}\t{name}\0" for name, blob in made.items())
        self.git("update-index", "-z", "--index-info", data=index.encode())
        return self.line("write-tree")


def plan_git(parcel: Parcel, url: str, branch: str, folder: Path) -> Planned:
    """How a release gets to a git remote, from what its branch and tag hold; what is sent is made in an empty folder.

    Raises:
        DataError: the tag is there with other content (E923), the branch holds what no release has put there (E924),
            the remote cannot be reached (E925), or git refuses (E926).
    """
    repository = Repository(folder, url)
    repository.git("init", "--quiet", "--bare")
    repository.git("check-ref-format", "--branch", branch)
    head, tag = f"refs/heads/{branch}", f"refs/tags/{parcel.tag}"
    refs = repository.remote_refs(head, tag)
    tree = repository.write_tree(parcel)
    ours = repository.blobs(tree)
    if tag in refs:
        if repository.blobs(repository.fetch(tag)) != ours:
            raise OTHER_TAG.error(parcel.tag, file=url)
        return planned(parcel, dict.fromkeys(ours, True), None), lambda: None
    tip = repository.fetch(head) if head in refs else ""
    there = repository.blobs(tip) if tip else {}
    plan = planned(parcel, {name: blob == ours.get(name) for name, blob in there.items()}, parcel.tag)
    manifest = repository.git("cat-file", "blob", there["manifest.json"]) if "manifest.json" in there else None
    foreign_names(plan.delete, manifest, url)

    def send() -> None:
        commit = tip
        if not tip or there != ours:
            parents = ["-p", tip] if tip else []
            commit = repository.line("commit-tree", tree, *parents, "-m", parcel.title)
        repository.git("tag", "--annotate", parcel.tag, commit, "--message", parcel.title)
        repository.git("push", "--quiet", "--atomic", "--", url, f"{commit}:{head}", tag)

    return plan, send
