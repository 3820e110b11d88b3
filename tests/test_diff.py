"""What changed from one release to another, told exactly: each change by itself, and nothing else with it."""

import json
import shutil
from collections.abc import Callable, Iterator
from hashlib import sha256
from pathlib import Path
from random import Random
from typing import Any

import msgspec
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from goldspan.build import Built, build, write_build
from goldspan.faults import DataError
from goldspan.records import Span
from goldspan.releases.alignment import aligned
from goldspan.releases.diff import diff
from goldspan.releases.rendering import as_json, as_markdown, as_text
from goldspan.releases.revisions import side_of_files
from goldspan.releases.sides import Side
from goldspan.tables import parquet
from tests.conftest import ROOT, Run
from tests.hub import NAME, TOKEN, running_hub
from tests.small import (
    CHEERED,
    ENTITIES,
    QUOTED,
    RELATIONS,
    SAYING,
    SPEAKER,
    TEXT,
    VERB,
    annotation,
    exported,
    span,
    write_export,
)

ANN, BOB, ROME, FORTY = ENTITIES

Edit = Callable[[Path], None]


def side(folder: Path) -> Side:
    return side_of_files(build(folder).files, "it")


def told(old: Side, new: Side) -> list[str]:
    """The lines of a difference, without the last, which counts them, and the annotators' regions."""
    return [line for line in as_text(diff(old, new)).splitlines()[:-1] if "annotations by" not in line]


def spans(*marked: Span, relations: Any = RELATIONS) -> Edit:
    """The first article annotated otherwise."""
    return lambda corpus: write_export(corpus, exported(annotation(*marked, relations=relations)))


def edit(name: str, old: str, new: str) -> Edit:
    def change(corpus: Path) -> None:
        path = corpus / name
        text = path.read_bytes().decode()
        assert old in text
        path.write_bytes(text.replace(old, new).encode())

    return change


def both(*edits: Edit) -> Edit:
    def change(corpus: Path) -> None:
        for one in edits:
            one(corpus)

    return change


def add_article(corpus: Path) -> None:
    (corpus / "dataset/raw/d3.txt").write_text("Eva sings.\n")
    with (corpus / "dataset/raw/sources.csv").open("a") as file:
        file.write(f"d3,d3.txt,{sha256(b'Eva sings.' + chr(10).encode()).hexdigest()},two\n")


def withdraw_article(corpus: Path) -> None:
    sources = corpus / "dataset/raw/sources.csv"
    kept = [line for line in sources.read_text().splitlines() if not line.startswith("d1,")]
    sources.write_text("".join(f"{line}\n" for line in kept))
    (corpus / "dataset/raw/d1.txt").unlink()
    export = corpus / "annotations/exports/articles-1.json"
    export.write_text(json.dumps([task for task in json.loads(export.read_text()) if task["data"]["doc_id"] != "d1"]))


def longer_title(corpus: Path) -> None:
    """Another title in the raw article, and all that is annotated after it where it is now."""
    text = TEXT.replace("Title", "A new title")
    (corpus / "dataset/raw/d1.txt").write_bytes(text.encode())
    edit("dataset/raw/sources.csv", *(sha256(one.encode()).hexdigest() for one in (TEXT, text)))(corpus)
    export = corpus / "annotations/exports/articles-1.json"
    tasks = json.loads(export.read_text())
    tasks[0]["data"]["body"] = text
    for value in (item["value"] for item in tasks[0]["annotations"][0]["result"] if "start" in item.get("value", {})):
        value["start"] += 6 if value["start"] else 0
        value["end"] += 6
        shown = {"text": text[value["start"] : value["end"]]} if isinstance(value.get("text"), str) else {}
        value.update(shown)
    export.write_text(json.dumps(tasks))


CONFIG, EXPORT = "annotations/labeling_config.xml", "annotations/exports/articles-1.json"
HOWMANY = '<Label value="HOWMANY"/>'
RENAME = both(edit(CONFIG, "WHERE", "PLACE"), edit(EXPORT, "WHERE", "PLACE"))
WORDS = {"tone": "calm", "sure": False}

