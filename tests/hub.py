"""A small Hugging Face Hub for tests: the calls that huggingface_hub makes for commits and downloads."""

import base64
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha1, sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

TOKEN = "hf_s3cretToken"  # noqa: S105
NAME = "me/claims"


class Answer(Exception):  # noqa: N818 - an answer that is an error
    def __init__(self, status: int, **headers: str) -> None:
        self.status, self.headers = status, {name.replace("_", "-"): value for name, value in headers.items()}


class Hub(ThreadingHTTPServer):
    """One repository, if it is there: commits (files by name), tags, what was uploaded; and every call that was made.

    ``says`` has the status with which calls are answered instead, by a part of their path: errors that quote the token.
    ``breaks`` says at which calls the connection breaks: the method, a part of the path, and whether the call is
    carried out before it does.
    """

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.commits: list[dict[str, bytes]] | None = [{".gitattributes": b"*.parquet filter=lfs"}]
        self.messages, self.tags, self.blobs = ["initial commit"], dict[str, int](), dict[str, bytes]()
        self.calls: list[tuple[str, str]] = []
        self.breaks: list[tuple[str, str, bool]] = []
        self.says: dict[str, int] = {}
        self.private: bool | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"

    def made(self, method: str) -> list[str]:
        """The paths of the calls of one method, without the name of the repository."""
        return [path.replace(f"/{NAME}", "") for verb, path in self.calls if verb == method]

    def repository(self) -> list[dict[str, bytes]]:
        if self.commits is None:
            raise Answer(404, X_Error_Code="RepoNotFound", X_Error_Message="Repository not found")
        return self.commits

    def at(self, revision: str) -> dict[str, bytes]:
        return self.repository()[self.number(revision)]

    def number(self, revision: str) -> int:
        known = oids(self.repository())
        at = {**{oid: number for number, oid in enumerate(known)}, "main": len(known) - 1, **self.tags}
        if revision not in at:
            raise Answer(404, X_Error_Code="RevisionNotFound", X_Error_Message="Revision not found")
        return at[revision]


def oids(commits: list[dict[str, bytes]]) -> list[str]:
    return [sha1(f"commit {number}".encode(), usedforsecurity=False).hexdigest() for number in range(len(commits))]


def is_lfs(name: str) -> bool:
    return name.endswith(".parquet")


def blob_id(data: bytes) -> str:
    return sha1(b"blob %d\0" % len(data) + data, usedforsecurity=False).hexdigest()


