"""The file in a form that is sent as multipart/form-data (RFC 7578), found in memory."""

from __future__ import annotations

from email.message import Message
from email.parser import HeaderParser
from typing import NamedTuple

__all__ = ["Upload", "file_of_form", "is_form"]

FORM = "multipart/form-data"
FIELD = "file"
MAX_PARTS = 20
MAX_HEAD_BYTES = 4_000


class Upload(NamedTuple):
    """A file: its name, if it has one, and its content."""

    name: str | None
    data: bytes


def is_form(content_type: str) -> bool:
    """Return whether a body of this type is a form."""
    return content_type.partition(";")[0].strip().lower() == FORM


def file_of_form(body: bytes, content_type: str) -> Upload:
    r"""Return the file in the field `file` of a form.

    Raises
    ------
    ValueError
        The form is damaged, has very many fields, or has no file in that field.

    Examples
    --------
    >>> head = b'--b\r\nContent-Disposition: form-data; name="file"; filename="a.txt"\r\n\r\n'
    >>> file_of_form(head + b"text\r\n--b--\r\n", "multipart/form-data; boundary=b")
    Upload(name='a.txt', data=b'text')
    """
    boundary = _header(f"Content-Type: {content_type}".encode()).get_param("boundary")
    if not isinstance(boundary, str) or not boundary or not boundary.isascii():
        raise ValueError("the form has no boundary; send it as multipart/form-data with a boundary")
    # The first delimiter may be at the very beginning; every other one is on a new line.
    parts = (b"\r\n" + body).split(f"\r\n--{boundary}".encode(), MAX_PARTS + 1)
    if len(parts) > MAX_PARTS + 1:
        raise ValueError(f"the form has more than {MAX_PARTS - 1} fields; send one file in its field {FIELD!r}")
    for part in parts[1:-1]:
        if part.startswith(b"--"):
            break
        head, found, data = part.partition(b"\r\n\r\n")
        if not found or len(head) > MAX_HEAD_BYTES:
            raise ValueError("the form is damaged: a field has no headers, or very long ones")
        disposition = _header(head.lstrip(b"\r\n"))
        name = disposition.get_filename()
        if disposition.get_param("name", header="content-disposition") == FIELD and name is not None:
            return Upload(name, data)
    raise ValueError(f"the form has no file in its field {FIELD!r}; send the article there")


def _header(lines: bytes) -> Message:
    return HeaderParser().parsestr(lines.decode("utf8", "replace") + "\r\n\r\n")
