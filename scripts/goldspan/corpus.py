"""``corpus.toml`` -> settings: which files make up a corpus, and which labels play which part."""

import codecs
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Annotated, Literal

import msgspec
from msgspec import Meta, Struct

from goldspan.faults import fault, stop_on_errors
from goldspan.labeling import LabelingConfig
from goldspan.layers import check_names, check_parts, with_further
from goldspan.picks import Pick
from goldspan.records import Unit
from goldspan.settings import (
    Accepted,
    Attributions,
    Dates,
    Layers,
    NearDuplicates,
    Quantities,
    Relations,
    Settings,
)
from goldspan.words import counted, reason

__all__ = [
    "Adjudication",
    "Annotator",
    "Attributions",
    "Corpus",
    "Layers",
    "Part",
    "Quantities",
    "RaiProperty",
    "Relations",
    "ZoneRule",
    "check_settings",
    "inside",
    "load_corpus",
]

BAD_SETTINGS = fault("E001", "corpus.toml cannot be used", "Correct it as docs/own-corpus.md describes.")
NO_CORPUS = fault(
    "E541",
    "There is no corpus.toml, so that this is no corpus folder",
    "Run the command in the folder of the corpus, or name it: --corpus DIR; docs/own-corpus.md says how to begin one.",
)
OUTSIDE_PATH = fault(
    "E002", "A path leaves the corpus folder", "Keep every file of a corpus below its folder, named by a relative path."
)
NO_FILE = fault(
    "E006",
    "A part of the corpus is neither a file nor a folder, or its name is not UTF-8",
    "Put a regular file in its place, and give it another name.",
)
NO_EXPORT = fault(
    "E008",
    "No export fits a pattern",
    "Put the export there (goldspan studio pull fetches one), or correct exports or pair_exports in corpus.toml.",
)
MIXED_ANNOTATORS = fault(
    "E009", "Two annotators have the same id or user, or one has none", "Give each of [[annotators]] its own."
)
BAD_RULE = fault("E010", "A zone rule is not a regular expression", "Correct its pattern in corpus.toml.")
UNKNOWN_NAMES = fault(
    "E004",
    "corpus.toml names something that the labeling config does not have",
    "Correct the name in corpus.toml, or add it to the labeling config.",
)


Pattern = Annotated[str, Meta(pattern=r"^(?!.*\*\*)[^/\\\x00]+$")]
Part = Literal[
    "sources",
    "labeling_config",
    "guidelines",
    "exports",
    "decisions",
    "entities",
    "clusters",
    "pair_config",
    "agreement",
    "scores",
    "figures",
    "card",
    "release",
]


RaiProperty = Literal[
    "annotatorDemographics",
    "dataAnnotationAnalysis",
    "dataAnnotationPlatform",
    "dataAnnotationProtocol",
    "dataBiases",
    "dataCollection",
    "dataCollectionMissingData",
    "dataCollectionRawData",
    "dataCollectionType",
    "dataImputationProtocol",
    "dataLimitations",
    "dataManipulationProtocol",
    "dataPreprocessingProtocol",
    "dataReleaseMaintenancePlan",
    "dataSocialImpact",
    "dataUseCases",
    "machineAnnotationTools",
    "personalSensitiveInformation",
]


class Annotator(Struct, frozen=True, forbid_unknown_fields=True):
    """An annotator by the id that the dataset shows, and the users (number or e-mail) that Label Studio recorded.

    The users count in exports that fit one of the patterns ``exports``; without any, in all. The annotation of one who
    ``adjudicates`` stands as it is, whatever the others marked.
    """

    id: str
    completed_by: int | str | tuple[int | str, ...]
    exports: tuple[Pattern, ...] = ()
    adjudicates: bool = False
    description: str = ""

    def counts_in(self, export: Path) -> bool:
        """True if the users count in an export."""
        return not self.exports or any(fnmatchcase(export.name, f"{pattern}.json") for pattern in self.exports)

    @property
    def users(self) -> tuple[int | str, ...]:
        """The users as Label Studio recorded them."""
        return self.completed_by if isinstance(self.completed_by, tuple) else (self.completed_by,)


class Adjudication(Struct, frozen=True, forbid_unknown_fields=True):
    """What stands where annotators differ and no decision is written; without ``pick``, nothing."""

    pick: Pick | None = None


class ZoneRule(Struct, frozen=True, forbid_unknown_fields=True):
    """A rule that proposes a zone for a paragraph that its pattern matches whole, if the zone before is ``after``.

    Where the pattern has a group ``zone`` that takes part, only what the group matches is of the zone.
    """

    zone: str
    pattern: str
    after: str | None = None


