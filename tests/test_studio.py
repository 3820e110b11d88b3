"""What studio commands decide without a server: names of exports, what changes, what is stranded, what errors say."""

import json
import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from goldspan.claims import name_links
from goldspan.export.naming import after, export_name
from goldspan.export.reader import Item
from goldspan.faults import DataError
from goldspan.labeling import parse_labeling_config
from goldspan.records import Relation
from goldspan.studio.connection import check_address
from goldspan.studio.local import manage
from goldspan.studio.plan import misfit, plan, readable, surplus
from goldspan.studio.projects import Choice, Kind, instructions, project_title, wanted_project
from goldspan.studio.pull import Change, changes
from goldspan.studio.snapshot import ServerTask
from tests.conftest import Run
from tests.small import CONFIG, CORPUS, RELATIONS, SAYING, XML, annotation

TODAY = date(2026, 11, 25)


@pytest.mark.parametrize(
    ("patterns", "known", "expected"),
    [
        (["articles-*"], [], "articles-2026-11-25"),
        (["articles-*"], ["articles-2026-11-22", "articles-2026-11-22b"], "articles-2026-11-25"),
        (["articles-*"], ["articles-2026-11-25"], "articles-2026-11-25b"),
        (["articles-*"], ["articles-2026-11-25", "articles-2026-11-25z"], "articles-2026-11-25zb"),
        (["articles-*"], ["articles-2026-12-31"], "articles-2026-12-31b"),
        (["*"], [], "pulled-2026-11-25"),
        (["*"], ["project-1-at-2026-11-20-10-00-0a1b2c3d"], "pulled-2026-11-25"),
        (["*"], ["zones"], "zones_2026-11-25"),
        (["*"], ["zones", "zones_2026-11-25"], "zones_2026-11-25b"),
        (["first", "later-*"], ["first"], "later-2026-11-25"),
    ],
)
def test_the_name_of_an_export_sorts_behind_those_that_are_there(
    patterns: list[str], known: list[str], expected: str
) -> None:
    name = export_name(patterns, TODAY, [f"{one}.json" for one in known])
    assert name == f"{expected}.json"
    assert sorted([*(f"{one}.json" for one in known), name])[-1] == name


@pytest.mark.parametrize(("patterns", "known"), [(["first"], ["first"]), (["a-*", "z"], ["a-1", "z"])])
def test_where_no_pattern_takes_a_later_name_a_pull_says_so(patterns: list[str], known: list[str]) -> None:
    with pytest.raises(DataError, match=f"E822 .*: the last one is {known[-1]}.json"):
        export_name(patterns, TODAY, [f"{one}.json" for one in known])


@given(st.integers(0, 200))
def test_the_letters_of_a_day_go_on(count: int) -> None:
    letters = [""]
    for _ in range(count):
        letters.append(after(letters[-1]))
    assert letters == sorted(set(letters))


def server_task(number: int, *annotations: dict[str, Any], **more: Any) -> ServerTask:
    task = {"id": number, "created_at": f"t{number}", "data": {"doc_id": f"d{number}", "body": "Text"}}
    return msgspec.convert({**task, "annotations": annotations, **more}, ServerTask)


def submitted(number: int, *labels: str, **more: Any) -> dict[str, Any]:
    items = [
        {"id": label, "type": "labels", "from_name": "name", "value": {"start": 0, "end": 1, "labels": [label]}}
        for label in labels
    ]
    return {"id": number, "completed_by": {"id": 1, "email": "a@example.org"}, "result": items, **more}


def test_changes_are_told_by_annotation_and_not_by_the_order_of_items() -> None:
    before = [
        server_task(1, submitted(1, "WHO", "WHERE"), submitted(2, "WHO"), submitted(3, "WHO")),
        server_task(2, submitted(4)),
    ]
    now = [
        server_task(1, submitted(1, "WHERE", "WHO"), submitted(2, "WHERE"), submitted(5, "WHO")),
        server_task(2, submitted(4, was_cancelled=True)),
    ]
    assert sorted(changes(before, now)) == [
        Change("d1", "changed", "a@example.org"),
        Change("d1", "gone", "a@example.org"),
        Change("d1", "new", "a@example.org"),
        Change("d2", "skipped", "a@example.org"),
    ]
    assert list(changes(now, now)) == []


