"""Decode bytes to text: a file, a stream of lines, or a web page. Errors name the file and the line."""

from __future__ import annotations

import io
import re
from codecs import BOM_UTF8
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import IO, Any

from ..messages import message
from ..text.encodings import READABLE_PLAUSIBILITY, plausibility, repair_text
from ..text.old_fonts import WINDOWS_1252
from ..text.sniffing import is_mostly_utf8, is_utf8, sniff

__all__ = ["PrependedStream", "check_not_empty", "decode", "decode_lines", "decode_page", "line_blocks", "read_text"]

# The encoding of a stream is guessed from this many bytes.
SNIFF_BYTES = 65_536
MAX_LINE_BYTES = 16_000_000
# Lines are passed on in blocks of so many lines, or of at least so many bytes.
BLOCK_LINES, BLOCK_BYTES = 512, 1 << 20
# A line of UTF-8 has so many bytes more than letters, if it is to be told from chance.
MIN_UTF8_BYTES = 5
# So many bytes of a text may be wrong, and two more.
WRONG_BYTES_SHARE = 0.001
# A page is searched for the encoding that it declares up to here.
DECLARATION_BYTES = 4000
_CHARSET = re.compile(rb"(?i)<meta[^>]{0,200}charset=[\"']?([\w-]+)")


def read_text(path: str | Path) -> str:
    """Read a text file; see `decode`.

    Raises
    ------
    FileNotFoundError
        The file does not exist.
    """
    path = Path(path)
    if not path.exists():
        raise FileNotFoundError(message("no file {path}", path=path))
    return decode(path.read_bytes(), str(path))


def check_not_empty(path: Path) -> None:
    """Raise if a file has no bytes."""
    if not path.stat().st_size:
        raise ValueError(message("{path} is empty", path=path))


def decode(data: bytes, name: str) -> str:
    """Decode the content of a file: UTF-8, UTF-16, Windows-1258, or the bytes of TCVN3 or VNI fonts.

    Text of TCVN3 and VNI fonts is returned as Latin-1 characters, which `cchc_ml.text.encodings.repair` converts. So is
    a line that is not UTF-8 in a file whose other lines are.

    Parameters
    ----------
    name : str
        The name of the file, for error messages.

    Raises
    ------
    ValueError
        The file is empty, binary, or in an unknown encoding.
    """
    if not data.strip():
        raise ValueError(message("{name} is empty", name=name))
    codec = sniff(data)
    if codec is None or (codec == "latin-1" and _has_utf8_line(data)):
        text = _decode_mixed(data)
        if text is None and codec is None:
            raise _not_text(name, data)
        if text is not None:
            return text
    assert codec is not None
    try:
        return _decode_as(codec, data)
    except UnicodeDecodeError as error:
        raise _not_text(message("{file}, byte {n},", file=name, n=error.start), data, codec) from None


def _decode_as(codec: str, data: bytes) -> str:
    """Decode bytes. Latin-1 stands for the old fonts, which have the quotation marks and dashes of Windows-1252."""
    text = data.decode(codec)
    return text.translate(WINDOWS_1252) if codec == "latin-1" else text


def _has_utf8_line(data: bytes) -> bool:
    """Whether a line is UTF-8 with several letters beyond ASCII, which is hardly ever so by chance."""
    lines = (line for line in data.splitlines() if not line.isascii())
    return any(is_utf8(line) and len(line) - len(line.decode()) >= MIN_UTF8_BYTES for line in lines)


