"""Further layers, relations between spans and values of whole documents: what changed of them, told exactly."""

import json
from collections.abc import Callable, Iterable, Mapping
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from goldspan.build import build
from goldspan.faults import DataError
from goldspan.records import Relation, Span
from goldspan.releases.changelog import draft
from goldspan.releases.diff import diff
from goldspan.releases.rendering import as_json, as_markdown
from goldspan.releases.revisions import side_of_files
from goldspan.releases.sides import Side
from goldspan.releases.versions import least_step
from goldspan.tables import parquet
from tests.test_diff import Edit, both, edit, shuffled, side, told
from tests.wide import RELATIONS, SPANS, VALUES, annotated, mark, write_wide_corpus

CONFIG, EXPORT, SETTINGS = "annotations/labeling_config.xml", "annotations/exports/articles-1.json", "corpus.toml"
ANN, ALBA, TALKS, CLOSING, CROWD, PROMISE, WARNING, WIDE, SHOPS, AGAIN, INSIDE, CROSSING, NOTE = SPANS


def marked(
    *spans: Span, relations: Iterable[Relation] = RELATIONS, values: Mapping[str, Any] = VALUES
) -> Callable[[Path], Path]:
    """The corpus with this annotation of its first article; relations without both ends are left out."""
    ids = {span.region_id for span in spans}
    drawn = [one for one in relations if {one.from_id, one.to_id} <= ids]
    return lambda folder: write_wide_corpus(folder, [annotated("A", "n1", *spans, relations=drawn, values=values)])


def but(old: Span, *new: Span, **changed: Any) -> Callable[[Path], Path]:
    """The corpus with others in the place of one of its spans."""
    return marked(*(one for span in SPANS for one in (new if span is old else [span])), **changed)


def related(*relations: Relation) -> Callable[[Path], Path]:
    return marked(*SPANS, relations=relations)


def valued(**values: Any) -> Callable[[Path], Path]:
    return marked(*SPANS, values={**VALUES, **values})


CAUSED, ABOUT, NEXT_TO, OF_A_NOTE = RELATIONS

