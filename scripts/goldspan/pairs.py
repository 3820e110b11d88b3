"""Clusters of claims -> pairs to be judged in Label Studio; their exports + decisions -> relations between claims."""

import graphlib
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import partial
from itertools import combinations
from pathlib import Path
from typing import Any

from msgspec import UNSET, Struct, UnsetType

from goldspan.corpus import Annotator, Relations
from goldspan.decisions import TWICE_ADJUDICATED, Conflict, Decider
from goldspan.export.reader import Task, TaskAnnotation, Value
from goldspan.export.spans import (
    BAD_VALUE,
    UNKNOWN_CONTROL,
    attribute_value,
    read_faults,
    withdrawn,
)
from goldspan.export.standing import Placed, latest, standing_tasks
from goldspan.export.tasks import read_export
from goldspan.export.users import UNKNOWN_ANNOTATOR, Users, check_numbers, users_of
from goldspan.faults import Finding, fault
from goldspan.labeling import Kind, LabelingConfig, parse_value
from goldspan.picks import rule_of
from goldspan.records import Article
from goldspan.schemas import structure
from goldspan.sheets import read_sheet

__all__ = [
    "Judgement",
    "Member",
    "PairScheme",
    "check_clusters",
    "check_relations",
    "check_scheme",
    "first_clusters",
    "pair_tasks",
    "read_clusters",
    "read_judgements",
    "relate",
    "relation_row",
]

BAD_CLUSTERS = fault(
    "E510",
    "The clusters cannot be used",
    "Give each row a cluster_id, the id of a claim, and the claim's normalized sentence as text.",
)
NO_CLAIM = fault("E511", "A cluster names a claim that does not exist", "Correct the claim_id, or remove the row.")
OTHER_CLAIM = fault(
    "E512",
    "A cluster or pair was made for another wording of a claim",
    "Read the claim again; then correct the text here, or judge the pair anew.",
)
TWICE = fault(
    "E513", "A claim stands twice in a cluster, or alone", "Remove the row, or add the claims it belongs with."
)
NOT_JUDGED = fault(
    "E514", "A pair of a cluster is not judged", "Judge it in the pair project and export again, or split the cluster."
)
SURPLUS_PAIR = fault(
    "E515", "A pair is judged that no cluster holds, or is judged twice", "Delete its task, or correct the clusters."
)
NOT_RELATED = fault(
    "E516", "Two claims of one cluster are not related", "Split the cluster, or decide how they are related."
)
NOT_CLOSED = fault(
    "E517",
    "A relation that must carry over does not: A and B have it, B and C have it, A and C do not",
    "Decide the three pairs so that they fit together.",
)
CYCLE = fault(
    "E518", "A relation that must not turn in a circle does", "Decide its pairs so that one claim comes first."
)

BAD_SCHEME = fault(
    "E519",
    "The pair config and [relations] in corpus.toml do not fit together",
    "The config needs the single Choices relation and basis; another control needs a name that claim_relations has no "
    "column of, and draws no spans. [relations] names values of relation.",
)

Row = dict[str, Any]
Pair = tuple[str, str]


class Member(Struct, frozen=True):
    """A claim in a cluster. ``text`` is its normalized sentence when the cluster was made."""

    cluster_id: str
    claim_id: str
    text: str


class Judgement(Struct, frozen=True):
    """How one annotator relates a pair: a value for each control of the pair config."""

    pair: Pair
    annotator: str
    values: dict[str, Any]
    file: str
    saved: str | UnsetType | None = UNSET
    ground_truth: bool | UnsetType | None = UNSET


def read_clusters(path: Path) -> list[Member]:
    """The clusters of a corpus; none where there is no file.

    Raises:
        DataError: it is not CSV with the columns of `Member` (E510).
    """
    return read_sheet(path, Member, BAD_CLUSTERS)


def check_clusters(members: Sequence[Member], claims: Mapping[str, Row], file: str) -> Iterator[Finding]:
    """Findings about clusters that do not fit the claims (E511 to E513)."""
    sizes = Counter(member.cluster_id for member in members)
    seen = set()
    for member in members:
        place = {"file": file, "row": member.claim_id}
        if member.claim_id not in claims:
            yield NO_CLAIM.finding(member.text, **place)
        elif claims[member.claim_id]["normalized_claim"] != member.text:
            yield OTHER_CLAIM.finding(f"{member.text!r}, not {claims[member.claim_id]['normalized_claim']!r}", **place)
        if (member.cluster_id, member.claim_id) in seen or sizes[member.cluster_id] == 1:
            how = "alone" if sizes[member.cluster_id] == 1 else "twice"
            yield TWICE.finding(f"{how} in {member.cluster_id!r}", **place)
        seen.add((member.cluster_id, member.claim_id))


