"""Spelling is not meaning: what ways of writing the same text cost."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from ..learning.classifier import PillarClassifier
from ..learning.metrics import metrics
from ..text.normalize import move_tones, strip_diacritics, swap_i_y

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

__all__ = ["VARIANTS", "stress"]


def _close_up(text: str) -> str:
    """Drop the space after punctuation, but between figures."""
    return re.sub(r"([.,;:!?…])\s+(?!\d)", r"\1", text)


VARIANTS: dict[str, Callable[[str], str]] = {
    "decomposed (NFD)": lambda text: unicodedata.normalize("NFD", text),
    "upper case": str.upper,
    "tone marks moved": move_tones,
    "i and y swapped": swap_i_y,
    "no space after punctuation": _close_up,
    "no diacritics": strip_diacritics,
}


def stress(classifier: PillarClassifier, texts: Sequence[str], y: NDArray[Any]) -> dict[str, dict[str, float]]:
    """Measure each variant of n texts.

    Returns
    -------
    dict
        For ``as written`` and each of `VARIANTS`: ``macro_f1``, its ``drop``, and ``same``, the share of texts with the same tags.
    """
    usual = classifier.predict(texts)
    whole = metrics(y, usual, usual)["macro"]["f1"]
    found = {"as written": {"macro_f1": whole, "drop": 0.0, "same": 1.0}}
    for name, change in VARIANTS.items():
        tags = classifier.predict([change(text) for text in texts])
        f1 = metrics(y, tags, tags)["macro"]["f1"]
        found[name] = {"macro_f1": f1, "drop": whole - f1, "same": float((tags == usual).all(axis=1).mean())}
    return found