class Files(Struct, frozen=True, forbid_unknown_fields=True):
    """Where a corpus keeps its parts, relative to its folder.

    ``pages`` are texts with generated figures, beside the card.
    """

    sources: str = "dataset/raw/sources.csv"
    labeling_config: str = "annotations/labeling_config.xml"
    guidelines: str = "annotations/guidelines.md"
    exports: str = "annotations/exports"
    decisions: str = "annotations/decisions.csv"
    entities: str = "annotations/entities.csv"
    clusters: str = "annotations/clusters.csv"
    pair_config: str = "annotations/pair_config.xml"
    agreement: str = "annotations/agreement.json"
    scores: str = "annotations/baselines.json"
    figures: str = "annotations/figures"
    card: str = "dataset_card.md"
    pages: tuple[str, ...] = ()
    release: str = "dataset/release"


class Corpus(Struct, frozen=True, forbid_unknown_fields=True):
    """The settings of one corpus. ``folder`` is where corpus.toml stands; it is set by `load_corpus`."""

    name: str
    version: Annotated[str, Meta(pattern=r"^\d+\.\d+\.\d+$")]
    layers: Layers = Layers()
    language: str = "en"
    files: Files = Files()
    attributions: Attributions = Attributions()
    quantities: Quantities = Quantities()
    relations: Relations = Relations()
    dates: Dates = Dates()
    near_duplicates: NearDuplicates = NearDuplicates()
    accepted: tuple[Accepted, ...] = ()
    exports: tuple[Pattern, ...] = ("*",)
    pair_exports: tuple[Pattern, ...] = ()
    offsets: Unit = Unit.auto
    annotators: tuple[Annotator, ...] = ()
    adjudication: Adjudication = Adjudication()
    unannotated_zones: tuple[str, ...] = ()
    required: tuple[str, ...] = ()
    default_zone: str | None = None
    max_nesting: Annotated[int, Meta(ge=0)] = 1
    quotation_marks: tuple[Annotated[str, Meta(min_length=2, max_length=2)], ...] = ("“”", '""', "«»", "„“", "「」")
    zone_rules: tuple[ZoneRule, ...] = ()
    tag_prefix: Annotated[str, Meta(pattern=r"^([A-Za-z0-9][A-Za-z0-9._/-]*)?\Z")] = "v"
    rai: dict[RaiProperty, str | tuple[str, ...]] = {}
    folder: Path = Path()

    def path(self, part: Part) -> Path:
        """Where one part of the corpus stands.

        Raises:
            DataError: the path leaves the corpus folder (E002).
        """
        return inside(self.folder, getattr(self.files, part))

    def settings(self) -> Settings:
        """What a release carries of these settings."""
        return Settings(**{name: getattr(self, name) for name in Settings.__struct_fields__})

    def export_files(self) -> list[Path]:
        """The exports of articles, in the order of their names."""
        return self.matching(self.exports)

    def pair_export_files(self) -> list[Path]:
        """The exports of pairs of claims, in the order of their names."""
        return self.matching(self.pair_exports)

    def figure_files(self) -> list[Path]:
        """The drawings that are kept for the card, and the list of them.

        Raises:
            DataError: one lies outside the corpus folder (E002).
        """
        folder = self.path("figures")
        names = {path.name for pattern in ("*.json", "*.svg") for path in folder.glob(pattern)}
        return [inside(folder, name, self.folder) for name in sorted(names)]

    def has_exports(self) -> bool:
        """True if there is an export of articles."""
        return bool(self.fitting(self.exports))

    def users(self, export: Path) -> dict[int | str, Annotator]:
        """The annotator of each user that Label Studio recorded in an export."""
        return {user: one for one in self.annotators if one.counts_in(export) for user in one.users}

    def adjudicators(self) -> set[str]:
        """The annotators whose annotation stands as it is."""
        return {annotator.id for annotator in self.annotators if annotator.adjudicates}

    def matching(self, patterns: tuple[str, ...]) -> list[Path]:
        """The exports that fit some patterns.

        Raises:
            DataError: a pattern fits none (E008), or an export lies outside the corpus folder (E002).
        """
        unmet = [f"{pattern}.json" for pattern in patterns if not self.fitting((pattern,))]
        if unmet:
            raise NO_EXPORT.error(", ".join(unmet), file=str(self.path("exports")))
        return self.fitting(patterns)

    def fitting(self, patterns: tuple[str, ...]) -> list[Path]:
        """The exports that fit any of some patterns, in the order of their names.

        Raises:
            DataError: one lies outside the corpus folder (E002).
        """
        folder = self.path("exports")
        names = {path.name for pattern in patterns for path in folder.glob(f"{pattern}.json")}
        return [inside(folder, name, self.folder) for name in sorted(names)]