def cluster_pairs(members: Iterable[Member]) -> dict[Pair, str]:
    """Every pair of claims of a cluster, in the order of the file, with the first cluster that holds it."""
    clusters: dict[str, list[str]] = defaultdict(list)
    for member in members:
        clusters[member.cluster_id].append(member.claim_id)
    pairs: dict[Pair, str] = {}
    for name, claims in clusters.items():
        for one, other in combinations(claims, 2):
            if (other, one) not in pairs:
                pairs.setdefault((one, other), name)
    return pairs


def first_clusters(members: Sequence[Member]) -> dict[str, str]:
    """The first cluster that each claim is in; it holds a pair of every other claim of it."""
    order = {name: number for number, name in enumerate(dict.fromkeys(member.cluster_id for member in members))}
    last_first = sorted(members, key=lambda member: order[member.cluster_id], reverse=True)
    return {member.claim_id: member.cluster_id for member in last_first}


def pair_tasks(members: Sequence[Member], claims: Mapping[str, Row], articles: Mapping[str, Article]) -> list[Row]:
    """A task for each pair of a cluster: both sentences, and both in their articles."""
    tasks = []
    for (one, other), cluster in cluster_pairs(members).items():
        data: Row = {"doc_id": f"{one}|{other}", "cluster_id": cluster}
        for side, claim_id in (("a", one), ("b", other)):
            claim = claims[claim_id]
            data[f"claim_{side}"] = claim_id
            data[f"text_{side}"] = claim["normalized_claim"]
            data[f"context_{side}"] = context(claim, articles[claim["doc_id"]])
        tasks.append({"data": data})
    return tasks


def context(claim: Row, article: Article) -> str:
    """The paragraph that a claim stands in, with its document and date."""
    text, content = article.text, claim["content"]
    start = text.rfind("\n", 0, content[0]["start"]) + 1
    end = text.find("\n", content[-1]["end"])
    date = article.metadata.get("published_date") or "no date"
    return f"{claim['doc_id']} ({date}): {text[start : end if end >= 0 else len(text)].strip()}"


def read_judgements(
    files: Sequence[Path], config: LabelingConfig, annotators: Sequence[Annotator], claims: Mapping[str, Row]
) -> tuple[list[Judgement], list[Finding]]:
    """The judgements in the exports of a pair project, and what of them cannot be used (E207, E212, E512).

    Exports add up as those of articles do.

    Raises:
        DataError: an export cannot be decoded at all (E201, E202).
    """
    exports = {file: read_export(file) for file in files}
    users = users_of(annotators, exports)
    standing = standing_tasks(exports, exports.__getitem__)
    findings = [*check_numbers(users, exports), *withdrawn(standing.replaced, users), *read_faults(standing.tasks)]
    read: dict[tuple[Pair, str], list[tuple[Placed[Task], TaskAnnotation]]] = defaultdict(list)
    for placed in standing.tasks:
        for one in placed.task.annotations:
            if not one.was_cancelled:
                annotator = users.annotator(placed.file, one.completed_by)
                read[pair_of(placed.task), annotator or ""].append((placed, one))
    judgements = []
    for each in read.values():
        last, _ = latest(each, lambda one: one[1].updated_at)
        for placed, one in each:  # two in one file are a surplus that `relate` names
            if placed.file == last.file:
                judgement, faults = read_judgement(placed, one, config, users)
                judgements.append(judgement)
                findings += [*check_pair(placed.task, claims, str(placed.file)), *faults]
    return judgements, findings


def pair_of(task: Task) -> Pair:
    """The two claims that a task is about."""
    return str(task.data.get("claim_a")), str(task.data.get("claim_b"))


