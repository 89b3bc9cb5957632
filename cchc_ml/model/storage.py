"""Write and read model files: one `.npz` with plain arrays and a JSON header.

No pickle is read, and nothing is allocated before its size is known. The same model gives the same bytes.
"""

from __future__ import annotations

import json
import tokenize
import warnings
import zipfile
import zlib
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

import numpy as np

from ..files import atomic_write, data_path
from ..messages import message
from ..pillars import CCHC, PILLARS, Codebook
from .codebook import codebook_from_json, codebook_to_json, read_codebook
from .context import ArticleContext
from .features import Features
from .info import ModelInfo
from .lexicon import Lexicon
from .model import Model
from .operating_points import TARGETS, OperatingPoints

if TYPE_CHECKING:
    from numpy.typing import NDArray

# Add 1 when an older package can no longer read what this one writes. Keep a file of the old format in tests/model.
# 1: each paragraph is read alone. 2: the article as context; weights of 16 bits; hashes of the training texts.
# A model of other categories than the six pillars has a codebook beside them; an older package refuses its categories.
FORMAT = 2
# What a model file may hold, before anything is allocated for it. The shipped model has 2 MB in 13 arrays.
MAX_BYTES = 64 << 20
MAX_HEADER_BYTES = 1 << 20
MAX_ARRAYS = 64

_ARRAYS = {"lexicon", "idf", "names", "patterns", "coef", "intercept", "thresholds", "calibration"}
_CONTEXT_ARRAYS = {"context_weight", "context_thresholds", "context_calibration"}


def _bytes(text: str) -> NDArray[np.uint8]:
    return np.frombuffer(text.encode("utf8"), np.uint8)


def write_model(model: Model, path: str | Path) -> None:
    """Write `model` to `path`. If writing fails, `path` is unchanged."""
    own = not model.codebook.is_default
    header = {
        "format": FORMAT,
        "categories": model.codebook.slugs,
        **model.info.to_json(),
    }
    arrays: dict[str, NDArray[Any]] = {
        "header": _bytes(json.dumps(header, ensure_ascii=False, sort_keys=True)),
        "lexicon": _bytes("\n".join(model.lexicon.terms)),
        "idf": model.features.idf,
        "names": model.features.name_pillar,
        "patterns": model.features.pattern_pillar,
        "coef": _shorten(model.coef),
        "intercept": model.intercept,
        "thresholds": model.thresholds,
        "calibration": model.calibration,
        "training_hashes": model.training_hashes,
    }
    if own:
        arrays["codebook"] = _bytes(codebook_to_json(model.codebook))
    if model.context is not None:
        arrays["context_weight"] = np.array(model.context.weight)
        arrays["context_thresholds"] = model.context.thresholds
        arrays["context_calibration"] = model.context.calibration
        if model.context.carrying_thresholds is not None:
            arrays["context_carrying"] = model.context.carrying_thresholds
        if model.context.points is not None:
            arrays["context_points"] = _join_points(model.context.points)
    if model.points is not None:
        arrays["points"] = _join_points(model.points)
    with atomic_write(path) as temporary, open(temporary, "wb") as file:
        np.savez(file, **arrays)  # type: ignore[arg-type]


def _shorten(weights: NDArray[np.float32]) -> NDArray[Any]:
    """Return the weights as numbers of 16 bits if these are the same numbers, as those of a trained model are."""
    with np.errstate(over="ignore"):
        short = weights.astype(np.float16)
    return short if np.array_equal(short.astype(np.float32), weights) else weights


def read_model(path: str | Path | None = None) -> Model:
    """Read a model. By default, the model that ships with the package.

    Raises
    ------
    FileNotFoundError
        There is no such file.
    ValueError
        The file is not a model, is damaged or too large, or was written by a newer version.
    """
    path = data_path("models/pillars.npz") if path is None else Path(path)
    if not path.is_file():
        raise FileNotFoundError(message("no model at {path}; train one with: cchc-ml train -o {path}", path=path))
    header, arrays = _read_arrays(path)
    version = header.pop("format")
    if version not in range(1, FORMAT + 1):
        raise ValueError(
            message(
                "{path} has model format {version}, this version of cchc-ml reads formats 1 to {format}; "
                "upgrade cchc-ml",
                path=path,
                version=f"{version!r:.20}",
                format=FORMAT,
            )
        )
    slugs = header.pop("pillars" if version == 1 else "categories", None)
    if "codebook" not in arrays and slugs != list(PILLARS):
        raise ValueError(
            message("{path} is for other pillars; want a model for {pillars}", path=path, pillars=", ".join(PILLARS))
        )
    wanted = _ARRAYS | (_CONTEXT_ARRAYS if _CONTEXT_ARRAYS & arrays.keys() else set())
    if missing := sorted(wanted - arrays.keys()):
        raise ValueError(
            message(
                "{path} is damaged: it does not have {missing}; train it again with: cchc-ml train",
                path=path,
                missing=", ".join(missing),
            )
        )
    try:
        codebook = codebook_from_json(arrays["codebook"].tobytes().decode("utf8")) if "codebook" in arrays else CCHC
        if slugs != codebook.slugs:
            raise ValueError(
                message(
                    "its header has the categories {slugs}, its codebook {slugs2}",
                    slugs=str(slugs)[:80],
                    slugs2=codebook.slugs,
                )
            )
        return _build(arrays, header, codebook)
    except (ValueError, IndexError, TypeError) as error:
        raise ValueError(
            message("{path} is damaged: {error}; train it again with: cchc-ml train", path=path, error=error)
        ) from error


