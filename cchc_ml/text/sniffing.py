"""Guess the encoding of bytes."""

from __future__ import annotations

import codecs
import unicodedata

from .encodings import READABLE_PLAUSIBILITY, plausibility, repair_text
from .old_fonts import UTF8_SEQUENCE

__all__ = ["is_mostly_utf8", "is_utf8", "sniff"]

# Bytes that are not UTF-8 are UTF-8 with a few wrong bytes if a larger share of those beyond ASCII is in its sequences.
MOSTLY_UTF8_SHARE = 0.8
# The encoding of single bytes is guessed from this many.
SNIFFED_BYTES = 65_536
# UTF-16 without a byte order mark is recognised in at least this many bytes: one byte of each pair is often 0, the
# other rarely.
_UTF16_MIN_BYTES = 16
_UTF16_ZEROS_MIN, _UTF16_ZEROS_MAX = 0.3, 0.05


def sniff(head: bytes) -> str | None:
    r"""Return the codec of a text from its first bytes, or None if they are not text.

    It knows UTF-8 and UTF-16, with or without a byte order mark, Windows-1258, and Latin-1 for the old fonts. The
    caller repairs the decoded text with `cchc_ml.text.encodings.repair`.

    Examples
    --------
    >>> sniff("Cải cách".encode("utf-16")), sniff(b"\x89PNG\r\n\x1a\n\0")
    ('utf-16', None)
    """
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16"
    if b"\0" in head:
        zeros = [head[i::2].count(0) for i in (0, 1)]
        pairs = len(head) / 2
        if (
            len(head) >= _UTF16_MIN_BYTES
            and max(zeros) > _UTF16_ZEROS_MIN * pairs
            and min(zeros) < _UTF16_ZEROS_MAX * pairs
        ):
            return "utf-16-be" if zeros[0] > zeros[1] else "utf-16-le"
        return None
    try:
        codecs.getincrementaldecoder("utf8")().decode(head)  # incremental: the last character may be cut
    except UnicodeDecodeError:
        return _sniff_single_byte(head[:SNIFFED_BYTES])
    return "utf-8-sig"


def _sniff_single_byte(head: bytes) -> str | None:
    if is_mostly_utf8(head):
        return None
    text = head.decode("latin-1")
    old = plausibility(repair_text(text))
    new_text = unicodedata.normalize("NFC", head.decode("cp1258", "replace"))
    new = 0.0 if "\ufffd" in new_text else plausibility(new_text)
    if max(old, new) <= READABLE_PLAUSIBILITY:
        return None
    return "latin-1" if old > new or text == new_text else "cp1258"


def is_utf8(data: bytes) -> bool:
    """Whether bytes are UTF-8 to their end."""
    try:
        data.decode()
    except UnicodeDecodeError:
        return False
    return True


def is_mostly_utf8(data: bytes) -> bool:
    r"""Whether bytes that are not UTF-8 are UTF-8 with a few wrong bytes.

    Examples
    --------
    >>> is_mostly_utf8("Xã họp dân".encode() + b"\xff"), is_mostly_utf8("X· häp d©n".encode("latin-1"))
    (True, False)
    """
    text = data.decode("latin-1")
    beyond_ascii = len(text) - len(text.encode("ascii", "ignore"))
    in_sequences = sum(match.end() - match.start() for match in UTF8_SEQUENCE.finditer(text))
    return in_sequences > MOSTLY_UTF8_SHARE * beyond_ascii
