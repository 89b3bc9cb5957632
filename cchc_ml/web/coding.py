"""gzip in both directions, within limits."""

from __future__ import annotations

import asyncio
import gzip
import zlib

from starlette.requests import Request
from starlette.responses import Response

from .problems import RefusalError

__all__ = ["accepts_gzip", "answer", "pack", "unpack"]

GZIP_LEVEL = 5
# Smaller answers are not worth it.
MIN_BYTES = 1_000
# Larger ones are packed in a thread, so that nobody waits for it.
MAX_BYTES_AT_ONCE = 50_000


def unpack(body: bytes, coding: str, most: int) -> bytes:
    """Return the body of a request without its content coding.

    Parameters
    ----------
    coding : str
        The header Content-Encoding.
    most : int
        The size that it may unpack to.

    Raises
    ------
    RefusalError
        The coding is not gzip, the body is damaged, has several members, or unpacks to more.
    """
    coding = coding.strip().lower()
    if coding in ("", "identity"):
        return body
    if coding not in ("gzip", "x-gzip"):
        raise RefusalError(
            "unsupported_encoding",
            f"the content encoding is {coding[:40]!a}; send gzip, or none",
            {"Accept-Encoding": "gzip"},
        )
    stream = zlib.decompressobj(wbits=31)
    try:
        data = stream.decompress(body, most + 1)
    except zlib.error:
        raise RefusalError("malformed_body", "the body is not gzip; send it as it is, or packed by gzip") from None
    if len(data) > most:
        raise RefusalError("body_too_large", f"the body unpacks to more than {most:,} bytes; send less at a time")
    if not stream.eof or stream.unused_data:
        raise RefusalError("malformed_body", "the body is not one whole gzip file; send it packed once")
    return data


def accepts_gzip(accept: str) -> bool:
    """Return whether an Accept-Encoding header allows gzip.

    Examples
    --------
    >>> [accepts_gzip(header) for header in ("gzip, br", "*", "gzip;q=0, *", "", "identity")]
    [True, True, False, False, False]
    """
    wanted = {}
    for part in accept.lower().split(","):
        coding, _, parameter = part.partition(";")
        wanted[coding.strip()] = parameter.replace(" ", "") not in ("q=0", "q=0.0", "q=0.00", "q=0.000")
    return wanted.get("gzip", wanted.get("*", False))


def pack(body: bytes) -> bytes:
    """Return bytes packed by gzip; the same bytes for the same body."""
    return gzip.compress(body, GZIP_LEVEL, mtime=0)


async def answer(request: Request, body: bytes, media_type: str = "application/json") -> Response:
    """Return an answer, packed if it is long and the client can unpack it."""
    headers = {"Vary": "Accept-Encoding"}
    if len(body) >= MIN_BYTES and accepts_gzip(request.headers.get("accept-encoding", "")):
        body = await asyncio.to_thread(pack, body) if len(body) > MAX_BYTES_AT_ONCE else pack(body)
        headers["Content-Encoding"] = "gzip"
    return Response(body, headers=headers, media_type=media_type)