CHANGES: dict[str, tuple[Callable[[Path], Path], list[str]]] = {
    "nothing": (marked(*SPANS), []),
    "a span added": (
        marked(*SPANS, mark("n1", "event", "TALKS", "left")),
        ["n1", "  event span added: TALKS “left” 4–8"],
    ),
    "a span removed": (but(CROWD), ["n1", "  event span removed: a:b|c “crowd” 51–56"]),
    "a span moved": (
        but(TALKS, mark("n1", "event", "TALKS", "promised talks", "talks", certainty="unsure", aims=["peace", "quiet"])),
        ["n1", "  event span moved: TALKS “promised talks” 28–33 → 19–33; text talks → promised talks"],
    ),
    "a span relabelled": (
        but(CROWD, mark("n1", "event", "PROTEST", "crowd")),
        ["n1", "  event span relabelled: PROTEST “crowd” 51–56; label a:b|c → PROTEST"],
    ),
    "a span's attributes": (
        but(TALKS, mark("n1", "event", "TALKS", "talks", "talks", certainty="sure", aims=["peace"])),
        ["n1", "  event span changed: TALKS “talks” 28–33; certainty unsure → sure; aims peace, quiet → peace"],
    ),
    "a span with a label more": (
        but(PROMISE, mark("n1", "speech act", "promise,threat", "She promised talks", "promise")),
        ["n1", "  speech_acts span relabelled: promise|threat “She promised talks” 15–33; labels promise → promise, threat"],
    ),
    "labels in another order": (but(WARNING, mark("n1", "speech act", "claim,threat", "warned the crowd", "warning")), []),
    "one of two spans of a stretch": (
        but(AGAIN),
        ["n1", "  frame span removed: moral “the shops closed” 61–77", "  relation removed: “the shops closed / the shops closed” 61–77, 61–77"],
    ),
    "one of two spans of a stretch relabelled": (
        but(AGAIN, mark("n1", "frame", "conflict", "the shops closed", "shops again")),
        ["n1", "  frame span relabelled: conflict “the shops closed” 61–77; label moral → conflict"],
    ),
    "a span around another": (but(WIDE), ["n1", "  frame span removed: conflict “warned the crowd, so the shops closed” 40–77"]),
    "a span of a layer that is left out": (but(NOTE), ["n1"]),
    "a relation added": (
        related(*RELATIONS, Relation("ann", "alba", ("about",))),
        ["n1", "  relation added: about “Ann / Alba” 0–3, 9–13"],
    ),
    "a relation removed": (
        related(*RELATIONS[1:]),
        ["n1", "  relation removed: about|causes “warned the crowd / the shops closed” 40–56, 61–77"],
    ),
    "a relation relabelled": (
        related(Relation("warning", "closing", ("causes",)), *RELATIONS[1:]),
        ["n1", "  relation relabelled: causes “warned the crowd / the shops closed” 40–56, 61–77; labels about, causes → causes"],
    ),
    "a relation turned round": (
        related(Relation("talks", "ann", ("about",)), CAUSED, NEXT_TO),
        ["n1", "  relation changed: about “Ann / talks” 0–3, 28–33; direction right → left"],
    ),
    "a relation drawn the other way round": (
        related(Relation("ann", "talks", ("about",)), Relation("shops again", "shops", (), "bi"), CAUSED),
        ["n1"],
    ),
    "a relation back": (
        related(*RELATIONS, Relation("closing", "warning", ("causes", "about"))),
        ["n1", "  relation added: about|causes “warned the crowd / the shops closed” 40–56, 61–77"],
    ),
    "a relation with another end": (
        related(Relation("talks", "alba", ("about",), "left"), CAUSED, NEXT_TO),
        ["n1", "  relation removed: about “Ann / talks” 0–3, 28–33", "  relation added: about “Alba / talks” 9–13, 28–33"],
    ),
    "the end of a relation moved": (
        but(ANN, mark("n1", "name", "PERSON", "Ann left", "ann")),
        ["n1", "  mention moved: PERSON “Ann left” 0–3 → 0–8; text Ann → Ann left"],
    ),
    "a relation of a region that is left out": (related(CAUSED, ABOUT, NEXT_TO), ["n1"]),
    "the values of a document": (
        valued(stance="for", **{"qualité": 2}),
        ["n1", "  document changed: stance against → for; qualité 4.0 → 2.0"],
    ),
    "a value of a document more": (
        valued(**{"topics.all of them": ["work", "war", "weather"]}),
        ["n1", "  document changed: topics.all of them work, war → work, war, weather"],
    ),
    "no value of a document any more": (
        marked(*SPANS, values={"qualité": 4}),
        ["n1", "  document changed: stance against → nothing; topics.all of them work, war → nothing"],
    ),
}  # fmt: skip


@pytest.fixture(scope="module")
def before(tmp_path_factory: pytest.TempPathFactory) -> Side:
    """The corpus before anything changes."""
    return side(marked(*SPANS)(tmp_path_factory.mktemp("wide") / "before"))


@pytest.mark.parametrize("what", CHANGES)
def test_a_change_is_told_alone(what: str, before: Side, tmp_path: Path) -> None:
    new, lines = CHANGES[what]
    assert told(before, side(new(tmp_path / "new"))) == lines