def check_pair(task: Task, claims: Mapping[str, Row], file: str) -> Iterator[Finding]:
    """Findings about a pair that was made for another wording of its claims (E512)."""
    for side in ("a", "b"):
        claim_id, text = task.data.get(f"claim_{side}"), task.data.get(f"text_{side}")
        claim = claims.get(str(claim_id))
        if claim is None or claim["normalized_claim"] != text:
            there = f"not {claim['normalized_claim']!r}" if claim else "and there is no such claim"
            yield OTHER_CLAIM.finding(
                f"{text!r}, {there}" if text is not None else "the task has no text of it",
                file=file,
                task=str(task.data.get("doc_id")),
                row=str(claim_id),
            )


def read_judgement(
    placed: Placed[Task], one: TaskAnnotation, config: LabelingConfig, users: Users
) -> tuple[Judgement, list[Finding]]:
    """One annotator's judgement of a pair."""
    pair, file = pair_of(placed.task), str(placed.file)
    place = {"file": file, "task": "|".join(pair)}
    annotator = users.annotator(placed.file, one.completed_by)
    findings = [] if annotator else [UNKNOWN_ANNOTATOR.finding(users.shown(placed.file, one.completed_by), **place)]
    values = {}
    for item in one.result or []:
        attribute = config.attributes.get(item.from_name or "")
        if attribute is not None:
            values[attribute.name] = attribute_value(attribute, item.value or Value())
        else:
            findings.append(UNKNOWN_CONTROL.finding(repr(item.from_name), region=str(item.id or ""), **place))
    missing = sorted(name for name in config.attributes if values.get(name) is None)
    how = {name: "is set to something else" if name in values else "is not set" for name in missing}
    findings += [BAD_VALUE.finding(f"{name} {how[name]}", **place) for name in missing]
    return Judgement(pair, annotator or "", values, file, one.updated_at, one.ground_truth), findings


class PairScheme(Struct, frozen=True):
    """What a pair can be judged to be: the controls of the pair config, and how the relations behave.

    The judgement of one of ``adjudicators`` stands as it is; ``pick`` says what stands where the others differ and
    nothing is decided.
    """

    config: LabelingConfig
    relations: Relations
    adjudicators: frozenset[str] = frozenset()
    pick: str | None = None


def check_scheme(scheme: PairScheme, file: str) -> None:
    """Hold the pair config against what a release needs, and what corpus.toml says of relations against the config.

    Raises:
        DataError: a control lacks or is no single choice, or a relation is named that the config does not have (E519).
    """
    controls, rules = scheme.config.attributes, scheme.relations
    choices = {name for name, one in controls.items() if one.tag == "Choices" and one.kind is Kind.STRING}
    lacking = sorted({"relation", "basis"} - choices)
    if lacking:
        raise BAD_SCHEME.error(f"no single Choices is called {' or '.join(lacking)}", file=file)
    taken = sorted(set(controls) & set(structure()["claim_relations"].names) - {"relation", "basis"})
    if taken or scheme.config.layers:
        what = f"has the name of a column: {', '.join(taken)}" if taken else f"draws: {', '.join(scheme.config.layers)}"
        raise BAD_SCHEME.error(f"a control {what}", file=file)
    named = {*rules.inverse, *rules.inverse.values(), *rules.transitive, *rules.acyclic, *filter(None, [rules.none])}
    named |= {*rules.exclusive, *rules.compatible, *rules.equal}
    unknown = sorted(named - set(controls["relation"].values))
    unknown += sorted(set(rules.by_figures) - set(controls["basis"].values))
    if unknown:
        raise BAD_SCHEME.error(f"no relation or basis is called {', '.join(map(str, unknown))}", file=file)


def relate(
    members: Sequence[Member],
    judgements: Iterable[Judgement],
    claims: Mapping[str, Row],
    scheme: PairScheme,
    decider: Decider,
) -> tuple[list[Row], list[Finding]]:
    """The relation of every pair of the clusters, turned so that inverse relations read forwards, and the findings."""
    by_pair: dict[Pair, dict[str, Judgement]] = defaultdict(dict)
    findings: list[Finding] = []
    pairs = cluster_pairs(members)
    for judgement in judgements:
        if judgement.pair not in pairs or judgement.annotator in by_pair[judgement.pair]:
            why = "twice" if judgement.pair in pairs else "and no cluster holds it"
            detail = f"by {judgement.annotator}, {why}"
            findings.append(SURPLUS_PAIR.finding(detail, file=judgement.file, task="|".join(judgement.pair)))
        by_pair[judgement.pair][judgement.annotator] = judgement
    rows = []
    for pair, cluster in pairs.items():
        judged = sorted(by_pair.get(pair, {}).items())
        found = {name: one for name, one in judged if None not in one.values.values() and "relation" in one.values}
        if not found:
            findings.append(NOT_JUDGED.finding(task="|".join(pair)))
            continue
        text = " / ".join(claims[claim]["normalized_claim"] for claim in pair)
        last = [found.pop(name) for name in sorted(scheme.adjudicators & set(found))]
        if len(last) > 1:
            findings.append(TWICE_ADJUDICATED.finding(task="|".join(pair), file=last[-1].file))
        values = settle_pair(pair, text, found, scheme, decider)
        if last:
            decider.close("|".join(pair))
            values = last[0].values
        if values["relation"] == scheme.relations.none:
            findings.append(NOT_RELATED.finding(text, task="|".join(pair)))
        rows.append(relation_row(pair, cluster, values, claims, scheme.relations))
    return rows, findings


