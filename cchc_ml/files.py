"""Files: data that ships with the package, optional libraries, and atomic writes."""

from __future__ import annotations

import errno
import gzip
import os
import re
import stat
import sys
import tempfile
from base64 import b64encode
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from functools import cache
from hashlib import sha256
from importlib import import_module
from math import ceil
from pathlib import Path
from shutil import copyfileobj, rmtree
from typing import IO, TYPE_CHECKING, Any

from .messages import message

if TYPE_CHECKING:
    from jinja2 import Environment, Template

__all__ = [
    "DOCUMENT_CREATED",
    "GENERATOR",
    "MAX_XLSX_CELL_CHARS",
    "atomic_write",
    "check_target",
    "check_writable",
    "csp_hash",
    "data_path",
    "file_stamp",
    "html_template",
    "is_same_file",
    "is_stream",
    "name_on_full_disk",
    "remove_leftovers",
    "require_extra",
    "system_reason",
    "write_gzip",
    "xlsx_formats",
    "xlsx_page",
    "xlsx_row_height",
    "xlsx_workbook",
]

# Excel cuts a cell after 32,767 characters.
MAX_XLSX_CELL_CHARS = 32_000
# Workbooks and documents hold the time when they were made. It is always this one, so that the same rows give the same
# bytes.
DOCUMENT_CREATED = datetime(2000, 1, 1)
# Paper sizes by Excel's numbers.
XLSX_A4 = 9
MAX_XLSX_HEADER_CHARS = 120
XLSX_LINE_POINTS, MAX_XLSX_ROW_POINTS = 15.0, 409.0

# Pages, documents and workbooks of this package say so: as the generator, or as their category.
GENERATOR = "cchc-ml"

# Part of the names of temporary folders, after the name of the output, and how much of that name they have.
_SCRATCH = ".cchc-ml-"
MAX_SCRATCH_BYTES = 200
# More links from one to the next are a circle.
MAX_LINKS = 40

_WRITE_BITS = 0o222
_FULL_DISK = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


def data_path(name: str) -> Path:
    """Return the path of a file that ships with the package: beside it in a checkout, inside it when installed."""
    package = Path(__file__).parent
    inside = package / name
    return inside if inside.exists() else package.parent / name


# What the system says in English, whatever the language of the user is.
_SYSTEM_ERRORS = {
    errno.EACCES: message("Permission denied"),
    errno.EADDRINUSE: message("Address already in use"),
    errno.EADDRNOTAVAIL: message("Cannot assign requested address"),
    errno.EDQUOT: message("Disk quota exceeded"),
    errno.EFBIG: message("File too large"),
    errno.EEXIST: message("File exists"),
    errno.EINVAL: message("Invalid argument"),
    errno.EIO: message("Input/output error"),
    errno.EISDIR: message("Is a directory"),
    errno.ELOOP: message("Too many levels of symbolic links"),
    errno.EMFILE: message("Too many open files"),
    errno.ENAMETOOLONG: message("File name too long"),
    errno.ENOENT: message("No such file or directory"),
    errno.ENOSPC: message("No space left on device"),
    errno.ENOTDIR: message("Not a directory"),
    errno.EPERM: message("Operation not permitted"),
    errno.EROFS: message("Read-only file system"),
}


def system_reason(error: OSError) -> str:
    """Return what the system says about an error, as a message if it is a usual one.

    Examples
    --------
    >>> system_reason(PermissionError(errno.EACCES, "Permission denied"))
    'Permission denied'
    """
    return _SYSTEM_ERRORS.get(error.errno or 0, error.strerror or type(error).__name__)


def file_stamp(file: str | Path) -> list[int]:
    """Return what changes when a file is written: its size and the time. Nothing if it is gone."""
    try:
        state = os.stat(file)
    except OSError:
        return []
    return [state.st_size, state.st_mtime_ns]


def require_extra(module: str, extra: str, what: str) -> Any:
    """Import a library that an optional extra of this package installs.

    Parameters
    ----------
    module : str
        The module to import: "docx".
    extra : str
        The extra that installs it: "office".
    what : str
        What needs it, for the message: ".docx files".

    Raises
    ------
    ImportError
        The library is not installed; the message says how to install it.
    """
    try:
        return import_module(module)
    except ModuleNotFoundError:
        raise ImportError(
            message(
                '{what}: the library {module} is missing; install it with: pip install "cchc_ml[{extra}]"',
                what=what,
                module=module,
                extra=extra,
            )
        ) from None


