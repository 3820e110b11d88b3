"""How far annotators agree, layer by layer. Needs the extra ``agreement``.

Spans are compared by F1, which needs no count of what nobody marked (Hripcsak and Rothschild 2005), and by gamma
(Mathet,
Widlöcher and Métivier 2015), which corrects for chance; categories by Cohen's kappa (1960) and Krippendorff's alpha
(2004).
"""

import logging
import os
import sys
import warnings
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Hashable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import combinations
from typing import Any, Literal

import krippendorff
import msgspec
import numpy as np
from msgspec import Struct
from sklearn.metrics import cohen_kappa_score

from goldspan.agreed import compared, independent
from goldspan.claims import assemble, claim_attributes, claim_values
from goldspan.corpus import Corpus
from goldspan.inputs import Inputs
from goldspan.labeling import Attribute, Kind, LabelingConfig, load_labeling_config
from goldspan.pairs import Judgement
from goldspan.records import Annotation, Article, Claim, Measured, Span
from goldspan.related import turned

__all__ = ["alpha", "f1", "gamma", "kappa", "match_claims", "measure", "measure_inputs"]

OVERLAP = 0.5
GAMMA_SEED = 2015
ALL = "all"
NO_LABEL = "(no label)"

ByDocument = Mapping[str, Mapping[str, Annotation]]
Extent = tuple[int, int]
Labelled = tuple[Span, str]
End = tuple[str, Extent]
Units = list[dict[str, Mapping[str, Any]]]
Level = Literal["nominal", "interval"]


class Tally(Struct):
    """What two annotators marked, summed over pairs of annotators and documents."""

    first: int = 0
    second: int = 0
    matched_first: int = 0
    matched_second: int = 0

    def add(self, first: int, second: int, matched_first: int, matched_second: int) -> None:
        """Add a document of a pair."""
        self.first += first
        self.second += second
        self.matched_first += matched_first
        self.matched_second += matched_second


def measure(corpus: Corpus, config: LabelingConfig, articles: Iterable[Article], found: ByDocument) -> list[Measured]:
    """Every measure of agreement; ``found`` has the annotations of each document by annotator, two or more of each.

    Rows are of ``documents`` (the values of whole tasks), the controls of zones, entities and attributions, ``claims``,
    the configs of further layers, and ``relations``.
    """
    texts = {article.doc_id: article for article in articles}
    rows = list(attribute_rows("documents", config.task_attributes, task_values(found)))
    for layer in corpus.layers.parts:
        rows += [*span_rows(layer, found), gamma_row(layer, found)]
    if corpus.layers.entities:
        rows += attribute_rows(
            corpus.layers.entities,
            config.attributes_of(corpus.layers.entities),
            shared_spans(corpus.layers.entities, found),
        )
    if corpus.layers.attributions:
        claims = {
            doc_id: {name: list(assemble(one, texts[doc_id], corpus)) for name, one in by.items()}
            for doc_id, by in found.items()
        }
        rows += claim_rows(claims)
        asked = config.attributes_of(corpus.layers.attributions)
        rows += attribute_rows("claims", asked, matched_claims(claims, claim_attributes(corpus, config)))
    for name, control in corpus.layers.further.items():
        measured = [*span_rows(control, found), gamma_row(control, found)]
        measured += attribute_rows(control, config.attributes_of(control), shared_spans(control, found))
        rows += [msgspec.structs.replace(one, layer=name) for one in measured]
    return [*rows, *relation_rows(found, corpus.layers.left_out)]


def task_values(found: ByDocument) -> Units:
    """The values of each whole task, by annotator."""
    return [{name: one.attributes for name, one in by.items()} for _, by in sorted(found.items())]


def measure_inputs(inputs: Inputs, judgements: Iterable[Judgement]) -> list[Measured]:
    """Every measure of agreement on the documents and pairs of claims that have two annotators or more."""
    measures = measure(inputs.corpus, inputs.config, inputs.articles, compared(inputs))
    units: dict[tuple[str, str], dict[str, Mapping[str, Any]]] = defaultdict(dict)
    for judgement in independent(judgements, inputs.corpus):
        units[judgement.pair][judgement.annotator] = judgement.values
    if units:
        asked = load_labeling_config(inputs.corpus.path("pair_config")).attributes.values()
        measures += attribute_rows("claim_relations", asked, list(units.values()))
        measures += value_rows("claim_relations", "relation", list(units.values()))
    return measures


