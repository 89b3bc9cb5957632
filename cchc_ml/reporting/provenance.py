"""What a report was made of, so that anyone can check later that it is still so."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..version import __version__

if TYPE_CHECKING:
    from ..model.model import Model

__all__ = ["content_hash", "make_provenance", "read_page", "verify"]

# Where a page holds its receipt.
BLOCK = re.compile(r'<script type="application/json" id="receipt">(.*?)</script>', re.DOTALL)


def _sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def make_provenance(
    files: Iterable[str | Path], model_file: Path, model: Model, options: Mapping[str, Any]
) -> dict[str, Any]:
    """Return the hashes of what a report is made of.

    Parameters
    ----------
    files : iterable of path
        The files that were read.
    model_file : Path
    model : Model
        As it was read from there; its header has the hash of the training data.
    options : mapping
        What else was asked for.
    """
    return {
        "cchc_ml": __version__,
        "model": _sha256(model_file),
        "data": model.header.get("data", ""),
        "options": dict(options),
        "inputs": {str(path): _sha256(Path(path)) for path in files},
    }


def content_hash(receipt: Mapping[str, Any], content: str) -> dict[str, Any]:
    """Return a receipt with the hash of the page that it goes with, white space apart."""
    return {**receipt, "content": hashlib.sha256("".join(content.split()).encode()).hexdigest()}


def read_page(path: Path) -> tuple[dict[str, Any], str]:
    """Read the receipt of a page, and the text that it seals.

    Raises
    ------
    ValueError
        It has none.
    """
    page = path.read_text("utf8")
    found = BLOCK.search(page)
    if not found:
        raise ValueError(f"{path} holds no receipt; want a page written by: cchc-ml report -o {path.name}")
    return json.loads(found[1]), page[: found.start()] + page[found.end() :]


def verify(receipt: Mapping[str, Any], content: str, name: str, model_file: Path) -> list[str]:
    """Check a receipt; return what differs, nothing where all is as it was.

    Parameters
    ----------
    receipt, content : mapping, str
        As `read_page` and `cchc_ml.reporting.dossier.read_dossier` return them.
    name : str
        What to call the report.
    model_file : Path
    """
    differences = []
    if receipt["cchc_ml"] != __version__:
        differences.append(f"written by cchc_ml {receipt['cchc_ml']}, this is {__version__}")
    if content_hash({}, content)["content"] != receipt.get("content"):
        differences.append(f"{name} was changed after it was written")
    if _sha256(model_file) != receipt["model"]:
        differences.append(f"{model_file} is another model")
    for name, sha256 in receipt["inputs"].items():
        path = Path(name)
        if not path.is_file():
            differences.append(f"{name} is gone")
        elif _sha256(path) != sha256:
            differences.append(f"{name} was changed")
    return differences
