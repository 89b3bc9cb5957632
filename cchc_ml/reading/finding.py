"""Find the files that a user names by files, folders and patterns, and say which files of a folder are not read."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from glob import glob, has_magic
from itertools import takewhile
from pathlib import Path
from typing import NamedTuple

from ..messages import Message, joined, message, number, plural
from .kinds import ARTICLES
from .tables import TABLES, table_kind

__all__ = ["NOT_READ", "FoundFiles", "expand", "find_files", "not_read_note"]

# Why such a file is passed over.
NOT_READ: str = message("of a kind that is not read")
# What to save a file as so that it can be read, by its ending.
_SAVE_AS = {
    **dict.fromkeys((".doc", ".dot", ".docm", ".wps", ".pages", ".wpd"), ".docx"),
    **dict.fromkeys((".ppt", ".pptx", ".pps", ".ppsx", ".key", ".vsd", ".xps"), ".pdf"),
    **dict.fromkeys((".xlsm", ".numbers", ".et"), ".xlsx"),
    **dict.fromkeys((".md", ".text", ".log"), ".txt"),
}


class FoundFiles(NamedTuple):
    """The files that paths stand for.

    Attributes
    ----------
    files : list of str
        Those to read, in order; ``"-"`` is standard input.
    not_read : list of str
        Those in folders that are of a kind that is not read.
    """

    files: list[str]
    not_read: list[str]


def find_files(paths: Iterable[str | Path]) -> FoundFiles:
    """Return the files that paths stand for.

    A file stands for itself, and ``"-"`` for standard input. A folder stands for the files in it that can be read, and
    a pattern for the files that match it, both in the order of their names. ``**`` matches folders of any depth. Hidden
    files, lock files of Word, and the files that a browser saves beside a page are left out.

    Raises
    ------
    FileNotFoundError
        A path is not a file or folder, and no file matches it.
    ValueError
        There is no file in a folder that can be read.
    """
    found = FoundFiles([], [])
    for name in paths:
        path = Path(name)
        if not str(name):
            raise FileNotFoundError(message("found an empty name; want a file, a folder or a pattern"))
        if str(path) == "-" or path.is_file():
            found.files.append(str(path))
        elif path.is_dir():
            _add_folder(found, path)
        elif matches := _matches(path):
            found.files.extend(matches)
        else:
            raise FileNotFoundError(message("no file {path}", path=path))
    return found


def expand(paths: Iterable[str | Path]) -> list[str]:
    """Return the files to read that paths stand for; see `find_files`."""
    return find_files(paths).files


def not_read_note(files: Sequence[str]) -> Message:
    """Return a sentence about files that are not read.

    Examples
    --------
    >>> not_read_note(["a/1.doc", "a/2.DOC", "a/3.zip"])
    'passed over 3 files of kinds that are not read: .doc 2, .zip 1; save them as .docx'
    """
    counts = Counter(Path(file).suffix.lower() or message("without ending") for file in files)
    note = plural(
        "passed over {n:,} file of a kind that is not read: {endings}",
        "passed over {n:,} files of kinds that are not read: {endings}",
        len(files),
        endings=joined(", ", (joined(" ", [ending, number(n)]) for ending, n in counts.most_common())),
    )
    save_as = sorted({_SAVE_AS[ending] for ending in counts if ending in _SAVE_AS})
    if not save_as:
        return note
    kinds = joined(message(" or "), save_as)
    remedy = plural("save it as {kinds}", "save them as {kinds}", len(files), kinds=kinds)
    return joined("; ", [note, remedy])


def _add_folder(found: FoundFiles, folder: Path) -> None:
    files = sorted(path for path in folder.rglob("*") if path.is_file() and not _is_hidden(path.relative_to(folder)))
    readable = [str(path) for path in files if _is_readable(path)]
    not_read = [str(path) for path in files if not _is_readable(path)]
    if not readable:
        found_nothing: str = message("folder {folder} has no file to read", folder=folder)
        if not_read:
            found_nothing = joined(": ", [found_nothing, not_read_note(not_read)])
        kinds = ", ".join((*ARTICLES, *TABLES))
        raise ValueError(message("{problem}; want {kinds}", problem=found_nothing, kinds=kinds))
    found.files.extend(readable)
    found.not_read.extend(not_read)


def _matches(pattern: Path) -> list[str]:
    """Return the files that match a pattern. A path that is not a pattern has no matches."""
    if not has_magic(str(pattern)):
        return []
    folder = Path(*takewhile(lambda part: not has_magic(part), pattern.parts))
    paths = sorted(map(Path, glob(str(pattern), recursive=True)))
    return [str(path) for path in paths if path.is_file() and not _is_hidden(path.relative_to(folder))]


def _is_hidden(path: Path) -> bool:
    """Whether a file is hidden, a lock file of Word, or saved by a browser beside a page."""
    starts_hidden = any(part.startswith((".", "~$")) for part in path.parts)
    is_beside_page = any(part.endswith("_files") for part in path.parts[:-1])
    return starts_hidden or is_beside_page


def _is_readable(path: Path) -> bool:
    return path.suffix.lower() in ARTICLES or table_kind(path) in TABLES
