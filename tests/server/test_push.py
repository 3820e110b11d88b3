"""Pushing to a real server: nothing twice, no annotation touched, and nothing stranded."""

import json
import re
from hashlib import sha256
from pathlib import Path

import pytest

from goldspan.corpus import load_corpus
from tests.conftest import ROOT
from tests.server.conftest import SECOND, Studio, rename
from tests.small import write_small_corpus

pytestmark = pytest.mark.server


@pytest.fixture
def small(tmp_path: Path, request: pytest.FixtureRequest) -> Path:
    """The small corpus with a name of its own."""
    return rename(write_small_corpus(tmp_path / "small"), request.node.name)


def name_of(corpus: Path) -> str:
    return load_corpus(corpus).name


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_bytes().decode()
    assert old in text
    path.write_bytes(text.replace(old, new).encode())


def add_article(corpus: Path, name: str, text: str) -> None:
    (corpus / f"dataset/raw/{name}.txt").write_text(text, encoding="utf-8")
    with (corpus / "dataset/raw/sources.csv").open("a", encoding="utf-8") as file:
        file.write(f"{name},{name}.txt,{sha256(text.encode()).hexdigest()},one\r\n")


def test_a_project_has_config_guidelines_and_pre_annotated_tasks(studio: Studio, named: Path) -> None:
    pushed = studio.studio("push", "--corpus", named, "--overlap", "2")
    assert pushed.stderr == ""
    project = studio.project(name_of(named))
    assert project["label_config"] == (ROOT / "annotations/labeling_config.xml").read_text(encoding="utf-8").strip()
    assert "<h2>Layer 2: entities</h2>" in project["expert_instruction"]
    assert "<td>a named person, without title or office</td>" in project["expert_instruction"]
    assert (project["maximum_annotations"], project["model_version"]) == (2, "goldspan")
    tasks = studio.tasks(name_of(named))
    assert [len(task["predictions"]) for task in tasks.values()] == [1] * 5
    results = [item for task in tasks.values() for item in task["predictions"][0]["result"]]
    entities = [item for item in results if item["type"] == "labels" and item["from_name"] == "entity"]
    assert len(entities) == 345
    assert {task["overlap"] for task in tasks.values()} == {2}


def test_batches_add_up_and_annotations_stay(studio: Studio, named: Path) -> None:
    title = name_of(named)
    assert "2 tasks new" in studio.studio("push", "--corpus", named, "000", "001").stdout
    before = studio.tasks(title)
    one = studio.annotate(before["000"], before["000"]["predictions"][0]["result"])
    assert "3 tasks new, 0 changed, 0 as they were" in studio.studio("push", "--corpus", named, "00[2-9]").stdout
    result = studio.studio("push", "--corpus", named)
    assert (result.stderr, "0 tasks new, 0 changed, 5 as they were" in result.stdout) == ("", True)
    after = studio.tasks(title)
    assert [one["id"] for one in after["000"]["annotations"]] == [one]
    assert after["000"]["annotations"][0]["result"] == before["000"]["predictions"][0]["result"]
    assert {name: after[name]["id"] for name in before} == {name: task["id"] for name, task in before.items()}


def test_a_pattern_that_fits_no_document_is_an_error(studio: Studio, named: Path) -> None:
    result = studio.studio("push", "--corpus", named, "999", status=1)
    assert result.stderr.startswith(f"{named}: E819 No document fits: 999\n")
    assert result.stderr.endswith("1 error; nothing was written\n")


def test_zones_replace_what_a_second_annotator_must_not_see(studio: Studio, named: Path) -> None:
    studio.studio("push", "--corpus", named)
    assert "5 changed" in studio.studio("push", "--corpus", named, "--propose", "zones").stdout
    for task in studio.tasks(name_of(named)).values():
        (prediction,) = task["predictions"]
        assert {item.get("from_name") for item in prediction["result"]} == {"zone"}
    assert "5 changed" in studio.studio("push", "--corpus", named, "--propose", "none").stdout
    assert [task["predictions"] for task in studio.tasks(name_of(named)).values()] == [[]] * 5


def test_a_project_of_its_own_shows_no_more_than_zones(studio: Studio, named: Path) -> None:
    title = f"{name_of(named)} 2"
    for _ in range(2):
        studio.studio("push", "--corpus", named, "003", "--project", title)
        (prediction,) = studio.tasks(title)["003"]["predictions"]
        assert {item["from_name"] for item in prediction["result"]} == {"zone"}
    result = studio.studio("push", "--corpus", named, "--kind", "pairs", "--propose", "zones", status=2)
    assert "--propose is for the project of the articles" in result.stderr


