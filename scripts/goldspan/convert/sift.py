"""What of an odd annotation or task can be kept, and what is wrong with the rest: slow, and only for what is odd.

A region with its values is judged by itself, then each relation by the regions that are kept, so that one fault takes
away no more than what it spoils.
"""

from collections.abc import Iterable, Iterator
from contextlib import suppress
from typing import Any

import msgspec
from msgspec import Struct

from goldspan.checks import check_annotation
from goldspan.checks.registry import Subject
from goldspan.convert.rejects import UNFIT, Reject, as_plain
from goldspan.corpus import Corpus, Layers
from goldspan.export.reader import Entry, Item, TaskAnnotation, task_of
from goldspan.export.shaping import misplaced
from goldspan.export.spans import OF_A_REGION, Result, task_doc_id
from goldspan.export.windows import WRONG_FORM
from goldspan.faults import Finding, fault, printable
from goldspan.labeling import LabelingConfig
from goldspan.records import Annotation, Article

__all__ = ["ANY_CORPUS", "Sifted", "sift", "sift_task"]

NO_PARENT = fault(
    "E213", "A region lies under a parent that does not exist", "Move it out of its parent in Label Studio's list."
)
WHOLE = msgspec.json.Decoder(Entry)
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
            relations.append(msgspec.structs.replace(item, from_name=None))
        elif name in config.layers or (name in config.attributes and config.attributes[name].per_region):
            region = "" if item.id is None else str(item.id)
            regions.setdefault(region, []).append(msgspec.structs.replace(item, id=region or None))
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


def sift_task(raw: bytes, file: str, number: int) -> tuple[Entry | None, list[Reject]]:
    """A task that does not have its form: what can be kept of it, and what cannot."""
    place = {"file": file, "task": f"number {number}"}
    with suppress(*UNFIT):
        return WHOLE.decode(raw), []
    try:
        loose = msgspec.json.decode(raw)
    except UNFIT as error:
        return None, [Reject("task", as_plain(raw), [WRONG_FORM.finding(str(error), **place)])]
    try:
        whole = msgspec.convert(loose, Loose)
        entry = msgspec.convert({**loose, "annotations": None, "completions": None, "result": None}, Entry)
    except msgspec.ValidationError as error:
        return None, [Reject("task", loose, [WRONG_FORM.finding(str(error), **place)])]
    task = task_of(entry)
    place["task"] = task_doc_id(task) if task else place["task"]
    rejects: list[Reject] = []
    found = whole.annotations if whole.annotations is not None else whole.completions
    if found is not None:
        entry.annotations = [one for each in found for one in annotation_of(each, place, rejects)]
    if whole.result is not None:
        kept = items_of(whole.result, {**place, "annotation": str(entry.id)}, rejects)
        entry.result = kept
    return entry, rejects


class Loose(Struct):
    """The parts of an entry that are lists, of anything."""

    annotations: list[Any] | None = None
    completions: list[Any] | None = None
    result: list[Any] | None = None


def annotation_of(loose: Any, place: Place, rejects: list[Reject]) -> Iterator[TaskAnnotation]:
    """An annotation, if it has the form of one, with those of its items that have theirs."""
    try:
        one = msgspec.convert({**loose, "result": None} if isinstance(loose, dict) else loose, TaskAnnotation)
        result = msgspec.convert(loose.get("result"), list[Any] | None)
    except msgspec.ValidationError as error:
        rejects.append(Reject("annotation", loose, [WRONG_FORM.finding(str(error), **place)]))
        return
    one.result = items_of(result or [], {**place, "annotation": str(one.id)}, rejects)
    yield one


def items_of(result: list[Any], place: Place, rejects: list[Reject]) -> list[Item]:
    """The items that have the form of one."""
    kept = []
    for loose in result:
        try:
            kept.append(msgspec.convert(loose, Item))
        except msgspec.ValidationError as error:
            region = str(loose.get("id") or "") if isinstance(loose, dict) else ""
            rejects.append(Reject(kind_of(loose), [loose], [WRONG_FORM.finding(str(error), region=region, **place)]))
    return kept


def kind_of(loose: Any) -> str:
    """What a malformed item is counted as."""
    return "relation" if isinstance(loose, dict) and loose.get("type") == "relation" else "region"