class Handler(BaseHTTPRequestHandler):
    """How the calls are answered."""

    protocol_version = "HTTP/1.1"
    server: Hub

    def handle_call(self) -> None:
        path = self.path.partition("?")[0]
        self.server.calls.append((self.command, path))
        body = self.body()
        broken = next((one for one in self.server.breaks if one[0] == self.command and one[1] in path), None)
        if broken and not broken[2]:
            self.close_connection = True
            return
        try:
            if not path.startswith("/lfs/") and self.headers.get("Authorization") != f"Bearer {TOKEN}":
                raise Answer(401, X_Error_Message="Invalid credentials in Authorization header")
            status, headers = next((self.server.says[part] for part in self.server.says if part in path), 0), {}
            found = self.answer(path, body) if not status else {"error": f"not with {TOKEN}"}
        except Answer as answer:
            status, found, headers = answer.status, {"error": "no"}, answer.headers
        if broken:
            self.close_connection = True
            return
        data = found if isinstance(found, bytes) else json.dumps(found).encode()
        self.send_response(status or 200)
        more = (
            {"X-Repo-Commit": oids(self.server.commits or [])[-1], "ETag": f'"{blob_id(data)}"'}
            if not status and "/resolve/" in path
            else {}
        )
        for name, value in {**headers, **more, "Content-Length": str(len(data))}.items():
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(data)

    do_GET = do_HEAD = do_POST = do_PUT = handle_call  # noqa: N815

    def body(self) -> bytes:
        if self.headers.get("Transfer-Encoding") != "chunked":
            return self.rfile.read(int(self.headers.get("Content-Length") or 0))
        chunks = []
        while size := int(self.rfile.readline(), 16):
            chunks.append(self.rfile.read(size))
            self.rfile.readline()
        self.rfile.readline()
        return b"".join(chunks)

    def log_message(self, *_: object) -> None:
        pass

    def answer(self, path: str, body: bytes) -> Any:  # noqa: PLR0911
        hub, api = self.server, f"/api/datasets/{NAME}/"
        if path == "/api/whoami-v2":
            return {"type": "user", "name": "me", "auth": {"type": "access_token"}}
        if path == "/api/validate-yaml":
            return {"errors": [], "warnings": []}
        if path == "/api/repos/create":
            asked = json.loads(body)
            hub.commits, hub.private = [{}], asked.get("private", asked.get("visibility") == "private")
            return {"url": f"{hub.url}/datasets/{NAME}", "name": NAME}
        if path.startswith("/lfs/"):
            oid = path.removeprefix("/lfs/")
            assert sha256(body).hexdigest() == oid
            hub.blobs[oid] = body
            return {}
        if path.endswith("/info/lfs/objects/batch"):
            return {"transfer": "basic", "objects": [self.upload(**one) for one in json.loads(body)["objects"]]}
        if path.startswith(f"/datasets/{NAME}/resolve/"):
            revision, _, name = path.removeprefix(f"/datasets/{NAME}/resolve/").partition("/")
            return hub.at(revision)[name]
        if not path.startswith(api):
            raise Answer(404, X_Error_Code="RepoNotFound", X_Error_Message="Repository not found")
        what, _, revision = path.removeprefix(api).partition("/")
        known = {
            "refs": self.refs, "tree": self.tree, "preupload": self.preupload, "commit": self.commit, "tag": self.tag,
            "revision": self.revision,
        }  # fmt: skip
        return known[what](revision, body)

    def upload(self, oid: str, size: int) -> dict[str, Any]:
        there = {} if oid in self.server.blobs else {"actions": {"upload": {"href": f"{self.server.url}/lfs/{oid}"}}}
        return {"oid": oid, "size": size, **there}

    def refs(self, _: str, __: bytes) -> dict[str, Any]:
        commits = self.server.repository()
        tags = [
            {"name": name, "ref": f"refs/tags/{name}", "targetCommit": oids(commits)[at]}
            for name, at in self.server.tags.items()
        ]
        main = {"name": "main", "ref": "refs/heads/main", "targetCommit": oids(commits)[-1]}
        return {"branches": [main], "converts": [], "tags": tags}

    def revision(self, revision: str, _: bytes) -> dict[str, Any]:
        number = self.server.number(revision)
        commits = self.server.repository()
        siblings = [{"rfilename": name} for name in commits[number]]
        return {"id": NAME, "sha": oids(commits)[number], "siblings": siblings, "xetEnabled": False}

    def tree(self, revision: str, _: bytes) -> list[dict[str, Any]]:
        return [
            {
                "type": "file", "path": name, "size": len(data), "oid": blob_id(data),
                **({"lfs": {"oid": sha256(data).hexdigest(), "size": len(data), "pointerSize": 134}} if is_lfs(name) else {}),
            }
            for name, data in self.server.at(revision).items()
        ]  # fmt: skip

    def preupload(self, _: str, body: bytes) -> dict[str, Any]:
        names = [one["path"] for one in json.loads(body)["files"]]
        return {
            "files": [
                {"path": name, "uploadMode": "lfs" if is_lfs(name) else "regular", "shouldIgnore": False}
                for name in names
            ]
        }

    def commit(self, _: str, body: bytes) -> dict[str, Any]:
        hub, lines = self.server, [json.loads(line) for line in body.splitlines()]
        files, parent = dict(hub.repository()[-1]), lines[0]["value"].get("parentCommit")
        if parent not in (None, oids(hub.repository())[-1]):
            raise Answer(412, X_Error_Message="A commit has happened since")
        for line in lines[1:]:
            value = line["value"]
            if line["key"] == "file":
                files[value["path"]] = base64.b64decode(value["content"])
            elif line["key"] == "lfsFile":
                files[value["path"]] = hub.blobs[value["oid"]]
            else:
                del files[value["path"]]
        hub.repository().append(files)
        hub.messages.append(lines[0]["value"]["summary"])
        oid = oids(hub.repository())[-1]
        return {"commitUrl": f"{hub.url}/datasets/{NAME}/commit/{oid}", "commitOid": oid}

    def tag(self, revision: str, body: bytes) -> dict[str, Any]:
        name = json.loads(body)["tag"]
        if name in self.server.tags:
            raise Answer(409, X_Error_Message="Tag reference exists already")
        self.server.tags[name] = oids(self.server.repository()).index(revision)
        return {}


@contextmanager
def running_hub() -> Iterator[Hub]:
    """A Hub that runs."""
    hub = Hub()
    thread = threading.Thread(target=hub.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield hub
    finally:
        hub.shutdown()
        hub.server_close()
        thread.join()