EDITS: dict[str, tuple[Edit, list[str], str]] = {
    "a label renamed": (
        both(edit(CONFIG, "PROTEST", "RALLY"), edit(EXPORT, "PROTEST", "RALLY")),
        ["corpus", "  label renamed: event/label PROTEST → RALLY"],
        "major",
    ),
    "one of several labels renamed": (
        both(edit(CONFIG, "threat", "menace"), edit(EXPORT, "threat", "menace")),
        ["corpus", "  label renamed: speech_acts/labels threat → menace"],
        "major",
    ),
    "a label of relations renamed": (
        both(edit(CONFIG, '"causes"', '"brings"'), edit(EXPORT, '"causes"', '"brings"')),
        ["corpus", "  label renamed: relations/labels causes → brings"],
        "major",
    ),
    "a value of documents renamed": (
        both(edit(CONFIG, '"against"', '"contra"'), edit(EXPORT, '"against"', '"contra"')),
        ["corpus", "  label renamed: documents/stance against → contra"],
        "major",
    ),
    "one of several values of documents renamed": (
        both(edit(CONFIG, '"war"', '"peace"'), edit(EXPORT, '"war"', '"peace"')),
        ["corpus", "  label renamed: documents/topics.all of them war → peace"],
        "major",
    ),
    "a label added": (
        edit(CONFIG, '<Label value="moral"/>', '<Label value="moral"/><Label value="law"/>'),
        ["corpus", "  label added: frame/label law"],
        "minor",
    ),
    "a label removed": (
        edit(CONFIG, '<Choice value="weather"/>', ""),
        ["corpus", "  label removed: documents/topics.all of them weather"],
        "major",
    ),
    "an attribute of documents added": (
        edit(CONFIG, '<Rating name="qualité"', '<Number name="a/b" toName="t"/><Rating name="qualité"'),
        ["corpus", "  column added: documents/a/b double"],
        "minor",
    ),
    "an attribute of a layer added": (
        edit(CONFIG, '<TextArea name="aims"', '<Number name="place" toName="t" perRegion="true" whenTagName="event"/><TextArea name="aims"'),
        ["corpus", *(f"  column added: {name}/place double" for name in ("entities", "event", "speech_acts", "frame"))],
        "minor",
    ),
    "an attribute of documents removed": (
        both(edit(CONFIG, 'name="stance"', 'name="position"'), edit(EXPORT, '"stance"', '"position"')),
        ["corpus", "  column removed: documents/stance string", "  column added: documents/position string", "n1"],
        "major",
    ),
    "a layer with another name": (
        edit(SETTINGS, 'speech_acts = "speech act"', 'acts = "speech act"'),
        ["corpus", "  config renamed: speech_acts → acts"],
        "major",
    ),
    "a layer with another name and another label": (
        both(
            edit(SETTINGS, 'speech_acts = "speech act"', 'acts = "speech act"'),
            edit(CONFIG, "threat", "menace"),
            edit(EXPORT, "threat", "menace"),
        ),
        ["corpus", "  config renamed: speech_acts → acts", "  label renamed: acts/labels threat → menace"],
        "major",
    ),
    "a layer that is left out": (
        edit(SETTINGS, 'left_out = ["scratch"]', 'left_out = ["scratch", "event", "frame"]'),
        [
            "corpus",
            "  config removed: event",
            "  config removed: frame",
            "  config removed: relations",
            "n1",
            "  event span removed: TALKS “talks” 28–33",
            "  event span removed: a:b|c “crowd” 51–56",
            "  event span removed: PROTEST “the shops closed” 61–77",
            "  frame span removed: moral “talks 😀 and warned” 28–46",
            "  frame span removed: conflict “warned the crowd, so the shops closed” 40–77",
            "  frame span removed: economy “the shops closed” 61–77",
            "  frame span removed: moral “the shops closed” 61–77",
            "  frame span removed: economy “shops” 65–70",
            "  relation removed: about “Ann / talks” 0–3, 28–33",
            "  relation removed: about|causes “warned the crowd / the shops closed” 40–56, 61–77",
            "  relation removed: “the shops closed / the shops closed” 61–77, 61–77",
        ],
        "major",
    ),
    "a layer that is left out no more": (
        edit(SETTINGS, 'left_out = ["scratch"]', ""),
        [
            "corpus",
            "  config added: scratch",
            "n1",
            "  scratch span added: ? “so” 58–60",
            "  relation added: about “Ann / so” 0–3, 58–60",
        ],
        "minor",
    ),
    "a layer that may have several labels": (
        edit(CONFIG, '<Labels name="event" toName="t">', '<Labels name="event" toName="t" choice="multiple">'),
        ["corpus", "  column removed: event/label string", "  column added: event/labels list<element: string>"],
        "major",
    ),
}  # fmt: skip


