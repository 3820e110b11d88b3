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
from goldspan.tasks import tasks_json
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

    def project(self, tasks: list[dict[str, Any]]) -> str:
        """A new project with this corpus's labeling config and some tasks; its path."""
        config = (ROOT / "annotations/labeling_config.xml").read_text(encoding="utf-8")
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


def export_file() -> Path:
    (path,) = (ROOT / "annotations/exports").glob("articles-*.json")
    return path


def test_the_export_goes_in_and_comes_out_the_same(server: Server) -> None:
    tasks = json.loads(export_file().read_bytes())
    imported = [
        {"data": task["data"], "annotations": [{"result": annotation["result"]} for annotation in task["annotations"]]}
        for task in tasks
    ]
    project = server.project(imported)
    exported = server.call("GET", f"{project}/export?exportType=JSON")
    assert [task["data"] for task in exported] == [task["data"] for task in tasks]
    for before, after in zip(tasks, exported, strict=True):
        assert in_order(after["annotations"][0]["result"]) == in_order(before["annotations"][0]["result"])


def in_order(items: list[dict[str, Any]]) -> list[str]:
    return sorted(json.dumps(item, sort_keys=True) for item in items)


def test_a_build_from_a_fresh_export_has_the_same_entities_and_claims(server: Server, corpus: Path) -> None:
    tasks = json.loads(export_file().read_bytes())
    imported = [{"data": task["data"], "annotations": [{"result": task["annotations"][0]["result"]}]} for task in tasks]
    exported = server.call("GET", f"{server.project(imported)}/export?exportType=JSON")
    (corpus / "annotations/exports/articles-9999.json").write_text(json.dumps(exported), encoding="utf-8")
    fresh, committed = build(corpus).tables, build(ROOT).tables
    assert fresh == committed


def test_the_tasks_import_with_their_proposed_zones(server: Server) -> None:
    tasks = json.loads(tasks_json(ROOT))
    project = server.project(tasks)
    loaded = server.call("GET", f"/api/tasks?project={project.split('/')[-1]}&fields=all")["tasks"]
    assert [task["data"]["doc_id"] for task in loaded] == ["000", "001", "002", "003", "004"]
    for task, other in zip(tasks, loaded, strict=True):
        (prediction,) = other["predictions"]
        assert prediction["model_version"] == "zone-rules"
        assert in_order(prediction["result"]) == in_order(task["predictions"][0]["result"])