def test_a_new_title_is_written_into_the_task_and_foreign_predictions_stay(studio: Studio, small: Path) -> None:
    studio.studio("push", "--corpus", small)
    task = studio.tasks(name_of(small))["d1"]
    other = {"task": task["id"], "model_version": "another model", "result": task["predictions"][0]["result"][:1]}
    studio.call("POST", "/api/predictions/", other)
    edit(small / "dataset/raw/sources.csv", "doc_id,file,sha256,story_group", "doc_id,file,sha256,outlet")
    assert "0 tasks new, 2 changed" in studio.studio("push", "--corpus", small).stdout
    after = studio.tasks(name_of(small))["d1"]
    assert (after["id"], after["data"]["outlet"]) == (task["id"], "one")
    assert [one["model_version"] for one in after["predictions"]] == ["goldspan", "another model"]


def test_a_config_that_would_strand_annotations_is_refused_with_the_list(studio: Studio, small: Path) -> None:
    studio.studio("push", "--corpus", small)
    task = studio.tasks(name_of(small))["d1"]
    studio.annotate(task, task["predictions"][0]["result"])
    draft = {"result": task["predictions"][0]["result"][3:4], "lead_time": 1, "project": task["project"]}
    studio.call("POST", f"/api/tasks/{task['id']}/drafts", draft)
    before, config = studio.project(name_of(small)), small / "annotations/labeling_config.xml"
    edit(config, '<Label value="WHO"/>', '<Label value="PERSON"/>')
    edit(config, 'whenLabelValue="WHO,WHERE"', 'whenLabelValue="PERSON,WHERE"')
    edit(config, '<Choice value="calm"/>', '<Choice value="quiet"/>')
    edit(config, '<Relation value="by"/>', "")
    export = small / "annotations/exports/articles-1.json"
    export.unlink()
    edit(small / "corpus.toml", 'source_relation = "by"', 'source_relation = "that"')

    result = studio.studio("push", "--corpus", small, status=1)
    lost = re.findall(r"document d1 region (\S+): E816 .* on the server: (.*)", result.stderr)
    assert sorted(lost) == [
        ("WHO-Ann", "name WHO, by annotator@localhost"),
        ("WHO-Ann", "name WHO, in a draft by annotator@localhost"),
        ("WHO-Bob", "name WHO, by annotator@localhost"),
        ("v", "relation by, by annotator@localhost"),
        ("w1", "tone calm, by annotator@localhost"),
        ("w2", "tone calm, by annotator@localhost"),
    ]
    assert studio.project(name_of(small)) == before


def test_a_config_with_more_labels_is_taken(studio: Studio, small: Path) -> None:
    studio.studio("push", "--corpus", small)
    task = studio.tasks(name_of(small))["d1"]
    studio.annotate(task, task["predictions"][0]["result"])
    edit(small / "annotations/labeling_config.xml", '<Label value="WHO"/>', '<Label value="WHO"/><Label value="WHEN"/>')
    assert "0 changed, 2 as they were" in studio.studio("push", "--corpus", small).stdout
    assert 'value="WHEN"' in studio.project(name_of(small))["label_config"]
    assert len(studio.tasks(name_of(small))["d1"]["annotations"]) == 1


def test_another_text_is_written_only_where_nothing_is_annotated(studio: Studio, small: Path) -> None:
    for name in ("a", "b"):
        add_article(small, name, "One text.")
    (small / "annotations/exports/articles-1.json").unlink()
    studio.studio("push", "--corpus", small)
    tasks = studio.tasks(name_of(small))
    studio.annotate(tasks["a"], [])
    rows = (small / "dataset/raw/sources.csv").read_text(encoding="utf-8").splitlines()
    (small / "dataset/raw/sources.csv").write_text("\n".join(row for row in rows if row[:2] not in ("a,", "b,")) + "\n")
    for name in ("a", "b"):
        add_article(small, name, "Another text.")
    result = studio.studio("push", "--corpus", small, status=1)
    assert (
        f"document a: E817 A task that is annotated on the server has another text than the article: task {tasks['a']['id']}, body"
        in result.stderr
    )
    assert "document b" not in result.stderr
    assert {task["data"]["body"] for name, task in studio.tasks(name_of(small)).items() if name in "ab"} == {
        "One text."
    }
    assert "1 changed" in studio.studio("push", "--corpus", small, "b").stdout
    assert studio.tasks(name_of(small))["b"]["data"]["body"] == "Another text."


