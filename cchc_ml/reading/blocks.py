"""The blocks of a page in order, each with its kind: headline, sub-heading, body or boilerplate."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import combinations

from ..text.sentences import split_sentences
from . import wording
from .boilerplate import (
    end_of,
    has_agency,
    is_boilerplate,
    is_byline,
    is_caption,
    is_certain_boilerplate,
    is_counter,
    is_date_line,
    is_office,
    is_prose,
    is_signature,
    word_count,
)

__all__ = ["Block", "Kind", "arrange"]

# A paragraph of this many words is not a teaser of another article.
LONG_PARAGRAPH_WORDS = 45
# The lead of an article may be repeated by one of its first paragraphs, this many at most.
LEAD_PARAGRAPHS = 6
# A shorter lead may be repeated by chance.
MIN_LEAD_CHARS = 80
# A line below the headline with so many words is a lead, even if it does not end like a sentence.
MIN_LEAD_WORDS = 15
MIN_BOLD_LEAD_WORDS = 8
# The number of words that a headline or a sub-heading may have. A line directly above the date line may be shorter.
MIN_HEADLINE_WORDS, MAX_HEADLINE_WORDS = 4, 40
MIN_DATED_HEADLINE_WORDS = 2
# A line of so many words below the date line is rather a lead.
LONG_HEADLINE_WORDS = 16
MIN_SUBHEADING_WORDS, MAX_SUBHEADING_WORDS = 2, 25
# A line that leads to a list has at least so many words.
MIN_INTRODUCTION_WORDS = 3
# A post in a social network says in its first lines when it was written.
POST_HEAD_LINES = 3


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


def arrange(
    texts: Sequence[str],
    *,
    headline: str | None = None,
    items: Collection[str] = (),
    headings: Collection[str] = (),
    leads: Collection[str] = (),
) -> list[Block]:
    """Return the blocks of a page with their kinds, in the same order.

    Each rule below changes kinds that an earlier rule gave. A paragraph that occurs twice (as teaser and in the body)
    is body only once.

    Parameters
    ----------
    texts : sequence of str
        The blocks from top to bottom, with single spaces.
    headline : str, optional
        The headline, if the page names it; by default the line above the date line, or the last line before the body
        that may be a headline.
    items : collection of str, optional
        Blocks that are items of a list. Inside the body they are body.
    headings : collection of str, optional
        Blocks that the page sets as headings. Inside the body they are sub-headings, whatever word they begin with.
    leads : collection of str, optional
        Blocks that the page sets in bold. Between headline and body they are body.

    Examples
    --------
    >>> [block.kind.value for block in arrange(["Trang chủ | Tin tức", "Xã gỡ hồ sơ trễ hẹn", "Sáng nay, xã họp bàn."])]
    ['boilerplate', 'headline', 'body']
    """
    if _is_post(texts):
        return [Block(text, kind) for text, kind in zip(texts, _kinds_of_post(texts), strict=True)]
    kinds = [Kind.BODY if is_prose(text) else Kind.BOILERPLATE for text in texts]
    in_box = _drop_teasers(texts, kinds)
    _drop_end_of_document(texts, kinds, in_box)
    _keep_lists(texts, kinds, in_box, items)
    if Kind.BODY in kinds:
        body = _span_of_body(kinds)
        _mark_headline(texts, kinds, body, headline)
        _keep_lead(texts, kinds, body, headings, leads)
        _keep_items(texts, kinds, body, items)
        _mark_subheadings(texts, kinds, body, in_box, headings)
        _keep_unfinished_sentences(texts, kinds, body, items)
        _keep_last_words(texts, kinds, body)
        _drop_repeated(texts, kinds)
    return [Block(text, kind) for text, kind in zip(texts, kinds, strict=True)]


def _span_of_body(kinds: Sequence[Kind]) -> range:
    """Return the places from the first paragraph up to, but not including, the last one."""
    places = [i for i, kind in enumerate(kinds) if kind is Kind.BODY]
    return range(places[0], places[-1])


# Boxes of other articles, and the end of a document


def _drop_teasers(texts: Sequence[str], kinds: list[Kind]) -> list[bool]:
    """Make the teasers in boxes of related articles boilerplate. Return for each block whether it is in such a box.

    A box begins with its heading ("Tin liên quan"). It ends before a paragraph that is long; or that has several
    sentences, if a long paragraph or the signature of the article follows below. At the foot of a page only another
    long paragraph ends it. If all paragraphs were teasers, the heading would be that of no box.
    """
    before = list(kinds)
    is_long = [word_count(text) >= LONG_PARAGRAPH_WORDS for text in texts]
    last_long = max((i for i, kind in enumerate(kinds) if kind is Kind.BODY and is_long[i]), default=-1)
    last = max(last_long, _place_of_signature(texts, kinds))
    inside = False
    in_box = []
    for i, text in enumerate(texts):
        if wording.RELATED_HEADING.match(text):
            inside = True
        elif inside and kinds[i] is Kind.BODY:
            if is_long[i] or (i < last and len(split_sentences(text)) > 1):
                inside = False
            else:
                kinds[i] = Kind.BOILERPLATE
        in_box.append(inside)
    if Kind.BODY in before and Kind.BODY not in kinds:
        kinds[:] = before
        return [False] * len(texts)
    return in_box


def _place_of_signature(texts: Sequence[str], kinds: Sequence[Kind]) -> int:
    """Return the place of the first line directly below a paragraph that says who wrote the article, or -1."""
    below = (i for i in range(1, len(texts)) if kinds[i - 1] is Kind.BODY and kinds[i] is not Kind.BODY)
    return next((i for i in below if is_signature(texts[i]) or is_byline(texts[i])), -1)


def _drop_end_of_document(texts: Sequence[str], kinds: list[Kind], in_box: list[bool]) -> None:
    """Make the lines below "Nơi nhận:" boilerplate, up to a long paragraph: an annex."""
    inside = False
    for i, text in enumerate(texts):
        inside = (inside or bool(wording.DOCUMENT_END.match(text))) and word_count(text) < LONG_PARAGRAPH_WORDS
        if inside:
            kinds[i] = Kind.BOILERPLATE
            in_box[i] = True


# Lists


def _keep_lists(texts: Sequence[str], kinds: list[Kind], in_box: Sequence[bool], items: Collection[str]) -> None:
    """Make the items of a list body if a line that ends with a colon leads to them, and that line too."""
    is_item = [text in items or bool(wording.BULLET.match(text)) for text in texts]
    for i in range(1, len(texts)):
        if in_box[i] or not is_item[i] or _is_menu(texts[i]):
            continue
        if _leads_to_list(texts[i - 1]):
            kinds[i - 1] = kinds[i] = Kind.BODY
        elif kinds[i - 1] is Kind.BODY and is_item[i - 1]:
            kinds[i] = Kind.BODY


def _leads_to_list(text: str) -> bool:
    if not text.endswith(":") or word_count(text) < MIN_INTRODUCTION_WORDS or wording.DOCUMENT_END.match(text):
        return False
    return is_prose(text) or not is_boilerplate(text)


def _keep_items(texts: Sequence[str], kinds: list[Kind], body: range, items: Collection[str]) -> None:
    """Make items of HTML lists inside the body body, except those with the marks of a menu."""
    for i in body:
        if kinds[i] is Kind.BOILERPLATE and texts[i] in items and not _is_menu(texts[i]):
            kinds[i] = Kind.BODY


def _is_menu(text: str) -> bool:
    return bool(wording.MENU_MARKS.search(text))


# The headline


def _mark_headline(texts: Sequence[str], kinds: list[Kind], body: range, headline: str | None) -> None:
    """Mark the last block that equals the headline of the page, else the line above the body that reads like one."""
    key = _key(headline) if headline else ""
    places = [i for i, text in enumerate(texts) if key and _key(text) == key]
    place = places[-1] if places else _place_of_headline(texts[: body.start + _is_dated(texts, body.start)])
    if place is not None:
        kinds[place] = Kind.HEADLINE


def _place_of_headline(texts: Sequence[str]) -> int | None:
    """Return which of the lines above the body is the headline, or None.

    It is the line above the date line or the last line that may be a headline. If there are both, it is the longer one:
    the other is the name of a section above the clock, or a by-line below the date.
    """
    last = _last_that_may_be_headline(texts)
    dated = _place_above_date(texts)
    if dated is None or (last is not None and last < dated):
        return last if dated is None else dated
    if last is None or last == dated:
        return dated
    return last if _is_more_of_a_headline(texts[last], texts[dated]) else dated


def _last_that_may_be_headline(texts: Sequence[str]) -> int | None:
    """Return the place of the last line that may be a headline; if that is an office, a by-line, of the one above."""
    places = [i for i, text in enumerate(texts) if _may_be_headline(text)]
    if len(places) > 1 and is_office(texts[places[-1]]) and places[-2] == places[-1] - 1:
        return places[-2]
    return places[-1] if places else None


def _is_more_of_a_headline(text: str, dated: str) -> bool:
    if is_office(text) or has_agency(text):
        return False
    if word_count(text) >= LONG_HEADLINE_WORDS and word_count(dated) >= MIN_HEADLINE_WORDS:
        return False
    is_menu = is_boilerplate(dated) or (dated.isupper() and not text.isupper())
    return is_menu or word_count(dated) < word_count(text)


def _is_dated(texts: Sequence[str], place: int) -> bool:
    """Whether a block that reads as a paragraph is the headline: a date line stands below it.

    A headline with a full stop is short, and there is no other line above that may be the headline.
    """
    words = word_count(texts[place])
    if end_of(texts[place]) == "." and (words > LONG_HEADLINE_WORDS or any(map(_may_be_headline, texts[:place]))):
        return False
    if words > MAX_HEADLINE_WORDS:
        return False
    below = (text for text in texts[place + 1 :] if is_date_line(text) or not _stands_below_headline(text))
    return is_date_line(next(below, ""))


def _may_be_headline(text: str) -> bool:
    if not MIN_HEADLINE_WORDS <= word_count(text) <= MAX_HEADLINE_WORDS or _belongs_to_body(text):
        return False
    return not (is_boilerplate(text) or is_signature(text, certain=False) or wording.SITE_NAME.match(text))


def _belongs_to_body(text: str) -> bool:
    """Whether a line leads to a list or is an item of it, begins a section, or is a question of an interview."""
    marks = (wording.BULLET, wording.NUMBERING, wording.SPEAKER)
    return text.endswith(":") or any(mark.match(text) for mark in marks)


def _place_above_date(texts: Sequence[str]) -> int | None:
    """Return the place of the line above the last date line, past by-lines and captions, if it may be the headline."""
    has_date = False
    for i in range(len(texts) - 1, -1, -1):
        if is_date_line(texts[i]):
            has_date = True
        elif not _stands_below_headline(texts[i]):
            if has_date and _may_be_dated_headline(texts[i]):
                return i
            has_date = False
    return None


def _stands_below_headline(text: str) -> bool:
    """Whether a line may stand between a headline and its date line."""
    return is_byline(text) or is_caption(text) or is_counter(text) or is_signature(text, certain=False)


def _may_be_dated_headline(text: str) -> bool:
    if not MIN_DATED_HEADLINE_WORDS <= word_count(text) <= MAX_HEADLINE_WORDS or _belongs_to_body(text):
        return False
    return not (is_certain_boilerplate(text) or wording.SITE_NAME.match(text))


# Body without a full stop, and sub-headings


def _keep_lead(
    texts: Sequence[str], kinds: list[Kind], body: range, headings: Collection[str], leads: Collection[str]
) -> None:
    """Make lines between headline and body body if they are a lead or a question, or sub-headings if set as one."""
    headline = next((i for i, kind in enumerate(kinds) if kind is Kind.HEADLINE), body.start)
    for i in range(headline + 1, body.start):
        if kinds[i] is not Kind.BOILERPLATE:
            continue
        if _reads_like_lead(texts[i], texts[i] in leads):
            kinds[i] = Kind.BODY
        elif _is_set_as_heading(texts[i], headings, leads):
            kinds[i] = Kind.SUBHEADING


def _is_set_as_heading(text: str, headings: Collection[str], leads: Collection[str]) -> bool:
    """Whether a line above the body is set as a heading or in bold, or has a number, and is no name of an author."""
    if wording.NUMBERING.match(text):
        return _may_be_subheading(text, False)
    if text not in headings and text not in leads:
        return False
    return _may_be_subheading(text, text in headings) and not is_signature(text, certain=False)


def _reads_like_lead(text: str, is_bold: bool) -> bool:
    least = MIN_BOLD_LEAD_WORDS if is_bold else MIN_LEAD_WORDS
    least = MIN_HEADLINE_WORDS if end_of(text) == "?" else least
    return word_count(text) >= least and not is_boilerplate(text)


def _mark_subheadings(
    texts: Sequence[str], kinds: list[Kind], body: range, in_box: Sequence[bool], headings: Collection[str]
) -> None:
    """Make short lines inside the body sub-headings, or body if they end like a sentence."""
    for i in body:
        if kinds[i] is Kind.BOILERPLATE and not in_box[i] and _may_be_subheading(texts[i], texts[i] in headings):
            kinds[i] = Kind.BODY if end_of(texts[i]) else Kind.SUBHEADING


def _may_be_subheading(text: str, is_heading: bool) -> bool:
    if is_heading:
        return word_count(text) <= MAX_HEADLINE_WORDS and not is_certain_boilerplate(text)
    return MIN_SUBHEADING_WORDS <= word_count(text) <= MAX_HEADLINE_WORDS and not is_boilerplate(text)


def _keep_unfinished_sentences(texts: Sequence[str], kinds: list[Kind], body: range, items: Collection[str]) -> None:
    """Make lines inside the body body if they are too long for a sub-heading, or a list goes on with a small letter."""
    for i in body:
        goes_on = texts[i + 1] in items and texts[i + 1][0].islower()
        if kinds[i] is Kind.SUBHEADING and (goes_on or word_count(texts[i]) > MAX_SUBHEADING_WORDS):
            kinds[i] = Kind.BODY


def _keep_last_words(texts: Sequence[str], kinds: list[Kind], body: range) -> None:
    """Make what is said in an interview directly below the last paragraph body: "PV: Xin cảm ơn ông!"."""
    for i in range(body.stop + 1, len(texts)):
        if kinds[i] is not Kind.BOILERPLATE or not wording.SPEAKER.match(texts[i]) or not end_of(texts[i]):
            break
        kinds[i] = Kind.BODY


def _drop_repeated(texts: Sequence[str], kinds: list[Kind]) -> None:
    """Make a paragraph boilerplate if it occurred before, or if it is a lead that a paragraph below contains."""
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


# Posts in a social network


def _is_post(texts: Sequence[str]) -> bool:
    """Whether a text is a post that was copied with its counters: "3 giờ ·" at its top, "12 bình luận" at its foot."""
    head, foot = texts[:POST_HEAD_LINES], texts[POST_HEAD_LINES:]
    return any(map(wording.POST_TIME.match, head)) and any(map(wording.POST_END.match, foot))


def _kinds_of_post(texts: Sequence[str]) -> Iterator[Kind]:
    """Yield the kind of each line: body between the time of the post and the answers of other people."""
    is_time = [bool(wording.POST_TIME.match(text)) for text in texts[:POST_HEAD_LINES]]
    start = is_time.index(True) + 1
    end = next(i for i, text in enumerate(texts) if i >= POST_HEAD_LINES and wording.POST_END.match(text))
    for i, text in enumerate(texts):
        is_text = start <= i < end and not wording.POST_COUNTER.match(text)
        yield Kind.BODY if is_text else Kind.BOILERPLATE
