"""Clusters, pairs and the relations between claims; the list of entities."""

import csv
import json
import time
from collections import Counter, defaultdict
from itertools import combinations, permutations
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from goldspan.build import Built, build, write_build
from goldspan.corpus import Relations
from goldspan.decisions import Decider, Decision, check_decisions
from goldspan.entities import Entity, check_entities, read_entities
from goldspan.faults import DataError
from goldspan.labeling import load_labeling_config, parse_labeling_config
from goldspan.pairs import (
    Judgement,
    Member,
    PairScheme,
    check_clusters,
    check_relations,
    first_clusters,
    read_clusters,
    relate,
)
from goldspan.records import Mention
from goldspan.validate import validate
from tests.conftest import ROOT, Run
from tests.damage import edit_json, replace
from tests.exports import value
from tests.fixtures import PAIRS, clustered, write_corpus

RULES = Relations(inverse={"AFTER": "BEFORE"}, none="NONE", transitive=("SAME",), acyclic=("BEFORE",))
CLAIMS: dict[str, dict[str, Any]] = {
    name: {"claim_id": name, "doc_id": f"d{number % 2}", "normalized_claim": f"Claim {name}."}
    for number, name in enumerate("pqrs")
}
SCHEME = PairScheme(
    parse_labeling_config(
        b'<View><Text name="a" value="$a"/><Choices name="relation" toName="a"><Choice value="SAME"/><Choice value="OTHER"/>'
        b'</Choices><Choices name="basis" toName="a"><Choice value="DATE"/></Choices></View>'
    ),
    RULES,
)
CLUSTER = [Member("one", name, f"Claim {name}.") for name in "pqr"]


def judge(pair: str, relation: str, annotator: str = "A", basis: str = "DATE") -> Judgement:
    return Judgement((pair[0], pair[1]), annotator, {"relation": relation, "basis": basis}, "pairs.json")


def related(
    *judgements: Judgement, decisions: tuple[Decision, ...] = ()
) -> tuple[list[dict[str, Any]], list[str], Decider]:
    decider = Decider(decisions)
    rows, findings = relate(CLUSTER, judgements, CLAIMS, SCHEME, decider)
    return rows, [finding.code for finding in [*findings, *check_relations(rows, RULES)]], decider


def test_every_pair_of_a_cluster_is_related_and_inverses_are_turned() -> None:
    rows, codes, decider = related(judge("pq", "AFTER"), judge("pr", "DIFFERENT"), judge("qr", "DIFFERENT"))
    assert codes == []
    assert decider.conflicts == []
    assert rows[0] == {
        "relation_id": "q|p", "cluster_id": "one", "claim_a": "q", "claim_b": "p", "doc_a": "d1", "doc_b": "d0",
        "text_a": "Claim q.", "text_b": "Claim p.", "relation": "BEFORE", "basis": "DATE", "scope": "CROSS_DOC",
    }  # fmt: skip
    assert [row["scope"] for row in rows] == ["CROSS_DOC", "WITHIN_DOC", "CROSS_DOC"]


@pytest.mark.parametrize(
    ("judgements", "codes"),
    [
        ((("pq", "SAME"), ("qr", "SAME")), ["E514", "E517"]),
        ((("pq", "SAME"), ("pr", "SAME"), ("qr", "SAME"), ("qr", "SAME")), ["E515"]),
        ((("pq", "SAME"), ("pr", "SAME"), ("qr", "SAME"), ("ps", "SAME")), ["E515"]),
        ((("pq", "SAME"), ("pr", "NONE"), ("qr", "OTHER")), ["E516"]),
        ((("pq", "SAME"), ("qr", "SAME"), ("pr", "OTHER")), ["E517"]),
        ((("pq", "BEFORE"), ("qr", "BEFORE"), ("pr", "AFTER")), ["E518"]),
        ((("pq", "BEFORE"), ("qr", "BEFORE"), ("pr", "BEFORE")), []),
        ((("pq", "SAME"), ("qr", "BEFORE"), ("pr", "AFTER")), ["E518"]),
    ],
)
def test_relations_that_do_not_fit_together(judgements: tuple[tuple[str, str], ...], codes: list[str]) -> None:
    assert related(*(judge(pair, relation) for pair, relation in judgements))[1] == codes


def naive(rows: list[dict[str, Any]]) -> list[tuple[str, str]]:
    """The findings of E517 as they are defined: for each pair, each that goes on from its end."""
    same = {pair for row in rows for pair in permutations((row["claim_a"], row["claim_b"]))}
    return [
        (f"SAME: {one}, {middle}, {last}", f"{one}|{last}")
        for one, middle in sorted(same)
        for again, last in sorted(same)
        if middle == again and one < last and (one, last) not in same
    ]


