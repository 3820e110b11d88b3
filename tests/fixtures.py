"""For each code of a fault that data can have, the least damage that yields it, and nothing else.

A fixture damages a small corpus, a release or converted folder made from one, or an export, and runs the command that
finds it. ``place`` is part of the finding's first line.
"""

import json
import os
import tempfile
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import msgspec
import pytest
from msgspec import Struct

from goldspan.build import build, check_build, write_build
from goldspan.checks.release import known_column, to_describe
from goldspan.convert.conversion import convert
from goldspan.croissant import CROISSANT_FILE, croissant_json
from goldspan.explore.keeping import keep_figures
from goldspan.faults import DataError, Finding
from goldspan.formats.export import Format, export
from goldspan.hashes import records_hash, sha256
from goldspan.labeling import TextFolder
from goldspan.labels import count_labels
from goldspan.loading import load_all
from goldspan.records import Annotation, Relation, Span
from goldspan.released import read_release
from goldspan.validate import validate
from tests import exports
from tests.conftest import fingerprint
from tests.damage import (
    Damage,
    Rows,
    append,
    drop_column,
    edit_json,
    edit_rows,
    replace,
    steps,
    unlink,
    write,
)
from tests.exports import TASKS, region, task, value
from tests.small import (
    CHEERED,
    ENTITIES,
    OTHER_TEXT,
    RELATIONS,
    SAYING,
    TEXT,
    VERB,
    ZONES,
    annotation,
    exported,
    span,
    write_export,
    write_small_corpus,
)
from tests.wide import AGREED, write_wide_corpus
from tests.wide import annotated as annotated_by

EXEMPT = {
    "E025": "it takes two labeling configs: tests/test_projects.py",
    "E026": "it takes --pick: tests/test_pick.py",
    "E027": "it takes --pick: tests/test_pick.py",
    "W210": "it takes --pick: tests/test_pick.py",
    "E217": "no data yields it, a worker has to be killed: tests/server/test_cluster.py",
    "E219": "what Slurm says: tests/server/test_cluster.py",
    "E220": "no data yields it, an address with a secret does: tests/test_remote.py",
    "W51": "each has cases of its own: tests/test_beyond.py",
    "W52": "each has cases of its own: tests/test_beyond.py",
    "E542": "no data yields it, a folder without git does: tests/test_messages.py",
    "E8": "the server's: tests/server and tests/test_studio.py",
    "W8": "the server's: tests/server and tests/test_studio.py",
    "E9": "each in the tests of its command",
    "W9": "each in the tests of its command",
}
changed = msgspec.structs.replace
OLD_SCORES = '{"records": {"ner": {"entities": "0"}}, "scores": [{"task": "ner", "system": "light", "fold": "d1", "of": "all", "items": 1}]}'


class Fixture(Struct, frozen=True):
    """What damages what, the command that finds it (as docs/checks.md names it), and the place that it names."""

    command: str
    run: Callable[[Path], list[Finding]]
    place: str


def findings_of(call: Callable[[], object]) -> list[Finding]:
    """The findings that something gives or raises."""
    try:
        found = call()
    except DataError as error:
        return error.findings
    return found if isinstance(found, list) else []


# A corpus, and the release that is built from it


def drawn(one: Annotation, user: object = 1, **more: Any) -> dict[str, Any]:
    """An annotation as Label Studio exports it, with what the browser showed."""
    shown = {span.region_id: span.shown_text for span in one.spans}
    found = exported(one, user, **more)
    for item in found["result"]:
        if item["type"] == "labels":
            item["value"]["text"] = shown[item["id"]]
    return found


TWICE = (Relation("WHO-Ann", "WHO-Bob", ("more",)), Relation("WHO-Bob", "WHO-Ann", ("more",), "left"))
ASKED_EVERYWHERE = '<Choices name="any" toName="t" perRegion="true"><Choice value="x"/></Choices>'
ON_A_ZONE = {
    "id": "HEAD-Title here",
    "from_name": "any",
    "to_name": "t",
    "type": "choices",
    "value": {"choices": ["x"]},
}
NAMED = '[[annotators]]\nid = "A"\ncompleted_by = 1'
OTHER = Annotation("d2", "A", "", (Span("z", "part", ("REST",), 0, len(OTHER_TEXT) - 1, {}, OTHER_TEXT[:-1]),), ())
EXPORT = "annotations/exports/articles-1.json"
CONFIG = "annotations/labeling_config.xml"
SOURCES = "dataset/raw/sources.csv"
CARD = "---\nlicense: mit\n---\n# Small\n<!-- goldspan:begin summary -->\n<!-- goldspan:end -->\n"


def annotated(*annotations: dict[str, Any], name: str = "articles-1", **more: Any) -> Damage:
    """An export with these annotations of the first article, and one of the second."""
    return lambda corpus: write_export(corpus, *annotations, name=name, others=(drawn(OTHER),), **more)


