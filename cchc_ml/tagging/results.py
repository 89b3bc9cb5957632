"""The tags of texts as the fields of rows and as JSON, without an `Annotation` for each text: that takes longer."""

from __future__ import annotations

import json
from collections.abc import Hashable, Iterable, Sequence
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from .schema import TaggedRow

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ..model.model import Model

__all__ = ["Tags", "as_cells", "as_fields", "as_json", "cell_columns", "tag_texts"]

# Scores are rounded to so many parts of one.
PARTS = 10_000
# How exact a product with PARTS is, at least.
EPSILON = 1e-6

_quoted = json.JSONEncoder(ensure_ascii=False).encode


class Tags(NamedTuple):
    """What the model says of a text.

    Attributes
    ----------
    slugs : tuple of str
        The slugs of all pillars.
    scores : list of int
        The probability of each of them, in parts of 10,000.
    found : list of (str, int, int)
        The slug of each pillar that the text is evidence for, most probable first, and where its sentence starts and
        ends; -1 if the text has no sentence.
    """

    slugs: tuple[str, ...]
    scores: list[int]
    found: list[tuple[str, int, int]]


def tag_texts(model: Model, texts: Sequence[str], documents: Sequence[Hashable] | None = None) -> list[Tags]:
    """Tag texts; `documents` as in `cchc_ml.model.model.Model.decide`."""
    readings = model.read(texts)
    decisions = model.decide(readings.scores, documents)
    rows, columns = np.nonzero(decisions.scores > decisions.thresholds)
    most_probable_first = np.lexsort((-decisions.probabilities[rows, columns], rows))
    rows, columns = rows[most_probable_first], columns[most_probable_first]
    slugs = tuple(pillar.value for pillar in model.codebook)
    tags = [Tags(slugs, scores, []) for scores in _in_parts(decisions.probabilities).tolist()]
    spans = readings.evidence[rows, columns].tolist()
    for row, column, (start, end) in zip(rows.tolist(), columns.tolist(), spans, strict=True):
        tags[row].found.append((slugs[column], start, end))
    return tags


def _in_parts(probabilities: NDArray[np.float64]) -> NDArray[np.intp]:
    """Return ``round(p, 4)`` of each probability as a whole number of parts."""
    parts = probabilities * PARTS
    whole = np.rint(parts)
    for at in zip(*np.nonzero(np.abs(np.abs(parts - whole) - 0.5) < EPSILON), strict=True):
        whole[at] = round(round(float(probabilities[at]), 4) * PARTS)  # near a half, only Python rounds exactly
    return whole.astype(np.intp)


def as_fields(tags: Tags, text: str) -> TaggedRow:
    """Return the tags of a text as the fields that a tagged row gets."""
    evidence = [(slug, start, end) for slug, start, end in tags.found if start >= 0]
    return {
        "pillars": [slug for slug, _, _ in tags.found],
        "scores": {slug: parts / PARTS for slug, parts in zip(tags.slugs, tags.scores, strict=True)},
        "evidence": {slug: text[start:end] for slug, start, end in evidence},
        "evidence_spans": {slug: [start, end] for slug, start, end in evidence},
    }


def cell_columns(slugs: Iterable[str]) -> list[str]:
    """Return the columns of `as_cells`: `pillars`, and a probability and an evidence per pillar."""
    return ["pillars", *(f"{slug}_{part}" for slug in slugs for part in ("probability", "evidence"))]


def as_cells(tags: Tags, text: str) -> list[str]:
    """Return the tags of a text as cells of a CSV file."""
    numbers = _numbers()
    evidence = {slug: text[start:end] for slug, start, end in tags.found if start >= 0}
    cells = [";".join([slug for slug, _, _ in tags.found])]
    for slug, parts in zip(tags.slugs, tags.scores, strict=True):
        cells += numbers[parts], evidence.get(slug, "")
    return cells


def as_json(tags: Tags, text: str) -> str:
    """Return the fields of `as_fields` as JSON, without the braces around them."""
    numbers = _numbers()
    scores = _template(tags.slugs) % tuple([numbers[parts] for parts in tags.scores])
    if not tags.found:
        return f'"pillars": [], "scores": {{{scores}}}, "evidence": {{}}, "evidence_spans": {{}}'
    pillars = ", ".join([_quoted(slug) for slug, _, _ in tags.found])
    places = [(slug, start, end) for slug, start, end in tags.found if start >= 0]
    evidence = ", ".join([f"{_quoted(slug)}: {_quoted(text[start:end])}" for slug, start, end in places])
    spans = ", ".join([f"{_quoted(slug)}: [{start}, {end}]" for slug, start, end in places])
    return f'"pillars": [{pillars}], "scores": {{{scores}}}, "evidence": {{{evidence}}}, "evidence_spans": {{{spans}}}'


@cache
def _template(slugs: tuple[str, ...]) -> str:
    """Return the JSON of scores with a place for each number."""
    return ", ".join(_quoted(slug).replace("%", "%%") + ": %s" for slug in slugs)


@cache
def _numbers() -> list[str]:
    """Return the JSON of every rounded score."""
    return [repr(parts / PARTS) for parts in range(PARTS + 1)]
