"""Files: what ships with the package, reading text with clear errors, and writing all or nothing."""

from __future__ import annotations

import gzip
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

__all__ = ["atomic", "read_text", "shipped", "write_gzip"]


def shipped(name: str) -> Path:
    """Return the path of a file that ships with the package: beside it in a checkout, inside it when installed."""
    package = Path(__file__).parent
    inside = package / "shipped" / name
    return inside if inside.exists() else package.parent / name


def read_text(path: str | Path) -> str:
    """Read a UTF-8 text file, with or without a byte order mark.

    Raises
    ------
    FileNotFoundError
        There is no such file.
    ValueError
        The file is empty, binary, or not UTF-8.
    """
    path = Path(path)
    if not path.exists():
        raise FileNotFoundError(f"no file {path}")
    return decode(path.read_bytes(), str(path))


def decode(data: bytes, name: str) -> str:
    """Decode the UTF-8 content of the file called `name`."""
    if not data.strip():
        raise ValueError(f"{name} is empty")
    if b"\0" in data:
        raise ValueError(f"{name} is binary or UTF-16; save it as UTF-8 text")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ValueError(f"{name} is not UTF-8 (byte {error.start}); save it as UTF-8") from None


@contextmanager
def atomic(path: str | Path) -> Iterator[Path]:
    """Give a temporary path beside `path`; rename it to `path` when the block ends well, delete it when it does not."""
    path = Path(path)
    if not path.parent.is_dir():
        raise FileNotFoundError(f"no folder {path.parent} to write {path.name} in")
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
    with atomic(path) as temporary:
        temporary.write_bytes(gzip.compress(text.encode("utf8"), mtime=0))