def inside(folder: Path, relative: str, top: Path | None = None) -> Path:
    """The path of a file below a folder.

    Raises:
        DataError: the file is outside it (outside ``top``, if given), also by way of a symbolic link (E002), or it is
            one that cannot be read or named like a file (E006).
    """
    path = folder / relative
    try:
        within = path.resolve().is_relative_to((top or folder).resolve())
    except (ValueError, RuntimeError, OSError):
        within = False
    if not within:
        raise OUTSIDE_PATH.error(relative, file=str(folder))
    if not relative.isascii() and relative.encode(errors="replace").decode() != relative:
        raise NO_FILE.error(f"the name {relative}", file=str(folder))
    if path.exists() and not (path.is_file() or path.is_dir()):  # a named pipe would be waited for
        raise NO_FILE.error(relative, file=str(folder))
    return path


def check_settings(corpus: Corpus, config: LabelingConfig) -> Corpus:
    """Hold the names in corpus.toml against the labeling config, and give the corpus back with its further layers.

    Raises:
        DataError: a layer, label, relation or attribute that the labeling config does not have (E004), layers that
            cannot be told apart or whose config can have no such name (E030, E031), annotators that cannot be told
            apart (E009), or a zone rule that is no regular expression (E010).
    """
    layers, roles = corpus.layers, corpus.attributions
    file = str(corpus.folder / "corpus.toml")
    unknown = called("the control", {*layers.released, *layers.left_out} - set(config.layers))
    attributes = {*corpus.required, *corpus.quantities.alike, *corpus.relations.alike, *corpus.dates.claims}
    attributes |= {corpus.dates.value} if corpus.dates.labels else set()
    unknown += called("the attribute", attributes - set(config.attributes))
    for layer, labels in {
        layers.zones: (
            *corpus.unannotated_zones,
            *(name for rule in corpus.zone_rules for name in (rule.zone, rule.after or rule.zone)),
            *(name for name in (corpus.default_zone,) if name),
        ),
        layers.entities: (*corpus.quantities.labels, *corpus.dates.labels),
        layers.attributions: (roles.cue, roles.source, roles.content),
    }.items():
        if layer in config.layers:
            unknown += called(f"in {layer!r} the label", set(labels) - set(config.layers[layer].labels))
    if layers.attributions:
        relations = {roles.source_relation, roles.content_relation, roles.continues_relation}
        unknown += called("the relation", relations - set(config.relations))
    if unknown:
        raise UNKNOWN_NAMES.error(", ".join(unknown), file=file)
    check_annotators(corpus, file)
    for rule in corpus.zone_rules:
        try:
            re.compile(rule.pattern)
        except (re.error, RecursionError, OverflowError) as error:
            raise BAD_RULE.error(f"{rule.pattern!r}: {error}", file=file) from error
    stop_on_errors(check_parts(layers, file))
    layers = with_further(layers, list(config.layers))
    stop_on_errors(check_names(layers, file))
    return msgspec.structs.replace(corpus, layers=layers)


def called(what: str, names: Iterable[str]) -> list[str]:
    """Names with what is called so."""
    return [f"{what} {name!r}" for name in sorted(names)]


def check_annotators(corpus: Corpus, file: str) -> None:
    """Hold annotators against each other, also in each export that there is.

    Raises:
        DataError: two have the same id, or the same user in one export, or one has none (E009).
    """
    every = corpus.annotators
    bare = [f"{one.id!r} has no completed_by" for one in every if not one.users]
    mixed = [*bare, *unclear("id", [one.id for one in every])]
    for export in (Path(), *sorted(corpus.path("exports").glob("*.json"))):
        mixed += unclear("completed_by", [user for one in every if one.counts_in(export) for user in one.users])
    if mixed:
        raise MIXED_ANNOTATORS.error(", ".join(dict.fromkeys(mixed)), file=file)


def unclear(setting: str, values: Sequence[int | str]) -> Iterator[str]:
    """What is wrong with the values that annotators have of a setting: one is empty, or several have the same."""
    for value, count in Counter(values).items():
        if value == "":
            yield f"an {setting} is empty" if setting == "id" else f"a {setting} is empty"
        elif count > 1:
            yield f"{counted(count, 'annotator')} have {setting} = {value!r}"


def load_corpus(folder: Path) -> Corpus:
    """Read ``corpus.toml`` of a corpus folder.

    Raises:
        DataError: it is missing (E541), not TOML, or does not have the fields of `Corpus` (E001).
    """
    path = inside(folder, "corpus.toml")
    if not path.exists():
        raise NO_CORPUS.error("" if folder.is_dir() else "there is no such folder either", file=str(path))
    try:
        corpus = msgspec.toml.decode(path.read_bytes().removeprefix(codecs.BOM_UTF8), type=Corpus)
    except OSError as error:
        raise BAD_SETTINGS.error(error.strerror or "", file=str(path)) from error
    except (msgspec.MsgspecError, ValueError, RecursionError) as error:
        raise BAD_SETTINGS.error(reason(error), file=str(path)) from error
    return msgspec.structs.replace(corpus, folder=folder)
