"""Each check of annotations finds its fault, at its place, and nothing else."""

import msgspec
import pytest

import goldspan.cli  # noqa: F401 - so that every fault is declared
from goldspan.checks.registry import ANNOTATION_CHECKS, Subject, check_annotation
from goldspan.corpus import Layers
from goldspan.faults import FAULTS
from goldspan.records import Annotation, Relation, Span
from tests.small import (
    ARTICLE,
    CHEERED,
    CONFIG,
    CORPUS,
    ENTITIES,
    QUOTED,
    RELATIONS,
    SAYING,
    SPEAKER,
    TEXT,
    VERB,
    ZONES,
    annotation,
    findings,
    span,
)

replace = msgspec.structs.replace
PLAIN = span("say", "WORDS", "cheered", "w3")
LOST = Relation("v", "gone", ("that",))

FAULTY: dict[str, tuple[Annotation, str]] = {
    "E301": (annotation(*SAYING, Span("x", "name", ("HOWMANY",), 5, len(TEXT) + 1)), "x"),
    "E302": (annotation(*SAYING, replace(ENTITIES[3], labels=("NOBODY",))), "HOWMANY-40"),
    "E303": (annotation(*SAYING, replace(ENTITIES[0], labels=("WHO", "WHERE"))), "WHO-Ann"),
    "E304": (annotation(*SAYING, span("name", "HOWMANY", "40 ", "x")), "x"),
    "E305": (annotation(*SAYING, replace(ENTITIES[1], shown_text="Bab")), "WHO-Bob"),
    "E306": (annotation(*SAYING, ENTITIES[0], replace(ENTITIES[0], region_id="x")), "x"),
    "E307": (annotation(zones=(*ZONES, span("part", "HEAD", "here\n\nAnn", "x"))), "x"),
    "E308": (annotation(zones=ZONES[:2]), ""),
    "E309": (annotation(*SAYING, span("name", "HOWMANY", "here\n\nAnn", "x")), "x"),
    "E310": (annotation(*SAYING, span("name", "HOWMANY", "now", "x")), "x"),
    "E311": (annotation(*SAYING, *ENTITIES, span("name", "HOWMANY", "Ann said", "x"), span("name", "HOWMANY", "said “Bob", "y")), "y"),
    "E312": (annotation(*SAYING, replace(ENTITIES[0], attributes={})), "WHO-Ann"),
    "E401": (annotation(*SAYING, relations=(*RELATIONS, LOST)), "gone"),
    "E402": (annotation(*SAYING, relations=(*RELATIONS, Relation("s", "w2", ("with",)))), "s"),
    "E403": (annotation(VERB, CHEERED, relations=()), "v"),
    "E404": (annotation(*SAYING, relations=RELATIONS[1:]), "s"),
    "E405": (annotation(*SAYING, span("say", "SPEAKER", "Bob", "s2"), relations=(*RELATIONS, Relation("v", "s2", ("by",)))), "v"),
    "E406": (annotation(*SAYING, relations=(*RELATIONS, RELATIONS[1])), "w1"),
    "E407": (annotation(*SAYING, PLAIN), "w3"),
    "E408": (annotation(*SAYING, relations=(*RELATIONS, Relation("w1", "w2", ("more",)))), "w2"),
    "E409": (annotation(*SAYING, relations=(*RELATIONS, Relation("s", "w2", ("that",)))), "s"),
    "W301": (annotation(*SAYING, replace(ENTITIES[3], attributes={"slug": "forty"})), "HOWMANY-40"),
}  # fmt: skip
FOLLOWING = {"E409": {"E406"}, "E407": {"E312"}}


def test_a_faultless_annotation_has_no_findings() -> None:
    assert findings(annotation()) == []
    fragments = annotation(*SAYING, PLAIN, relations=(*RELATIONS, Relation("w2", "w3", ("more",))))
    assert findings(fragments) == []


