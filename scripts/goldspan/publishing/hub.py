"""A release to the Hugging Face Hub: one commit in a dataset repository, and its tag. Needs the extra ``hub``."""

import logging
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha1
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from huggingface_hub import CommitOperationAdd, CommitOperationDelete, HfApi
from huggingface_hub.errors import HfHubHTTPError, RepositoryNotFoundError
from huggingface_hub.utils.tqdm import disable_progress_bars
from msgspec import Struct

from goldspan.faults import DataError, fault
from goldspan.publishing.publish import (
    OTHER_TAG,
    REFUSED,
    UNREACHABLE,
    File,
    Parcel,
    Planned,
    foreign_names,
    planned,
)

__all__ = ["connect", "plan_hub"]

NOT_ACCEPTED = fault(
    "E922",
    "The Hub does not accept the token, or its user may not do this",
    "Put a token that may write into the variable HF_TOKEN.",
)
NO_REPOSITORY = fault(
    "E927",
    "The Hub has no such dataset repository, or hides it from this token",
    "Correct the name, or give --create: the repository is made, and stays private until you make it public.",
)
FAILED = fault("E928", "The Hub failed, or what answers is no Hub", "Run the same command again later.")

TRANSPORT = ("requests", "urllib3", "httpx", "httpx2", "httpcore", "httpcore2")  # by the version of huggingface_hub
OUTCOME = "some of it may be there already"


class Hub(Struct, frozen=True):
    """A dataset repository of the Hub, and the client that speaks to it."""

    api: HfApi
    repository: str
    token: str | None

    @property
    def place(self) -> str:
        """Its address, for findings."""
        return f"{self.api.endpoint}/datasets/{self.repository}"

    def call(self, method: str, **arguments: Any) -> Any:
        """The answer to a call of the client about this repository."""
        return getattr(self.api, method)(repo_id=self.repository, repo_type="dataset", **arguments)

    def files(self, revision: str) -> dict[str, Any]:
        """What the client knows of each file at a revision, by name."""
        found = self.call("list_repo_tree", recursive=True, revision=revision)
        return {one.path: one for one in found if hasattr(one, "blob_id")}

    def read(self, name: str, revision: str) -> bytes:
        """A file's bytes."""
        with TemporaryDirectory() as folder:
            return Path(self.call("hf_hub_download", filename=name, revision=revision, local_dir=folder)).read_bytes()


def connect(repository: str, token: str | None) -> Hub:
    """A repository to speak to. Without a token nothing can be sent; a token kept in a file is never taken.

    Raises:
        DataError: the token holds what none holds (E922).
    """
    if token is not None and not (token.isascii() and token.isprintable()):
        raise NOT_ACCEPTED.error("it has a character that no token has")
    logging.getLogger("huggingface_hub").setLevel(logging.ERROR)
    if not sys.stderr.isatty():
        disable_progress_bars()
    return Hub(HfApi(token=token or False, library_name="goldspan"), repository, token)


def plan_hub(parcel: Parcel, hub: Hub, *, create: bool) -> Planned:
    """How a release gets into a repository of the Hub, from what its main branch and its tags hold.

    Raises:
        DataError: the token is not accepted (E922), the tag is there with other content (E923), the repository holds
            what no release has put there (E924), the Hub cannot be reached (E925), refuses (E926) or fails (E928), or
            has no such repository and ``create`` is false (E927).
    """
    with named_errors(hub):
        refs = refs_of(hub, create)
        tags = {ref.name: ref.target_commit for ref in refs.tags} if refs else {}
        if parcel.tag in tags:
            if compared(parcel, hub.files(parcel.tag)) != dict.fromkeys(parcel.files, True):
                raise OTHER_TAG.error(parcel.tag, file=hub.place)
            return planned(parcel, dict.fromkeys(parcel.files, True), None), lambda: None
        head = next((ref.target_commit for ref in refs.branches if ref.name == "main"), None) if refs else None
        files = hub.files(head) if head else {}
        plan = planned(parcel, compared(parcel, files), parcel.tag)
        if plan.delete:
            manifest = hub.read("manifest.json", head) if head and "manifest.json" in files else None
            foreign_names(plan.delete, manifest, hub.place)

    def send() -> None:
        with named_errors(hub, OUTCOME):
            if refs is None:
                hub.call("create_repo", private=True, exist_ok=True)
            added = [CommitOperationAdd(name, str(parcel.files[name].path)) for name in plan.send]
            deleted = [CommitOperationDelete(name) for name in plan.delete]
            commit = head
            if added or deleted:
                operations = [*added, *deleted]
                told = hub.call("create_commit", operations=operations, commit_message=parcel.title, parent_commit=head)
                commit = told.oid
            hub.call("create_tag", tag=parcel.tag, tag_message=parcel.title, revision=commit)

    return plan, send


