"""Data, model, pre-annotated task, better data: the whole loop with a real Label Studio and a browser."""

import csv
import json
import re
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from goldspan.corpus import load_corpus
from goldspan.train.examples import Task
from tests.server.browser import annotator
from tests.server.conftest import Studio
from tests.trained import train

pytestmark = pytest.mark.server

NEW = "003"  # alone in its story group


@pytest.fixture
def unseen(named: Path) -> Path:
    """A copy of this corpus in which nobody has annotated an article, nor related any claims."""
    path = named / "annotations/exports/articles-2026-11-22.json"
    tasks = json.loads(path.read_bytes())
    path.write_text(json.dumps([task for task in tasks if task["data"]["doc_id"] != NEW]), encoding="utf-8")
    path = named / "annotations/decisions.csv"
    with path.open(newline="", encoding="utf-8") as file:
        rows = [row for row in csv.reader(file) if not row[0].startswith((f"{NEW}:", "pair:"))]
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows(rows)
    for name in ("clusters.csv", "agreement.json"):
        (named / "annotations" / name).unlink()
    path = named / "dataset_card.md"
    figure = re.compile(r"<!-- goldspan:begin claim_relations/.*?goldspan:end -->", re.DOTALL)
    path.write_text(figure.sub("", path.read_text(encoding="utf-8")), encoding="utf-8")
    path = named / "corpus.toml"
    settings = path.read_text(encoding="utf-8").replace('pair_exports = ["pairs-*"]', "pair_exports = []")
    asked = 'required = ["claim_type", "modality", "polarity", "distanced"]'  # what models choose
    path.write_text(re.sub(r"^required = .*$", asked, settings, flags=re.MULTILINE), encoding="utf-8")
    return named


def done(studio: Studio, *arguments: object) -> str:
    """What a command says that ends well."""
    result = studio.goldspan(*arguments)
    assert result.returncode == 0, result.stderr
    return result.stdout


