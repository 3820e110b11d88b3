"""Tokens and tags -> the sub-words of a tokenizer and their tags, for models that read sub-words."""

from collections.abc import Iterator, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

import pyarrow as pa

from goldspan.arrow import INTEGERS
from goldspan.faults import fault
from goldspan.words import reason

__all__ = ["REST", "as_subwords", "load_tokenizer"]

NO_TOKENIZER = fault("E016", "The tokenizer cannot be used", "Give the path of a Hugging Face tokenizer.json.")

REST = -100  # the tag of what a model's loss leaves out: every sub-word of a token but the first


def load_tokenizer(path: Path) -> Any:
    """A Hugging Face tokenizer from its ``tokenizer.json``.

    Raises:
        DataError: there is none (E016).
        ModuleNotFoundError: the extra ``tokenizers`` is not installed.
    """
    from tokenizers import Tokenizer  # noqa: PLC0415 - an extra

    try:
        tokenizer = Tokenizer.from_file(str(path))
    except Exception as error:  # the library raises nothing narrower
        raise NO_TOKENIZER.error(reason(error), file=str(path)) from error
    tokenizer.no_padding()
    tokenizer.no_truncation()
    return tokenizer


def as_subwords(table: pa.Table, tokenizer: Any) -> pa.Table:
    """A table of tokens and tags with the sub-words of its tokens instead, their ids beside them.

    Of each token the first sub-word has its tag, the others have `REST`; there are no special tokens. A span whose
    first token has no sub-word (a tokenizer may drop characters) begins at the next.
    """
    columns: dict[str, list[list[Any]]] = {"tokens": [], "token_starts": [], "ner_tags": [], "input_ids": []}
    tokens, starts, tags = (table[name].to_pylist() for name in ("tokens", "token_starts", "ner_tags"))
    found = tokenizer.encode_batch(tokens, is_pretokenized=True, add_special_tokens=False)
    for one, begins, marks in zip(found, starts, tags, strict=True):
        columns["tokens"].append(one.tokens)
        columns["input_ids"].append(one.ids)
        columns["token_starts"].append(
            [begins[word] + start for word, (start, _) in zip(one.word_ids, one.offsets, strict=True)]
        )
        columns["ner_tags"].append(list(aligned(one.word_ids, marks)))
    for name, values in columns.items():
        column = pa.array(values, table.schema.field(name).type if name in table.column_names else INTEGERS)
        at = table.column_names.index(name) if name in table.column_names else None
        table = table.append_column(name, column) if at is None else table.set_column(at, name, column)
    return table


def aligned(words: Sequence[int], tags: Sequence[int]) -> Iterator[int]:
    """The tag of each sub-word, given the token that it is of. A span's tags are 2n+1 and then 2n+2."""
    begins = {}
    lost = None
    present = set(words)
    for word, tag in enumerate(tags):
        if word not in present:
            lost = tag if tag % 2 else lost
        else:
            begins[word] = lost if lost is not None and tag == lost + 1 else tag
            lost = None
    for before, word in pairwise([-1, *words]):
        yield REST if word == before else begins[word]