def write_corpus(folder: Path) -> Path:
    """A corpus of two articles in which nothing is wrong."""
    write_small_corpus(folder)
    steps(annotated(drawn(annotation())), write("dataset_card.md", CARD))(folder)
    return folder


def building(damage: Damage, place: str) -> Fixture:
    """Damage to a corpus that is built; if there is an error, nothing is written."""

    def run(folder: Path) -> list[Finding]:
        corpus = write_corpus(folder / "small")
        damage(corpus)
        before = fingerprint(corpus)
        try:
            built = build(corpus)
            write_build(built)
        except DataError as error:
            assert fingerprint(corpus) == before
            return error.findings
        return built.warnings

    return Fixture("build", run, place)


def drawing(damage: Damage, place: str) -> Fixture:
    """Damage to a corpus whose figures are drawn."""

    def run(folder: Path) -> list[Finding]:
        corpus = write_corpus(folder / "small")
        damage(corpus)
        return findings_of(lambda: keep_figures(corpus) and None)

    return Fixture("figures", run, place)


def exporting(tasks: object, place: str, xml: str) -> Fixture:
    """A conversion that is exported."""

    def run(folder: Path) -> list[Finding]:
        steps(write("export.json", json.dumps(tasks)), write("config.xml", xml))(folder)
        convert([folder / "export.json"], folder / "config.xml", folder / "out")
        return findings_of(lambda: export(folder / "out", Format.jsonl, folder / "exported") and None)

    return Fixture("export", run, place)


def asking(name: str) -> Damage:
    """The card of a corpus asks for a figure."""
    return append("dataset_card.md", f"\n<!-- goldspan:begin figure/{name} -->\n<!-- goldspan:end -->")


def checking(damage: Damage, place: str) -> Fixture:
    """Damage to the release of a corpus, which a build then finds stale."""

    def run(folder: Path) -> list[Finding]:
        built = build(write_corpus(folder / "small"))
        damage(write_build(built))
        return findings_of(lambda: check_build(built))

    return Fixture("build", run, place)


def marking(one: Annotation, place: str) -> Fixture:
    """A corpus whose first article has another annotation."""
    return building(annotated(drawn(one)), place)


@cache
def release_files(*, clusters: bool = False, further: bool = False) -> dict[str, bytes]:
    """The files of a release in which nothing is wrong.

    It is of a corpus with a cluster of claims, with further layers, or with neither.
    """
    with tempfile.TemporaryDirectory() as folder:
        if further:
            return build(write_wide_corpus(Path(folder) / "wide", [*AGREED, annotated_by("A", "n3")])).files
        corpus = write_corpus(Path(folder) / "small")
        if clusters:
            clustered()(corpus)
        return build(corpus).files


def write_files(folder: Path, files: dict[str, bytes]) -> Path:
    for name, data in files.items():
        write(name, data)(folder)
    return folder


def seal_files(release: Path) -> None:
    """Make the manifest list the files as they are."""
    edit_json(
        "manifest.json",
        lambda it: it["files"].update({name: sha256((release / name).read_bytes()) for name in it["files"]}),
    )(release)


def seal(release: Path) -> None:
    """Make the manifest and the description fit the files as they are."""
    seal_files(release)
    manifest = release / "manifest.json"
    contents = json.loads(manifest.read_bytes())
    try:
        described = croissant_json(to_describe(read_release(release)), {})
        (release / CROISSANT_FILE).write_bytes(described)
        contents["files"][CROISSANT_FILE] = sha256(described)
        known = read_release(release)
        tables = known.tables
        contents["records"] = {name: records_hash(table.to_pylist()) for name, table in tables.items()}
        there = {name: tuple(counts) for name, counts in contents["labels"].items() if known_column(known, name)}
        contents["labels"] |= count_labels(tables, there)
    except (DataError, UnicodeDecodeError):
        pass  # a table or the card cannot be read: that is the damage
    manifest.write_text(json.dumps(contents))


def releasing(damage: Damage, place: str, **kind: bool) -> Fixture:
    """Damage to a release that is validated; the manifest agrees to it, as far as it is there."""

    def run(folder: Path) -> list[Finding]:
        release = write_files(folder / "release", release_files(**kind))
        damage(release)
        return validate(release)

    return Fixture("validate", run, place)


def sealed(damage: Damage, place: str) -> Fixture:
    """Damage to a release whose manifest agrees to it."""
    return releasing(steps(damage, seal), place)


def related(damage: Damage, place: str) -> Fixture:
    """Damage to a release with a cluster of claims, whose manifest agrees to it."""
    return releasing(steps(damage, seal), place, clusters=True)


def layered(damage: Damage, place: str) -> Fixture:
    """Damage to a release with further layers and relations between spans, whose manifest agrees to it."""
    return releasing(steps(damage, seal), place, further=True)


def marked(rows: Rows, label: str) -> dict[str, Any]:
    """The first row of annotations with a label."""
    return next(row for row in rows if row["label"] == label)


