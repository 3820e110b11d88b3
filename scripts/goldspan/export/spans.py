"""A task of an export -> annotations: regions with their labels and attributes, and the relations between them."""

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import msgspec
from msgspec import Struct

from goldspan.corpus import Annotator
from goldspan.export.addresses import NoText
from goldspan.export.fields import unknown_fields
from goldspan.export.offsets import WHICH_UNIT, count_in_codepoints
from goldspan.export.reader import Identified, Item, Task, TaskAnnotation, User, Value, task_doc_id
from goldspan.export.settled import settled
from goldspan.export.shaping import left_out, misplaced, shape
from goldspan.export.standing import Placed, latest, standing_tasks
from goldspan.export.tasks import read_export
from goldspan.export.texts import text_of
from goldspan.export.users import UNKNOWN_ANNOTATOR, Users, check_numbers, renamed, users_of
from goldspan.faults import Fault, Finding, fault
from goldspan.labeling import LARGEST, Attribute, Kind, LabelingConfig, typed_texts
from goldspan.records import Annotation, Article, Relation, Span, Unit

__all__ = ["Reading", "read_annotations"]

UNKNOWN_DOCUMENT = fault(
    "E204", "A task's doc_id is not in sources.csv", "Add the article to sources.csv, or export the right project."
)
REPEATED_DOCUMENT = fault(
    "E205", "Two tasks of one export have the same doc_id", "Delete the surplus task in Label Studio and export again."
)
OTHER_TEXT = fault(
    "E206",
    "A task's text is not the text of the article: it was annotated on another version",
    "Put back the raw article that was annotated, or carry the annotations over: goldspan rebase.",
)
REPEATED_ANNOTATION = fault(
    "E208",
    "An annotator has two annotations of the same task",
    "Delete or skip all but one in Label Studio and export again.",
)
UNKNOWN_CONTROL = fault(
    "E209",
    "A region or value belongs to a control that the labeling config does not have",
    "Use the labeling config of the project that was exported.",
)
NO_REGION = fault(
    "E210",
    "A value has no region, or a region has no id or no offsets",
    "Set the value again in Label Studio, or give it the id of its region where it was made; give a region an id, "
    "start and end.",
)
REPEATED_REGION = fault(
    "E211", "Two regions of one annotation have the same id", "Delete one of them in Label Studio and draw it again."
)
BAD_VALUE = fault(
    "E212",
    "A value is not one that its control allows",
    "Set it again in Label Studio, or correct the labeling config.",
)
OF_A_REGION = fault(
    "E223",
    "A region has a value of a control that is for the whole task by the labeling config",
    'Give the control perRegion="true", or use the labeling config of the project that was exported.',
)
SKIPPED = fault("W201", "An annotator skipped this task", "Annotate it, or accept that it is left out.")
WITHDRAWN = fault(
    "W203",
    "An annotation of an earlier export is gone from a later export of its task, and counts no more",
    "Nothing, if it was deleted on purpose; else take the later export out of annotations/exports.",
)
SEVERAL_TASKS = fault(
    "W530",
    "An annotator has annotated an article in several tasks, and only what was saved last counts",
    "Nothing, if it was annotated anew on purpose. Else take out the export that is out of date; two people are told "
    "apart by [[annotators]] with exports.",
)
UNANNOTATED = fault("W202", "An article has no annotation", "Annotate it, or accept that only its text is released.")

NAMED = 5  # of many articles that a finding is about
TASK = "\0task"  # no region id: Label Studio cannot store it


class Reading(Struct, frozen=True):
    """What was read: the annotations and every finding about what could not be.

    ``renamed`` has the annotator of each name that a user would have in a corpus that does not name its annotators,
    ``noted`` counts by export and name what stands in the notes (``meta``) of regions, values and relations.
    """

    annotations: list[Annotation]
    findings: list[Finding]
    renamed: dict[str, str] = {}
    noted: dict[Path, Counter[str]] = {}