CHANGES: dict[str, tuple[Edit, list[str]]] = {
    "a mention removed": (spans(ANN, ROME, FORTY, *SAYING), ["d1", "  mention removed: WHO “Bob” 22–25"]),
    "a figure removed": (spans(ANN, BOB, ROME, *SAYING), ["d1", "  mention removed: HOWMANY “40” 42–44"]),
    "a mention moved": (
        spans(ANN, BOB, span("name", "WHERE", "left Rome", slug="rome"), FORTY, *SAYING),
        ["d1", "  mention moved: WHERE “left Rome” 31–35 → 26–35; text Rome → left Rome"],
    ),
    "a mention relabelled": (
        spans(ANN, BOB, span("name", "WHO", "Rome", slug="rome"), FORTY, *SAYING),
        ["d1", "  mention relabelled: WHO “Rome” 31–35; label WHERE → WHO"],
    ),
    "a mention relinked": (
        spans(ANN, BOB, span("name", "WHERE", "Rome", slug="roma"), FORTY, *SAYING),
        ["d1", "  mention changed: WHERE “Rome” 31–35; slug rome → roma"],
    ),
    "a mention added": (
        spans(*ENTITIES, span("name", "WHO", "Title", slug="title"), *SAYING),
        ["d1", "  mention added: WHO “Title” 0–5"],
    ),
    "a claim's attributes": (
        spans(*ENTITIES, SPEAKER, VERB, span("say", "WORDS", "Bob left Rome", "w1", tone="angry", sure=False), CHEERED),
        ["d1", "  claim changed: “Bob left Rome” 22–35; tone calm → angry; sure true → false"],
    ),
    "a claim moved": (
        spans(*ENTITIES, SPEAKER, VERB, QUOTED, span("say", "WORDS", "and 40 cheered", "w2", **WORDS)),
        ["d1", "  claim moved: “and 40 cheered” 42–52 → 38–52; text 40 cheered → and 40 cheered"],
    ),
    "a claim removed": (spans(*ENTITIES, SPEAKER, VERB, QUOTED), ["d1", "  claim removed: “40 cheered” 42–52"]),
    "a claim without its source": (
        spans(*ENTITIES, VERB, QUOTED, CHEERED, relations=RELATIONS[1:]),
        ["d1", "  claim changed: “Bob left Rome” 22–35; source “Ann” 12–15 → nothing; speakers ann → nothing"],
    ),
    "an article added": (add_article, ["d3", "  document added"]),
    "an article withdrawn": (withdraw_article, ["corpus", *(f"  config removed: {name}" for name in ("entities", "claims", "ner", "annotations")), "d1", "  document withdrawn: 11 annotations, 2 claims, 4 mentions, 3 zones"]),
    "an article's text": (longer_title, ["d1", "  document changed: text Title → A new title"]),
    "an article's metadata": (
        edit("dataset/raw/sources.csv", ",one\r", ",other\r"),
        ["d1", "  document changed: story_group one → other", "d2", "  document changed: story_group one → other"],
    ),
    "a label renamed": (RENAME, ["corpus", "  label renamed: entities/label WHERE → PLACE"]),
    "a value renamed": (
        both(edit(CONFIG, "calm", "quiet"), edit(EXPORT, "calm", "quiet")),
        ["corpus", "  label renamed: claims/tone calm → quiet"],
    ),
    "a label of no released layer renamed": (
        both(edit(CONFIG, "VERB", "CUE"), edit(EXPORT, "VERB", "CUE"), edit("corpus.toml", "VERB", "CUE")),
        ["corpus", "  label renamed: annotations/label VERB → CUE"],
    ),
    "a label added": (
        edit(CONFIG, HOWMANY, HOWMANY + '<Label value="WHEN"/>'),
        ["corpus", "  label added: entities/label WHEN"],
    ),
    "a label added between others": (
        edit(CONFIG, HOWMANY, '<Label value="WHEN"/>' + HOWMANY),
        ["corpus", "  label added: entities/label WHEN", "  tags renumbered: ner/ner_tags"],
    ),
    "an unused value removed": (
        edit(CONFIG, '<Choice value="angry"/>', ""),
        ["corpus", "  label removed: claims/tone angry"],
    ),
    "a column added": (
        edit(CONFIG, '<Choices name="tone"', '<Number name="weight" toName="t" perRegion="true"/><Choices name="tone"'),
        ["corpus", "  column added: claims/weight double"],
    ),
    "a column removed": (
        both(edit(CONFIG, 'name="speakers"', 'name="voices"'), edit(EXPORT, "speakers", "voices")),
        ["corpus", "  column removed: claims/speakers list<element: string>", "  column added: claims/voices list<element: string>", "d1"],
    ),
    "a layer left out": (
        both(edit("corpus.toml", 'attributions = "say"', 'left_out = ["say"]'), edit("corpus.toml", ', "tone"]', "]")),
        ["corpus", "  config removed: claims", "d1", "  claim removed: “Bob left Rome” 22–35", "  claim removed: “40 cheered” 42–52"],
    ),
    "the guidelines' version": (
        edit("annotations/guidelines.md", "Version 1.1", "Version 2.0"),
        ["corpus", "  guidelines changed: 1.1 → 2.0"],
    ),
    "what follows from settings alone": (
        edit("corpus.toml", 'labels = ["HOWMANY"]', 'labels = ["HOWMANY"]\ncomparator = "slug"\nvalue = "size"\nlower = ["x"]'),
        [],
    ),
}  # fmt: skip


