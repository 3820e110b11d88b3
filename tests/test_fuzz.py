"""Exports made up, whole and broken, and bytes that once broke the reader."""

import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings

from goldspan.convert.conversion import Converted, convert
from goldspan.convert.layout import column_names
from goldspan.faults import DataError
from tests.conftest import ROOT, fingerprint
from tests.exports import write_config
from tests.fuzz.reader import check
from tests.made import TASK_VALUES, VALUES, Json, Made, broken_exports, valid_exports
from tests.test_convert import Rows, rows_of

FOUND = sorted((ROOT / "tests/fuzz/found").iterdir())
BOUNDED = settings(derandomize=True, database=None, deadline=None, suppress_health_check=list(HealthCheck))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A folder for one export after another, not synced: whether a disk is slow is no question here."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("os.fsync", lambda _: None)
        folder = tmp_path_factory.mktemp("made")
        write_config(folder)
        yield folder


def convert_bytes(data: bytes, folder: Path, **options: Any) -> Converted:
    (folder / "e.json").write_bytes(data)
    return convert([folder / "e.json"], folder / "config.xml", folder / "out", **options)


@pytest.mark.parametrize("path", FOUND, ids=lambda path: path.name)
def test_what_once_broke_the_reader_breaks_it_no_more(path: Path, tmp_path: Path) -> None:
    check(path.read_bytes(), tmp_path / "export.json")


@pytest.mark.parametrize("path", FOUND, ids=lambda path: path.name)
def test_what_once_broke_the_reader_is_converted_or_named(path: Path, folder: Path) -> None:
    for skip in (False, True):
        converts_or_names(path.read_bytes(), folder, skip)


@settings(BOUNDED, max_examples=150)
@given(made=valid_exports())
def test_nothing_of_an_export_is_lost_or_changed(made: Made, folder: Path) -> None:
    said = convert_bytes(made.data, folder, offsets=made.unit)
    rows = rows_of(folder / "out")
    assert [finding.code for finding in said.findings if finding.is_error] == []
    assert all(one.read == one.written for one in said.counts.values())
    assert documents(rows) == [(str(one["data"].get("doc_id", one["id"])), one["data"]["body"]) for one in made.tasks]
    for task, row in zip(made.tasks, rows["documents"], strict=True):
        assert fields_of(row) == {name: held for name, held in task["data"].items() if name not in ("doc_id", "body") and held is not None}  # fmt: skip
    annotations = [(task, one) for task in made.tasks for one in task["annotations"]]
    assert [(row["annotation_id"], row["was_cancelled"]) for row in rows["annotations"]] == [(str(one["id"]), one["was_cancelled"]) for _, one in annotations]  # fmt: skip
    for task, one in annotations:
        written = [row for name in ("annotations", "spans", "relations") for row in rows[name] if row["annotation_id"] == str(one["id"])]  # fmt: skip
        assert {row["doc_id"] for row in written} == {str(task["data"].get("doc_id", task["id"]))}
        assert Counter(map(canonical, items_of(written))) == Counter(map(canonical, (stripped(item) for item in one["result"])))  # fmt: skip
        check_parents([row for row in rows["spans"] if row["annotation_id"] == str(one["id"])], one["result"])


def documents(rows: Rows) -> list[tuple[str, str]]:
    return [(row["doc_id"], row["text"]) for row in rows["documents"]]


def fields_of(row: Json) -> Json:
    """The data fields of a document, read back from its row."""
    names = {column: name for name, column in column_names(["text", "text_sha256"], "documents").items()}
    held = {names.get(column, column): cell for column, cell in list(row.items())[3:] if cell is not None}
    return {name: AsWritten(cell) for name, cell in held.items()}


class AsWritten(str):
    """A cell that is the same as a text, or as what it is the JSON of."""

    __slots__ = ()
    __hash__ = str.__hash__

    def __eq__(self, other: object) -> bool:
        return str.__eq__(self, other) if isinstance(other, str) else bool(json.loads(self) == other)


def canonical(item: Json) -> str:
    return json.dumps(item, sort_keys=True)


