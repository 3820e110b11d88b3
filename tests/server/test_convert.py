"""Exports of a real Label Studio, in every form in which it gives them, with every kind of control in them."""

import json
from pathlib import Path
from typing import Any

import msgspec
import pytest

from goldspan.convert.conversion import convert
from goldspan.export.fields import KNOWN
from goldspan.export.reader import Item, Value
from tests.exports import ITEMS, RESULT, TEXT, XML, region, write_config
from tests.server.conftest import Studio
from tests.test_convert import EMOJI, rows_of

pytestmark = pytest.mark.server


def snapshot(studio: Studio, project: int, **options: Any) -> Any:
    """An export that the server makes as a snapshot."""
    path = f"/api/projects/{project}/exports"
    made = studio.call("POST", f"{path}/", {"title": "all", "serialization_options": options})
    return studio.call("GET", f"{path}/{made['id']}/download?exportType=JSON")


SPELLED = {name: {"only_id": False} for name in ("annotations__completed_by", "drafts", "predictions")}


def test_every_export_of_a_real_server_comes_through_with_everything(studio: Studio, tmp_path: Path) -> None:
    project = studio.call("POST", "/api/projects/", {"title": "every control", "label_config": XML})["id"]
    data = [
        {"data": {"doc_id": f"d{number}", "body": text}} for number, text in enumerate((TEXT, EMOJI, "skipped", "new"))
    ]
    studio.call("POST", f"/api/projects/{project}/import", data)
    tasks = studio.tasks("every control")
    studio.annotate(tasks["d0"], RESULT)
    studio.annotate(tasks["d1"], [region("1", "Rome", "A", text=EMOJI)])
    studio.annotate(tasks["d2"], [], was_cancelled=True)
    draft = {"result": RESULT[:2], "lead_time": 1, "project": project}
    studio.call("POST", f"/api/tasks/{tasks['d3']['id']}/drafts", draft)
    exports = {
        "page": studio.call("GET", f"/api/projects/{project}/export?exportType=JSON&download_all_tasks=true"),
        "ids": snapshot(studio, project),
        "objects": snapshot(studio, project, **SPELLED),
    }
    found = []
    for name, export in exports.items():
        path = tmp_path / f"{name}.json"
        path.write_text(json.dumps(export))
        said = convert([path], write_config(tmp_path), tmp_path / name)
        assert (said.counts["items"].written, said.counts["items"].rejected) == (ITEMS + 1, 0)
        assert (said.apart["drafts"], said.findings) == (1, [])
        rows = rows_of(tmp_path / name)
        assert [(row["doc_id"], row["was_cancelled"]) for row in rows["annotations"]] == [
            ("d0", False),
            ("d1", False),
            ("d2", True),
        ]
        first = {key: held for key, held in rows["annotations"][0].items() if key in ("stars", "genre", "topic", "day")}
        assert first == {"stars": 4.0, "genre": "news", "topic": [["war", "truce"], ["war"]], "day": "2025-12-08"}
        spans = {row["span_id"].split(":")[1]: row for row in rows["spans"] if row["doc_id"] == "d0"}
        assert {key: (row["text"], row["labels"]) for key, row in spans.items()} == {
            item["id"]: (TEXT[item["value"]["start"] : item["value"]["end"]], item["value"]["labels"])
            for item in RESULT
            if item.get("type") == "labels"
        }
        assert (spans["1"]["tone"], spans["1"]["kinds"], spans["1"]["field_text"]) == ("calm", ["x", "y"], ["one", ""])
        assert (spans["6"]["much"], spans["3"]["parent_span_id"]) == (2.5, spans["1"]["span_id"])
        links = [
            (row["from_span_id"][-1], row["to_span_id"][-1], row["direction"], row["labels"])
            for row in rows["relations"]
        ]
        assert links == [("6", "1", "right", ["by"]), ("6", "2", "bi", []), ("2", "6", "left", ["by", "of"])]
        assert [row["text"] for row in rows["spans"] if row["doc_id"] == "d1"] == ["Rome"]
        found.append(
            {
                table: [{key: held for key, held in row.items() if key != "annotator"} for row in each]
                for table, each in rows.items()
            }
        )
    assert found[0] == found[1] == found[2]


