"""A labeling config as XML -> what it declares."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from goldspan.faults import Finding, fault, stop_on_errors
from goldspan.labeling.elements import NOT_A_CONFIG, Tag, read_tags
from goldspan.labeling.kinds import READ, VISUAL, why_unread
from goldspan.labeling.model import Attribute, Kind, LabelingConfig, Layer
from goldspan.labeling.source import Encoding, TextSource

__all__ = ["load_labeling_config", "parse_labeling_config"]

UNSUPPORTED = fault(
    "E011",
    "The labeling config has a control whose results cannot be read",
    "Take the tag out of the labeling config that you give: what was marked with it is then left out and named.",
)
NO_OBJECT = fault(
    "E017",
    "The labeling config shows no text of a task, and has no control",
    'Give the labeling config of the project that was exported; its Text tag has a name and value="$field".',
)
NO_NAME = fault(
    "E018",
    "A control of the labeling config has no name of its own",
    "Give each control a name that no other has: results are told apart by it.",
)
NAMES_NOTHING = fault(
    "E019",
    "A control of the labeling config names a tag or a label that is not there",
    "Correct its toName, whenTagName or whenLabelValue, or add what they name.",
)

ENCODINGS = {one.value: one for one in Encoding}
Aims = Mapping[str, Sequence[str]]  # the names of the tags that each control is for, by its name


def load_labeling_config(path: Path) -> LabelingConfig:
    """Read a labeling config from a file.

    Raises:
        DataError: it is missing or no XML (E003), or not a usable labeling config (E011, E017, E018, E019).
    """
    try:
        return parse_labeling_config(path.read_bytes(), str(path))
    except OSError as error:
        raise NOT_A_CONFIG.error(error.strerror or "", file=str(path)) from error


def parse_labeling_config(xml: bytes, file: str = "") -> LabelingConfig:
    """Parse a labeling config. Entities, DTDs and external references are refused.

    Raises:
        DataError: it is no XML (E003), has a control that cannot be read (E011), shows nothing and asks nothing (E017),
            or has a control without a name (E018) or with the name of a tag or label that is not there (E019).
    """
    tags = read_tags(xml, file)
    controls = [tag for tag in tags if tag.kind in READ]
    objects = {tag.name: tag for tag in tags if tag.name and not tag.targets and tag.kind not in {*READ, *VISUAL}}
    only = [*objects][:1] if len(objects) == 1 else []
    aims = {tag.name: tag.targets or only for tag in controls}
    stop_on_errors(check_kinds(tags, aims, objects, file))
    names = {tag.name for tag in tags if tag.name}
    stop_on_errors([*check_names(controls, file), *check_aims(controls, aims, names, file)])
    sources = {name: source_of(tag) for name, tag in objects.items() if tag.kind == "text"}
    home = text_of(controls, aims, sources)
    if not (home or controls):
        raise NO_OBJECT.error(file=file)
    same = [name for name in objects if name == home or sources.get(name, "") == sources.get(home)]
    here = [tag for tag in controls if not (is_of_regions(tag) and home and not {*aims[tag.name]} & {*same})]
    return LabelingConfig(
        text_name=home,
        source=sources.get(home),
        shown_fields=tuple(dict.fromkeys(field for source in sources.values() for field in source.fields)),
        layers={tag.name: layer_of(tag, home) for tag in here if draws(tag)},
        attributes={
            tag.name: attribute_of(tag, objects, elsewhere(tag, aims, home)) for tag in here if tag.kind != "labels"
        },
        relations=tuple(tag.value for tag in tags if tag.kind == "relation"),
        others=tuple(name for name in objects if name not in same),
        elsewhere=tuple(tag.name for tag in controls if tag not in here),
    )


def check_kinds(tags: Sequence[Tag], aims: Aims, objects: Mapping[str, Tag], file: str) -> Iterator[Finding]:
    """Findings about controls of other kinds than can be read, and about regions that are drawn on no text (E011)."""
    for tag in tags:
        shown = [objects[name].kind for name in aims.get(tag.name, tag.targets) if name in objects]
        unknown = tag.kind == "repeater" or (tag.targets and tag.kind not in {*READ, *VISUAL})
        if unknown or (tag.kind in READ and draws(tag) and {*shown} - {"text"}):
            detail = f"{tag.called} {tag.name!r}" if tag.name else tag.called
            yield UNSUPPORTED.finding(f"{detail} ({why_unread(tag.kind, shown)})", file=file)


def check_names(controls: Sequence[Tag], file: str) -> Iterator[Finding]:
    """Findings about controls that have no name, or another's (E018)."""
    seen: set[str] = set()
    for tag in controls:
        if not tag.name or tag.name in seen:
            yield NO_NAME.finding(
                f"{tag.called} {tag.name!r}" if tag.name else f"a {tag.called} without one", file=file
            )
        seen.add(tag.name)


