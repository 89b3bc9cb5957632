"""The record of what a report was made from, and the check that nothing has changed since."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator, Mapping, Sequence
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..messages import message
from ..reading.names import quoted
from ..version import __version__

if TYPE_CHECKING:
    from ..model.model import Model

__all__ = ["content_hash", "make_provenance", "read_html_report", "verify"]

# The place of the record in a page.
_BLOCK = re.compile(r'<script type="application/json" id="provenance">(.*?)</script>', re.DOTALL)


# So many digits of the hash of a place are kept.
MARK_DIGITS = 16


def _file_hash(path: Path) -> str:
    return sha256(path.read_bytes()).hexdigest()


def make_provenance(
    names: Mapping[str, str],
    model_file: Path,
    model: Model,
    options: Mapping[str, Any],
    *,
    not_read: Sequence[str] = (),
    folder: str | None = None,
    date: str = "",
    report: Path | None = None,
) -> dict[str, Any]:
    """Return the version, the options and the SHA-256 hashes of all that a report is made from.

    The record holds no path of this machine, since reports are passed on.

    Parameters
    ----------
    names : mapping of str to str
        The input files, each with its name in the record; see `cchc_ml.reading.names.short_names`.
    model_file : Path
        The file of the model.
    model : Model
        The model that was read from it. Its header contains the hash of the training data.
    options : mapping
        The options of the report.
    not_read : sequence of str, optional
        The names of the files in the folders of inputs that are of kinds that are not read.
    folder : str, optional
        The name of the folder that the names are relative to; see `cchc_ml.reading.names.folder_name`.
    date : str, optional
        The date of the report, YYYY-MM-DD.
    report : Path, optional
        The file of the report. The record knows by a hash where the inputs are, seen from there.
    """
    return {
        "cchc_ml": __version__,
        "date": date,
        "model": _file_hash(model_file),
        "model_name": model_file.name,
        "data": model.info.data or "",
        "options": dict(options),
        "folder": folder,
        "inputs": {name: _file_hash(Path(file)) for file, name in names.items()},
        "not_read": list(not_read),
        "places": {} if report is None else _places_of(names, folder, report),
    }


def _group(name: str, folder: str | None) -> str:
    """Return the folder that an input belongs to, given its name in the record."""
    return name.partition("/")[0] if folder is None else folder


def _places_of(names: Mapping[str, str], folder: str | None, report: Path) -> dict[str, str]:
    """Return the hash of the place of each folder of inputs; see `_place_mark`."""
    places = {}
    for file, name in names.items():
        above = Path(os.path.abspath(file)).parents
        depth = len(Path(folder or "", name).parts)
        if depth <= len(above):
            places[_group(name, folder)] = _place_mark(above[depth - 1], report)
    return places


def _place_mark(place: Path, report: Path) -> str:
    """Return a hash of the way from a report to a place: the record names no folder of this machine."""
    try:
        way = os.path.relpath(place, report.parent)
    except ValueError:  # another disk of Windows
        return ""
    return sha256(way.replace(os.sep, "/").encode("utf8", "surrogateescape")).hexdigest()[:MARK_DIGITS]


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
            message(
                "{path} does not contain a provenance record; "
                "want a page that was written with: cchc-ml report -o {name}",
                path=path,
                name=quoted(path.name),
            )
        )
    return json.loads(block[1]), page[: block.start()] + page[block.end() :]


def verify(provenance: Mapping[str, Any], content: str, report: Path, model_file: Path) -> list[str]:
    """Return the differences between a report's provenance record and what exists now.

    The list is empty if the program, the report, the model and all input files are unchanged. The input files are
    looked for where the report is, in the current folder, and around the two; see `_find_inputs`.

    Parameters
    ----------
    provenance, content : mapping, str
        As `read_html_report` and `cchc_ml.reporting.dossier.read_dossier` return them.
    report : Path
        The file of the report.
    model_file : Path
        The file of the model.
    """
    differences: list[str] = []
    if provenance["cchc_ml"] != __version__:
        differences.append(
            message(
                "written by cchc_ml {written}, but this is {version}",
                written=provenance["cchc_ml"],
                version=__version__,
            )
        )
    if content_hash(content) != provenance.get("content"):
        differences.append(message("{path} was changed after it was written", path=report))
    if _file_hash(model_file) != provenance["model"]:
        differences.append(message("{path} is a different model", path=model_file))
    hashes = provenance["inputs"]
    paths = _find_inputs(hashes, provenance.get("folder"), provenance.get("places", {}), report)
    missing = [path for path in paths.values() if not path.is_file()]
    if len(missing) == len(paths) > 1:
        differences.append(
            message(
                "none of the {n} inputs was found in {folder} or near it; "
                "put {name} beside the folder of the inputs, or run this beside it",
                n=len(paths),
                folder=missing[0].parent,
                name=report.name,
            )
        )
        return differences
    for name, path in paths.items():
        if not path.is_file():
            differences.append(message("{path} does not exist any more", path=path))
        elif _file_hash(path) != hashes[name]:
            differences.append(message("{path} was changed", path=path))
    return differences


def _find_inputs(
    hashes: Mapping[str, str], folder: str | None, marks: Mapping[str, str], report: Path
) -> dict[str, Path]:
    """Return where the inputs of a report are now, by their names in its record.

    They are looked for in the folder of the report and in the current folder, then in the folders above and directly
    below all of these, then two below the two. The inputs of one folder are in one place: where they were, seen from
    the report; if they are not there, the first place that has one of them unchanged, or else the first that has a file
    of such a name. An input that is nowhere is expected in the folder of the report.

    Parameters
    ----------
    hashes : mapping of str to str
        The SHA-256 of the inputs, by their names in the record.
    folder : str or None
        See `make_provenance`.
    marks : mapping of str to str
        See `_places_of`.
    report : Path
        The file of the report.
    """
    together: dict[str, list[str]] = {}
    for name in hashes:
        together.setdefault(_group(name, folder), []).append(name)
    places = _Places(report.parent)
    found: dict[str, Path] = {}
    for folder_of_group, group in together.items():
        paths = {name: Path(folder or "", name) for name in group}
        near = [each for each in places if any((each / path).is_file() for path in paths.values())]
        mark = marks.get(folder_of_group)
        place = next((each for each in near if mark and _place_mark(each, report) == mark), None)
        if place is None:
            place = next((each for each in near if _has_unchanged(each, paths, hashes)), near[0] if near else None)
        found |= {name: (report.parent if place is None else place) / path for name, path in paths.items()}
    return found


def _has_unchanged(place: Path, paths: Mapping[str, Path], hashes: Mapping[str, str]) -> bool:
    there = ((place / path, hashes[name]) for name, path in paths.items() if (place / path).is_file())
    return any(_file_hash(path) == known for path, known in there)


class _Places:
    """The folders in which inputs are looked for, the nearest first."""

    def __init__(self, beside: Path) -> None:
        self._found: dict[Path, None] = {}
        self._all = self._search(beside)

    def __iter__(self) -> Iterator[Path]:
        yield from list(self._found)
        for place in self._all:
            if place not in self._found:
                self._found[place] = None
                yield place

    def _search(self, beside: Path) -> Iterator[Path]:
        starts = [beside, Path()]
        yield from starts
        above = [above for start in starts for above in start.resolve().parents]
        yield from above
        for place in (*starts, *above):
            yield from _folders_in(place)
        for place in starts:
            for below in _folders_in(place):
                yield from _folders_in(below)


def _folders_in(folder: Path) -> list[Path]:
    try:
        return sorted(path for path in folder.iterdir() if path.is_dir() and not path.name.startswith("."))
    except OSError:  # it may not be looked into
        return []
