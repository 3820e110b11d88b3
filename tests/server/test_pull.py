"""Pulling from a real server: a new export only for something new, whole or not at all."""

import json
import subprocess
from datetime import UTC, datetime
from pathlib import Path

import httpx
import psutil
import pytest

from goldspan.build import build
from goldspan.disk import ASIDE
from tests.conftest import ROOT, fill, fingerprint
from tests.server.conftest import PASSWORD, SECOND, USER, Studio
from tests.server.proxy import BrokenNetwork
from tests.server.test_push import name_of

pytestmark = pytest.mark.server


@pytest.fixture
def pushed(studio: Studio, named: Path) -> Path:
    """This corpus with a project on the server in which nothing is annotated yet."""
    studio.studio("push", "--corpus", named)
    return named


def exports(corpus: Path) -> list[str]:
    return sorted(path.name for path in (corpus / "annotations/exports").iterdir())


def today() -> str:
    return datetime.now(UTC).date().isoformat()


def accept(studio: Studio, corpus: Path, doc_id: str, **more: object) -> int:
    """Submit what a task is pre-annotated with."""
    task = studio.tasks(name_of(corpus))[doc_id]
    return studio.annotate(task, task["predictions"][0]["result"], **more)


def test_nothing_annotated_writes_nothing(studio: Studio, pushed: Path) -> None:
    before = fingerprint(pushed)
    assert studio.studio("pull", "--corpus", pushed).stdout == f"{name_of(pushed)}: nothing new\n"
    assert fingerprint(pushed) == before


def test_each_pull_says_what_is_new_changed_skipped_and_gone(studio: Studio, pushed: Path) -> None:
    before = exports(pushed)
    path = pushed / "annotations/exports"
    one = accept(studio, pushed, "000")
    result = studio.studio("pull", "--corpus", pushed)
    first = f"articles-{today()}.json"
    assert result.stdout == f"new     000 by {USER}\n{path / first}: 1 new, 0 changed, 0 skipped, 0 gone\n"
    assert result.stderr == ""
    again = studio.studio("pull", "--corpus", pushed)
    assert again.stdout == f"{name_of(pushed)}: nothing new since {first}\n"

    items = json.loads((path / first).read_bytes())[0]["annotations"][0]["result"]
    studio.call("PATCH", f"/api/annotations/{one}/", {"result": items[:-1]})
    accept(studio, pushed, "001", was_cancelled=True)
    task = studio.tasks(name_of(pushed))["002"]
    studio.call("POST", f"/api/tasks/{task['id']}/drafts", {"result": [], "lead_time": 1, "project": task["project"]})
    result = studio.studio("pull", "--corpus", pushed)
    second = f"articles-{today()}b.json"
    assert result.stdout.splitlines() == [
        f"changed 000 by {USER}",
        f"skipped 001 by {USER}",
        "draft   002: 1 not submitted, not taken",
        f"{path / second}: 0 new, 1 changed, 1 skipped, 0 gone since {first}",
    ]
    assert all(isinstance(draft, int) for task in json.loads((path / second).read_bytes()) for draft in task["drafts"])

    studio.call("DELETE", f"/api/annotations/{one}/")
    result = studio.studio("pull", "--corpus", pushed)
    assert result.stdout.startswith(f"gone    000 by {USER}\n")
    assert exports(pushed) == sorted([*before, first, second, f"articles-{today()}c.json"])


def test_an_export_is_as_the_server_gives_it_and_never_changed(studio: Studio, pushed: Path) -> None:
    accept(studio, pushed, "003")
    studio.studio("pull", "--corpus", pushed)
    path = pushed / f"annotations/exports/articles-{today()}.json"
    kept = path.read_bytes()
    tasks = json.loads(kept)
    assert [task["data"]["doc_id"] for task in tasks] == ["000", "001", "002", "003", "004"]
    user = {"id": 1, "email": USER, "first_name": "", "last_name": ""}
    assert [one["completed_by"] for task in tasks for one in task["annotations"]] == [user]
    accept(studio, pushed, "004")
    studio.studio("pull", "--corpus", pushed)
    assert path.read_bytes() == kept


def test_a_correction_is_in_the_next_build(studio: Studio, pushed: Path) -> None:
    """The user of the local server adjudicates: what is submitted stands, and nothing else changes."""
    task = studio.tasks(name_of(pushed))["003"]
    result = task["predictions"][0]["result"]
    removed = next(item for item in result if item["value"].get("labels") == ["WEAPON"])
    kept = [item for item in result if item.get("id") != removed["id"]]
    studio.annotate(task, kept)
    studio.studio("pull", "--corpus", pushed)
    before, after = build(ROOT).tables, build(pushed).tables
    rows = [row for row in before["entities"].to_pylist() if row not in after["entities"].to_pylist()]
    assert [(row["doc_id"], row["start"], row["end"], row["label"]) for row in rows] == [
        ("003", removed["value"]["start"], removed["value"]["end"], "WEAPON")
    ]
    assert after["entities"].num_rows == 344
    assert all(after[name] == before[name] for name in ("documents", "claims", "claim_relations"))
    added = {row["annotator_id"] for row in after["annotations"].to_pylist()}
    assert added == {"A1", "A2", "C1"}
    run = studio.goldspan("build", "--corpus", pushed)
    assert (run.returncode, "entities         344" in run.stdout) == (0, True)