def prediction(number: int, version: str, *labels: str) -> dict[str, Any]:
    return {"id": number, "model_version": version, "result": submitted(0, *labels)["result"]}


def task(number: int, *labels: str, **data: Any) -> dict[str, Any]:
    one = {key: value for key, value in prediction(0, "goldspan", *labels).items() if key != "id"}
    return {"data": {"doc_id": f"d{number}", "body": "Text", **data}, "predictions": [one] if labels else []}


def test_a_plan_changes_what_is_ours_and_no_more() -> None:
    there = [
        server_task(1, predictions=[prediction(11, "goldspan", "WHO", "WHERE")]),
        server_task(2, predictions=[prediction(21, "goldspan", "WHO"), prediction(22, "another", "WHO")]),
        server_task(3, predictions=[prediction(31, "goldspan", "WHO"), prediction(32, "goldspan", "WHO")]),
        server_task(4, data={"doc_id": "d4", "body": "Text", "outlet": "old", "theirs": "kept"}),
        server_task(5, predictions=[prediction(51, "goldspan", "WHO")]),
    ]
    tasks = [task(1, "WHERE", "WHO"), task(2, "WHERE"), task(3, "WHO"), task(4, outlet="new"), task(5), task(6, "WHO")]
    steps = plan(tasks, there)
    assert (steps.missing, steps.same) == ([tasks[5]], 1)
    second, third, fourth, fifth = steps.changes
    assert (second.task, second.data, second.remove, second.add) == (2, None, [21], tasks[1]["predictions"])
    assert (third.task, third.data, third.remove, third.add) == (3, None, [32], [])
    assert fourth.data == {"doc_id": "d4", "body": "Text", "outlet": "new", "theirs": "kept"}
    assert (fifth.remove, fifth.add) == ([51], [])


def test_what_a_config_has_no_place_for() -> None:
    items = submitted(1, "WHO", "GONE")["result"] + [
        {"type": "relation", "from_id": "a", "to_id": "b", "labels": ["by", "of"]},
        {"type": "choices", "id": "a", "from_name": "tone", "value": {"choices": ["loud"]}},
        {"type": "choices", "id": "a", "from_name": "other", "value": {"choices": ["loud"]}},
        {"type": "textarea", "id": "a", "from_name": "slug", "value": {"text": ["bob"]}},
    ]
    items.append({**items[0], "to_name": "another"})
    found = [misfit(msgspec.convert(item, Item), CONFIG) for item in items]
    assert found == ["", "name GONE", "relation of", "tone loud", "control other", "", "name on another"]
    odd = [1, {"from_id": 1, "type": "relation"}, {"id": "x"}, {"type": "labels", "value": {"start": "0"}}]
    assert list(map(readable, odd)) == [None] * 4


def test_tasks_that_two_pushes_made_are_told_from_those_that_stay() -> None:
    def of(number: int, doc_id: object, *annotations: dict[str, Any], **more: Any) -> ServerTask:
        return server_task(number, *annotations, data={"doc_id": doc_id}, **more)

    begun = of(4, "a", submitted(1, "WHO"))
    drafted = of(9, "c", drafts=[1])
    there = [of(1, "a"), of(2, "b"), of(3, "b"), begun, of(5, None), of(6, None), of(7, "c"), drafted, of(8, "d")]
    assert surplus(there, ()) == [1, 3, 7]
    assert surplus(there, {1, 7}) == [3]


def test_what_the_server_keeps_is_matched_by_document_and_not_by_number() -> None:
    bare = server_task(1, data={"body": "Text"})
    numbered = {**task(1), "data": {"doc_id": "1", "body": "Text"}}
    assert plan([numbered], [bare]).missing == [numbered]
    assert plan([numbered], [server_task(7, data={"doc_id": 1, "body": "Text"})]).missing == []


def test_what_is_known_no_more_of_an_article_is_known_no_more_on_the_server() -> None:
    known = server_task(1, data={"doc_id": "d1", "body": "Text", "outlet": "old", "theirs": "kept"})
    (change,) = plan([task(1)], [known]).changes
    assert change.data == {"doc_id": "d1", "body": "Text", "theirs": "kept"}