def stripped(item: Json) -> Json:
    """An item without what its row cannot or need not have: the words shown, the parent, which is looked at apart."""
    if item["type"] == "relation":
        return {"ends": (item["from_id"], item["to_id"]), "labels": item.get("labels", []), "is": item["direction"]}
    if item["from_name"] not in ("who", "say"):
        ((_, held),) = item["value"].items()
        region = item["id"] if item["from_name"] in VALUES else None
        return {"region": region, "control": item["from_name"], "holds": plain_value(held)}
    extent = [item["value"][name] for name in ("start", "end", "labels")]
    more = [item.get(name) for name in ("score", "meta", "origin")]
    return {"region": item["id"], "control": item["from_name"], "extent": extent, "more": more}


def plain_value(held: Any) -> Any:
    return float(held) if isinstance(held, int | float) else held


def items_of(written: list[Json]) -> Iterator[Json]:
    """The items of a result, read back from its rows."""
    for row in written:
        if "relation_id" in row:
            ends = [row[name].split(":", 1)[1] for name in ("from_span_id", "to_span_id")]
            yield {"ends": tuple(ends), "labels": row["labels"], "is": row["direction"]}
            continue
        region = row["span_id"].split(":", 1)[1] if "span_id" in row else None
        for name, column in column_names(
            VALUES if region else TASK_VALUES, "spans" if region else "annotations"
        ).items():
            if row[column] is not None:
                alone = name in ("tone", "sure", "genre")
                yield {"region": region, "control": name, "holds": [row[column]] if alone else row[column]}
        if region:
            extent = [row["start"], row["end"], row["labels"]]
            more = [row["score"], row["meta"] and json.loads(row["meta"]), row["origin"]]
            yield {"region": region, "control": row["layer"], "extent": extent, "more": more}


def check_parents(spans: list[Json], result: list[Json]) -> None:
    """Each span lies under the region that was said, else under an innermost one of its layer around it, if any."""
    said = {item["id"]: item["parentID"] for item in result if "parentID" in item}
    by_id = {row["span_id"]: row for row in spans}
    for row in spans:
        annotation, region = row["span_id"].split(":", 1)
        extent = row["start"], row["end"]
        around = [one for one in spans if one["layer"] == row["layer"] and one["start"] <= extent[0] and extent[1] <= one["end"] and (one["start"], one["end"]) != extent]  # fmt: skip
        if region in said:
            assert row["parent_span_id"] == f"{annotation}:{said[region]}"
        elif not around:
            assert row["parent_span_id"] is None
        else:
            parent = by_id[row["parent_span_id"]]
            assert parent in around
            assert [one for one in around if parent["start"] <= one["start"] and one["end"] <= parent["end"]] in (
                [parent],
                [one for one in around if (one["start"], one["end"]) == (parent["start"], parent["end"])],
            )


def converts_or_names(data: bytes, folder: Path, skip: bool) -> Converted | None:
    """Convert some bytes; None if they are refused, by coded faults, with the target as it was."""
    before = fingerprint(folder / "out")
    try:
        said = convert_bytes(data, folder, skip=skip)
    except DataError as error:
        said = None
        codes = [finding.code for finding in error.findings if finding.is_error]
    if said is None:
        assert codes
        assert all(codes)
        assert fingerprint(folder / "out") == before
    else:
        assert all(one.read == one.written + one.merged + one.rejected for one in said.counts.values())
        assert skip or not any(one.rejected for one in said.counts.values())
    assert [path.name for path in folder.glob(".*")] == []
    return said


@settings(BOUNDED, max_examples=500)
@given(data=broken_exports())
def test_a_broken_export_is_converted_in_part_or_named(data: bytes, folder: Path) -> None:
    stopped = converts_or_names(data, folder, skip=False)
    whole = rows_of(folder / "out") if stopped else None
    skipped = converts_or_names(data, folder, skip=True)
    if skipped:
        rows = rows_of(folder / "out")
        texts = dict(documents(rows))
        assert all(texts[row["doc_id"]][row["start"] : row["end"]] == row["text"] for row in rows["spans"])
        assert whole is None or rows == whole
        assert (stopped is None) == any(finding.is_error for finding in skipped.findings)
    else:
        assert stopped is None
