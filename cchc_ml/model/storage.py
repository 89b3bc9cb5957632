"""Write and read model files: one `.npz` with plain arrays and a JSON header.

No pickle is read. The same model gives the same bytes.
"""

from __future__ import annotations

import json
import zipfile
import zlib
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from ..files import atomic_write, data_path
from ..pillars import PILLARS
from .features import Features
from .info import ModelInfo
from .lexicon import Lexicon
from .model import Model

if TYPE_CHECKING:
    from numpy.typing import NDArray

# Add 1 when an older package can no longer read what this one writes. Keep a file of the old format in tests/model.
FORMAT = 1

_ARRAYS = {"lexicon", "idf", "names", "patterns", "coef", "intercept", "thresholds", "calibration"}


def _bytes(text: str) -> NDArray[np.uint8]:
    return np.frombuffer(text.encode("utf8"), np.uint8)


def write_model(model: Model, path: str | Path) -> None:
    """Write `model` to `path`. If writing fails, `path` is unchanged."""
    header = {"format": FORMAT, "pillars": list(PILLARS), **model.info.to_json()}
    with atomic_write(path) as temporary, open(temporary, "wb") as file:
        np.savez(
            file,
            header=_bytes(json.dumps(header, ensure_ascii=False, sort_keys=True)),
            lexicon=_bytes("\n".join(model.lexicon.terms)),
            idf=model.features.idf,
            names=model.features.name_pillar,
            patterns=model.features.pattern_pillar,
            coef=model.coef,
            intercept=model.intercept,
            thresholds=model.thresholds,
            calibration=model.calibration,
        )


def read_model(path: str | Path | None = None) -> Model:
    """Read a model. By default, the model that ships with the package.

    Raises
    ------
    FileNotFoundError
        There is no such file.
    ValueError
        The file is not a model, is damaged, or was written by a newer version.
    """
    path = data_path("models/pillars.npz") if path is None else Path(path)
    if not path.is_file():
        raise FileNotFoundError(f"no model at {path}; train one with: cchc-ml train -o {path}")
    header, arrays = _read_arrays(path)
    version = header.pop("format")
    if version != FORMAT:
        raise ValueError(
            f"{path} has model format {version}, this version of cchc-ml reads format {FORMAT}; upgrade cchc-ml"
        )
    if header.pop("pillars", None) != list(PILLARS):
        raise ValueError(f"{path} is for other pillars; want a model for {', '.join(PILLARS)}")
    if missing := sorted(_ARRAYS - arrays.keys()):
        raise ValueError(
            f"{path} is damaged: it does not have {', '.join(missing)}; train it again with: cchc-ml train"
        )
    try:
        model = Model(
            lexicon=Lexicon(arrays["lexicon"].tobytes().decode("utf8").split("\n")),
            features=Features(arrays["idf"], arrays["names"], arrays["patterns"]),
            **{name: arrays[name] for name in ("coef", "intercept", "thresholds", "calibration")},
            info=ModelInfo.from_json(header),
        )
        _check_arrays(model)
    except (ValueError, IndexError, TypeError) as error:
        raise ValueError(f"{path} is damaged: {error}; train it again with: cchc-ml train") from error
    return model


def _read_arrays(path: Path) -> tuple[dict[str, Any], dict[str, NDArray[Any]]]:
    """Return the header and the other arrays of a model file."""
    try:
        with open(path, "rb") as raw, np.load(raw, allow_pickle=False) as file:
            arrays = {name: file[name] for name in file.files}
        header: dict[str, Any] = json.loads(arrays.pop("header").tobytes())
        header["format"]  # every header has it
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
        raise ValueError(
            f"{path} is not a cchc-ml model, or is damaged; want an .npz file written by: cchc-ml train"
        ) from error
    return header, arrays


def _check_arrays(model: Model) -> None:
    n_terms, n_pillars = len(model.lexicon), len(PILLARS)
    features = model.features
    _check_pillar_numbers("names", features.name_pillar, n_terms)
    _check_pillar_numbers("patterns", features.pattern_pillar, n_terms)
    _check_weights("idf", features.idf, (n_terms,))
    _check_weights("coef", model.coef, (features.n_features, n_pillars))
    _check_weights("intercept", model.intercept, (n_pillars,))
    _check_weights("calibration", model.calibration, (n_pillars, 2))
    # A threshold may be infinite: a pillar that cannot reach the wanted precision is never tagged.
    _check_weights("thresholds", np.where(np.isinf(model.thresholds), 0, model.thresholds), (n_pillars,))


def _check_pillar_numbers(name: str, array: NDArray[Any], n_terms: int) -> None:
    if array.shape != (n_terms,) or array.dtype.kind != "i":
        raise ValueError(
            f"the array {name!r} is {array.dtype} of shape {array.shape}, want integers of shape ({n_terms},)"
        )
    if ((array < -1) | (array >= len(PILLARS))).any():
        raise ValueError(f"the array {name!r} must have numbers from -1 to {len(PILLARS) - 1}")


def _check_weights(name: str, array: NDArray[Any], shape: tuple[int, ...]) -> None:
    if array.shape != shape or array.dtype.kind != "f":
        raise ValueError(f"the array {name!r} is {array.dtype} of shape {array.shape}, want floats of shape {shape}")
    if not np.isfinite(array).all():
        raise ValueError(f"the array {name!r} must not have NaN or infinite numbers")
