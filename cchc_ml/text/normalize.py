"""Pure functions on strings: one spelling for matching, and the spellings that a term occurs in."""

from __future__ import annotations

import re
import unicodedata

__all__ = [
    "FINAL_I_OR_Y",
    "GLIDE_RHYME",
    "INVISIBLE",
    "TONE_MARKS",
    "is_undiacritized",
    "lower",
    "move_tones",
    "normalise",
    "printable",
    "spellings",
    "strip_diacritics",
    "swap_i_y",
]

# What a text may hold that is not seen: soft hyphens, marks of direction, joiners.
INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u2060\ufeff]")
# Control characters except tab and line breaks, halves of characters (surrogates), and noncharacters.
_UNPRINTABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
_GAP = re.compile(r"[\W_]+")

TONE_MARKS = "\u0300\u0301\u0303\u0309\u0323"
# An open syllable in oa, oe, uy takes its tone mark on either vowel: hòa and hoà, thủy and thuỷ, quý and qúy.
GLIDE_RHYME = re.compile(rf"(o)([{TONE_MARKS}]?)([ae])([{TONE_MARKS}]?)$|(u)([{TONE_MARKS}]?)(y)([{TONE_MARKS}]?)$")
# After these initials, and after "qu", a final i and y are one vowel: kỹ and kĩ, lý and lí, quý and quí.
FINAL_I_OR_Y = re.compile(rf"^(h|k|l|m|s|t|v|qu)([iy])([{TONE_MARKS}]?)$")


def normalise(text: str) -> str:
    """Return `text` as it is matched: NFC, lower case, one space for each run of anything but letters and digits.

    The result begins and ends with a space, so that a term is found on syllable boundaries by looking for ``" term "``.

    Examples
    --------
    >>> normalise("Cải cách TTHC,một cửa!")
    ' cải cách tthc một cửa '
    """
    if not unicodedata.is_normalized("NFC", text):
        text = unicodedata.normalize("NFC", text)
    if not text.isprintable():
        text = INVISIBLE.sub("", text)
    return _GAP.sub(" ", f" {lower(text)} ")


def lower(text: str) -> str:
    """Return NFC `text` in lower case; the Icelandic ð, which is met for đ, is one.

    Examples
    --------
    >>> lower("TIẾP DÂN Ở XÃ ÐẠI ÐỒNG")
    'tiếp dân ở xã đại đồng'
    """
    return text.lower().replace("ð", "đ").replace("i\u0307", "i")  # the capital of the Turkish i comes apart


def printable(text: str, *, one_line: bool = False) -> str:
    r"""Replace each character that HTML, Word and Excel files cannot hold with a space; the length stays the same.

    Parameters
    ----------
    one_line : bool, optional
        Also replace tabs, line breaks and all other invisible characters: a terminal could obey them.

    Examples
    --------
    >>> printable("Xã\x00họp\n"), printable("Xã\x00họp\n", one_line=True)
    ('Xã họp\n', 'Xã họp ')
    """
    if text.isprintable():
        return text
    if one_line:
        return "".join(character if character.isprintable() else " " for character in text)
    return _UNPRINTABLE.sub(" ", text)


def is_undiacritized(text: str) -> bool:
    """Whether NFC `text` is written without diacritics, as on old telephones: under 3 % of it is beyond ASCII.

    In Vietnamese with its diacritics that is about a quarter; quotation marks and a stray đ are allowed for.

    Examples
    --------
    >>> is_undiacritized("Cai cach thu tuc hanh chinh"), is_undiacritized("Cải cách thủ tục hành chính")
    (True, False)
    """
    return len(text.encode("ascii", "ignore")) > 0.97 * len(text)


def strip_diacritics(text: str) -> str:
    """Return `text` without its Vietnamese diacritics.

    Examples
    --------
    >>> strip_diacritics("Đề án 06: hoà giải ở cơ sở")
    'De an 06: hoa giai o co so'
    """
    bare = "".join(c for c in unicodedata.normalize("NFD", text) if not unicodedata.combining(c))
    return bare.replace("đ", "d").replace("Đ", "D")


def _move_tone(match: re.Match[str]) -> str:
    a, tone_a, b, tone_b = (group or "" for group in (match.groups()[:4] if match[1] else match.groups()[4:]))
    return a + tone_b + b + tone_a


def _swap_i(match: re.Match[str]) -> str:
    return match[1] + ("i" if match[2] == "y" else "y") + match[3]


_WORD = re.compile(r"(?:[^\W\d_][\u0300-\u036f]*)+")


def move_tones(text: str) -> str:
    """Return `text` with the tone mark of every open oa, oe, uy on the other vowel.

    Examples
    --------
    >>> move_tones("hòa giải, uỷ quyền")
    'hoà giải, ủy quyền'
    """
    text = unicodedata.normalize("NFD", text)
    return unicodedata.normalize("NFC", _WORD.sub(lambda word: GLIDE_RHYME.sub(_move_tone, word[0]), text))


def swap_i_y(text: str) -> str:
    """Return `text` with i for y and y for i where both spellings are in use.

    Examples
    --------
    >>> swap_i_y("kỷ luật, bác sĩ")
    'kỉ luật, bác sỹ'
    """
    text = unicodedata.normalize("NFD", text)
    return unicodedata.normalize("NFC", _WORD.sub(lambda word: FINAL_I_OR_Y.sub(_swap_i, word[0]), text))


def spellings(syllable: str) -> set[str]:
    """Return every accepted spelling of a lower-case syllable: old and new tone placement, i and y.

    Examples
    --------
    >>> sorted(spellings("kỷ")), sorted(spellings("hòa")), sorted(spellings("quý"))
    (['kỉ', 'kỷ'], ['hoà', 'hòa'], ['quí', 'quý', 'qúy'])
    """
    found = {unicodedata.normalize("NFD", syllable)}
    for pattern, other in ((GLIDE_RHYME, _move_tone), (FINAL_I_OR_Y, _swap_i), (GLIDE_RHYME, _move_tone)):
        found |= {pattern.sub(other, way) for way in found}
    return {unicodedata.normalize("NFC", way) for way in found}
