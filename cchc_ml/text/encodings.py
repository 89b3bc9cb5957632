"""Repair text in the encodings of old Vietnamese fonts, and recognise the encoding of bytes.

TCVN3 (ABC) has one byte for each letter; in its fonts µ looks like à. VNI writes a vowel and then its mark as a second
character. Such text occurs as bytes, and as Latin-1 letters in files that were later saved as Unicode. Both tables
are those of the fonts .VnTime and VNI-Times.
"""

from __future__ import annotations

import codecs
import re
import unicodedata
from collections.abc import Callable
from itertools import pairwise
from typing import NamedTuple

from .normalize import TONE_MARKS

# A text, and for each of its characters and for its end the offset in the original.
Mapped = tuple[str, list[int]]


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


# The two tables: from how a letter is written in the old encoding to the letter.
TCVN3_LETTERS = dict(
    zip(
        "µ¸¶·¹¨»¾¼½Æ©ÇÊÈÉË®ÌÐÎÏÑªÒÕÓÔÖ×ÝØÜÞßãáâä«åèæçé¬êíëìîïóñòô\u00adõøö÷ùúýûüþ¡¢§£¤¥¦",
        "àáảãạăằắẳẵặâầấẩẫậđèéẻẽẹêềếểễệìíỉĩịòóỏõọôồốổỗộơờớởỡợùúủũụưừứửữựỳýỷỹỵĂÂĐÊÔƠƯ",
        strict=True,
    )
)

_VNI_MARKS = {"ø": "\u0300", "ù": "\u0301", "û": "\u0309", "õ": "\u0303", "ï": "\u0323"}
_VNI_HAT = {"â": "", "à": "\u0300", "á": "\u0301", "å": "\u0309", "ã": "\u0303", "ä": "\u0323"}
_VNI_BREVE = {"ê": "", "è": "\u0300", "é": "\u0301", "ú": "\u0309", "ü": "\u0303", "ë": "\u0323"}
_VNI_SINGLE = {"ì": "ì", "í": "í", "æ": "ỉ", "ó": "ĩ", "ò": "ị", "î": "ỵ", "ñ": "đ", "ô": "ơ", "ö": "ư"}


def _vni_table() -> dict[str, str]:
    table = dict(_VNI_SINGLE)
    for vowel in "aeouy":
        table |= {vowel + mark: vowel + tone for mark, tone in _VNI_MARKS.items()}
    for vowel in "aeo":
        table |= {vowel + mark: vowel + "\u0302" + tone for mark, tone in _VNI_HAT.items()}
    table |= {"a" + mark: "a\u0306" + tone for mark, tone in _VNI_BREVE.items()}
    for key, vowel in (("ô", "ơ"), ("ö", "ư")):
        table |= {key + mark: vowel + tone for mark, tone in _VNI_MARKS.items()}
    table = {key: unicodedata.normalize("NFC", letter) for key, letter in table.items()}
    # A capital letter is followed by a capital mark, or by a small one if the typist was careless.
    for key, letter in list(table.items()):
        table[key.upper()] = table[key[0].upper() + key[1:]] = letter.upper()
    return table


VNI_LETTERS = _vni_table()
_TCVN3_CHARACTER = re.compile("|".join(map(re.escape, TCVN3_LETTERS)))
_VNI_CHARACTER = re.compile("|".join(map(re.escape, sorted(VNI_LETTERS, key=len, reverse=True))))
_TO_TCVN3 = {letter: key for key, letter in TCVN3_LETTERS.items()}
# A capital can be written in two ways; the one with a capital mark is taken. A small letter has one way.
_TO_VNI = {
    letter: key
    for key, letter in sorted(VNI_LETTERS.items(), key=lambda pair: pair[0] in (pair[0].upper(), pair[0].lower()))
}


def _replace(pattern: re.Pattern[str], table: dict[str, str], text: str) -> Mapped:
    parts: list[str] = []
    origin: list[int] = []
    last = 0
    for match in pattern.finditer(text):
        parts.append(text[last : match.start()])
        origin.extend(range(last, match.start()))
        parts.append(table[match[0]])
        origin.extend([match.start()] * len(table[match[0]]))
        last = match.end()
    parts.append(text[last:])
    origin.extend(range(last, len(text) + 1))
    return "".join(parts), origin


