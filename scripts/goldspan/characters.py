"""What characters are to tokens: the classes of which patterns are made, for `regex` with its flag ``V1``.

Each character is in one of five. What cannot be seen stands alone nowhere: `TAIL` and `TONE` stay with the character
that they follow, `HIDDEN` parts tokens as white space does.
"""

import regex

__all__ = ["FIRST", "HIDDEN", "SIGN", "TAIL", "TONE", "VISIBLE", "WORD", "ZWJ", "visible"]

ZWJ = "\u200d"
UNSEEN = r"[\s\p{Cc}\p{Cf}\p{Z}\p{Default_Ignorable_Code_Point}]--\p{Prepended_Concatenation_Mark}"
TAILS = rf"[\p{{M}}&&\p{{Default_Ignorable_Code_Point}}]\u200c{ZWJ}\U000e0020-\U000e007f"
TONE = "[\U0001f3fb-\U0001f3ff]"  # of an emoji's skin
TAIL = f"[{TAILS}]"  # joiners, selectors of a variant, and what a flag's emoji is spelt with
HIDDEN = f"[[{UNSEEN}]--[{TAILS}]]"  # white space, control characters, marks of direction, spaces without width
WORD = rf"[[\w\p{{M}}]--[{UNSEEN}]]"
SIGN = rf"[^\w\p{{M}}[{UNSEEN}]{TONE}]"
VISIBLE = f"[^{UNSEEN}]"

FIRST = regex.compile(VISIBLE, regex.V1)
LAST = regex.compile(f"(?r){VISIBLE}{TAIL}*", regex.V1)


def visible(text: str, start: int, end: int) -> tuple[int, int]:
    """An extent without the white space and the invisible characters at its edges, empty if it has nothing else.

    A joiner or a variation selector behind its last visible character belongs to that.
    """
    first, last = FIRST.search(text, start, end), LAST.search(text, start, end)
    return (first.start(), last.end()) if first and last else (start, start)
