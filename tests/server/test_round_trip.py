"""What goes into a Label Studio comes out of it: exports, tasks, and a build from what was pulled."""

import json
from pathlib import Path
from typing import Any

import pytest

from goldspan.build import build
from tests.conftest import ROOT
from tests.server.conftest import Studio, export_of, in_order

pytestmark = pytest.mark.server


def importable(tasks: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The tasks of an export as they can be imported: data, and annotations by their users."""
    kept = ("result", "completed_by", "ground_truth")
    return [
        {"data": task["data"], "annotations": [{name: one[name] for name in kept} for one in task["annotations"]]}
        for task in tasks
    ]


def new_project(studio: Studio, title: str, tasks: list[dict[str, Any]], config: str = "labeling_config.xml") -> str:
    """A new project with one of this corpus's configs and some tasks; its path."""
    xml = (ROOT / "annotations" / config).read_text(encoding="utf-8")
    project = studio.call("POST", "/api/projects/", {"title": title, "label_config": xml})
    path = f"/api/projects/{project['id']}"
    studio.call("POST", f"{path}/import?return_task_ids=true", tasks)
    return path


@pytest.mark.parametrize(
    ("name", "config"), [("articles-2026-11-22", "labeling_config.xml"), ("pairs-2026-11-22", "pair_config.xml")]
)
def test_an_export_goes_in_and_comes_out_the_same(studio: Studio, name: str, config: str) -> None:
    tasks = export_of(name)
    path = new_project(studio, f"in and out {name}", importable(tasks), config)
    exported = studio.call("GET", f"{path}/export?exportType=JSON")
    assert [task["data"] for task in exported] == [task["data"] for task in tasks]
    for before, after in zip(tasks, exported, strict=True):
        assert by_user(after) == by_user(before)


def by_user(task: dict[str, Any]) -> dict[int, list[str]]:
    return {one["completed_by"]: in_order(one["result"]) for one in task["annotations"]}


def test_a_build_from_a_fresh_export_gives_the_same_tables(studio: Studio, corpus: Path) -> None:
    path = new_project(studio, "fresh export", importable(export_of("articles-2026-11-22")))
    exported = studio.call("GET", f"{path}/export?exportType=JSON")
    (corpus / "annotations/exports/articles-9999.json").write_text(json.dumps(exported), encoding="utf-8")
    assert build(corpus).tables == build(ROOT).tables


def test_what_is_restored_and_pulled_again_builds_the_same_release(studio: Studio, named: Path) -> None:
    """Re-pushing a pull gives the same project: on a server that has nothing, annotations come along with --restore."""
    name_users(named)
    studio.studio("push", "--corpus", named, "--restore", "--propose", "none")
    studio.studio("push", "--corpus", named, "--restore", "--kind", "pairs")
    kept = {path.name: path.read_bytes() for path in (named / "annotations/exports").iterdir()}
    for name in kept:
        (named / "annotations/exports" / name).unlink()
    studio.studio("pull", "--corpus", named)
    studio.studio("pull", "--corpus", named, "--kind", "pairs")
    assert build(named).tables == build(ROOT).tables

    again = studio.studio("push", "--corpus", named, "--restore", "--propose", "none")
    assert ": 0 tasks new, 0 changed, 5 as they were" in again.stdout
    assert "nothing new since" in studio.studio("pull", "--corpus", named).stdout


def name_users(corpus: Path) -> None:
    """Give the two annotators of this corpus the addresses of the two users of the server."""
    path = corpus / "corpus.toml"
    settings = path.read_text(encoding="utf-8")
    settings = (
        settings.split('\n[[annotators]]\nid = "C1"')[0] + "\n[[zone_rules]]" + settings.split("\n[[zone_rules]]", 1)[1]
    )
    settings = settings.replace("completed_by = 1 ", 'completed_by = [1, "annotator@localhost"] ')
    path.write_text(
        settings.replace("completed_by = 2\n", 'completed_by = [2, "second@example.org"]\n'), encoding="utf-8"
    )


def test_a_user_without_an_address_cannot_be_restored(studio: Studio, named: Path) -> None:
    result = studio.studio("push", "--corpus", named, "--restore", status=1)
    assert "document 000: E820 An annotation cannot be restored: its user has no e-mail address: 1" in result.stderr


@pytest.mark.parametrize("kind", ["articles", "pairs", "adjudication"])
def test_a_project_has_what_the_tasks_command_gives(studio: Studio, named: Path, kind: str) -> None:
    options = {"articles": ["--propose", "released"], "pairs": ["--pairs"], "adjudication": ["--adjudicate"]}[kind]
    wanted = json.loads(studio.goldspan("tasks", "--corpus", named, *options).stdout)
    pushed = studio.studio("push", "--corpus", named, "--kind", kind)
    title = pushed.stdout.split(":")[0]
    there = studio.tasks(title)
    assert list(there) == [task["data"]["doc_id"] for task in wanted]
    for task in wanted:
        found = there[task["data"]["doc_id"]]
        assert found["data"] == task["data"]
        results = {one["model_version"]: in_order(one["result"]) for one in found["predictions"]}
        assert results == {one["model_version"]: in_order(one["result"]) for one in task.get("predictions", [])}
    assert {"articles": {"goldspan"}, "pairs": set(), "adjudication": {"A1", "A2", "goldspan"}}[kind] == set(results)
    assert (
        pushed.stdout
        == f"{title}: {len(wanted)} tasks new, 0 changed, 0 as they were\n{studio.url}/projects/{studio.project(title)['id']}/data\n"
    )
    again = studio.studio("push", "--corpus", named, "--kind", kind)
    assert f"0 tasks new, 0 changed, {len(wanted)} as they were" in again.stdout
