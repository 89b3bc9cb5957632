"""The record of what a report was made from, and the check that nothing has changed since."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..version import __version__

if TYPE_CHECKING:
    from ..model.model import Model

__all__ = ["content_hash", "make_provenance", "read_html_report", "verify"]

# The place of the record in a page.
_BLOCK = re.compile(r'<script type="application/json" id="provenance">(.*?)</script>', re.DOTALL)


def _file_hash(path: Path) -> str:
    return sha256(path.read_bytes()).hexdigest()


def make_provenance(
    files: Iterable[str | Path],
    model_file: Path,
    model: Model,
    options: Mapping[str, Any],
    not_read: Sequence[str] = (),
) -> dict[str, Any]:
    """Return the version, the options and the SHA-256 hashes of all that a report is made from.

    Parameters
    ----------
    files : iterable of path
        The input files.
    model_file : Path
        The file of the model.
    model : Model
        The model that was read from it. Its header contains the hash of the training data.
    options : mapping
        The options of the report.
    not_read : sequence of str, optional
        The files in the folders of inputs that are of kinds that are not read.
    """
    return {
        "cchc_ml": __version__,
        "model": _file_hash(model_file),
        "data": model.info.data or "",
        "options": dict(options),
        "inputs": {str(path): _file_hash(Path(path)) for path in files},
        "not_read": list(not_read),
    }


def content_hash(content: str) -> str:
    r"""Return the SHA-256 of a text without its white space.

    A program that opens and saves a file may change line ends and indents. These change nothing for a reader.

    Examples
    --------
    >>> content_hash("một cửa") == content_hash("một\r\n  cửa")
    True
    """
    return sha256("".join(content.split()).encode()).hexdigest()


def read_html_report(path: Path) -> tuple[dict[str, Any], str]:
    """Return the provenance record of a page, and the rest of the page.

    Raises
    ------
    ValueError
        The page does not contain a provenance record.
    """
    page = path.read_text("utf8")
    block = _BLOCK.search(page)
    if not block:
        raise ValueError(
            f"{path} does not contain a provenance record; "
            f"want a page that was written with: cchc-ml report -o {path.name}"
        )
    return json.loads(block[1]), page[: block.start()] + page[block.end() :]


def verify(provenance: Mapping[str, Any], content: str, name: str, model_file: Path) -> list[str]:
    """Return the differences between a report's provenance record and what exists now.

    The list is empty if the program, the report, the model and all input files are unchanged.

    Parameters
    ----------
    provenance, content : mapping, str
        As `read_html_report` and `cchc_ml.reporting.dossier.read_dossier` return them.
    name : str
        The name of the report in the messages.
    model_file : Path
        The file of the model.
    """
    differences = []
    if provenance["cchc_ml"] != __version__:
        differences.append(f"written by cchc_ml {provenance['cchc_ml']}, but this is {__version__}")
    if content_hash(content) != provenance.get("content"):
        differences.append(f"{name} was changed after it was written")
    if _file_hash(model_file) != provenance["model"]:
        differences.append(f"{model_file} is a different model")
    for input_name, recorded_hash in provenance["inputs"].items():
        path = Path(input_name)
        if not path.is_file():
            differences.append(f"{input_name} does not exist any more")
        elif _file_hash(path) != recorded_hash:
            differences.append(f"{input_name} was changed")
    return differences
