"""Where spans of one text are in another: offsets are code points, half-open."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from goldspan.hydrate.anchors import MASK, align, words
from goldspan.hydrate.fingerprint import blocks_of, match
from goldspan.hydrate.mask import mask
from goldspan.hydrate.refill import refill
from tests.small import OTHER_TEXT

KEY = "ab" * 32
PIECES = st.sampled_from(
    [
        "a",
        "B",
        "word",
        "👩‍👧",
        "😀",
        "e\u0301te\u0301",
        "เมือง",
        "ក្រុង",
        "“",
        "”",
        "'",
        "–",
        ".",
        " ",
        "\n",
        "\r\n",
        "817km",
        "…",
    ]
)
TEXTS = st.lists(PIECES, min_size=1, max_size=30).map("".join)


@given(TEXTS, st.data())
def test_an_unchanged_text_leaves_every_span_where_it_is(text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text) - 1))
    end = data.draw(st.integers(start + 1, len(text)))
    placed = align(text, text).place(start, end)
    assert placed is not None
    assert (placed.extent, placed.same) == ((start, end), True)


@given(st.data())
def test_changes_outside_spans_lose_no_span(data: st.DataObject) -> None:
    spans = [f"😀{n} sp\u0301an{n} “ក្រុង{n}”" for n in range(data.draw(st.integers(1, 5)))]
    between = st.lists(st.sampled_from(["out", "of", "😀", "เมือง", "these,", "\n"]), max_size=6).map(" ".join)
    old, new = ("".join(f"{data.draw(between)} {span} " for span in spans) + data.draw(between) for _ in ("old", "new"))
    alignment = align(old, new)
    for span in spans:
        at = old.index(span)
        placed = alignment.place(at, at + len(span))
        assert placed is not None
        assert (new[placed.start : placed.end], placed.same) == (span, True)


@pytest.mark.parametrize(
    ("old", "new", "span", "found", "same"),
    [
        ("👩‍👧 a e\u0301te\u0301 b", "👩‍👧👩‍👧 x a e\u0301te\u0301 b", "e\u0301te\u0301", "e\u0301te\u0301", True),
        ("a “Bob left” b", "so a  'Bob  left' b", "“Bob left”", "'Bob  left'", True),
        ("a “Bob left” b", "a Bob left b", "“Bob left”", "Bob left", False),
        ("a é b", "x a e\u0301 b", "é", "e\u0301", True),
        ("killed 60 people", "killed 65 people", "60", "65", False),
        ("more than half a million fled", "600,000 fled", "more than half a million", "600,000", False),
        ("the Thai army said", "the Royal Thai army said", "the Thai army", "the Royal Thai army", False),
        ("a 👍 b", "c a 👍 b", "👍", "👍", True),
        ("เมืองหลวง x", "y เมืองหลวง x", "หลวง", "หลวง", True),
    ],
)
def test_spans_in_a_changed_text(old: str, new: str, span: str, found: str, same: bool) -> None:
    at = old.index(span)
    placed = align(old, new).place(at, at + len(span))
    assert placed is not None
    assert (new[placed.start : placed.end], placed.same) == (found, same)


@pytest.mark.parametrize(
    ("old", "new", "span"),
    [("a gone b", "a b", "gone"), ("at least 60 died", "60 died", "at least 60"), ("a 👍 b", "a b", "👍")],
)
def test_a_span_that_is_gone_is_nowhere(old: str, new: str, span: str) -> None:
    at = old.index(span)
    assert align(old, new).place(at, at + len(span)) is None


def test_words_beside_a_span_that_change_are_told() -> None:
    alignment = align("killed 60 people on Monday", "killed nearly 60 people on Monday")
    assert not alignment.beside(7, 9)
    assert alignment.beside(20, 26)


@given(TEXTS)
def test_a_mask_keeps_every_offset_and_no_word(text: str) -> None:
    masked = mask(text)
    assert len(masked) == len(text)
    assert words(masked) == words(text)
    assert {masked[start:end].strip(MASK) for start, end in words(text)} <= {""}
    assert [char for char in text if char.isspace()] == [char for char in masked if char.isspace()]


LINE = " ".join(f"w{n}" for n in range(20))


def test_blocks_do_not_overlap_and_say_little() -> None:
    blocks = blocks_of(f"Short line here\n{LINE}\n{LINE}", KEY)
    assert [(block.first, block.count) for block in blocks] == [(3, 8), (11, 12), (23, 8), (31, 12)]
    assert all(re.fullmatch("[0-9a-f]{4}", block.hash) for block in blocks)
    assert blocks[0].hash == blocks[2].hash
    assert [block.hash for block in blocks_of(LINE, "cd" * 32)] != [block.hash for block in blocks[:2]]


def strange(text: str) -> str:
    """A copy with other marks, spaces, line ends and added lines."""
    other = text.translate(str.maketrans("“”’–", '""\'-'))
    return "Home | News\r\n" + re.sub(r"\n+", "\r\nAdvertisement here\r\n", other).replace(" ", "  ") + "\r\nMore of it"


@given(st.lists(st.lists(st.integers(0, 10**6), min_size=8, max_size=30), min_size=1, max_size=5))
def test_a_strange_copy_gives_the_text_back(numbers: list[list[int]]) -> None:
    text = "\n\n".join(" ".join(f"“n{number}”" for number in line) + " – 😀." for line in numbers)
    found = match(mask(text), blocks_of(text, KEY), KEY, strange(text))
    assert refill(mask(text), strange(text), found).new == text


@pytest.mark.parametrize("copy", [OTHER_TEXT, OTHER_TEXT.replace("\r\n\t", " "), OTHER_TEXT.upper()])
def test_a_short_text_is_found_by_the_lengths_of_its_words(copy: str) -> None:
    found = match(mask(OTHER_TEXT), blocks_of(OTHER_TEXT, KEY), KEY, copy)
    assert found.share is None
    assert not any(found.proved)
    assert refill(mask(OTHER_TEXT), copy, found).new.casefold() == OTHER_TEXT.casefold()


def test_what_a_copy_lacks_at_its_ends_is_cut_off_and_what_it_has_otherwise_stands() -> None:
    text = f"Site name\n\n“{LINE}” a b\n\n{LINE.replace('w', 'v')}\n\nLeave a reply"
    copy = f"{LINE} a b {LINE.replace('w', 'v').replace('v3', 'changed thing')}"
    filled = refill(mask(text), copy, match(mask(text), blocks_of(text, KEY), KEY, copy))
    assert filled.new == f"“{LINE}” a b\n\n{LINE.replace('w', 'v').replace('v3', 'changed thing')}"
    at = text.index("v5")
    placed = filled.place(at, at + 20)
    assert placed is not None
    assert filled.new[placed.start : placed.end] == text[at : at + 20]
    gone = text.index("v3")
    assert filled.place(gone, gone + 2) is None
    assert filled.place(0, 9) is None
