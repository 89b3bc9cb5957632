"""Check the texts and labels that are given to the classifier."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import numpy as np

from ..pillars import PILLARS
from .corpus import indicator
from .labels import parse_labels

if TYPE_CHECKING:
    from numpy.typing import NDArray


def check_texts(X: Any) -> list[str]:
    """Return a sequence of strings as a list.

    Raises
    ------
    TypeError, ValueError
        It is not a sequence of strings, or it is empty.
    """
    if isinstance(X, str | bytes):
        raise TypeError(f"found one {type(X).__name__}, want a sequence of strings; put it in a list: [text]")
    if not isinstance(X, Iterable):
        raise TypeError(f"found {type(X).__name__}, want a sequence of strings")
    texts = list(X)
    if not texts:
        raise ValueError("found an empty sequence, want at least one string")
    for i, text in enumerate(texts):
        if not isinstance(text, str):
            raise TypeError(f"found {type(text).__name__} ({text!r:.60}) at position {i}, want a string")
    return texts


def check_weight(sample_weight: Any, n: int) -> NDArray[np.float64]:
    """Return the weight of each of n paragraphs; 1 for each if None is given.

    Raises
    ------
    ValueError
        There are not n weights, or one is not a positive number.
    """
    if sample_weight is None:
        return np.ones(n)
    weight = np.asarray(sample_weight, dtype=np.float64)
    if weight.shape != (n,):
        raise ValueError(f"sample_weight has shape {weight.shape}, want ({n},), one weight for each paragraph")
    if not (np.isfinite(weight) & (weight > 0)).all():
        raise ValueError(f"sample_weight holds {weight.min()}; want numbers greater than 0")
    return weight


def check_y(y: Any, n: int, *, both: bool = True) -> NDArray[np.int8]:
    """Return labels as a 0/1 array of shape (n, 6).

    Parameters
    ----------
    y : array of shape (n, 6), or sequence of n collections of pillars
    n : int
        The number of paragraphs.
    both : bool
        Require that each pillar is present in some rows and absent in others.

    Raises
    ------
    TypeError, ValueError

    Examples
    --------
    >>> check_y([["tthc"], []], 2, both=False).tolist()
    [[0, 1, 0, 0, 0, 0], [0, 0, 0, 0, 0, 0]]
    """
    if isinstance(y, str) or not isinstance(y, Iterable):
        raise TypeError(
            f"y is {type(y).__name__} ({y!r:.60}), want an array of 0/1 of shape (n, 6), "
            "or a collection of pillars for each paragraph"
        )
    if not hasattr(y, "shape") or len(y.shape) == 1:
        y = _array_of_rows(list(y))
    y = np.asarray(y.toarray() if hasattr(y, "toarray") else y)
    if y.ndim != 2 or y.shape[1] != len(PILLARS):
        raise ValueError(f"y has shape {y.shape}, want (n, 6), one column each for {', '.join(PILLARS)}")
    if len(y) != n:
        raise ValueError(f"y has {len(y)} rows for {n} paragraphs; give one row for each paragraph")
    if not np.isin(y, (0, 1)).all():
        raise ValueError(f"y holds {np.setdiff1d(y, (0, 1))[:3].tolist()}, want only 0 and 1")
    if both:
        for k, pillar in enumerate(PILLARS):
            if y[:, k].min() == y[:, k].max():
                which = "every paragraph" if y[0, k] else "no paragraph"
                raise ValueError(f"{which} has the pillar {pillar}; to learn it, give paragraphs with and without it")
    checked: NDArray[np.int8] = y.astype(np.int8)
    return checked


def _array_of_rows(rows: list[Any]) -> NDArray[Any]:
    """Return rows of six numbers, or rows of pillars, as one array."""
    for i, row in enumerate(rows):
        if isinstance(row, str) or not isinstance(row, Iterable):
            raise TypeError(
                f"y[{i}] is {type(row).__name__} ({row!r:.60}), want a collection of pillars, such as ['tthc']"
            )
    if all(isinstance(value, str) for row in rows for value in row):
        return indicator([parse_labels(list(row)) for row in rows])
    for i, row in enumerate(rows):
        if len(list(row)) != len(PILLARS):
            raise ValueError(
                f"y[{i}] is {row!r:.60}, want six numbers 0 or 1, or a collection of pillars such as ['tthc']"
            )
    return np.asarray(rows)
