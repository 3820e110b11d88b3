"""W51x: mentions against each other and against the words around them."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence

import regex

from goldspan.checks.content import Content, Spot, content_check
from goldspan.schemas import Row
from goldspan.tokens import TOKEN
from goldspan.words import counted

WORD = regex.compile(r"[\w\p{M}\u200c\u200d]{2}")
UNPARTED = regex.compile(r"[\p{Line_Break=SA}\p{Han}\p{Hiragana}\p{Katakana}\p{Hangul}]")
CHARACTER = regex.compile(r"\X")

Words = tuple[str, ...]


@content_check(
    "W511",
    "Words are marked in most places and not here",
    "Mark them here too, or accept it if they mean something else here.",
)
def unmarked_elsewhere(content: Content) -> Iterator[Spot]:
    """Asked of words that are marked twice or more, and more often than not.

    They are looked for in the same case, as whole words, in the sentences of annotated zones, outside every mention.
    """
    marked = Counter(tuple(TOKEN.findall(row["text"])) for row in content.rows("entities"))
    often = {words for words, count in marked.items() if count > 1 and words}  # a mention may have no visible token
    lengths = sorted({len(words) for words in often}, reverse=True)
    unmarked: dict[Words, list[Spot]] = defaultdict(list)
    for sentence in content.rows("ner"):
        for words, start, end in runs(sentence, often, lengths):
            detail = f"{content.texts[sentence['doc_id']][start:end]!r}, marked {counted(marked[words], 'time')}"
            doc_id = sentence["doc_id"]
            unmarked[words].append(Spot(f"{doc_id}:{start}-{end}", detail, doc_id, (start, end)))
    for words, spots in unmarked.items():
        if len(spots) < marked[words]:
            yield from spots


def runs(sentence: Row, known: set[Words], lengths: Sequence[int]) -> Iterator[tuple[Words, int, int]]:
    """The longest runs of untagged tokens of a sentence that are known, with their offsets in the document.

    ``lengths`` are those of what is known, the longest first.
    """
    tokens, starts, tags = sentence["tokens"], sentence["token_starts"], sentence["ner_tags"]
    at = 0
    while at < len(tokens):
        for length in lengths:
            words = tuple(tokens[at : at + length])  # shorter where the sentence ends
            if words in known and not any(tags[at : at + length]):
                last = at + len(words) - 1
                yield words, starts[at], starts[last] + len(tokens[last])
                at = last
                break
        at += 1


@content_check(
    "W512",
    "The same words have another label here than in most places",
    "Correct the label, or accept it if the words name two kinds of things.",
)
def two_labels(content: Content) -> Iterator[Spot]:
    """Without regard to case. Of labels given equally often the first stands."""
    return apart(((row["text"].casefold(), row["label"], row) for row in content.rows("entities")), "label")


@content_check(
    "W513",
    "The same entity has another label here than in most places",
    "Correct the label, or give the thing another entity_id.",
)
def two_types(content: Content) -> Iterator[Spot]:
    named = (row for row in content.rows("entities") if row.get("entity_id"))
    return apart(((str(row["entity_id"]), row["label"], row) for row in named), "label")


@content_check(
    "W514",
    "The same words stand for another entity here than in most places",
    "Correct the entity_id, or accept it if both things bear the name.",
)
def two_entities(content: Content) -> Iterator[Spot]:
    """Without regard to case. Of entities named equally often the first stands."""
    named = (row for row in content.rows("entities") if row.get("entity_id"))
    return apart(((row["text"].casefold(), str(row["entity_id"]), row) for row in named), "entity_id")


def apart(items: Iterable[tuple[str, str, Row]], what: str) -> Iterator[Spot]:
    """The mentions whose value is not the most frequent one of their key; of equally many the first stands."""
    groups: dict[str, list[tuple[str, Row]]] = defaultdict(list)
    for key, value, row in items:
        groups[key].append((value, row))
    for group in groups.values():
        (most, count), *_ = Counter(value for value, _ in group).most_common(1)
        for value, row in group:
            if value != most:
                detail = f"{row['text']!r} is {value}, elsewhere {most} ({counted(count, 'time')})"
                yield spot(row["mention_id"], row, detail)


@content_check(
    "W515",
    "A span begins or ends inside a word",
    "Draw the span again to the word's edge, or accept it.",
)
def inside_word(content: Content) -> Iterator[Spot]:
    """Some scripts do not part their words by spaces, or write particles on to them: Thai, Khmer, Han, Kana, Hangul.

    In these and the like, it is found only inside a character with its marks.
    """
    for row in content.rows("entities"):
        if cut(content.texts[row["doc_id"]], row):
            yield spot(row["mention_id"], row)
    for claim in content.rows("claims"):
        for span in [*claim["content"], *claim["cue"], *claim["source"]]:
            if cut(content.texts[claim["doc_id"]], span):
                yield spot(claim["claim_id"], {**span, "doc_id": claim["doc_id"]})


def cut(text: str, span: Row) -> bool:
    """True if a word goes on beyond an edge of a span."""
    pairs = (text[at - 1 : at + 1] for at in (span["start"], span["end"]) if 0 < at < len(text))
    return any(CHARACTER.fullmatch(pair) or (WORD.fullmatch(pair) and not UNPARTED.search(pair)) for pair in pairs)


def spot(key: str, row: Row, detail: str = "") -> Spot:
    """A spot on a span of a row."""
    return Spot(key, detail or repr(row["text"]), row["doc_id"], (row["start"], row["end"]))
