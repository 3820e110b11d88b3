"""Parts of a corpus whose controls hold other values than they need, or are missing."""

from collections.abc import Callable
from pathlib import Path

import pytest

from goldspan.build import build
from goldspan.faults import DataError
from tests.damage import append, replace, steps
from tests.fixtures import CONFIG, clustered, listed, write_corpus

SINGLE = '"t" perRegion="true" maxSubmissions="1"/>'
SEVERAL = '"t" perRegion="true"/>'
SLUG, CLAIM = f'<TextArea name="slug" toName={SINGLE}', f'<TextArea name="normalized_claim" toName={SINGLE}'
TEXT = 'to be a TextArea with maxSubmissions="1" or a single Choices'


def change(old: str, new: str) -> Callable[[Path], object]:
    return replace(CONFIG, old, new)


@pytest.mark.parametrize(
    ("damage", "said"),
    [
        (
            clustered(change(CLAIM, "")),
            f"annotations/clusters.csv needs 'normalized_claim' {TEXT}; 'say' has no such control",
        ),
        (
            clustered(change(CLAIM, CLAIM.replace(SINGLE, SEVERAL))),
            f"annotations/clusters.csv needs 'normalized_claim' {TEXT}; it holds a list of strings",
        ),
        (
            clustered(replace("corpus.toml", 'attributions = "say"', "")),
            f"annotations/clusters.csv needs 'normalized_claim' {TEXT}; corpus.toml names no layer for it",
        ),
        (
            steps(change(SINGLE, SEVERAL), listed()),
            f"annotations/entities.csv needs 'entity_id' {TEXT}; it holds a list of strings",
        ),
        (
            steps(listed(), change('name="speakers" toName="t" perRegion="true"', f'name="source_entity_ids" toName={SINGLE[:-2]}')),
            "annotations/entities.csv needs 'source_entity_ids' to be a TextArea without maxSubmissions or a multiple Choices; it holds a string",
        ),
        (
            append("corpus.toml", 'value = "slug"\nlower = ["at least"]'),
            "quantities in corpus.toml needs 'slug' to be a Number or a Rating; it holds a string",
        ),
        (
            steps(change(SINGLE, SEVERAL), append("corpus.toml", 'comparator = "slug"\nupper = ["at most"]')),
            f"quantities in corpus.toml needs 'slug' {TEXT}; it holds a list of strings",
        ),
        (
            steps(change(SINGLE, SEVERAL), append("corpus.toml", '[dates]\nlabels = ["WHO"]\nvalue = "slug"')),
            f"dates in corpus.toml needs 'slug' {TEXT}; it holds a list of strings",
        ),
        (
            append("corpus.toml", '[dates]\nclaims = ["sure"]'),
            f"dates in corpus.toml needs 'sure' {TEXT}; it holds a boolean",
        ),
    ],
)  # fmt: skip
def test_what_a_part_of_the_corpus_needs_is_asked_for(
    damage: Callable[[Path], object], said: str, tmp_path: Path
) -> None:
    corpus = write_corpus(tmp_path / "small")
    damage(corpus)
    with pytest.raises(DataError) as raised:
        build(corpus)
    needed = "A part of the corpus needs a control that the labeling config does not have, or has with other values"
    assert [(one.code, one.message) for one in raised.value.findings] == [("E540", f"{needed}: {said}")]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('<Choices name="basis"', '<Choices choice="multiple" name="basis"'),
        ('<Choice value="DATE"/>', '<Choice value="true"/><Choice value="false"/>'),
    ],
)
def test_a_pair_config_has_two_single_choices(old: str, new: str, tmp_path: Path) -> None:
    corpus = write_corpus(tmp_path / "small")
    clustered(replace("annotations/pair_config.xml", old, new))(corpus)
    with pytest.raises(DataError) as raised:
        build(corpus)
    assert [one.message for one in raised.value.findings] == [
        "The pair config and [relations] in corpus.toml do not fit together: no single Choices is called basis"
    ]