def check_target(path: Path) -> None:
    """Raise if a file cannot be written at `path`: it is a folder, is write-protected, or its folder does not exist.

    Raises
    ------
    IsADirectoryError, FileNotFoundError, PermissionError
        The message says what to do.
    """
    if path.is_dir():
        raise IsADirectoryError(message("{path} is a folder; name a file", path=path))
    folder = Path(os.path.realpath(path)).parent
    if not is_stream(path) and not folder.is_dir():
        raise FileNotFoundError(
            message(
                "no folder {folder} to write {name} in",
                folder=path.parent if not path.is_symlink() else folder,
                name=path.name,
            )
        )
    if path.exists() and not path.stat().st_mode & _WRITE_BITS:
        raise PermissionError(
            message("{path} is write-protected; give another name, or allow writing to it", path=path)
        )


def check_writable(path: Path, overwrite: bool, inputs: Iterable[str | Path] = ()) -> None:
    """Raise if `path` cannot be written, is one of the inputs, or exists and is not to be overwritten.

    Nothing is overwritten in a pipe or a device, so these need no permission.
    """
    check_target(path)
    if any(is_same_file(path, name) for name in inputs):
        raise ValueError(message("{path} is input and output; give the output another name", path=path))
    if os.path.lexists(path) and not overwrite and not is_stream(path):
        raise FileExistsError(message("{path} exists; give --force to overwrite it", path=path))


def is_same_file(a: str | Path | int, b: str | Path | int) -> bool:
    """Return whether two names, or open file descriptors, are the same file on the disk."""
    try:
        one, other = os.stat(a), os.stat(b)
    except (OSError, ValueError):  # a file that is not there
        return False
    return stat.S_ISREG(one.st_mode) and os.path.samestat(one, other)


def is_stream(path: Path) -> bool:
    """Return whether a path is a pipe, a device or an open file descriptor, such as ``/dev/stdout``."""
    try:
        mode = path.stat().st_mode
    except OSError:
        return False
    return not (stat.S_ISREG(mode) or stat.S_ISDIR(mode)) or _is_descriptor(path)


def _is_descriptor(path: Path) -> bool:
    for _ in range(MAX_LINKS):
        if re.fullmatch(r"(/proc/[^/]+|/dev)/fd", os.path.realpath(path.parent)):
            return True
        if not path.is_symlink():
            return False
        path = path.parent / os.readlink(path)
    return False


@contextmanager
def atomic_write(path: str | Path) -> Iterator[Path]:
    """Yield a temporary path; when the block ends, rename that file to `path`, or delete it after an error.

    Other programs see the old file or the complete new one, never a part of it. The file keeps its mode. Where `path`
    is a link, the file that it points to is replaced. A pipe or a device gets the complete content at the end.

    The temporary file has a folder of its own, in which the block may put other files too. Such folders of runs that
    were killed are deleted.

    Raises
    ------
    IsADirectoryError, FileNotFoundError, PermissionError
        See `check_target`.
    OSError
        The disk is full.
    """
    path = Path(path)
    check_target(path)
    to_stream = is_stream(path)
    target = path if to_stream else Path(os.path.realpath(path))
    folder = Path(tempfile.gettempdir()) if to_stream else target.parent
    remove_leftovers(folder)
    written = False
    with name_on_full_disk(path), _scratch_folder(folder, target.name) as scratch:
        temporary = scratch / "output"
        try:
            temporary.touch()
            yield temporary
            if to_stream:
                _copy_to_stream(temporary, target)
            else:
                _keep_mode(temporary, target)
                temporary.replace(target)
            written = True
        finally:
            if to_stream and not written:
                _wake_reader(target)


@contextmanager
def name_on_full_disk(path: Path) -> Iterator[None]:
    """Make errors of a full disk say which file was not written."""
    try:
        yield
    except OSError as error:
        if error.errno in _FULL_DISK:
            reason = system_reason(error)
            raise OSError(
                message("{path} was not written: {reason}; make room, then run again", path=path, reason=reason)
            ) from None
        raise


