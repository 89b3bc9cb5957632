"""Files: data that ships with the package, optional libraries, and atomic writes."""

from __future__ import annotations

import gzip
import os
import tempfile
from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from hashlib import sha256
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from jinja2 import Environment, Template

__all__ = [
    "MAX_XLSX_CELL_CHARS",
    "atomic_write",
    "check_target",
    "check_writable",
    "csp_hash",
    "data_path",
    "html_template",
    "require_extra",
    "write_gzip",
    "xlsx_formats",
]

# Excel cuts a cell after 32,767 characters.
MAX_XLSX_CELL_CHARS = 32_000


def data_path(name: str) -> Path:
    """Return the path of a file that ships with the package: beside it in a checkout, inside it when installed."""
    package = Path(__file__).parent
    inside = package / name
    return inside if inside.exists() else package.parent / name


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
            f'reading or writing {what} needs {module}; install it with: pip install "cchc_ml[{extra}]"'
        ) from None


def check_target(path: Path) -> None:
    """Raise if a file cannot be written at `path`: it is a folder, or its folder does not exist.

    Raises
    ------
    IsADirectoryError, FileNotFoundError
        The message says what to do.
    """
    if path.is_dir():
        raise IsADirectoryError(f"{path} is a folder; name a file")
    if not path.parent.is_dir():
        raise FileNotFoundError(f"no folder {path.parent} to write {path.name} in")


def check_writable(path: Path, overwrite: bool) -> None:
    """Raise if `path` cannot be written, or exists and is not to be overwritten."""
    check_target(path)
    if path.exists() and not overwrite:
        raise FileExistsError(f"{path} exists; give --force to overwrite it")


@contextmanager
def atomic_write(path: str | Path) -> Iterator[Path]:
    """Yield a temporary path; when the block ends, rename that file to `path`, or delete it after an error.

    Other programs see the old file or the complete new one, never a part of it.

    Raises
    ------
    IsADirectoryError, FileNotFoundError
        See `check_target`.
    """
    path = Path(path)
    check_target(path)
    handle, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    os.close(handle)
    temporary = Path(name)
    try:
        yield temporary
        umask = os.umask(0)
        os.umask(umask)
        temporary.chmod(0o666 & ~umask)
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


def xlsx_formats(book: Any) -> dict[str, Any]:
    """Return the formats that the workbooks of this package share, by name, added to an xlsxwriter workbook."""
    top = {"valign": "top"}
    share = {**top, "num_format": "0%", "align": "center"}
    formats = {
        "head": {**top, "bold": True, "bg_color": "#DDE7F3", "text_wrap": True, "border": 1},
        "wrap": {**top, "text_wrap": True},
        "bold": {"bold": True},
        "share": share,
        "tagged_share": {**share, "bold": True, "bg_color": "#C6E7C8"},
    }
    return {name: book.add_format(properties) for name, properties in formats.items()}


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
