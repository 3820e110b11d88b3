"""What the fixtures of the checks of annotations leave open: other forms of faults, and what is none."""

import msgspec
import pytest

import goldspan.commands.build  # noqa: F401 - so that every fault is declared
from goldspan.checks.registry import Subject, check_annotation
from goldspan.corpus import Layers
from goldspan.records import Annotation, Relation, Span
from tests.small import (
    ARTICLE,
    CONFIG,
    CORPUS,
    ENTITIES,
    QUOTED,
    RELATIONS,
    SAYING,
    SPEAKER,
    VERB,
    ZONES,
    annotation,
    findings,
    span,
)

replace = msgspec.structs.replace
PLAIN = span("say", "WORDS", "cheered", "w3")


def test_a_faultless_annotation_has_no_findings() -> None:
    assert findings(annotation()) == []
    fragments = annotation(*SAYING, PLAIN, relations=(*RELATIONS, Relation("w2", "w3", ("more",))))
    assert findings(fragments) == []


def test_a_finding_reads_as_place_text_and_remedy() -> None:
    (found,) = findings(annotation(*SAYING, span("name", "HOWMANY", "40 ", "x")))
    assert str(found) == (
        "export.json document d1 region x: E304 A span begins or ends in white space: '40 '\n"
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
