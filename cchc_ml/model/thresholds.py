"""Choose other thresholds for a trained model: for a precision, for a recall, or where a probability is passed."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace
from numbers import Real
from typing import TYPE_CHECKING, Any

from ..messages import joined, message, plural
from ..pillars import CCHC, AnyPillar, Codebook, UnknownPillarError
from .operating_points import TARGETS, Objective, parse_objective, target_number

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from .model import Model

Value = float | Mapping[Any, float]


def choose(
    model: Model, *, precision: Value | None = None, recall: Value | None = None, probability: Value | None = None
) -> Model:
    """Return the model with other thresholds, for paragraphs alone and in context.

    Parameters
    ----------
    model : Model
    precision, recall, probability : float, or mapping of pillar to float
        Exactly one of the three, for all pillars or for those that the mapping names. The thresholds of the others
        stay. See `cchc_ml.PillarClassifier.set_thresholds`.

    Raises
    ------
    ValueError, TypeError
        Not exactly one is given, a value is not between 0 and 1, a pillar is unknown, or the model has no operating
        points.
    """
    given = {"precision": precision, "recall": recall, "probability": probability}
    named = {name: value for name, value in given.items() if value is not None}
    if len(named) != 1:
        raise ValueError(message("give exactly one of precision, recall and probability, such as precision=0.95"))
    ((name, value),) = named.items()
    wanted = _by_pillar(name, value, model.codebook)

    def of_probability(k: int, number: float, calibration: NDArray[np.float32], _: Any) -> float:
        return _of_probability(model.codebook[k], number, calibration[k].tolist())

    if name == "probability":
        return _with_thresholds(model, f"probability={_text(wanted, model.codebook)}", wanted, of_probability)
    if not model.points:
        raise ValueError(
            message(
                "the model file does not hold thresholds for other objectives, because an older version "
                "wrote it; train it again with: cchc-ml train"
            )
        )
    text = f"{name}={_text(wanted, model.codebook)}"
    return _with_thresholds(model, text, wanted, lambda k, number, _, points: points.at(Objective(name, number))[k])


def choose_objective(model: Model, objective: str) -> Model:
    """Return the model with the thresholds for ``"f1"``, ``"precision=…"`` or ``"recall=…"``.

    Raises
    ------
    ValueError
        The objective is another one, or the model has no operating points.
    """
    wanted = parse_objective(objective)
    if wanted.value is not None:
        return choose(model, **{wanted.measure: wanted.value})
    if not model.points:
        if model.info.objective in (None, "f1"):
            return model
        return choose(model, precision=TARGETS[0])  # raises, and says what to do
    f1 = dict.fromkeys(model.codebook, 0.0)
    return _with_thresholds(model, "f1", f1, lambda k, _, __, points: points.f1[k])


def parse_probabilities(text: str, codebook: Codebook = CCHC) -> float | dict[str, float]:
    """Return one probability, or probabilities by pillar.

    Raises
    ------
    ValueError

    Examples
    --------
    >>> parse_probabilities("0.9"), parse_probabilities("tthc=0.9, apparatus=0.8")
    (0.9, {'tthc': 0.9, 'apparatus': 0.8})
    """
    try:
        if "=" not in text:
            return _share(text)
        pairs = [part.split("=") for part in text.split(",")]
        values = {codebook.parse(name).value: _share(value) for name, value in pairs}
    except UnknownPillarError:
        raise
    except ValueError:
        raise ValueError(
            message(
                "found the threshold {text}; want a probability above 0 and below 1, such as 0.9, or some by {noun}: "
                "{first}=0.9,{second}=0.8",
                text=repr(text),
                noun=codebook.noun,
                first=codebook.slugs[0],
                second=codebook.slugs[1],
            )
        ) from None
    if len(values) < len(pairs):
        raise ValueError(
            message(
                "the threshold {text} names a {noun} twice; give each one once", text=repr(text), noun=codebook.noun
            )
        )
    return values


def _share(text: str) -> float:
    value = float(text)
    if not 0 < value < 1:
        raise ValueError
    return value


def precision_remarks(model: Model, precision: Mapping[AnyPillar, float] | float) -> list[str]:
    """Return what must be said of a model whose thresholds were chosen for a precision: where it is not reached."""
    wanted = _by_pillar("precision", precision, model.codebook)
    never = [p for p, t in zip(model.codebook, model.thresholds.tolist(), strict=True) if p in wanted and math.isinf(t)]
    reached = model.points.reached(model.codebook) if model.points else {}
    remarks: list[str] = []
    if never:
        most = [
            message("{pillar} (the most is {most:g})", pillar=pillar, most=reached.get(pillar, 0)) for pillar in never
        ]
        remarks.append(
            plural(
                "no threshold has precision {precision} with 95 % confidence for {pillars}; this tag is not given",
                "no threshold has precision {precision} with 95 % confidence for {pillars}; these tags are not given",
                len(never),
                precision=_text(wanted, model.codebook),
                pillars=joined(", ", most),
            )
        )
    highest = max(wanted.values())
    shown = float(model.points.shown[target_number(highest)]) if model.points else 0.0
    if 0 < shown < highest:
        remarks.append(
            message(
                "precision {precision:g} holds for paragraphs like the labelled ones; those drawn at random are too "
                "few to show more than {shown:g}, for all tags together",
                precision=highest,
                shown=math.floor(shown * 100) / 100,
            )
        )
    return remarks


def _by_pillar(name: str, value: Any, codebook: Codebook) -> dict[AnyPillar, float]:
    numbers = value.items() if isinstance(value, Mapping) else [(pillar, value) for pillar in codebook]
    wanted = {}
    most = 1.0 if name == "probability" else TARGETS[-1]
    for pillar, number in numbers:
        if isinstance(number, bool) or not isinstance(number, Real) or not 0 < float(number) <= most or number == 1:
            limit = message("below 1") if name == "probability" else message("up to {most}", most=most)
            raise ValueError(
                message(
                    "{name} must be a number above 0 and {limit}. Got {number} instead.",
                    name=name,
                    limit=limit,
                    number=repr(number),
                )
            )
        wanted[codebook.parse(str(pillar))] = float(number)
    if not wanted:
        raise ValueError(
            message(
                "{name} names no {noun}; give a number, or numbers by {noun}, such as {{'{slug}': 0.9}}",
                name=name,
                noun=codebook.noun,
                slug=codebook.slugs[0],
            )
        )
    return wanted


def _text(wanted: Mapping[AnyPillar, float], codebook: Codebook) -> str:
    if len(wanted) == len(codebook) and len(set(wanted.values())) == 1:
        return f"{next(iter(wanted.values())):g}"
    return ",".join(f"{pillar}:{value:g}" for pillar, value in wanted.items())


def _of_probability(pillar: AnyPillar, probability: float, calibration: list[float]) -> float:
    slope, offset = calibration
    if slope <= 0:
        raise ValueError(
            message(
                "the model's probabilities of {pillar} do not rise with its scores, because an older "
                "version was trained on too few rows; train it again with: cchc-ml train",
                pillar=pillar,
            )
        )
    return float((math.log(probability / (1 - probability)) - offset) / slope)


def _with_thresholds(model: Model, name: str, wanted: Mapping[AnyPillar, float], threshold_of: Any) -> Model:
    def changed(thresholds: NDArray[np.float32], calibration: Any, points: Any) -> NDArray[np.float32]:
        new = thresholds.copy()
        for k, pillar in enumerate(model.codebook):
            if pillar in wanted:
                new[k] = threshold_of(k, wanted[pillar], calibration, points)
        return new

    context = model.context
    if context is not None:
        context = replace(
            context,
            thresholds=changed(context.thresholds, context.calibration, context.points),
            # Which of the other paragraphs carry a pillar does not change with the thresholds of the tags.
            carrying_thresholds=context.carrying_thresholds
            if context.carrying_thresholds is not None
            else model.thresholds,
        )
    return replace(
        model,
        thresholds=changed(model.thresholds, model.calibration, model.points),
        context=context,
        info=replace(model.info, objective=name),
    )