def from_tcvn3(text: str) -> Mapped:
    """Convert text written for the TCVN3 (ABC) fonts.

    Examples
    --------
    >>> from_tcvn3("C¶i c¸ch hµnh chÝnh")[0]
    'Cải cách hành chính'
    """
    return _replace(_TCVN3_CHARACTER, TCVN3_LETTERS, text)


def from_vni(text: str) -> Mapped:
    """Convert text written for the VNI fonts.

    Examples
    --------
    >>> from_vni("Caûi caùch haønh chính")[0]
    'Cải cách hành chính'
    """
    return _replace(_VNI_CHARACTER, VNI_LETTERS, text)


def to_tcvn3(text: str) -> str:
    """Write NFC text for the TCVN3 fonts. These have no capitals with a tone, so such letters become small."""
    return "".join(_TO_TCVN3.get(c) or _TO_TCVN3.get(c.lower(), c) for c in text)


def to_vni(text: str) -> str:
    """Write NFC text for the VNI fonts."""
    return "".join(_TO_VNI.get(c, c) for c in text)


def _from_mojibake(text: str) -> Mapped:
    """Undo UTF-8 that was read as Windows-1252."""
    data = bytearray()
    for c in text:
        try:
            data += c.encode("cp1252")
        except UnicodeEncodeError:
            if ord(c) > 255:
                return text, list(range(len(text) + 1))
            data.append(ord(c))  # Windows-1252 does not define five bytes; they are kept as they are
    try:
        fixed = data.decode("utf8")
    except UnicodeDecodeError:
        return text, list(range(len(text) + 1))
    origin, place = [], 0
    for c in fixed:
        origin.append(place)
        place += len(c.encode("utf8"))
    return fixed, [*origin, place]


def mapped_nfc(text: str) -> Mapped:
    """Return `text` in NFC, and for each character its offset in the original.

    Examples
    --------
    >>> mapped_nfc("xa\u0303!")
    ('xã!', [0, 1, 3, 4])
    """
    if unicodedata.is_normalized("NFC", text):
        return text, list(range(len(text) + 1))
    parts, origin = [], []
    starts = [i for i, c in enumerate(text) if i == 0 or not unicodedata.combining(c)] + [len(text)]
    for a, b in pairwise(starts):
        part = unicodedata.normalize("NFC", text[a:b])
        parts.append(part)
        origin.extend([a] * len(part))
    return "".join(parts), [*origin, len(text)]


_WORD = re.compile(r"[^\W\d_]+|[^\x00-\x7f\s“”‘’–—…•]")
_TONE = re.compile(f"[{TONE_MARKS}]")
# The initials, vowels and finals that a Vietnamese syllable can have, without its tone.
SYLLABLE = re.compile(
    "(?:b|ch?|d|đ|gh?|gi|h|kh?|l|m|ngh?|nh?|ph?|qu|r|s|th?|tr|v|x)?"
    "(?:uyê|iêu|yêu|oai|oao|oay|oeo|uây|uôi|uya|uyu|ươi|ươu|[aăâeêioôơuưy]|ai|ao|au|ay|âu|ây|eo|êu|ia|iê|yê|iu|oa|oă|oe|oi|oo|ôi|ơi|"
    "ua|uâ|uê|ui|uô|uơ|uy|ưa|ươ|ưi|ưu|uă|uao?|ue|uơ)(?:ch?|m|ng?|nh|p|t)?"
)


def _is_syllable(word: str) -> bool:
    plain, tones = _TONE.subn("", unicodedata.normalize("NFD", word))
    return tones <= 1 and SYLLABLE.fullmatch(unicodedata.normalize("NFC", plain)) is not None


def plausibility(text: str) -> float:
    """Return the share of Vietnamese syllables among the words that are not all ASCII; 1 if there is no such word.

    Examples
    --------
    >>> plausibility("Thủ tục hành chính"), plausibility("Thñ tôc hµnh chÝnh")
    (1.0, 0.5)
    """
    words = [word.lower() for word in _WORD.findall(text) if not word.isascii()]
    return sum(map(_is_syllable, words)) / len(words) if words else 1.0


