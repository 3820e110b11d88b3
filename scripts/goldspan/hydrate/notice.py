"""What the card of a release says of its text where that is not all of the articles."""

import re
from collections.abc import Sequence

__all__ = ["hydrated_notice", "with_notice", "withheld_notice", "without_notice"]

BEGIN, END = "<!-- goldspan:text -->", "<!-- goldspan:text ends -->"
NOTICE = re.compile(rf"{BEGIN}\n.*?{END}\n\n?", re.DOTALL)


def withheld_notice(quoting: int, sentences: int) -> str:
    """The notice of a withheld release, of whose normalized sentences some repeat a stretch of an article."""
    return f"""> **The text of the articles is withheld: it belongs to their publishers.** Each character of a word is
> replaced by █; white space, signs, offsets, labels and everything else are those of the full release, and what this
> page says of the text holds of that one. `⟦document:start-end⟧` stands for words of an article.
>
> With copies of the articles of your own, `goldspan hydrate THIS_FOLDER COPIES --out FULL` puts the text back and
> proves it by `text_sha256`; `anchors.json` has what it takes to find the words in copies that differ.
>
> The normalized claims are the annotators' own sentences and stay; {quoting} of {sentences} have six words or 30
> characters in a row that an article has too.
"""


def hydrated_notice(others: Sequence[str], lacking: Sequence[str]) -> str:
    """The notice of a release that was put back from copies that differ, or that lacks articles."""
    differ = f"the copies of {', '.join(others)} have other words than the articles" if others else ""
    lack = f"{', '.join(lacking)} are left out" if lacking else ""
    return f"""> **This is not the full release: {"; ".join(filter(None, (differ, lack)))}.**
> Drawings and figures of agreement are those of the full release.
> `hydration.jsonl` lists every span that moved, that nothing proves to be on the same words, or that was left out.
"""


def with_notice(prose: str, notice: str) -> str:
    """The prose of a card with a notice at its head."""
    return f"{BEGIN}\n{notice}{END}\n\n{prose}"


def without_notice(prose: str) -> str:
    """The prose of a card without the notice at its head."""
    return NOTICE.sub("", prose, count=1) if prose.startswith(BEGIN) else prose