@pytest.fixture
def versioned(small_corpus: Path) -> Path:
    """The small corpus with a version of its guidelines."""
    (small_corpus / "annotations/guidelines.md").write_text("# Guidelines\n\nVersion 1.1, of today.\n")
    return small_corpus


@pytest.mark.parametrize("what", CHANGES)
def test_a_change_is_told_alone(what: str, versioned: Path) -> None:
    change, lines = CHANGES[what]
    old = side(versioned)
    change(versioned)
    assert told(old, side(versioned)) == lines


def test_region_ids_that_are_new_are_no_change(versioned: Path) -> None:
    old = side(versioned)
    for name in ("w1", "w2", "v", "s", "WHO-Bob"):
        edit(EXPORT, f'"{name}"', f'"new-{name}"')(versioned)
    new = side(versioned)
    assert {row["annotation_id"] for row in old.rows["annotations"]} != {
        row["annotation_id"] for row in new.rows["annotations"]
    }
    assert diff(old, new) == []


def test_name_version_and_tools_are_no_change(versioned: Path) -> None:
    old = side(versioned)
    edit("corpus.toml", '"1.0.0"', '"3.0.0"')(versioned)
    assert as_text(diff(old, side(versioned))) == "nothing changed\n"


def test_tokens_that_changed_alone_are_told(versioned: Path) -> None:
    old = side(versioned)
    rows = [
        {**row, "tokens": ["A", "nn", *row["tokens"][1:]]} if row["sentence_start"] == 12 else row
        for row in old.rows["ner"]
    ]
    new = msgspec.structs.replace(old, rows={**old.rows, "ner": rows})
    (change,) = diff(old, new)
    assert (change.item, change.what, change.articles, change.id, list(change.values)) == (
        "sentence",
        "changed",
        ("d1",),
        "d1:sentence:12",
        ["tokens"],
    )
    assert told(old, side(versioned)) == []


def test_a_bound_that_changed_alone_is_told(versioned: Path) -> None:
    old = side(versioned)
    rows = [{**row, "lower": 40.0} if row["label"] == "HOWMANY" else row for row in old.rows["entities"]]
    new = msgspec.structs.replace(old, rows={**old.rows, "entities": rows})
    assert told(old, new) == ["d1", "  mention changed: HOWMANY “40” 42–44; lower nothing → 40.0"]


def test_a_text_that_is_withheld_is_told_and_asks_for_a_major_step(small_corpus: Path) -> None:
    built = build(small_corpus)
    documents = built.tables["documents"]
    masked = pa.array(["x" * length for length in documents["n_chars"].to_pylist()])
    hidden = documents.set_column(1, "text", masked)
    new = side_of_files(built.files | {"documents/train-00000-of-00001.parquet": parquet(hidden)}, "it")
    lines = [
        "d1",
        "  document changed: text_is_given true → false",
        "d2",
        "  document changed: text_is_given true → false",
    ]
    assert as_text(diff(side(small_corpus), new)).splitlines() == [*lines, "2 changes; least version step: major"]


def test_another_annotator_is_counted(versioned: Path) -> None:
    old = side(versioned)
    write_export(versioned, exported(annotation()), exported(annotation(), completed_by=2))
    assert as_text(diff(old, side(versioned))) == (
        "d1\n  annotations by user-2: 11 added\n0 changes, 11 changes of annotators' regions; least version step: patch\n"
    )


