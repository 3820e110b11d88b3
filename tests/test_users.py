"""Who made an annotation: by address, else by number; where a number says too little, an error says what to write."""

import csv
import json
import tomllib
from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from goldspan.build import Built, build
from goldspan.faults import DataError, Finding
from goldspan.labeling import parse_labeling_config
from goldspan.pairs import read_judgements
from tests.small import OTHER_TEXT, TEXT, ZONES, annotation, exported, write_export

ANN, BEN = {"id": 1, "email": "ann@example.org"}, {"id": 1, "email": "ben@example.org"}
HOME, OFFICE = "2026-11-01T00:00:00Z", "2026-11-05T09:30:00Z"  # when the tasks of two servers were made


def name(address: str) -> str:
    """What a user is called by an address."""
    return f"user-{sha256(address.encode()).hexdigest()[:8]}"


def export(corpus: Path, file: str, user: object, made: str | None = HOME, tone: str = "") -> None:
    """An export with one user's annotation of the first article."""
    one = exported(annotation(), user)
    for item in one["result"] if tone else ():
        if item.get("from_name") == "tone":
            item["value"]["choices"] = [tone]
    write_export(corpus, one, name=file, made=made)


def annotators(built: Built) -> dict[str, int]:
    """How many regions of each annotator are released."""
    found = built.tables["annotations"]["annotator_id"].to_pylist()
    return {each: found.count(each) for each in sorted(set(found))}


def errors(corpus: Path) -> list[Finding]:
    """The errors of a build."""
    with pytest.raises(DataError) as raised:
        build(corpus)
    return [one for one in raised.value.findings if one.is_error]


REGIONS = len(annotation().spans)


@pytest.fixture
def corpus(small_corpus: Path) -> Path:
    """The small corpus without an export."""
    (small_corpus / "annotations/exports/articles-1.json").unlink()
    return small_corpus


def test_two_people_with_one_number_on_two_servers_are_two(corpus: Path) -> None:
    export(corpus, "articles-ann", ANN)
    export(corpus, "articles-ben", BEN, OFFICE)
    assert annotators(build(corpus)) == {name("ann@example.org"): REGIONS, name("ben@example.org"): REGIONS}


def test_one_person_with_two_numbers_is_one(corpus: Path) -> None:
    export(corpus, "articles-1", ANN)
    export(corpus, "articles-2", {**ANN, "id": 7}, OFFICE)
    built = build(corpus)
    assert annotators(built) == {name("ann@example.org"): REGIONS}
    assert sorted(one.code for one in built.warnings) == ["W202", "W530"]


@pytest.mark.parametrize(("first", "second"), [(1, 1), (1, ANN), (BEN, 1), (1, {"id": 1})])
@pytest.mark.parametrize("made", [OFFICE, None])
def test_a_number_of_exports_that_nothing_joins_is_an_error(
    first: object, second: object, made: str | None, corpus: Path
) -> None:
    export(corpus, "articles-1", first)
    export(corpus, "articles-2", second, made)
    (finding,) = errors(corpus)
    assert finding.code == "E528"
    assert finding.message.endswith(": 1 in articles-1.json, articles-2.json")


def test_the_error_shows_what_to_write_and_that_builds(corpus: Path) -> None:
    export(corpus, "articles-1", 1)
    export(corpus, "articles-[2]", 1, OFFICE)
    export(corpus, "articles-3", {"id": 2, "email": "eve@example.org"}, "2026-11-07T00:00:00Z")
    (finding,) = errors(corpus)
    lines = finding.remedy.partition("\n\n")[2]
    eve = name("eve@example.org")
    assert tomllib.loads(lines)["annotators"] == [
        {"id": "user-1-1", "completed_by": 1, "exports": ["articles-1"]},
        {"id": "user-1-2", "completed_by": 1, "exports": ["articles-[[]2]"]},
        {"id": eve, "completed_by": "eve@example.org"},
    ]
    toml = corpus / "corpus.toml"
    toml.write_text(f"{toml.read_text()}\n{lines}")
    assert annotators(build(corpus)) == {"user-1-1": REGIONS, "user-1-2": REGIONS, eve: REGIONS}


def test_exports_of_one_project_share_tasks_and_so_their_numbers(corpus: Path) -> None:
    export(corpus, "articles-1", 1)
    export(corpus, "articles-2", 1)
    assert annotators(build(corpus)) == {"user-1": REGIONS}


def test_exports_that_share_a_copy_of_an_annotation_are_of_one_server(corpus: Path) -> None:
    made = {"created_at": "2026-11-02T10:00:00.123456Z"}
    write_export(corpus, exported(annotation(), 1, **made), name="articles-1", made=None)
    write_export(corpus, exported(annotation(), 1, **made), name="articles-2", made=None)
    assert annotators(build(corpus)) == {"user-1": REGIONS}
    write_export(corpus, exported(annotation(), 1), name="articles-2", made=None)
    assert [one.code for one in errors(corpus)] == ["E528"]


def test_an_address_is_learnt_from_an_export_of_the_same_server(corpus: Path) -> None:
    write_export(corpus, exported(annotation(), 1), name="articles-1")
    write_export(corpus, exported(annotation(), ANN), name="articles-2")
    write_export(corpus, exported(annotation(), 1), name="articles-3")
    assert set(annotators(build(corpus))) == {name("ann@example.org")}
    toml = corpus / "corpus.toml"
    toml.write_text(f'{toml.read_text()}\n[[annotators]]\nid = "A"\ncompleted_by = "ann@example.org"\n')
    assert set(annotators(build(corpus))) == {"A"}


