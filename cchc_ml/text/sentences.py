"""Split a paragraph into sentences, with their offsets."""

from __future__ import annotations

import re

# A full stop after one of these belongs to the word.
ABBREVIATIONS = frozenset(
    "tp tt tx ths th ts pgs gs bs ks cn nd nđ đc đ/c tr stt ttg cp v.v vv vd tk st mr mrs dr co ltd no kv kp".split()  # noqa: SIM905
)
# A stop with its closing quotation marks, before white space or directly before a letter; or the end of a line. The
# pattern begins with a set of characters, because `re` searches for such a set fast.
_STOP = re.compile(
    r"""[.!?…\r\n\u2028\u2029](?:
        (?<=[\r\n\u2028\u2029])[\r\n\u2028\u2029]*+
        |(?<![.!?…]{2})[.!?…]*+["'”’»)\]]*+(?:(?=\s+\S)|(?=["'“‘«(\[]*([^\W\d_])))
    )""",
    re.VERBOSE,
)
_LAST_WORD = re.compile(r"(?:.*[\s(\[“\"‘'«])?(.*)", re.DOTALL)
# No abbreviation or item number is longer. Only so many characters before a full stop are looked at.
_LAST_WORD_CHARS = 20


def split_sentences(text: str) -> list[tuple[int, int]]:
    """Return the (start, end) offsets of the sentences of `text`, in order, without white space around them.

    Case is ignored, so that upper-case text splits like lower-case text. Exception: if there is no space after a full
    stop, the next letter must be a capital. A text of white space has no sentence.

    Examples
    --------
    >>> text = "Ông Lê V. Tám ở TP. Vinh đã nộp hồ sơ. Xã trả trước hạn.Ông mừng."
    >>> [text[a:b] for a, b in split_sentences(text)]
    ['Ông Lê V. Tám ở TP. Vinh đã nộp hồ sơ.', 'Xã trả trước hạn.', 'Ông mừng.']
    """
    sentences: list[tuple[int, int]] = []
    start = 0

    def add(end: int) -> None:
        piece = text[start:end]
        if stripped := piece.lstrip():
            sentences.append((end - len(stripped), start + len(piece.rstrip())))

    for match in _STOP.finditer(text):
        at, end = match.span()
        if match[1] and not _ends_before_letter(text, at, match):
            continue
        if end == at + 1 and text[at] == "." and _belongs_to_word(text, start, at):
            continue
        add(end)
        start = end
    add(len(text))
    return sentences


def _ends_before_letter(text: str, at: int, match: re.Match[str]) -> bool:
    """Return whether a sentence ends at a stop without a space behind it.

    It ends before a capital only, and not inside "TP.HCM" or "VOV.VN".
    """
    between_capitals = text[at - 1 : at].isupper() and text[match.end(1) : match.end(1) + 1].isupper()
    return match[1].isupper() and not between_capitals


def _belongs_to_word(text: str, start: int, at: int) -> bool:
    """Return whether the full stop at `at` does not end the sentence that begins at `start`.

    It does not after an initial, an abbreviation, or the number of an item ("1. Về thể chế").
    """
    last = _LAST_WORD.match(text, max(start, at - _LAST_WORD_CHARS), at)
    word = last[1].casefold() if last else ""
    if (len(word) == 1 and word.isalpha()) or word in ABBREVIATIONS:
        return True
    return word.isdigit() and at - start < _LAST_WORD_CHARS and text[start:at].strip() == word