def test_a_prediction_that_is_submitted_as_it_is_changes_nothing(studio: Studio, pushed: Path) -> None:
    for doc_id in ("000", "001", "002", "003", "004"):
        accept(studio, pushed, doc_id)
    studio.studio("pull", "--corpus", pushed)
    before, after = build(ROOT).tables, build(pushed).tables
    assert [name for name in before if after[name] != before[name]] == ["annotations"]


def test_an_annotator_whom_the_corpus_does_not_know_is_named(studio: Studio, pushed: Path) -> None:
    task = studio.tasks(name_of(pushed))["003"]
    second = studio.call("GET", "/api/users/")
    number = next(user["id"] for user in second if user["email"] == SECOND)
    studio.annotate(task, task["predictions"][0]["result"], completed_by=number)
    pulled = studio.studio("pull", "--corpus", pushed)
    assert pulled.stdout.startswith(f"new     003 by {SECOND}\n")
    result = studio.goldspan("build", "--corpus", pushed)
    assert result.returncode == 1
    said = f'document 003: E207 An annotation is by a user that corpus.toml does not name: completed_by = "{SECOND}"\n'
    assert said in result.stderr


def test_judged_pairs_are_pulled_too(studio: Studio, named: Path) -> None:
    studio.studio("push", "--corpus", named, "--kind", "pairs")
    task = next(iter(studio.tasks(f"{name_of(named)} pairs").values()))
    answers = {"relation": "EQUIVALENT", "basis": "NAME"}
    items = [
        {"from_name": name, "to_name": "a", "type": "choices", "id": name, "value": {"choices": [value]}}
        for name, value in answers.items()
    ]
    studio.annotate(task, items)
    result = studio.studio("pull", "--corpus", named, "--kind", "pairs")
    assert result.stdout.splitlines()[0] == f"new     {task['data']['doc_id']} by {USER}"
    assert exports(named)[-1] == f"pairs-{today()}.json"
    pair = set(task["data"]["doc_id"].split("|"))
    tables = {
        name: build(folder).tables["claim_relations"].to_pylist()
        for name, folder in (("before", ROOT), ("after", named))
    }
    found = {
        name: [row["relation"] for row in rows if {row["claim_a"], row["claim_b"]} == pair]
        for name, rows in tables.items()
    }
    assert found == {"before": ["UPDATES"], "after": ["EQUIVALENT"]}


@pytest.mark.parametrize("kind", ["legacy", "personal access"])
def test_both_kinds_of_token_work_and_are_shown_nowhere(studio: Studio, named: Path, kind: str) -> None:
    token = studio.token if kind == "legacy" else personal_access_token(studio)
    outside = {"LABEL_STUDIO_API_KEY": token, "XDG_DATA_HOME": str(named.parent / "empty")}
    pushed = studio.studio("push", "--corpus", named, "--url", studio.url, variables=outside)
    accept(studio, named, "000")
    with studio.begin("studio", "pull", "--corpus", named, "--url", studio.url, variables=outside) as pull:
        shown = " ".join(" ".join(one.info["cmdline"] or ()) for one in psutil.process_iter(["cmdline"]))
        stdout, stderr = pull.communicate()
    assert (pull.returncode, "1 new" in stdout) == (0, True), stderr
    written = b"".join(path.read_bytes() for path in named.parent.rglob("*") if path.is_file())
    assert token not in shown + stdout + stderr + pushed.stdout + pushed.stderr
    assert token.encode() not in written
    assert token not in (studio.data / "server.log").read_text(encoding="utf-8")


def personal_access_token(studio: Studio) -> str:
    """A token as a user makes it on the page of the account."""
    with httpx.Client(base_url=studio.url, timeout=60) as browser:
        browser.get("/user/login/")
        form = {"email": USER, "password": PASSWORD, "csrfmiddlewaretoken": browser.cookies["csrftoken"]}
        browser.post("/user/login/", data=form, headers={"Referer": f"{studio.url}/user/login/"})
        headers = {"X-CSRFToken": browser.cookies["csrftoken"], "Referer": studio.url}
        answer = browser.post("/api/token/", headers=headers)
        answer.raise_for_status()
        return str(answer.json()["token"])


