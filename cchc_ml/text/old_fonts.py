"""Convert letters of the old Vietnamese fonts, and misread bytes, to Unicode, with a map back to the text as given.

TCVN3 (ABC) has one byte for each letter; in its fonts µ looks like à. VNI writes a vowel and then its mark as a second
character. Such text occurs as bytes, and as Latin-1 letters in files that were later saved as Unicode. Both tables
are those of the fonts .VnTime and VNI-Times. `cchc_ml.text.encodings` decides what is to be converted.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from itertools import pairwise

__all__ = [
    "MISREAD_1258",
    "TCVN3_LETTERS",
    "UTF8_SEQUENCE",
    "VNI_LETTERS",
    "WINDOWS_1252",
    "Mapped",
    "from_misread_1258",
    "from_mojibake",
    "from_tcvn3",
    "from_vni",
    "mapped_nfc",
    "to_tcvn3",
    "to_vni",
]

# A text, and for each of its characters and for its end the offset in the original.
Mapped = tuple[str, list[int]]

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
# The letters that Windows-1258 has where Windows-1252 has others; five of them are combining tone marks.
MISREAD_1258 = dict(zip("ÌìÒÞòÃãÐðÕõÝý", "\u0300\u0301\u0309\u0303\u0323ĂăĐđƠơƯư", strict=True))
# The bytes of 0x80 to 0x9f as Windows-1252 reads them. Latin-1 reads them as control characters.
WINDOWS_1252 = {byte: bytes([byte]).decode("cp1252", "ignore") or chr(byte) for byte in range(0x80, 0xA0)}
_BYTE_OF = {c: byte for byte, c in WINDOWS_1252.items()}
_TRAIL = f"[\x80-\xbf{''.join(c for c in _BYTE_OF if c > chr(0xFF))}]"
# Two to four characters that may be the bytes of one UTF-8 letter.
UTF8_SEQUENCE = re.compile(f"[\xc2-\xdf]{_TRAIL}|[\xe0-\xef]{_TRAIL}{{2}}|[\xf0-\xf4]{_TRAIL}{{3}}")
_1258_CHARACTER = re.compile(f"[{''.join(MISREAD_1258)}]")
_TCVN3_CHARACTER = re.compile("|".join(map(re.escape, TCVN3_LETTERS)))
_VNI_CHARACTER = re.compile("|".join(map(re.escape, sorted(VNI_LETTERS, key=len, reverse=True))))
_TO_TCVN3 = {letter: key for key, letter in TCVN3_LETTERS.items()}
# A capital can be written in two ways; the one with a capital mark is taken. A small letter has one way.
_TO_VNI = {
    letter: key
    for key, letter in sorted(VNI_LETTERS.items(), key=lambda pair: pair[0] in (pair[0].upper(), pair[0].lower()))
}


def _replace(pattern: re.Pattern[str], change: Callable[[str], str], text: str) -> Mapped:
    parts: list[str] = []
    origin: list[int] = []
    last = 0
    for match in pattern.finditer(text):
        parts.append(text[last : match.start()])
        origin.extend(range(last, match.start()))
        new = change(match[0])
        parts.append(new)
        origin.extend([match.start()] * len(new))
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
    return _replace(_TCVN3_CHARACTER, TCVN3_LETTERS.__getitem__, text)


def from_vni(text: str) -> Mapped:
    """Convert text written for the VNI fonts.

    Examples
    --------
    >>> from_vni("Caûi caùch haønh chính")[0]
    'Cải cách hành chính'
    """
    return _replace(_VNI_CHARACTER, VNI_LETTERS.__getitem__, text)


def to_tcvn3(text: str) -> str:
    """Write NFC text for the TCVN3 fonts. These have no capitals with a tone, so such letters become small."""
    return "".join(_TO_TCVN3.get(c) or _TO_TCVN3.get(c.lower(), c) for c in text)


def to_vni(text: str) -> str:
    """Write NFC text for the VNI fonts."""
    return "".join(_TO_VNI.get(c, c) for c in text)


def from_mojibake(text: str) -> Mapped:
    r"""Convert each UTF-8 sequence whose bytes were read as Windows-1252 or Latin-1; other characters stay.

    Examples
    --------
    >>> from_mojibake("Thá»§ tá»¥c")[0], from_mojibake("â€œXã")[0]
    ('Thủ tục', '“Xã')
    """
    return _replace(UTF8_SEQUENCE, _decoded, text)


def _decoded(sequence: str) -> str:
    data = bytes(_BYTE_OF.get(c) or ord(c) for c in sequence)
    return data.decode("utf8", "ignore") or sequence


def from_misread_1258(text: str) -> Mapped:
    """Convert text in Windows-1258 that was read as Windows-1252. Tone marks become combining marks.

    Examples
    --------
    >>> unicodedata.normalize("NFC", from_misread_1258("caÒi caìch")[0])
    'cải cách'
    """
    return _replace(_1258_CHARACTER, MISREAD_1258.__getitem__, text)


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
