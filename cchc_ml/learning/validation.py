"""Check the texts, labels, documents and parameters that are given to the classifier."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from collections.abc import Set as AbstractSet
from numbers import Integral, Real
from typing import TYPE_CHECKING, Any

import numpy as np

from ..messages import message, plural
from ..model.info import ModelInfo
from ..pillars import CCHC, Codebook
from ..version import __version__
from .corpus import indicator
from .labels import parse_labels

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ..model.operating_points import OperatingPoints


# The largest seed of numpy.
MAX_SEED = 2**32 - 1


def check_texts(X: Any) -> list[str]:
    """Return a sequence of strings as a list.

    Raises
    ------
    TypeError, ValueError
        It is not a sequence of strings, or it is empty.
    """
    if isinstance(X, str | bytes):
        raise TypeError(
            message("found one {type}, want a sequence of strings; put it in a list: [text]", type=type(X).__name__)
        )
    if _is_table(X) or isinstance(X, Mapping):
        # The elements of a table are the names of its columns, so they would be tagged in place of the texts.
        raise TypeError(
            message(
                "found a {type}, want a sequence of strings; give one column, such as df['text']", type=type(X).__name__
            )
        )
    if isinstance(X, AbstractSet):
        raise TypeError(message("found a {type}, which has no order; give a list of strings", type=type(X).__name__))
    if not isinstance(X, Iterable):
        raise TypeError(message("found {type}, want a sequence of strings", type=type(X).__name__))
    texts = list(X)
    if not texts:
        raise ValueError(message("found an empty sequence, want at least one string"))
    for i, text in enumerate(texts):
        if not isinstance(text, str):
            raise TypeError(
                message(
                    "found {type} ({text}) at position {i}, want a string",
                    type=type(text).__name__,
                    text=f"{text!r:.60}",
                    i=i,
                )
            )
    return texts


def _is_table(value: Any) -> bool:
    """Return whether a value is a DataFrame, of pandas, polars, pyarrow and so on."""
    return hasattr(value, "columns") or hasattr(value, "column_names")


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
        raise ValueError(
            message(
                "sample_weight has shape {shape}, want ({n},), one weight for each paragraph", shape=weight.shape, n=n
            )
        )
    if not (np.isfinite(weight) & (weight > 0)).all():
        raise ValueError(message("sample_weight holds {number}; want numbers greater than 0", number=weight.min()))
    return weight


def check_documents(groups: Any, n: int, name: str = "groups") -> list[str | None]:
    """Return the name of the document of each of n paragraphs; None for one that stands alone (None, NaN, NA).

    A number and its text are one name: 1, 1.0 and "1".

    Raises
    ------
    TypeError, ValueError
        They are not a sequence, or there are not n of them.

    Examples
    --------
    >>> check_documents([1, 1.0, "1", None, float("nan")], 5)
    ['1', '1', '1', None, None]
    """
    if isinstance(groups, str | bytes | Mapping | AbstractSet) or not isinstance(groups, Iterable):
        raise TypeError(
            message(
                "{name} is a {type}, want a sequence with the document of each paragraph",
                name=name,
                type=type(groups).__name__,
            )
        )
    if _is_table(groups):
        raise TypeError(
            message(
                "{name} is a {type}, want one column, such as df['document']", name=name, type=type(groups).__name__
            )
        )
    names = [None if _is_missing(group) else _document_name(group) for group in groups]
    if len(names) != n:
        raise ValueError(
            message(
                "{name} has {entries} entries for {n} paragraphs; give one entry for each paragraph",
                name=name,
                entries=len(names),
                n=n,
            )
        )
    return names


def _document_name(group: Any) -> str:
    if isinstance(group, float | np.floating) and float(group).is_integer():
        group = int(group)
    return str(group)


def _is_missing(value: Any) -> bool:
    """Return whether a value is None, NaN, or NA or NaT of pandas. Only these are not equal to themselves."""
    if value is None:
        return True
    try:
        return bool(value != value)
    except (TypeError, ValueError):  # pandas.NA says so; an array has many answers
        return type(value).__name__ == "NAType"


def check_y(y: Any, n: int, *, both: bool = True, codebook: Codebook = CCHC) -> NDArray[np.int8]:
    """Return labels as a 0/1 array with a column for each category.

    Parameters
    ----------
    y : array of shape (n, 6), DataFrame with six named columns, or sequence of n collections of pillars
        The columns of a DataFrame are found by their names, in any order. Those of an array have no names, so they
        must be in the order of the codebook.
    n : int
        The number of paragraphs.
    both : bool
        Require that each pillar is present in some rows and absent in others.
    codebook : Codebook
        The categories; by default the six pillars.

    Raises
    ------
    TypeError, ValueError

    Examples
    --------
    >>> check_y([["tthc"], []], 2, both=False).tolist()
    [[0, 1, 0, 0, 0, 0], [0, 0, 0, 0, 0, 0]]
    """
    if isinstance(y, str | bytes | Mapping | AbstractSet) or not isinstance(y, Iterable):
        raise TypeError(
            message(
                "y is {type} ({y}), want an array of 0/1 of shape (n, {n_codebook}), or a collection of "
                "pillars for each paragraph",
                type=type(y).__name__,
                y=f"{y!r:.60}",
                n_codebook=len(codebook),
            )
        )
    if _is_table(y):
        y = _in_order_of_pillars(y, codebook)
    elif not hasattr(y, "shape") or len(y.shape) == 1:
        y = _array_of_rows(list(y), codebook)
    y = np.asarray(y.toarray() if hasattr(y, "toarray") else y)
    if y.ndim != 2 or y.shape[1] != len(codebook):
        raise ValueError(
            message(
                "y has shape {shape}, want (n, {n_codebook}), one column each for {codebook}",
                shape=y.shape,
                n_codebook=len(codebook),
                codebook=", ".join(codebook),
            )
        )
    if len(y) != n:
        raise ValueError(
            message("y has {rows} rows for {n} paragraphs; give one row for each paragraph", rows=len(y), n=n)
        )
    if y.dtype == object:
        for i, k in zip(*np.nonzero(np.vectorize(_is_missing, otypes=[bool])(y)), strict=True):
            raise ValueError(
                message(
                    "y has no value in row {i} for {codebook}, want 0 or 1; leave out unlabelled rows",
                    i=i,
                    codebook=codebook[k],
                )
            )
    if not np.isin(y, (0, 1)).all():
        raise ValueError(message("y holds {found}, want only 0 and 1", found=_strange_values(y)))
    if both:
        for k, pillar in enumerate(codebook):
            if y[:, k].min() == y[:, k].max():
                has = (
                    message("every paragraph has the {noun} {pillar}", noun=codebook.noun, pillar=pillar)
                    if y[0, k]
                    else message("no paragraph has the {noun} {pillar}", noun=codebook.noun, pillar=pillar)
                )
                raise ValueError(message("{problem}; to learn it, give paragraphs with and without it", problem=has))
    checked: NDArray[np.int8] = y.astype(np.int8)
    return checked


def _strange_values(y: NDArray[Any]) -> list[Any]:
    """Return up to three different values that are not 0 or 1."""
    strange = y[~np.isin(y, (0, 1))].tolist()
    return list({repr(value): value for value in strange}.values())[:3]


def _in_order_of_pillars(y: Any, codebook: Codebook) -> NDArray[Any]:
    """Return the columns of a DataFrame in the order of the codebook. Columns that are only numbered have it."""
    names = list(getattr(y, "column_names", None) or y.columns)
    if names == list(range(len(codebook))):
        return np.asarray(y)
    position: dict[str, int] = {}
    for at, name in enumerate(names):
        try:
            pillar = codebook.parse(name) if isinstance(name, str) else None
        except ValueError:
            pillar = None
        if pillar is None or pillar in position:
            found = ", ".join(map(str, names))
            raise ValueError(
                message(
                    "y has the columns {found}; want {number} columns with the names {codebook}, in any order",
                    found=f"{found:.200}",
                    number=codebook.number,
                    codebook=", ".join(codebook),
                )
            )
        position[pillar] = at
    if missing := [pillar for pillar in codebook if pillar not in position]:
        raise ValueError(
            message(
                "y has no column {missing}; want {number} columns, {codebook}",
                missing=", ".join(missing),
                number=codebook.number,
                codebook=", ".join(codebook),
            )
        )
    return np.asarray(y)[:, [position[pillar] for pillar in codebook]]


def _array_of_rows(rows: list[Any], codebook: Codebook) -> NDArray[Any]:
    """Return rows of numbers, or rows of pillars, as one array."""
    for i, row in enumerate(rows):
        if isinstance(row, str | bytes | Mapping) or not isinstance(row, Iterable):
            raise TypeError(
                message(
                    "y[{i}] is {type} ({row}), want a collection of pillars, such as ['{codebook}']",
                    i=i,
                    type=type(row).__name__,
                    row=f"{row!r:.60}",
                    codebook=codebook[1],
                )
            )
    # A generator can be read only once.
    rows = [list(row) for row in rows]
    if all(isinstance(value, str) for row in rows for value in row):
        return indicator([parse_labels(row, codebook) for row in rows], codebook)
    for i, row in enumerate(rows):
        if len(row) != len(codebook):
            raise ValueError(
                message(
                    "y[{i}] is {row}, want {number} numbers 0 or 1, or a collection of pillars such as ['{codebook}']",
                    i=i,
                    row=f"{row!r:.60}",
                    number=codebook.number,
                    codebook=codebook[1],
                )
            )
    return np.asarray(rows)


def check_parameters(parameters: Mapping[str, Any]) -> None:
    """Check the parameters of `cchc_ml.PillarClassifier` that are numbers or terms.

    Raises
    ------
    TypeError, ValueError
    """
    for name in ("C", "sentence_weight"):
        value = parameters[name]
        if not _is_number(value, Real) or not 0 < value < math.inf:
            raise ValueError(
                message("{name} must be a number greater than 0. Got {value} instead.", name=name, value=repr(value))
            )
    for name, least in (("max_terms", 1), ("rounds", 0), ("folds", 2)):
        value = parameters[name]
        if not _is_number(value, Integral) or value < least:
            raise ValueError(
                message(
                    "{name} must be a whole number of at least {least}. Got {value} instead.",
                    name=name,
                    least=least,
                    value=repr(value),
                )
            )
    seed, n_jobs, lexicon = parameters["random_state"], parameters["n_jobs"], parameters["lexicon"]
    # As in scikit-learn, None and a generator of numpy also pass: each fit then differs.
    if not isinstance(seed, np.random.RandomState | None) and not (
        _is_number(seed, Integral) and 0 <= seed <= MAX_SEED
    ):
        raise ValueError(
            message(
                "random_state must be a whole number from 0 to {most}. Got {seed} instead.",
                most=MAX_SEED,
                seed=repr(seed),
            )
        )
    if n_jobs is not None and (not _is_number(n_jobs, Integral) or n_jobs == 0):
        raise ValueError(
            message("n_jobs must be None or a whole number that is not 0. Got {n_jobs} instead.", n_jobs=repr(n_jobs))
        )
    if not isinstance(parameters.get("codebook"), Codebook | None):
        raise TypeError(
            message(
                "codebook must be a Codebook, as cchc_ml.model.codebook.read_codebook returns it. Got "
                "{parameters} instead.",
                parameters=f"{parameters['codebook']!r:.60}",
            )
        )
    if lexicon is not None and (
        isinstance(lexicon, str | bytes | Mapping | AbstractSet) or not isinstance(lexicon, Iterable)
    ):
        raise TypeError(
            message(
                "lexicon must be a sequence of terms, such as ['một cửa']. Got {lexicon} instead.",
                lexicon=f"{lexicon!r:.60}",
            )
        )


def _is_number(value: Any, kind: type) -> bool:
    return isinstance(value, kind) and not isinstance(value, bool | np.bool_)


def check_drawn(drawn: Any, n: int) -> NDArray[np.bool_] | None:
    """Return which of n paragraphs were drawn at random, as an array; None if none were.

    Raises
    ------
    ValueError
        There are not n truth values.
    """
    if drawn is None:
        return None
    array = np.asarray(drawn)
    if array.shape != (n,) or array.dtype.kind != "b":
        raise ValueError(
            message(
                "drawn is {dtype} of shape {shape}, want {n} truth values, one each paragraph",
                dtype=array.dtype,
                shape=array.shape,
                n=n,
            )
        )
    return array if array.any() else None


class FewLabelsWarning(UserWarning):
    """A pillar has too few labelled paragraphs to be learned well."""


class ThresholdWarning(UserWarning):
    """No threshold reaches the wanted precision."""


# In trials on a few articles of the package's own data, the out-of-fold scores of a pillar ranked paragraphs upside
# down in 18 % of the cases with 5 to 7 positive paragraphs, in 1 % with 10 to 14; in 50 % with 2 documents, in 3 % with
# 5.
LEAST_PARAGRAPHS = 10
LEAST_DOCUMENTS = 5


def few_labels(y: NDArray[np.int8], documents: NDArray[np.intp], codebook: Codebook = CCHC) -> list[str]:
    """Return a sentence for each pillar that too few paragraphs have, or do not have.

    Examples
    --------
    >>> y = np.zeros((40, 6), np.int8)
    >>> y[:20] = 1
    >>> y[2:20, 5] = 0
    >>> few_labels(y, np.arange(40))[0][:56]
    'e_government: 2 positive paragraphs in 2 documents; at l'
    """
    remarks: list[str] = []
    for k, pillar in enumerate(codebook):
        for is_positive, has in ((True, y[:, k] == 1), (False, y[:, k] == 0)):
            n, n_documents = int(has.sum()), len(np.unique(documents[has]))
            if n < LEAST_PARAGRAPHS or n_documents < LEAST_DOCUMENTS:
                paragraphs = (
                    plural("{n} positive paragraph", "{n} positive paragraphs", n)
                    if is_positive
                    else plural("{n} negative paragraph", "{n} negative paragraphs", n)
                )
                remarks.append(
                    message(
                        "{pillar}: {paragraphs} in {documents}; at least {least} in {least_documents} are needed, so "
                        "do not trust its tags and probabilities",
                        pillar=pillar,
                        paragraphs=paragraphs,
                        documents=plural("{n} document", "{n} documents", n_documents),
                        least=LEAST_PARAGRAPHS,
                        least_documents=LEAST_DOCUMENTS,
                    )
                )
    return remarks


def describe(parameters: Mapping[str, Any], points: OperatingPoints, y: NDArray[np.int8]) -> ModelInfo:
    """Return what a model file says about a fit: parameters, thresholds for F1, share of each pillar."""
    kept = {name: _plain(value) for name, value in parameters.items() if name not in ("lexicon", "n_jobs")}
    return ModelInfo(
        version=__version__,
        objective=kept["objective"],
        parameters={name: value for name, value in kept.items() if isinstance(value, str | int | float)},
        f1_thresholds=tuple(points.f1.astype(float).round(4).tolist()),
        prevalence=tuple(y.mean(axis=0).round(4).tolist()),
    )


def _plain(value: Any) -> Any:
    """Return a number of numpy as one of Python, which JSON can hold."""
    return value.item() if isinstance(value, np.generic) else value