def refs_of(hub: Hub, create: bool) -> Any:
    """The branches and tags of the repository; None where there is none and it is to be made."""
    if hub.token is not None:
        hub.api.whoami()  # the Hub calls a repository missing also where the token is wrong
    try:
        return hub.call("list_repo_refs")
    except RepositoryNotFoundError:
        if create:
            return None
        raise NO_REPOSITORY.error(file=hub.place) from None


def compared(parcel: Parcel, files: dict[str, Any]) -> dict[str, bool]:
    """Whether each file there is the release's own, by name; hidden ones, as .gitattributes, are the Hub's."""
    shown = {name: one for name, one in files.items() if not any(part.startswith(".") for part in name.split("/"))}
    return {name: name in parcel.files and is_same(parcel.files[name], one) for name, one in shown.items()}


def is_same(file: File, there: Any) -> bool:
    """True if the Hub has these bytes: by their SHA-256, or the id of their git blob where it stores them so."""
    if there.lfs is not None:
        return bool(there.lfs.sha256 == file.sha256)
    data = file.path.read_bytes()
    return bool(there.blob_id == sha1(b"blob %d\0" % len(data) + data, usedforsecurity=False).hexdigest())


@contextmanager
def named_errors(hub: Hub, outcome: str = DataError.outcome) -> Iterator[None]:
    """Turn what goes wrong while the Hub is spoken to into findings with a code. No error shows a token.

    Raises:
        DataError: E922, E925, E926, E927 or E928.
    """
    try:
        yield
    except DataError as error:
        error.outcome = outcome
        raise
    except Exception as error:  # whose types depend on the version of the client
        found = named(error, hub)
        found.outcome = outcome
        raise found from None


def named(error: BaseException, hub: Hub) -> DataError:
    """What went wrong as a finding."""
    answer = next((one for one in chain(error) if isinstance(one, HfHubHTTPError)), None)
    if answer is not None and answer.response is not None:
        return named_answer(answer.response.status_code, str(answer.server_message or ""), hub)
    names = [type(one).__module__.partition(".")[0] for one in chain(error)]
    if any(name in TRANSPORT for name in names) or any(isinstance(one, ConnectionError) for one in chain(error)):
        return UNREACHABLE.error(type(error).__name__, file=hub.place)  # its text may quote headers
    return FAILED.error(type(error).__name__, file=hub.place)


def named_answer(status: int, said: str, hub: Hub) -> DataError:
    """An answer of the Hub that is an error, as a finding."""
    shown = f"status {status}: {said}".removesuffix(": ")
    if hub.token:
        shown = shown.replace(hub.token, "…")
    if status in (401, 403):
        return NOT_ACCEPTED.error(f"status {status}", file=hub.place)
    if status == 404:
        return NO_REPOSITORY.error(file=hub.place)
    if status in (409, 412):
        return REFUSED.error(f"it was changed meanwhile, {shown}", file=hub.place)
    return (FAILED if status >= 500 else REFUSED).error(shown, file=hub.place)


def chain(error: BaseException) -> Iterator[BaseException]:
    """An error and what it comes from."""
    seen: BaseException | None = error
    while seen is not None:
        yield seen
        seen = seen.__cause__ or seen.__context__