@given(st.sets(st.sampled_from(list(combinations("abcdefg", 2)))))
def test_what_does_not_carry_over_is_found_each_time(pairs: set[tuple[str, str]]) -> None:
    rows = [{"claim_a": one, "claim_b": other, "relation": "SAME"} for one, other in pairs]
    said = "A relation that must carry over does not: A and B have it, B and C have it, A and C do not"
    found = [(one.message.removeprefix(f"{said}: "), one.task) for one in check_relations(rows, RULES)]
    assert found == naive(rows)


def test_a_large_cluster_is_checked_at_once() -> None:
    pairs = list(combinations([f"{number:03}" for number in range(200)], 2))
    rows = [{"claim_a": one, "claim_b": other, "relation": "SAME"} for one, other in pairs]
    begun = time.process_time()
    assert list(check_relations(rows, RULES)) == []
    assert {one.task for one in check_relations(rows[1:], RULES)} == {"000|001"}
    assert time.process_time() - begun < 10


def test_of_a_circle_the_same_claims_are_named_each_time() -> None:
    rows = [{"claim_a": one, "claim_b": other, "relation": "BEFORE"} for one, other in ("pq", "qr", "rp", "rq")]
    (found,) = check_relations(rows, RULES)
    assert found.message == "A relation that must not turn in a circle does: BEFORE: p, r, q, p"


def test_two_annotators_and_a_decision() -> None:
    rest = [judge(pair, "OTHER", name) for pair in ("pr", "qr") for name in "AB"]
    decision = Decision("pair:p|q:relation", "Claim p. / Claim q.", "B", "", "because")
    rows, _, decider = related(judge("pq", "SAME", "A"), judge("pq", "OTHER", "B"), *rest, decisions=(decision,))
    assert rows[0]["relation"] == "OTHER"
    assert [(one.id, one.readings) for one in decider.conflicts] == [("pair:p|q:relation", {"A": "SAME", "B": "OTHER"})]
    assert decider.undecided == []


def test_clusters_that_do_not_fit_the_claims() -> None:
    members = [
        *CLUSTER,
        CLUSTER[0],
        Member("two", "p", "Claim p."),
        Member("two", "x", "?"),
        Member("two", "s", "Claim t."),
    ]
    assert [(one.code, one.row) for one in check_clusters(members, CLAIMS, "f")] == [
        ("E513", "p"),
        ("E511", "x"),
        ("E512", "s"),
    ]


def test_a_claim_alone_is_no_cluster() -> None:
    assert [one.code for one in check_clusters([*CLUSTER, Member("two", "s", "Claim s.")], CLAIMS, "f")] == ["E513"]


def test_what_an_adjudicator_judges_stands() -> None:
    rest = [judge(pair, "OTHER", name) for pair in ("pr", "qr") for name in "AB"]
    scheme = msgspec.structs.replace(SCHEME, adjudicators=frozenset({"J", "K"}))
    decider = Decider((Decision("pair:p|q:relation", "Claim p. / Claim q.", "A", "", "because"),))
    judged = [judge("pq", "SAME", "A"), judge("pq", "OTHER", "B"), judge("pq", "AFTER", "J"), *rest]
    rows, findings = relate(CLUSTER, judged, CLAIMS, scheme, decider)
    assert [(row["relation_id"], row["relation"]) for row in rows] == [
        ("q|p", "BEFORE"),
        ("p|r", "OTHER"),
        ("q|r", "OTHER"),
    ]
    assert (findings, list(check_decisions(decider, ""))) == ([], [])
    without = Decider(())
    relate(CLUSTER, judged, CLAIMS, scheme, without)
    assert list(check_decisions(without, "")) == []
    _, findings = relate(CLUSTER, [*judged, judge("pq", "SAME", "K")], CLAIMS, scheme, Decider(()))
    assert [(finding.code, finding.task) for finding in findings] == [("E526", "p|q")]


def test_a_claim_is_in_the_cluster_that_begins_first_in_the_file() -> None:
    rows = (("two", "s"), ("one", "p"), ("one", "q"), ("two", "p"))
    assert first_clusters([Member(cluster, claim, "") for cluster, claim in rows]) == {
        "s": "two",
        "p": "two",
        "q": "one",
    }


def test_clusters_may_overlap_but_a_pair_is_judged_once() -> None:
    again = [Member("two", name, f"Claim {name}.") for name in "rps"]
    rows, findings = relate([*CLUSTER, *again], [judge(pair, "OTHER") for pair in ("pq", "pr", "qr", "rs", "ps")], CLAIMS, SCHEME, Decider(()))  # fmt: skip
    assert findings == []
    assert [(row["claim_a"] + row["claim_b"], row["cluster_id"]) for row in rows] == [
        ("pq", "one"), ("pr", "one"), ("qr", "one"), ("rs", "two"), ("ps", "two"),
    ]  # fmt: skip