def test_links_without_a_label_are_named_by_what_they_join() -> None:
    bare = (*(msgspec.structs.replace(one, labels=()) for one in RELATIONS), Relation("w1", "w2", ()))
    named = name_links(annotation(*SAYING, relations=bare), CORPUS).relations
    assert named == (*RELATIONS, Relation("w1", "w2", ("more",)))
    strange = (Relation("s", "v", ()), Relation("v", "s", (), "left"), Relation("v", "nothing", ()))
    assert name_links(annotation(*SAYING, relations=strange), CORPUS).relations == strange


def test_all_texts_that_a_config_shows_are_known() -> None:
    xml = XML.replace('<Text name="t" value="$body"/>', '<Text name="t" value="$body"/><Text name="u" value="$more"/>')
    assert parse_labeling_config(xml.encode()).shown_fields == ("body", "more")


@pytest.mark.parametrize("title", ["ab", "x" * 51, "a\tb"])
def test_titles_that_no_project_can_have(title: str) -> None:
    with pytest.raises(DataError, match="E813 Label Studio takes no such title"):
        project_title(CORPUS, Kind.articles, title)
    assert project_title(CORPUS, Kind.pairs) == "small pairs"


def test_where_nothing_is_to_be_settled_nothing_is_pushed(small_corpus: Path) -> None:
    with pytest.raises(DataError, match="E826 There is nothing to push: adjudication"):
        wanted_project(small_corpus, Kind.adjudication, None, Choice())


def test_a_program_that_fails_is_not_started(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="E803 Label Studio did not start"):
        manage(Path(shutil.which("false") or ""), tmp_path / "x.sqlite3", ["init"], "secret")


def test_guidelines_become_html_in_which_no_html_runs(tmp_path: Path) -> None:
    page = tmp_path / "guidelines.md"
    page.write_text("# One\n\n| a |\n| --- |\n| `b` |\n\n<script>x</script> [c](javascript:x)\n")
    html = instructions(page)
    assert "<h1>One</h1>" in html
    assert "<td><code>b</code></td>" in html
    assert "&lt;script&gt;x&lt;/script&gt; [c](javascript:x)" in html
    page.write_bytes(b"\xff")
    with pytest.raises(DataError, match="E814"):
        instructions(page)


@pytest.mark.parametrize("url", ["https://a.example", "http://127.0.0.1:8080", "http://localhost", "http://[::1]:80"])
def test_addresses_that_keep_a_token(url: str) -> None:
    assert list(check_address(url)) == []


def test_a_token_in_the_clear_is_warned_of() -> None:
    (finding,) = check_address("http://labels.example.org")
    assert str(finding).startswith("http://labels.example.org: W801 The token goes over the network unencrypted\n")


@pytest.mark.parametrize(
    "url", ["labels", "ftp://a.example", "http://", "http://a:b:c", "http://a..b", "http://a.example/?x=1"]
)
def test_what_is_no_address(url: str) -> None:
    with pytest.raises(DataError, match="E805"):
        list(check_address(url))


def test_a_password_in_an_address_is_refused_and_not_shown() -> None:
    with pytest.raises(DataError, match="E805") as raised:
        list(check_address("https://me:secret@a.example"))
    assert "secret" not in str(raised.value)


Answer = tuple[int, bytes, dict[str, str]]


