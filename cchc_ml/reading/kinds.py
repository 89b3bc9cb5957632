"""What a file is, by its first bytes: people save a page as .txt, and a mail as .html."""

from __future__ import annotations

import re
import zipfile
import zlib
from enum import StrEnum
from io import BytesIO
from pathlib import Path, PurePath

from ..messages import catalogued, message

__all__ = ["ARTICLES", "FileKind", "check_office_file", "has_known_kind", "kind_of", "kind_to_read"]


class FileKind(StrEnum):
    """The kind of a file, in words for messages."""

    TEXT = message("plain text")
    PAGE = message("a web page")
    WEB_ARCHIVE = message("a web page with its pictures (MHTML)")
    MAIL = message("a mail")
    WORD = message("a Word document")
    ODT = message("an OpenDocument text")
    RTF = message("rich text (RTF)")
    PDF = message("a PDF")
    WORKBOOK = message("a workbook")
    OLD_WORD = message("an old Word document")
    OLD_WORKBOOK = message("an old Excel workbook")
    LOCKED = message("locked by a password")
    OLD_OFFICE = message("damaged, locked by a password, or an old .doc or .xls")
    ARCHIVE = message("a zip archive")


# The kind that each file ending of an article stands for.
ARTICLES = {
    ".txt": FileKind.TEXT,
    ".html": FileKind.PAGE,
    ".htm": FileKind.PAGE,
    ".mhtml": FileKind.WEB_ARCHIVE,
    ".mht": FileKind.WEB_ARCHIVE,
    ".eml": FileKind.MAIL,
    ".docx": FileKind.WORD,
    ".odt": FileKind.ODT,
    ".rtf": FileKind.RTF,
    ".pdf": FileKind.PDF,
}
# Web pages are read whatever their files are called.
_PAGES = (FileKind.PAGE, FileKind.WEB_ARCHIVE)
# What to do with a file of a kind that is not read.
_REMEDIES = {
    FileKind.OLD_WORD: message("open it in Word and save it as .docx"),
    FileKind.OLD_OFFICE: message("take the password away, or save it as .docx or .xlsx"),
    FileKind.LOCKED: message("open it, take the password away and save it again"),
    FileKind.ARCHIVE: message("unpack it and read the files in it"),
}
# Such a file may hold something else: many programs write RTF or a web page as .doc.
_OLD_WORD_ENDINGS = (".doc", ".dot", ".wps")
# What files of other kinds are called.
_ENDINGS = {
    **{kind: ending for ending, kind in reversed(ARTICLES.items())},
    FileKind.WORKBOOK: ".xlsx",
    FileKind.OLD_WORKBOOK: ".xls",
}

# The kind is seen in so many bytes.
HEAD_BYTES = 65_536
# The names of the streams of an OLE file are looked for in so many.
OLE_BYTES = 100_000_000
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ZIP = (b"PK\x03\x04", b"PK\x05\x06")
# The streams of an OLE file, with which its directory names them.
_OLE_STREAMS = {
    "EncryptedPackage": FileKind.LOCKED,
    "EncryptionInfo": FileKind.LOCKED,
    "WordDocument": FileKind.OLD_WORD,
    "Workbook": FileKind.OLD_WORKBOOK,
    "Book": FileKind.OLD_WORKBOOK,
}
_OLE_KINDS = (*_OLE_STREAMS.values(), FileKind.OLD_OFFICE)
_ZIP_PARTS = {
    "word/": FileKind.WORD,
    "xl/": FileKind.WORKBOOK,
}
_TAG = (
    r"!doctype\s+html|html|head|body|meta|title|base|link|style|script|main|article|section|header|nav|div|p|h[1-6]|table|"
    r"center|font|span|a|b|i|br|hr|ul|ol|img|form|iframe"
)
_PAGE_START = re.compile(rf"(?is)\s*(?:<\?xml[^>]*>\s*|<!--.*?-->\s*)*<(?:{_TAG})(?=[\s/>])")
# Lines of the head of a mail. A text may begin with "Subject:", but not with these.
_HEADER_LINE = re.compile(r"(?:[A-Za-z][A-Za-z0-9-]*:[ \t]?.*|[ \t]+\S.*)$")
_MAIL_HEADER = re.compile(
    r"(?im)^(?:mime-version|content-type|content-transfer-encoding|message-id|received|return-path|delivered-to|x-mailer):"
)
_WEB_ARCHIVE_HEADER = re.compile(
    r"(?im)^(?:snapshot-content-location:|from:\s*(?:\"?saved by|<saved by)|content-type:\s*multipart/related)"
)