@pytest.mark.parametrize(("take", "value"), [("value", "SOMETHING"), ("neither", ""), ("both", ""), ("Z", "")])
def test_a_decision_takes_only_what_a_pair_can_be(take: str, value: str) -> None:
    decision = Decision("pair:p|q:relation", "Claim p. / Claim q.", take, value, "because")
    rest = [judge(pair, "OTHER") for pair in ("pr", "qr")]
    _, _, decider = related(judge("pq", "SAME", "A"), judge("pq", "OTHER", "B"), *rest, decisions=(decision,))
    assert [(one.code, one.row) for one in check_decisions(decider, "f")] == [("E525", "pair:p|q:relation")]


def test_a_decision_overrules_what_all_agree_on() -> None:
    decision = Decision("pair:p|q:relation", "Claim p. / Claim q.", "value", "SAME", "because")
    rows, _, decider = related(*(judge(pair, "OTHER") for pair in ("pq", "pr", "qr")), decisions=(decision,))
    assert rows[0]["relation"] == "SAME"
    assert list(check_decisions(decider, "f")) == []


PAIR_FILE = "annotations/pair_config.xml"
WHY = '<TextArea name="why" toName="a" maxSubmissions="1"/><Rating name="sure" toName="a"/></View>'


def explained(tasks: list[dict[str, Any]]) -> None:
    """Every judged pair has a reason, too."""
    for task in tasks:
        more = value("w", "why", "textarea", None) | {"value": {"text": ["So it says."]}}
        task["annotations"][0]["result"] += [more, value("s", "sure", "rating", 4)]


def test_what_else_is_said_of_a_pair_has_a_column(tmp_path: Path) -> None:
    corpus = write_corpus(tmp_path / "small")
    clustered(replace(PAIR_FILE, "</View>", WHY), edit_json(PAIRS, explained))(corpus)
    table = build(corpus).tables["claim_relations"]
    assert table.column_names[-3:] == ["scope", "why", "sure"]
    assert {(row["why"], row["sure"]) for row in table.to_pylist()} == {("So it says.", 4.0)}
    assert [one for one in validate(write_build(build(corpus))) if one.is_error] == []


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("</View>", WHY.replace('"why"', '"scope"'), "a control has the name of a column: scope"),
        ("</View>", '<Labels name="part" toName="a"><Label value="X"/></Labels></View>', "a control draws: part"),
    ],
)
def test_a_control_that_has_no_place_in_a_pair_is_refused(old: str, new: str, said: str, tmp_path: Path) -> None:
    corpus = write_corpus(tmp_path / "small")
    clustered(replace(PAIR_FILE, old, new))(corpus)
    with pytest.raises(DataError, match=f"pair_config.xml: E519 .*: {said}"):
        build(corpus)


def test_a_value_that_the_pair_config_does_not_know_is_named(tmp_path: Path) -> None:
    corpus = write_corpus(tmp_path / "small")
    clustered(edit_json(PAIRS, explained))(corpus)
    with pytest.raises(DataError) as raised:
        build(corpus)
    assert [(one.code, one.message.rpartition(": ")[2]) for one in raised.value.findings] == [
        ("E209", "'sure'"),
        ("E209", "'why'"),
    ] * 3


def test_an_incomplete_judgement_does_not_count() -> None:
    half = Judgement(("p", "q"), "A", {"basis": "DATE"}, "f")
    assert related(half, judge("pr", "OTHER"), judge("qr", "OTHER"))[1] == ["E514"]


@pytest.fixture(scope="module")
def rows(built: Built) -> list[dict[str, Any]]:
    return list(built.tables["claim_relations"].to_pylist())


def test_every_pair_of_a_cluster_of_this_corpus_is_related_once(rows: list[dict[str, Any]]) -> None:
    clusters: dict[str, list[str]] = defaultdict(list)
    for member in read_clusters(ROOT / "annotations/clusters.csv"):
        clusters[member.cluster_id].append(member.claim_id)
    expected = {frozenset(pair) for claims in clusters.values() for pair in combinations(claims, 2)}
    assert {frozenset((row["claim_a"], row["claim_b"])) for row in rows} == expected
    assert len(rows) == len(expected) >= 60
    assert {row["scope"] for row in rows} == {"CROSS_DOC", "WITHIN_DOC"}
    assert all((row["doc_a"] == row["doc_b"]) == (row["scope"] == "WITHIN_DOC") for row in rows)