@pytest.fixture(scope="module")
def claims(built: Built) -> Side:
    """This corpus as one side."""
    return side_of_files(built.files, "it")


def replaced(old: Side, config: str, change: Callable[[dict[str, Any]], dict[str, Any] | None]) -> Side:
    """A side with the rows of a config changed, those for which there is nothing left out."""
    rows = [new for row in old.rows[config] if (new := change(dict(row))) is not None]
    return msgspec.structs.replace(old, rows={**old.rows, config: rows})


def test_clusters_with_other_names_are_no_change(claims: Side) -> None:
    new = claims
    for config in ("claims", "claim_relations"):
        new = replaced(new, config, lambda row: {**row, "cluster_id": row["cluster_id"] and f"c-{row['cluster_id']}"})
    assert diff(claims, new) == []


def test_a_relation_is_told_by_what_it_relates(claims: Side) -> None:
    first = claims.rows["claim_relations"][0]
    new = replaced(claims, "claim_relations", lambda row: {**row, "relation": "NEW"} if row == first else row)
    (change,) = diff(claims, new)
    assert (change.item, change.what, change.articles) == (
        "claim relation",
        "relabelled",
        (first["doc_a"], first["doc_b"]),
    )
    assert change.text == f"{first['text_a']} / {first['text_b']}"
    assert change.values == {"relation": (first["relation"], "NEW")}


def test_a_relation_turned_round_is_told(claims: Side) -> None:
    first = claims.rows["claim_relations"][0]
    swapped = {one + side: first[one + other] for one in ("claim_", "doc_", "text_") for side, other in ("ab", "ba")}
    new = replaced(claims, "claim_relations", lambda row: {**row, **swapped} if row == first else row)
    (change,) = diff(claims, new)
    assert change.values == {
        "claim_a": (first["claim_a"], first["claim_b"]),
        "claim_b": (first["claim_b"], first["claim_a"]),
    }


def test_a_moved_claim_takes_its_relations_along(claims: Side) -> None:
    first = claims.rows["claim_relations"][0]["claim_a"]
    (content,) = next(row["content"] for row in claims.rows["claims"] if row["claim_id"] == first)
    shorter = {**content, "end": content["end"] - 1, "text": content["text"][:-1]}

    def moved(row: dict[str, Any]) -> dict[str, Any]:
        new = {"claim_id": "moved", "content": [shorter]} if row.get("claim_id") == first else {}
        return row | new | {name: "moved" for name in ("claim_a", "claim_b") if row.get(name) == first}

    (change,) = diff(claims, replaced(replaced(claims, "claims", moved), "claim_relations", moved))
    assert (change.item, change.what) == ("claim", "moved")
    assert (change.old, change.new) == (
        ((content["start"], content["end"]),),
        ((content["start"], content["end"] - 1),),
    )


def test_links_have_a_word_of_their_own(claims: Side) -> None:
    first = next(row for row in claims.rows["entities"] if row["entity_id"])
    new = replaced(claims, "entities", lambda row: {**row, "entity_id": "other"} if row == first else row)
    (change,) = diff(claims, new)
    assert (change.what, change.values) == ("relinked", {"entity_id": (first["entity_id"], "other")})


SOME_TEXT = "one two three four five six seven"


@st.composite
def sides(draw: st.DrawFn) -> Side:
    """A few documents with zones and mentions anywhere."""
    extents = st.tuples(st.integers(0, 20), st.integers(1, 12)).map(lambda each: (each[0], each[0] + each[1]))
    texts = draw(
        st.dictionaries(
            st.sampled_from(["d1", "d2", "d3"]), st.sampled_from([SOME_TEXT, "zero " + SOME_TEXT, SOME_TEXT[4:]])
        )
    )
    rows: dict[str, list[dict[str, Any]]] = {"documents": [], "entities": [], "zones": []}
    for name, text in texts.items():
        rows["documents"].append(
            {
                "doc_id": name,
                "text": text,
                "text_sha256": sha256(text.encode()).hexdigest(),
                "title": draw(st.sampled_from("TU")),
            }
        )
        for config, key, label in (("entities", "mention_id", "label"), ("zones", "zone_id", "zone")):
            for start, end in draw(st.sets(extents, max_size=5)):
                rows[config].append(
                    {key: f"{name}:{start}-{end}", "doc_id": name, "start": start, "end": end, "text": text[start:end], label: draw(st.sampled_from("AB")), "slug": draw(st.sampled_from("xy"))}
                )  # fmt: skip
    columns = {
        "documents": {"doc_id": "string", "title": "string"},
        "entities": {"mention_id": "string", "slug": "string"},
    }
    return Side(rows, columns, {"entities/label": ["A", "B"]}, [], None)


