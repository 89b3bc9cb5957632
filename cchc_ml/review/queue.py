"""Choosing the paragraphs that are most worth a person's time."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from math import inf
from typing import TYPE_CHECKING, Any

from ..messages import message, message_of
from ..pillars import CCHC
from ..reading.blocks import Kind
from ..reading.inputs import READING_ERRORS, InputItem, OnNote, PendingArticle
from ..reading.tables import Row
from .duplicates import NearDuplicates
from .items import RANDOM, UNCERTAIN, ReviewItem, make_id
from .records import source_fields

if TYPE_CHECKING:
    from ..model.model import Model

__all__ = ["RANDOM_SHARE", "SECONDS_A_PARAGRAPH", "Queue", "build_queue", "suggest"]

# An assumption, not a measurement: read a paragraph of about eighty words and press a key.
SECONDS_A_PARAGRAPH = 25
RANDOM_SHARE = 0.2

# Kinds of blocks that nobody labels.
HEADINGS = (Kind.HEADLINE, Kind.SUBHEADING)
# Paragraphs that are tagged together.
BATCH = 512


@dataclass(frozen=True)
class Queue:
    """The paragraphs to label, in the order to label them.

    Attributes
    ----------
    items : list of ReviewItem
    candidates : int
        Paragraphs that there were to choose from.
    duplicates : int
        Near-duplicates that were passed over while choosing.
    """

    items: list[ReviewItem]
    candidates: int
    duplicates: int

    @property
    def hours(self) -> float:
        """How long one person will take, at `SECONDS_A_PARAGRAPH`."""
        return len(self.items) * SECONDS_A_PARAGRAPH / 3600


def suggest(
    model: Model,
    items: Iterable[InputItem],
    *,
    on_error: Callable[[str, str], None] | None = None,
    on_note: OnNote | None = None,
) -> Iterator[ReviewItem]:
    """Read and tag rows and articles; yield each paragraph with the model's suggestion.

    Headlines and sub-headings are left out: they are no paragraphs, and the codebook says nothing of them.

    Parameters
    ----------
    items : iterable
        As `cchc_ml.reading.inputs.read_inputs` gives them. What a row says of an earlier tagging is replaced.
    on_error : callable, optional
        Called with an article that cannot be read, and why; without it, the error is raised.
    on_note : callable, optional
        Called with a sentence about what of an article is passed over; without it, that is an error.
    """
    rows = ((row, column) for row, column in _rows(items, on_error, on_note) if row.get("kind") not in HEADINGS)
    while batch := list(islice(rows, BATCH)):
        texts = [row[column] for row, column in batch]
        for (row, _), text, tagged in zip(batch, texts, model.annotate(texts), strict=True):
            source: dict[str, Any] = source_fields(row)
            yield ReviewItem(
                id=str(row["id"]) if row.get("id") not in (None, "") else make_id(source["document"], text),
                text=text,
                suggestion={pillar.value: round(float(p), 4) for pillar, p in tagged.scores.items()},
                suggested=tuple(pillar.value for pillar in tagged.pillars),
                evidence_spans={pillar.value: (start, end) for pillar, (start, end) in tagged.evidence.items()},
                **source,
            )


def _rows(
    items: Iterable[InputItem], on_error: Callable[[str, str], None] | None, on_note: OnNote | None
) -> Iterator[tuple[Row, str]]:
    for item in items:
        if not isinstance(item, PendingArticle):
            yield item
            continue
        try:
            yield from list(item.rows(on_note))
        except READING_ERRORS as error:
            if not on_error:
                raise
            on_error(item.path, message_of(error))


def build_queue(
    items: Iterable[ReviewItem],
    number: int,
    thresholds: Sequence[float],
    *,
    slugs: Sequence[str] = tuple(CCHC.slugs),
    random_share: float = RANDOM_SHARE,
    seed: int = 0,
) -> Queue:
    """Choose `number` paragraphs to label; the same ones for the same input and seed.

    First, `random_share` of them are drawn at random from all paragraphs, so that they show how good the model is.
    The others are those that the model is least sure of: the categories take turns, each takes the paragraph whose
    probability is closest to its threshold, from the outlet that it has taken least from. Near-duplicates are taken
    once. The random ones are spread evenly over the queue.

    Parameters
    ----------
    items : iterable of ReviewItem
        With suggestions.
    thresholds : sequence of float
        The probability above which each category is tagged, in the order of the categories.
    slugs : sequence of str
        The categories.
    random_share : float
        Between 0 and 1.

    Raises
    ------
    ValueError
        A number is out of range, there is nothing to choose from, or two different texts have the same id.
    ImportError
        datasketch is not installed (extra ``review``).
    """
    if number < 1:
        raise ValueError(message("found {number} paragraphs to choose, want 1 or more", number=number))
    if not 0 <= random_share <= 1:
        raise ValueError(
            message("found a random share of {random_share:g}, want a number from 0 to 1", random_share=random_share)
        )
    pool = list(items)
    if not pool:
        raise ValueError(message("there are no paragraphs to choose from"))
    _check_ids(pool)
    seen = _Duplicates()
    chance = random.Random(seed)
    drawn = list(range(len(pool)))
    chance.shuffle(drawn)
    at_random = list(islice((i for i in drawn if seen.take(pool[i])), round(number * random_share)))
    left = sorted(set(range(len(pool))) - set(at_random))
    uncertain = _uncertain(pool, left, number - len(at_random), dict(zip(slugs, thresholds, strict=True)), seen)
    chosen = [replace(pool[i], sampling=UNCERTAIN) for i in uncertain]
    return Queue(_spread(chosen, [replace(pool[i], sampling=RANDOM) for i in at_random]), len(pool), seen.passed_over)


def _check_ids(pool: Sequence[ReviewItem]) -> None:
    texts: dict[str, str] = {}
    for item in pool:
        if texts.setdefault(item.id, item.text) != item.text:
            raise ValueError(message("two different paragraphs have the id {id}; ids must differ", id=repr(item.id)))


def _uncertain(
    pool: Sequence[ReviewItem], left: Sequence[int], number: int, thresholds: Mapping[str, float], seen: _Duplicates
) -> list[int]:
    """Choose by uncertainty: categories take turns, and within a category outlets do."""
    ranked = []
    for slug, threshold in thresholds.items():
        by_outlet: dict[str, list[tuple[float, int]]] = {}
        for i in left:
            margin = abs((pool[i].suggestion or {}).get(slug, inf) - threshold)
            by_outlet.setdefault(pool[i].outlet, []).append((margin, i))
        ranked.append({outlet: iter(sorted(entries)) for outlet, entries in by_outlet.items()})
    chosen: list[int] = []
    tried: set[int] = set()
    taken = [Counter[str]() for _ in ranked]
    turn = 0
    while len(chosen) < number and any(ranked):
        outlets, counts = ranked[turn % len(ranked)], taken[turn % len(ranked)]
        turn += 1
        closest = _closest(outlets, counts, tried, pool, seen)
        if closest is not None:
            chosen.append(closest)
    return chosen


def _closest(
    outlets: dict[str, Iterator[tuple[float, int]]],
    counts: Counter[str],
    tried: set[int],
    pool: Sequence[ReviewItem],
    seen: _Duplicates,
) -> int | None:
    """Take one category's next paragraph: from the outlet it took least from, the one closest to the threshold."""
    while outlets:
        outlet = min(outlets, key=lambda name: (counts[name], name))
        for _, i in outlets[outlet]:
            if i in tried:
                continue
            tried.add(i)
            if seen.take(pool[i]):
                counts[outlet] += 1
                return i
        del outlets[outlet]
    return None


def _spread(chosen: list[ReviewItem], at_random: list[ReviewItem]) -> list[ReviewItem]:
    """Put the random paragraphs at equal distances among the others."""
    total = len(chosen) + len(at_random)
    rest, mixed = iter(chosen), []
    for position in range(total):
        due = (position + 1) * len(at_random) // total
        used = position * len(at_random) // total
        mixed.append(at_random[used] if due > used else next(rest))
    return mixed


class _Duplicates:
    """The texts that were taken; a near-duplicate of one of them is not taken again."""

    def __init__(self) -> None:
        self._taken = NearDuplicates()
        self.passed_over = 0

    def take(self, item: ReviewItem) -> bool:
        """Whether the text is new; if so, remember it."""
        new = self._taken.add_if_new(item.text)
        self.passed_over += not new
        return new
