"""Split a paragraph into sentences, with their offsets."""

from __future__ import annotations

import re

__all__ = ["ABBREVIATIONS", "split_sentences"]

# A full stop after these is part of the word.
ABBREVIATIONS = frozenset(
    "tp tt tx ths th ts pgs gs bs ks cn nd nđ đc đ/c tr stt ttg cp v.v vv vd tk st mr mrs dr co ltd no kv kp".split()  # noqa: SIM905
)
# A stop with its closing quotes, before white space or at once before a letter; or the end of a line. It begins with a set of
# characters, which `re` looks for fast.
_STOP = re.compile(
    r"""[.!?…\r\n\u2028\u2029](?:
        (?<=[\r\n\u2028\u2029])[\r\n\u2028\u2029]*+
        |(?<![.!?…]{2})[.!?…]*+["'”’»)\]]*+(?:(?=\s+\S)|(?=["'“‘«(\[]*([^\W\d_])))
    )""",
    re.VERBOSE,
)
_LAST_WORD = re.compile(r"(?:.*[\s(\[“\"‘'«])?(.*)", re.DOTALL)


def split_sentences(text: str) -> list[tuple[int, int]]:
    """Return the (start, end) offsets of the sentences of `text`, in order, white space trimmed.

    The rule looks at no letter's case but where the space after a full stop is missing, so that a text in capitals splits
    where the same text in small letters does. Text that is all white space has no sentence.

    Examples
    --------
    >>> text = "Ông Lê V. Tám ở TP. Vinh đã nộp hồ sơ. Xã trả trước hạn.Ông mừng."
    >>> [text[a:b] for a, b in split_sentences(text)]
    ['Ông Lê V. Tám ở TP. Vinh đã nộp hồ sơ.', 'Xã trả trước hạn.', 'Ông mừng.']
    """
    found: list[tuple[int, int]] = []
    start = 0

    def add(end: int) -> None:
        piece = text[start:end]
        if left := piece.lstrip():
            found.append((end - len(left), start + len(piece.rstrip())))

    for match in _STOP.finditer(text):
        at, end = match.span()
        # Where the space is missing, a sentence ends only before a capital, and not inside "TP.HCM" or "VOV.VN".
        if match[1]:
            inside = text[at - 1 : at].isupper() and text[match.end(1) : match.end(1) + 1].isupper()
            if inside or not match[1].isupper():
                continue
        if end == at + 1 and text[at] == ".":
            last = _LAST_WORD.match(text, max(start, at - 20), at)
            word = last[1].casefold() if last else ""
            # An initial, an abbreviation, or the number of an item ("1. Về thể chế") ends no sentence.
            if (len(word) == 1 and word.isalpha()) or word in ABBREVIATIONS:
                continue
            if word.isdigit() and at - start < 20 and text[start:at].strip() == word:
                continue
        add(end)
        start = end
    add(len(text))
    return found