def kind_of(head: bytes) -> FileKind:
    r"""Return the kind of a file from its first bytes. What has no mark of another kind is text.

    Examples
    --------
    >>> kind_of(b"{\\rtf1\\ansi}").value, kind_of("Xã họp bàn.".encode()).value, kind_of(b"<!DOCTYPE html><p>").value
    ('rich text (RTF)', 'plain text', 'a web page')
    """
    if b"%PDF-" in head[:1024]:
        return FileKind.PDF
    if head.startswith(_OLE):
        return FileKind.OLD_OFFICE
    if head.startswith(_ZIP):
        return FileKind.ARCHIVE
    if head.lstrip().startswith(b"{\\rtf"):
        return FileKind.RTF
    text = _text_of(head[:HEAD_BYTES])
    if _PAGE_START.match(text):
        return FileKind.PAGE
    return _kind_of_mail(text) or FileKind.TEXT


def _text_of(head: bytes) -> str:
    """Return the text of the first bytes, well enough to see ASCII."""
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return head.decode("utf-16", "replace")
    return head.removeprefix(b"\xef\xbb\xbf").replace(b"\0", b"").decode("latin-1")


def _kind_of_mail(text: str) -> FileKind | None:
    """Return mail or web archive if a text begins with lines of a mail's head, up to a blank line; else None."""
    lines = []
    for number, line in enumerate(text.lstrip("\r\n").splitlines()):
        if not line:
            break
        if not _HEADER_LINE.match(line) and not (number == 0 and line.startswith("From ")):
            return None
        lines.append(line)
    header = "\n".join(lines)
    if _WEB_ARCHIVE_HEADER.search(header):
        return FileKind.WEB_ARCHIVE
    return FileKind.MAIL if _MAIL_HEADER.search(header) else None


def kind_to_read(name: str, file: Path | BytesIO) -> FileKind:
    """Return the kind that an article is read as. A web page is read whatever its name is.

    Parameters
    ----------
    name : str
        The name of the file.
    file : Path or BytesIO
        The file, or its content.

    Raises
    ------
    ValueError
        The file is of a kind that is not read, or of another kind than its name says. The message says what to do.
    """
    ending = PurePath(name).suffix.lower()
    named = ARTICLES.get(ending)
    found = _kind_of_file(ending, file)
    if found in _PAGES and ending not in _OLD_WORD_ENDINGS:
        return FileKind.MAIL if named is FileKind.MAIL and found is FileKind.WEB_ARCHIVE else found
    _check_readable(name, found)
    if found is named or (found, named) in _READ_AS_NAMED:
        return named or found
    if named is None and found is FileKind.TEXT:
        raise ValueError(
            message("{name} is not an article; want one of {articles}", name=name, articles=", ".join(ARTICLES))
        )
    if found is FileKind.TEXT:
        raise ValueError(
            message(
                "{name} is damaged or is not {named}; save it again",
                name=name,
                named=catalogued(named or FileKind.TEXT),
            )
        )
    is_found: str = message("{name} is {found}", name=name, found=catalogued(found))
    if named:
        is_found = message(
            "{name} is {found}, not {named}", name=name, found=catalogued(found), named=catalogued(named)
        )
    new_name = f"{PurePath(name).stem}{_ENDINGS[found]}"
    raise ValueError(message("{problem}; rename it to {new_name}", problem=is_found, new_name=new_name))


