"""The tagger as one HTML file, for an office without Python: page, style, scripts and model; it opens from disk and calls nobody."""

from __future__ import annotations

import json
from base64 import b64encode
from hashlib import sha256
from html import escape
from importlib.resources import files
from typing import TYPE_CHECKING, Any

import numpy as np

from ..files import data_path
from ..model.features import LIST, SCALE
from ..model.model import SENTENCE_SHARE
from ..pillars import COLOURS, PILLARS, codebook
from ..reading.articles import read_article
from ..reading.tables import TEXT_COLUMNS
from ..text.encodings import SUSPECT_CHARACTERS, SYLLABLE, TCVN3_LETTERS, VNI_LETTERS
from ..text.normalize import FINAL_I_OR_Y, GLIDE_RHYME, INVISIBLE, TONE_MARKS
from ..text.sentences import ABBREVIATIONS
from ..version import __version__

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ..model.model import Model

__all__ = ["app_page"]

SCRIPTS = ("tagger.js", "reading.js", "writing.js", "words.js", "interface.js")


def app_page(model: Model) -> str:
    """Return a page that tags paragraphs as `model` does, without a network, a server or Python.

    Its content security policy lets it run its own script and style, and open no connection.

    Examples
    --------
    >>> import cchc_ml
    >>> page = app_page(cchc_ml.load().model_)
    >>> page[:15], len(page.encode()) < 4_000_000
    ('<!DOCTYPE html>', True)
    """
    script = '"use strict";\n' + "\n".join(map(_part, SCRIPTS))
    style = _part("style.css") + "".join(
        f'[data-pillar="{pillar}"] {{ --colour: {colour}; }}\n' for pillar, colour in COLOURS.items()
    )
    policy = f"default-src 'none'; script-src '{_hash(script)}'; style-src '{_hash(style)}'; base-uri 'none'; form-action 'none'"
    parts = {
        "policy": policy,
        "style": style,
        "script": script,
        "data": json.dumps(_data(model), ensure_ascii=False).replace("<", "\\u003c"),
        "version": escape(__version__),
    }
    page = _part("page.html")
    head, *rest = page.split("{{")
    return head + "".join(parts[name] + text for name, text in (piece.split("}}", 1) for piece in rest))


def _part(name: str) -> str:
    return files("cchc_ml.web").joinpath("page", name).read_text("utf8")


def _hash(text: str) -> str:
    return "sha256-" + b64encode(sha256(text.encode("utf8")).digest()).decode()


def _data(model: Model) -> dict[str, Any]:
    """Return what the scripts need: the model, what they share with Python, and what the page shows."""
    features = model.features
    return {
        "model": {
            "lexicon": "\n".join(model.lexicon.terms),
            "idf": _array(features.idf, "<f4"),
            "names": _array(features.names, "i1"),
            "patternOf": _array(features.patterns, "i1"),
            "coef": _array(model.coef, "<f4"),
            "intercept": _array(model.intercept, "<f4"),
            "thresholds": _array(model.thresholds, "<f4"),
            "calibration": _array(model.calibration, "<f4"),
            "constants": {"sentenceShare": SENTENCE_SHARE, "scale": SCALE, "list": LIST},
            "language": {
                "tcvn3": TCVN3_LETTERS,
                "vni": VNI_LETTERS,
                "tones": TONE_MARKS,
                "syllable": SYLLABLE.pattern,
                "suspect": SUSPECT_CHARACTERS.pattern,
                "invisible": INVISIBLE.pattern,
                "glide": GLIDE_RHYME.pattern,
                "finalI": FINAL_I_OR_Y.pattern,
                "abbreviations": sorted(ABBREVIATIONS),
            },
        },
        "pillars": [
            {"slug": p, "vi": codebook()[p].vi, "en": codebook()[p].en, "short": codebook()[p].short} for p in PILLARS
        ],
        "textColumns": TEXT_COLUMNS,
        "sample": "\n".join(read_article(data_path("data/samples/mot-cua-xa.txt")).paragraphs),
    }


def _array(values: NDArray[Any], dtype: str) -> str:
    """Return an array as base64 of its little-endian bytes."""
    return b64encode(np.ascontiguousarray(values, dtype).tobytes()).decode()