@pytest.mark.parametrize("token", ["0" * 40, "nonsense", "eyJhbGciOiJIUzI1NiJ9.eyJleHAiOjF9.x"])
def test_a_wrong_token_is_said_so(studio: Studio, pushed: Path, token: str) -> None:
    before = fingerprint(pushed)
    for command in ("push", "pull"):
        result = studio.studio(
            command, "--corpus", pushed, "--url", studio.url, status=1, variables={"LABEL_STUDIO_API_KEY": token}
        )
        assert f"{studio.url}: E809 The server does not accept the token" in result.stderr
        assert token not in result.stderr
    assert fingerprint(pushed) == before


def test_a_project_that_is_not_there_is_said_so(studio: Studio, named: Path) -> None:
    result = studio.studio("pull", "--corpus", named, status=1)
    assert f"{studio.url}: E821 The server has no project with this title: '{name_of(named)}'" in result.stderr


def test_a_connection_that_breaks_goes_on_at_the_byte_it_reached(studio: Studio, pushed: Path) -> None:
    for doc_id in ("000", "001", "002", "003", "004"):
        accept(studio, pushed, doc_id)
    with BrokenNetwork(studio.port, cut_at=[150_000, 250_000]) as network:
        outside = {"LABEL_STUDIO_API_KEY": studio.token}
        result = studio.studio("pull", "--corpus", pushed, "--url", network.url, variables=outside)
    assert "5 new" in result.stdout
    assert network.lost == 2
    assert network.requests.lower().count(b"range: bytes=") == 3
    assert len(build(pushed).tables["documents"]) == 5


def test_an_answer_that_is_lost_does_not_make_tasks_twice(studio: Studio, named: Path) -> None:
    with BrokenNetwork(studio.port, lose_answer_to=b"/import") as network:
        outside = {"LABEL_STUDIO_API_KEY": studio.token}
        result = studio.studio("push", "--corpus", named, "--url", network.url, variables=outside)
    assert network.lost == 1
    assert (result.stderr, "5 tasks new" in result.stdout) == ("", True)
    assert len(studio.tasks(name_of(named))) == 5


def test_a_server_killed_in_the_middle_of_a_pull_is_named_and_the_pull_goes_on(own_studio: Studio, named: Path) -> None:
    own_studio.studio("push", "--corpus", named)
    for doc_id in ("000", "001", "002", "003", "004"):
        accept(own_studio, named, doc_id)
    before = fingerprint(named)
    with BrokenNetwork(own_studio.port, cut_at=[200_000]) as network:
        network.on_cut = own_studio.process.kill
        outside = {"LABEL_STUDIO_API_KEY": own_studio.token}
        arguments = ("pull", "--corpus", named, "--url", network.url, "--retries", "1")
        result = own_studio.studio(*arguments, status=1, variables=outside)
    assert f"{network.url}: E806 The server cannot be reached, or the connection broke" in result.stderr
    assert result.stderr.endswith("1 error; nothing was written\n")
    assert fingerprint(named) == before
    own_studio.studio("start", "--port", own_studio.port)
    assert "5 new" in own_studio.studio("pull", "--corpus", named).stdout


def test_a_pull_killed_at_any_moment_leaves_no_half_file(studio: Studio, pushed: Path) -> None:
    for doc_id in ("000", "001", "002", "003", "004"):
        accept(studio, pushed, doc_id)
    before = exports(pushed)
    for seconds in (1.0, 2.0, 2.5, 3.0, 3.5):
        with studio.begin("studio", "pull", "--corpus", pushed) as pull:
            try:
                pull.wait(seconds)
            except subprocess.TimeoutExpired:
                pull.kill()
        for name in (name for name in set(exports(pushed)) - set(before) if not ASIDE.fullmatch(name)):
            assert len(json.loads((pushed / "annotations/exports" / name).read_bytes())) == 5
    studio.studio("pull", "--corpus", pushed)
    assert exports(pushed) == sorted([*before, f"articles-{today()}.json"])


def test_a_full_disk_is_named_and_leaves_nothing(studio: Studio, pushed: Path, full_disk: Path) -> None:
    accept(studio, pushed, "000")
    folder = pushed / "annotations/exports"
    for path in folder.iterdir():
        (full_disk / path.name).write_bytes(path.read_bytes())
    fill(full_disk)
    subprocess.run(["mount", "--bind", full_disk, folder], check=True)
    try:
        before = exports(pushed)
        result = studio.studio("pull", "--corpus", pushed, status=1)
        assert "No space left on device" in result.stderr
        assert exports(pushed) == before
        (full_disk / "filling").unlink()
        assert "1 new" in studio.studio("pull", "--corpus", pushed).stdout
    finally:
        subprocess.run(["umount", folder], check=True)
