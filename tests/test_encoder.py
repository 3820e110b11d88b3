"""What an encoder's outputs mean, without an encoder: heads, and from scores to spans."""

from typing import Any

import numpy as np
import pytest
from msgspec.structs import replace

from goldspan.records import Span
from goldspan.train.encoder_chain import Chain, count
from goldspan.train.encoder_head import IGNORED, label_head, tag_head
from goldspan.train.encoder_windows import Window, Word, classes, found
from goldspan.train.examples import Described, Passage
from goldspan.train.passages import passages

LAYERS = {"SOURCE": ("SOURCE",), "CUE": ("CUE", "VERB")}
HEAD = tag_head(LAYERS)
CHAINS = {layer: Chain([*group], count([], len(group))) for layer, group in HEAD.groups.items()}  # nothing was counted


def of(text: str, *spans: Span) -> Passage:
    (passage,) = passages(Described("d", "d", None, text), "en")
    return replace(passage, spans=spans)


def test_layers_share_one_o_and_each_has_its_own_b_and_i() -> None:
    head = tag_head(LAYERS)
    assert head.names == ("O", "B-SOURCE", "I-SOURCE", "B-CUE", "I-CUE", "B-VERB", "I-VERB")
    assert head.groups == {
        "SOURCE": {"O": 0, "B-SOURCE": 1, "I-SOURCE": 2},
        "CUE": {"O": 0, "B-CUE": 3, "I-CUE": 4, "B-VERB": 5, "I-VERB": 6},
    }


def test_labels_are_named_after_their_attribute_where_there_are_several() -> None:
    assert label_head({"relation": ("SAME", "OTHER")}).names == ("SAME", "OTHER")
    head = label_head({"doubt": ("true", "false"), "irony": ("true", "false")})
    assert head.names == ("doubt=true", "doubt=false", "irony=true", "irony=false")
    assert head.groups["irony"] == {"true": 2, "false": 3}


def test_a_span_has_the_sub_words_that_touch_it_in_its_layer() -> None:
    passage = of("Ana didn't say", Span("", "SOURCE", ("SOURCE",), 0, 3), Span("", "CUE", ("VERB",), 7, 14))
    window = Window([0] * 6, [None, Word(0, 0, 3), Word(0, 4, 8), Word(0, 8, 10), Word(0, 11, 14), None])
    nothing = [IGNORED, IGNORED]
    assert classes(window, [passage], HEAD) == [nothing, [1, 0], [0, 3], [0, 4], [0, 4], nothing]


def scores(*rows: str) -> Any:
    """Logits of the tags of LAYERS: of each row those that are named are high."""
    names = tag_head(LAYERS).names
    return np.array([[5.0 * row.split().count(name) for name in names] for row in rows], dtype=np.float32)


def test_each_layer_is_decoded_on_its_own() -> None:
    passage = of("Ana said it")
    window = Window([0] * 5, [None, Word(0, 0, 3), Word(0, 4, 8), Word(0, 9, 11), None])
    said = scores("", "B-SOURCE", "I-SOURCE B-CUE", "O", "")
    (spans,) = found([(window, said)], [passage], HEAD, CHAINS)
    assert [(one.start, one.end, one.label) for one in spans] == [(0, 8, "SOURCE"), (4, 8, "CUE")]
    assert all(0.9 < one.score < 1 for one in spans)


def test_no_span_begins_inside() -> None:
    passage = of("Ana said")
    window = Window([0] * 2, [Word(0, 0, 3), Word(0, 4, 8)])
    assert found([(window, scores("O O", "I-CUE"))], [passage], HEAD, CHAINS) == [[]]
    (spans,) = found([(window, scores("B-VERB", "I-CUE B-CUE"))], [passage], HEAD, CHAINS)
    assert [(one.start, one.end, one.label) for one in spans] == [(0, 3, "VERB"), (4, 8, "CUE")]


def test_of_a_sub_word_in_two_windows_counts_where_it_stands_further_inside() -> None:
    passage = of("a b c d e")
    words = [Word(0, at, at + 1) for at in range(0, 9, 2)]
    first, second = Window([0] * 3, words[:3]), Window([0] * 4, words[1:])
    read = [(first, scores("O", "B-CUE", "O")), (second, scores("O", "B-SOURCE", "O", "O"))]
    (spans,) = found(read, [passage], HEAD, CHAINS)
    assert [(one.start, one.label) for one in spans] == [(2, "CUE"), (4, "SOURCE")]


@pytest.mark.parametrize(
    ("text", "word", "extent"),
    [
        ("Jose\u0301 said", (0, 4), (0, 5)),  # the accent is dropped by tokenisers that see no accents
        ("in\u00a0 Ana", (2, 7), (4, 7)),  # white space in front is taken along by some
        ("นี้", (0, 1), (0, 3)),
    ],
)
def test_a_span_is_whole_whatever_the_tokeniser_makes_of_marks_and_space(
    text: str, word: tuple[int, int], extent: tuple[int, int]
) -> None:
    (spans,) = found([(Window([0], [Word(0, *word)]), scores("B-CUE"))], [of(text)], HEAD, CHAINS)
    assert [(one.start, one.end) for one in spans] == [extent]


def test_a_passage_that_no_window_has_read_has_no_spans() -> None:
    assert found([], [of("Ana said")], HEAD, CHAINS) == [[]]


def test_tags_are_counted_with_what_begins() -> None:
    assert count([[0, 1, 2], [1]], 3) == [[1, 1, 0], [0, 1, 0], [0, 0, 1], [0, 0, 0]]


def test_a_doubt_inside_does_not_break_what_was_never_broken() -> None:
    names = ["O", "B-CUE", "I-CUE"]
    doubtful = np.array([[0.1, 0.8, 0.1], [0.1, 0.1, 0.8], [0.4, 0.3, 0.3], [0.1, 0.1, 0.8], [0.98, 0.01, 0.01]])
    learnt = Chain(names, count([[0] * 3, [1] + [2] * 7 + [0] * 9] * 20, 3))
    assert [span[:3] for span in learnt.spans(doubtful)] == [(0, 4, "CUE")]
    assert [span[:3] for span in Chain(names, count([], 3)).spans(doubtful)] != [(0, 4, "CUE")]


def test_counts_of_other_tags_are_refused() -> None:
    with pytest.raises(ValueError, match="reshape"):
        Chain(["O", "B-CUE", "I-CUE"], [[1, 2]])