@contextmanager
def _scratch_folder(folder: Path, name: str) -> Iterator[Path]:
    """Yield a new hidden folder in `folder`. It is locked as long as it is in use, and deleted at the end."""
    start = name.encode("utf8", "replace")[:MAX_SCRATCH_BYTES].decode("utf8", "ignore")
    scratch = folder / f".{start}{_SCRATCH}{os.urandom(8).hex()}"
    lock: IO[bytes] | None = None
    try:  # from here on: a signal may end the run at any time
        while lock is None:
            scratch.mkdir(mode=0o700, exist_ok=True)
            lock = _locked(scratch / "lock")
        yield scratch
    except OSError as error:
        if lock is not None or error.errno in _FULL_DISK:
            raise
        raise type(error)(
            message("cannot write in {folder}: {reason}", folder=folder, reason=system_reason(error))
        ) from None
    finally:
        if lock is not None:
            lock.close()
        rmtree(scratch, ignore_errors=True)


def _locked(path: Path) -> IO[bytes] | None:
    """Open and lock a new file. Return None if another run took it for a leftover before it was locked."""
    with suppress(FileNotFoundError):
        file = open(path, "wb")  # noqa: SIM115
        with suppress(OSError):  # some network disks have no locks
            _lock(file.fileno(), wait=True)
        if path.exists():
            return file
        file.close()
    return None


def remove_leftovers(folder: Path) -> None:
    """Delete the temporary files in a folder whose runs were killed."""
    for scratch in folder.glob(f".*{_SCRATCH}*"):
        with suppress(OSError), open(scratch / "lock", "rb+") as lock:
            _lock(lock.fileno())  # an error: a run still uses it, or the disk has no locks
            rmtree(scratch, ignore_errors=True)


def _lock(descriptor: int, *, wait: bool = False) -> None:
    """Lock an open file until it is closed. If another process has locked it, wait for that process, or raise."""
    if sys.platform == "win32":
        import msvcrt

        msvcrt.locking(descriptor, msvcrt.LK_LOCK if wait else msvcrt.LK_NBLCK, 1)
    else:
        import fcntl

        fcntl.flock(descriptor, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))


def _keep_mode(temporary: Path, target: Path) -> None:
    """Give a file the mode and, if the system allows it, the owner of the file that it replaces."""
    try:
        old = target.stat()
    except FileNotFoundError:
        return
    if sys.platform != "win32":
        new = temporary.stat()
        if (old.st_uid, old.st_gid) != (new.st_uid, new.st_gid):
            with suppress(OSError):
                os.chown(temporary, old.st_uid, old.st_gid)
    temporary.chmod(stat.S_IMODE(old.st_mode))


def _copy_to_stream(source: Path, target: Path) -> None:
    # A file that the shell opened as standard output may hold something already.
    with open(source, "rb") as file, open(os.open(target, os.O_WRONLY | os.O_APPEND), "wb") as stream:
        copyfileobj(file, stream)


def _wake_reader(target: Path) -> None:
    """Tell a program that waits at a pipe that nothing comes."""
    if hasattr(os, "O_NONBLOCK") and stat.S_ISFIFO(target.stat().st_mode):
        with suppress(OSError):  # nobody waits
            os.close(os.open(target, os.O_WRONLY | os.O_NONBLOCK))


@contextmanager
def xlsx_workbook(path: Path, **options: Any) -> Iterator[Any]:
    """Yield an xlsxwriter workbook; when the block ends without an error, it is written to `path`.

    Cells are strings, numbers or empty, never formulas or links. The same content gives the same bytes.

    Parameters
    ----------
    path : Path
        As `atomic_write` yields it: temporary files of the workbook are put beside it.
    **options
        More options of ``xlsxwriter.Workbook``.
    """
    xlsxwriter = require_extra("xlsxwriter", "office", message("{ending} files", ending=".xlsx"))
    safe = {"strings_to_formulas": False, "strings_to_urls": False, "tmpdir": str(path.parent)}
    book = xlsxwriter.Workbook(str(path), {**safe, **options})
    book.set_properties({"created": DOCUMENT_CREATED, "category": GENERATOR})
    try:
        yield book
        book.close()
    except xlsxwriter.exceptions.FileCreateError as error:
        _abandon_zip_files(error)
        raise error.args[0] from None
    finally:
        book.fileclosed = True  # otherwise it would write the file when it is deleted
        for sheet in book.worksheets():
            if sheet.constant_memory:
                sheet._opt_close()


