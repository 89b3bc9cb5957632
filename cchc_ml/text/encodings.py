r"""Repair text in an old encoding, word by word, with a map back to the text as given.

A text may be half Unicode and half TCVN3: somebody pasted one into the other. So each word is judged on its own, and
the reading of a run of words is the one that makes most of them Vietnamese syllables. To change the reading costs
something, most inside a line, so that one foreign word ("Café") changes nothing. The search for the cheapest sequence
of readings is the algorithm of Viterbi; its work is linear in the length of the text.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

from .normalize import TONE_MARKS
from .old_fonts import (
    MISREAD_1258,
    TCVN3_LETTERS,
    UTF8_SEQUENCE,
    VNI_LETTERS,
    Mapped,
    from_misread_1258,
    from_mojibake,
    from_tcvn3,
    from_vni,
    mapped_nfc,
    to_tcvn3,
    to_vni,
)

__all__ = [
    "READABLE_PLAUSIBILITY",
    "SYLLABLE",
    "Repaired",
    "from_tcvn3",
    "from_vni",
    "mapped_nfc",
    "plausibility",
    "readings",
    "repair",
    "repair_tables",
    "repair_text",
    "to_tcvn3",
    "to_vni",
]

# Letters of Latin-1 that Vietnamese does not have, and symbols: a text without them is hardly ever in an old encoding.
SUSPECT_CHARACTERS = re.compile("[\u00a1-\u00be\u00c3-\u00c8\u00cb\u00ce-\u00d1\u00d6-\u00d8\u00db\u00dc\u00de\u00df\u00e4-\u00e7\u00eb\u00ee-\u00f1\u00f6-\u00f8\u00fb\u00fc\u00fe\u00ff]")  # fmt: skip
_SUSPECT_LETTER = re.compile("[\xa1-\xbf\xc4-\xc7\xe4-\xe7\xd6-\xd8\xf6-\xf8]")
# Letters that Latin-1 does not have. A word with one of them is Unicode already.
_UNICODE_LETTER = re.compile("[^\\W\\d_\x00-\xff]|[\u0300-\u036f]")

# The initials, vowels and finals that a Vietnamese syllable can have, without its tone.
SYLLABLE = re.compile(
    "(?:b|ch?|d|đ|gh?|gi|h|kh?|l|m|ngh?|nh?|ph?|qu|r|s|th?|tr|v|x)?"
    "(?:uyê|iêu|yêu|oai|oao|oay|oeo|uây|uôi|uya|uyu|ươi|ươu|[aeêioôơuưy]|[ăâ](?=.)|ai|ao|au|ay|âu|ây|eo|êu|ia|iê|yê|iu|oa|oă|"
    "oe|oi|oo|ôi|ơi|ua|uâ|uê|ui|uô|uơ|uy|ưa|ươ|ưi|ưu|uă|uao?|ue|uơ)(?:ch?|m|ng?|nh|p|t)?"
)
_TONE = re.compile(f"[{TONE_MARKS}]")
# A tone mark on the glide at the end of a syllable, in NFD: "xaõ" is "xã" in VNI, not a syllable of its own.
MISPLACED_TONE = re.compile("(?:[aeo][\u0302\u0306\u031b]?|(?<!g)i)[iouy][\u0300\u0301\u0303\u0309\u0323]$")
# An abbreviation: NĐ, ĐT, QĐ.
_CONSONANTS = re.compile("[bcdđghklmnpqrstvx]+")

# A word, with the Latin-1 characters in it that are letters in some old encoding.
_LETTER = "[^\\W\\d_]|[\u0300-\u036f]"
_TOKEN = re.compile(f"[\r\n]+|(?:{UTF8_SEQUENCE.pattern}|{_LETTER}|[\xa1-\xff])+")
_WORD = re.compile(f"(?:{_LETTER})+")
# Symbols that an old font draws as letters.
_SYMBOLS = frozenset(c for c in (*TCVN3_LETTERS, "µ") if not c.isalpha() or c == "µ")
# Those that are a word in TCVN3: à, á, ả, ạ, ô, ơ, ư, ì, Ô. The others are bullets, fractions and signs where they
# stand alone.
_SYMBOL_WORDS = frozenset("µ¸¶¹«¬\u00ad×¤")
_CAPITAL_SYMBOLS = frozenset("¡¢§£¥¦")
# A capital alone stands beside one of these: "Nguyễn Văn Đ.", "T.Ư", "ĐT-VT".
_JOINTS = frozenset(".-&/")
_UNIT = re.compile("µ[mglsFVAWSHt]")
# A longer word is none: it is not judged.
_MAX_WORD_CHARS = 40
# A text with a larger share of syllables is Vietnamese.
READABLE_PLAUSIBILITY = 0.9
# So many characters are judged at one time; a run of words may go on from one slice to the next.
_SLICE_CHARS = 65_536
_BLANK = re.compile("[ \t\r\n]")


class Repaired(NamedTuple):
    """A text as `repair` returns it.

    Attributes
    ----------
    text : str
        In Unicode, in NFC.
    origin : list of int or None
        For each character of `text`, and for its end, the offset in the original. None if nothing was changed.
    """

    text: str
    origin: list[int] | None


class _Reading(NamedTuple):
    """A way to read a run of words.

    Attributes
    ----------
    name : str
    convert : callable
        Converts text, with a map back.
    """

    name: str
    convert: Callable[[str], Mapped]


_AS_GIVEN = 0
_READINGS = (
    _Reading("as given", lambda text: (text, list(range(len(text) + 1)))),
    _Reading("TCVN3", from_tcvn3),
    _Reading("VNI", from_vni),
    _Reading("mojibake", from_mojibake),
    _Reading("Windows-1258", from_misread_1258),
)
_TCVN3 = 1

# The costs of a sequence of readings. A word that is not a syllable as it is given; the same after conversion; a UTF-8
# sequence that was misread, which hardly ever arises by chance; a word that must stay as it is.
_WRONG, _STILL_WRONG, _MISREAD, _NEVER = 10, 11, 20, 10_000
# To change the reading inside a line, there after a comma or the like, and between two lines or at the start of the
# text.
_CHANGE_IN_LINE, _CHANGE_AT_MARK, _CHANGE_OF_LINE = 8, 7, 3

_Costs = tuple[int, ...]
_NEUTRAL: _Costs = (0,) * len(_READINGS)


def _is_syllable(word: str) -> bool:
    apart = unicodedata.normalize("NFD", word.replace("ð", "đ"))
    plain, tones = _TONE.subn("", apart)
    if tones > 1 or MISPLACED_TONE.search(apart):
        return False
    return SYLLABLE.fullmatch(unicodedata.normalize("NFC", plain)) is not None


def _words(text: str) -> list[str]:
    """Return the words with letters beyond ASCII, in lower case."""
    return [word.lower() for word in _WORD.findall(text) if not word.isascii()]


def plausibility(text: str) -> float:
    """Return the share of Vietnamese syllables among the words that are not all ASCII; 1 if there is no such word.

    Examples
    --------
    >>> plausibility("Thủ tục hành chính"), plausibility("Thñ tôc hµnh chÝnh")
    (1.0, 0.5)
    """
    words = _words(text)
    return sum(map(_is_syllable, words)) / len(words) if words else 1.0


@lru_cache(maxsize=1 << 16)
def _costs(token: str) -> _Costs:
    """Return what each reading of a token costs."""
    if len(token) > _MAX_WORD_CHARS or token in _SYMBOLS or _UNIT.fullmatch(token):
        return _NEUTRAL
    if _UNICODE_LETTER.search(UTF8_SEQUENCE.sub("", token)):
        return (0, *[_NEVER] * (len(_READINGS) - 1))
    as_given = 0 if all(map(_is_syllable, _words(token))) else _WRONG
    if len(token) > 1 and not _SYMBOLS.isdisjoint(token):
        as_given = _WRONG
    costs = [as_given]
    for reading in _READINGS[1:]:
        fixed = unicodedata.normalize("NFC", reading.convert(token)[0])
        if fixed == token:
            costs.append(as_given)
            continue
        costs.append(0 if _reads_as_word(fixed) else _STILL_WRONG)
        if reading.convert is from_mojibake and not _SUSPECT_LETTER.search(fixed):
            costs[0], costs[-1] = as_given and _MISREAD, costs[-1] // 2
    return tuple(costs) if any(costs) else _NEUTRAL


def _reads_as_word(fixed: str) -> bool:
    """Whether a converted token has one word, which is a syllable, or only punctuation."""
    words = _WORD.findall(fixed)
    return len(words) < 2 and all(_is_syllable(word) or _CONSONANTS.fullmatch(word) for word in map(str.lower, words))


def _cheapest_readings(text: str, tokens: Sequence[re.Match[str]], reading: int) -> list[int]:
    """Return the number of the reading of each token. Line breaks are tokens too. `reading` is that of the text before."""
    states = range(len(_READINGS))
    totals = [_CHANGE_OF_LINE * (state != reading) for state in states]
    came_from = bytearray()
    change = _CHANGE_OF_LINE
    for before, token in zip([None, *tokens], tokens, strict=False):
        word = token[0]
        if before and change == _CHANGE_IN_LINE and not text[before.end() : token.start()].isspace():
            change = _CHANGE_AT_MARK
        if not word.isascii():
            cheapest = min(totals)
            best = totals.index(cheapest)
            if max(totals) > cheapest + change:
                came_from += bytes(state if totals[state] <= cheapest + change else best for state in states)
                totals = [min(total, cheapest + change) for total in totals]
            else:
                came_from += _STAYED
            totals = [total + cost - cheapest for total, cost in zip(totals, _costs(word), strict=True)]
            change = _CHANGE_IN_LINE
        else:
            came_from += _STAYED
            if word[0] in "\r\n":
                change = _CHANGE_OF_LINE
    state = totals.index(min(totals))
    chosen = [state] * len(tokens)
    for i in range(len(tokens) - 1, 0, -1):
        state = came_from[i * len(_READINGS) + state]
        chosen[i - 1] = state
    return chosen


_STAYED = bytes(range(len(_READINGS)))


class _Edit(NamedTuple):
    """A part of a text, what it becomes, and where each character of that came from."""

    start: int
    end: int
    text: str
    origin: Sequence[int]


@lru_cache(maxsize=1 << 16)
def _converted(word: str, reading: int) -> Mapped:
    return _READINGS[reading].convert(word)


def _slices(text: str) -> Iterator[tuple[int, int]]:
    """Yield start and end of slices of a text that end at white space: their words are held in memory at one time."""
    start = 0
    while start < len(text):
        space = _BLANK.search(text, start + _SLICE_CHARS)
        end = space.end() if space else len(text)
        yield start, end
        start = end


def _edits(text: str) -> Iterator[_Edit]:
    """Yield what is to be converted, from left to right."""
    reading = _AS_GIVEN
    for start, end in _slices(text):
        tokens = list(_TOKEN.finditer(text, start, end))
        if reading == _AS_GIVEN and all(_costs(token[0])[_AS_GIVEN] == 0 for token in tokens if not token[0].isascii()):
            continue
        readings = _cheapest_readings(text, tokens, reading)
        yield from _edits_of(text, tokens, readings)
        reading = readings[-1] if readings else reading


def _edits_of(text: str, tokens: Sequence[re.Match[str]], readings: Sequence[int]) -> list[_Edit]:
    edits: list[_Edit] = []
    line: list[tuple[str, int]] = []  # the words of a line, each with the number of its edit, or -1
    for token, reading in zip(tokens, readings, strict=True):
        word = token[0]
        if word[0] in "\r\n":
            _raise_capitals(line, edits)
            line = []
            continue
        edit = -1
        if reading != _AS_GIVEN and not word.isascii() and _is_convertible(text, token, reading):
            edit = len(edits)
            edits.append(_Edit(token.start(), token.end(), *_converted(word, reading)))
        if reading == _TCVN3:
            line.append((word, edit))
    _raise_capitals(line, edits)
    return edits


def _is_convertible(text: str, token: re.Match[str], reading: int) -> bool:
    """Whether to convert a token in a run of words that has this reading."""
    word = token[0]
    if word not in _SYMBOLS:
        costs = _costs(word)
        return costs[reading] < _STILL_WRONG or bool(costs[_AS_GIVEN])
    before, after = text[max(token.start() - 2, 0) : token.start()], text[token.end() : token.end() + 1]
    follows_number = before.strip()[-1:].isdecimal()
    before = before[-1:]
    if word == "®":  # the currency: 50.000 đ
        return follows_number
    if word in _SYMBOL_WORDS:
        return not follows_number
    return word in _CAPITAL_SYMBOLS and (before in _JOINTS or after in _JOINTS)


def _raise_capitals(line: Sequence[tuple[str, int]], edits: list[_Edit]) -> None:
    """Write the words of a TCVN3 line in capitals where the words around them are.

    The TCVN3 fonts have no capitals with a tone, so that "CỘNG HÒA" is typed with small letters in it. Only a word
    with two ASCII capitals shows that all of it is in capitals: the one of "Tổ" may begin a sentence.
    """
    shown = [_shows_capitals(word) for word, _ in line]
    if True not in shown:
        return
    before = _carried(shown)
    after = _carried(shown[::-1])[::-1]
    for (_, number), here, *around in zip(line, shown, before, after, strict=True):
        in_capitals = here if here is not None else (False not in around and True in around)
        if in_capitals and number >= 0 and len(edits[number].text.upper()) == len(edits[number].text):
            edits[number] = edits[number]._replace(text=edits[number].text.upper())


def _shows_capitals(word: str) -> bool | None:
    """Whether a word is in capitals; None if it does not show it."""
    letters = [c for c in word if c.isascii() and c.isalpha()]
    if any(c.islower() for c in letters):
        return False
    return True if len(letters) > 1 else None


def _carried(shown: Iterable[bool | None]) -> list[bool | None]:
    """Return for each place the last value that was shown up to it."""
    carried, last = [], None
    for value in shown:
        last = value if value is not None else last
        carried.append(last)
    return carried


def _may_need_repair(text: str) -> bool:
    """Whether a text has suspect characters, or letters beyond ASCII but none beyond Latin-1."""
    return bool(SUSPECT_CHARACTERS.search(text)) or not (text.isascii() or _UNICODE_LETTER.search(text))


def repair(text: str) -> Repaired:
    r"""Return `text` in NFC, converted where it is in an old encoding, and where each character was.

    The encodings are TCVN3, VNI, UTF-8 read as Windows-1252, and Windows-1258 read as Windows-1252. A word with a
    letter beyond Latin-1 is never converted.

    Examples
    --------
    >>> repair("Thuû tuïc haønh chính").text, repair("Thñ tôc hµnh chÝnh").text
    ('Thủ tục hành chính', 'Thủ tục hành chính')
    >>> repair("Thá»§ tá»¥c hÃ\xa0nh chÃ\xadnh").text
    'Thủ tục hành chính'
    >>> repair("Đến nay, bé phËn mét cöa trả 97% hồ sơ").text
    'Đến nay, bộ phận một cửa trả 97% hồ sơ'
    >>> repair("Café Zürich, Thủ tục")
    Repaired(text='Café Zürich, Thủ tục', origin=None)
    >>> repair("xa\u0303!")
    Repaired(text='xã!', origin=[0, 1, 3, 4])
    """
    edits = list(_edits(text)) if _may_need_repair(text) else []
    if not edits and unicodedata.is_normalized("NFC", text):
        return Repaired(text, None)
    parts: list[str] = []
    origin: list[int] = []
    last = 0
    for start, end, converted, places in edits:
        parts += text[last:start], converted
        origin.extend(range(last, start))
        origin.extend(start + place for place in places[:-1])
        last = end
    parts.append(text[last:])
    origin.extend(range(last, len(text) + 1))
    normal, back = mapped_nfc("".join(parts))
    return Repaired(normal, None if normal == text else [origin[i] for i in back])


def repair_text(text: str) -> str:
    """Return the text of `repair` alone. For the text of a whole file this needs much less memory."""
    parts: list[str] = []
    last = 0
    for start, end, converted, _ in _edits(text) if _may_need_repair(text) else ():
        parts += text[last:start], converted
        last = end
    return unicodedata.normalize("NFC", "".join(parts) + text[last:])


def readings(text: str) -> tuple[str, ...]:
    """Return what a text says in each of the old encodings. Most readings are nonsense.

    This is for text that is too short for `repair`, such as the name of a column: the caller knows what it may say.

    Examples
    --------
    >>> "Nội dung" in readings("Néi dung"), "Ngày đăng" in readings("Ngaøy ñaêng")
    (True, True)
    """
    return tuple(reading.convert(text)[0] for reading in _READINGS[1:])


def repair_tables() -> dict[str, Any]:
    """Return the tables, patterns and costs of `repair`, for a program in another language."""
    return {
        "tcvn3": TCVN3_LETTERS,
        "vni": VNI_LETTERS,
        "misread1258": MISREAD_1258,
        "utf8": UTF8_SEQUENCE.pattern,
        "suspect": SUSPECT_CHARACTERS.pattern,
        "suspectLetter": _SUSPECT_LETTER.pattern,
        "syllable": SYLLABLE.pattern,
        "misplacedTone": MISPLACED_TONE.pattern,
        "consonants": _CONSONANTS.pattern,
        "unit": _UNIT.pattern,
        "symbols": "".join(sorted(_SYMBOLS)),
        "symbolWords": "".join(sorted(_SYMBOL_WORDS)),
        "capitalSymbols": "".join(sorted(_CAPITAL_SYMBOLS)),
        "joints": "".join(sorted(_JOINTS)),
        "maxWord": _MAX_WORD_CHARS,
        "costs": {
            "wrong": _WRONG,
            "stillWrong": _STILL_WRONG,
            "misread": _MISREAD,
            "never": _NEVER,
            "inLine": _CHANGE_IN_LINE,
            "atMark": _CHANGE_AT_MARK,
            "ofLine": _CHANGE_OF_LINE,
        },
    }