def value_rows(layer: str, of: str, units: Units) -> Iterator[Measured]:
    """F1 of each value of an attribute: how often two annotators who judged the same unit both chose it."""
    tallies: dict[str, Tally] = defaultdict(Tally)
    for unit in units:
        for one, other in combinations([values.get(of) for _, values in sorted(unit.items())], 2):
            for value in {one, other} - {None}:
                same = int(one == other)
                tallies[str(value)].add(int(one == value), int(other == value), same, same)
    for value, tally in sorted(tallies.items()):
        yield f1_row(layer, value, "exact F1", tally)


def pairs(found: Mapping[str, Mapping[str, Any]]) -> Iterator[tuple[Any, Any]]:
    """Each two annotators' work on the same document."""
    for _, by in sorted(found.items()):
        for one, other in combinations(sorted(by), 2):
            yield by[one], by[other]


def f1(tally: Tally) -> float | None:
    """The harmonic mean of the two shares that are matched; None where neither annotator marked anything."""
    if tally.first + tally.second == 0:
        return None
    return (tally.matched_first + tally.matched_second) / (tally.first + tally.second)


def f1_row(layer: str, of: str, name: str, tally: Tally) -> Measured:
    """An F1 as a figure."""
    why = "" if tally.first + tally.second else "nobody marked any"
    return Measured(layer, of, name, f1(tally), tally.first + tally.second, why)


def span_rows(layer: str, found: ByDocument) -> Iterator[Measured]:
    """Exact and overlap F1 of a layer, of each label and of all."""
    exact: dict[str, Tally] = defaultdict(Tally)
    overlap: dict[str, Tally] = defaultdict(Tally)
    for one, other in pairs(found):
        drawn = [[(span, label) for span in side.layer(layer) for label in labels_of(span)] for side in (one, other)]
        for label in {ALL, *(label for side in drawn for _, label in side)}:
            first, second = ([each for each in side if label in (ALL, each[1])] for side in drawn)
            add_matches(exact[label], first, second, lambda a, b: a[0].extent == b[0].extent and a[1] == b[1])
            add_matches(overlap[label], first, second, lambda a, b: overlaps(a[0], b[0]) and a[1] == b[1])
    for label in sorted(exact, key=lambda label: (label != ALL, label)):
        yield f1_row(layer, label or NO_LABEL, "exact F1", exact[label])
        yield f1_row(layer, label or NO_LABEL, "overlap F1", overlap[label])


def labels_of(span: Span) -> tuple[str, ...]:
    """The labels by which a span is compared, each for itself; one without a label counts, too."""
    return tuple(dict.fromkeys(span.labels)) or ("",)


def add_matches(
    tally: Tally, first: Sequence[Labelled], second: Sequence[Labelled], same: Callable[[Labelled, Labelled], bool]
) -> None:
    """Count the labelled spans on each side that have a match on the other."""
    tally.add(
        len(first),
        len(second),
        sum(any(same(a, b) for b in second) for a in first),
        sum(any(same(a, b) for a in first) for b in second),
    )


def overlaps(one: Span, other: Span) -> bool:
    """True if two spans share a code point."""
    return one.start < other.end and other.start < one.end


def gamma_row(layer: str, found: ByDocument) -> Measured:
    """Gamma of a layer: the mean over the documents, weighted by their spans."""
    weighted, items, left_out = 0.0, 0, []
    for doc_id, by in sorted(found.items()):
        spans = {name: [span for span in one.layer(layer) if span.start < span.end] for name, one in by.items()}
        count = sum(map(len, spans.values()))
        value = gamma(spans)
        if value is None:
            left_out.append(doc_id)
        else:
            weighted += value * count
            items += count
    why = f"an annotator marked none, or all one only, in {', '.join(left_out)}" if left_out else ""
    return Measured(layer, ALL, "gamma", weighted / items if items else None, items, why)


def gamma(spans: Mapping[str, Sequence[Span]]) -> float | None:
    """Gamma of one document: positions and labels weigh alike.

    None if an annotator marked nothing, or all spans are one.
    """
    from pyannote.core import Segment  # noqa: PLC0415 - slow to import
    from pygamma_agreement import CombinedCategoricalDissimilarity, Continuum  # noqa: PLC0415

    if not all(spans.values()) or sum(map(len, spans.values())) <= len(spans):
        return None
    continuum = Continuum()
    for name, each in sorted(spans.items()):
        for span in each:
            continuum.add(name, Segment(span.start, span.end), "+".join(sorted(span.labels)))
    np.random.seed(GAMMA_SEED)  # the library draws its samples from this generator
    with silence():
        return float(continuum.compute_gamma(CombinedCategoricalDissimilarity(alpha=1, beta=1, delta_empty=1)).gamma)


