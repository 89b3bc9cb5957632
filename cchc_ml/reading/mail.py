"""Read the text of a mail (.eml), or of a web page that was saved with its pictures in one file (.mhtml, .mht)."""

from __future__ import annotations

import email
import re
from email.errors import HeaderParseError
from email.header import decode_header, make_header
from email.message import Message
from email.utils import parsedate_to_datetime
from typing import NamedTuple

from ..messages import message
from .decode import decode, decode_page

__all__ = ["Mail", "read_mail"]

_REPLY = re.compile(r"(?i)^(?:(?:re|fwd?|tr|trả lời|chuyển tiếp)\s*:\s*)+")
_QUOTED = re.compile(r"(?m)^(?:> ?)+")
# The lines that a program puts above a mail that is sent on.
_SENT_ON = re.compile(
    r"(?im)^(?:-{2,}.*-{2,}|(?:from|to|cc|date|sent|subject|từ|đến|tới|ngày|đã gửi|chủ đề|date sent)\s*:.*)$"
)
_SIGNATURE = re.compile(r"(?m)^-- ?$")


class Mail(NamedTuple):
    """The text of a mail, and what its head says.

    Attributes
    ----------
    text : str
        HTML, or plain text.
    html : bool
        Whether the text is HTML.
    subject, date : str or None
        The subject without "Re:" and "Fwd:"; the day on which it was sent, as YYYY-MM-DD.
    """

    text: str
    html: bool
    subject: str | None
    date: str | None


def read_mail(name: str, data: bytes) -> Mail:
    """Read the first web page in a mail, or else its first plain text.

    Parameters
    ----------
    name : str
        The name of the file, for error messages.

    Raises
    ------
    ValueError
        There is no text in it, or its encoding is not known.
    """
    try:
        mail = email.message_from_bytes(data)
        texts = [part for part in mail.walk() if _is_text(part)]
    except RecursionError:
        raise ValueError(message("{name} is damaged: its parts are nested too deeply", name=name)) from None
    pages = [part for part in texts if part.get_content_subtype() in ("html", "xhtml+xml", "xml")]
    if not texts:
        raise ValueError(_no_text(name, mail))
    part = next(iter(pages or texts))
    html = part in pages
    content = part.get_payload(decode=True)
    assert isinstance(content, bytes)
    text = _decoded(content, part.get_content_charset(), html, name)
    return Mail(text if html else _own_words(text), html, _subject(mail), _date(mail))


def _is_text(part: Message) -> bool:
    is_text = part.get_content_maintype() == "text" or part.get_content_type() == "application/xhtml+xml"
    is_script = part.get_content_subtype() in ("css", "javascript", "calendar")
    return is_text and not part.is_multipart() and not is_script and part.get_content_disposition() != "attachment"


def _no_text(name: str, mail: Message) -> str:
    problem = message("{name} has no text", name=name)
    files = [file for part in mail.walk() if (file := part.get_filename())]
    if not files:
        return message("{problem}; want an article", problem=problem)
    return message(
        "{problem}; save what is attached to it ({names}) and read that", problem=problem, names=", ".join(files[:3])
    )


def _decoded(content: bytes, charset: str | None, html: bool, name: str) -> str:
    """Decode a part: by its bytes, and where they do not tell, in the encoding that the part names."""
    try:
        return decode_page(content, name) if html else decode(content, name)
    except ValueError:
        try:
            return content.decode(charset or "ascii")
        except (LookupError, UnicodeDecodeError):
            pass
        raise


def _own_words(text: str) -> str:
    """Return a plain text without marks of quotation, the heads of mails that are sent on, and the signature."""
    text = _SENT_ON.sub("", _QUOTED.sub("", text))
    body, *_ = _SIGNATURE.split(text)
    return body if body.strip() else text


def _header(mail: Message, name: str) -> str:
    try:
        return str(make_header(decode_header(str(mail.get(name) or ""))))
    except (HeaderParseError, LookupError, ValueError):
        return ""


def _subject(mail: Message) -> str | None:
    return _REPLY.sub("", " ".join(_header(mail, "Subject").split())) or None


def _date(mail: Message) -> str | None:
    try:
        return parsedate_to_datetime(_header(mail, "Date")).date().isoformat()
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