def codebook_of(path: str | Path | None) -> Codebook:
    """Return the codebook of a file: YAML, or a model that carries one. Without a path, the six pillars.

    Raises
    ------
    FileNotFoundError, ValueError
        As `read_model` and `cchc_ml.model.codebook.read_codebook`.
    """
    if path is None:
        return CCHC
    return read_model(path).codebook if Path(path).suffix == ".npz" else read_codebook(path)


def _read_arrays(path: Path) -> tuple[dict[str, Any], dict[str, NDArray[Any]]]:
    """Return the header and the other arrays of a model file."""
    try:
        with zipfile.ZipFile(path) as archive:
            _check_sizes(archive)
            arrays = {name.removesuffix(".npy"): _read_array(archive, name) for name in archive.namelist()}
        header: dict[str, Any] = json.loads(arrays.pop("header").tobytes())
        header["format"]  # every header has it
    except _TooLargeError as error:
        raise ValueError(message("{path} is not a cchc-ml model: {error}", path=path, error=error)) from None
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
            message(
                "{path} is not a cchc-ml model, or is damaged; want an .npz file written by: cchc-ml train", path=path
            )
        ) from error
    return header, arrays


class _TooLargeError(Exception):
    """An array is larger than that of any model."""


def _check_sizes(archive: zipfile.ZipFile) -> None:
    """Raise if a file has more, or larger, arrays than a model has."""
    members = archive.infolist()
    if len(members) > MAX_ARRAYS:
        raise _TooLargeError(
            message(
                "it has {n_members} arrays; a model has at most {most}",
                n_members=len(members),
                most=MAX_ARRAYS,
            )
        )
    for member in members:
        limit = MAX_HEADER_BYTES if member.filename == "header.npy" else MAX_BYTES
        if member.file_size > limit:
            raise _TooLargeError(
                message(
                    "{filename} has {file_size:,} bytes; at most {limit:,} are read",
                    filename=member.filename,
                    file_size=member.file_size,
                    limit=limit,
                )
            )
    if (size := sum(member.file_size for member in members)) > MAX_BYTES:
        raise _TooLargeError(
            message("its arrays have {size:,} bytes; at most {most:,} are read", size=size, most=MAX_BYTES)
        )


def _read_array(archive: zipfile.ZipFile, name: str) -> NDArray[Any]:
    """Read one array. Its bytes are read first, so no more is allocated than the file holds."""
    with archive.open(name) as file:
        major, _ = np.lib.format.read_magic(file)
        shape, fortran_order, dtype = _read_array_header(file, major)
        data = file.read()
    if dtype.hasobject or fortran_order or dtype.itemsize * int(np.prod(shape, dtype=object)) != len(data):
        raise ValueError(
            message(
                "the array {name} has {n_data} bytes for {dtype} of shape {shape}",
                name=name,
                n_data=len(data),
                dtype=dtype,
                shape=shape,
            )
        )
    return np.frombuffer(data, dtype).reshape(shape)


def _read_array_header(file: IO[bytes], major: int) -> tuple[tuple[int, ...], bool, np.dtype[Any]]:
    read = np.lib.format.read_array_header_1_0 if major == 1 else np.lib.format.read_array_header_2_0
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")  # numpy warns of headers that Python 2 wrote; ours are not of that kind
            shape, fortran_order, dtype = read(file)
    except (
        SyntaxError,
        MemoryError,
        UserWarning,
        tokenize.TokenError,
    ) as error:  # numpy reads it as a Python expression
        raise ValueError(message("the header of an array cannot be read ({type})", type=type(error).__name__)) from None
    return shape, fortran_order, dtype