def loading(damage: Damage, place: str) -> Fixture:
    """Damage to a release that datasets loads."""

    def run(folder: Path) -> list[Finding]:
        release = write_files(folder / "release", release_files())
        damage(release)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("datasets.config.HF_DATASETS_CACHE", folder / "cache")
            return findings_of(lambda: list(load_all(release)) and None)

    return Fixture("load", run, place)


# An export by itself, and what is converted from it


def validating(tasks: object, place: str, xml: str = exports.XML) -> Fixture:
    """An export that is validated."""

    def run(folder: Path) -> list[Finding]:
        steps(write("export.json", json.dumps(tasks)), write("config.xml", xml))(folder)
        return validate(folder / "export.json", folder / "config.xml")

    return Fixture("validate", run, place)


def converting(tasks: object, place: str, xml: str = exports.XML, out: str = "", **options: Any) -> Fixture:
    """An export that is converted; if there is an error, nothing is written."""

    def run(folder: Path) -> list[Finding]:
        steps(write("export.json", json.dumps(tasks)), write("config.xml", xml))(folder)
        before = fingerprint(folder)
        found = findings_of(
            lambda: convert([folder / "export.json"], folder / "config.xml", out or folder / "out", **options).findings
        )
        assert fingerprint(folder) == before
        return found

    return Fixture("convert", run, place)