@contextmanager
def silence() -> Iterator[None]:
    """Keep the solver that gamma uses, a C library, and the warnings about it from the terminal."""
    sys.stdout.flush()
    kept, nowhere = os.dup(1), os.open(os.devnull, os.O_WRONLY)
    level = logging.root.manager.disable
    try:
        os.dup2(nowhere, 1)
        logging.disable(logging.WARNING)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        logging.disable(level)
        os.dup2(kept, 1)
        os.close(kept)
        os.close(nowhere)


def match_claims(first: Sequence[Claim], second: Sequence[Claim]) -> list[tuple[Claim, Claim, float]]:
    """Pairs of claims whose contents share at least half of their code points (Dice), best first, each claim once."""
    scored = [(dice(covered(a), covered(b)), n, m) for n, a in enumerate(first) for m, b in enumerate(second)]
    taken: tuple[set[int], set[int]] = (set(), set())
    matched = []
    for score, n, m in sorted(scored, key=lambda item: (-item[0], item[1], item[2])):
        if score >= OVERLAP and n not in taken[0] and m not in taken[1]:
            taken[0].add(n)
            taken[1].add(m)
            matched.append((first[n], second[m], score))
    return matched


def covered(claim: Claim) -> set[int]:
    """The code points of a claim's content."""
    return {at for span in claim.content for at in range(span.start, span.end)}


def dice(one: set[int], other: set[int]) -> float:
    """Twice what two sets share, by the sum of their sizes."""
    return 2 * len(one & other) / (len(one) + len(other))


def fillers(claim: Claim) -> dict[str, tuple[Extent, ...]]:
    """The spans that play each part of a claim."""
    attribution = claim.attribution
    return {
        "cue": (attribution.cue.extent,) if attribution else (),
        "source": (attribution.source.extent,) if attribution and attribution.source else (),
        "content": tuple(span.extent for span in claim.content),
    }


def claim_rows(claims: Mapping[str, Mapping[str, Sequence[Claim]]]) -> Iterator[Measured]:
    """Detection F1, the overlap of what was detected, and F1 of each part.

    A filler counts if the matched claim has it too.
    """
    detected = Tally()
    roles: dict[str, Tally] = {role: Tally() for role in ("cue", "source", "content")}
    scores: list[float] = []
    for first, second in pairs(claims):
        matched = match_claims(first, second)
        scores += [score for _, _, score in matched]
        detected.add(len(first), len(second), len(matched), len(matched))
        for role, tally in roles.items():
            same = sum(len(set(fillers(a)[role]) & set(fillers(b)[role])) for a, b, _ in matched)
            sizes = [sum(len(fillers(claim)[role]) for claim in side) for side in (first, second)]
            tally.add(sizes[0], sizes[1], same, same)
    yield f1_row("claims", ALL, "detection F1", detected)
    mean = sum(scores) / len(scores) if scores else None
    yield Measured("claims", ALL, "content overlap", mean, len(scores), "" if scores else "no claim is matched")
    for role, tally in roles.items():
        yield f1_row("claims", role, "role F1", tally)


def relation_rows(found: ByDocument, left_out: Collection[str] = ()) -> Iterator[Measured]:
    """F1 of relations by label: two are the same if their ends have the same layers and extents.

    Relations with regions of layers that are left out do not count.
    """
    tallies: dict[str, Tally] = defaultdict(Tally)
    for one, other in pairs(found):
        first, second = relation_keys(one, left_out), relation_keys(other, left_out)
        for label in {ALL, *(label for label, *_ in first | second)}:
            sides = [{each for each in side if label in (ALL, each[0])} for side in (first, second)]
            same = len(sides[0] & sides[1])
            tallies[label].add(len(sides[0]), len(sides[1]), same, same)
    for label in sorted(tallies, key=lambda label: (label != ALL, label)):
        yield f1_row("relations", label or NO_LABEL, "exact F1", tallies[label])


def relation_keys(annotation: Annotation, left_out: Collection[str]) -> set[tuple[str, End, End, str]]:
    """The relations of an annotation by label and the places of their ends; the label is empty where it has none."""
    ends = {span.region_id: (span.layer, span.extent) for span in annotation.spans if span.layer not in left_out}
    return {
        (label, *turned(ends[relation.from_id], ends[relation.to_id], relation.direction))
        for relation in annotation.relations
        if relation.from_id in ends and relation.to_id in ends
        for label in relation.labels or ("",)
    }


