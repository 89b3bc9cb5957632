"""Measure how much spelling and encoding variants of the same text change the score."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from ..learning.metrics import metrics
from ..pillars import CCHC, Codebook
from ..text.normalize import move_tones, strip_diacritics, swap_i_y

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from ..learning.metric_types import Robustness


def _drop_spaces_after_punctuation(text: str) -> str:
    """Remove the space after punctuation, except before a digit."""
    return re.sub(r"([.,;:!?…])\s+(?!\d)", r"\1", text)


VARIANTS: dict[str, Callable[[str], str]] = {
    "decomposed (NFD)": lambda text: unicodedata.normalize("NFD", text),
    "upper case": str.upper,
    "tone marks moved": move_tones,
    "i and y swapped": swap_i_y,
    "no space after punctuation": _drop_spaces_after_punctuation,
    "no diacritics": strip_diacritics,
}


def measure_robustness(
    predict: Callable[[Sequence[str]], NDArray[Any]],
    texts: Sequence[str],
    y: NDArray[Any],
    codebook: Codebook = CCHC,
) -> dict[str, Robustness]:
    """Measure the tags of n texts as written, and of each of `VARIANTS`.

    Parameters
    ----------
    predict : callable
        Returns the tags of n texts as 0/1, shape (n, 6).
    texts : sequence of n str
    y : array of shape (n, 6)
        0/1 labels.

    Returns
    -------
    dict of str to Robustness
        For ``as written`` and each variant.
    """
    tags_as_written = predict(texts)
    f1_as_written = metrics(y, tags_as_written, tags_as_written, codebook)["macro"]["f1"]
    measured: dict[str, Robustness] = {"as written": {"macro_f1": f1_as_written, "drop": 0.0, "same": 1.0}}
    for name, change in VARIANTS.items():
        tags = predict([change(text) for text in texts])
        f1 = metrics(y, tags, tags, codebook)["macro"]["f1"]
        same = (tags == tags_as_written).all(axis=1).mean()
        measured[name] = {"macro_f1": f1, "drop": f1_as_written - f1, "same": float(same)}
    return measured