WRITTEN = {  # by Label Studio 1.23, into all the forms of its exports together
    "task": {
        "allow_skip", "annotations", "annotations_ids", "annotations_results", "annotators", "avg_lead_time",
        "cancelled_annotations", "comment_authors", "comment_count", "completed_at", "created_at", "data",
        "draft_exists", "drafts", "file_upload", "id", "inner_id", "is_labeled", "last_comment_updated_at", "meta",
        "overlap", "predictions", "predictions_model_versions", "predictions_results", "predictions_score", "project",
        "storage_filename", "total_annotations", "total_predictions", "unresolved_comment_count", "updated_at",
        "updated_by",
    },
    "annotation": {
        "bulk_created", "completed_by", "created_ago", "created_at", "created_username", "draft_created_at",
        "ground_truth", "id", "import_id", "last_action", "last_created_by", "lead_time", "parent_annotation",
        "parent_prediction", "prediction", "project", "result", "result_count", "task", "unique_id", "updated_at",
        "updated_by", "was_cancelled",
    },
}  # fmt: skip


def fields(rows: list[dict[str, Any]]) -> set[str]:
    return {name for row in rows for name in row}


def test_every_field_that_a_real_server_writes_is_in_the_list(studio: Studio, tmp_path: Path) -> None:
    """Whatever a client stores beside the fields of an item comes out with it, and is kept."""
    project = studio.call("POST", "/api/projects/", {"title": "every field", "label_config": XML})["id"]
    own = {"normalization": "annum", "readonly": True, "hidden": False, "score": 0.5, "meta": {"text": ["Why?"]}}
    result = [*RESULT, {**region("9", TEXT.split()[0], "A"), **own}]
    studio.call(
        "POST", f"/api/projects/{project}/import", [{"data": {"doc_id": "d0", "body": TEXT}, "meta": {"by": 1}}]
    )
    task = studio.tasks("every field")["d0"]
    prediction = {"task": task["id"], "result": result, "score": 0.5, "model_version": "one"}
    predicted = studio.call("POST", "/api/predictions/", prediction)
    first = studio.annotate(task, result, ground_truth=True, lead_time=2.5, parent_prediction=predicted["id"])
    studio.annotate(task, result, parent_annotation=first)
    studio.annotate(task, [], was_cancelled=True)
    studio.call("POST", f"/api/tasks/{task['id']}/drafts", {"result": RESULT, "lead_time": 1, "project": project})
    exports = {
        "page": studio.call("GET", f"/api/projects/{project}/export?exportType=JSON&download_all_tasks=true"),
        "ids": snapshot(studio, project),
        "objects": snapshot(studio, project, **SPELLED),
        "list": list(studio.tasks("every field").values()),
        "task": [studio.call("GET", f"/api/tasks/{task['id']}/")],
    }
    for name, export in exports.items():
        annotations = [one for each in export for one in each["annotations"]]
        items = [item for one in annotations for item in one["result"]]
        assert fields(export) <= KNOWN["task"], name
        assert fields(annotations) <= KNOWN["annotation"], name
        assert fields(items) == {one.encode_name for one in msgspec.structs.fields(Item)} | {*own, "to_name"}, name
        assert fields([item.get("value", {}) for item in items]) == {*Value.__struct_fields__} - {"selected"}, name
        (tmp_path / f"{name}.json").write_text(json.dumps(export))
        said = convert([tmp_path / f"{name}.json"], write_config(tmp_path), tmp_path / name)
        assert said.findings == []
        kept = [json.loads(row["meta"]) for row in rows_of(tmp_path / name)["spans"] if row["span_id"].endswith(":9")]
        assert kept == [{"text": ["Why?"], "normalization": "annum", "readonly": True, "hidden": False}] * 2
    assert fields([task for export in exports.values() for task in export]) == WRITTEN["task"]
    assert (
        fields([one for export in exports.values() for task in export for one in task["annotations"]])
        == (WRITTEN["annotation"])
    )
