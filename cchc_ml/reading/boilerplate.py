"""Tell article and boilerplate apart by wording: menus, counters, captions, by-lines and lists of links.

The wording stands in `cchc_ml.reading.wording`. Here are the rules: `is_prose` and `is_boilerplate` look at one block,
`arrange` at all blocks of a page in order.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import combinations

from ..text.sentences import split_sentences
from . import wording

__all__ = ["Block", "Kind", "arrange", "end_of", "is_boilerplate", "is_prose", "word_count"]

# A paragraph of this many words is not a teaser of another article.
LONG_PARAGRAPH_WORDS = 45
# The lead of an article may be repeated by one of its first paragraphs, this many at most.
LEAD_PARAGRAPHS = 6
# A shorter lead may be repeated by chance.
MIN_LEAD_CHARS = 80
# The number of words that a headline or a sub-heading may have.
MIN_HEADLINE_WORDS, MAX_HEADLINE_WORDS = 4, 40
MIN_SUBHEADING_WORDS, MAX_SUBHEADING_WORDS = 2, 25


class Kind(StrEnum):
    """The kind of a block."""

    HEADLINE = "headline"
    SUBHEADING = "subheading"
    BODY = "body"
    BOILERPLATE = "boilerplate"


@dataclass(frozen=True)
class Block:
    """A block of text with its kind."""

    text: str
    kind: Kind


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


# One block: is it a paragraph?


def is_prose(text: str) -> bool:
    """Whether a block reads as a paragraph: it has words and an end, and not the wording of boilerplate.

    Examples
    --------
    >>> is_prose("Đăng ký khai sinh nay chỉ mất một ngày."), is_prose("Đăng ký | Đăng nhập")
    (True, False)
    """
    words = word_count(text)
    if words < 2 or _is_legal_notice(text, words) or wording.RELATED_HEADING.match(text):
        return False
    end = end_of(text)
    rule = _PROSE_BY_END.get(end, _ends_like_a_headline if end else _has_no_end)
    return rule(text, words)


def _ends_with_full_stop(text: str, words: int) -> bool:
    if words < 6:
        return not _has_boilerplate_wording(text) and not wording.DATE_LINE.search(text)
    # A whole sentence may be about anything, so words alone do not make it boilerplate.
    return not _is_label_with_text(text, words) and not _is_short_line_of_page(text, words)


def _ends_with_ellipsis(text: str, words: int) -> bool:
    if words >= 15:
        return True
    return words >= 6 and not _has_boilerplate_wording(text) and not wording.DATE_LINE.search(text)


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
    if words >= 40 or ":" not in text[:40]:
        return False
    return bool(wording.OPENING.search(text) or wording.BYLINE.search(text) or wording.CAPTION.search(text))


def _is_short_line_of_page(text: str, words: int) -> bool:
    """Whether a short sentence has the marks of a menu, or is a caption or a date."""
    if words >= 15:
        return False
    return bool(wording.MENU_MARKS.search(text) or wording.CAPTION.search(text) or wording.DATE_LINE.match(text))


def _is_legal_notice(text: str, words: int) -> bool:
    return words < 40 and bool(wording.LEGAL_NOTICE.search(text))


# One block that is not a paragraph: is it boilerplate, or may it be a headline?


def is_boilerplate(text: str) -> bool:
    """Whether a block that is not prose is certainly boilerplate. Otherwise it may be a headline or sub-heading.

    Examples
    --------
    >>> is_boilerplate("Trang chủ » Tin tức"), is_boilerplate("Những việc làm ngay")
    (True, False)
    """
    return any(rule(text) for rule in _BOILERPLATE_RULES)


def _has_boilerplate_wording(text: str) -> bool:
    return any(pattern.search(text) for pattern in (wording.OPENING, wording.PART, wording.CAPTION, wording.BYLINE))


def _has_legal_wording(text: str) -> bool:
    return bool(wording.LEGAL_NOTICE.search(text))


def _is_date_line(text: str) -> bool:
    return word_count(text) <= 9 and bool(wording.DATE_LINE.search(text))


def _is_names(text: str) -> bool:
    """Whether a line is the names of the authors, with surnames and capitals."""
    return word_count(text) <= 9 and bool(wording.NAMES.match(text) and wording.CAPITALS.match(text))


def _has_few_letters(text: str) -> bool:
    return sum(character.isalpha() for character in text) < 4


def _is_too_long_for_a_headline(text: str) -> bool:
    return word_count(text) > MAX_HEADLINE_WORDS


_BOILERPLATE_RULES: tuple[Callable[[str], bool], ...] = (
    _has_boilerplate_wording,
    _has_legal_wording,
    _is_date_line,
    _is_names,
    _has_few_letters,
    _is_too_long_for_a_headline,
)


# All blocks of a page


def arrange(texts: Sequence[str], *, headline: str | None = None, items: Collection[str] = ()) -> list[Block]:
    """Return the blocks of a page with their kinds, in the same order.

    Each rule below changes kinds that an earlier rule gave. A paragraph that occurs twice (as teaser and in the body) is
    body only once.

    Parameters
    ----------
    texts : sequence of str
        The blocks from top to bottom, with single spaces.
    headline : str, optional
        The headline, if the page names it; by default the last line before the body that may be a headline.
    items : collection of str, optional
        Blocks that are items of a list. Inside the body they are body.

    Examples
    --------
    >>> [block.kind.value for block in arrange(["Trang chủ | Tin tức", "Xã gỡ hồ sơ trễ hẹn", "Sáng nay, xã họp bàn."])]
    ['boilerplate', 'headline', 'body']
    """
    kinds = [Kind.BODY if is_prose(text) else Kind.BOILERPLATE for text in texts]
    in_box = _drop_teasers(texts, kinds)
    if Kind.BODY in kinds:
        body = _span_of_body(kinds)
        _mark_headline(texts, kinds, body, headline)
        _keep_items(texts, kinds, body, items)
        _mark_subheadings(texts, kinds, body, in_box)
        _keep_bulleted_lists(texts, kinds)
        _drop_repeated(texts, kinds)
    return [Block(text, kind) for text, kind in zip(texts, kinds, strict=True)]


def _span_of_body(kinds: Sequence[Kind]) -> range:
    """Return the places from the first paragraph up to, but not including, the last one."""
    places = [i for i, kind in enumerate(kinds) if kind is Kind.BODY]
    return range(places[0], places[-1])


def _drop_teasers(texts: Sequence[str], kinds: list[Kind]) -> list[bool]:
    """Make the teasers in boxes of related articles boilerplate. Return for each block whether it is in such a box.

    A box begins with its heading ("Tin liên quan"). It ends before a paragraph that is long; or that has several
    sentences, if a long paragraph follows below. At the foot of a page only another long paragraph ends it.
    """
    is_long = [word_count(text) >= LONG_PARAGRAPH_WORDS for text in texts]
    last_long = max((i for i, kind in enumerate(kinds) if kind is Kind.BODY and is_long[i]), default=-1)
    inside = False
    in_box = []
    for i, text in enumerate(texts):
        if wording.RELATED_HEADING.match(text):
            inside = True
        elif inside and kinds[i] is Kind.BODY:
            if is_long[i] or (i < last_long and len(split_sentences(text)) > 1):
                inside = False
            else:
                kinds[i] = Kind.BOILERPLATE
        in_box.append(inside)
    return in_box


def _mark_headline(texts: Sequence[str], kinds: list[Kind], body: range, headline: str | None) -> None:
    """Mark the last block that equals the headline of the page, else the last line above the body that may be one."""
    key = _key(headline) if headline else ""
    places = [i for i, text in enumerate(texts) if key and _key(text) == key]
    if not places:
        places = [i for i in range(body.start) if _may_be_headline(texts[i])]
    if places:
        kinds[places[-1]] = Kind.HEADLINE


def _may_be_headline(text: str) -> bool:
    return MIN_HEADLINE_WORDS <= word_count(text) <= MAX_HEADLINE_WORDS and not is_boilerplate(text)


def _may_be_subheading(text: str) -> bool:
    return MIN_SUBHEADING_WORDS <= word_count(text) <= MAX_SUBHEADING_WORDS and not is_boilerplate(text)


def _keep_items(texts: Sequence[str], kinds: list[Kind], body: range, items: Collection[str]) -> None:
    """Make items of HTML lists inside the body body, except those with the marks of a menu."""
    for i in body:
        if kinds[i] is Kind.BOILERPLATE and texts[i] in items and not wording.MENU_MARKS.search(texts[i]):
            kinds[i] = Kind.BODY


def _mark_subheadings(texts: Sequence[str], kinds: list[Kind], body: range, in_box: Sequence[bool]) -> None:
    """Make short lines inside the body sub-headings, or body if they end like a sentence."""
    for i in body:
        if kinds[i] is Kind.BOILERPLATE and not in_box[i] and _may_be_subheading(texts[i]):
            kinds[i] = Kind.BODY if end_of(texts[i]) else Kind.SUBHEADING


def _keep_bulleted_lists(texts: Sequence[str], kinds: list[Kind]) -> None:
    """Make a line with a bullet body if it follows a paragraph that ends with a colon, or another line with a bullet."""
    for i in range(1, len(texts)):
        begins_list = texts[i - 1].endswith(":") or wording.BULLET.match(texts[i - 1])
        is_item = wording.BULLET.match(texts[i]) and not wording.MENU_MARKS.search(texts[i])
        if kinds[i - 1] is Kind.BODY and begins_list and is_item:
            kinds[i] = Kind.BODY


def _drop_repeated(texts: Sequence[str], kinds: list[Kind]) -> None:
    """Make a paragraph boilerplate if it occurred before, or if it is a lead that one of the first paragraphs contains."""
    keys = {i: _key(texts[i]) for i, kind in enumerate(kinds) if kind is Kind.BODY}
    seen: set[str] = set()
    for i, key in keys.items():
        if key in seen:
            kinds[i] = Kind.BOILERPLATE
        seen.add(key)
    for pair in combinations(list(keys)[:LEAD_PARAGRAPHS], 2):
        short, long = sorted(pair, key=lambda i: len(keys[i]))
        if MIN_LEAD_CHARS < len(keys[short]) < len(keys[long]) and keys[short] in keys[long]:
            kinds[short] = Kind.BOILERPLATE


def _key(text: str) -> str:
    """Return the words of a text in lower case: texts with the same words have the same key."""
    return " ".join(re.sub(r"\W+", " ", text).lower().split())
