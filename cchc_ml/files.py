"""Files: data that ships with the package, optional libraries, and atomic writes."""

from __future__ import annotations

import gzip
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from typing import Any

__all__ = ["atomic_write", "check_target", "data_path", "require_extra", "write_gzip"]


def data_path(name: str) -> Path:
    """Return the path of a file that ships with the package: beside it in a checkout, inside it when installed."""
    package = Path(__file__).parent
    inside = package / name
    return inside if inside.exists() else package.parent / name


def require_extra(module: str, extra: str, what: str) -> Any:
    """Import a library that an extra installs.

    Raises
    ------
    ImportError
        It is not installed; the message says how to get it.
    """
    try:
        return import_module(module)
    except ModuleNotFoundError:
        raise ImportError(
            f'reading or writing {what} needs {module}; install it with: pip install -e ".[{extra}]"'
        ) from None


def check_target(path: Path) -> None:
    """Refuse a path that no file can be written to: a folder, or one in no folder."""
    if path.is_dir():
        raise IsADirectoryError(f"{path} is a folder; name a file")
    if not path.parent.is_dir():
        raise FileNotFoundError(f"no folder {path.parent} to write {path.name} in")


@contextmanager
def atomic_write(path: str | Path) -> Iterator[Path]:
    """Give a temporary path beside `path`; rename it to `path` when the block ends well, delete it when it does not."""
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


def write_gzip(path: str | Path, text: str) -> None:
    """Write `text` to a gzip file, the same bytes for the same text."""
    with atomic_write(path) as temporary:
        temporary.write_bytes(gzip.compress(text.encode("utf8"), mtime=0))