TURNED = {"added": "removed", "removed": "added"}


@pytest.mark.parametrize("what", EDITS)
def test_a_change_of_the_scheme_is_told_alone(what: str, before: Side, tmp_path: Path) -> None:
    """Also where the older side has what the newer lacks: what was added there is removed here."""
    change, lines, step = EDITS[what]
    folder = marked(*SPANS)(tmp_path / "corpus")
    change(folder)
    after = side(folder)
    assert (told(before, after), least_step(diff(before, after)).name) == (lines, step)
    forth, back = (
        [(one.item, one.what, one.text) for one in diff(*both_)] for both_ in ((before, after), (after, before))
    )
    assert sorted(back) == sorted((item, TURNED.get(word, word), text) for item, word, text in forth)


def test_a_document_that_comes_brings_its_spans_and_relations_counted(before: Side, tmp_path: Path) -> None:
    folder = marked(*SPANS)(tmp_path / "corpus")
    sources = folder / "dataset/raw/sources.csv"
    sources.write_text("".join(line for line in sources.read_text().splitlines(keepends=True) if line[:2] != "n1"))
    tasks = json.loads((folder / EXPORT).read_text())
    (folder / EXPORT).write_text(json.dumps([task for task in tasks if task["data"]["doc_id"] != "n1"]))
    (folder / "dataset/raw/n1.txt").unlink()
    assert told(side(folder), before)[-2:] == [
        "n1",
        "  document added: 14 annotations, 3 event spans, 5 frame spans, 2 mentions, 3 relations, 2 speech_acts spans",
    ]


def longer(folder: Path) -> None:
    """The first article with words more at its head, and all that is marked in it where it is now."""
    head = "Yesterday evening "
    path = folder / "dataset/raw/n1.txt"
    old = path.read_bytes()
    path.write_bytes(head.encode() + old)
    edit("dataset/raw/sources.csv", *(sha256(one).hexdigest() for one in (old, path.read_bytes())))(folder)
    tasks = json.loads((folder / EXPORT).read_text())
    tasks[0]["data"]["text"] = path.read_bytes().decode()
    for item in tasks[0]["annotations"][0]["result"]:
        value = item.get("value", {})
        value.update({edge: value[edge] + len(head) for edge in ("start", "end") if edge in value})
    (folder / EXPORT).write_text(json.dumps(tasks))


def test_spans_and_relations_go_with_the_text_that_they_stand_in(before: Side, tmp_path: Path) -> None:
    folder = marked(*SPANS)(tmp_path / "corpus")
    longer(folder)
    assert told(before, side(folder)) == ["n1", "  document changed: text  → Yesterday evening"]


def test_json_markdown_and_the_changelog_say_it_too(before: Side, tmp_path: Path) -> None:
    spans = [span for span in SPANS if span not in (CROWD, CLOSING, PROMISE)]
    changed = mark("n1", "speech act", "promise,threat", "She promised talks", "promise")
    values = {**VALUES, "stance": "for"}
    changes = diff(before, side(marked(*spans, changed, relations=[ABOUT, NEXT_TO], values=values)(tmp_path / "new")))
    relabelled = next(one for one in json.loads(as_json(changes))["changes"] if one["what"] == "relabelled")
    assert relabelled == {
        "item": "speech_acts span",
        "what": "relabelled",
        "articles": ["n1"],
        "id": "n1:speech_acts:15-33",
        "label": "promise|threat",
        "text": "She promised talks",
        "new": [[15, 33]],
        "values": {"labels": [["promise"], ["promise", "threat"]]},
    }
    lines = [
        "document changed: stance against → for",
        "event span removed: a:b\\|c “crowd” 51–56",
        "event span removed: PROTEST “the shops closed” 61–77",
        "speech_acts span relabelled: promise\\|threat “She promised talks” 15–33; labels promise → promise, threat",
        "relation removed: about\\|causes “warned the crowd / the shops closed” 40–56, 61–77",
    ]
    assert as_markdown(changes).splitlines()[2:7] == [f"- {line}" for line in lines]
    assert draft(changes) == (
        "- n1: document changed: stance against → for\n"
        "- n1: 2 event spans removed, 1 speech_acts span relabelled, 1 relation removed\n"
    )