def shuffled(one: Side, seed: int) -> Side:
    mixed = Random(seed)  # noqa: S311
    return msgspec.structs.replace(one, rows={name: mixed.sample(rows, len(rows)) for name, rows in one.rows.items()})


@given(sides(), st.integers())
def test_nothing_changes_from_a_release_to_itself(one: Side, seed: int) -> None:
    assert diff(one, shuffled(one, seed)) == []


@given(sides(), sides(), st.integers())
def test_the_order_of_rows_does_not_matter(old: Side, new: Side, seed: int) -> None:
    assert diff(shuffled(old, seed), shuffled(new, seed + 1)) == diff(old, new)


@given(sides(), sides())
def test_every_row_of_a_document_in_both_is_matched_or_told(old: Side, new: Side) -> None:
    changes = [change for change in diff(old, new) if change.item == "mention"]
    shared = {row["doc_id"] for row in old.rows["documents"]} & {row["doc_id"] for row in new.rows["documents"]}
    balance = sum({"added": 1, "removed": -1}.get(change.what, 0) for change in changes)
    counts = [sum(row["doc_id"] in shared for row in one.rows["entities"]) for one in (old, new)]
    assert balance == counts[1] - counts[0]


def test_this_corpus_does_not_differ_from_itself(claims: Side) -> None:
    assert diff(claims, shuffled(claims, 1)) == []


@given(st.text("ab é\n"), st.text("ab é\n"), st.text("ab é\n"), st.text("ab é\n"))
def test_stretches_keep_their_words_around_an_edit(head: str, old: str, new: str, tail: str) -> None:
    move = aligned(f"{head}.{old}.{tail}", f"{head}.{new}.{tail}")
    assert all(move(at, at + 1) == (at, at + 1) for at in range(len(head)))
    behind, further = len(head) + len(old) + 2, len(new) - len(old)
    assert all(move(at, at + 1) == (at + further, at + further + 1) for at in range(behind, behind + len(tail)))


def test_a_stretch_whose_words_were_replaced_goes_where_the_new_ones_are() -> None:
    assert aligned("say Bob now", "say Robert Smith now")(4, 7) == (4, 16)


def test_the_command_line_tells_it_as_text_json_and_markdown(versioned: Path, run: Run, tmp_path: Path) -> None:
    write_build(build(versioned), tmp_path / "old")
    spans(ANN, BOB, span("name", "WHO", "Rome", slug="rome"), FORTY, *SAYING)(versioned)
    write_build(build(versioned))
    text = run("diff", tmp_path / "old", versioned)
    assert (text.returncode, text.stdout) == (
        0,
        "d1\n  mention relabelled: WHO “Rome” 31–35; label WHERE → WHO\n  annotations by user-1: 1 relabelled\n"
        "1 change, 1 change of annotators' regions; least version step: patch\n",
    )
    markdown = run("diff", tmp_path / "old", versioned, "--format", "markdown")
    assert markdown.stdout.startswith("### d1\n\n- mention relabelled: WHO “Rome” 31–35; label WHERE → WHO\n")
    data = json.loads(run("diff", tmp_path / "old", versioned / "dataset/release", "--format", "json").stdout)
    assert data["step"] == "patch"
    assert data["changes"][0] == {
        "item": "mention",
        "what": "relabelled",
        "articles": ["d1"],
        "id": "d1:mention:31-35",
        "label": "WHO",
        "text": "Rome",
        "new": [[31, 35]],
        "values": {"label": ["WHERE", "WHO"]},
    }


