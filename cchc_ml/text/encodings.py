"""From bytes, and from the encodings of the old Vietnamese fonts, to Unicode, with a map back to what was given.

TCVN3 (ABC) gives each letter one byte; its fonts draw, say, µ as à. VNI writes a vowel and a mark of its own behind it. Text
in either turns up as bytes, and as Latin-1 letters in files that were saved as Unicode since. Both tables are those of the
fonts .VnTime and VNI-Times.
"""

from __future__ import annotations

import codecs
import re
import unicodedata
from collections.abc import Callable
from itertools import pairwise

__all__ = [
    "SUSPECT_CHARACTERS",
    "SYLLABLE",
    "TCVN3_LETTERS",
    "VNI_LETTERS",
    "from_tcvn3",
    "from_vni",
    "mapped_nfc",
    "plausibility",
    "repair",
    "sniff",
    "tidy",
    "to_tcvn3",
    "to_vni",
]

# Text, and for each of its characters and for its end the offset in the original.
Mapped = tuple[str, list[int]]

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
    # A capital takes a capital mark, or a small one from a careless keyboard.
    for key, letter in list(table.items()):
        table[key.upper()] = table[key[0].upper() + key[1:]] = letter.upper()
    return table


VNI_LETTERS = _vni_table()
_TCVN3_CHARACTER = re.compile("|".join(map(re.escape, TCVN3_LETTERS)))
_VNI_CHARACTER = re.compile("|".join(map(re.escape, sorted(VNI_LETTERS, key=len, reverse=True))))
_TO_TCVN3 = {letter: key for key, letter in TCVN3_LETTERS.items()}
# Of the two ways to write a capital the wholly capital one; a small letter has but one.
_TO_VNI = {
    letter: key for key, letter in sorted(VNI_LETTERS.items(), key=lambda pair: pair[0] in (pair[0].upper(), pair[0].lower()))
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
    """Convert text of the TCVN3 (ABC) fonts.

    Examples
    --------
    >>> from_tcvn3("C¶i c¸ch hµnh chÝnh")[0]
    'Cải cách hành chính'
    """
    return _replace(_TCVN3_CHARACTER, TCVN3_LETTERS, text)


def from_vni(text: str) -> Mapped:
    """Convert text of the VNI fonts.

    Examples
    --------
    >>> from_vni("Caûi caùch haønh chính")[0]
    'Cải cách hành chính'
    """
    return _replace(_VNI_CHARACTER, VNI_LETTERS, text)


def to_tcvn3(text: str) -> str:
    """Write NFC text for the TCVN3 fonts; capitals with a tone, which those fonts have not, become small letters."""
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
            data.append(ord(c))  # the five bytes that Windows-1252 leaves out pass as they are
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
    """Return `text` in NFC with its map back.

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
_TONES = re.compile("[\u0300\u0301\u0303\u0309\u0323]")
SYLLABLE = re.compile(
    "(?:b|ch?|d|đ|gh?|gi|h|kh?|l|m|ngh?|nh?|ph?|qu|r|s|th?|tr|v|x)?"
    "(?:uyê|iêu|yêu|oai|oao|oay|oeo|uây|uôi|uya|uyu|ươi|ươu|[aăâeêioôơuưy]|ai|ao|au|ay|âu|ây|eo|êu|ia|iê|yê|iu|oa|oă|oe|oi|oo|ôi|ơi|"
    "ua|uâ|uê|ui|uô|uơ|uy|ưa|ươ|ưi|ưu|uă|uao?|ue|uơ)(?:ch?|m|ng?|nh|p|t)?"
)


def _is_syllable(word: str) -> bool:
    plain, tones = _TONES.subn("", unicodedata.normalize("NFD", word))
    return tones <= 1 and SYLLABLE.fullmatch(unicodedata.normalize("NFC", plain)) is not None


def plausibility(text: str) -> float:
    """Return which share of the words with letters beyond ASCII could be Vietnamese syllables; 1 where there is no such word."""
    words = [word.lower() for word in _WORD.findall(text) if not word.isascii()]
    return sum(map(_is_syllable, words)) / len(words) if words else 1.0


_READINGS: tuple[Callable[[str], Mapped], ...] = (_from_mojibake, from_tcvn3, from_vni)
SUSPECT_CHARACTERS = re.compile("[\u00a1-\u00be\u00c3-\u00c8\u00cb\u00ce-\u00d1\u00d6-\u00d8\u00db\u00dc\u00de\u00df\u00e4-\u00e7\u00eb\u00ee-\u00f1\u00f6-\u00f8\u00fb\u00fc\u00fe\u00ff]")  # fmt: skip


def repair(text: str) -> Mapped:
    r"""Return `text` in NFC, converted where it is TCVN3, VNI or UTF-8 read as Windows-1252, with its map back.

    Text is converted only where it has letters that Vietnamese has not, hardly any of its words is Vietnamese, and
    nearly every word of one reading is.

    Examples
    --------
    >>> repair("Thuû tuïc haønh chính")[0], repair("Thñ tôc hµnh chÝnh")[0], repair("Thá»§ tá»¥c hÃ\xa0nh chÃ\xadnh")[0]
    ('Thủ tục hành chính', 'Thủ tục hành chính', 'Thủ tục hành chính')
    >>> repair("Café Zürich, Thủ tục")[0]
    'Café Zürich, Thủ tục'
    """
    if SUSPECT_CHARACTERS.search(text) and plausibility(text) < 0.7:
        fixed, origin = max((reading(text) for reading in _READINGS), key=lambda mapped: plausibility(mapped[0]))
        if plausibility(fixed) > 0.9:
            normal, back = mapped_nfc(fixed)
            return normal, [origin[i] for i in back]
    return mapped_nfc(text)


def tidy(text: str) -> tuple[str, list[int] | None]:
    """As `repair`, but without a map where nothing was changed."""
    if unicodedata.is_normalized("NFC", text) and not SUSPECT_CHARACTERS.search(text):
        return text, None
    fixed, origin = repair(text)
    return fixed, None if fixed == text else origin


def sniff(head: bytes) -> str | None:
    """Return the codec of a text from its first bytes, or None where they are no text: the caller repairs what it decodes.

    UTF-8 and UTF-16 with or without a mark, Windows-1258, and Windows-1252 for the old fonts.
    """
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16"
    if b"\0" in head:
        zeros = [head[i::2].count(0) for i in (0, 1)]
        if len(head) >= 16 and max(zeros) > 0.3 * len(head) / 2 and min(zeros) < 0.05 * len(head) / 2:
            return "utf-16-be" if zeros[0] > zeros[1] else "utf-16-le"
        return None
    try:
        codecs.getincrementaldecoder("utf8")().decode(head)  # a letter may be cut at the end of the head
    except UnicodeDecodeError:
        return _sniff_single_byte(head)
    return "utf-8-sig"


def _sniff_single_byte(head: bytes) -> str | None:
    old = head.decode("latin-1")
    if plausibility(repair(old)[0]) > 0.9:
        return "latin-1"
    try:
        text = unicodedata.normalize("NFC", head.decode("cp1258"))
    except UnicodeDecodeError:
        return None
    return "cp1258" if plausibility(text) > 0.9 else None
