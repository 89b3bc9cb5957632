"""Read OpenDocument texts (.odt): an archive of XML files."""

from __future__ import annotations

import zipfile
import zlib
from io import BytesIO
from pathlib import Path
from typing import Any, NamedTuple

from lxml import etree

from ..messages import message
from .documents import TITLE_LEVEL, XML_PARSER_OPTIONS, Document, Facts, Passage, Run, check_archive, paragraphs_of
from .metadata import is_author

__all__ = ["read_odt"]

# Elements that are not read: deleted text, comments, contents, the mark of a note, descriptions of pictures.
_SKIPPED = (
    {"tracked-changes", "annotation", "note-citation", "forms", "sequence-decls", "title", "desc", "ruby-text"}
    | {"table-of-content", "illustration-index", "table-index", "user-index", "alphabetical-index"}
    | {"page-number", "page-count"}
)
MAX_STYLES = 20
_TITLE_STYLES = ("title", "tiêu_20_đề")


class _Style(NamedTuple):
    """What a style says; None where it says nothing."""

    name: str
    parent: str | None
    font: str | None
    hidden: bool | None
    centred: bool | None


def read_odt(name: str, file: Path | BytesIO) -> Document:
    """Return the paragraphs of an `.odt` file in order, those in tables, text boxes and notes included.

    A note comes after the paragraph that has it. Hidden and deleted text and tables of contents are left out.

    Parameters
    ----------
    name : str
        The name of the file, for error messages.
    file : Path or BytesIO
        The file, or its content.

    Raises
    ------
    ValueError
        The file is damaged, locked by a password, or not an OpenDocument text.
    """
    check_archive(name, file)
    try:
        with zipfile.ZipFile(file) as archive:
            names = archive.namelist()
            if "META-INF/manifest.xml" in names and b"encryption-data" in archive.read("META-INF/manifest.xml"):
                raise _LockedError
            roots = {name: _root(archive, name) for name in ("styles.xml", "content.xml", "meta.xml") if name in names}
        content = roots["content.xml"]
        walker = _Walker(_styles(root for name, root in roots.items() if name != "meta.xml"))
        walker.read(content)
    except _LockedError:
        raise ValueError(
            message("{name} is locked by a password; open it, take the password away and save it again", name=name)
        ) from None
    except (zipfile.BadZipFile, zlib.error, etree.LxmlError, OSError, KeyError, ValueError, RuntimeError) as error:
        raise ValueError(
            message("{name} is damaged or is not an OpenDocument text ({type})", name=name, type=type(error).__name__)
        ) from None
    return Document(paragraphs_of(walker.passages), _facts(roots.get("meta.xml")))


class _LockedError(Exception):
    """The document is locked by a password."""


def _root(archive: zipfile.ZipFile, name: str) -> Any:
    with archive.open(name) as file:
        return etree.parse(file, etree.XMLParser(**XML_PARSER_OPTIONS)).getroot()


def _local(tag: Any) -> str:
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


def _get(element: Any, name: str) -> str | None:
    return next((str(value) for key, value in element.attrib.items() if _local(key) == name), None)


def _styles(roots: Any) -> dict[str, _Style]:
    styles = {}
    for root in roots:
        for element in root.iter("{*}style"):
            text, paragraph = element.find("{*}text-properties"), element.find("{*}paragraph-properties")
            display = None if text is None else _get(text, "display")
            alignment = None if paragraph is None else _get(paragraph, "text-align")
            styles[_get(element, "name") or ""] = _Style(
                name=(_get(element, "name") or "").lower(),
                parent=_get(element, "parent-style-name"),
                font=None if text is None else _get(text, "font-name") or _get(text, "font-family"),
                hidden=None if display is None else display == "none",
                centred=None if alignment is None else alignment == "center",
            )
    return styles


class _Walker:
    """Reads the paragraphs of a document in one pass over its tree.

    Attributes
    ----------
    passages : list of Passage
        In the order in which they begin: that of a text box or note after the one that it stands in.
    """

    def __init__(self, styles: dict[str, _Style]) -> None:
        self.passages: list[Passage] = []
        self._styles = styles
        self._open: list[Passage] = []
        self._style_chains: list[list[_Style]] = []
        self._items = 0

    def read(self, root: Any) -> None:
        """Read a document."""
        skipped: Any = None
        for event, element in etree.iterwalk(root, events=("start", "end")):
            if skipped is None and event == "start" and self._is_skipped(element):
                skipped = element
            if skipped is not None:
                if event == "end" and element is skipped:
                    skipped = None
                    self._add(element.tail)
                continue
            (self._start if event == "start" else self._end)(element)

    def _is_skipped(self, element: Any) -> bool:
        return _local(element.tag) in _SKIPPED or _get(element, "display") == "none"

    def _chain(self, name: str | None) -> list[_Style]:
        found: list[_Style] = []
        while len(found) < MAX_STYLES and (style := self._styles.get(name or "")):
            found.append(style)
            name = style.parent
        return found

    def _start(self, element: Any) -> None:
        name = _local(element.tag)
        if name in ("p", "h"):
            self._start_paragraph(element, name)
        elif name == "span":
            self._style_chains.append(self._chain(_get(element, "style-name")))
        elif name == "s":
            self._add(" ")
        elif name == "tab":
            self._add("\t")
        elif name == "line-break":
            self._add("\n")
        self._items += name == "list-item"
        self._add(element.text)

    def _end(self, element: Any) -> None:
        name = _local(element.tag)
        if name in ("p", "h"):
            self._open.pop()
            self._style_chains.pop()
        elif name == "span":
            self._style_chains.pop()
        self._items -= name == "list-item"
        self._add(element.tail)

    def _start_paragraph(self, element: Any, name: str) -> None:
        chain = self._chain(_get(element, "style-name"))
        level = int(_get(element, "outline-level") or 1) if name == "h" else None
        if any(style.name in _TITLE_STYLES for style in chain):
            level = TITLE_LEVEL
        centred = next((style.centred for style in chain if style.centred is not None), None)
        passage = Passage(level=level, item=self._items > 0, centred=centred)
        self._open.append(passage)
        self._style_chains.append(chain)
        self.passages.append(passage)

    def _add(self, text: str | None) -> None:
        if not text or not self._open:
            return
        styles = [style for chain in reversed(self._style_chains) for style in chain]
        if next((style.hidden for style in styles if style.hidden is not None), False):
            return
        font = next((style.font for style in styles if style.font), None)
        # White space in the file is one space; tabs and line breaks are elements.
        self._open[-1].runs.append(Run(text if text in "\t\n" else " ".join(f".{text}.".split())[1:-1], font))


def _facts(meta: Any) -> Facts:
    def text(*names: str) -> str | None:
        found = (meta.find(f".//{{*}}{name}") for name in names) if meta is not None else ()
        return next(((element.text or "").strip() or None for element in found if element is not None), None)

    created, author = text("creation-date", "date") or "", text("initial-creator", "creator") or ""
    return {
        "headline": text("title"),
        "date": created[:10] if created[:4].isdecimal() and len(created) >= 10 else None,
        "author": author if is_author(author) else None,
        "outlet": None,
    }
