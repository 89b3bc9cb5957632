"""Choose the files to read: neither the output nor, in folders, results of earlier runs and kinds that are not read."""

from __future__ import annotations

import re
import sys
import zlib
from collections.abc import Collection, Iterable
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple
from zipfile import BadZipFile, ZipFile

from ..files import GENERATOR, is_same_file
from ..messages import joined, message
from ..pillars import PILLARS
from .finding import NOT_READ, find_files
from .inputs import READING_ERRORS, STANDARD_INPUT
from .kinds import ARTICLES
from .tables import read_rows

__all__ = ["choose_inputs"]

HTML_SUFFIXES = (".html", ".htm")
OFFICE_SUFFIXES = (".docx", ".xlsx")
# Pages and properties of this package name it within this many bytes.
HEAD_BYTES = 4096


class InputFiles(NamedTuple):
    """What `choose_inputs` returns.

    Attributes
    ----------
    files : list of str
        The files to read.
    passed_over : dict of str to str
        The files of folders and patterns that are left out, and why.
    """

    files: list[str]
    passed_over: dict[str, str]


def choose_inputs(paths: Iterable[str | Path], out: Path | int | None = None) -> InputFiles:
    """Return the files that paths stand for, without the output and the results of earlier runs.

    What paths stand for, `cchc_ml.reading.finding.find_files` says.

    Parameters
    ----------
    paths : iterable of str or Path
    out : Path or int, optional
        The file, the folder or the file descriptor that will be written.

    Raises
    ------
    FileNotFoundError, ValueError
        As `find_files`; or a file that is named is also the output, or nothing is left.
    """
    files: list[str] = []
    passed_over: dict[str, str] = {}
    for path in paths:
        is_named = str(path) == "-" or Path(path).is_file()
        found = find_files([path])
        passed_over |= {file: NOT_READ for file in found.not_read if not _is_output(file, out)}
        for file in found.files:
            if _is_output(file, out):
                if is_named:
                    name = STANDARD_INPUT if file == "-" else file
                    raise ValueError(message("{name} is input and output; give the output another name", name=name))
                passed_over[file] = message("the output")
            elif not is_named and _is_result(file):
                passed_over[file] = message("a result of an earlier run")
            else:
                files.append(file)
    if not files:
        reasons = (message("{file} is {reason}", file=file, reason=why) for file, why in passed_over.items())
        raise ValueError(message("no file to read: {reasons}", reasons=joined(", ", reasons)))
    return InputFiles(files, passed_over)


def _is_output(file: str, out: Path | int | None) -> bool:
    """Return whether an input is the output itself, or in the folder that is the output."""
    if out is None:
        return False
    if file == "-":
        with suppress(OSError, ValueError):  # it is no file of the system
            return sys.stdin is not None and is_same_file(sys.stdin.fileno(), out)
        return False
    in_folder = isinstance(out, Path) and out.is_dir() and out.resolve() in Path(file).resolve().parents
    return in_folder or is_same_file(file, out)


def _is_result(file: str) -> bool:
    """Return whether this package wrote a file: a tagged table, a report. One that cannot be read is not a result."""
    path = Path(file)
    try:
        if path.suffix.lower() in HTML_SUFFIXES:
            with open(path, "rb") as page:
                return f'<meta name="generator" content="{GENERATOR}">'.encode() in page.read(HEAD_BYTES)
        if path.suffix.lower() in OFFICE_SUFFIXES and _category(path) == GENERATOR:
            return True
        if path.suffix.lower() in ARTICLES:
            return False
        _, row = next(read_rows(file), ("", {}))
        return _has_results(row)
    except READING_ERRORS:
        return False


def _has_results(columns: Collection[str]) -> bool:
    """Return whether columns are those of a table that was written by tagging, in any of the kinds of tables."""
    of_each_kind = (
        ("scores", "evidence"),  # JSON Lines, Parquet
        [f"{pillar.value}_probability" for pillar in PILLARS],  # CSV
        [pillar.short for pillar in PILLARS],  # workbooks
    )
    return "pillars" in columns and any(set(names) <= set(columns) for names in of_each_kind)


def _category(path: Path) -> str:
    """Return the category of a Word document or a workbook, or an empty string."""
    try:
        with ZipFile(path) as archive, archive.open("docProps/core.xml") as properties:
            found = re.search(rb"<cp:category>([^<]*)</cp:category>", properties.read(HEAD_BYTES))
    except (KeyError, BadZipFile, zlib.error, NotImplementedError, RuntimeError):  # damaged, or locked with a password
        return ""
    return found[1].decode("utf8", "replace") if found else ""
