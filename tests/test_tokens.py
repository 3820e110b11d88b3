"""Sentences, tokens and BIO tags: exact, and back again, in any script."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from goldspan.characters import visible
from goldspan.records import Span
from goldspan.tokens import bio, decode_bio, outermost, sentences, tag_names, tokenise
from tests.characters import TAILS, seen, unseen

INVISIBLE = ["\ufeff", "\u200b", "\u200c", "\u200d", "\u200e", "\u00ad", "\x1f"]
EMOJI = ["👩‍👧", "😀", "❤\ufe0f", "👩🏽‍🚀", "🏽"]
WORDS = [
    "a",
    "é",
    "e\u0301",
    "ក្រុង",
    "เมือง",
    "–",
    "’s",
    " ",
    "  ",
    "\n",
    "\t",
    "\r\n",
    "817km",
    ",",
    "مرحبا",
    "می\u200cخواهم",
]
PIECES = st.sampled_from([*WORDS, *EMOJI, *INVISIBLE])
TEXTS = st.lists(PIECES, max_size=30).map("".join)


@st.composite
def annotated(draw: st.DrawFn) -> tuple[str, list[Span]]:
    text = draw(TEXTS)
    inked = [at for at, char in enumerate(text) if not char.isspace()]
    pairs = st.tuples(st.sampled_from(inked), st.sampled_from(inked)) if inked else st.nothing()
    found = [(min(pair), max(pair) + 1) for pair in draw(st.lists(pairs, max_size=6))] if inked else []
    return text, [
        Span(str(n), "", (draw(st.sampled_from("XY")),), *extent) for n, extent in enumerate(sorted(set(found)))
    ]


@given(annotated())
def test_tags_decode_to_what_can_be_seen_of_the_outermost_spans(case: tuple[str, list[Span]]) -> None:
    text, spans = case
    outer = outermost(spans)
    tokens = list(tokenise(text, 0, len(text), outer))
    decoded = list(decode_bio(tokens, list(bio(tokens, outer))))
    shown = [(*seen(text, *span.extent), span.label) for span in outer]
    assert decoded == [(start, end, label) for start, end, label in shown if start < end]


@given(annotated())
def test_tokens_cover_every_character_that_can_be_seen_and_begin_with_one(case: tuple[str, list[Span]]) -> None:
    text, spans = case
    tokens = list(tokenise(text, 0, len(text), spans))
    covered = {at for start, end in tokens for at in range(start, end)}
    assert {at for at, char in enumerate(text) if not unseen(char)} <= covered
    assert all(end <= start for (_, end), (start, _) in pairwise(tokens))
    assert not any(unseen(text[start]) for start, _ in tokens)
    assert {text[at] for at in covered if unseen(text[at])} <= set(TAILS)


@given(TEXTS, st.data())
def test_what_can_be_seen_of_an_extent(text: str, data: st.DataObject) -> None:
    start, end = sorted(data.draw(st.tuples(st.integers(0, len(text)), st.integers(0, len(text)))))
    left, right = visible(text, start, end)
    assert (left, right) == seen(text, start, end) or left == right == start
    tokens = list(tokenise(text, start, end, ()))
    assert tokens[0][0] == left if tokens else left == right
    assert not tokens or tokens[-1][1] == right


@given(annotated())
def test_sentences_cut_no_span(case: tuple[str, list[Span]]) -> None:
    text, spans = case
    outer = outermost(spans)
    found = list(sentences(text, 0, len(text), "en", outer))
    shown = [span for span in outer if seen(text, *span.extent) != (span.start, span.start)]
    assert all(any(sentence.start <= span.start and span.end <= sentence.end for sentence in found) for span in shown)
    left_out = [
        text[at:end] for at, end in pairwise([0, *(at for one in found for at in (one.start, one.end)), len(text)])
    ]
    assert all(map(unseen, "".join(left_out[::2])))
    assert all(seen(text, s.start, s.end) != (s.start, s.start) for s in found)


def test_tokens_of_other_scripts() -> None:
    def words(text: str) -> list[str]:
        return [text[start:end] for start, end in tokenise(text, 0, len(text), [])]

    assert words("Cambodia–Thailand’s 817km, 4 a.m.") == ["Cambodia", "–", "Thailand", "’", "s", "817km", ",", "4", "a", ".", "m", "."]  # fmt: skip
    assert words("👍🏽 👩🏽‍🚀‍❤️a 1️⃣ 🇹🇭") == ["👍🏽", "👩🏽‍🚀‍❤️", "a", "1️⃣", "🇹", "🇭"]
    assert words("\ufeffمی\u200cخواهم \u200bzero\u200b co\u00adop അവന്\u200d, \u200d\ufe0f") == [
        "می\u200cخواهم", "zero", "co", "op", "അവന്\u200d", ",",
    ]  # fmt: skip
    assert words("ក្រុងភ្នំពេញ เมืองหลวง e\u0301te\u0301") == ["ក្រុងភ្នំពេញ", "เมืองหลวง", "e\u0301te\u0301"]


def test_sentences_end_at_stops_and_line_breaks_but_not_at_abbreviations() -> None:
    text = "By The House\nMr Lin left on Dec. 8 at 4 a.m. on Monday. “We must.” He left."
    found = [text[sentence.start : sentence.end] for sentence in sentences(text, 0, len(text), "en", [])]
    assert found[0] == "By The House"
    assert found[1].startswith("Mr Lin left on Dec. 8 at 4 a.m. on Monday.")


def test_outermost_drops_what_is_nested_or_crosses() -> None:
    spans = [
        Span("a", "", ("X",), 0, 5),
        Span("b", "", ("X",), 1, 3),
        Span("c", "", ("X",), 4, 8),
        Span("d", "", ("X",), 5, 6),
    ]
    assert [span.region_id for span in outermost(spans)] == ["a", "d"]


def test_adjacent_spans_of_one_label_stay_apart() -> None:
    spans = [Span("a", "", ("X",), 0, 2), Span("b", "", ("X",), 2, 4)]
    tokens = list(tokenise("abcd", 0, 4, spans))
    assert list(bio(tokens, spans)) == ["B-X", "B-X"]


def test_tag_names() -> None:
    assert tag_names(["P", "Q"]) == ["O", "B-P", "I-P", "B-Q", "I-Q"]