def test_tasks_that_are_surplus_or_double_are_named(studio: Studio, small: Path) -> None:
    studio.studio("push", "--corpus", small)
    project = studio.project(name_of(small))["id"]
    studio.call("POST", f"/api/projects/{project}/import", [{"data": {"doc_id": "x", "body": "Not ours."}}])
    result = studio.studio("push", "--corpus", small)
    assert "document x: W802 A task on the server is of no document of the corpus; it is left alone" in result.stderr
    studio.call("POST", f"/api/projects/{project}/import", [{"data": {"doc_id": "d1", "body": "Ours?"}}])
    assert (
        "document d1: E818 Two tasks on the server are of the same document"
        in studio.studio("push", "--corpus", small, status=1).stderr
    )


def test_two_projects_of_one_title_are_refused(studio: Studio, small: Path) -> None:
    studio.studio("push", "--corpus", small)
    studio.call("POST", "/api/projects/", {"title": name_of(small), "label_config": "<View/>"})
    result = studio.studio("push", "--corpus", small, status=1)
    assert "E815 Two projects on the server have this title" in result.stderr
    assert "3 to 50 characters" in studio.studio("push", "--corpus", small, "--project", "x" * 51, status=1).stderr
    assert "2 tasks new" in studio.studio("push", "--corpus", small, "--project", f"{name_of(small)} again"[:50]).stdout


def test_pushes_that_meet_leave_one_project_with_each_task_once(studio: Studio, small: Path) -> None:
    for number in range(100):
        add_article(small, f"n{number:03}", f"Article {number}. " + "Words and more words. " * 50)
    pushes = [studio.begin("studio", "push", "--corpus", small) for _ in range(3)]
    ends = [(push.communicate(timeout=300)[1], push.returncode) for push in pushes]
    assert ends == [("", 0)] * 3
    assert len(studio.tasks(name_of(small))) == 102
    assert "0 tasks new, 0 changed, 102 as they were" in studio.studio("push", "--corpus", small).stdout


def test_annotations_are_restored_only_where_the_server_has_their_users(studio: Studio, small: Path) -> None:
    export = json.loads((small / "annotations/exports/articles-1.json").read_bytes())
    for user, status in (("nobody@example.org", 1), (SECOND, 0)):
        export[0]["annotations"][0]["completed_by"] = {"id": 7, "email": user}
        (small / "annotations/exports/articles-1.json").write_text(json.dumps(export))
        result = studio.studio("push", "--corpus", small, "--restore", status=status)
        if status:
            assert "E825 An annotation cannot be restored: the server has no such user: nobody@exa" in result.stderr
            assert studio.studio("pull", "--corpus", small, status=1).stderr.startswith(f"{studio.url}: E821")
    (one,) = studio.tasks(name_of(small))["d1"]["annotations"]
    assert len(one["result"]) == len(export[0]["annotations"][0]["result"])


def test_a_corpus_without_exports_is_pushed_with_its_zones(studio: Studio, small: Path) -> None:
    (small / "annotations/exports/articles-1.json").unlink()
    edit(small / "corpus.toml", 'version = "1.0.0"', 'version = "1.0.0"\ndefault_zone = "REST"')
    assert "2 tasks new" in studio.studio("push", "--corpus", small).stdout
    for task in studio.tasks(name_of(small)).values():
        assert {item["from_name"] for item in task["predictions"][0]["result"]} == {"part"}


def test_a_server_killed_in_the_middle_of_a_push_is_named_and_the_push_goes_on(
    own_studio: Studio, tmp_path: Path
) -> None:
    """Three imports' worth of articles, the server killed when the first of them is there."""
    corpus = write_small_corpus(tmp_path / "many")
    (corpus / "annotations/exports/articles-1.json").unlink()
    for number in range(1400):
        add_article(corpus, f"n{number:04}", f"Article {number}. " + "Words and more words. " * 100)
    with own_studio.begin("studio", "push", "--corpus", corpus, "--retries", "0") as push:
        while own_studio.count("task") < 500:
            assert push.poll() is None
        own_studio.process.kill()
        _, stderr = push.communicate(timeout=60)
    assert push.returncode == 1
    assert f"{own_studio.url}: E806 The server cannot be reached, or the connection broke" in stderr
    assert stderr.endswith("1 error; what was pushed stays, and the same command goes on from there\n")
    there = own_studio.count("task")
    assert 500 <= there < 1402

    own_studio.studio("start", "--port", own_studio.port)
    result = own_studio.studio("push", "--corpus", corpus)
    assert f"{1402 - there} tasks new, 0 changed, {there} as they were" in result.stdout
    assert len(own_studio.tasks("small")) == 1402
