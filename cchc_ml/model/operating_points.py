"""The thresholds of a model for other objectives than the one it was trained for."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from ..messages import message
from ..pillars import CCHC, AnyPillar, Codebook

if TYPE_CHECKING:
    from numpy.typing import NDArray

# The precisions and recalls for which a model knows thresholds. A value between two of them counts as the higher one.
TARGETS = tuple(percent / 100 for percent in range(1, 100))


class Objective(NamedTuple):
    """What thresholds are chosen for: ``measure`` is "f1", "precision" or "recall"; ``value`` is None for "f1"."""

    measure: str
    value: float | None = None

    def __str__(self) -> str:
        return self.measure if self.value is None else f"{self.measure}={self.value:g}"


def parse_objective(objective: object) -> Objective:
    """Return what ``"f1"``, ``"precision=0.9"`` or ``"recall=0.9"`` asks for.

    Raises
    ------
    ValueError

    Examples
    --------
    >>> parse_objective("precision=0.9")
    Objective(measure='precision', value=0.9)
    """
    if objective == "f1":
        return Objective("f1")
    measure, _, value = str(objective).partition("=")
    try:
        number = float(value)
    except ValueError:
        number = math.nan
    if measure not in ("precision", "recall") or not 0 < number <= TARGETS[-1]:
        raise ValueError(
            message(
                "objective must be 'f1', or 'precision=' or 'recall=' and a number above 0 and up to "
                "{targets}, such as 'precision=0.9'. Got {objective} instead.",
                targets=TARGETS[-1],
                objective=repr(objective),
            )
        )
    return Objective(measure, number)


def target_number(value: float) -> int:
    """Return the number of the first of `TARGETS` that is not below `value`."""
    return max(math.ceil(round(value * 100, 6)) - 1, 0)


@dataclass(frozen=True, eq=False)
class OperatingPoints:
    """Thresholds for other objectives, from out-of-fold scores.

    Attributes
    ----------
    f1 : array of shape (6,)
        The thresholds for the highest F1.
    precision, recall : arrays of shape (6, 99)
        The thresholds for each of `TARGETS`. A precision that no threshold reaches has infinity.
    shown : array of shape (99,)
        For each precision, the one that paragraphs drawn at random show for all pillars together, with 95 % confidence.
        0 if there were none.
    """

    f1: NDArray[np.float32]
    precision: NDArray[np.float32]
    recall: NDArray[np.float32]
    shown: NDArray[np.float32]

    def at(self, objective: Objective) -> NDArray[np.float32]:
        """Return the thresholds for an objective."""
        if objective.value is None:
            return self.f1
        table = self.precision if objective.measure == "precision" else self.recall
        return table[:, target_number(objective.value)]

    def reached(self, codebook: Codebook = CCHC) -> dict[AnyPillar, float]:
        """Return the highest precision that some threshold of each pillar reaches; 0 if there is none."""
        n_reached = np.isfinite(self.precision).sum(axis=1).tolist()
        return {pillar: n / 100 for pillar, n in zip(codebook, n_reached, strict=True)}
