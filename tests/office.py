"""Small files of the kinds that offices have, written by hand: no library is needed, and each part is seen."""

import unicodedata
import zipfile
from collections.abc import Callable
from pathlib import Path

W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
MC = 'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"'
RELATIONSHIPS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"


def write_docx(path: Path, body: str, *, styles: str = "", footnotes: str = "", properties: str = "") -> Path:
    """Write a Word document of the XML of its body, styles, footnotes and properties."""
    parts = {
        "word/document.xml": f"<w:document {W} {MC}><w:body>{body}</w:body></w:document>",
        "word/styles.xml": f"<w:styles {W}>{styles}</w:styles>",
        "word/footnotes.xml": f"<w:footnotes {W}>{footnotes}</w:footnotes>",
        "docProps/core.xml": f'<p:coreProperties xmlns:p="{PACKAGE}/metadata/core-properties" '
        f'xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:dcterms="http://purl.org/dc/terms/">{properties}</p:coreProperties>',
        "_rels/.rels": _relationships(
            (f"{RELATIONSHIPS}/officeDocument", "word/document.xml"),
            (f"{PACKAGE}/relationships/metadata/core-properties", "docProps/core.xml"),
        ),
        "word/_rels/document.xml.rels": _relationships(
            (f"{RELATIONSHIPS}/styles", "styles.xml"), (f"{RELATIONSHIPS}/footnotes", "footnotes.xml")
        ),
    }
    return write_zip(path, parts)


def _relationships(*targets: tuple[str, str]) -> str:
    items = "".join(f'<Relationship Id="r{n}" Type="{kind}" Target="{to}"/>' for n, (kind, to) in enumerate(targets))
    return f'<Relationships xmlns="{PACKAGE}/relationships">{items}</Relationships>'


def write_odt(path: Path, body: str, *, styles: str = "", meta: str = "") -> Path:
    """Write an OpenDocument text of the XML of its body, styles and properties."""
    names = ("office", "text", "style", "draw", "table", "meta", "fo")
    spaces = " ".join(f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"' for name in names)
    spaces += ' xmlns:dc="http://purl.org/dc/elements/1.1/"'
    content = f"<office:automatic-styles>{styles}</office:automatic-styles><office:body>{body}</office:body>"
    parts = {
        "mimetype": "application/vnd.oasis.opendocument.text",
        "content.xml": f"<office:document-content {spaces}>{content}</office:document-content>",
        "meta.xml": f"<office:document-meta {spaces}><office:meta>{meta}</office:meta></office:document-meta>",
    }
    return write_zip(path, parts)


def write_zip(path: Path, parts: dict[str, str]) -> Path:
    """Write a zip archive of texts."""
    with zipfile.ZipFile(path, "w") as archive:
        for name, text in parts.items():
            archive.writestr(name, text)
    return path


def paragraph(text: str, style: str = "", run: str = "") -> str:
    """Return the XML of a paragraph with one run, in a style, and with properties of the run."""
    properties = f'<w:pPr><w:pStyle w:val="{style}"/></w:pPr>' if style else ""
    return f"<w:p>{properties}<w:r><w:rPr>{run}</w:rPr><w:t>{text}</w:t></w:r></w:p>"


def style(name: str, properties: str = "", *, identifier: str = "", kind: str = "paragraph", parent: str = "") -> str:
    """Return the XML of a style of Word."""
    based_on = f'<w:basedOn w:val="{parent}"/>' if parent else ""
    start = f'<w:style w:type="{kind}" w:styleId="{identifier or name}">'
    return f'{start}<w:name w:val="{name}"/>{based_on}{properties}</w:style>'


def encode_1258(text: str) -> bytes:
    """Encode text as Windows-1258, where most tones are marks of their own behind the vowel."""
    return "".join(map(_with_mark, unicodedata.normalize("NFC", text))).encode("cp1258")


def _with_mark(letter: str) -> str:
    apart = unicodedata.normalize("NFD", letter)
    tone = next((mark for mark in apart if mark in "\u0300\u0301\u0303\u0309\u0323"), "")
    return unicodedata.normalize("NFC", apart.replace(tone, "")) + tone


def is_read_or_rejected(read: Callable[[], object], name: str) -> bool:
    """Whether a damaged file is read, or rejected by an error that names it."""
    try:
        return bool(read())
    except ValueError as error:
        return f"{name} is " in str(error) or f"{name} has " in str(error)
