"""What a release says is checked, not only its form: each check with a case that fails and one that passes."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest

from goldspan.build import Built, build, make_tables
from goldspan.checks.content import CONTENT_CHECKS, Content, check_content, content_of
from goldspan.corpus import Attributions, Corpus, Layers
from goldspan.dates import is_date, is_duration
from goldspan.faults import Finding
from goldspan.inputs import Inputs
from goldspan.labeling import parse_labeling_config
from goldspan.records import Annotation, Article, Relation, Span
from goldspan.schemas import Row
from goldspan.settings import Accepted, Dates, NearDuplicates, Quantities, Relations, Settings
from goldspan.validate import validate
from tests.conftest import ROOT, Run
from tests.small import TEXT, annotation, exported, span, write_export

XML = """
<View>
  <Labels name="name" toName="t">
    <Label value="WHO"/><Label value="WHERE"/><Label value="HOWMANY"/><Label value="WHEN"/>
  </Labels>
  <Labels name="say" toName="t"><Label value="SPEAKER"/><Label value="VERB"/><Label value="WORDS"/></Labels>
  <Relations><Relation value="by"/><Relation value="that"/><Relation value="more"/></Relations>
  <Text name="t" value="$body"/>
  <View visibleWhen="region-selected" whenTagName="name">
    <TextArea name="entity_id" toName="t" perRegion="true" maxSubmissions="1"/>
    <TextArea name="iso" toName="t" perRegion="true" maxSubmissions="1"/>
    <Choices name="sort" toName="t" perRegion="true"><Choice value="dead"/><Choice value="hurt"/></Choices>
    <Choices name="bound" toName="t" perRegion="true"><Choice value="exactly"/><Choice value="least"/></Choices>
    <Number name="amount" toName="t" perRegion="true"/>
  </View>
  <View visibleWhen="region-selected" whenTagName="say" whenLabelValue="WORDS">
    <TextArea name="normalized_claim" toName="t" perRegion="true" maxSubmissions="1"/>
    <TextArea name="happened" toName="t" perRegion="true" maxSubmissions="1"/>
    <Choices name="denied" toName="t" perRegion="true"><Choice value="true"/><Choice value="false"/></Choices>
  </View>
