"""Cross-tabulations of further layers and of values of whole documents in a card."""

from collections.abc import Sequence

import pyarrow as pa
import pytest

from goldspan.card import Source, fill_figures
from goldspan.faults import DataError

EVENTS = pa.table({
    "label": ["TALKS", "a|b", "TALKS"],
    "doc_id": ["n1", "n1", "n2"],
    "how sure?": ["yes", None, "no"],
})  # fmt: skip
DOCUMENTS = pa.table({
    "doc_id": ["n1", "n2", "n3"],
    "stance": ["for", "against", None],
    "topics/all of them": [["work", "war"], ["war"], []],
    "qualité": [4.0, 4.0, None],
})  # fmt: skip
SOURCE = Source({"documents": DOCUMENTS, "event": EVENTS})


def filled(name: str) -> Sequence[str]:
    """The lines that are generated under a name."""
    text = f"<!-- goldspan:begin {name} -->\nold\n<!-- goldspan:end -->\n"
    first, *lines, last, _ = fill_figures(text, "card.md", SOURCE).split("\n")
    assert (first, last) == (f"<!-- goldspan:begin {name} -->", "<!-- goldspan:end -->")
    return lines


def test_a_further_layer_is_counted_by_its_columns() -> None:
    assert filled("event/label/doc_id") == [
        "| label | n1 | n2 | all |",
        "| --- | --- | --- | --- |",
        "| TALKS | 1 | 1 | 2 |",
        "| a\\|b | 1 | 0 | 1 |",
        "| all | 2 | 1 | 3 |",
    ]
    assert filled("event/how sure?/label")[0] == "| how sure? | TALKS | a\\|b | all |"


def test_the_summary_counts_the_spans_of_further_layers() -> None:
    (line,) = filled("summary")
    assert line.endswith(" 0 sentences, 3 spans of event.")


def test_values_of_documents_are_counted_also_under_names_with_slashes_and_spaces() -> None:
    assert filled("documents/stance/topics/all of them") == [
        "| stance |  | war | work, war | all |",
        "| --- | --- | --- | --- | --- |",
        "|  | 1 | 0 | 0 | 1 |",
        "| against | 0 | 1 | 0 | 1 |",
        "| for | 0 | 0 | 1 | 1 |",
        "| all | 1 | 1 | 1 | 3 |",
    ]
    assert filled("documents/topics/all of them/qualité")[2:] == [
        "|  | 1 | 0 | 1 |",
        "| war | 0 | 1 | 1 |",
        "| work, war | 0 | 1 | 1 |",
        "| all | 1 | 2 | 3 |",
    ]


@pytest.mark.parametrize("name", ["event/label", "event/label/none", "frame/label/doc_id", "events"])
def test_what_there_is_not_is_named(name: str) -> None:
    with pytest.raises(DataError) as raised:
        filled(name)
    assert [finding.code for finding in raised.value.findings] == ["E705"]
    assert f"figure {name!r}" in str(raised.value)