_READINGS: tuple[Callable[[str], Mapped], ...] = (_from_mojibake, from_tcvn3, from_vni)
# Letters of Latin-1 that Vietnamese does not have. Text in an old encoding has some of them.
SUSPECT_CHARACTERS = re.compile("[\u00a1-\u00be\u00c3-\u00c8\u00cb\u00ce-\u00d1\u00d6-\u00d8\u00db\u00dc\u00de\u00df\u00e4-\u00e7\u00eb\u00ee-\u00f1\u00f6-\u00f8\u00fb\u00fc\u00fe\u00ff]")  # fmt: skip
# A text is converted only if its plausibility is below the first, and that of its best reading above the second.
BROKEN_PLAUSIBILITY = 0.7
READABLE_PLAUSIBILITY = 0.9


def repair(text: str) -> Repaired:
    r"""Return `text` in NFC, converted if it is TCVN3, VNI or UTF-8 read as Windows-1252, and where each character was.

    A text is converted only if it has letters that Vietnamese does not have, few of its words are Vietnamese, and
    nearly every word of one of the three readings is.

    Examples
    --------
    >>> repair("Thuû tuïc haønh chính").text, repair("Thñ tôc hµnh chÝnh").text
    ('Thủ tục hành chính', 'Thủ tục hành chính')
    >>> repair("Thá»§ tá»¥c hÃ\xa0nh chÃ\xadnh").text
    'Thủ tục hành chính'
    >>> repair("Café Zürich, Thủ tục")
    Repaired(text='Café Zürich, Thủ tục', origin=None)
    >>> repair("xa\u0303!")
    Repaired(text='xã!', origin=[0, 1, 3, 4])
    """
    suspect = SUSPECT_CHARACTERS.search(text) is not None
    if not suspect and unicodedata.is_normalized("NFC", text):
        return Repaired(text, None)
    repaired, origin = _converted(text) if suspect else mapped_nfc(text)
    return Repaired(repaired, None if repaired == text else origin)


def _converted(text: str) -> Mapped:
    """Return the most plausible reading of a text that may be in an old encoding, in NFC."""
    if plausibility(text) < BROKEN_PLAUSIBILITY:
        reading, origin = max((read(text) for read in _READINGS), key=lambda mapped: plausibility(mapped[0]))
        if plausibility(reading) > READABLE_PLAUSIBILITY:
            normal, place = mapped_nfc(reading)
            return normal, [origin[i] for i in place]
    return mapped_nfc(text)


# UTF-16 without a byte order mark is recognised in at least this many bytes: one byte of each pair is often 0, the
# other rarely.
_UTF16_MIN_BYTES = 16
_UTF16_ZEROS_MIN, _UTF16_ZEROS_MAX = 0.3, 0.05


def sniff(head: bytes) -> str | None:
    r"""Return the codec of a text from its first bytes, or None if they are not text.

    It knows UTF-8 and UTF-16, with or without a byte order mark, Windows-1258, and Latin-1 for the old fonts. The
    caller repairs the decoded text with `repair`.

    Examples
    --------
    >>> sniff("Cải cách".encode("utf-16")), sniff(b"\x89PNG\r\n\x1a\n\0")
    ('utf-16', None)
    """
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16"
    if b"\0" in head:
        zeros = [head[i::2].count(0) for i in (0, 1)]
        pairs = len(head) / 2
        if (
            len(head) >= _UTF16_MIN_BYTES
            and max(zeros) > _UTF16_ZEROS_MIN * pairs
            and min(zeros) < _UTF16_ZEROS_MAX * pairs
        ):
            return "utf-16-be" if zeros[0] > zeros[1] else "utf-16-le"
        return None
    try:
        codecs.getincrementaldecoder("utf8")().decode(head)  # incremental: the last character may be cut
    except UnicodeDecodeError:
        return _sniff_single_byte(head)
    return "utf-8-sig"


def _sniff_single_byte(head: bytes) -> str | None:
    if plausibility(repair(head.decode("latin-1")).text) > READABLE_PLAUSIBILITY:
        return "latin-1"
    try:
        text = unicodedata.normalize("NFC", head.decode("cp1258"))
    except UnicodeDecodeError:
        return None
    return "cp1258" if plausibility(text) > READABLE_PLAUSIBILITY else None