</View>
"""
CONFIG = parse_labeling_config(XML.encode())
CORPUS = Corpus(
    name="made",
    version="1.0.0",
    layers=Layers(entities="name", attributions="say"),
    attributions=Attributions("VERB", "SPEAKER", "WORDS", "by", "that", "more"),
    quantities=Quantities(("HOWMANY",), "bound", "amount", ("exactly", "least"), ("exactly",), ("sort",)),
    relations=Relations(
        exclusive=("CLASH",), compatible=("FIT", "SAME"), equal=("SAME",), by_figures=("COUNT",), alike=("denied",)
    ),
    dates=Dates(("WHEN",), "iso", ("happened",)),
    near_duplicates=NearDuplicates(words=2, threshold=0.5),
)

Mark = tuple[str, str, Row]
Made = tuple[Article, Annotation]


def mark(words: str, label: str, **attributes: Any) -> Mark:
    """What is to be marked: the next words of a text that are these."""
    return words, label, attributes


def made(doc_id: str, text: str, *marks: Mark, group: str | None = None) -> Made:
    """An article and its annotation; a VERB is of the WORDS that are marked after it."""
    spans: list[Span] = []
    relations = []
    at: dict[str, int] = {}
    for words, label, attributes in marks:
        start = text.index(words, at.get(label + words, 0))
        at[label + words] = start + 1
        layer = "say" if label in ("SPEAKER", "VERB", "WORDS") else "name"
        spans.append(Span(f"{label}{start}", layer, (label,), start, start + len(words), attributes))
        if label == "WORDS" and len(spans) > 1 and spans[-2].label == "VERB":
            relations.append(Relation(spans[-2].region_id, spans[-1].region_id, ("that",)))
    metadata: dict[str, str | None] = {"story_group": group or "one"}
    return Article(doc_id, "", text, "", metadata), Annotation(doc_id, "A", "", tuple(spans), tuple(relations))


def content(*documents: Made, relations: tuple[Row, ...] = (), corpus: Corpus = CORPUS) -> Content:
    """The content of a release of some articles, from its tables as a build makes them."""
    articles, annotations = [one for one, _ in documents], [one for _, one in documents]
    inputs = Inputs(corpus, CONFIG, articles, annotations, [], None, [], [], [])
    tables = content_of(make_tables(inputs, {one.doc_id: one for one in annotations}), corpus.settings()).tables
    return Content({**tables, "claim_relations": relations}, corpus.settings())


def related(one: str, other: str, relation: str, basis: str = "COUNT") -> Row:
    """A relation between two claims."""
    return {"relation_id": f"{one}|{other}", "claim_a": one, "claim_b": other, "relation": relation, "basis": basis}


def found(subject: Content) -> list[tuple[str, str, str]]:
    return [(one.code, one.row, one.message) for one in check_content(subject)]


def figures(*amounts: float, bound: str = "exactly", denied: bool = False, sort: str = "dead") -> tuple[Made, ...]:
    """An article for each figure, and a claim about it."""
    return tuple(
        made(
            f"d{number}",
            f"{amount} died.",
            mark(str(amount), "HOWMANY", amount=float(amount), bound=bound, sort=sort),
            mark(f"{amount} died", "WORDS", normalized_claim=f"{amount} died.", denied=denied and number == 2),
        )
        for number, amount in enumerate(amounts, 1)
    )


LEE = mark("Ann Lee", "WHO", entity_id="ann")
ANN, ROME = mark("Ann", "WHO", entity_id="ann"), mark("Rome", "WHERE", entity_id="rome")
SAID = mark("said", "VERB")
FOUR, FIVE = "d1:claim:0-6", "d2:claim:0-6"
PAIR = f"{FOUR}|{FIVE}"

Case = tuple[Content, list[tuple[str, str]]]

FAILING: dict[str, list[Case]] = {
    "W511": [
        (
            content(made("d1", "Ann ran. Ann sat.", ANN, ANN), made("d2", "So Ann ate.")),
            [("d2:3-6", "Words are marked in most places and not here: 'Ann', marked 2 times")],
        ),
        (
            content(
                made("d1", "Ann Lee left Rome. Ann Lee saw Rome.", LEE, LEE, ROME, ROME), made("d2", "Peace in Rome")
            ),
            [("d2:9-13", "Words are marked in most places and not here: 'Rome', marked 2 times")],
        ),
    ],
    "W512": [
        (
            content(made("d1", "Rome, ROME, Rome", ROME, mark("ROME", "WHO"), ROME)),
            [("d1:mention:6-10", "The same words have another label here than in most places: 'ROME' is WHO, elsewhere WHERE (2 times)")],
        ),
    ],
    "W513": [
        (
            content(made("d1", "Ann and Annie", ANN, mark("Annie", "WHERE", entity_id="ann"))),
            [("d1:mention:8-13", "The same entity has another label here than in most places: 'Annie' is WHERE, elsewhere WHO (1 time)")],
        ),
    ],
    "W514": [
        (
            content(made("d1", "Ann, Ann", ANN, mark("Ann", "WHO", entity_id="ann-two"))),
            [("d1:mention:5-8", "The same words stand for another entity here than in most places: 'Ann' is ann-two, elsewhere ann (1 time)")],
        ),
    ],
    "W515": [
        (content(made("d1", "Romeo", ROME)), [("d1:mention:0-4", "A span begins or ends inside a word: 'Rome'")]),
        (content(made("d1", "817km", mark("817", "WHO"))), [("d1:mention:0-3", "A span begins or ends inside a word: '817'")]),
        (content(made("d1", "pre-Joann", mark("ann", "WHO"))), [("d1:mention:6-9", "A span begins or ends inside a word: 'ann'")]),
        (content(made("d1", "e\u0301te", mark("e", "WHO"))), [("d1:mention:0-1", "A span begins or ends inside a word: 'e'")]),
        (content(made("d1", "กำไร", mark("ก", "WHO"))), [("d1:mention:0-1", "A span begins or ends inside a word: 'ก'")]),
        (content(made("d1", "👩\u200d👧 ran", mark("👩", "WHO"))), [("d1:mention:0-1", "A span begins or ends inside a word: '👩'")]),
        (content(made("d1", "They won", mark("hey won", "WORDS"))), [("d1:claim:1-8", "A span begins or ends inside a word: 'hey won'")]),
        (content(made("d1", "So resaid it", SAID, mark("it", "WORDS"))), [("d1:claim:10-12", "A span begins or ends inside a word: 'said'")]),
    ],
    "W521": [
        (content(made("d1", "He said “go” now", SAID, mark("go” now", "WORDS"))), [("d1:claim:9-16", "A claim's content does not fit the quotation marks")]),
        (content(made("d1", "He said it “is so”", SAID, mark("it “is", "WORDS"))), [("d1:claim:8-14", "A claim's content does not fit the quotation marks")]),
        (content(made("d1", "He said “go”", SAID, mark("“go”", "WORDS"))), [("d1:claim:8-12", "A claim's content does not fit the quotation marks")]),
    ],
    "W522": [
        (
            content(made("d1", "in May", mark("May", "WHEN", iso="May 2025"))),
            [("d1:mention:3-6", "A date is none that the calendar has: 'May 2025' for 'May'")],
        ),
        (
            content(made("d1", "Ann ran", mark("Ann ran", "WORDS", happened="2025-02-29"))),
            [("d1:claim:0-7", "A date is none that the calendar has: happened '2025-02-29'")],
        ),
        (
            content(made("d1", "Ann ran", mark("Ann ran", "WORDS", happened="P2D"))),
            [("d1:claim:0-7", "A date is none that the calendar has: happened 'P2D'")],
        ),
    ],
    "W523": [
        (content(made("d1", "soon", mark("soon", "WHEN"))), [("d1:mention:0-4", "A date is marked and not resolved: 'soon'")]),
    ],
    "W524": [
        (
            content(
                made("d1", "at least 40 died", mark("at least 40", "HOWMANY", amount=40), mark("at least 40 died", "WORDS", normalized_claim="At least 41 died."))
            ),
            [("d1:claim:0-16", "A claim's sentence does not give its figure: 'at least 40' not in 'At least 41 died.'")],
        ),
    ],
    "W525": [
        (
            content(*figures(4, 4)),
            [("d1:claim:0-6|d2:claim:0-6", "Two claims give the same figure of the same thing, and no relation joins them: dead 4")],
        ),
    ],
    "W526": [
        (
            content(*figures(4, 5, bound="least"), relations=(related(FOUR, FIVE, "CLASH"),)),
            [(PAIR, "The figures of two claims contradict their relation: CLASH: '4' and '5'")],
        ),
        (
            content(*figures(4, 5), relations=(related(FOUR, FIVE, "FIT", "NAME"),)),
            [(PAIR, "The figures of two claims contradict their relation: FIT: '4' and '5'")],
        ),
        (
            content(*figures(4, 5, bound="least"), relations=(related(FOUR, FIVE, "SAME"),)),
            [(PAIR, "The figures of two claims contradict their relation: SAME: '4' and '5'")],
        ),
    ],
    "W527": [
        (
            content(made("d1", "Ann ran to Rome", group="one"), made("d2", "“ann ran,” to Rome now", group="two")),
            [("d1|d2", "Two articles of different story groups are nearly the same: 75% of their runs of 2 words")],
        ),
    ],
}  # fmt: skip

PASSING: dict[str, list[Content]] = {
    "W511": [
        content(made("d1", "Ann ran. Then ann sat, Anna ate.", ANN)),
        content(made("d1", "Ann ran. Ann sat.", ANN, ANN), made("d2", "Ann? Ann!")),
        content(made("d1", "Ann sat, Ann ate. Ann Lee ran.", ANN, ANN, mark("Ann Lee", "WHO"))),
        content(made("d1", "Go \u200b on \u200b.", mark("\u200b", "WHO"), mark("\u200b", "WHO"))),
    ],
    "W512": [content(made("d1", "Rome, Rome, Ann", ROME, ROME, ANN))],
    "W513": [content(made("d1", "Ann, Annie, the 4", ANN, mark("Annie", "WHO", entity_id="ann"), mark("4", "HOWMANY")))],
    "W514": [content(made("d1", "Ann, Ann, Rome", ANN, ANN, ROME))],
    "W515": [
        content(made("d1", "Rome’s anti-Rome", ROME, ROME)),
        content(made("d1", "ประเทศไทยและกัมพูชา", mark("ไทย", "WHERE"), mark("กัมพูชา", "WHERE"))),
        content(made("d1", "ប្រទេសកម្ពុជានិង", mark("កម្ពុជា", "WHERE"))),
        content(made("d1", "在泰国和", mark("泰国", "WHERE"))),
        content(made("d1", "태국은", mark("태국", "WHERE"))),
    ],
    "W521": [
        content(made("d1", "He said “go on”", SAID, mark("go", "WORDS"), mark("on", "WORDS"))),
        content(made("d1", "He said it “is so” now", SAID, mark("it “is so” now", "WORDS"))),
        content(made("d1", "“No”, he said, go", SAID, mark("go", "WORDS"))),
    ],
    "W522": [
        content(made("d1", "a week", mark("a week", "WHEN", iso="P1W"), mark("a week", "WORDS", happened="2025-12-01/2025-12-07"))),
        content(made("d1", "May", mark("May", "WHEN", iso="May")), corpus=msgspec.structs.replace(CORPUS, dates=Dates())),
    ],
    "W523": [content(made("d1", "today or so", mark("today", "WHEN", iso="2025-12-22"), mark("so", "WHO")))],
    "W524": [
        content(made("d1", "half a million fled", mark("half a million", "HOWMANY", amount=500000), mark("half a million fled", "WORDS", normalized_claim="500,000 fled."))),
        content(made("d1", "Dozens died", mark("Dozens", "HOWMANY"), mark("Dozens died", "WORDS", normalized_claim="They killed dozens."))),
        content(made("d1", "their 9km road", mark("9km", "HOWMANY", amount=9), mark("their 9km road", "WORDS", normalized_claim="A road."), mark("9km road", "WORDS", normalized_claim="It is 9 km long."))),
        content(made("d1", "sixty died", mark("sixty", "HOWMANY", amount=60), mark("sixty died", "WORDS", normalized_claim="In 2025 60 died."))),
        content(made("d1", "1.5 km", mark("1.5 km", "HOWMANY", amount=1.5), mark("1.5 km", "WORDS", normalized_claim="It is 1,5 long."))),
    ],
    "W525": [
        content(*figures(4, 5)),
        content(*figures(4, 4), relations=(related("d1:claim:0-6", "d2:claim:0-6", "SAME"),)),
        content(*figures(4), figures(5, 4, sort="hurt")[1]),
        content(*figures(4, 4), corpus=msgspec.structs.replace(CORPUS, quantities=msgspec.structs.replace(CORPUS.quantities, alike=()))),
    ],
    "W526": [
        content(*figures(4, 5), relations=(related(FOUR, FIVE, "CLASH"),)),
        content(*figures(4, 5, bound="least"), relations=(related(FOUR, FIVE, "FIT"),)),
        content(*figures(4, 5, bound="least"), relations=(related(FOUR, FIVE, "CLASH", "NAME"),)),
        content(*figures(4, 5), relations=(related(FOUR, FIVE, "LATER"),)),
        content(*figures(4, 5, bound="least", denied=True), relations=(related(FOUR, FIVE, "CLASH"),)),
        content(*figures(4), figures(4, 5, sort="hurt")[1], relations=(related(FOUR, FIVE, "FIT"),)),
    ],
    "W527": [
        content(made("d1", "Ann ran to Rome"), made("d2", "Ann ran to Rome")),
        content(made("d1", "Ann ran to Rome", group="one"), made("d2", "Rome ran to Ann, now", group="two")),
    ],
}  # fmt: skip


def test_every_check_of_content_has_its_cases() -> None:
    assert set(FAILING) == set(PASSING) == set(CONTENT_CHECKS)


@pytest.mark.parametrize(("code", "number"), [(code, n) for code, cases in FAILING.items() for n in range(len(cases))])
def test_a_check_finds_its_fault_and_nothing_else_does(code: str, number: int) -> None:
    subject, expected = FAILING[code][number]
    assert found(subject) == [(code, row, message) for row, message in expected]


@pytest.mark.parametrize(("code", "number"), [(code, n) for code, cases in PASSING.items() for n in range(len(cases))])
def test_what_is_right_passes(code: str, number: int) -> None:
    assert found(PASSING[code][number]) == []


def test_a_claim_that_is_called_otherwise_than_its_marks_say() -> None:
    subject = content(made("d1", "He said “go”", SAID, mark("go", "WORDS")))
    subject.rows("claims")[0]["attribution"] = "INDIRECT"
    message = "A claim's content does not fit the quotation marks: INDIRECT, not DIRECT"
    assert found(subject) == [("W521", "d1:claim:9-11", message)]


def test_near_duplicates_are_compared_without_what_is_not_annotated() -> None:
    subject = content(*(made(name, f"Menu of the site. {name}", group=name) for name in "ab"))
    assert [code for code, *_ in found(subject)] == ["W527"]
    zoned = [
        {**row, "zones": [{"start": 0, "end": 17, "zone": "NAV"}, {"start": 18, "end": 19, "zone": "TEXT"}]}
        for row in subject.rows("documents")
    ]
    settings = msgspec.structs.replace(CORPUS.settings(), unannotated_zones=("NAV",))
    assert found(Content({**subject.tables, "documents": zoned}, settings)) == []


def test_without_settings_only_what_needs_none_is_checked() -> None:
    codes = {
        finding.code
        for cases in FAILING.values()
        for subject, _ in cases
        for finding in check_content(
            Content(subject.tables, Settings(near_duplicates=NearDuplicates(words=2, threshold=0.5)))
        )
    }
    assert codes == {"W511", "W512", "W513", "W514", "W515", "W524", "W527"}


def test_a_finding_shows_its_place() -> None:
    (finding,) = check_content(content(made("d1", "We met Romeo.", ROME)), "release")
    assert str(finding) == (
        "release document d1 row d1:mention:7-11: W515 A span begins or ends inside a word: 'Rome'\n"
        "    text: We met [Rome]o.\n"
        "    mend: Draw the span again to the word's edge, or accept it."
    )


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("2025", True), ("2025-Q1", True), ("2025-12", True), ("2025-13", False), ("2024-02-29", True), ("2025-02-29", False), ("0000", False),
        ("2026-W53", True), ("2025-W53", False), ("2025-W51-WE", True), ("2025-W51-3", True), ("2025-W51-8", False), ("197", True),
        ("2025-12-12TEV", True), ("2025-12-12T04:00", True), ("2025-12-12T4", False), ("2025-12T04:00", False), ("Monday", False), ("", False),
        ("2025-12-11/2025-12-12", True), ("2025-12-12/2025-12-11", False), ("2025-W51/2025-12-22", True), ("2025-12-22/2025-W51", False),
        ("2025-12-24/2025-12", True), ("2025/2026/2027", False), ("2025-12-22/", False), ("๒๕๖๘", False), ("P2W", False),
    ],
)  # fmt: skip
def test_dates(value: str, expected: bool) -> None:
    assert is_date(value) is expected


def test_durations() -> None:
    assert [value for value in ("P2W", "PT24H", "P1DT2H", "P", "PT", "P2", "2W") if is_duration(value)] == [
        "P2W",
        "PT24H",
        "P1DT2H",
    ]


def accepting(*accepted: Accepted) -> list[Finding]:
    subject = content(made("d1", "Romeo, Annie", ROME, ANN))
    settings = msgspec.structs.replace(subject.settings, accepted=accepted)
    return list(check_content(Content(subject.tables, settings)))


@pytest.mark.parametrize(
    ("accepted", "expected"),
    [
        (Accepted("W515", "so", rows=("d1:mention:0-4",)), ["so", ""]),
        (Accepted("W515", "so", match="*'Ann'"), ["", "so"]),
        (Accepted("W515", "so"), ["so", "so"]),
    ],
)
def test_what_is_accepted_has_the_reason(accepted: Accepted, expected: list[str]) -> None:
    assert [(one.code, one.accepted) for one in accepting(accepted)] == [("W515", reason) for reason in expected]


@pytest.mark.parametrize(
    ("accepted", "row"),
    [
        (Accepted("W514", "so"), ""),
        (Accepted("W515", "so", match="*'Bob'"), ""),
        (Accepted("W515", "so", rows=("d1:mention:7-10", "d1:mention:9-9")), "d1:mention:9-9"),
        (Accepted("W515", "so", rows=("d1:mention:7-10",), match="*'Rome'"), "d1:mention:7-10"),
    ],
)
def test_an_entry_that_accepts_nothing_is_a_warning(accepted: Accepted, row: str) -> None:
    (finding,) = [one for one in accepting(accepted) if one.code == "W500"]
    assert (finding.row, finding.message) == (
        row,
        f"A finding that corpus.toml accepts is not there: {accepted.code}, so",
    )
    assert not finding.is_error


INSIDE = annotation(
    *(one for one in annotation().spans if one.label not in ("WHERE", "HEAD", "REST", "NOISE")), span("name", "WHERE", "Rom", "x", slug="rome")
)  # fmt: skip


@pytest.fixture
def damaged(small_corpus: Path) -> Path:
    """The small corpus with a mention that ends inside a word."""
    write_export(small_corpus, exported(INSIDE))
    return small_corpus


def test_build_and_validate_show_the_same_warning(damaged: Path, run: Run) -> None:
    built = run("build", "--corpus", damaged)
    validated = run("validate", damaged / "dataset/release")
    start = TEXT.index("Rom")
    line = f"row d1:mention:{start}-{start + 3}: W515 A span begins or ends inside a word: 'Rom'"
    assert (built.returncode, validated.returncode) == (0, 0)
    assert f"document d1 {line}\n" in built.stderr
    assert f"{damaged}/dataset/release document d1 {line}\n" in validated.stdout
    assert validated.stdout.endswith(": 0 errors, 1 warning\n")


def accept_in(folder: Path, **entry: object) -> None:
    with (folder / "corpus.toml").open("a", encoding="utf-8") as file:
        file.write("\n[[accepted]]\n" + "".join(f"{name} = {json.dumps(value)}\n" for name, value in entry.items()))


def test_what_corpus_toml_accepts_is_counted_and_not_shown(damaged: Path, run: Run) -> None:
    accept_in(damaged, code="W515", match="*'Rom'", reason="A nickname.")
    release = damaged / "dataset/release"
    built, validated = run("build", "--corpus", damaged), run("validate", release)
    assert built.stderr.splitlines()[-2] == "1 finding accepted in corpus.toml"
    assert validated.stdout == f"{release}: 0 errors, 0 warnings\n{release}: 1 finding accepted in corpus.toml\n"
    assert json.loads(run("validate", release, "--format", "json").stdout) == []
    (finding,) = validate(release)
    assert (finding.code, finding.accepted) == ("W515", "A nickname.")


def test_what_is_accepted_and_no_more_found_is_shown(small_corpus: Path, run: Run) -> None:
    accept_in(small_corpus, code="W515", reason="A nickname.")
    assert (
        "W500 A finding that corpus.toml accepts is not there: W515, A nickname.\n"
        in run("build", "--corpus", small_corpus).stderr
    )
    assert ": W500 " in run("validate", small_corpus / "dataset/release").stdout


@pytest.mark.parametrize("entry", [{"code": "E515", "reason": "x"}, {"code": "W515", "reason": ""}, {"code": "W515"}])
def test_only_warnings_can_be_accepted_and_only_with_a_reason(
    entry: dict[str, str], small_corpus: Path, run: Run
) -> None:
    accept_in(small_corpus, **entry)
    result = run("build", "--corpus", small_corpus)
    assert result.returncode == 1
    assert ": E001 " in result.stderr


def test_a_setting_that_names_what_the_labeling_config_lacks(small_corpus: Path, run: Run) -> None:
    with (small_corpus / "corpus.toml").open("a", encoding="utf-8") as file:
        file.write('\n[dates]\nlabels = ["DAY"]\nclaims = ["when"]\n')
    result = run("build", "--corpus", small_corpus)
    assert "the attribute 'normalized', the attribute 'when', in 'name' the label 'DAY'" in result.stderr


def resettled(change: Callable[[Row], None]) -> Callable[[Path], None]:
    """Damage to the settings of a release."""

    def damage(folder: Path) -> None:
        path = folder / "manifest.json"
        manifest = json.loads(path.read_bytes())
        change(manifest["settings"])
        path.write_text(json.dumps(manifest))

    return damage


@pytest.mark.parametrize(
    "change",
    [
        lambda settings: settings["near_duplicates"].update(words=0),
        lambda settings: settings["accepted"].append({"code": "E600", "reason": "x"}),
        lambda settings: settings.update(quotation_marks=["“"]),
        lambda settings: settings.update(more=1),
    ],
)
def test_settings_of_another_form_are_found(change: Callable[[Row], None], damaged: Path, run: Run) -> None:
    run("build", "--corpus", damaged)
    resettled(change)(damaged / "dataset/release")
    assert {finding.code for finding in validate(damaged / "dataset/release")} == {"E710"}


def test_an_earlier_release_without_settings_is_read(damaged: Path, run: Run) -> None:
    run("build", "--corpus", damaged)
    path = damaged / "dataset/release/manifest.json"
    path.write_text(
        json.dumps({name: value for name, value in json.loads(path.read_bytes()).items() if name != "settings"})
    )
    assert [finding.code for finding in validate(path.parent)] == ["W515"]


def test_content_is_looked_at_where_the_form_is_right(damaged: Path, run: Run) -> None:
    run("build", "--corpus", damaged)
    (damaged / "dataset/release/notes.txt").write_text("mine")
    assert [finding.code for finding in validate(damaged / "dataset/release")] == ["E701"]


def test_all_that_is_found_in_this_corpus_is_accepted_with_a_reason(built: Built) -> None:
    release = validate(ROOT / "dataset/release")
    assert [(one.code, one.row, one.accepted) for one in release] == [
        (one.code, one.row, one.accepted) for one in built.warnings
    ]
    assert [(one.code, one.row) for one in release] == [
        ("W514", "001:mention:96-106"), ("W514", "003:mention:3066-3076"), ("W523", "001:mention:4925-4940"), ("W523", "003:mention:78-87"),
    ]  # fmt: skip
    assert all(one.accepted.endswith(".") for one in release)


def test_a_new_fault_in_this_corpus_is_found(corpus: Path) -> None:
    path = corpus / "corpus.toml"
    path.write_text(
        path.read_text(encoding="utf-8").replace('exclusive = ["CONTRADICTS"]', 'exclusive = ["DISCREPANT"]'),
        encoding="utf-8",
    )
    codes = [one.code for one in build(corpus).warnings if not one.accepted]
    assert codes == ["W526"] * 7
