"""Tag the paragraphs of Vietnamese articles by pillar of administrative reform (cải cách hành chính)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .version import __version__ as __version__

if TYPE_CHECKING:
    from pathlib import Path

    from .learning.classifier import PillarClassifier
    from .pillars import PILLARS, Pillar
    from .reading.articles import Article, read_article

__all__ = ["PILLARS", "Article", "Pillar", "PillarClassifier", "load", "read_article"]


def load(path: str | Path | None = None) -> PillarClassifier:
    """Return a trained classifier from a model file; by default the one that ships with the package.

    Raises
    ------
    FileNotFoundError
        There is no such file.
    ValueError
        The file is no model, is damaged, or was written by a newer version.

    Examples
    --------
    >>> import cchc_ml
    >>> clf = cchc_ml.load()
    >>> clf.predict(["Tỷ lệ giải ngân vốn đầu tư công quý I mới đạt 9%."])
    array([[0, 0, 0, 0, 1, 0]])
    """
    from .learning.classifier import PillarClassifier
    from .model.storage import read_model

    return PillarClassifier.from_model(read_model(path))


def __getattr__(name: str) -> Any:
    # scikit-learn takes a second to import: only who asks for the classifier waits for it.
    if name == "PillarClassifier":
        from .learning.classifier import PillarClassifier

        return PillarClassifier
    if name in ("Article", "read_article"):
        from .reading import articles

        return getattr(articles, name)
    if name in ("PILLARS", "Pillar"):
        from . import pillars

        return getattr(pillars, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