def check_aims(controls: Sequence[Tag], aims: Aims, names: set[str], file: str) -> Iterator[Finding]:
    """Findings about what controls are for, and on which regions they are shown (E019)."""
    layers = {tag.name: tag for tag in controls if draws(tag)}
    for tag in controls:
        layer = tag.condition.get("whentagname")
        asked = [layers[layer]] if layer in layers else [*layers.values()]
        known = {label for one in asked for label in labels_of(one)}
        labels = [] if any(is_open(one) for one in asked) else sorted({*labels_asked(tag)} - known)
        lacking = {
            "toName": [name for name in aims[tag.name] or [""] if name not in names],
            "whenTagName": [] if layer is None or layer in {*layers, *(names - {*aims})} else [layer],
            "whenLabelValue": labels,
        }
        for setting, found in lacking.items():
            if found:
                yield NAMES_NOTHING.finding(f"{tag.called} {tag.name!r} has {setting}={','.join(found)!r}", file=file)


def text_of(controls: Sequence[Tag], aims: Aims, sources: Mapping[str, TextSource]) -> str:
    """The name of the Text tag whose text the document's is; empty if there is none.

    It is the first in which regions are drawn, else the first that a control is for, else the first. Words that stand
    in the config are a text only if regions are drawn in them.
    """
    drawn = [name for tag in controls if draws(tag) for name in aims[tag.name] if name in sources]
    asked = [name for tag in controls for name in aims[tag.name] if name in sources]
    return next(iter([*drawn, *(name for name in [*asked, *sources] if sources[name].fields)]), "")


def source_of(tag: Tag) -> TextSource:
    """Where the text of a Text tag comes from."""
    return TextSource(
        template=tag.value,
        encoding=ENCODINGS.get(tag.settings.get("encoding", ""), Encoding.none),
        is_address=tag.settings.get("valuetype") == "url",
    )


def draws(tag: Tag) -> bool:
    """True if a control draws regions."""
    return tag.kind == "labels" or (tag.kind == "taxonomy" and tag.says("labeling"))


def is_of_regions(tag: Tag) -> bool:
    """True if the results of a control belong to regions."""
    return draws(tag) or tag.says("perregion")


def is_open(tag: Tag) -> bool:
    """True if the config does not list all that a control can store: it comes from the tasks, or is a path."""
    return tag.kind == "taxonomy" or tag.says("allownested") or tag.value.startswith("$")


def labels_of(tag: Tag) -> tuple[str, ...]:
    """The labels or choices that a control lists: of each its alias where it has one, since that is stored."""
    return tuple(one.settings.get("alias") or one.value for one in tag.walk() if one.kind in ("label", "choice"))


def labels_asked(tag: Tag) -> tuple[str, ...]:
    """The labels of regions for which a control is shown; none if it is for all."""
    return tuple(filter(None, tag.condition.get("whenlabelvalue", "").split(",")))


def layer_of(tag: Tag, home: str) -> Layer:
    """A control that draws regions as a layer."""
    return Layer(
        name=tag.name,
        to_name=home,
        labels=labels_of(tag) if tag.kind == "labels" else (),
        is_open=is_open(tag),
        multiple=tag.kind == "taxonomy" or tag.settings.get("choice") == "multiple",
        tag=READ[tag.kind],
        listed=tag.value.removeprefix("$"),
    )


def elsewhere(tag: Tag, aims: Aims, home: str) -> str:
    """What a control of the whole task is for, if that is not the text."""
    return "" if is_of_regions(tag) or home in aims[tag.name] else next(iter(aims[tag.name]), "")


def attribute_of(tag: Tag, objects: Mapping[str, Tag], to_name: str) -> Attribute:
    """A value control as an attribute; one that draws regions has a value for each of them."""
    values = ("left", "right") if tag.kind == "pairwise" else () if is_open(tag) else labels_of(tag)
    layer = tag.condition.get("whentagname")
    return Attribute(
        name=tag.name,
        tag=READ[tag.kind],
        kind=kind_of(tag, values),
        per_region=is_of_regions(tag),
        layer=tag.name if draws(tag) else None if layer in objects else layer,
        labels=labels_asked(tag),
        values=values,
        to_name=to_name,
    )


def kind_of(tag: Tag, values: tuple[str, ...]) -> Kind:
    """The type of a control's values. A single choice between true and false is a boolean."""
    if tag.kind == "choices" and not tag.says("allownested"):
        single = Kind.BOOLEAN if set(values) == {"true", "false"} else Kind.STRING
        return Kind.STRINGS if tag.settings.get("choice") == "multiple" else single
    if tag.kind == "textarea":
        return Kind.STRING if tag.settings.get("maxsubmissions") == "1" else Kind.STRINGS
    return KINDS[tag.kind]


KINDS = {
    "number": Kind.NUMBER,
    "rating": Kind.NUMBER,
    "taxonomy": Kind.PATHS,
    "choices": Kind.PATHS,
    "datetime": Kind.STRING,
    "pairwise": Kind.STRING,
}
