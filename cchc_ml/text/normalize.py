"""Spelling: one form of a text for matching, and every accepted spelling of a syllable."""

from __future__ import annotations

import re
import unicodedata

# Characters that a reader does not see: soft hyphens, direction marks, joiners.
INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u2060\ufeff]")
# Control characters except tab and line breaks, halves of characters (surrogates), and noncharacters.
_UNPRINTABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
_GAP = re.compile(r"[\W_]+")

# The five tone marks of Vietnamese, as combining characters.
TONE_MARKS = "\u0300\u0301\u0303\u0309\u0323"
# A syllable that ends in oa, oe or uy may have its tone mark on either vowel: hòa and hoà, thủy and thuỷ, quý and qúy.
GLIDE_RHYME = re.compile(rf"(o)([{TONE_MARKS}]?)([ae])([{TONE_MARKS}]?)$|(u)([{TONE_MARKS}]?)(y)([{TONE_MARKS}]?)$")
# After these initials, and after "qu", a final i and a final y are the same vowel: kỹ and kĩ, lý and lí, quý and quí.
FINAL_I_OR_Y = re.compile(rf"^(h|k|l|m|s|t|v|qu)([iy])([{TONE_MARKS}]?)$")
_WORD = re.compile(r"(?:[^\W\d_][\u0300-\u036f]*)+")

# A text counts as written without diacritics if more than this share of its characters is ASCII.
UNDIACRITIZED_ASCII_SHARE = 0.97


def normalise(text: str) -> str:
    """Return `text` in NFC and lower case, with one space for each run of characters that are not letters or digits.

    The result begins and ends with a space. So a search for ``" term "`` finds a term on syllable boundaries only.

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
    """Return NFC `text` in lower case. The Icelandic ð, which some people type for đ, becomes đ.

    Examples
    --------
    >>> lower("TIẾP DÂN Ở XÃ ÐẠI ÐỒNG")
    'tiếp dân ở xã đại đồng'
    """
    return text.lower().replace("ð", "đ").replace("i\u0307", "i")  # "İ".lower() is i and a combining dot


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
    """Return whether NFC `text` is written without diacritics, as on old telephones: less than 3 % of it is not ASCII.

    In Vietnamese with diacritics about 25 % is not ASCII. The 3 % allow for quotation marks and a single đ.

    Examples
    --------
    >>> is_undiacritized("Cai cach thu tuc hanh chinh"), is_undiacritized("Cải cách thủ tục hành chính")
    (True, False)
    """
    return len(text.encode("ascii", "ignore")) > UNDIACRITIZED_ASCII_SHARE * len(text)


def strip_diacritics(text: str) -> str:
    """Return `text` without its Vietnamese diacritics.

    Examples
    --------
    >>> strip_diacritics("Đề án 06: hoà giải ở cơ sở")
    'De an 06: hoa giai o co so'
    """
    base_letters = "".join(c for c in unicodedata.normalize("NFD", text) if not unicodedata.combining(c))
    return base_letters.replace("đ", "d").replace("Đ", "D")


def _move_tone(match: re.Match[str]) -> str:
    """Return a match of `GLIDE_RHYME` with the marks of its two vowels exchanged."""
    groups = match.groups()[:4] if match[1] else match.groups()[4:]
    first, first_tone, second, second_tone = (group or "" for group in groups)
    return first + second_tone + second + first_tone


def _swap_i(match: re.Match[str]) -> str:
    """Return a match of `FINAL_I_OR_Y` with i for y, and y for i."""
    initial, vowel, tone = match.groups()
    return initial + ("i" if vowel == "y" else "y") + tone


def move_tones(text: str) -> str:
    """Return `text` with the tone mark of every final oa, oe and uy on the other vowel.

    Examples
    --------
    >>> move_tones("hòa giải, uỷ quyền")
    'hoà giải, ủy quyền'
    """
    text = unicodedata.normalize("NFD", text)
    return unicodedata.normalize("NFC", _WORD.sub(lambda word: GLIDE_RHYME.sub(_move_tone, word[0]), text))


def swap_i_y(text: str) -> str:
    """Return `text` with i for y, and y for i, in every syllable that may be spelled both ways.

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
    variants = {unicodedata.normalize("NFD", syllable)}
    # Tones are moved twice: i for y may make a syllable whose tone can move, or take that from it.
    for pattern, other in ((GLIDE_RHYME, _move_tone), (FINAL_I_OR_Y, _swap_i), (GLIDE_RHYME, _move_tone)):
        variants |= {pattern.sub(other, variant) for variant in variants}
    return {unicodedata.normalize("NFC", variant) for variant in variants}
