"""The tagger as one HTML file, for an office without Python. It contains the model and makes no network requests."""

from __future__ import annotations

from base64 import b64encode
from typing import TYPE_CHECKING, Any

import numpy as np

from ..files import csp_hash, data_path, html_template
from ..model.features import CODEBOOK_SCALE, LIST_MIN_PILLARS
from ..model.model import SENTENCE_SHARE
from ..reading.articles import read_article
from ..reading.csv_cells import FORMULA
from ..reporting.formatting import pillar_css
from ..text.encodings import repair_tables
from ..text.normalize import FINAL_I_OR_Y, GLIDE_RHYME, INVISIBLE, TONE_MARKS
from ..text.sentences import ABBREVIATIONS
from ..version import __version__
from .page_reading import READ_ENDINGS
from .scripts import join_modules, page_file

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ..model.model import Model

__all__ = ["page_data", "render_offline_page"]


_ASKS_SERVICE = "connect-src 'self'; "


def render_offline_page(model: Model, *, served: bool = False) -> str:
    """Return a page that tags paragraphs as `model` does, without a network, a server or Python.

    Its content security policy lets it run its own script and style, and load nothing. A page that a service hosts
    (`served`) may ask this service to read files, and nobody else.

    Examples
    --------
    >>> import cchc_ml
    >>> page = render_offline_page(cchc_ml.load().model_)
    >>> page[:15], len(page.encode()) < 4_000_000
    ('<!DOCTYPE html>', True)
    """
    from markupsafe import Markup

    script = join_modules("interface.js")
    style = page_file("style.css") + pillar_css(model.codebook)
    policy = (
        f"default-src 'none'; script-src {csp_hash(script)}; style-src {csp_hash(style)}; "
        f"worker-src blob:; {_ASKS_SERVICE * served}base-uri 'none'; form-action 'none'"
    )
    return html_template("cchc_ml.web", "offline.html.j2").render(
        policy=policy,
        style=Markup(style),
        script=Markup(script),
        data={**page_data(model), "served": served},
        accept=",".join((*READ_ENDINGS, ".pdf") if served else READ_ENDINGS),
        version=__version__,
    )


def page_data(model: Model) -> dict[str, Any]:
    """Return what the scripts need: the model, the tables they share with Python, and the texts of the page."""
    features = model.features
    return {
        "model": {
            "lexicon": "\n".join(model.lexicon.terms),
            "idf": _array(features.idf, "<f4"),
            "names": _array(features.name_pillar, "i1"),
            "patternOf": _array(features.pattern_pillar, "i1"),
            "coef": _array(model.coef, "<f4"),
            "intercept": _array(model.intercept, "<f4"),
            "thresholds": _array(model.thresholds, "<f4"),
            "calibration": _array(model.calibration, "<f4"),
            "context": _context(model),
            "constants": {"sentenceShare": SENTENCE_SHARE, "scale": CODEBOOK_SCALE, "list": LIST_MIN_PILLARS},
            "language": {
                **repair_tables(),
                "tones": TONE_MARKS,
                "invisible": INVISIBLE.pattern,
                "glide": GLIDE_RHYME.pattern,
                "finalI": FINAL_I_OR_Y.pattern,
                "abbreviations": sorted(ABBREVIATIONS),
            },
        },
        "pillars": [{"slug": p.value, "vi": p.vi, "en": p.en, "short": p.short} for p in model.codebook],
        "own": not model.codebook.is_default,
        "worker": join_modules("worker.js"),
        "sheet": "CCHC" if model.codebook.is_default else "Kết quả",
        "formula": FORMULA.pattern,
        "sample": "\n".join(read_article(data_path("data/samples/mot-cua-xa.txt")).paragraphs),
    }


def _context(model: Model) -> dict[str, Any] | None:
    if model.context is None:
        return None
    arrays = {
        "thresholds": model.context.thresholds,
        "calibration": model.context.calibration,
        "carrying": model.carrying_thresholds,
    }
    return {"weight": model.context.weight, **{name: _array(array, "<f4") for name, array in arrays.items()}}


def _array(values: NDArray[Any], dtype: str) -> str:
    """Return the bytes of an array, little-endian, as base64."""
    return b64encode(np.ascontiguousarray(values, dtype).tobytes()).decode()
