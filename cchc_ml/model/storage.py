"""A model on disk: one `.npz` of plain arrays and a JSON header, read without pickle, the same bytes for the same model."""

from __future__ import annotations

import json
import zipfile
import zlib
from pathlib import Path
from typing import Any

import numpy as np

from ..files import atomic_write, data_path
from ..pillars import PILLARS
from .features import Features
from .lexicon import Lexicon
from .model import Model

__all__ = ["FORMAT", "read_model", "write_model"]

# Raise when an older package can no longer read what this one writes, and keep a file of the old format in the tests.
FORMAT = 1


def _bytes(text: str) -> np.ndarray[Any, np.dtype[np.uint8]]:
    return np.frombuffer(text.encode("utf8"), np.uint8)


def write_model(model: Model, path: str | Path) -> None:
    """Write `model` to `path`, all of it or nothing."""
    header = {"format": FORMAT, "pillars": list(PILLARS), **model.header}
    with atomic_write(path) as temporary, open(temporary, "wb") as file:
        np.savez(
            file,
            header=_bytes(json.dumps(header, ensure_ascii=False, sort_keys=True)),
            lexicon=_bytes("\n".join(model.lexicon.terms)),
            idf=model.features.idf,
            names=model.features.names,
            patterns=model.features.patterns,
            coef=model.coef,
            intercept=model.intercept,
            thresholds=model.thresholds,
            calibration=model.calibration,
        )


def read_model(path: str | Path | None = None) -> Model:
    """Read a model; None reads the shipped one.

    Raises
    ------
    FileNotFoundError
        There is no such file.
    ValueError
        The file is no model, is damaged, or was written by a newer version.
    """
    path = data_path("models/pillars.npz") if path is None else Path(path)
    if not path.is_file():
        raise FileNotFoundError(f"no model at {path}; train one with: cchc-ml train -o {path}")
    try:
        with open(path, "rb") as raw, np.load(raw, allow_pickle=False) as file:
            arrays = {name: file[name] for name in file.files}
        header = json.loads(arrays.pop("header").tobytes())
        version = header.pop("format")
    except (
        ValueError,
        KeyError,
        OSError,
        EOFError,
        TypeError,
        AttributeError,
        RuntimeError,
        NotImplementedError,
        zipfile.BadZipFile,
        zlib.error,
    ) as error:
        raise ValueError(f"{path} is not a cchc-ml model, or is damaged; train one with: cchc-ml train") from error
    if version != FORMAT:
        raise ValueError(
            f"{path} has model format {version}, this version of cchc-ml reads format {FORMAT}; upgrade cchc-ml"
        )
    if header.pop("pillars", None) != list(PILLARS):
        raise ValueError(f"{path} is for other pillars than {', '.join(PILLARS)}")
    try:
        model = Model(
            lexicon=Lexicon(arrays["lexicon"].tobytes().decode("utf8").split("\n")),
            features=Features(arrays["idf"], arrays["names"], arrays["patterns"]),
            **{name: arrays[name] for name in ("coef", "intercept", "thresholds", "calibration")},
            header=header,
        )
        shapes = (
            len(model.features.idf),
            model.coef.shape,
            model.intercept.shape,
            model.thresholds.shape,
            model.calibration.shape,
        )
        weights = np.concatenate(
            [a.ravel() for a in (model.features.idf, model.coef, model.intercept, model.calibration)]
        )
        finite = weights.dtype.kind == "f" and bool(np.isfinite(weights).all()) and model.thresholds.dtype.kind == "f"
        sound = finite and shapes == (len(model.lexicon), (model.features.n_features, 6), (6,), (6,), (6, 2))
    except (KeyError, ValueError, IndexError, TypeError) as error:
        raise ValueError(f"{path} is damaged: {error}") from error
    if not sound:
        raise ValueError(f"{path} is damaged: its arrays do not fit together")
    return model