@contextmanager
def answering(answers: dict[str, Answer]) -> Iterator[str]:
    """A server with an answer for each path that begins so: what stands at an address need not be a Label Studio."""

    class Handler(BaseHTTPRequestHandler):
        def answer(self) -> None:
            self.rfile.read(int(self.headers.get("Content-Length") or 0))
            fitting = [path for path in answers if self.path.startswith(path)]
            status, body, headers = answers[max(fitting, key=len)]
            self.send_response(status)
            for name, value in {"Content-Type": "application/json", **headers}.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        do_GET = do_POST = do_PATCH = do_DELETE = answer  # noqa: N815 - the names that the base class looks for

        def log_message(self, *arguments: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def said(value: object, status: int = 200) -> Answer:
    """An answer in JSON."""
    return status, json.dumps(value).encode(), {}


VERSION_PATH, USER_PATH, LIST_PATH = "/api/version", "/api/current-user", "/api/projects/?"
PROJECT_PATH, EXPORT_PATH, FILE_PATH = (
    "/api/projects/1",
    "/api/projects/1/exports",
    "/api/projects/1/exports/5/download",
)
ORDERLY = {
    "/": said({}),
    VERSION_PATH: said({"release": "1.23.2"}),
    USER_PATH: said({"id": 1, "email": "a@example.org"}),
    LIST_PATH: said({"count": 1, "results": [{"id": 1, "title": "small"}]}),
    PROJECT_PATH: said({"id": 1, "title": "small", "label_config": "<View/>"}),
    EXPORT_PATH: said({"id": 5, "status": "completed"}),
    FILE_PATH: said([]),
}
NO_STUDIO, OTHER_FORM = "E807 No Label Studio answers there", "its answer has another form"
ANSWERS: dict[str, tuple[dict[str, Answer], str]] = {
    "another version": ({VERSION_PATH: said({"release": "1.7.0"})}, "E808 The server is a version of Label"),
    "a page": ({VERSION_PATH: (200, b"<html>", {})}, NO_STUDIO),
    "another JSON": ({VERSION_PATH: said({"hello": 1})}, OTHER_FORM),
    "not found": ({VERSION_PATH: said({"detail": "none"}, 404)}, f"{NO_STUDIO}: status 404"),
    "a redirect": (
        {VERSION_PATH: (302, b"", {"Location": "https://b.example/"})},
        "it sends elsewhere: https://b.exam",
    ),
    "a failure": ({VERSION_PATH: said({"detail": "disk full"}, 500)}, "E810 The server failed: status 500: disk full"),
    "a refusal": ({VERSION_PATH: said({"detail": "no"}, 400)}, "E811 The server refuses a request: status 400: no"),
    "a list": ({VERSION_PATH: said([])}, OTHER_FORM),
    "null": ({VERSION_PATH: said(None)}, OTHER_FORM),
    "a release that is no text": ({VERSION_PATH: said({"release": {"a": 1}})}, OTHER_FORM),
    "no UTF-8": ({VERSION_PATH: (200, b'{"release": "\xff"}', {})}, NO_STUDIO),
    "deep nesting": ({VERSION_PATH: (200, b"[" * 100_000, {})}, NO_STUDIO),
    "broken compression": ({VERSION_PATH: (200, b"no gzip", {"Content-Encoding": "gzip"})}, NO_STUDIO),
    "nobody": ({USER_PATH: said(None)}, OTHER_FORM),
    "no list of projects": ({LIST_PATH: said({"count": 1, "results": None})}, ""),
    "projects without a number": ({LIST_PATH: said({"results": [{"title": "small"}]})}, OTHER_FORM),
    "no project": ({PROJECT_PATH: said(None)}, OTHER_FORM),
    "no snapshot": ({EXPORT_PATH: said([])}, OTHER_FORM),
    "a snapshot without a state": ({EXPORT_PATH: said({"id": 5, "status": None})}, OTHER_FORM),
    "a snapshot that failed": ({EXPORT_PATH: said({"id": 5, "status": "failed"})}, "E812 The server could not make"),
    "a snapshot with another digest": (
        {EXPORT_PATH: said({"id": 5, "status": "completed", "md5": "0"})},
        "E812 The server could not make a whole snapshot of the project: it did not arrive as it was sent",
    ),
    "a page for a snapshot": ({FILE_PATH: (200, b"<html>", {})}, "E201 The export cannot be read, or is not JSON"),
    "tasks without data": ({FILE_PATH: said([{"id": 1, "data": None}])}, "E202 The export does not have the form"),
}


@pytest.mark.parametrize("name", ANSWERS)
@pytest.mark.parametrize("command", ["push", "pull"])
def test_what_answers_there_is_said(
    name: str, command: str, small_corpus: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    answers, expected = ANSWERS[name]
    monkeypatch.setenv("LABEL_STUDIO_API_KEY", "a-token-of-nobody")
    before = sorted((small_corpus / "annotations/exports").iterdir())
    with answering({**ORDERLY, **answers}) as url:
        result = run("studio", command, "--corpus", small_corpus, "--url", url, "--retries", "0")
    assert result.returncode == 1
    assert result.stderr.startswith(f"{url}: E")
    assert expected in result.stderr
    assert "1 error; " in result.stderr
    assert "a-token-of-nobody" not in result.stderr
    assert sorted((small_corpus / "annotations/exports").iterdir()) == before


def test_odd_items_on_a_server_stop_no_pull(small_corpus: Path, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LABEL_STUDIO_API_KEY", "a-token-of-nobody")
    items: list[Any] = [None, 1, {"from_id": 1}, {"id": "x", "value": {"start": "0"}}]
    user = {"id": 1, "email": "a\x1b[2J@example.org"}
    task = {"id": 1, "data": {"doc_id": "d\x1b1"}, "drafts": None, "predictions": None}
    tasks = [
        {**task, "annotations": [{"id": 1, "completed_by": user, "result": items}]},
        {**task, "id": 2, "annotations": None},
    ]
    with answering({**ORDERLY, FILE_PATH: said(tasks)}) as url:
        result = run("studio", "pull", "--corpus", small_corpus, "--url", url)
    assert (result.returncode, result.stderr) == (0, "")
    assert result.stdout.startswith("new     d\\x1b1 by a\\x1b[2J@example.org\n")


def test_a_project_without_tasks_is_warned_of(small_corpus: Path, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LABEL_STUDIO_API_KEY", "a-token-of-nobody")
    with answering(ORDERLY) as url:
        result = run("studio", "pull", "--corpus", small_corpus, "--url", url)
    assert (
        f"{url}: W803 The project has no tasks; what was pulled from it before still counts: 'small'" in result.stderr
    )
    assert (result.returncode, result.stdout) == (0, "small: nothing new\n")


def test_what_a_server_only_says_to_have_taken_is_missed(
    small_corpus: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LABEL_STUDIO_API_KEY", "a-token-of-nobody")
    with answering(ORDERLY) as url:
        result = run("studio", "push", "--corpus", small_corpus, "--url", url)
    assert result.returncode == 1
    assert f"{url} document d1: E824 The server did not take all that was pushed" in result.stderr
    assert "2 errors; what was pushed stays, and the same command goes on from there" in result.stderr


def test_any_version_is_taken_if_one_says_so(small_corpus: Path, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LABEL_STUDIO_API_KEY", "a-token-of-nobody")
    with answering({**ORDERLY, VERSION_PATH: said({"release": "1.7.0"})}) as url:
        result = run("studio", "pull", "--corpus", small_corpus, "--url", url, "--any-version")
    assert (result.returncode, result.stdout) == (0, "small: nothing new\n")


def test_where_nothing_listens_it_is_said(small_corpus: Path, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LABEL_STUDIO_API_KEY", "a-token-of-nobody")
    result = run("studio", "push", "--corpus", small_corpus, "--url", "http://127.0.0.1:9")
    assert result.returncode == 1
    assert result.stderr.startswith("http://127.0.0.1:9: E806 The server cannot be reached, or the connection broke: ")


JWT = "eyJhbGciOiJIUzI1NiJ9.eyJleHAiOjFlOTl9.nob0dy"  # it expires in the year 1e99


@pytest.mark.parametrize("token", ["of nobody\rx", "of-nob\u00e9dy", JWT])
def test_what_is_no_token_is_not_shown(
    token: str, small_corpus: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LABEL_STUDIO_API_KEY", token)
    result = run("studio", "push", "--corpus", small_corpus, "--url", "http://127.0.0.1:9")
    assert result.returncode == 1
    assert "E809 The server does not accept the token" in result.stderr
    assert token not in result.stderr
    assert "nob" not in result.stderr


def test_an_address_without_a_token_is_a_wrong_call(small_corpus: Path, run: Run) -> None:
    result = run("studio", "pull", "--corpus", small_corpus, "--url", "https://a.example")
    assert result.returncode == 2
    assert "LABEL_STUDIO_API_KEY" in result.stderr