@cache
def converted_files() -> dict[str, bytes]:
    """The files of a converted folder in which nothing is wrong."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write("export.json", json.dumps(TASKS))(folder)
        out = folder / "out"
        convert([folder / "export.json"], exports.write_config(folder), out, bio="who")
        return {path.relative_to(out).as_posix(): path.read_bytes() for path in out.rglob("*") if path.is_file()}


def converted(damage: Damage, place: str, xml: str | None = None) -> Fixture:
    """Damage to a converted folder that is validated, with a labeling config if one is given."""

    def run(folder: Path) -> list[Finding]:
        out = write_files(folder / "out", converted_files())
        damage(out)
        if xml is None:
            return validate(out)
        write("config.xml", xml)(folder)
        return validate(out, folder / "config.xml")

    return Fixture("validate", run, place)


# More of a corpus: a list of entities, clusters with judged pairs, other annotators


def settings(lines: str) -> Damage:
    """More settings, before the tables of corpus.toml."""
    return replace("corpus.toml", '\nname = "small"', f'\n{lines}\nname = "small"')


def listed(old: str = "", new: str = "") -> Damage:
    """A list of the entities that are marked, in which something is replaced."""
    text = "entity_id,name,type,aliases,description,wikidata\nann,Ann,WHO,,,\nbob,Bob,WHO,,,\nrome,Rome,WHERE,,,\n"
    assert old in text

    def damage(corpus: Path) -> None:
        for name in (CONFIG, EXPORT, "corpus.toml"):
            path = corpus / name
            path.write_text(path.read_text().replace('"slug"', '"entity_id"'))
        write("annotations/entities.csv", text.replace(old, new))(corpus)

    return damage


CLAIMS = {"d1:claim:0-10": "One.", "d1:claim:22-35": "Two.", "d1:claim:42-52": "Three."}
CLUSTERS = "annotations/clusters.csv"
PAIRS = "annotations/exports/pairs-1.json"
PAIR_CONFIG = """<View><Text name="a" value="$text_a"/>
<Choices name="relation" toName="a"><Choice value="SAME"/><Choice value="OTHER"/><Choice value="BEFORE"/>
<Choice value="AFTER"/><Choice value="NONE"/></Choices><Choices name="basis" toName="a"><Choice value="DATE"/></Choices></View>
"""
PAIR_SETTINGS = """
[relations]
none = "NONE"
transitive = ["SAME"]
acyclic = ["BEFORE"]
inverse = { AFTER = "BEFORE" }
"""
HEADLINE = span("say", "WORDS", "Title here", "w0", tone="calm", sure=True)


def judged(one: str, other: str, related: str) -> dict[str, Any]:
    """A task of a pair of claims, judged."""
    values = {"relation": related, "basis": "DATE"}
    result = [{**value(name, name, "choices", [held]), "to_name": "a"} for name, held in values.items()]
    data = {"claim_a": one, "claim_b": other, "text_a": CLAIMS[one], "text_b": CLAIMS[other]}
    return {"id": 1, "data": data, "annotations": [{"id": 1, "completed_by": 1, "result": result}]}


def claim_pairs(first: str = "OTHER", ends: str = "OTHER", last: str = "OTHER") -> list[dict[str, Any]]:
    """The three pairs of the cluster, each its task: how the first claim is related to the second, and so on."""
    one, two, three = CLAIMS
    tasks = [judged(one, two, first), judged(one, three, ends), judged(two, three, last)]
    return [{**each, "id": number} for number, each in enumerate(tasks, 1)]


def clustered(*damages: Damage, pairs: Rows | None = None) -> Damage:
    """A cluster of three claims whose pairs are judged, damaged."""
    rows = "".join(f"one,{name},{text}\n" for name, text in CLAIMS.items())
    head = '<Choices name="tone"'
    control = '<TextArea name="normalized_claim" toName="t" perRegion="true" maxSubmissions="1"/>'
    sentences = [
        {"id": name, "from_name": "normalized_claim", "to_name": "t", "type": "textarea", "value": {"text": [text]}}
        for name, text in zip(("w0", "w1", "w2"), CLAIMS.values(), strict=True)
    ]
    return steps(
        annotated(drawn(annotation(*ENTITIES, *SAYING, HEADLINE))),
        edit_json(EXPORT, lambda tasks: tasks[0]["annotations"][0]["result"].extend(sentences)),
        replace(CONFIG, head, control + head),
        settings('exports = ["articles-*"]\npair_exports = ["pairs-*"]'),
        append("corpus.toml", PAIR_SETTINGS),
        write("annotations/pair_config.xml", PAIR_CONFIG),
        write(CLUSTERS, f"cluster_id,claim_id,text\n{rows}"),
        write(PAIRS, json.dumps(claim_pairs() if pairs is None else pairs)),
        *damages,
    )


ANNOTATORS = """
[[annotators]]
id = "A"
completed_by = 1
[[annotators]]
id = "B"
completed_by = 2
[[annotators]]
id = "J"
completed_by = 3
adjudicates = true
[[annotators]]
id = "K"
completed_by = 4
adjudicates = true
"""
SHORT = annotation(*ENTITIES[1:], *SAYING)
CONFLICT = "d1:name:12-15:WHO"


def differing(*decisions: str, header: str = "conflict,text,take,value,reason", more: tuple[Any, ...] = ()) -> Damage:
    """Two annotators of whom one has not marked a name, the decisions, and what others submitted."""
    return steps(
        append("corpus.toml", ANNOTATORS),
        annotated(drawn(annotation()), drawn(SHORT, 2), *more),
        write("annotations/decisions.csv", "\n".join([header, *decisions, ""])),
    )


DECIDED = f"{CONFLICT},Ann,A,,because"
EMOJI = task(exports.annotation(region("1", "Ann", "A", text="👩 Ann.")), text="👩 Ann.")
IN_UNITS = json.loads(json.dumps(EMOJI))
IN_UNITS["annotations"][0]["result"][0]["value"].update(start=3, end=6)
UNTOLD = json.loads(json.dumps(EMOJI))
del UNTOLD["annotations"][0]["result"][0]["value"]["text"]
PLAIN = span("say", "WORDS", "cheered", "w3")
ANN = region("1", "Ann", "A")


def one(*items: dict[str, Any]) -> list[dict[str, Any]]:
    """An export of one task with one annotation."""
    return [task(exports.annotation(*items))]


TWO_TEXTS = exports.XML.replace('"say" toName="t"', '"say" toName="u"').replace(
    "<Text ", '<Text name="u" value="$u"/><Text '
)
AT_ADDRESS = exports.XML.replace('value="$body"', 'value="$body" valueType="url"')
SAYS = region("1", "said", "CUE", layer="say")
FIXTURES: dict[str, Fixture] = {
    "E001": building(write("corpus.toml", "="), "corpus.toml: E001"),
    "E002": building(append("corpus.toml", '[files]\nguidelines = "../x.md"'), "E002 A path leaves the corpus folder: ../x.md"),
    "E003": building(write(CONFIG, "<View"), f"{CONFIG}: E003"),
    "E004": building(replace("corpus.toml", 'zones = "part"', 'zones = "parts"'), "'parts'"),
    "E005": building(write("dataset/release/thesis.txt", "mine"), "dataset/release: E005"),
    "E006": building(steps(unlink(SOURCES), lambda corpus: os.mkfifo(corpus / SOURCES)), f"UTF-8: {SOURCES}"),
    "E008": building(settings('exports = ["none-*"]'), "none-*.json"),
    "E009": building(append("corpus.toml", '[[annotators]]\nid = ""\ncompleted_by = 1'), "E009"),
    "E010": building(settings('zone_rules = [{ zone = "HEAD", pattern = "(" }]'), "E010 A zone rule is not a regular expression: '('"),
    "E011": building(replace(CONFIG, "<Text ", '<Ranker name="r" toName="t"/><Text '), "Ranker"),
    "E012": building(unlink("annotations/guidelines.md"), "guidelines.md: E012"),
    "E013": building(replace(CONFIG, '<TextArea name="slug"', '<TextArea name="label" toName="t" perRegion="true"/><TextArea name="slug"'), "label"),
    "E015": converting(TASKS, "'tone'", bio="tone"),
    "E016": converting(TASKS, "export.json: E016", bio="who", tokenizer=Path("export.json")),
    "E017": converting(TASKS, "config.xml: E017", "<View/>"),
    "E018": building(replace(CONFIG, 'name="tone"', 'name="sure"'), f"{CONFIG}: E018"),
    "E019": building(replace(CONFIG, 'name="tone" toName="t"', 'name="tone" toName="u"'), "toName='u'"),
    "E021": exporting([task()], "out: E021", '<View><Image name="i" value="$i"/><Choices name="c" toName="i"/></View>'),
    "E030": building(replace(CONFIG, "</View>", '<Labels name="my layer" toName="t"><Label value="X"/></Labels></View>'), "E030 A layer cannot give a config its name: 'my layer' is no name for a config"),
    "E031": building(replace("corpus.toml", 'attributions = "say"', 'attributions = "say"\nleft_out = ["say"]'), "E031 corpus.toml gives a Labels control two parts, or two of them one name: 'say'"),
    "E032": building(append("corpus.toml", '[adjudication]\npick = "annotator=Z"'), "annotator=Z; there are user-1"),
    "E101": building(replace(SOURCES, "story_group", "story"), "1 unknown column: story"),
    "E102": building(steps(replace(SOURCES, "d2,", "d-ü,"), replace(EXPORT, '"d2"', '"d-ü"')), "the id 'd-ü' can name no file"),
    "E103": building(append(SOURCES, "d3,d3.txt,,"), "d3.txt document d3: E103"),
    "E104": building(replace(SOURCES, sha256(TEXT.encode()), "0" * 64), "d1.txt document d1: E104"),
    "E105": building(steps(append(SOURCES, "d3,d3.txt,,"), write("dataset/raw/d3.txt", b"\xff")), "d3.txt document d3: E105"),
    "E106": building(write("dataset/raw/new.txt", "new"), "new.txt: E106"),
    "E107": building(replace(SOURCES, sha256(TEXT.encode()), ""), sha256(TEXT.encode())),
    "E108": building(steps(replace(SOURCES, "story_group", "published_date"), replace(SOURCES, ",one\r\nd2", ",2025-02-30\r\nd2"), replace(SOURCES, ",one", ",2025-12")), "'2025-02-30'"),
    "E201": building(write(EXPORT, "["), f"{EXPORT}: E201"),
    "E202": validating([*TASKS, 5], "document number 3: E202"),
    "E203": validating([{"id": 1, "data": {"doc_id": "d1"}}], "document d1: E203"),
    "E204": building(edit_json(EXPORT, lambda tasks: tasks.append({"id": 9, "data": {"doc_id": "d9", "body": TEXT}})), "document d9: E204"),
    "E205": validating([task(), task(number=2, doc_id="d1")], "document d1: E205"),
    "E206": building(edit_json(EXPORT, lambda tasks: tasks[0]["data"].update(body="x")), "they differ first at code point 0"),
    "E207": building(steps(differing(DECIDED, more=(drawn(annotation(), 9),))), "completed_by = 9"),
    "E208": building(annotated(drawn(annotation()), drawn(annotation(), id=2)), "document d1: E208"),
    "E209": validating(one({**ANN, "from_name": "where"}), "region 1: E209"),
    "E210": validating(one({**ANN, "value": {"labels": ["A"]}}), "region 1: E210"),
    "E211": validating(one(ANN, {**ANN, "origin": "prediction"}), "region 1: E211"),
    "E212": validating(one(ANN, value("1", "tone", "choices", ["loud"])), 'tone is ["loud"]'),
    "E213": converting(one({**ANN, "parentID": "2"}), "document d1 annotation 11 region 1: E213"),
    "E214": converting([{"data": {"body": TEXT}}], "export.json: E214"),
    "E215": converting([task(), task(text="Another.")], "document d1: E215"),
    "E216": converting([task(exports.annotation()), task(exports.annotation(), number=2)], "document d2 annotation 11: E216"),
    "E218": converting(TASKS, "nowhere://out: E218", out="nowhere://out"),
    "E221": converting(TASKS, "config.xml: E221", AT_ADDRESS),
    "E222": converting([task(text="https://example.org/a.txt")], "document d1: E222", AT_ADDRESS, folders=(TextFolder("", "."),)),
    "E223": validating(one(ANN, value("1", "stars", "rating", 4)), "region 1: E223"),
    "E224": converting([task(text="?")], "document d1: E224", exports.XML.replace('"$body"', '"$body" encoding="base64"')),
    "E225": validating([{"id": 1, "data": {"body": "\ud83d"}}], "document 1: E225"),
    "E226": validating(one({**ANN, "value": {"start": 0.5, "end": 3, "labels": ["A"]}}), "annotation 11 region 1: E226"),
    "E227": validating(one({**ANN, "score": "high"}), "annotation 11 region 1: E227"),
    "E301": marking(annotation(*SAYING, Span("x", "name", ("HOWMANY",), 5, len(TEXT) + 1)), "region x: E301"),
    "E302": marking(annotation(*SAYING, changed(ENTITIES[3], labels=("NOBODY",))), "region HOWMANY-40: E302"),
    "E303": marking(annotation(*SAYING, changed(ENTITIES[0], labels=("WHO", "WHERE"))), "region WHO-Ann: E303"),
    "E304": marking(annotation(*SAYING, span("name", "HOWMANY", "40 ", "x")), "region x: E304 A span begins or ends in white space: '40 '"),
    "E305": marking(annotation(*SAYING, changed(ENTITIES[1], shown_text="Bab")), "region WHO-Bob: E305"),
    "E306": marking(annotation(*SAYING, ENTITIES[0], changed(ENTITIES[0], region_id="x")), "region x: E306"),
    "E307": marking(annotation(zones=(*ZONES, span("part", "HEAD", "here\n\nAnn", "x"))), "region x: E307"),
    "E308": marking(annotation(zones=ZONES[:2]), "document d1: E308"),
    "E309": marking(annotation(*SAYING, span("name", "HOWMANY", "here\n\nAnn", "x")), "region x: E309"),
    "E310": marking(annotation(*SAYING, span("name", "HOWMANY", "now", "x")), "region x: E310"),
    "E311": marking(annotation(*SAYING, *ENTITIES, span("name", "HOWMANY", "Ann said", "x"), span("name", "HOWMANY", "said “Bob", "y")), "region y: E311"),
    "E312": marking(annotation(*SAYING, changed(ENTITIES[0], attributes={})), "region WHO-Ann: E312"),
    "E313": validating([UNTOLD], "document d1: E313"),
    "E401": marking(annotation(*SAYING, relations=(*RELATIONS, Relation("v", "gone", ("that",)))), "region gone: E401"),
    "E402": marking(annotation(*SAYING, relations=(*RELATIONS, Relation("s", "w2", ("with",)))), "region s: E402"),
    "E403": marking(annotation(VERB, CHEERED, relations=()), "region v: E403"),
    "E404": marking(annotation(*SAYING, relations=RELATIONS[1:]), "region s: E404"),
    "E405": marking(annotation(*SAYING, span("say", "SPEAKER", "Bob", "s2"), relations=(*RELATIONS, Relation("v", "s2", ("by",)))), "region v: E405"),
    "E406": marking(annotation(*SAYING, relations=(*RELATIONS, RELATIONS[1])), "region w1: E406"),
    "E407": building(steps(annotated(drawn(annotation(*SAYING, PLAIN))), replace("corpus.toml", ', "tone"', "")), "region w3: E407"),
    "E408": marking(annotation(*SAYING, relations=(*RELATIONS, Relation("w1", "w2", ("more",)))), "region w2: E408"),
    "E409": marking(annotation(*SAYING, relations=(*RELATIONS, Relation("s", "w2", ("that",)))), "region s: E409"),
    "E502": building(listed("bob,", "ann,"), "entities.csv: E502"),
    "E503": building(listed("rome,Rome,WHERE,,,\n"), "row d1:mention:31-35: E503"),
    "E504": building(listed("WHERE", "WHO"), "rome is WHO, marked WHERE"),
    "E510": building(clustered(write(CLUSTERS, "cluster_id,claim_id\na,b\n")), f"{CLUSTERS}: E510"),
    "E511": building(clustered(replace(CLUSTERS, "d1:claim:0-10", "d1:claim:0-11")), "row d1:claim:0-11: E511"),
    "E512": building(clustered(replace(CLUSTERS, "One.", "Won.")), "'Won.', not 'One.'"),
    "E513": building(clustered(replace(CLUSTERS, "one,d1:claim:0-10", "two,d1:claim:0-10")), "row d1:claim:0-10: E513"),
    "E514": building(clustered(pairs=claim_pairs()[1:]), "document d1:claim:0-10|d1:claim:22-35: E514"),
    "E515": building(clustered(pairs=[*claim_pairs(), {**claim_pairs()[0], "id": 9}]), "document d1:claim:0-10|d1:claim:22-35: E515"),
    "E516": building(clustered(pairs=claim_pairs("NONE")), "E516 Two claims of one cluster are not related: One. / Two."),
    "E517": building(clustered(pairs=claim_pairs("SAME", last="SAME")), "document d1:claim:0-10|d1:claim:42-52: E517"),
    "E518": building(clustered(pairs=claim_pairs("BEFORE", "AFTER", "BEFORE")), "E518 A relation that must not turn in a circle does: BEFORE: "),
    "E519": building(clustered(replace("annotations/pair_config.xml", '"basis"', '"base"')), "no single Choices is called basis"),
    "E541": building(unlink("corpus.toml"), "corpus.toml: E541 There is no corpus.toml"),
    "E540": building(clustered(replace(CONFIG, 'maxSubmissions="1"/><Choices name="tone"', '/><Choices name="tone"')), "needs 'normalized_claim' to be a TextArea with maxSubmissions"),
    "E521": building(differing(), f"row {CONFLICT}: E521"),
    "E522": building(differing(f"{CONFLICT},Anne,A,,because"), "'Anne', not 'Ann'"),
    "E523": building(differing(DECIDED, "d1:name:1-2:WHO,it,A,,because"), "row d1:name:1-2:WHO: E523"),
    "E524": building(differing(DECIDED, header="conflict,text,take"), "the first line names no column value, reason"),
    "E525": building(differing(f"{CONFLICT},Ann,Z,,because"), f"row {CONFLICT}: E525"),
    "E526": building(differing(DECIDED, more=(drawn(annotation(), 3), drawn(annotation(), 4))), "document d1: E526"),
    "E527": building(differing(DECIDED, more=(drawn(annotation(*SAYING), 3),)), "would stand all the same: name"),
    "E600": sealed(drop_column("entities", "label"), "row entities: E600"),
    "E601": sealed(replace("README.md", "dtype: bool", "dtype: string"), "row claims: E601"),
    "E602": sealed(edit_rows("entities", lambda rows: rows[0].update(text="Anna")), "row d1:mention:12-15: E602"),
    "E603": sealed(edit_rows("documents", lambda rows: rows[0].update(text_sha256="0")), "row d1: E603"),
    "E604": sealed(edit_rows("claims", lambda rows: rows[1].update(claim_id=rows[0]["claim_id"])), "row d1:claim:22-35: E604"),
    "E605": sealed(edit_rows("claims", lambda rows: rows[0].update(quantity_mention_ids=["none"])), "quantity_mention_ids none"),
    "E606": sealed(edit_rows("ner", lambda rows: rows[0]["tokens"].__setitem__(0, "Tutle")), "row d1:sentence:0: E606"),
    "E607": sealed(edit_rows("ner", lambda rows: rows[0]["ner_tags"].__setitem__(0, 3)), "row d1:0-5: E607"),
    "E608": sealed(steps(edit_rows("documents", lambda rows: rows[0]["zones"][2].update(start=50)), edit_rows("annotations", lambda rows: marked(rows, "NOISE").update(start=50))), "row d1: E608"),
    "E609": sealed(edit_rows("claims", lambda rows: rows[0].update(attribution="AUTHOR")), "row d1:claim:22-35: E609"),
    "E610": releasing(write("ner/train-00000-of-00001.parquet", "PAR1"), "ner/train-00000-of-00001.parquet: E610"),
    "E611": loading(replace("README.md", "  - name: n_chars\n    dtype: int32\n", ""), "row documents: E611"),
    "E612": sealed(edit_rows("entities", lambda rows: rows[0].update(zone="HEAD")), "row d1:mention:12-15: E612"),
    "E613": related(edit_rows("claims", lambda rows: rows[0].update(cluster_id="two")), "row d1:claim:0-10: E613"),
    "E614": sealed(edit_rows("ner", lambda rows: [rows[0][name].pop(1) for name in ("tokens", "token_starts", "ner_tags")]), "row d1:sentence:0: E614"),
    "E615": related(edit_rows("claim_relations", lambda rows: rows[0].update(text_a="Won.")), "text_a 'Won.', not 'One.'"),
    "E616": related(edit_rows("claim_relations", lambda rows: rows[0].update(relation="SAME") or rows[1].update(relation="SAME")), "row d1:claim:22-35|d1:claim:42-52: E616"),
    "E617": sealed(edit_rows("annotations", lambda rows: marked(rows, "HEAD").update(label="REST")), "row d1: E617"),
    "E618": sealed(edit_rows("annotations", lambda rows: marked(rows, "VERB").update(attributes="[]")), "row d1:user-1:v: E618"),
    "E620": converted(write("bio/train-00000-of-00001.parquet", "PAR1"), "bio/train-00000-of-00001.parquet: E620"),
    "E621": converted(drop_column("spans", "origin"), "row spans: E621"),
    "E622": converted(edit_rows("spans", lambda rows: rows[3].update(span_id="11:7")), "row 11:7: E622"),
    "E623": converted(edit_rows("relations", lambda rows: rows[0].update(to_span_id="11:9")), "to_span_id 11:9"),
    "E624": converted(edit_rows("spans", lambda rows: rows[0].update(doc_id="d3")), "row 11:1: E624"),
    "E625": converted(edit_rows("spans", lambda rows: rows[0].update(text="Anna")), "'Anna' at 0 to 3"),
    "E626": converted(edit_rows("documents", lambda rows: rows[0].update(text_sha256="0")), "row d1: E626"),
    "E627": converted(edit_rows("bio", lambda rows: rows[0]["token_starts"].__setitem__(0, 1)), "'Ann' at 1"),
    "E628": converted(edit_rows("bio", lambda rows: rows[0]["ner_tags"].__setitem__(2, 2)), "I-A after O"),
    "E629": converted(replace("README.md", "num_examples: 9", "num_examples: 8"), "8 rows, not 9"),
    "E630": converted(write("spans/notes.txt", "mine"), "row spans/notes.txt: E630"),
    "E631": converted(lambda _: None, "row 11:6: E631", exports.XML.replace("CUE", "KEY")),
    "E528": building(lambda corpus: write_export(corpus, drawn(annotation()), name="articles-2", made="2026-12-01T00:00:00Z"), "1 in articles-1.json, articles-2.json"),
    "E640": layered(edit_rows("frame", lambda rows: rows[-1].update(parent_span_id=None)), "row n1:frame:65-70: E640"),
    "E641": layered(edit_rows("relations", lambda rows: rows[0].update(to_id="n1:mention:9-13", relation_id="n1:event:28-33<n1:mention:9-13:about")), "to_id n1:mention:9-13"),
    "E642": layered(edit_json("manifest.json", lambda it: it["left_out"]["regions"].update(scratch=1)), "row scratch: E642"),
    "E701": releasing(write("notes.txt", "mine"), "row notes.txt: E701"),
    "E702": releasing(edit_json("manifest.json", lambda it: it["rows"].update(annotations=99)), "row annotations/train-00000-of-00001.parquet: E702"),
    "E703": sealed(replace("README.md", "4 entity mentions", "5 entity mentions"), "row README.md: E703"),
    "E704": releasing(edit_json("manifest.json", lambda it: it["records"].update(entities="0" * 64)), "row entities: E704"),
    "E705": releasing(unlink("README.md"), "README.md: E705"),
    "E706": releasing(edit_json("manifest.json", lambda it: it["labels"]["entities/label"].update(WHO=9)), "row entities/label: E706"),
    "E731": building(append("corpus.toml", '[rai]\ndataLimitations = "Limits"'), "Limits"),
    "E730": releasing(steps(append(CROISSANT_FILE, ""), seal_files), f"row {CROISSANT_FILE}: E730"),
    "E710": releasing(write("manifest.json", "{"), "manifest.json: E710"),
    "E720": checking(unlink("ner/train-00000-of-00001.parquet"), "ner/train-00000-of-00001.parquet: E720"),
    "E721": building(append("corpus.toml", '[files]\npages = ["PAGE.md"]'), "PAGE.md: E721"),
    "E722": building(write("annotations/agreement.json", "{"), "agreement.json: E722"),
    "E724": building(write("annotations/baselines.json", "{"), "baselines.json: E724"),
    "W724": building(write("annotations/baselines.json", OLD_SCORES), "baselines.json: W724"),
    "E723": building(write("annotations/agreement.json", '{"inputs": {}, "measures": []}'), "agreement.json: E723"),
    "E727": building(steps(asking("labels"), keep_figures, append("annotations/figures/labels.svg", "<g/>")), "labels.svg: E727"),
    "W728": building(asking("labels"), "figures.json: W728"),
    "E729": drawing(asking("label"), "dataset_card.md: E729"),
    "W206": validating([{**each, "agreement": 1} for each in one(ANN)], "task.agreement, 1 time"),
    "W207": building(edit_json(EXPORT, lambda it: it[0]["annotations"][0]["result"][0].update(meta={"text": ["Sure?"]}, normalization="n")), "articles-1.json: W207 Regions, values or relations have notes or further fields, which a release does not keep: normalization, 1 time; text, 1 time"),
    "W201": validating([task(exports.annotation(was_cancelled=True), exports.annotation(number=12, completed_by=2))], "document d1: W201"),
    "W202": building(lambda corpus: write_export(corpus, drawn(annotation())), "document d2: W202"),
    "W203": building(steps(annotated(drawn(annotation()), drawn(annotation(), 2), name="articles-1"), annotated(drawn(annotation()), name="articles-2")), "articles-2.json document d1: W203"),
    "W204": validating([task(exports.annotation({**SAYS, "to_name": "u"}), u="")], "say on u, 1 item", TWO_TEXTS),
    "W301": marking(annotation(*SAYING, changed(ENTITIES[3], attributes={"slug": "forty"})), "region HOWMANY-40: W301"),
    "W302": validating([IN_UNITS], "document d1: W302"),
    "W304": marking(annotation(relations=(*RELATIONS, *TWICE)), "region WHO-Bob: W304 A relation is drawn twice: more, to WHO-Ann"),
    "W305": building(steps(replace(CONFIG, "<Relations>", f"{ASKED_EVERYWHERE}<Relations>"), edit_json(EXPORT, lambda it: it[0]["annotations"][0]["result"].append(ON_A_ZONE))), "region HEAD-Title here: W305"),
    "W306": building(steps(replace(CONFIG, '<Label value="SPEAKER"/>', '<Label value="SPEAKER"/><Label value="HEARER"/>'), annotated(drawn(annotation(*ENTITIES, *SAYING, span("say", "HEARER", "Rome"))))), "HEARER"),
    "W500": building(append("corpus.toml", '[[accepted]]\ncode = "W514"\nreason = "so it is"'), "W514, so it is"),
    "W530": building(steps(append("corpus.toml", NAMED), lambda corpus: write_export(corpus, drawn(annotation()), name="articles-2", made="2026-12-01T00:00:00Z")), "document d1: W530"),
    "W501": building(listed("Rome", "Roma"), "'Rome' for rome"),
    "W502": building(listed("ann,", "cid,Cid,WHO,,,\nann,"), "W502 An entity of the list is never mentioned: cid"),
}  # fmt: skip