def _build(arrays: dict[str, NDArray[Any]], header: dict[str, Any], codebook: Codebook) -> Model:
    """Return the model of a file's arrays and header."""
    lexicon = arrays["lexicon"].tobytes()
    # The terms are counted before they are split: a damaged file may have millions of them.
    _check_pillar_numbers("names", arrays["names"], lexicon.count(b"\n") + 1, len(codebook))
    context = None
    if "context_weight" in arrays:
        _check_weights("context_weight", arrays["context_weight"], ())
        weight = float(arrays["context_weight"])
        context = ArticleContext(
            weight,
            arrays["context_thresholds"],
            arrays["context_calibration"],
            carrying_thresholds=arrays.get("context_carrying"),
            points=_split_points("context_points", arrays, len(codebook)),
        )
    model = Model(
        lexicon=Lexicon(lexicon.decode("utf8").split("\n")),
        features=Features(arrays["idf"], arrays["names"], arrays["patterns"], len(codebook)),
        coef=arrays["coef"].astype(np.float32) if arrays["coef"].dtype == np.float16 else arrays["coef"],
        **{name: arrays[name] for name in ("intercept", "thresholds", "calibration")},
        context=context,
        training_hashes=arrays.get("training_hashes", np.empty(0, np.uint64)),
        info=ModelInfo.from_json(header, len(codebook)),
        points=_split_points("points", arrays, len(codebook)),
        codebook=codebook,
    )
    _check_arrays(model)
    return model


def _check_arrays(model: Model) -> None:
    n_terms, n_pillars = len(model.lexicon), len(model.codebook)
    features = model.features
    _check_pillar_numbers("names", features.name_pillar, n_terms, n_pillars)
    _check_pillar_numbers("patterns", features.pattern_pillar, n_terms, n_pillars)
    _check_weights("idf", features.idf, (n_terms,))
    _check_weights("coef", model.coef, (features.n_features, n_pillars))
    _check_weights("intercept", model.intercept, (n_pillars,))
    _check_weights("calibration", model.calibration, (n_pillars, 2))
    _check_thresholds("thresholds", model.thresholds, (n_pillars,))
    if model.context is not None:
        _check_thresholds("context_thresholds", model.context.thresholds, (n_pillars,))
        _check_weights("context_calibration", model.context.calibration, (n_pillars, 2))
        if model.context.carrying_thresholds is not None:
            _check_thresholds("context_carrying", model.context.carrying_thresholds, (n_pillars,))
    hashes = model.training_hashes
    if hashes.ndim != 1 or hashes.dtype != np.uint64:
        raise ValueError(
            message(
                "the array 'training_hashes' is {dtype} of shape {shape}, want uint64 numbers",
                dtype=hashes.dtype,
                shape=hashes.shape,
            )
        )


def _join_points(points: OperatingPoints) -> NDArray[np.float32]:
    """Return operating points as one array: a row for each pillar, and one for `shown`."""
    numbers = np.hstack([points.f1[:, None], points.precision, points.recall])
    return np.vstack([numbers, np.concatenate([[0], points.shown, np.zeros(len(TARGETS))])]).astype(np.float32)


def _split_points(name: str, arrays: dict[str, NDArray[Any]], n_pillars: int) -> OperatingPoints | None:
    if name not in arrays:
        return None
    n, points = len(TARGETS), arrays[name]
    _check_thresholds(name, points, (n_pillars + 1, 1 + 2 * n))
    thresholds, shown = points[:-1], points[-1, 1 : n + 1]
    return OperatingPoints(thresholds[:, 0], thresholds[:, 1 : n + 1], thresholds[:, n + 1 :], shown)


def _check_thresholds(name: str, array: NDArray[Any], shape: tuple[int, ...]) -> None:
    # A threshold may be infinite: a pillar that cannot reach the wanted precision is never tagged.
    finite = np.where(np.isinf(array), 0, array) if array.dtype.kind == "f" else array
    _check_weights(name, finite, shape)


def _check_pillar_numbers(name: str, array: NDArray[Any], n_terms: int, n_pillars: int) -> None:
    if array.shape != (n_terms,) or array.dtype.kind != "i":
        raise ValueError(
            message(
                "the array {name} is {dtype} of shape {shape}, want integers of shape ({n_terms},)",
                name=repr(name),
                dtype=array.dtype,
                shape=array.shape,
                n_terms=n_terms,
            )
        )
    if ((array < -1) | (array >= n_pillars)).any():
        raise ValueError(
            message(
                "the array {name} must have numbers from -1 to {n_pillars}", name=repr(name), n_pillars=n_pillars - 1
            )
        )


def _check_weights(name: str, array: NDArray[Any], shape: tuple[int, ...]) -> None:
    if array.shape != shape or array.dtype.kind != "f":
        raise ValueError(
            message(
                "the array {name} is {dtype} of shape {shape}, want floats of shape {wanted}",
                name=repr(name),
                dtype=array.dtype,
                shape=array.shape,
                wanted=shape,
            )
        )
    if not np.isfinite(array).all():
        raise ValueError(message("the array {name} must not have NaN or infinite numbers", name=repr(name)))
