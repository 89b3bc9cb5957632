"""Show tagged and explained paragraphs as HTML, for the cells of a notebook. All text is escaped."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from html import escape
from itertools import groupby
from typing import TypeVar

from ..pillars import AnyPillar

Mark = TypeVar("Mark")

# Background colours of words for and against a pillar, from weak to strong. The letters on them are black.
FOR = ("#e5f5e0", "#c7e9c0", "#a1d99b", "#74c476")
AGAINST = ("#fee0d2", "#fcbba1", "#fc9272", "#fb6a4a")
# How many terms an explanation lists on each side.
LISTED_TERMS = 6


def tagged_html(
    text: str,
    pillars: Sequence[AnyPillar],
    scores: Mapping[AnyPillar, float],
    evidence: Mapping[AnyPillar, tuple[int, int]],
) -> str:
    """Return a tagged paragraph as HTML: the text with its evidence underlined, then its pillars with probabilities.

    Examples
    --------
    >>> from cchc_ml.pillars import Pillar
    >>> html = tagged_html("Xã họp. Trời mưa.", [Pillar.TTHC], {Pillar.TTHC: 0.9}, {Pillar.TTHC: (0, 7)})
    >>> '<u style="text-decoration-color:#d55e00">Xã họp.</u> Trời mưa.' in html
    True
    """
    marks: list[AnyPillar | None] = [None] * len(text)
    for pillar in reversed(pillars):  # the most probable one is written last, so it is seen
        start, end = evidence.get(pillar, (0, 0))
        marks[start:end] = [pillar] * (end - start)
    pieces = []
    for mark, piece in _runs(text, marks):
        style = f"text-decoration-color:{mark.colour}" if mark else ""
        pieces.append(f'<u style="{style}">{escape(piece)}</u>' if mark else escape(piece))
    tags = [_tag(pillar, f"{scores[pillar]:.0%}") for pillar in pillars]
    return f"<div><p>{''.join(pieces)}</p><p>{' '.join(tags) or '–'}</p></div>"


def explained_html(
    text: str, weights: Sequence[float], verdict: str, terms: Mapping[str, float], pillar: AnyPillar | None = None
) -> str:
    """Return an explained paragraph as HTML: the verdict, the text shaded by `weights`, the strongest terms.

    Parameters
    ----------
    text, verdict : str
    weights : sequence of float
        The weight of each character.
    terms : mapping of str to float
        The terms with their weights, the strongest first.
    pillar : Pillar, optional
        Named before the verdict.
    """
    name = _tag(pillar, "") + " " if pillar else ""
    pieces = []
    for colour, piece in _runs(text, shades(weights)):
        style = f"background:{colour};color:#000"
        pieces.append(f'<span style="{style}">{escape(piece)}</span>' if colour else escape(piece))
    sides = [
        f"<b>{sign}</b> " + ", ".join(f"{escape(term)} {weight:+.2f}" for term, weight in side[:LISTED_TERMS])
        for sign, side in (
            ("+", [item for item in terms.items() if item[1] > 0]),
            ("−", [item for item in terms.items() if item[1] < 0]),
        )
        if side
    ]
    lines = [f"{name}{escape(verdict)}", "".join(pieces), *sides]
    return "<div>" + "".join(f"<p>{line}</p>" for line in lines if line) + "</div>"


def shades(weights: Sequence[float]) -> list[str]:
    """Return the background colour of each weight; an empty string for none.

    Examples
    --------
    >>> shades([0.0, 0.5, -1.0])
    ['', '#c7e9c0', '#fb6a4a']
    """
    largest = max(map(abs, weights), default=0) or 1.0
    colours = []
    for weight in weights:
        level = min(int(abs(weight) / largest * (len(FOR) + 1)), len(FOR)) - 1
        colours.append((FOR if weight > 0 else AGAINST)[level] if level >= 0 else "")
    return colours


def _tag(pillar: AnyPillar, more: str) -> str:
    label = escape(f"{pillar.vi} {more}".strip())
    return f'<span style="border-left:.5em solid {pillar.colour};padding-left:.3em">{label}</span>'


def _runs(text: str, marks: Sequence[Mark]) -> Iterator[tuple[Mark, str]]:
    """Yield the pieces of a text whose characters have the same mark, each with this mark."""
    at = 0
    for mark, run in groupby(marks):
        length = len(list(run))
        yield mark, text[at : at + length]
        at += length