def test_the_values_of_the_relations_are_those_of_the_pair_config(rows: list[dict[str, Any]]) -> None:
    config = load_labeling_config(ROOT / "annotations/pair_config.xml")
    assert {row["basis"] for row in rows} <= set(config.attributes["basis"].values)
    counts = Counter(row["relation"] for row in rows)
    assert set(counts) == {"UPDATES", "CONTRADICTS", "DISCREPANT", "EQUIVALENT", "SUPPORTS"}


@pytest.mark.parametrize(
    ("one", "other", "relation"),
    [
        ("killed at least 60 people by 22 December", "At least 11 people had died", "UPDATES"),
        ("At least 41 people have been killed", "has killed at least 40 people", "DISCREPANT"),
        ("Close to one million residents", "more than half a million people by 22 December", "DISCREPANT"),
        (
            "resumed on 8 December 2025",
            "outbreak of violence between Cambodia and Thailand was on 7 December",
            "CONTRADICTS",
        ),
        ("Gunfire triggered clashes", "Gunfire between Thailand and Cambodia returned on 8 December", "CONTRADICTS"),
        (
            "with Anwar Ibrahim on 11 December 2025",
            "phone calls with Donald Trump and Anwar Ibrahim on the evening",
            "CONTRADICTS",
        ),
        ("Accord was signed in July and October", "signed a ceasefire agreement in July", "DISCREPANT"),
        ("is the Kuala Lumpur Peace Accord", "is called the Kuala Lumpur Peace Accord", "CONTRADICTS"),
        ("is the Joint Declaration", "Accord was signed earlier in 2025", "DISCREPANT"),
        (
            "Donald Trump brokered the ceasefire agreement that",
            "Trump brokered the immediate and unconditional",
            "DISCREPANT",
        ),
        ("brokered in October 2025 with ASEAN", "Malaysia and Donald Trump first brokered", "DISCREPANT"),
        ("border of Thailand and Cambodia is 817 km", "roughly 800 kilometres", "DISCREPANT"),
        ("had agreed in December 2025 to halt", "Anutin Charnvirakul did not confirm", "DISCREPANT"),
        ("Cambodia laid new mines", "denied that it had laid new mines", "CONTRADICTS"),
    ],
)
def test_known_relations(rows: list[dict[str, Any]], one: str, other: str, relation: str) -> None:
    found = [
        row["relation"]
        for row in rows
        if {one.casefold() in row["text_a"].casefold(), other.casefold() in row["text_b"].casefold()} == {True}
        or {other.casefold() in row["text_a"].casefold(), one.casefold() in row["text_b"].casefold()} == {True}
    ]
    assert set(found) == {relation}


def test_pair_tasks_show_both_claims_in_their_articles(run: Run) -> None:
    tasks = json.loads(run("tasks", "--pairs", "--corpus", ROOT).stdout)
    data = tasks[0]["data"]
    assert data["doc_id"] == f"{data['claim_a']}|{data['claim_b']}"
    assert (
        data["text_a"]
        == "At least 11 people had died in the fighting between Cambodia and Thailand by 12 December 2025."
    )
    assert data["context_a"].startswith("001 (2025-12-12): As the conflict enters its sixth day")
    assert run("tasks", "--pairs", "--adjudicate").returncode == 2


ENTITIES = {"ann": Entity("ann", "Ann", "WHO", "Annie|A.", "", "")}


def mention(words: str, label: str, name: str) -> list[tuple[str, str]]:
    one = Mention("m", "d", 0, len(words), label, None, None, {"entity_id": name})
    return [(each.code, each.row) for each in check_entities([one], ENTITIES, {"d": words}, "f")]


def test_mentions_are_held_against_the_list_of_entities() -> None:
    assert mention("annie", "WHO", "ann") == []
    assert mention("Ann", "WHERE", "ann") == [("E504", "m")]
    assert mention("Anna", "WHO", "ann") == [("W501", "m")]
    assert mention("Cid", "WHO", "cid") == [("E503", "m"), ("W502", "")]


def test_entities_that_cannot_be_read(tmp_path: Path) -> None:
    path = tmp_path / "e.csv"
    assert read_entities(path) is None
    path.write_text("entity_id,name,type,aliases,description,wikidata\na,A,X,,,\na,A,X,,,\n")
    with pytest.raises(DataError, match="E502"):
        read_entities(path)


def test_wikidata_ids_have_their_form() -> None:
    with (ROOT / "annotations/entities.csv").open(encoding="utf-8") as file:
        ids = [row["wikidata"] for row in csv.DictReader(file) if row["wikidata"]]
    assert len(ids) == len(set(ids))
    assert all(name[0] == "Q" and name[1:].isdigit() for name in ids)
