"""A Label Studio for the tests: installed, set up and run by ``goldspan studio`` itself, its data in a folder of its own."""

import json
import os
import shutil
import socket
import sqlite3
import subprocess
from collections.abc import Iterator, Mapping
from hashlib import sha256
from pathlib import Path
from types import MappingProxyType
from typing import Any

import httpx
import psutil
import pytest

from goldspan.studio.local import processes
from tests.conftest import GOLDSPAN, ROOT

PASSWORD = "a-password-for-a-test"  # noqa: S105 - of a server that lives as long as the tests
USER = "annotator@localhost"
SECOND = "second@example.org"


class Studio:
    """A home with a Label Studio in it: the commands run there, and the server that they started."""

    def __init__(self, home: Path, cwd: Path = ROOT) -> None:
        self.home = home
        self.cwd = cwd
        self.port = free_port()
        self.env = {key: value for key, value in os.environ.items() if not key.startswith("LABEL_STUDIO")}
        self.env |= {"XDG_DATA_HOME": str(home), "LABEL_STUDIO_PASSWORD": PASSWORD}

    @property
    def data(self) -> Path:
        return self.home / "goldspan/label-studio"

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def process(self) -> psutil.Process:
        """The server's process."""
        (process,) = processes(self.data)
        return process

    @property
    def token(self) -> str:
        with sqlite3.connect(self.data / "label_studio.sqlite3") as database:
            return str(database.execute("SELECT key FROM authtoken_token ORDER BY user_id").fetchone()[0])

    def goldspan(
        self, *arguments: object, variables: Mapping[str, str] = MappingProxyType({})
    ) -> subprocess.CompletedProcess[str]:
        """Run the command line in this home."""
        return subprocess.run(
            [GOLDSPAN, *map(str, arguments)],
            cwd=self.cwd,
            env={**self.env, **variables},
            capture_output=True,
            text=True,
            check=False,
            encoding="utf-8",
        )

    def begin(
        self, *arguments: object, variables: Mapping[str, str] = MappingProxyType({}), stderr: int = subprocess.PIPE
    ) -> subprocess.Popen[str]:
        """The command line, running."""
        return subprocess.Popen(
            [GOLDSPAN, *map(str, arguments)],
            env={**self.env, **variables},
            stdout=subprocess.PIPE,
            stderr=stderr,
            text=True,
            encoding="utf-8",
        )

    def studio(
        self, *arguments: object, status: int = 0, variables: Mapping[str, str] = MappingProxyType({})
    ) -> subprocess.CompletedProcess[str]:
        """Run a studio command, which must end with a status; a traceback is never right."""
        result = self.goldspan("studio", *arguments, variables=variables)
        assert result.returncode == status, (result.stdout, result.stderr)
        assert "Traceback" not in result.stderr
        return result

    def count(self, table: str) -> int:
        """How many rows a table of the server's database has."""
        with sqlite3.connect(self.data / "label_studio.sqlite3", timeout=30) as database:
            return int(database.execute(f"SELECT count(*) FROM {table}").fetchone()[0])  # noqa: S608

    def call(self, method: str, path: str, body: object = None) -> Any:
        """A call of the server's HTTP interface."""
        headers = {"Authorization": f"Token {self.token}"}
        answer = httpx.request(method, f"{self.url}{path}", json=body, headers=headers, timeout=120)
        answer.raise_for_status()
        return answer.json() if answer.content else None

    def project(self, title: str) -> dict[str, Any]:
        """A project by its title."""
        (found,) = [one for one in self.call("GET", "/api/projects?page_size=1000")["results"] if one["title"] == title]
        return dict(self.call("GET", f"/api/projects/{found['id']}"))

    def tasks(self, title: str) -> dict[str, dict[str, Any]]:
        """The tasks of a project by document, with annotations, drafts and predictions."""
        path = f"/api/tasks?project={self.project(title)['id']}&fields=all&page_size=10000"
        tasks = self.call("GET", path)["tasks"]
        found = {task["data"]["doc_id"]: task for task in tasks}
        assert len(found) == len(tasks)
        return found

    def annotate(self, task: dict[str, Any], result: list[dict[str, Any]], **more: object) -> int:
        """Submit an annotation as the first user."""
        return int(self.call("POST", f"/api/tasks/{task['id']}/annotations/", {"result": result, **more})["id"])


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home in which Label Studio was set up, run and stopped: what a first start takes a minute for."""
    studio = Studio(tmp_path_factory.mktemp("template"))
    studio.studio("start", "--port", studio.port)
    studio.call("POST", "/api/users/", {"email": SECOND, "username": "second"})
    studio.studio("stop")
    return studio.home


@pytest.fixture(scope="session")
def studio(template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Studio]:
    """A running Label Studio that tests share; each has projects of its own."""
    studio = Studio(tmp_path_factory.mktemp("shared") / "home")
    shutil.copytree(template, studio.home)
    studio.studio("start", "--port", studio.port)
    yield studio
    studio.studio("stop")


@pytest.fixture
def own_studio(template: Path, tmp_path: Path) -> Iterator[Studio]:
    """A running Label Studio that a test may harm."""
    studio = Studio(tmp_path / "home")
    shutil.copytree(template, studio.home)
    studio.studio("start", "--port", studio.port)
    yield studio
    studio.studio("stop")


@pytest.fixture
def named(corpus: Path, request: pytest.FixtureRequest) -> Path:
    """A copy of this corpus with a name of its own, so that its projects are of this test alone."""
    return rename(corpus, request.node.name)


def rename(corpus: Path, name: str) -> Path:
    """Give a corpus a name that is a project's title too."""
    settings = (corpus / "corpus.toml").read_text(encoding="utf-8")
    first = next(line for line in settings.splitlines() if line.startswith("name = "))
    (corpus / "corpus.toml").write_text(settings.replace(first, f'name = "{title_of(name)}"', 1), encoding="utf-8")
    return corpus


def title_of(name: str) -> str:
    """A name made short enough for a title, with room for what a project is for, and unlike any other."""
    return f"{name.removeprefix('test_')[:24]} {sha256(name.encode()).hexdigest()[:6]}"


def export_of(name: str) -> list[dict[str, Any]]:
    return list(json.loads((ROOT / f"annotations/exports/{name}.json").read_bytes()))


def in_order(items: list[dict[str, Any]]) -> list[str]:
    return sorted(json.dumps(item, sort_keys=True) for item in items)
