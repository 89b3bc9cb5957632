"""Tell article and boilerplate apart by wording: menus, counters, captions, by-lines and lists of links.

The wording stands in `cchc_ml.reading.wording`. Here are the rules for one block. `cchc_ml.reading.blocks` looks at
all blocks of a page in order.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from . import wording
from .dates import line_date

__all__ = [
    "end_of",
    "has_agency",
    "is_boilerplate",
    "is_byline",
    "is_caption",
    "is_certain_boilerplate",
    "is_counter",
    "is_date_line",
    "is_office",
    "is_prose",
    "is_signature",
    "word_count",
]

# A longer line is not a headline.
MAX_HEADLINE_WORDS = 40
# An opening word decides if at most so many words follow it: "Đăng ký tài khoản", not "Đăng ký khai sinh trực tuyến".
FEW_WORDS = 2
# A line of at most so many words is short for a headline.
SHORT_LINE_WORDS = 5
# By-lines: the most words behind a label and a colon, before "thực hiện" and the like, and of the names of all authors.
MAX_BYLINE_WORDS = 18
MAX_CREDIT_WORDS = 12
MAX_SIGNATURE_WORDS = 12
MIN_NAME_WORDS, MAX_NAME_WORDS = 2, 5
MAX_NAME_WORDS_IN_CAPITALS = 4
MAX_OFFICE_WORDS = 10

_BRACKETS = re.compile(r"\([^()]*\)")
_WORD = re.compile(r"[^\W\d_]")
# The agency that goes before a by-line: "(HBĐT) - Nhóm phóng viên", "BTO - Thư của ông Út".
_AGENCY = re.compile(r"^\W*(?:[^\W\d_a-z]{3,6}\s*[-–—]|\([^\W\d_a-z]{2,6}\)\s*[-–—]?)\s*(?=\S)")
# Where the authors write from: "Lê Khuê từ Nhà Quốc hội", "Dương Trọng Hiếu, từ Cà Mau".
_FROM = re.compile(r"(?i),?\s+từ\s+\S+(?:\s+\S+){0,3}$")
_GROUP = re.compile(r"(?i)^\W*(?:nhóm|tổ)\s+(?:pv|phóng viên)\b")
_ROLE = re.compile(
    r"(?i)\b(?:trưởng|phó|giám đốc|chủ tịch|bí thư|chuyên viên|công chức|cán bộ|quay phim|ảnh|đọc|dựng|bạn đọc)\b"
)


def word_count(text: str) -> int:
    """Return the number of words between white space."""
    return len(text.split())


def end_of(text: str) -> str:
    """Return the mark that ends a text, before any closing quotes; or "" if it does not end like a sentence.

    Examples
    --------
    >>> end_of("Ông nói: “Xong rồi.”"), end_of("Vì sao?"), end_of("Tin tức")
    ('.', '?', '')
    """
    end = wording.END_OF_SENTENCE.search(text)
    return end[0][0] if end else ""


# Is a block a paragraph?


def is_prose(text: str) -> bool:
    """Whether a block reads as a paragraph: it has words and an end, and not the wording of boilerplate.

    Examples
    --------
    >>> is_prose("Đăng ký khai sinh nay chỉ mất một ngày."), is_prose("Đăng ký | Đăng nhập")
    (True, False)
    """
    words = word_count(text)
    if words < 2 or wording.RELATED_HEADING.match(text) or _is_notice(text, words):
        return False
    end = end_of(text)
    rule = _PROSE_BY_END.get(end, _ends_like_a_headline if end else _has_no_end)
    return rule(text, words)


def _ends_with_full_stop(text: str, words: int) -> bool:
    if words < 6:
        return not _has_boilerplate_wording(text) and not wording.DATE.search(text)
    # A whole sentence may be about anything, so words alone do not make it boilerplate.
    return not _is_label_with_text(text, words) and not _is_short_line_of_page(text, words)


def _ends_with_ellipsis(text: str, words: int) -> bool:
    if words >= 15:
        return True
    return words >= 6 and not _has_boilerplate_wording(text) and not wording.DATE.search(text)


def _ends_like_a_headline(text: str, words: int) -> bool:
    """Whether it is prose although a headline may also end like this: with a question mark, a quote or a colon."""
    if words < 20:
        return False
    is_menu = wording.MENU_MARKS.search(text) or wording.CAPTION.search(text) or wording.RELATED_LABEL.match(text)
    return words >= 40 or not is_menu


def _has_no_end(text: str, words: int) -> bool:
    return words >= 40


_PROSE_BY_END: dict[str, Callable[[str, int], bool]] = {".": _ends_with_full_stop, "…": _ends_with_ellipsis}


def _is_label_with_text(text: str, words: int) -> bool:
    """Whether a sentence begins with a label and a colon: "Ảnh: Quang cảnh hội nghị." or "Nguồn: Sở Nội vụ."."""
    if words >= 40 or ":" not in text[:40] or wording.SPEAKER.match(text):
        return False
    if wording.OPENING.match(text) or wording.CAPTION.search(text):
        return True
    if words > MAX_CREDIT_WORDS:
        return False
    rest = _rest(wording.BYLINE_LABEL, text)
    return bool(wording.LABEL.match(text)) or (rest is not None and rest.startswith(":"))


def _is_short_line_of_page(text: str, words: int) -> bool:
    """Whether a short sentence has the marks of a menu, or is a caption or a date."""
    if words >= 15:
        return False
    return bool(wording.MENU_MARKS.search(text) or wording.CAPTION.search(text) or wording.DATE.match(text))


def _is_notice(text: str, words: int) -> bool:
    """Whether a block is a notice of the publisher, or a line of a form such as "Lưu: VT."."""
    if words >= 40:
        return False
    return bool(wording.LEGAL_NOTICE.search(text) or (words < 20 and wording.DOCUMENT_LINE.search(text)))


# Is a block that is not a paragraph boilerplate, or may it be a headline?


def is_boilerplate(text: str) -> bool:
    """Whether a block that is not prose is boilerplate. Otherwise it may be a headline or sub-heading.

    Examples
    --------
    >>> is_boilerplate("Trang chủ » Tin tức"), is_boilerplate("Những việc làm ngay")
    (True, False)
    >>> is_boilerplate("Đăng ký | Đăng nhập"), is_boilerplate("Đăng ký khai sinh trực tuyến")
    (True, False)
    """
    return any(rule(text) for rule in _BOILERPLATE_RULES)


def is_certain_boilerplate(text: str) -> bool:
    """Whether a block is boilerplate even in <h1> to <h4>, or above the date line of an article.

    Examples
    --------
    >>> is_certain_boilerplate("Đường dây nóng 16/5: dân hỏi"), is_certain_boilerplate("Lượt xem: 12")
    (False, True)
    """
    return any(rule(text) for rule in _CERTAIN_RULES)


def _has_boilerplate_wording(text: str) -> bool:
    return any(rule(text) for rule in _WORDING_RULES)


def _opens_like_boilerplate(text: str) -> bool:
    return bool(wording.OPENING.match(text))


def _opens_with_label(text: str) -> bool:
    return bool(wording.LABEL.match(text))


def _opens_with_word(text: str) -> bool:
    """Whether an opening word is followed by nothing, by a mark or number, or by very few words."""
    rest = _rest(wording.OPENING_WORD, text)
    if rest is None:
        return False
    return word_count(rest) <= FEW_WORDS or bool(wording.BORDER.match(rest) or wording.OPENING_WORD.match(rest))


def _has_part_of_boilerplate(text: str) -> bool:
    return bool(wording.PART.search(text))


def _is_short_with_part_of_boilerplate(text: str) -> bool:
    return word_count(text) <= SHORT_LINE_WORDS and bool(wording.PART_OF_SHORT_LINE.search(text))


def is_counter(text: str) -> bool:
    """Whether a short line counts the readers or their comments: "1.204 lượt xem"."""
    return _is_short_with_part_of_boilerplate(text) and any(character.isdigit() for character in text)


def _asks_to_share(text: str) -> bool:
    """Whether a line names two social networks, or one and what to do there; or is short."""
    names = len(wording.SOCIAL_NAME.findall(text))
    if not names:
        return False
    return names > 1 or word_count(text) <= SHORT_LINE_WORDS or bool(wording.SOCIAL_ACTION.search(text))


def _has_legal_wording(text: str) -> bool:
    return bool(wording.LEGAL_NOTICE.search(text) or wording.DOCUMENT_LINE.search(text))


def _is_heading_of_box(text: str) -> bool:
    return bool(wording.RELATED_HEADING.match(text))


def is_caption(text: str) -> bool:
    """Whether a block is the caption of a picture, by its wording or because it is the name of a file."""
    return bool(wording.CAPTION.search(text) or wording.FILE_NAME.match(text))


def _has_few_letters(text: str) -> bool:
    return sum(character.isalpha() for character in text) < 4


def _is_too_long_for_a_headline(text: str) -> bool:
    return word_count(text) > MAX_HEADLINE_WORDS


def is_date_line(text: str) -> bool:
    """Whether a block is a date line: a date, or an hour or a day without its year, with little beside it.

    Examples
    --------
    >>> is_date_line("Thứ Sáu, 03/7/2026 - 09:20"), is_date_line("10:35 - Danh Minh Phước"), is_date_line("Từ ngày 1/7")
    (True, True, False)
    """
    if line_date(text):
        return True
    if word_count(text) > MAX_SIGNATURE_WORDS:
        return False
    if wording.CLOCK.search(text) and wording.DATE.search(text):
        return True
    rest, parts = wording.PARTIAL_DATE.subn(" ", text)
    rest = wording.DATE_SURROUNDINGS.sub(" ", rest)
    return parts > 0 and (not _WORD.search(rest) or _are_names(rest.strip(" -–—|,.:•·"), MIN_NAME_WORDS))


# By-lines and signatures


def is_byline(text: str) -> bool:
    """Whether a block says who made the article: a label with a name, an hour or nothing behind it.

    Examples
    --------
    >>> is_byline("Thực hiện: Hải Đăng"), is_byline("Theo Báo Tỉnh"), is_byline("Hải Đăng (tổng hợp)")
    (True, True, True)
    >>> is_byline("Thực hiện nghiêm kỷ luật công vụ"), is_byline("Theo chân tổ công nghệ số")
    (False, False)
    """
    if end_of(text) in ("?", "!") or wording.NUMBERING.match(text):
        return False
    text = _AGENCY.sub("", text)
    return _is_group(text) or _is_labelled_name(text) or _is_genre_with_name(text) or _is_credit(text)


def has_agency(text: str) -> bool:
    """Whether a text begins with the short name of an agency: "(HBĐT) - Nhóm phóng viên"."""
    return bool(_AGENCY.match(text))


def _rest(label: re.Pattern[str], text: str) -> str | None:
    """Return what follows a label, or None if the text does not begin with it."""
    match = label.match(text)
    return text[match.end() :].strip() if match else None


def _is_labelled_name(text: str) -> bool:
    rest = _rest(wording.BYLINE_LABEL, text)
    if rest is None:
        return False
    if not _WORD.search(rest) and not rest[:1].isdigit():
        return True
    if rest.startswith(":"):
        return word_count(rest) <= MAX_BYLINE_WORDS
    return bool(wording.BYLINE_REST.match(rest)) or _are_names(rest, 1) or is_office(rest)


def _is_group(text: str) -> bool:
    return word_count(text) <= SHORT_LINE_WORDS and bool(_GROUP.match(text))


def _is_genre_with_name(text: str) -> bool:
    rest = _rest(wording.GENRE, text)
    if not rest or word_count(rest) > MAX_BYLINE_WORDS:
        return False
    rest = rest.lstrip(": ")
    return bool(wording.BYLINE_REST.match(rest)) or _are_names(re.split(r"[,(]", rest)[0], MIN_NAME_WORDS)


def _is_credit(text: str) -> bool:
    """Whether a name or an office is followed by what it did: "Hải Đăng thực hiện", "Sở Nội vụ cung cấp"."""
    end = wording.CREDIT_END.search(text)
    if end is None or word_count(text) > MAX_CREDIT_WORDS:
        return False
    before = text[: end.start()].strip(" -–—,(")
    if end[0].startswith("(") or not before:
        return True
    # A heading in capitals looks like a name: "KẾT QUẢ THỰC HIỆN".
    return is_signature(before) if before.isupper() else _are_names(before, 1) or is_office(before)


def is_office(text: str) -> bool:
    """Whether a text is the name of an office or a newspaper: "Sở Nội vụ tỉnh Sơn La"."""
    if not text[:1].isupper() or word_count(text) > MAX_OFFICE_WORDS or re.search(r"[\d:;,?!“]", text):
        return False
    return bool(wording.ORGANISATION.match(text))


def is_signature(text: str, *, certain: bool = True) -> bool:
    """Whether a line is the names of the authors and nothing else: LÂM VĂN HƯỞNG (Bình Dương), Châu An - Võ Hải Lam.

    Parameters
    ----------
    certain : bool, optional
        Whether the first name must begin with a surname. Pen names do not: "Trâm Anh - Thế Vỹ". Headings of places
        do not either: "Mường Pồn".
    """
    text = _FROM.sub("", _BRACKETS.sub(" ", _AGENCY.sub("", text))).strip()
    if word_count(text) > MAX_SIGNATURE_WORDS or wording.PLACE.match(text) or not _are_names(text, MIN_NAME_WORDS):
        return False
    first = wording.NAME_TITLE.sub("", text).split()[0].strip(".,")
    return not certain or first != text.split()[0].strip(".,") or bool(wording.SURNAME.match(first))


def _are_names(text: str, min_words: int) -> bool:
    """Whether a text is a name, or several; behind the first there may be what its bearer is."""
    text = _FROM.sub("", wording.NAME_TITLE.sub("", _BRACKETS.sub(" ", text)).strip())
    first, *others = [name for name in wording.NAME_JOINT.split(text) if name.strip()] or [""]
    return _is_name(first, min_words) and all(
        _is_name(other, 1) or _ROLE.search(other) or is_office(other.strip()) for other in others
    )


def _is_name(text: str, min_words: int) -> bool:
    """Whether a text has the number of words of a name, and each begins with a capital."""
    words = text.split()
    most = MAX_NAME_WORDS_IN_CAPITALS if text.isupper() else MAX_NAME_WORDS
    if not min_words <= len(words) <= most and not _is_initials(text):
        return False
    return all(word[0].isupper() and _is_letters(word) for word in words)


def _is_initials(text: str) -> bool:
    return bool(re.fullmatch(r"\s*(?:[^\W\d_]{1,2}\.?){1,4}\s*", text)) and text.isupper()


def _is_letters(word: str) -> bool:
    return all(character.isalpha() or character in ".'’" for character in word)


_WORDING_RULES: tuple[Callable[[str], bool], ...] = (
    _opens_like_boilerplate,
    _opens_with_label,
    _opens_with_word,
    _has_part_of_boilerplate,
    _is_short_with_part_of_boilerplate,
    _asks_to_share,
    is_caption,
    is_byline,
)
_BOILERPLATE_RULES: tuple[Callable[[str], bool], ...] = (
    *_WORDING_RULES,
    _has_legal_wording,
    _is_heading_of_box,
    is_date_line,
    is_signature,
    _has_few_letters,
    _is_too_long_for_a_headline,
)
_CERTAIN_RULES: tuple[Callable[[str], bool], ...] = (
    _opens_like_boilerplate,
    _has_part_of_boilerplate,
    is_counter,
    _has_legal_wording,
    _is_heading_of_box,
    is_caption,
    _has_few_letters,
    _is_too_long_for_a_headline,
)
