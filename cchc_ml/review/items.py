"""`ReviewItem`: a paragraph, what the model suggests for it, and what one person decided."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from types import MappingProxyType
from typing import Any

from ..messages import message

__all__ = ["RANDOM", "SOURCE_FIELDS", "UNCERTAIN", "ReviewItem", "make_id", "yes_no"]

# Where a paragraph comes from. Every format keeps these fields.
SOURCE_FIELDS = ("document", "headline", "date", "outlet", "link", "split")

# Why a paragraph is in a queue.
UNCERTAIN = "uncertain"
RANDOM = "random"

_NOTHING: Mapping[str, Any] = MappingProxyType({})


def make_id(document: str, text: str) -> str:
    """Return an id for a paragraph that has none: the same for the same document and text.

    It starts with letters, so that Excel does not take it for a number.
    """
    return "p-" + sha256(f"{document}\0{text}".encode("utf8", "surrogatepass")).hexdigest()[:16]


@dataclass(frozen=True)
class ReviewItem:
    """A paragraph with the model's suggestion and one person's decisions.

    A suggestion is a probability (`float`) and a decision is yes or no (`bool`). They are in different fields, and
    neither field takes the other's type. No code turns a suggestion into a decision.

    Attributes
    ----------
    id, text : str
    suggestion : mapping of str to float, optional
        The model's probability of each category.
    suggested : tuple of str
        The categories that the model would tag.
    evidence_spans : mapping of str to (int, int)
        Where the evidence of a suggested category starts and ends in the text.
    decisions : mapping of str to bool
        What the person decided. A category that is not in it was not looked at.
    notes, annotator, time : str
        The person's notes, name, and the time of the last decision (ISO 8601).
    document, headline, date, outlet, link : str
        Where the paragraph comes from.
    split : str
        The part of labelled data that it is in, such as ``"validation"``; empty for training rows.
    sampling : str
        Why the paragraph is in the queue: ``"uncertain"``, ``"random"``, or empty.
    adjudicates : bool
        Whether these decisions settle what other people disagreed on.
    place : str
        File and row that the item was read from, for messages. Equality does not depend on it.

    Examples
    --------
    >>> item = ReviewItem("p-1", "Xã trả hồ sơ trước hạn.", suggestion={"tthc": 0.9}, suggested=("tthc",))
    >>> item.label(["tthc"]) is None
    True
    >>> item.decided({"tthc": False}).label(["tthc"])
    frozenset()
    """

    id: str
    text: str
    suggestion: Mapping[str, float] | None = None
    suggested: tuple[str, ...] = ()
    evidence_spans: Mapping[str, tuple[int, int]] = field(default_factory=lambda: _NOTHING)
    decisions: Mapping[str, bool] = field(default_factory=lambda: _NOTHING)
    notes: str = ""
    annotator: str = ""
    time: str = ""
    document: str = ""
    headline: str = ""
    date: str = ""
    outlet: str = ""
    link: str = ""
    split: str = ""
    sampling: str = ""
    adjudicates: bool = False
    place: str = field(default="", compare=False)

    def __post_init__(self) -> None:
        if not self.id or not self.text.strip():
            raise ValueError(
                message(
                    "a paragraph needs an id and a text; got id {id} and text {text}",
                    id=repr(self.id),
                    text=repr(self.text[:40]),
                )
            )
        for slug, decision in self.decisions.items():
            if type(decision) is not bool:
                raise TypeError(
                    message(
                        "the decision on {slug} is {decision}; want True or False",
                        slug=repr(slug),
                        decision=repr(decision),
                    )
                )
        for slug, probability in (self.suggestion or {}).items():
            if type(probability) is not float or not 0 <= probability <= 1:
                raise TypeError(
                    message(
                        "the suggestion for {slug} is {probability}; want a float between 0 and 1",
                        slug=repr(slug),
                        probability=repr(probability),
                    )
                )
        for slug, span in self.evidence_spans.items():
            if len(span) != 2 or not 0 <= span[0] <= span[1] <= len(self.text):
                raise ValueError(
                    message(
                        "the evidence of {slug} is at {span}; the text has {chars} characters",
                        slug=repr(slug),
                        span=span,
                        chars=len(self.text),
                    )
                )

    def label(self, slugs: Iterable[str]) -> frozenset[str] | None:
        """Return the categories that the person said yes to; None if one of `slugs` was not looked at."""
        wanted = list(slugs)
        if any(slug not in self.decisions for slug in wanted):
            return None
        return frozenset(slug for slug in wanted if self.decisions[slug])

    def decided(self, decisions: Mapping[str, bool], **who: str) -> ReviewItem:
        """Return a copy with these decisions, and with `annotator`, `time` or `notes` where given."""
        fields = {name: getattr(self, name) for name in self.__dataclass_fields__}
        return ReviewItem(**{**fields, "decisions": dict(decisions), **who})

    def without_decisions(self) -> ReviewItem:
        """Return the paragraph and its suggestion, with nobody's decisions, notes, name or time."""
        fields = {name: getattr(self, name) for name in self.__dataclass_fields__}
        empty = {"decisions": {}, "notes": "", "annotator": "", "time": "", "adjudicates": False}
        return ReviewItem(**{**fields, **empty})

    @property
    def source(self) -> dict[str, str]:
        """The fields that say where the paragraph comes from, without empty ones."""
        return {name: getattr(self, name) for name in SOURCE_FIELDS if getattr(self, name)}


def yes_no(slugs: Sequence[str], labels: Iterable[str]) -> dict[str, bool]:
    """Return a decision for each slug: yes for those in `labels`, no for the others."""
    chosen = set(labels)
    return {slug: slug in chosen for slug in slugs}
