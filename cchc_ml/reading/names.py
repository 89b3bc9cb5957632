"""Short names of files for papers that are passed on, without the folders of this machine that lead to them."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Mapping
from glob import has_magic
from itertools import takewhile
from pathlib import Path, PurePosixPath, PureWindowsPath

__all__ = ["folder_name", "printable_name", "quoted", "renamed", "short_names", "without_folders"]

# What no shell reads as more than a part of a word.
_PLAIN_WORD = re.compile(r"[\w./\\:~+,@%=-]+")
_ABSOLUTE = re.compile(r"(?i)/|~[/\\]|[a-z]:[/\\]|\\\\|file:/")


def short_names(inputs: Iterable[str | Path], files: Iterable[str | Path]) -> dict[str, str]:
    """Return for each file its name relative to the input that it comes from, with ``/`` between folders.

    A file that was named itself has no folder in its name. If several folders were named, each name begins with that of
    its folder. If two names are still the same, as many folders above are put before the names as are needed.

    Parameters
    ----------
    inputs : iterable of str or Path
        The files, folders and patterns that the user named.
    files : iterable of str or Path
        The files that they stand for; see `cchc_ml.reading.finding.find_files`.

    Examples
    --------
    >>> short_names(["data"], ["data/samples/mot-cua-xa.txt", "data/dev.json"])
    {'data/samples/mot-cua-xa.txt': 'samples/mot-cua-xa.txt', 'data/dev.json': 'dev.json'}
    >>> short_names(["x/m.npz", "y/m.npz"], ["x/m.npz", "y/m.npz"])
    {'x/m.npz': 'x/m.npz', 'y/m.npz': 'y/m.npz'}
    """
    roots = [(os.path.abspath(_root(Path(path))), _is_folder(Path(path))) for path in inputs]
    several = len({root for root, _ in roots}) > 1
    parts, kept = {}, {}
    for file in map(str, files):
        parts[file] = Path(os.path.abspath(file)).parts[1:]  # without the drive
        kept[file] = _parts_kept(Path(os.path.abspath(file)), roots, several)
    return {file: printable_name(name) for file, name in _unique(parts, kept).items()}


def _is_folder(path: Path) -> bool:
    """Whether an input stands for the files of a folder: it is one, or a pattern."""
    return path.is_dir() or (has_magic(str(path)) and not path.is_file())


def _root(path: Path) -> Path:
    """Return the folder that names are relative to."""
    if path.is_dir():
        return path
    if _is_folder(path):
        return Path(*takewhile(lambda part: not has_magic(part), path.parts))
    return path.parent


def _parts_kept(path: Path, roots: Iterable[tuple[str, bool]], several: bool) -> int:
    """Return how many of the last parts of a path are its name."""
    for root, is_folder in roots:
        if path.is_relative_to(root):
            return len(path.relative_to(root).parts) + (several and is_folder)
    return 1


def _unique(parts: Mapping[str, tuple[str, ...]], kept: Mapping[str, int]) -> dict[str, str]:
    """Return names of the last parts of paths, of so many more of them that no two paths have the same name."""
    names: dict[str, str] = {}
    for more in range(max(map(len, parts.values()), default=0)):
        names = {path: "/".join(parts[path][-(kept[path] + more) :]) for path in parts}
        if len(set(names.values())) == len(set(parts.values())):
            break
    return names


def folder_name(inputs: Iterable[str | Path]) -> str | None:
    """Return the name of the folder that names are relative to, ``""`` if it was not named, None if there are several.

    Examples
    --------
    >>> folder_name(["data/samples"]), folder_name(["data/samples/mot-cua-xa.txt"])
    ('samples', '')
    """
    roots = {(os.path.abspath(_root(path)), _is_folder(path)) for path in map(Path, inputs)}
    if len(roots) != 1:
        return None
    ((root, is_folder),) = roots
    return printable_name(Path(root).name) if is_folder else ""


def printable_name(name: str) -> str:
    r"""Return a file name as text: bytes that are not UTF-8 are written as ``\xe9``."""
    return os.fsencode(name).decode("utf8", "backslashreplace") if not name.isprintable() else name


def without_folders(names: Iterable[str]) -> dict[str, str]:
    r"""Return names as they may be shown: of a path from the root of a disk, only the last part.

    Tables that were tagged earlier hold such paths. If two paths end alike, as many folders are kept as are needed.
    Other names, and addresses of pages, stay as they are.

    Examples
    --------
    >>> without_folders([r"C:\Users\An\a.txt", "/home/an/b.txt", "12", "https://a.vn/1"]).values()
    dict_values(['a.txt', 'b.txt', '12', 'https://a.vn/1'])
    """
    shown = {name: name for name in names}
    parts = {name: _split(name) for name in shown if _ABSOLUTE.match(name)}
    return shown | _unique(parts, dict.fromkeys(parts, 1))


def _split(name: str) -> tuple[str, ...]:
    parts = (PureWindowsPath if "\\" in name else PurePosixPath)(name).parts
    return parts[1:] or parts  # without the drive


def quoted(name: object) -> str:
    """Return a file name as a word of a command that a user can copy.

    Examples
    --------
    >>> quoted("sửa.xlsx"), quoted("bài báo.xlsx")
    ('sửa.xlsx', '"bài báo.xlsx"')
    """
    text = str(name)
    return text if _PLAIN_WORD.fullmatch(text) else f'"{text}"'


def renamed(note: str, names: Mapping[str, str]) -> str:
    """Return a sentence with short names for the files that it names."""
    for file in sorted(names, key=len, reverse=True):
        note = note.replace(file, names[file])
    return note