def _decode_mixed(data: bytes) -> str | None:
    """Decode text of which some lines are UTF-8, and the others Vietnamese in an old encoding; else return None.

    Up to one wrong byte in a thousand is dropped.
    """
    if b"\0" in data:
        return None
    lines, old_lines = [], []
    wrong_bytes = 0
    for line in data.splitlines(keepends=True):
        if is_utf8(line):
            lines.append(line.decode())
        elif is_mostly_utf8(line):
            text = line.decode("utf8", "replace")
            wrong_bytes += text.count("\ufffd")
            lines.append(text.replace("\ufffd", ""))
        else:
            lines.append(_decode_as("latin-1", line))
            old_lines.append(lines[-1])
    if wrong_bytes > len(data) * WRONG_BYTES_SHARE + 2:
        return None
    return "".join(lines) if plausibility(repair_text("".join(old_lines))) > READABLE_PLAUSIBILITY else None


def _not_text(where: str, data: bytes, codec: str | None = None) -> ValueError:
    """Return the error for bytes that are not text, or not text in the encoding `codec`."""
    if codec:
        problem = message("is not {codec} text", codec=codec.removesuffix("-sig").upper())
    elif b"\0" in data:
        problem = message("is binary, not text")
    else:
        problem = message("is not UTF-8, UTF-16, Windows-1258, TCVN3 or VNI text")
    return ValueError(message("{where} {problem}; save it as UTF-8 text", where=where, problem=problem))


def decode_page(data: bytes, name: str) -> str:
    """Decode a web page: as `decode` does, else in the encoding that the page declares.

    Raises
    ------
    ValueError
        As for `decode`.
    """
    try:
        return decode(data, name)
    except ValueError:
        if declared := _CHARSET.search(data[:DECLARATION_BYTES]):
            with suppress(LookupError, UnicodeDecodeError):
                return data.decode(declared[1].decode())
        raise


def decode_lines(stream: IO[bytes] | PrependedStream, name: str) -> Iterator[str]:
    r"""Yield the lines of a stream, in the encoding that its first bytes show. Lines end with ``"\n"``.

    Raises
    ------
    ValueError
        The stream is empty, binary or in an unknown encoding, or a line is longer than 16 MB. The message names
        the line.
    """
    head, codec = _sniff_stream(stream, name)
    whole: Any = PrependedStream(head, stream)  # Any: TextIOWrapper takes a raw stream too
    number = 0
    try:
        if _has_old_mac_lines(head, codec):
            for line in _old_mac_lines(io.TextIOWrapper(whole, codec, newline=None), name):
                number += 1
                yield line
        elif codec.startswith("utf-16"):
            for line in io.TextIOWrapper(whole, codec, newline="\n"):
                number += 1
                yield line
        else:
            for number, raw in enumerate(_byte_lines(head, stream, name), 1):
                if b"\0" in raw:
                    raise _not_text(message("{name}, line {number}", name=name, number=number), raw)
                # Only the first line can begin with a byte order mark.
                yield _decode_as(codec if number == 1 else codec.removesuffix("-sig"), raw)
    except UnicodeDecodeError:
        where = f"{name}, line {number + codec.startswith('utf-16')}"
        raise _not_text(where, b"", codec) from None


def line_blocks(stream: IO[bytes] | PrependedStream, name: str) -> Iterator[tuple[int, bytes]]:
    """Yield the lines of `decode_lines` in blocks of whole lines as UTF-8, each with the number of its first line.

    The lines before one that cannot be read are yielded before the error is raised.

    Raises
    ------
    ValueError
        As for `decode_lines`.
    """
    head, codec = _sniff_stream(stream, name)
    first = 1
    if codec != "utf-8-sig" or _has_old_mac_lines(head, codec):
        for lines in _grouped(line.encode() for line in decode_lines(PrependedStream(head, stream), name)):
            yield first, b"".join(lines)
            first += len(lines)
        return
    for lines in _grouped(_byte_lines(head.removeprefix(BOM_UTF8), stream, name)):
        data = b"".join(lines)
        if b"\0" in data or not is_utf8(data):
            before = _first_bad_line(data) - 1
            yield first, b"".join(lines[:before])
            raw = lines[before]
            raise _not_text(
                message("{name}, line {first}", name=name, first=first + before), raw, None if b"\0" in raw else codec
            )
        yield first, data
        first += len(lines)


