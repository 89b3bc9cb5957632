"""The article as context: a paragraph is likelier evidence for a pillar in an article that speaks of the pillar."""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from ..messages import message

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from .operating_points import OperatingPoints


@dataclass(frozen=True, eq=False)
class ArticleContext:
    """How the other paragraphs of an article change the decisions on a paragraph.

    If k of the n other paragraphs carry a pillar by their own scores, the score of the pillar gets the context term
    ``weight * k / (n + 1)``. Thresholds and calibration are those for scores with this term.

    Attributes
    ----------
    weight : float
    thresholds : array of shape (6,)
    calibration : array of shape (6, 2)
        As in `cchc_ml.model.model.Model`.
    carrying_thresholds : array of shape (6,) or None
        A paragraph carries a pillar if its own score is above this. None: the model's thresholds.
    points : OperatingPoints or None
        The thresholds for other objectives.

    Examples
    --------
    >>> context = ArticleContext(0.8, np.zeros(6), np.ones((6, 2)))
    >>> round(float(context.term(3, 9)), 2)
    0.24
    """

    weight: float
    thresholds: NDArray[np.float32]
    calibration: NDArray[np.float32]
    carrying_thresholds: NDArray[np.float32] | None = None
    points: OperatingPoints | None = None

    def term(self, carrying: Any, others: Any) -> Any:
        """Return the context term if `carrying` of `others` other paragraphs carry the pillar; numbers or arrays."""
        return self.weight * carrying / (others + 1)


def number_documents(documents: Iterable[Hashable], n: int) -> NDArray[np.intp]:
    """Return a number for the document of each of n paragraphs. None and NaN are documents of one paragraph.

    Raises
    ------
    ValueError
        There are not n documents.

    Examples
    --------
    >>> number_documents(["a", "b", "a", None, None], 5).tolist()
    [0, 1, 0, 2, 3]
    """
    numbers: dict[Hashable, int] = {}
    keys = [object() if document is None or document != document else document for document in documents]
    if len(keys) != n:
        raise ValueError(
            message(
                "found {keys} documents for {n} paragraphs; give the document of each paragraph",
                keys=len(keys),
                n=n,
            )
        )
    return np.array([numbers.setdefault(key, len(numbers)) for key in keys], np.intp)


def count_others(carries: NDArray[np.bool_], documents: NDArray[np.intp]) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Count the other paragraphs of each paragraph's document.

    Parameters
    ----------
    carries : array of shape (n, 6)
        Whether a paragraph carries a pillar by its own score.
    documents : array of shape (n,)
        The number of each paragraph's document.

    Returns
    -------
    carrying : array of shape (n, 6)
        How many of the others carry each pillar.
    others : array of shape (n,)
        How many others there are.

    Examples
    --------
    >>> carrying, others = count_others(np.array([[True], [False], [True]]), np.array([0, 0, 1]))
    >>> carrying.tolist(), others.tolist()
    ([[0], [1], [0]], [1, 1, 0])
    """
    size = np.bincount(documents)
    total = np.zeros((len(size), carries.shape[1]), np.intp)
    np.add.at(total, documents, carries)
    return total[documents] - carries, size[documents] - 1