def read_annotations(
    files: Sequence[Path],
    articles: Iterable[Article],
    annotators: Sequence[Annotator],
    config: LabelingConfig,
    offsets: Unit = Unit.auto,
) -> Reading:
    """Every annotation of the articles in some exports, in the order of document and annotator.

    Exports add up. Of a task that several exports hold the last one says all; where several tasks have an annotation of
    the same article by the same annotator, the one that was saved last stands. ``annotators`` are those that the corpus
    names, ``offsets`` says what they count, which otherwise is told by evidence for each document.

    Raises:
        DataError: an export cannot be decoded at all (E201, E202).
    """
    by_id = {article.doc_id: article for article in articles}
    exports = {file: read_export(file) for file in files}
    users = users_of(annotators, exports)
    standing = standing_tasks(exports, exports.__getitem__)
    mixed = list(check_numbers(users, exports))
    findings = [*mixed, *withdrawn(standing.replaced, users), *read_faults(standing.tasks)]
    documents: dict[Path, set[str]] = defaultdict(set)
    found: dict[tuple[str, str], list[tuple[Placed[Task], TaskAnnotation]]] = defaultdict(list)
    away: Counter[str] = Counter()
    for placed in standing.tasks:
        doc_id, place = task_doc_id(placed.task), {"file": str(placed.file), "task": task_doc_id(placed.task)}
        text = text_annotated(placed.task, by_id.get(doc_id), config)
        findings += check_task(placed, by_id.get(doc_id), documents[placed.file], text)
        documents[placed.file].add(doc_id)
        away += shape(placed.task.annotations, config)
        said = count_in_codepoints(text if isinstance(text, str) else "", placed.task.annotations, offsets)
        findings += [said.finding(**place)] if said else []
        for item in placed.task.annotations if said is not WHICH_UNIT else ():
            annotator = users.annotator(placed.file, item.completed_by)
            if item.was_cancelled:
                findings.append(SKIPPED.finding(annotator or users.shown(placed.file, item.completed_by), **place))
            elif annotator is None:
                findings.append(UNKNOWN_ANNOTATOR.finding(users.shown(placed.file, item.completed_by), **place))
            else:
                found[doc_id, annotator].append((placed, item))
    annotations = []
    noted: dict[Path, Counter[str]] = defaultdict(Counter)
    for (doc_id, annotator), each in sorted(found.items()):
        placed, item = latest(each, lambda one: one[1].updated_at)
        noted[placed.file].update(name for one in item.result or () for name in one.meta or ())
        if sum(other is placed for other, _ in each) > 1:
            findings.append(REPEATED_ANNOTATION.finding(annotator, file=str(placed.file), task=doc_id))
        if not mixed and (elsewhere := sorted({str(other.file) for other, _ in each if other is not placed})):
            detail = f"{annotator}, also in {', '.join(elsewhere)}"
            findings.append(SEVERAL_TASKS.finding(detail, file=str(placed.file), task=doc_id))
        annotation, faults = read_annotation(item.result or [], doc_id, annotator, str(placed.file), config)
        annotations.append(msgspec.structs.replace(annotation, saved=item.updated_at, ground_truth=item.ground_truth))
        findings += faults
    findings += left_out(away)
    settled = {one.doc_id for one in annotations} | {one.task for one in findings if one.is_error}
    findings += unannotated(sorted(set(by_id) - settled), len(by_id))
    return Reading(annotations, findings, renamed(users, exports), noted)


def read_faults(tasks: Iterable[Placed[Task]]) -> Iterator[Finding]:
    """Findings about what of some tasks could not be read, and about fields that were passed over (W206)."""
    unknown: dict[Path, Counter[str]] = defaultdict(Counter)
    for placed in tasks:
        yield from placed.task.faults
        unknown[placed.file].update(placed.task.unknown)
    for file, counts in unknown.items():
        yield from unknown_fields(counts, file=str(file))


