"""The JSON of a request to tag texts. Its parts are counted before anything is built from them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, NamedTuple

import msgspec

from ..pillars import CCHC, Codebook
from .limits import Limits
from .problems import RefusalError
from .tasks import Options

__all__ = ["TagRequest", "read_tag_request"]

# The strings of a request besides its texts: the names of the fields, and the pillars.
OTHER_STRINGS = 20
MAX_DETAIL_CHARS = 200
BYTE_ORDER_MARK = b"\xef\xbb\xbf"


class _Body(msgspec.Struct, forbid_unknown_fields=True):
    text: str | list[str]
    threshold: Annotated[float, msgspec.Meta(ge=0, le=1)] | msgspec.UnsetType = msgspec.UNSET
    pillars: Annotated[list[str], msgspec.Meta(min_length=1)] | msgspec.UnsetType = msgspec.UNSET


_DECODER = msgspec.json.Decoder(_Body)


class TagRequest(NamedTuple):
    """Texts to tag, and how."""

    texts: list[str]
    options: Options


def read_tag_request(body: bytes, content_type: str, limits: Limits, codebook: Codebook = CCHC) -> TagRequest:
    """Return the texts and options of a body.

    Raises
    ------
    RefusalError
        The body is not JSON, has other fields, or more or longer texts than the limits allow.
    """
    kind = content_type.partition(";")[0].strip().lower()
    if kind != "application/json" and not (kind.startswith("application/") and kind.endswith("+json")):
        raise RefusalError(
            "unsupported_media_type", 'the content type is not application/json; send {"text": "…"} as that'
        )
    _check_count(body, limits)
    try:
        sent = _DECODER.decode(body.removeprefix(BYTE_ORDER_MARK))
    except msgspec.ValidationError as error:
        raise RefusalError("invalid", f'{_short(error)}; send for example {{"text": "…"}}') from None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise RefusalError("invalid", f"the body is not valid JSON in UTF-8: {_short(error)}") from None
    texts = [sent.text] if isinstance(sent.text, str) else sent.text
    _check_texts(texts, limits)
    threshold = None if sent.threshold is msgspec.UNSET else sent.threshold
    pillars = None if sent.pillars is msgspec.UNSET else _known_pillars(sent.pillars, codebook)
    return TagRequest(texts, Options(threshold, pillars))


def _known_pillars(slugs: Sequence[str], codebook: Codebook) -> tuple[str, ...]:
    """Return the slugs of the pillars to show, each once.

    Raises
    ------
    RefusalError
        A slug is unknown, or there are more slugs than pillars.
    """
    known = codebook.slugs
    if len(slugs) > len(known):
        raise RefusalError("invalid", f"pillars has {len(slugs)} entries; want at most {len(known)}")
    for number, slug in enumerate(slugs):
        if slug not in known:
            raise RefusalError(
                "invalid", f"Invalid enum value {slug!r:.60} - at `$.pillars[{number}]`; want {', '.join(known)}"
            )
    return tuple(dict.fromkeys(slugs))


def _check_count(body: bytes, limits: Limits) -> None:
    """Refuse a body of too many strings, keys included.

    Each string has two quotation marks; those inside a string follow a backslash. A string that ends in a backslash is
    counted by half, so more may pass than the limit, but never more than twice as many.
    """
    n_strings = (body.count(b'"') - body.count(b'\\"')) // 2
    if n_strings > limits.texts + OTHER_STRINGS:
        raise RefusalError(
            "invalid", f"the body has more than {limits.texts:,} strings; want at most {limits.texts:,} texts"
        )


def _check_texts(texts: list[str], limits: Limits) -> None:
    if not texts:
        raise RefusalError("invalid", "text is an empty list; want at least one text")
    if len(texts) > limits.texts:
        raise RefusalError("invalid", f"text has {len(texts):,} texts; want at most {limits.texts:,}")
    for number, text in enumerate(texts):
        if len(text) > limits.text_chars:
            raise RefusalError(
                "invalid", f"text {number} has {len(text):,} characters; want at most {limits.text_chars:,}"
            )
        if not text or text.isspace():
            raise RefusalError("invalid", f"text {number} is empty; want a text")


def _short(error: Exception) -> str:
    return str(error)[:MAX_DETAIL_CHARS]