def linked(result: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """A result without the cues that have no content and the sources that have no cue: an annotator deletes them."""
    labels = {item["id"]: item["value"]["labels"] for item in result if item["type"] == "labels"}
    links = [item for item in result if item["type"] == "relation"]
    governing = {item["from_id"] for item in links if item["labels"] == ["content"]}
    links = [item for item in links if item["from_id"] in governing]
    reached = {item["to_id"] for item in links}
    gone = {region for region, label in labels.items() if label == ["CUE"] and region not in governing}
    gone |= {region for region, label in labels.items() if label == ["SOURCE"] and region not in reached}
    return [item for item in result if item["type"] != "relation" and item["id"] not in gone] + links


def test_from_data_to_a_model_to_a_pre_annotated_task_to_data(studio: Studio, unseen: Path, tmp_path: Path) -> None:
    title = load_corpus(unseen).name
    done(studio, "build", "--corpus", unseen)
    release = unseen / "dataset/release"
    models = [train(tmp_path / task, task, set(), release) for task in (Task.ner, Task.attribution, Task.claims)]
    file = tmp_path / "predictions.json"
    done(studio, "predict", *models, "--corpus", unseen, "--out", file)
    (wanted,) = json.loads(file.read_bytes())
    (made,) = wanted["predictions"]
    assert wanted["data"]["doc_id"] == NEW

    pushed = studio.studio("push", "--corpus", unseen, "--predictions", file)
    assert (pushed.stdout.splitlines()[0], pushed.stderr) == (f"{title}: 1 task new, 0 changed, 0 as they were", "")
    task = studio.tasks(title)[NEW]
    (there,) = task["predictions"]
    assert (there["model_version"], there["score"]) == (made["model_version"], made["score"])
    assert there["result"] == made["result"]
    assert studio.project(title)["model_version"] == made["model_version"]

    with annotator(studio) as one:
        one.open(task)
        words = one.page.locator(".htx-highlight", has_text="Sihasak Phuangketkeow").count()
        assert words >= 1
        one.submit()
    (annotation,) = studio.tasks(title)[NEW]["annotations"]
    regions = {extent(item) for item in made["result"] if item["type"] == "labels"}
    assert {extent(item) for item in annotation["result"] if item["type"] == "labels"} == regions
    assert values(annotation["result"]) == values(made["result"])
    corrected = {"result": linked(annotation["result"])}
    studio.call("PATCH", f"/api/annotations/{annotation['id']}/", corrected)

    assert "1 new, 0 changed, 0 skipped, 0 gone" in studio.studio("pull", "--corpus", unseen).stdout
    done(studio, "build", "--corpus", unseen)
    rows = [row for row in pq.read_table(release / "entities").to_pylist() if row["doc_id"] == NEW]
    assert {("entity", row["label"], row["start"], row["end"]) for row in rows} == {
        each for each in regions if each[0] == "entity"
    }
    claims = [row for row in pq.read_table(release / "claims").to_pylist() if row["doc_id"] == NEW]
    contents = {("attribution", "CONTENT", row["content"][0]["start"], row["content"][0]["end"]) for row in claims}
    assert contents == {each for each in regions if each[1] == "CONTENT"}
    assert any(row["cue"] and row["source"] for row in claims)


def extent(item: dict[str, Any]) -> tuple[str, str, int, int]:
    """The layer, label and place of a region."""
    value = item["value"]
    return item["from_name"], value["labels"][0], value["start"], value["end"]


def values(result: list[dict[str, Any]]) -> set[tuple[str, int, int, str]]:
    """The choices of each region, and the links."""
    chosen = {
        (item["from_name"], item["value"]["start"], item["value"]["end"], item["value"]["choices"][0])
        for item in result
        if item["type"] == "choices"
    }
    return chosen | {(item["labels"][0], 0, 0, "") for item in result if item["type"] == "relation"}


def test_a_later_model_takes_the_earlier_ones_place_and_touches_no_annotation(
    studio: Studio, named: Path, tmp_path: Path
) -> None:
    title = load_corpus(named).name
    files = []
    for name, without in (("first", {"000", "003"}), ("second", {"003"})):
        files.append(tmp_path / f"{name}.json")
        model = train(tmp_path / name, Task.ner, without)
        options = ["--articles", "00[034]", "--order", "uncertain", "--out", files[-1]]
        done(studio, "predict", model, "--corpus", named, *options)
    first, second = ({task["data"]["doc_id"]: task for task in json.loads(file.read_bytes())} for file in files)
    versions = [each["003"]["predictions"][0]["model_version"] for each in (first, second)]
    assert versions[0] != versions[1]

    assert "3 tasks new" in studio.studio("push", "--corpus", named, "--predictions", files[0]).stdout
    before = studio.tasks(title)
    assert sorted(before, key=lambda name: before[name]["id"]) == list(first)
    mine = studio.annotate(before["000"], before["000"]["predictions"][0]["result"])
    assert (
        "0 tasks new, 0 changed, 3 as they were"
        in studio.studio("push", "--corpus", named, "--predictions", files[0]).stdout
    )

    assert "0 tasks new, 3 changed" in studio.studio("push", "--corpus", named, "--predictions", files[1]).stdout
    after = studio.tasks(title)
    assert {name: task["id"] for name, task in after.items()} == {name: task["id"] for name, task in before.items()}
    for name, task in after.items():
        (prediction,) = task["predictions"]
        assert (prediction["model_version"], prediction["score"]) == (
            versions[1],
            second[name]["predictions"][0]["score"],
        )
    (annotation,) = after["000"]["annotations"]
    assert (annotation["id"], annotation["result"]) == (mine, before["000"]["predictions"][0]["result"])
    assert studio.project(title)["model_version"] == versions[1]

    assert "2 tasks new, 0 changed, 3 as they were" in studio.studio("push", "--corpus", named).stdout
    assert studio.project(title)["model_version"] == versions[1]
    kept = {name: task["predictions"][0]["model_version"] for name, task in studio.tasks(title).items()}
    assert kept == {"001": "goldspan", "002": "goldspan"} | dict.fromkeys(("000", "003", "004"), versions[1])
    assert "3 changed, 2 as they were" in studio.studio("push", "--corpus", named, "--propose", "released").stdout
    shown = {one["model_version"] for task in studio.tasks(title).values() for one in task["predictions"]}
    assert (shown, studio.project(title)["model_version"]) == ({"goldspan"}, "goldspan")


def test_predictions_that_do_not_fit_leave_the_server_as_it_was(studio: Studio, named: Path, tmp_path: Path) -> None:
    title = load_corpus(named).name
    file = tmp_path / "predictions.json"
    model = train(tmp_path / "ner", Task.ner, {NEW})
    done(studio, "predict", model, "--corpus", named, "--articles", NEW, "--out", file)
    file.write_text(file.read_text(encoding="utf-8").replace('"GPE"', '"DRAGON"'), encoding="utf-8")
    result = studio.studio("push", "--corpus", named, "--predictions", file, status=1)
    assert f"{file} document {NEW} region ner-0: E994 A prediction does not fit the corpus" in result.stderr
    assert title not in [one["title"] for one in studio.call("GET", "/api/projects?page_size=1000")["results"]]
    for more in (["--propose", "zones"], ["--kind", "pairs"]):
        refused = studio.studio("push", "--corpus", named, "--predictions", file, *more, status=2)
        assert "--predictions is for the project of the articles, without --propose" in refused.stderr
