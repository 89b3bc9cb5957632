"""What a model file says about the model: where it comes from and how it was trained."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any

from ..messages import message
from ..pillars import PILLARS


@dataclass(frozen=True)
class ModelInfo:
    """Facts about a model. A fact is None if the model file does not have it.

    Attributes
    ----------
    version : str or None
        The version of cchc_ml that trained the model.
    data : str or None
        SHA-256 of the training data.
    objective : str or None
        What the thresholds were chosen for; see `cchc_ml.PillarClassifier`.
    parameters : mapping of str to value, or None
        The parameters of the classifier, without `lexicon` and `n_jobs`.
    f1_thresholds : tuple of float, or None
        The thresholds that the objective ``"f1"`` would have chosen.
    prevalence : tuple of float, or None
        The share of each pillar among the training paragraphs.
    macro_f1 : mapping of str to float, or None
        Macro-F1 of each measurement: cross-validated, and on each split that was held out.

    Examples
    --------
    >>> info = ModelInfo(version="0.1.0", prevalence=(0.2, 0.1, 0.1, 0.2, 0.2, 0.1))
    >>> info.to_json()
    {'version': '0.1.0', 'prevalence': [0.2, 0.1, 0.1, 0.2, 0.2, 0.1]}
    >>> ModelInfo.from_json(info.to_json()) == info
    True
    """

    version: str | None = None
    data: str | None = None
    objective: str | None = None
    parameters: Mapping[str, Any] | None = None
    f1_thresholds: tuple[float, ...] | None = None
    prevalence: tuple[float, ...] | None = None
    macro_f1: Mapping[str, float] | None = None

    def to_json(self) -> dict[str, Any]:
        """Return the facts that are not None, as JSON has them."""
        facts = {name: value for name, value in asdict(self).items() if value is not None}
        return {name: list(value) if isinstance(value, tuple) else value for name, value in facts.items()}

    @classmethod
    def from_json(cls, facts: Mapping[str, Any], n_pillars: int = len(PILLARS)) -> ModelInfo:
        """Build the facts about a model of some pillars from JSON.

        Keys may be missing; unknown keys, of a newer version, are ignored.

        Raises
        ------
        ValueError
            A fact has the wrong type.
        """
        known: dict[str, Any] = {
            field.name: facts[field.name] for field in fields(cls) if facts.get(field.name) is not None
        }
        for name, value in known.items():
            wanted, is_right = _CHECKS[name]
            wanted = wanted.format("six" if n_pillars == len(PILLARS) else n_pillars)
            if not is_right(value) or (is_right is _is_row and len(value) != n_pillars):
                raise ValueError(
                    message(
                        "the header has {name} = {value}; want {wanted}",
                        name=name,
                        value=repr(str(value)[:40]),
                        wanted=wanted,
                    )
                )
            if isinstance(value, list):
                known[name] = tuple(value)
        return cls(**known)


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _is_row(value: Any) -> bool:
    return isinstance(value, list | tuple) and all(map(_is_number, value))


def _is_table(value: Any) -> bool:
    return isinstance(value, dict) and all(map(_is_number, value.values()))


_TEXT = "a string", lambda value: isinstance(value, str)
_ROW = "{} numbers", _is_row
# For each fact: what is wanted, and the check for it.
_CHECKS: dict[str, tuple[str, Callable[[Any], bool]]] = {
    "version": _TEXT,
    "data": _TEXT,
    "objective": _TEXT,
    "parameters": (message("an object"), lambda value: isinstance(value, dict)),
    "f1_thresholds": _ROW,
    "prevalence": _ROW,
    "macro_f1": (message("an object of numbers"), _is_table),
}