def _grouped(lines: Iterable[bytes]) -> Iterator[list[bytes]]:
    """Group lines to blocks. An error of reading is raised after the lines before it."""
    block: list[bytes] = []
    size = 0
    try:
        for line in lines:
            block.append(line)
            size += len(line)
            if len(block) == BLOCK_LINES or size >= BLOCK_BYTES:
                yield block
                block, size = [], 0
    except Exception:
        if block:
            yield block
        raise
    if block:
        yield block


def _sniff_stream(stream: IO[bytes] | PrependedStream, name: str) -> tuple[bytes, str]:
    """Return the first bytes of a stream, and the codec that they show."""
    head = stream.read(SNIFF_BYTES)
    if not head:
        raise ValueError(message("{name} is empty", name=name))
    codec = sniff(head[: head.rfind(b"\n") + 1] or head)
    if codec is None:
        raise _not_text(message("{name}, line {line}", name=name, line=_first_bad_line(head)), head)
    return head, codec


def _has_old_mac_lines(head: bytes, codec: str) -> bool:
    return not codec.startswith("utf-16") and b"\r" in head and b"\n" not in head


def _byte_lines(head: bytes, stream: IO[bytes] | PrependedStream, name: str) -> Iterator[bytes]:
    """Yield the lines of a stream whose first bytes, `head`, have been read."""
    if not head.endswith(b"\n"):
        head += stream.readline(MAX_LINE_BYTES)
    for source in (io.BytesIO(head), stream):
        while line := source.readline(MAX_LINE_BYTES):
            if len(line) >= MAX_LINE_BYTES:
                raise ValueError(
                    message(
                        "{name} has a line longer than {most} MB; want one row a line",
                        name=name,
                        most=MAX_LINE_BYTES // 1000000,
                    )
                )
            yield line


def _old_mac_lines(text: IO[str], name: str) -> Iterator[str]:
    """Yield the lines of a text whose lines end with a carriage return only, as old Macs wrote them."""
    while line := text.readline(MAX_LINE_BYTES):
        if len(line) >= MAX_LINE_BYTES:
            raise ValueError(
                message(
                    "{name} has a line longer than {most} MB; want one row a line",
                    name=name,
                    most=MAX_LINE_BYTES // 1000000,
                )
            )
        yield line


def _first_bad_line(head: bytes) -> int:
    """Return the number of the first line that is binary or not UTF-8."""
    for number, line in enumerate(head.split(b"\n"), 1):
        try:
            line.decode("utf8")
        except UnicodeDecodeError:
            return number
        if b"\0" in line:
            return number
    return 1


class PrependedStream(io.RawIOBase):
    r"""Bytes that were already read from a stream, followed by the rest of the stream.

    After the first bytes, a read waits for one line at most: rows of a pipe are passed on as they arrive.

    Examples
    --------
    >>> stream = io.BytesIO(b"a\nb\nc\n")
    >>> list(PrependedStream(stream.readline(), stream))
    [b'a\n', b'b\n', b'c\n']
    """

    def __init__(self, already_read: bytes, rest: IO[bytes] | PrependedStream) -> None:
        self._head = io.BytesIO(already_read)
        self._rest = rest

    def readable(self) -> bool:
        """Return True."""
        return True

    def readinto(self, buffer: Any) -> int:
        """Fill the buffer as far as bytes are there, and return their number."""
        chunk = self._head.read(len(buffer)) or self._rest.readline(len(buffer))
        buffer[: len(chunk)] = chunk
        return len(chunk)

    def readline(self, size: int | None = -1, /) -> bytes:
        """Return the bytes up to the end of the line, at most `size` where it is not negative."""
        limit = -1 if size is None else size
        line = self._head.readline(limit)
        if line.endswith(b"\n") or len(line) == limit:
            return line
        return line + self._rest.readline(limit - len(line) if limit >= 0 else -1)
