"""What of an odd annotation can be kept, and what is wrong with the rest: slow, and only for what is odd.

A region with its values is judged by itself, then each relation by the regions that are kept, so that one fault takes
away no more than what it spoils.
"""

from collections.abc import Iterable, Iterator

import msgspec
from msgspec import Struct

from goldspan.checks import check_annotation
from goldspan.checks.registry import Subject
from goldspan.corpus import Corpus, Layers
from goldspan.export.reader import Item
from goldspan.export.rejects import Reject
from goldspan.export.shaping import misplaced
from goldspan.export.spans import OF_A_REGION, Result
from goldspan.faults import Finding, fault, printable
from goldspan.labeling import LabelingConfig
from goldspan.records import Annotation, Article

__all__ = ["ANY_CORPUS", "Sifted", "sift"]

NO_PARENT = fault(
    "E213", "A region lies under a parent that does not exist", "Move it out of its parent in Label Studio's list."
)
ANY_CORPUS = Corpus(name="", version="", layers=Layers())

Place = dict[str, str]


class Sifted(Struct, frozen=True):
    """What is kept of a result, and what is not."""

    kept: list[Item]
    rejects: list[Reject]


def sift(items: Iterable[Item], text: str, config: LabelingConfig, place: Place) -> Sifted:
    """Part the items of a result into those that can be kept together and those that cannot.

    ``place`` names file, task and annotation for the findings.
    """
    sifter = Sifter(text, config, place)
    items = list(items)
    astray = misplaced(items, config)
    for one in astray:
        finding = OF_A_REGION.finding(str(one.from_name), region=str(one.id), **place)
        sifter.rejects.append(Reject("value", [one], [finding]))
    regions, relations, values = units([item for item in items if item not in astray], config)
    kept = {region: unit for region, unit in regions.items() if sifter.keeps("region", unit, [])}
    while orphans := [region for region, unit in kept.items() if (parent_of(unit) or region) not in kept]:
        for region in orphans:
            finding = NO_PARENT.finding(str(parent_of(kept[region])), region=region, **place)
            sifter.rejects.append(Reject("region", kept.pop(region), [finding]))
    good = [one for one in relations if sifter.keeps("relation", [one], ends_of(one, kept))]
    task_level = [item for unit in values.values() if sifter.keeps("value", unit, []) for item in unit]
    return Sifted([*(item for unit in kept.values() for item in unit), *task_level, *good], sifter.rejects)


def units(
    items: Iterable[Item], config: LabelingConfig
) -> tuple[dict[str, list[Item]], list[Item], dict[str, list[Item]]]:
    """The items that stand or fall together: a region and its values, a relation, the values of a task's control."""
    regions: dict[str, list[Item]] = {}
    relations: list[Item] = []
    values: dict[str, list[Item]] = {}
    for item in items:
        name = item.from_name or ""
        if item.type == "relation":
            relations.append(item)
        elif name in config.layers or (name in config.attributes and config.attributes[name].per_region):
            regions.setdefault("" if item.id is None else str(item.id), []).append(item)
        else:
            values.setdefault(name, []).append(item)
    return regions, relations, values


def parent_of(unit: list[Item]) -> str | None:
    """The region under which a region was put."""
    return next((item.parent for item in unit if item.parent is not None), None)


def ends_of(relation: Item, regions: dict[str, list[Item]]) -> list[Item]:
    """The items of the regions that a relation joins, as far as they are kept."""
    return [item for end in dict.fromkeys((relation.from_id, relation.to_id)) for item in regions.get(end or "", [])]


class Sifter:
    """Judges units one by one and keeps what is rejected."""

    def __init__(self, text: str, config: LabelingConfig, place: Place) -> None:
        """Begin without rejects."""
        self.article = Article(place["task"], "", text, "", {})
        self.config = config
        self.place = place
        self.rejects: list[Reject] = []

    def keeps(self, kind: str, unit: list[Item], context: list[Item]) -> bool:
        """True if nothing is wrong with a unit, beside items that are kept already."""
        findings = list(self.judge([*context, *unit]))
        if findings:
            self.rejects.append(Reject(kind, unit, findings))
        return not findings

    def judge(self, items: list[Item]) -> Iterator[Finding]:
        """Every error of some items."""
        result = Result(self.config, self.place)
        for item in items:
            result.read(item)
        spans, relations = result.spans(), tuple(result.relations)
        yield from result.findings
        annotation = Annotation(self.place["task"], "", self.place["file"], spans, relations)
        for finding in check_annotation(Subject(annotation, self.article, self.config, ANY_CORPUS)):
            if finding.is_error:
                yield msgspec.structs.replace(finding, annotation=printable(self.place["annotation"]))
