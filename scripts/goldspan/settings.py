"""The settings that a release carries with it, so that what it says can be checked without its corpus folder."""

from typing import Annotated

from msgspec import Meta, Struct

__all__ = [
    "NO_LAYERS",
    "Accepted",
    "Attributions",
    "Dates",
    "Layers",
    "NearDuplicates",
    "Quantities",
    "Relations",
    "Settings",
]


class Layers(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """The Labels controls of the labeling config that hold the layers.

    ``zones``, ``entities`` and ``attributions`` are None where a corpus lacks them. ``further`` has the control of each
    further layer by the name of its config, and ``left_out`` the controls that get no table of their own.
    """

    zones: str | None = None
    entities: str | None = None
    attributions: str | None = None
    further: dict[str, str] = {}
    left_out: tuple[str, ...] = ()

    @property
    def parts(self) -> tuple[str, ...]:
        """The controls of zones, entities and attributions, as far as there are any."""
        return tuple(name for name in (self.zones, self.entities, self.attributions) if name is not None)

    @property
    def released(self) -> tuple[str, ...]:
        """The controls whose regions become rows of a release."""
        return *self.parts, *self.further.values()


NO_LAYERS = Layers()


class Attributions(Struct, frozen=True, forbid_unknown_fields=True):
    """The labels of the attribution layer and the relations that join them.

    Cue to source, cue to content, content on.
    """

    cue: str = "CUE"
    source: str = "SOURCE"
    content: str = "CONTENT"
    source_relation: str = "source"
    content_relation: str = "content"
    continues_relation: str = "continues"


class Quantities(Struct, frozen=True, forbid_unknown_fields=True):
    """Which mentions are figures, and which comparators make their value a lower bound, an upper bound, or both.

    Two figures can be compared if they have the same values of the attributes ``alike``.
    """

    labels: tuple[str, ...] = ()
    comparator: str = "comparator"
    value: str = "value"
    lower: tuple[str, ...] = ()
    upper: tuple[str, ...] = ()
    alike: tuple[str, ...] = ()


class Relations(Struct, frozen=True, forbid_unknown_fields=True):
    """How relations between claims behave.

    Inverses by their forward name, the one for no relation, and what must hold. Claims of an ``exclusive`` relation
    cannot both hold, those of a ``compatible`` one can, those of an ``equal`` one say the same. ``by_figures`` are the
    bases on which a relation turns on figures; ``alike`` are attributes in which claims must agree before figures say
    anything about them.
    """

    inverse: dict[str, str] = {}
    none: str | None = None
    transitive: tuple[str, ...] = ()
    acyclic: tuple[str, ...] = ()
    exclusive: tuple[str, ...] = ()
    compatible: tuple[str, ...] = ()
    equal: tuple[str, ...] = ()
    by_figures: tuple[str, ...] = ()
    alike: tuple[str, ...] = ()


class Dates(Struct, frozen=True, forbid_unknown_fields=True):
    """Which mentions are dates, the attribute that resolves them, and the attributes of claims that are dates."""

    labels: tuple[str, ...] = ()
    value: str = "normalized"
    claims: tuple[str, ...] = ()


class NearDuplicates(Struct, frozen=True, forbid_unknown_fields=True):
    """Articles are near duplicates if at least ``threshold`` of their runs of ``words`` words are the same."""

    words: Annotated[int, Meta(ge=1)] = 5
    threshold: Annotated[float, Meta(gt=0, le=1)] = 0.2


class Accepted(Struct, frozen=True, forbid_unknown_fields=True):
    """Warnings of one code that stand as they are, and why.

    Those about ``rows`` whose message fits ``match``, a pattern with ``*``; without rows, those about any.
    """

    code: Annotated[str, Meta(pattern=r"^W\d{3}$")]
    reason: Annotated[str, Meta(min_length=1)]
    rows: tuple[str, ...] = ()
    match: str = "*"


class Settings(Struct, frozen=True, forbid_unknown_fields=True):
    """What the checks of content ask of a corpus. Each setting is documented where corpus.toml is."""

    layers: Layers = Layers()
    attributions: Attributions = Attributions()
    unannotated_zones: tuple[str, ...] = ()
    quotation_marks: tuple[Annotated[str, Meta(min_length=2, max_length=2)], ...] = ()
    quantities: Quantities = Quantities()
    relations: Relations = Relations()
    dates: Dates = Dates()
    near_duplicates: NearDuplicates = NearDuplicates()
    accepted: tuple[Accepted, ...] = ()