def _abandon_zip_files(error: BaseException) -> None:
    """Keep the zip files that an error left open from writing again when they are deleted: that would fail too."""
    from traceback import walk_tb
    from zipfile import ZipFile

    causes = [error]
    while causes[-1].__context__ is not None:
        causes.append(causes[-1].__context__)
    for cause in causes:
        for frame, _ in walk_tb(cause.__traceback__):
            for value in frame.f_locals.values():
                if isinstance(value, ZipFile) and value.fp:
                    value.fp = None


def xlsx_formats(book: Any) -> dict[str, Any]:
    """Return the formats that the workbooks of this package share, by name, added to an xlsxwriter workbook."""
    top = {"valign": "top"}
    share = {**top, "num_format": "0%", "align": "center"}
    formats = {
        "head": {**top, "bold": True, "bg_color": "#DDE7F3", "text_wrap": True, "border": 1},
        "wrap": {**top, "text_wrap": True},
        "bold": {"bold": True},
        "share": share,
        "exact_share": {**top, "num_format": "0.0%"},
        "count": {**top, "num_format": "#,##0"},
        "tagged_share": {**share, "bold": True, "bg_color": "#C6E7C8"},
    }
    return {name: book.add_format(properties) for name, properties in formats.items()}


def xlsx_page(sheet: Any, *, repeat_head: bool = True, header: str = "") -> None:
    """Set up a sheet for print: A4 landscape, one page wide, head and page number on each page.

    Parameters
    ----------
    sheet : xlsxwriter worksheet
    repeat_head : bool
        Whether the first row is a head that each page repeats.
    header : str
        A line to print above each page.
    """
    sheet.set_landscape()
    sheet.set_paper(XLSX_A4)
    sheet.fit_to_pages(1, 0)
    if repeat_head:
        sheet.repeat_rows(0)
    sheet.set_margins(left=0.4, right=0.4, top=0.7 if header else 0.5, bottom=0.6)
    if header:
        # & begins a code in a header, and Excel takes at most 255 characters, these codes among them.
        sheet.set_header(f"&C{header[:MAX_XLSX_HEADER_CHARS].replace('&', '&&')}")
    sheet.set_footer("&L&A&R&P/&N")


def xlsx_row_height(cells: Iterable[tuple[str, float]]) -> float | None:
    """Return the height that a row needs for its wrapped texts, given the width of the column of each, in characters.

    It is None for a row of one line. Excel would find the height by itself, other programs do not.

    Examples
    --------
    >>> xlsx_row_height([("Xã họp dân bàn việc trả hồ sơ.", 13), ("Xã", 13)]), xlsx_row_height([("Xã", 13)])
    (45.0, None)
    """
    lines = max((sum(max(1, ceil(len(line) / width)) for line in text.split("\n")) for text, width in cells), default=1)
    return min(lines * XLSX_LINE_POINTS, MAX_XLSX_ROW_POINTS) if lines > 1 else None


def write_gzip(path: str | Path, text: str) -> None:
    """Write `text` to a gzip file as UTF-8. The same text gives the same bytes: the file has no time stamp."""
    with atomic_write(path) as temporary:
        temporary.write_bytes(gzip.compress(text.encode("utf8"), mtime=0))


def html_template(package: str, name: str) -> Template:
    """Return the jinja2 template `name` from the folder ``templates`` of a package.

    Values are escaped as HTML, and a variable that is not given raises an error. The filter ``tojson`` keeps
    Vietnamese letters readable.

    Parameters
    ----------
    package : str
        Its import name, for example ``"cchc_ml.reporting"``.
    name : str
        File name of the template, for example ``"overview.html.j2"``.
    """
    return _environment(package).get_template(name)


@cache
def _environment(package: str) -> Environment:
    from jinja2 import Environment, PackageLoader, StrictUndefined

    environment = Environment(
        loader=PackageLoader(package),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=StrictUndefined,
    )
    environment.policies["json.dumps_kwargs"] = {"ensure_ascii": False}
    return environment


def csp_hash(text: str) -> str:
    """Return the source expression that allows one inline script or style in a content security policy.

    Examples
    --------
    >>> csp_hash("")
    "'sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU='"
    """
    return f"'sha256-{b64encode(sha256(text.encode('utf8')).digest()).decode()}'"
