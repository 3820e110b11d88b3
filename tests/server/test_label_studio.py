"""The labeling config and the export in a running Label Studio (make test-all starts one)."""

import json
import os
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from goldspan.build import build
from goldspan.tasks import adjudication_tasks_json, tasks_json
from tests.conftest import ROOT

pytestmark = pytest.mark.server

TOKEN = "0123456789abcdef" * 2 + "01234567"


class Server:
    """A running Label Studio, spoken to over its HTTP interface."""

    def __init__(self, url: str) -> None:
        self.url = url

    def call(self, method: str, path: str, body: object = None) -> Any:
        request = urllib.request.Request(  # noqa: S310 - the address is this machine's
            f"{self.url}{path}",
            method=method,
            data=None if body is None else json.dumps(body).encode(),
            headers={"Authorization": f"Token {TOKEN}", "Content-Type": "application/json"},
        )
        with urllib.request.urlopen(request, timeout=120) as response:  # noqa: S310
            return json.loads(response.read() or b"null")

    def project(self, tasks: list[dict[str, Any]], config_file: str = "labeling_config.xml") -> str:
        """A new project with one of this corpus's configs and some tasks; its path."""
        config = (ROOT / "annotations" / config_file).read_text(encoding="utf-8")
        project = self.call("POST", "/api/projects/", {"title": "Border Claims", "label_config": config})
        path = f"/api/projects/{project['id']}"
        self.call("POST", f"{path}/import?return_task_ids=true", tasks)
        return path


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("label-studio")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    settings = {
        "LABEL_STUDIO_BASE_DATA_DIR": str(folder),
        "LABEL_STUDIO_COLLECT_ANALYTICS": "false",
        "LABEL_STUDIO_LATEST_VERSION_CHECK": "false",
        "LABEL_STUDIO_SENTRY_DSN": "",
        "LABEL_STUDIO_FRONTEND_SENTRY_DSN": "",
        "LABEL_STUDIO_ENABLE_LEGACY_API_TOKEN": "true",
        "LABEL_STUDIO_USERNAME": "annotator@example.org",
        "LABEL_STUDIO_PASSWORD": "a-password-for-a-test",
        "LABEL_STUDIO_USER_TOKEN": TOKEN,
    }
    program = Path(os.environ.get("LABEL_STUDIO", ROOT / ".venv-studio/bin/label-studio")).absolute()
    command = [str(program), "start", "--no-browser", "--port", str(port), "--internal-host", "127.0.0.1"]
    with (folder / "log").open("w") as log:
        process = subprocess.Popen(command, env={**os.environ, **settings}, stdout=log, stderr=log)
        try:
            server = Server(f"http://127.0.0.1:{port}")
            wait_until_healthy(server, process, folder / "log")
            server.call("POST", "/api/users/", {"email": "second@example.org", "username": "second"})
            yield server
        finally:
            process.terminate()
            process.wait(30)


def wait_until_healthy(server: Server, process: subprocess.Popen[bytes], log: Path) -> None:
    for _ in range(300):
        try:
            server.call("GET", "/health")
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            assert process.poll() is None, log.read_text()
            time.sleep(1)
        else:
            return
    pytest.fail(log.read_text())


def export_of(pattern: str) -> list[dict[str, Any]]:
    (path,) = (ROOT / "annotations/exports").glob(pattern)
    return list(json.loads(path.read_bytes()))


def importable(tasks: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The tasks of an export as they can be imported: data, and annotations by their users."""
    kept = ("result", "completed_by", "ground_truth")
    return [
        {"data": task["data"], "annotations": [{name: one[name] for name in kept} for one in task["annotations"]]}
        for task in tasks
    ]


@pytest.mark.parametrize(
    ("pattern", "config"), [("articles-*.json", "labeling_config.xml"), ("pairs-*22.json", "pair_config.xml")]
)
def test_an_export_goes_in_and_comes_out_the_same(server: Server, pattern: str, config: str) -> None:
    tasks = export_of(pattern)
    exported = server.call("GET", f"{server.project(importable(tasks), config)}/export?exportType=JSON")
    assert [task["data"] for task in exported] == [task["data"] for task in tasks]
    for before, after in zip(tasks, exported, strict=True):
        assert by_user(after) == by_user(before)


def by_user(task: dict[str, Any]) -> dict[int, list[str]]:
    return {one["completed_by"]: in_order(one["result"]) for one in task["annotations"]}


def in_order(items: list[dict[str, Any]]) -> list[str]:
    return sorted(json.dumps(item, sort_keys=True) for item in items)


def test_a_build_from_a_fresh_export_gives_the_same_tables(server: Server, corpus: Path) -> None:
    project = server.project(importable(export_of("articles-*.json")))
    exported = server.call("GET", f"{project}/export?exportType=JSON")
    (corpus / "annotations/exports/articles-9999.json").write_text(json.dumps(exported), encoding="utf-8")
    (corpus / "annotations/agreement.json").unlink()
    assert build(corpus).tables == build(ROOT).tables


def test_the_adjudication_tasks_import(server: Server) -> None:
    tasks = json.loads(adjudication_tasks_json(ROOT))
    project = server.project(tasks)
    loaded = server.call("GET", f"/api/tasks?project={project.split('/')[-1]}&fields=all")["tasks"]
    for task, other in zip(tasks, loaded, strict=True):
        assert {one["model_version"] for one in other["predictions"]} == {"A1", "A2"}
        results = {one["model_version"]: in_order(one["result"]) for one in other["predictions"]}
        assert results == {one["model_version"]: in_order(one["result"]) for one in task["predictions"]}


def test_the_tasks_import_with_their_proposed_zones(server: Server) -> None:
    tasks = json.loads(tasks_json(ROOT))
    project = server.project(tasks)
    loaded = server.call("GET", f"/api/tasks?project={project.split('/')[-1]}&fields=all")["tasks"]
    assert [task["data"]["doc_id"] for task in loaded] == ["000", "001", "002", "003", "004"]
    for task, other in zip(tasks, loaded, strict=True):
        (prediction,) = other["predictions"]
        assert prediction["model_version"] == "zone-rules"
        assert in_order(prediction["result"]) == in_order(task["predictions"][0]["result"])