def unannotated(lacking: list[str], every: int) -> Iterator[Finding]:
    """One finding about all articles without an annotation (W202), which counts them if there are several."""
    if len(lacking) == 1:
        yield UNANNOTATED.finding(task=lacking[0])
    elif lacking:
        more = ", …" if len(lacking) > NAMED else ""
        yield UNANNOTATED.finding(f"{len(lacking)} of {every} have none: {', '.join(lacking[:NAMED])}{more}")


def withdrawn(replaced: Iterable[tuple[Placed[Task], Placed[Task]]], users: Users) -> Iterator[Finding]:
    """Findings about annotators whose annotation of a task is gone from a later export of the same task (W203)."""
    for before, now in replaced:
        kept = {users.annotator(now.file, item.completed_by) for item in now.task.annotations}
        for item in before.task.annotations:
            annotator = users.annotator(before.file, item.completed_by)
            if not item.was_cancelled and annotator not in kept:
                detail = f"{annotator or users.shown(before.file, item.completed_by)}, in {before.file}"
                yield WITHDRAWN.finding(detail, file=str(now.file), task=task_doc_id(now.task))


def text_annotated(task: Identified, article: Article | None, config: LabelingConfig) -> str | NoText:
    """The text that was annotated: that of the article, if the task lacks it and has at most its address."""
    source = config.source
    if source is None or (source.is_address and not source.folders):
        return article.text if article else ""
    return text_of(task.data, source)


def check_task(placed: Placed[Task], article: Article | None, seen: set[str], text: str | NoText) -> Iterator[Finding]:
    """Findings about the task itself: its text, which was annotated, and its document (E203 to E206)."""
    doc_id = task_doc_id(placed.task)
    place = {"file": str(placed.file), "task": doc_id}
    if doc_id in seen:
        yield REPEATED_DOCUMENT.finding(**place)
    if isinstance(text, NoText):
        yield text.fault.finding(text.detail, **place)
    elif article is None:
        yield UNKNOWN_DOCUMENT.finding(doc_id, **place)
    elif text != article.text:
        at = first_difference(text, article.text)
        yield OTHER_TEXT.finding(
            f"they differ first at code point {at}", context=article.text[max(at - 30, 0) : at + 30], **place
        )


def first_difference(one: str, other: str) -> int:
    """The first code point at which two texts differ, or the length of the shorter."""
    return next((at for at, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))


def user_shown(user: int | str | User | None) -> str:
    """The user as corpus.toml has to name it: by address, else by number."""
    return str(user.email or user.id if isinstance(user, User) else user)


def read_annotation(
    items: list[Item], doc_id: str, annotator: str, file: str, config: LabelingConfig
) -> tuple[Annotation, list[Finding]]:
    """One annotation from the items of its result, and what of it could not be read (E209 to E212)."""
    result = Result(config, {"file": file, "task": doc_id})
    items = settled(items, config).items
    astray = misplaced(items, config)
    for item in items:
        if item in astray:
            result.report(OF_A_REGION, str(item.from_name), str(item.id))
        else:
            result.read(item)
    spans, relations, attributes = result.spans(), tuple(result.relations), result.values.get(TASK, {})
    return Annotation(doc_id, annotator, file, spans, relations, attributes), result.findings