def shared_spans(layer: str, found: ByDocument) -> Units:
    """The attributes of each extent of a layer, by annotator; with the label as an attribute.

    What an annotator has marked twice in a document is told apart by its labels.
    """
    units: dict[tuple[str, Extent, tuple[str, ...]], dict[str, Mapping[str, Any]]] = defaultdict(dict)
    for doc_id, by in sorted(found.items()):
        counts = [Counter(span.extent for span in one.layer(layer)) for one in by.values()]
        for name, annotation in sorted(by.items()):
            for span in annotation.layer(layer):
                twice = any(count[span.extent] > 1 for count in counts)
                key = doc_id, span.extent, tuple(sorted(span.labels)) if twice else ()
                units[key][name] = {**span.attributes, "label": span.label}
    return list(units.values())


def matched_claims(claims: Mapping[str, Mapping[str, Sequence[Claim]]], parts: dict[str, list[Attribute]]) -> Units:
    """The attributes of each claim of the first annotator and of the claims matched to it, by annotator."""
    units: Units = []
    for _, by in sorted(claims.items()):
        (anchor, own), *others = sorted(by.items())
        matches = {name: {a.claim_id: b for a, b, _ in match_claims(own, each)} for name, each in others}
        for claim in own:
            partners = {name: match[claim.claim_id] for name, match in matches.items() if claim.claim_id in match}
            units.append({name: claim_values(one, parts) for name, one in {anchor: claim, **partners}.items()})
    return units


def attribute_rows(layer: str, attributes: Iterable[Attribute], units: Units) -> Iterator[Measured]:
    """Kappa and alpha of attributes with an inventory, alpha of numbers, and the share of equal texts of others."""
    for attribute in attributes:
        values = [{name: values.get(attribute.name) for name, values in unit.items()} for unit in units]
        values = [unit for unit in values if len(unit) > 1 and any(value is not None for value in unit.values())]
        if attribute.kind is Kind.NUMBER:
            yield alpha_row(layer, attribute.name, values, "interval")
        elif attribute.values:
            yield kappa_row(layer, attribute.name, values)
            yield alpha_row(layer, attribute.name, values, "nominal")
        else:
            equal = [freeze(one) == freeze(other) for unit in values for one, other in combinations(unit.values(), 2)]
            share = sum(equal) / len(equal) if equal else None
            yield Measured(
                layer, attribute.name, "equal", share, len(equal), "" if equal else "no two values to compare"
            )


def kappa_row(layer: str, of: str, units: Sequence[Mapping[str, Hashable]]) -> Measured:
    """Cohen's kappa, the mean over pairs of annotators."""
    names = sorted({name for unit in units for name in unit})
    values = []
    for one, other in combinations(names, 2):
        both = [(freeze(unit[one]), freeze(unit[other])) for unit in units if one in unit and other in unit]
        values.append(kappa([a for a, _ in both], [b for _, b in both]))
    defined = [value for value in values if value is not None]
    if not defined:
        return Measured(
            layer, of, "kappa", None, len(units), "only one category is used" if units else "no two values to compare"
        )
    return Measured(layer, of, "kappa", sum(defined) / len(defined), len(units))


def kappa(first: Sequence[Hashable], second: Sequence[Hashable]) -> float | None:
    """Cohen's kappa of two annotators.

    None where both use one and the same category, so that chance explains everything.
    """
    if len({*first, *second}) < 2:
        return None
    return float(cohen_kappa_score([str(value) for value in first], [str(value) for value in second]))


def alpha_row(layer: str, of: str, units: Sequence[Mapping[str, Any]], level: Level) -> Measured:
    """Krippendorff's alpha over all annotators."""
    value = alpha(units, level)
    why = "" if value is not None else "only one value is used" if units else "no two values to compare"
    return Measured(layer, of, "alpha", value, len(units), why)


def alpha(units: Sequence[Mapping[str, Any]], level: Level = "nominal") -> float | None:
    """Krippendorff's alpha of units (values by annotator; an annotator may lack); None where only one value is used."""
    plain = [{name: freeze(value) for name, value in unit.items()} for unit in units]
    if level == "interval":
        plain = [{name: value for name, value in unit.items() if value is not None} for unit in plain]
    plain = [unit for unit in plain if len(unit) > 1]
    names = sorted({name for unit in plain for name in unit})
    values = sorted({value for unit in plain for value in unit.values()}, key=str)
    if len(values) < 2:
        return None
    codes = {value: value if level == "interval" else number for number, value in enumerate(values)}
    data = [[codes[unit[name]] if name in unit else np.nan for unit in plain] for name in names]
    return float(krippendorff.alpha(reliability_data=data, level_of_measurement=level))


def freeze(value: Any) -> Any:
    """A value that can be compared and counted: a list as the set of what it holds, in one order."""
    return tuple(sorted(value)) if isinstance(value, list) else value