def test_a_layer_whose_rows_cannot_be_told_apart_is_an_error(tmp_path: Path) -> None:
    built = build(marked(*SPANS)(tmp_path / "corpus"))
    table = built.tables["frame"]
    for broken, said in (
        (table.drop_columns("label"), "label is missing"),
        (table.drop_columns("span_id"), "span_id is missing"),
        (table.set_column(0, "span_id", [["one"] * len(table)]), "one stands twice"),
    ):
        with pytest.raises(DataError) as caught:
            side_of_files({**built.files, "frame/train-00000-of-00001.parquet": parquet(broken)}, "it")
        (found,) = caught.value.findings
        assert (found.code, found.row, found.message.rpartition(": ")[2]) == ("E904", "frame", said)


WORDS = "one two three four five six seven"


@st.composite
def sides(draw: st.DrawFn) -> Side:
    """A text with spans of two layers anywhere, of which one may have several labels, and relations between them."""
    extents = st.tuples(st.integers(0, 20), st.integers(1, 12)).map(lambda each: (each[0], each[0] + each[1]))
    text = draw(st.sampled_from([WORDS, f"zero {WORDS}", WORDS[4:]]))
    document = {
        "doc_id": "d",
        "text": text,
        "text_sha256": text,
        "stance": draw(st.sampled_from(["for", "against", None])),
    }
    rows: dict[str, list[dict[str, Any]]] = {"documents": [document], "one": [], "several": [], "relations": []}
    for config, column in (("one", "label"), ("several", "labels")):
        for start, end in draw(st.sets(extents, max_size=4)):
            labels = draw(st.sets(st.sampled_from("AB"), min_size=1))
            label = sorted(labels) if column == "labels" else min(labels)
            key = f"d:{config}:{start}-{end}"
            rows[config].append(
                {"span_id": key, "doc_id": "d", "start": start, "end": end, column: label, "parent_span_id": None}
            )
    ends = [(config, row) for config in ("one", "several") for row in rows[config]]
    for one, other in draw(st.sets(st.tuples(st.integers(0, 7), st.integers(0, 7)), max_size=4)):
        if max(one, other) < len(ends):
            sides_ = {"from": ends[one], "to": ends[other]}
            held = {
                f"{end}_{name}": value
                for end, (config, row) in sides_.items()
                for name, value in {
                    "config": config,
                    "id": row["span_id"],
                    "start": row["start"],
                    "end": row["end"],
                    "text": "",
                }.items()
            }
            key = f"{held['from_id']}>{held['to_id']}"
            rows["relations"].append({"relation_id": key, "doc_id": "d", **held, "labels": ["r"], "direction": "right"})
    columns = {name: dict.fromkeys(each[0], "string") if each else {} for name, each in rows.items()}
    columns["several"] = columns["several"] or {"labels": "list"}
    return Side(rows, columns, {}, [], None, {"one": "one", "several": "several"})  # fmt: skip


@given(sides(), st.integers())
def test_nothing_changes_from_a_release_to_itself(one: Side, seed: int) -> None:
    assert diff(one, shuffled(one, seed)) == []


@given(sides(), sides())
def test_every_span_and_relation_is_matched_or_told(old: Side, new: Side) -> None:
    """What was added less what was removed is what the newer release has more."""
    changes = diff(old, new)
    for config, item in (("one", "one span"), ("several", "several span"), ("relations", "relation")):
        balance = sum({"added": 1, "removed": -1}.get(one.what, 0) for one in changes if one.item == item)
        assert balance == len(new.rows[config]) - len(old.rows[config])


@given(sides(), sides(), st.integers())
def test_the_order_of_rows_does_not_matter(old: Side, new: Side, seed: int) -> None:
    assert diff(shuffled(old, seed), shuffled(new, seed + 1)) == diff(old, new)