def test_an_address_of_another_server_is_not(corpus: Path) -> None:
    export(corpus, "articles-1", {"id": 2, "email": "ann@example.org"})
    export(corpus, "articles-2", 1, OFFICE)
    assert annotators(build(corpus)) == {name("ann@example.org"): REGIONS, "user-1": REGIONS}


NAMED = '\n[[annotators]]\nid = "{}"\ncompleted_by = {}\nexports = ["{}"]\n'


def test_annotators_are_told_apart_by_their_exports(corpus: Path) -> None:
    export(corpus, "home-1", 1)
    export(corpus, "office-1", 1, OFFICE)
    toml = corpus / "corpus.toml"
    toml.write_text(toml.read_text() + NAMED.format("H", 1, "home-*") + NAMED.format("O", 1, "office-*"))
    assert annotators(build(corpus)) == {"H": REGIONS, "O": REGIONS}
    toml.write_text(toml.read_text().replace('"home-*"', '"*-1"'))
    assert [one.code for one in errors(corpus)] == ["E009"]


@pytest.mark.parametrize(
    ("user", "shown"), [(BEN, 'completed_by = "ben@example.org"'), (4, "completed_by = 4"), (None, "there is no user")]
)
def test_a_user_that_is_not_named_is_shown_as_it_must_be_written(user: object, shown: str, corpus: Path) -> None:
    export(corpus, "articles-1", user)
    toml = corpus / "corpus.toml"
    toml.write_text(toml.read_text() + '\n[[annotators]]\nid = "A"\ncompleted_by = 1\n')
    (finding,) = errors(corpus)
    assert (finding.code, finding.message.partition(": ")[2]) == ("E207", shown)


def test_a_decision_by_an_old_name_says_the_new_one(corpus: Path) -> None:
    write_export(
        corpus, exported(annotation(), ANN), exported(annotation(*ZONES[:0], relations=()), 2), name="articles-1"
    )
    tones = json.loads((corpus / "annotations/exports/articles-1.json").read_text())
    for item in tones[0]["annotations"][1]["result"]:
        if item.get("from_name") == "tone":
            item["value"]["choices"] = ["angry"]
    tones[0]["annotations"][1]["result"] += [
        item for item in tones[0]["annotations"][0]["result"] if item["type"] == "relation"
    ]
    (corpus / "annotations/exports/articles-1.json").write_text(json.dumps(tones))
    decide(corpus, ["d1:say:*:tone", "", "user-2", "", "a rule"])
    assert {row["tone"] for row in build(corpus).tables["claims"].to_pylist()} == {"angry"}
    toml = corpus / "corpus.toml"
    named = (
        '\n[[annotators]]\nid = "A"\ncompleted_by = "ann@example.org"\n\n[[annotators]]\nid = "B"\ncompleted_by = 2\n'
    )
    toml.write_text(toml.read_text() + named)
    found = errors(corpus)
    assert {one.code for one in found} == {"E525"}
    assert {one.message.partition(": ")[2] for one in found} == {"user-2 is called B now; write that"}
    assert {one.row for one in found} == {"d1:say:22-35:tone", "d1:say:42-52:tone"}
    decide(corpus, ["d1:say:*:tone", "", name("ann@example.org"), "", "a rule"])
    assert {one.message.partition(": ")[2] for one in errors(corpus)} == {
        f"{name('ann@example.org')} is called A now; write that"
    }
    decide(corpus, ["d1:say:*:tone", "", "Z", "", "a rule"])
    assert {one.message.partition(": ")[2] for one in errors(corpus)} == {"Z; the annotators there are A, B"}


def decide(corpus: Path, *rows: Sequence[str]) -> None:
    """Write decisions."""
    with (corpus / "annotations/decisions.csv").open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([["conflict", "text", "take", "value", "reason"], *rows])


PAIRS = parse_labeling_config(b"""<View><Text name="a" value="$text_a"/>
<Choices name="relation" toName="a"><Choice value="SAME"/></Choices></View>""")


def judged(folder: Path, file: str, user: object, made: str) -> Path:
    """An export of a pair project."""
    result = [{"id": "r", "from_name": "relation", "to_name": "a", "type": "choices", "value": {"choices": ["SAME"]}}]
    data: dict[str, Any] = {"doc_id": "p", "claim_a": "c1", "claim_b": "c2", "text_a": "One", "text_b": "Two"}
    task = {
        "id": 1,
        "created_at": made,
        "data": data,
        "annotations": [{"id": 1, "completed_by": user, "result": result}],
    }
    (folder / f"{file}.json").write_text(json.dumps([task]), encoding="utf-8")
    return folder / f"{file}.json"


def test_judgements_of_pairs_are_told_apart_alike(tmp_path: Path) -> None:
    claims = {"c1": {"normalized_claim": "One"}, "c2": {"normalized_claim": "Two"}}
    files = [judged(tmp_path, "pairs-1", ANN, HOME), judged(tmp_path, "pairs-2", BEN, OFFICE)]
    judgements, findings = read_judgements(files, PAIRS, (), claims)
    assert findings == []
    assert {one.annotator for one in judgements} == {name("ann@example.org"), name("ben@example.org")}
    files = [judged(tmp_path, "pairs-1", 1, HOME), judged(tmp_path, "pairs-2", 1, OFFICE)]
    _, findings = read_judgements(files, PAIRS, (), claims)
    assert [one.code for one in findings] == ["E528"]


def test_no_address_is_in_a_release(corpus: Path) -> None:
    export(corpus, "articles-1", ANN)
    assert all(b"ann@example.org" not in data for data in build(corpus).files.values())
    assert OTHER_TEXT != TEXT