def test_markup_and_control_characters_of_the_data_stay_text(versioned: Path) -> None:
    old = side(versioned)
    spans(ANN, BOB, span("name", "WHERE", "Rome", slug="<b>[x](y)`\x1b[31m"), FORTY, *SAYING)(versioned)
    changes = diff(old, side(versioned))
    assert r"slug rome → \<b\>\[x\](y)\`\\x1b\[31m" in as_markdown(changes)
    assert r"slug rome → <b>[x](y)`\x1b[31m" in as_text(changes)
    assert json.loads(as_json(changes))["changes"][0]["values"]["slug"][1] == "<b>[x](y)`\x1b[31m"


BROKEN: dict[str, tuple[str, Callable[[Path], object]]] = {
    "E900": ("gone", lambda release: None),
    "E710": ("release", lambda release: (release / "manifest.json").write_text("{")),
    "E610": ("release", lambda release: (release / "claims/train-00000-of-00001.parquet").write_bytes(b"PAR1")),
}


@pytest.mark.parametrize("code", BROKEN)
def test_a_broken_side_is_an_error_with_a_code(code: str, run: Run, tmp_path: Path) -> None:
    name, damage = BROKEN[code]
    release = Path(shutil.copytree(ROOT / "dataset/release", tmp_path / "release"))
    damage(release)
    result = run("diff", tmp_path / name, ROOT / "dataset/release", "--corpus", ROOT)
    assert (result.returncode, result.stdout) == (1, "")
    assert f" {code} " in f" {result.stderr}"
    assert "Traceback" not in result.stderr


@pytest.mark.parametrize(
    ("damage", "detail"),
    [
        (lambda table: table.take([0, 0, 1]), "d1:mention:12-15 stands twice"),
        (lambda table: table.drop_columns(["label"]), "label is missing"),
        (lambda table: table.set_column(2, "start", table["end"].cast("int64")), "start is int64, not int32"),
        (lambda table: table.set_column(5, "label", pa.array(["WHO", None, "WHO", "WHO"])), "label is null"),
    ],
)
def test_rows_that_cannot_be_told_apart_are_an_error(
    damage: Callable[[pa.Table], pa.Table], detail: str, small_corpus: Path
) -> None:
    built = build(small_corpus)
    files = built.files | {"entities/train-00000-of-00001.parquet": parquet(damage(built.tables["entities"]))}
    with pytest.raises(DataError) as caught:
        side_of_files(files, "it")
    (finding,) = caught.value.findings
    assert (finding.code, finding.file, finding.row) == ("E904", "it", "entities")
    assert finding.message.endswith(f": {detail}")


@pytest.fixture
def hub(versioned: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[None]:
    """A Hub on this machine that has the small corpus's release at v1."""
    with running_hub() as made:
        made.commits, made.tags = [{**build(versioned).files, "notes.bin": b"not asked for"}], {"v1": 0}
        for name, value in {"ENDPOINT": made.url, "HOME": str(tmp_path / "home"), "TOKEN": TOKEN}.items():
            monkeypatch.setenv(f"HF_{name}", value)
        yield


@pytest.mark.usefixtures("hub")
def test_a_revision_on_the_hub_is_a_side(versioned: Path, run: Run, tmp_path: Path) -> None:
    CHANGES["a mention removed"][0](versioned)
    write_build(build(versioned))
    result = run("diff", f"hf://datasets/{NAME}@v1", versioned)
    assert result.stderr == ""
    assert (result.returncode, result.stdout.splitlines()[:2]) == (0, CHANGES["a mention removed"][1])
    assert "notes.bin" not in {path.name for path in (tmp_path / "home").rglob("*")}


@pytest.mark.usefixtures("hub")
@pytest.mark.parametrize("name", [f"{NAME}@v2", "me/other@v1", "claims", f"{NAME}/more@v1", "../..@v1"])
def test_what_the_hub_does_not_have_is_an_error(name: str, versioned: Path, run: Run) -> None:
    result = run("diff", f"hf://datasets/{name}", versioned)
    assert (result.returncode, result.stdout) == (1, "")
    assert result.stderr.startswith("E905 The Hub does not give the dataset: ")


def test_a_hub_that_cannot_be_reached_is_an_error(
    versioned: Path, run: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("HF_ENDPOINT", "http://127.0.0.1:1")
    monkeypatch.setenv("HF_HOME", str(tmp_path / "home"))
    result = run("diff", f"hf://datasets/{NAME}@v1", versioned)
    assert (result.returncode, result.stdout) == (1, "")
    assert result.stderr.startswith("E905 The Hub does not give the dataset: ")
