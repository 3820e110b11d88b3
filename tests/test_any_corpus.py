"""Whatever a corpus or release holds, a command ends with what it makes or with coded findings: no other exception."""

from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from pathlib import Path
from random import Random
from typing import Any, TypeVar

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from goldspan.agreement import measure_inputs
from goldspan.build import build, compare, settled_tables
from goldspan.decisions import Conflict, Decider
from goldspan.explore.reading import read_contents
from goldspan.faults import DataError
from goldspan.formats.export import Format, export
from goldspan.inputs import Inputs, read_inputs
from goldspan.releases.diff import diff
from goldspan.releases.revisions import load_side
from goldspan.tasks import Proposal, adjudication_tasks, article_tasks, claim_pair_tasks
from goldspan.validate import validate
from tests.corpora import make_corpus, one_in, write_clusters, write_corpus, write_csv
from tests.fixtures import seal, write_files
from tests.spoiling import spoil_release

BOUNDED = settings(derandomize=True, database=None, deadline=None, suppress_health_check=list(HealthCheck))
T = TypeVar("T")
Tables = dict[str, Any]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder for one corpus after another, not synced; gamma, which is compiled for a minute, is not measured."""
    monkeypatch.setattr("os.fsync", lambda _: None)
    monkeypatch.setattr("goldspan.agreement.gamma", lambda _: None)
    return tmp_path


def named(call: Callable[[], T]) -> T | None:
    """What something gives; None where it is refused by findings, of which one is an error."""
    try:
        return call()
    except DataError as error:
        codes = [finding.code for finding in error.findings if finding.is_error]
    assert codes
    return None


def decide(folder: Path, conflicts: list[Conflict]) -> None:
    """Decisions that take the first annotator."""
    rows = [(one.id, one.text, next(iter(one.readings)), "", "so it is") for one in conflicts]
    write_csv(folder / "annotations/decisions.csv", ("conflict", "text", "take", "value", "reason"), rows)


def undecided(inputs: Inputs, *, measured: bool) -> list[Conflict]:
    """What the annotators differ on; with the figures of their agreement, if they are asked for."""
    decider = Decider(inputs.decisions)
    judgements = named(partial(compare, inputs, decider))
    if measured and judgements is not None:
        measure_inputs(inputs, judgements)
    return decider.undecided


def settled(random: Random, folder: Path) -> Tables | None:
    """The tables of a corpus whose conflicts are decided; None where they are refused."""
    inputs = named(partial(read_inputs, folder))
    if inputs is None:
        return None
    conflicts = undecided(inputs, measured=one_in(random, 8))
    if conflicts and not one_in(random, 10):
        decide(folder, conflicts)
    released = partial(article_tasks, proposal=Proposal.released)
    makers: list[Callable[[Path], object]] = [adjudication_tasks, claim_pair_tasks, released]
    named(partial(random.choice(makers), folder))
    found = named(lambda: settled_tables(read_inputs(folder)))
    return found.tables if found else None


def test_a_corpus_becomes_tables_or_findings(folder: Path) -> None:
    reached: Counter[str] = Counter()

    @settings(BOUNDED, max_examples=120)
    @given(st.integers(0, 2**32 - 1).map(Random))
    def for_any(random: Random) -> None:
        made = make_corpus(random)
        tables = settled(random, write_corpus(folder, made))
        reached["refused"] += tables is None
        claims = tables["claims"].to_pylist() if tables else []
        if len(claims) > 1:
            write_clusters(random, folder, made, claims)
            tables = settled(random, folder) or tables
        reached.update(name for name, table in (tables or {}).items() if table.num_rows)

    for_any()
    assert reached["refused"] > 20
    assert min(reached[name] for name in ("documents", "entities", "ner", "claims", "annotations")) > 20
    assert reached["claim_relations"] > 5


def test_a_release_is_right_and_what_is_damaged_is_named(folder: Path) -> None:
    reached: Counter[str] = Counter()

    @settings(BOUNDED, max_examples=40)
    @given(st.integers(0, 2**32 - 1).map(Random))
    def for_any(random: Random) -> None:
        corpus = write_corpus(folder / "corpus", make_corpus(random))
        if settled(random, corpus) is None:
            return
        files = build(corpus).files
        release = write_files(folder / f"release-{reached['built']}", files)
        assert [finding for finding in validate(release) if finding.is_error] == []
        reached["built"] += 1
        for number in range(3):
            damaged = write_files(folder / f"damaged-{reached['built']}-{number}", files)
            spoil_release(random, damaged)
            if not one_in(random, 4):
                with suppress(KeyError, AttributeError, TypeError, ValueError):  # it is too far gone to be sealed
                    seal(damaged)
            reached.update({finding.code for finding in validate(damaged)})
            use(random, release, damaged, folder)

    for_any()
    assert reached["built"] > 15
    assert len(reached) > 20


def use(random: Random, release: Path, damaged: Path, folder: Path) -> None:
    """What else is done with a release that may be damaged."""
    named(partial(read_contents, damaged))
    named(lambda: diff(*(load_side(str(each), folder) for each in (release, damaged))))
    named(lambda: export(damaged, random.choice([Format.jsonl, Format.conll]), folder / "out"))