# A part of a page has no mark of a page; and a mail may have lost its head, or come without pictures.
_READ_AS_NAMED = (
    (FileKind.TEXT, FileKind.PAGE),
    (FileKind.TEXT, FileKind.MAIL),
    (FileKind.MAIL, FileKind.WEB_ARCHIVE),
)


def has_known_kind(path: Path) -> bool:
    """Whether a file of any name has the mark of a kind: it is not plain text, nor of a kind that is not known."""
    return _kind_of_file("", path) is not FileKind.TEXT


def check_office_file(name: str, file: Path | BytesIO) -> None:
    """Raise if a file is locked by a password or of an old kind of Office, whatever its name says.

    Raises
    ------
    ValueError
        The message says what to do.
    """
    found = _kind_of_file("", file)
    if found in _OLE_KINDS:
        _check_readable(name, found)
        problem = message("{name} is {found}", name=name, found=catalogued(found))
        new_name = f"{PurePath(name).stem}{_ENDINGS[found]}"
        raise ValueError(message("{problem}; rename it to {new_name}", problem=problem, new_name=new_name))


def _check_readable(name: str, found: FileKind) -> None:
    ending = PurePath(name).suffix.lower()
    if ending in _OLD_WORD_ENDINGS and found not in (FileKind.LOCKED, FileKind.OLD_WORD, FileKind.OLD_WORKBOOK):
        what: str = ending
        if found not in (FileKind.OLD_OFFICE, FileKind.TEXT):
            what = message("{ending} ({kind})", ending=ending, kind=catalogued(found))
        remedy = _REMEDIES[FileKind.OLD_WORD]
        raise ValueError(
            message("{name} is of a kind that is not read: {kind}; {remedy}", name=name, kind=what, remedy=remedy)
        )
    if found in _REMEDIES:
        problem = message("{name} is {found}", name=name, found=catalogued(found))
        raise ValueError(message("{problem}; {remedy}", problem=problem, remedy=_REMEDIES[found]))


def _kind_of_file(ending: str, file: Path | BytesIO) -> FileKind:
    data = file.getvalue() if isinstance(file, BytesIO) else _start_of(file, HEAD_BYTES)
    kind = kind_of(data)
    if kind is FileKind.OLD_OFFICE:
        return _kind_of_ole(_start_of(file, OLE_BYTES) if isinstance(file, Path) else data)
    return _kind_of_archive(ending, file) if kind is FileKind.ARCHIVE else kind


def _start_of(path: Path, size: int) -> bytes:
    with open(path, "rb") as file:
        return file.read(size)


def _kind_of_ole(data: bytes) -> FileKind:
    """Return the kind of an OLE file by the names of its streams."""
    for name, kind in _OLE_STREAMS.items():
        if name.encode("utf-16-le") + b"\0\0" in data:
            return kind
    return FileKind.OLD_OFFICE


def _kind_of_archive(ending: str, file: Path | BytesIO) -> FileKind:
    """Return the kind of a zip file by the parts in it. One that is damaged goes by its ending."""
    try:
        with zipfile.ZipFile(file) as archive:
            names = archive.namelist()
            mimetype = archive.open("mimetype").read(100) if "mimetype" in names else b""
    except (zipfile.BadZipFile, zlib.error, OSError, ValueError, RuntimeError, NotImplementedError):
        return ARTICLES.get(ending, FileKind.ARCHIVE)
    if b"opendocument" in mimetype:
        return FileKind.ODT if b"opendocument.text" in mimetype else FileKind.WORKBOOK
    kinds = (kind for part, kind in _ZIP_PARTS.items() if any(name.startswith(part) for name in names))
    return next(kinds, FileKind.ARCHIVE)
