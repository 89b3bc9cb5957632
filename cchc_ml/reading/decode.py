"""Decode bytes to text, with errors that name the file."""

from __future__ import annotations

from pathlib import Path

from ..text.encodings import sniff

__all__ = ["decode", "read_text"]


def read_text(path: str | Path) -> str:
    """Read a text file; see `decode`.

    Raises
    ------
    FileNotFoundError
        There is no such file.
    """
    path = Path(path)
    if not path.exists():
        raise FileNotFoundError(f"no file {path}")
    return decode(path.read_bytes(), str(path))


def decode(data: bytes, name: str) -> str:
    """Decode the content of the file called `name`: UTF-8, UTF-16, Windows-1258, or the bytes of the old fonts.

    Raises
    ------
    ValueError
        The file is empty, binary, or in no known encoding.
    """
    if not data.strip():
        raise ValueError(f"{name} is empty")
    codec = sniff(data)
    if codec is None:
        kind = "is binary" if b"\0" in data else "is not UTF-8, nor UTF-16, Windows-1258, TCVN3 or VNI"
        raise ValueError(f"{name} {kind}; save it as UTF-8 text")
    try:
        return data.decode(codec)
    except UnicodeDecodeError as error:
        raise ValueError(
            f"{name} is not {codec.removesuffix('-sig').upper()} (byte {error.start}); save it as UTF-8"
        ) from None
