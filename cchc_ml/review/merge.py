"""Several people's decisions made one: who said what, what is settled, what is to be adjudicated."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np

from ..messages import message, placed
from ..reading.tables import Row
from .agreement import MISSING, Agreement, confusion, measure
from .items import RANDOM, ReviewItem
from .records import suggestion_fields

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["Merged", "MergedParagraph", "SuggestionQuality", "merge"]


@dataclass(frozen=True)
class MergedParagraph:
    """A paragraph and what everybody said of it.

    Attributes
    ----------
    item : ReviewItem
        The paragraph and its suggestion, without decisions.
    votes : tuple of ReviewItem
        One for each person who decided something or left a note.
    adjudications : tuple of ReviewItem
        The deciding votes.
    """

    item: ReviewItem
    votes: tuple[ReviewItem, ...]
    adjudications: tuple[ReviewItem, ...]

    def decision(self, slug: str) -> bool | None:
        """Return what is settled on a category: the deciding vote, or what all who looked at it agree on; else None."""
        for voters in (self.adjudications, self.votes):
            said = {voter.decisions[slug] for voter in voters if slug in voter.decisions}
            if said:
                return said.pop() if len(said) == 1 else None
        return None

    def disputed(self, slugs: Sequence[str]) -> list[str]:
        """Return the categories that people disagree on and that no deciding vote settles."""
        return [
            slug for slug in slugs if self.decision(slug) is None and any(slug in vote.decisions for vote in self.votes)
        ]

    def labels(self, slugs: Sequence[str]) -> list[str] | None:
        """Return the categories that apply; None where one was not looked at or is disputed."""
        decisions = {slug: self.decision(slug) for slug in slugs}
        if any(decision is None for decision in decisions.values()):
            return None
        return [slug for slug in slugs if decisions[slug]]


@dataclass(frozen=True)
class SuggestionQuality:
    """How often the suggestion for one category was right, on the random part of a queue."""

    tp: int
    fp: int
    fn: int


@dataclass(frozen=True)
class Merged:
    """The paragraphs of all files, in the order in which they came.

    Attributes
    ----------
    paragraphs : list of MergedParagraph
    slugs : tuple of str
    """

    paragraphs: list[MergedParagraph]
    slugs: tuple[str, ...]

    @cached_property
    def annotators(self) -> list[str]:
        """The people who decided something, without those who only adjudicated, by name."""
        return sorted({vote.annotator for p in self.paragraphs for vote in p.votes if vote.decisions})

    def counts(self) -> dict[str, int]:
        """Return how many paragraphs are `labelled` (all settled), `disputed`, `partial`, or `untouched`."""
        states = Counter[str]()
        for paragraph in self.paragraphs:
            decided = any(voter.decisions for voter in (*paragraph.votes, *paragraph.adjudications))
            if paragraph.labels(self.slugs) is not None:
                states["labelled"] += 1
            elif paragraph.disputed(self.slugs):
                states["disputed"] += 1
            else:
                states["partial" if decided else "untouched"] += 1
        return {name: states[name] for name in ("labelled", "disputed", "partial", "untouched")}

    def rows(self) -> Iterable[Row]:
        """Yield the settled paragraphs as `cchc-ml train` takes them; an empty list of labels says none of them.

        `reviews` keeps what each person said, with notes and times. The suggestion stays in its own fields.
        """
        for paragraph in self.paragraphs:
            labels = paragraph.labels(self.slugs)
            if labels is None:
                continue
            item = paragraph.item
            row: Row = {"id": item.id, "text": item.text, "labels": labels, **item.source}
            if item.sampling:
                row["sampling"] = item.sampling
            row |= suggestion_fields(item)
            row["reviews"] = [_review(voter) for voter in (*paragraph.votes, *paragraph.adjudications)]
            yield row

    def agreement(self) -> dict[str, Agreement]:
        """Measure the agreement on each category; nothing where nobody else looked at the same paragraph."""
        if len(self.annotators) < 2:
            return {}
        documents = [paragraph.item.document or paragraph.item.id for paragraph in self.paragraphs]
        return {slug: measure(self._table(slug), documents) for slug in self.slugs}

    def _table(self, slug: str) -> NDArray[np.int8]:
        table = np.full((len(self.annotators), len(self.paragraphs)), MISSING, np.int8)
        place = {name: i for i, name in enumerate(self.annotators)}
        for j, paragraph in enumerate(self.paragraphs):
            for vote in paragraph.votes:
                if slug in vote.decisions:
                    table[place[vote.annotator], j] = vote.decisions[slug]
        return table

    def confusion(self) -> NDArray[np.int64]:
        """Count which category was taken for which, over all pairs of people; see `agreement.confusion`."""
        pairs = []
        for paragraph in self.paragraphs:
            labels = [label for vote in paragraph.votes if (label := vote.label(self.slugs)) is not None]
            pairs += list(combinations(labels, 2))
        return confusion(pairs, self.slugs)

    def suggestion_quality(self) -> tuple[int, dict[str, SuggestionQuality]]:
        """Compare the suggestions with the settled labels of the paragraphs that were drawn at random."""
        pairs = [
            (set(paragraph.item.suggested), set(labels))
            for paragraph in self.paragraphs
            if paragraph.item.sampling == RANDOM
            and paragraph.item.suggestion is not None
            and (labels := paragraph.labels(self.slugs)) is not None
        ]
        return len(pairs), {
            slug: SuggestionQuality(
                sum(slug in guess and slug in truth for guess, truth in pairs),
                sum(slug in guess and slug not in truth for guess, truth in pairs),
                sum(slug not in guess and slug in truth for guess, truth in pairs),
            )
            for slug in self.slugs
        }

    def disagreements(self) -> tuple[list[ReviewItem], dict[str, dict[str, str]], dict[str, dict[str, bool]]]:
        """Return the arguments of `write_review_sheet` for an adjudication sheet: items, votes, what is agreed."""
        items, votes, agreed = [], {}, {}
        for paragraph in self.paragraphs:
            if not paragraph.disputed(self.slugs):
                continue
            item = paragraph.item
            fields = {name: getattr(item, name) for name in item.__dataclass_fields__}
            notes = "\n".join(f"{vote.annotator}: {vote.notes}" for vote in paragraph.votes if vote.notes)
            items.append(ReviewItem(**{**fields, "adjudicates": True}))
            votes[item.id] = {
                slug: "; ".join(
                    f"{vote.annotator}: {'có' if vote.decisions[slug] else 'không'}"
                    for vote in paragraph.votes
                    if slug in vote.decisions
                )
                for slug in self.slugs
            }
            votes[item.id][""] = notes
            settled = {slug: paragraph.decision(slug) for slug in self.slugs}
            agreed[item.id] = {slug: decision for slug, decision in settled.items() if decision is not None}
        return items, votes, agreed


def _review(voter: ReviewItem) -> Row:
    review: Row = {"annotator": voter.annotator, "time": voter.time, "decisions": dict(voter.decisions)}
    if voter.notes:
        review["notes"] = voter.notes
    if voter.adjudicates:
        review["adjudicates"] = True
    return review


def merge(items: Iterable[ReviewItem], slugs: Sequence[str]) -> Merged:
    """Bring the decisions of all people together by the paragraphs' ids.

    If one person decided a paragraph twice, the later decision holds; if they are the same, they count once.

    Raises
    ------
    ValueError
        An id stands for two texts; one person decided the same paragraph differently and the times do not tell which is
        later; or two deciding votes contradict each other. The message names the files and rows.
    """
    paragraphs: dict[str, ReviewItem] = {}
    votes: dict[str, dict[str, ReviewItem]] = {}
    adjudications: dict[str, dict[str, ReviewItem]] = {}
    for item in items:
        first = paragraphs.setdefault(item.id, item)
        if _squeezed(first.text) != _squeezed(item.text):
            raise ValueError(
                placed(
                    item.place,
                    message(
                        "the text of {id} is not the one of {other_place}; do not edit texts",
                        id=item.id,
                        other_place=first.place,
                    ),
                )
            )
        paragraphs[item.id] = _fuller(first, item)
        if item.decisions or item.notes or item.annotator:
            by_person = (adjudications if item.adjudicates else votes).setdefault(item.id, {})
            by_person[item.annotator] = _later(by_person.get(item.annotator), item)
    for by_person in adjudications.values():
        _check_verdicts(list(by_person.values()))
    return Merged(
        [
            MergedParagraph(
                item.without_decisions(),
                tuple(votes.get(identity, {}).values()),
                tuple(adjudications.get(identity, {}).values()),
            )
            for identity, item in paragraphs.items()
        ],
        tuple(slugs),
    )


def _squeezed(text: str) -> str:
    """Return a text without what Excel and other programs change in white space."""
    return " ".join(text.split())


def _fuller(first: ReviewItem, item: ReviewItem) -> ReviewItem:
    """Return the copy of a paragraph that says more: a program may drop the suggestion or the source."""
    if first.suggestion is None and item.suggestion is not None:
        return item
    return first


def _later(before: ReviewItem | None, item: ReviewItem) -> ReviewItem:
    if before is None or not before.decisions:
        return item
    if not item.decisions or (before.decisions == item.decisions and before.time >= item.time):
        return before
    if before.decisions == item.decisions:
        return item
    if not before.time or not item.time or before.time == item.time:
        raise ValueError(
            placed(
                item.place,
                message(
                    "{annotator} decided {id} otherwise in {other_place}, and the times do not tell which is "
                    "later; delete one of the two rows",
                    annotator=item.annotator,
                    id=item.id,
                    other_place=before.place,
                ),
            )
        )
    return item if item.time > before.time else before


def _check_verdicts(voters: Sequence[ReviewItem]) -> None:
    for first, second in combinations(voters, 2):
        for slug in first.decisions.keys() & second.decisions.keys():
            if first.decisions[slug] != second.decisions[slug]:
                raise ValueError(
                    placed(
                        second.place,
                        message(
                            "the deciding vote on {slug} of {id} contradicts {other_place}; keep one",
                            slug=slug,
                            id=second.id,
                            other_place=first.place,
                        ),
                    )
                )