def settle_pair(
    pair: Pair, text: str, found: Mapping[str, Judgement], scheme: PairScheme, decider: Decider
) -> dict[str, Any]:
    """What stands of the judgements of a pair: a value for each control that they have."""
    values, rule = {}, rule_of(scheme.pick, list(found.values()))
    for what in dict.fromkeys(what for one in found.values() for what in one.values):
        readings = {name: one.values.get(what) for name, one in found.items()}
        shown = {name: str(value) for name, value in readings.items()}
        conflict = Conflict(f"pair:{'|'.join(pair)}:{what}", "|".join(pair), text, shown)
        parse = partial(parse_value, scheme.config.attributes[what])
        values[what] = decider.choose(conflict, readings, parse, rule)
    return values


def relation_row(pair: Pair, cluster: str, values: Row, claims: Mapping[str, Row], relations: Relations) -> Row:
    """The row of a pair."""
    relation = values["relation"]
    if relation in relations.inverse:
        pair, relation = (pair[1], pair[0]), relations.inverse[relation]
    one, other = (claims[claim] for claim in pair)
    return {
        "relation_id": "|".join(pair),
        "cluster_id": cluster,
        "claim_a": pair[0],
        "claim_b": pair[1],
        "doc_a": one["doc_id"],
        "doc_b": other["doc_id"],
        "text_a": one["normalized_claim"],
        "text_b": other["normalized_claim"],
        **values,
        "relation": relation,
        "scope": "WITHIN_DOC" if one["doc_id"] == other["doc_id"] else "CROSS_DOC",
    }


def check_relations(rows: Sequence[Row], relations: Relations) -> Iterator[Finding]:
    """Findings about relations that do not fit together (E517, E518).

    A transitive relation must be closed. An acyclic one must not turn in a circle, also by way of claims that a
    transitive relation makes the same.
    """
    by_relation: dict[str, set[Pair]] = defaultdict(set)
    for row in rows:
        by_relation[row["relation"]].add((row["claim_a"], row["claim_b"]))
    first: dict[str, str] = {}
    for relation in relations.transitive:
        same = by_relation[relation] | {(other, one) for one, other in by_relation[relation]}
        for one, other in sorted(same):
            first[one] = min(first.get(one, one), first.get(other, other))
        for one, middle, last in not_closed(same):
            yield NOT_CLOSED.finding(f"{relation}: {one}, {middle}, {last}", task=f"{one}|{last}")
    for relation in relations.acyclic:
        circle = circle_of((first.get(one, one), first.get(other, other)) for one, other in by_relation[relation])
        if circle:
            yield CYCLE.finding(f"{relation}: {', '.join(circle)}")


def not_closed(same: set[Pair]) -> Iterator[tuple[str, str, str]]:
    """Each three of which the first two and the last two are a pair of a symmetric relation, but not the ends."""
    beside: dict[str, set[str]] = defaultdict(set)
    for one, other in same:
        beside[one].add(other)
    for one, middle in sorted(same):
        yield from ((one, middle, last) for last in sorted(beside[middle] - beside[one]) if one < last)


def circle_of(pairs: Iterable[Pair]) -> list[str]:
    """Those of some pairs that lead in a circle, the first of them twice; none if no pairs do."""
    graph: dict[str, list[str]] = defaultdict(list)
    for one, other in sorted(set(pairs)):
        graph[one].append(other)
    try:
        graphlib.TopologicalSorter(graph).prepare()
    except graphlib.CycleError as error:
        return list(error.args[1])
    return []