def test_every_check_has_a_fixture() -> None:
    assert set(FAULTY) == set(ANNOTATION_CHECKS)


@pytest.mark.parametrize("code", sorted(FAULTY))
def test_check_finds_its_fault(code: str) -> None:
    faulty, region = FAULTY[code]
    found = findings(faulty)
    assert {finding.code for finding in found} - FOLLOWING.get(code, set()) == {code}
    finding = next(finding for finding in found if finding.code == code)
    assert (finding.file, finding.task, finding.region) == ("export.json", "d1", region)
    assert finding.message.startswith(FAULTS[code].message)
    assert finding.remedy.endswith(".")


def test_a_finding_reads_as_place_text_and_remedy() -> None:
    found = findings(FAULTY["E304"][0])
    assert str(found[0]) == (
        "export.json document d1 region x: E304 A span begins or ends in white space: '4… '\n"
        "    text: Ann said “Bob left Rome”, and [40 ]cheered.\\n\\nSubscribe now\n"
        "    mend: Draw the span again without the space."
    )


ALSO: dict[str, list[tuple[Annotation, str]]] = {
    "E301": [(annotation(*SAYING, Span("x", "name", ("HOWMANY",), 5, 5)), "x")],
    "E303": [(annotation(*SAYING, replace(ENTITIES[0], labels=())), "WHO-Ann")],
    "E304": [(annotation(*SAYING, span("name", "HOWMANY", " 40", "x")), "x")],
    "E311": [(annotation(*SAYING, *ENTITIES, span("name", "HOWMANY", "Bob left Rome", "x"), span("name", "HOWMANY", "Bob left", "y")), "WHO-Bob")],
    "E312": [(annotation(SPEAKER, VERB, replace(QUOTED, attributes={"sure": True})), "w1")],
    "E402": [
        (annotation(*SAYING, relations=(*RELATIONS, Relation("v", "w2", ()))), "v"),
        (annotation(*SAYING, relations=(*RELATIONS, Relation("v", "w2", ("that",), "sideways"))), "v"),
    ],
    "E406": [
        (annotation(*SAYING, PLAIN, relations=(*RELATIONS, Relation("w2", "w3", ("more",)), Relation("w3", "w1", ("more",)))), "w3"),
    ],
    "E409": [
        (annotation(*SAYING, *ENTITIES, relations=(*RELATIONS, Relation("v", "WHO-Ann", ("by",)))), "v"),
        (annotation(*SAYING, relations=(*RELATIONS, Relation("v", "w2", ("that",), "left"))), "v"),
    ],
}  # fmt: skip


@pytest.mark.parametrize(("code", "number"), [(code, n) for code, cases in ALSO.items() for n in range(len(cases))])
def test_check_finds_its_fault_in_its_other_forms(code: str, number: int) -> None:
    faulty, region = ALSO[code][number]
    assert (code, region) in {(finding.code, finding.region) for finding in findings(faulty)}


def test_a_line_break_shown_as_backslash_n_is_no_other_text() -> None:
    zone = replace(ZONES[1], shown_text=ZONES[1].shown_text and ZONES[1].shown_text.replace(" ", "\\n"))
    assert findings(annotation(zones=(ZONES[0], zone, ZONES[2]))) == []


def test_layers_without_a_part_to_play_are_free() -> None:
    bare = msgspec.structs.replace(CORPUS, layers=Layers(), required=())
    twice = annotation(*SAYING, ENTITIES[0], replace(ENTITIES[0], region_id="x", labels=("WHO", "WHERE")))
    assert list(check_annotation(Subject(twice, ARTICLE, CONFIG, bare))) == []


@pytest.mark.parametrize("code", sorted(FAULTS))
def test_every_fault_says_what_and_how_to_mend_it(code: str) -> None:
    fault = FAULTS[code]
    assert not fault.message.endswith(".")
    assert fault.remedy.endswith(".")