class Result:
    """The items of one annotation's result, sorted into regions, values and relations as they are read."""

    def __init__(self, config: LabelingConfig, place: dict[str, str]) -> None:
        """Begin with nothing read; ``place`` names file and task for the findings."""
        self.config = config
        self.place = place
        self.regions: dict[str, tuple[str, Value]] = {}
        self.values: dict[str, dict[str, Any]] = {}
        self.relations: list[Relation] = []
        self.findings: list[Finding] = []

    def report(self, kind: Fault, detail: str, region: str | None) -> None:
        """Keep a finding."""
        self.findings.append(kind.finding(detail, region=region or "", **self.place))

    def read(self, item: Item) -> None:
        """Take an item for what its type and its control make it."""
        region = None if item.id is None else str(item.id)
        name = item.from_name or ""
        if item.type == "relation":
            ends = item.from_id or "", item.to_id or ""
            self.relations.append(Relation(*ends, tuple(item.labels or ()), item.direction or "right"))
        elif name in self.config.layers:
            self.read_region(region, name, item.value or Value())
            if name in self.config.attributes and item.value and item.value.taxonomy:
                self.read_value(region, self.config.attributes[name], item.value)
        elif name in self.config.attributes:
            self.read_value(region, self.config.attributes[name], item.value or Value())
        else:
            self.report(UNKNOWN_CONTROL, repr(item.from_name), region)

    def read_region(self, region: str | None, layer: str, value: Value) -> None:
        """Keep a region, if it has an id of its own and offsets."""
        lacking = "id" if region is None else "start" if value.start is None else "end" if value.end is None else ""
        if region is None or lacking:
            self.report(NO_REGION, f"a region of {layer!r} has no {lacking}", region)
        elif region in self.regions:
            self.report(REPEATED_REGION, "", region)
        else:
            self.regions[region] = layer, value

    def read_value(self, region: str | None, attribute: Attribute, value: Value) -> None:
        """Keep the value of a control, of a region or of the whole task, if it is allowed and the only one."""
        known = self.values.setdefault((region or "") if attribute.per_region else TASK, {})
        typed = attribute_value(attribute, value)
        if typed is None:
            self.report(BAD_VALUE, f"{attribute.name} is {shown(value)}", region)
        elif attribute.name in known:
            self.report(BAD_VALUE, f"{attribute.name} is set twice", region)
        else:
            known[attribute.name] = typed

    def spans(self) -> tuple[Span, ...]:
        """The regions with their values, once every item is read; values without a region are findings."""
        for region in sorted(set(self.values) - set(self.regions) - {TASK}):
            if self.values[region]:
                values = ", ".join(map(repr, sorted(self.values[region])))
                self.report(NO_REGION, f"the region of a value of {values} is not there", region)
        return tuple(
            Span(
                region_id=region,
                layer=layer,
                labels=tuple(value.labels or ()),
                start=value.start or 0,
                end=value.end or 0,
                attributes=self.values.get(region, {}),
                shown_text=value.text if isinstance(value.text, str) else None,
            )
            for region, (layer, value) in self.regions.items()
        )


def attribute_value(attribute: Attribute, value: Value) -> Any:
    """A control's value in the type of its attribute, or None where the control does not allow it."""
    if attribute.kind is Kind.NUMBER:
        number = value.number if value.number is not None else value.rating
        return number if number is not None and abs(number) <= LARGEST else None
    if attribute.kind is Kind.PATHS:
        return paths_of(value)
    texts = texts_of(attribute, value) or ()
    return typed_texts(attribute, texts) if all(isinstance(text, str) for text in texts) else None


def paths_of(value: Value) -> list[list[str]] | None:
    """The paths that a taxonomy or nested choices hold; of a choice that stands alone, one of a single step."""
    held = value.taxonomy or value.choices or ()
    return [[path] if isinstance(path, str) else path for path in held] or None


def texts_of(attribute: Attribute, value: Value) -> Any:
    """The choices or texts that a control holds."""
    held: Any = {"Choices": value.choices, "DateTime": value.datetime, "Pairwise": value.selected}.get(
        attribute.tag, value.text
    )
    return [held] if isinstance(held, str) else held


def shown(value: Value) -> str:
    """A value as an error shows it."""
    held = value.choices, value.text, value.number, value.rating, value.taxonomy, value.datetime, value.selected
    return next((json.dumps(one, ensure_ascii=False) for one in held if one not in (None, "", [])), "empty")
