"""Read Word documents (.docx): an archive of XML files, of which the text, the styles and the notes are read.

The text is read in one pass, without a tree: `_Walker` is told of each tag as the parser comes to it. So the work is
linear, and paragraphs inside paragraphs (text boxes) cost nothing.
"""

from __future__ import annotations

import posixpath
import re
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from io import BytesIO
from pathlib import Path
from typing import Any

from lxml import etree

from ..messages import message
from .documents import XML_PARSER_OPTIONS, Document, Facts, Passage, Run, check_archive, paragraphs_of
from .metadata import is_author
from .word_styles import Style, Styles, attribute, font_of, is_on, level_of

__all__ = ["read_docx"]

# Elements that are not read: what was deleted or moved away, and old properties.
_SKIPPED = {"del", "moveFrom", "delText", "delInstrText", "pPrChange", "rPrChange", "sectPr", "sectPrChange", "rt"}
# In the properties of the end of a paragraph, these say that it is not there.
_DELETED_MARKS = {"del", "moveFrom", "vanish", "specVanish"}
# Fields whose text is not the writer's: contents, and numbers of pages.
_CONTENTS_FIELDS = {"TOC", "TOA", "INDEX", "TC", "XE"}
_NUMBER_FIELDS = {"PAGE", "NUMPAGES", "PAGEREF", "SECTIONPAGES"}
_CONTENTS_STYLE = re.compile(r"(?:toc\s*\d|toc heading|table of (?:figures|authorities)|contents \d).*")
# The signs of the font Symbol that a text may have; others are bullets.
_SYMBOL_FONT = dict(zip(map(int, (0xA3, 0xB3, 0xB1, 0xB0, 0xB4, 0xB8, 0xB9, 0xBB, 0x2D)), "≤≥±°×÷≠≈−", strict=True))
_PICTURE_FONTS = ("wingdings", "webdings", "marlett")
_ISO_DATE = re.compile(r"\d{4}-\d\d-\d\d")
# Author and date of the template of python-docx: nobody wrote it then.
TEMPLATE_AUTHOR, TEMPLATE_CREATED = "python-docx", "2013-12-23T23:15:00Z"


def _first(*values: Any) -> Any:
    """Return the first value that is not None, or None."""
    return next((value for value in values if value is not None), None)


@dataclass
class _Field:
    """A field of Word: an instruction, such as "TOC" or "PAGE", and then the text that came of it."""

    instruction: list[str] = field(default_factory=list)
    has_result: bool = False
    has_end: bool = False

    @property
    def name(self) -> str:
        return next(iter("".join(self.instruction).split()), "").upper()


@dataclass
class _Paragraph:
    """A paragraph that is being read, and the notes that it refers to."""

    styles: list[Style]
    passage: Passage = field(default_factory=Passage)
    notes: list[str] = field(default_factory=list)
    # For each run, the table of contents that it stands in, or None.
    contents: list[_Field | None] = field(default_factory=list)


class _Walker:
    """Reads the text of one XML file: the parser calls it for each tag and text, in order.

    Attributes
    ----------
    paragraphs : list of _Paragraph
        In the order in which they begin: that of a text box after the one that it stands in.
    notes : dict of str to list of _Paragraph
        In a file of notes, the paragraphs of each: "footnote 2".
    """

    def __init__(self, styles: Styles) -> None:
        self.paragraphs: list[_Paragraph] = []
        self.notes: dict[str, list[_Paragraph]] = {}
        self._styles = styles
        self._path: list[str] = []  # the names of the open elements
        self._skipped = 0  # how many open elements are not read
        self._open: list[_Paragraph] = []
        self._fields: list[_Field] = []
        self._note: list[_Paragraph] | None = None
        self._contents_follow = False
        # For each drawing that has two forms, how many texts were read before it.
        self._choices: list[int] = []
        self._texts_read = 0
        self._start_run({})

    # What the parser calls

    def start(self, tag: str, attributes: Any) -> None:
        """Go into an element."""
        name = tag.rpartition("}")[2]
        if not self._skipped and self._path[-2:] == ["pPr", "rPr"] and name in _DELETED_MARKS and self._open:
            self._open[-1].passage.goes_on = is_on(attributes)
        if self._skipped or name in _SKIPPED or self._is_other_form(name) or self._is_contents(name):
            self._skipped += 1
            return
        self._path.append(name)
        if name in _STARTS:
            _STARTS[name](self, attributes)

    def end(self, _: str) -> None:
        """Leave an element."""
        if self._skipped:
            self._skipped -= 1
            return
        name = self._path.pop()
        if name in _ENDS:
            _ENDS[name](self)

    def data(self, text: str) -> None:
        """Read text between two tags."""
        if self._skipped or not self._path:
            return
        if self._path[-1] == "t":
            self._add(text)
        elif self._path[-1] == "instrText" and self._fields:
            self._fields[-1].instruction.append(text)

    def close(self) -> _Walker:
        """End the file."""
        return self

    # Paragraphs

    def _start_paragraph(self, _: Any) -> None:
        paragraph = _Paragraph(self._styles.of_paragraph(None))
        self._open.append(paragraph)
        (self.paragraphs if self._note is None else self._note).append(paragraph)
        self._start_run({})

    def _end_paragraph(self) -> None:
        paragraph = self._open.pop()
        passage, styles = paragraph.passage, paragraph.styles
        passage.level = _first(passage.level, *(style.level for style in styles))
        passage.centred = bool(_first(passage.centred, *(style.centred for style in styles)))
        passage.item = bool(_first(passage.item, *(style.item for style in styles)))
        if any(_CONTENTS_STYLE.fullmatch(style.name) for style in styles):
            passage.runs.clear()
        if not self._open:  # only a table of contents goes over several paragraphs; another field has lost its end
            self._fields = [one for one in self._fields if one.has_result and one.name not in _NUMBER_FIELDS]

    def _set_style(self, attributes: Any) -> None:
        if self._open:
            self._open[-1].styles = self._styles.of_paragraph(attribute(attributes, "val"))

    def _set_outline(self, attributes: Any) -> None:
        if self._open:
            self._open[-1].passage.level = level_of("", attribute(attributes, "val"))

    def _set_alignment(self, attributes: Any) -> None:
        if self._open and self._path[-2] == "pPr":
            self._open[-1].passage.centred = attribute(attributes, "val") == "center"

    def _set_frame(self, attributes: Any) -> None:
        """Join a large first letter, which Word keeps in a paragraph of its own, to the next paragraph."""
        if self._open and attribute(attributes, "dropCap") in ("drop", "margin"):
            self._open[-1].passage.goes_on = True

    def _set_item(self, attributes: Any) -> None:
        if self._open:
            self._open[-1].passage.item = attribute(attributes, "val") != "0"

    # Runs

    def _start_run(self, _: Any) -> None:
        self._font: str | None = None
        self._hidden: bool | None = None
        self._run_styles: list[Style] = []

    def _is_in_run(self) -> bool:
        return self._path[-3:-1] == ["r", "rPr"]

    def _set_font(self, attributes: Any) -> None:
        if self._is_in_run():
            self._font = font_of(attributes)

    def _set_hidden(self, attributes: Any) -> None:
        if self._is_in_run():
            self._hidden = is_on(attributes)

    def _set_run_style(self, attributes: Any) -> None:
        if self._is_in_run():
            self._run_styles = self._styles.chain(attribute(attributes, "val"))

    def _add(self, text: str, font: str | None = None) -> None:
        """Add text to the current paragraph, unless it is hidden, or the instruction or the number of a field."""
        if not self._open or any(not one.has_result or one.name in _NUMBER_FIELDS for one in self._fields):
            return
        paragraph = self._open[-1]
        styles = [*self._run_styles, *paragraph.styles]
        if _first(self._hidden, *(style.hidden for style in styles)):
            return
        font = font or _first(self._font, *(style.font for style in styles), self._styles.default_font)
        paragraph.passage.runs.append(Run(text, font))
        paragraph.contents.append(next((one for one in self._fields if one.name in _CONTENTS_FIELDS), None))
        self._texts_read += 1

    def _add_tab(self, _: Any) -> None:
        if self._path[-2] != "tabs":  # there it is the place of a tab
            self._add("\t")

    def _add_line_break(self, _: Any) -> None:
        self._add("\n")

    def _add_hyphen(self, _: Any) -> None:
        self._add("-")

    def _add_symbol(self, attributes: Any) -> None:
        font = attribute(attributes, "font") or ""
        try:
            code = int(attribute(attributes, "char") or "", 16)
        except ValueError:
            return
        code -= 0xF000 if 0xF000 <= code <= 0xF0FF else 0
        if font.lower() == "symbol":
            self._add(_SYMBOL_FONT.get(code, "•"))
        elif font.lower().startswith(_PICTURE_FONTS):
            self._add("•")
        elif chr(min(code, 0x10FFFF)).isprintable():
            self._add(chr(code), font)

    def _refer_to_note(self, attributes: Any) -> None:
        if self._open:
            self._open[-1].notes.append(f"{self._path[-1].removesuffix('Reference')} {attribute(attributes, 'id')}")

    def _start_note(self, attributes: Any) -> None:
        self._note = []
        if attribute(attributes, "type") in (None, "normal"):  # others are the line above the notes
            self.notes[f"{self._path[-1]} {attribute(attributes, 'id')}"] = self._note

    # Fields, tables of contents, and drawings in two forms

    def _change_field(self, attributes: Any) -> None:
        kind = attribute(attributes, "fldCharType")
        if kind == "begin":
            self._fields.append(_Field())
        elif kind == "separate" and self._fields:
            self._fields[-1].has_result = True
        elif kind == "end":
            self._end_field()

    def _start_simple_field(self, attributes: Any) -> None:
        self._fields.append(_Field([attribute(attributes, "instr") or ""], has_result=True))

    def _end_field(self) -> None:
        if self._fields:
            self._fields.pop().has_end = True

    def _set_gallery(self, attributes: Any) -> None:
        self._contents_follow = attribute(attributes, "val") == "Table of Contents"

    def _is_contents(self, name: str) -> bool:
        """Whether this is the content of a block that Word made as a table of contents."""
        if name != "sdtContent" or not self._contents_follow:
            return False
        self._contents_follow = False
        return True

    def _start_alternatives(self, _: Any) -> None:
        self._choices.append(self._texts_read)

    def _end_alternatives(self) -> None:
        self._choices.pop()

    def _is_other_form(self, name: str) -> bool:
        """Whether this is a second form of a drawing whose first form had text."""
        return name in ("Choice", "Fallback") and bool(self._choices) and self._texts_read > self._choices[-1]


_STARTS: dict[str, Callable[[_Walker, Any], None]] = {
    "p": _Walker._start_paragraph,
    "pStyle": _Walker._set_style,
    "outlineLvl": _Walker._set_outline,
    "jc": _Walker._set_alignment,
    "framePr": _Walker._set_frame,
    "numId": _Walker._set_item,
    "r": _Walker._start_run,
    "rFonts": _Walker._set_font,
    "vanish": _Walker._set_hidden,
    "rStyle": _Walker._set_run_style,
    "tab": _Walker._add_tab,
    "ptab": _Walker._add_tab,
    "br": _Walker._add_line_break,
    "cr": _Walker._add_line_break,
    "noBreakHyphen": _Walker._add_hyphen,
    "sym": _Walker._add_symbol,
    "footnoteReference": _Walker._refer_to_note,
    "endnoteReference": _Walker._refer_to_note,
    "footnote": _Walker._start_note,
    "endnote": _Walker._start_note,
    "fldChar": _Walker._change_field,
    "fldSimple": _Walker._start_simple_field,
    "docPartGallery": _Walker._set_gallery,
    "AlternateContent": _Walker._start_alternatives,
}
_ENDS: dict[str, Callable[[_Walker], None]] = {
    "p": _Walker._end_paragraph,
    "fldSimple": _Walker._end_field,
    "AlternateContent": _Walker._end_alternatives,
}


# The archive


def read_docx(name: str, file: Path | BytesIO) -> Document:
    """Return the paragraphs of a `.docx` file in order, those in tables, text boxes and notes included.

    A note comes after the paragraph that refers to it. Hidden and deleted text and tables of contents are left out.

    Parameters
    ----------
    name : str
        The name of the file, for error messages.
    file : Path or BytesIO
        The file, or its content.

    Raises
    ------
    ValueError
        The file is damaged, locked by a password, or not a Word document.
    """
    check_archive(name, file)
    try:
        with zipfile.ZipFile(file) as archive:
            package = _Package(archive)
            passages = list(_passages(package))
            facts = _facts(package)
            has_pages = bool(package.parts("aFChunk"))
    except (zipfile.BadZipFile, zlib.error, etree.LxmlError, OSError, KeyError, ValueError, RuntimeError) as error:
        raise ValueError(
            message("{name} is damaged or is not a Word document ({type})", name=name, type=type(error).__name__)
        ) from None
    paragraphs = paragraphs_of(passages)
    if has_pages and not paragraphs:
        raise ValueError(
            message("{name} has its text in a part that only Word reads; open it in Word and save it again", name=name)
        )
    return Document(paragraphs, facts)


class _Package:
    """The parts of a document, which refer to each other by relationships."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        self._archive = archive
        self._names = set(archive.namelist())
        (self.main,) = self._targets("", "officeDocument")[:1] or ("word/document.xml",)

    def parts(self, kind: str) -> list[str]:
        """Return the names of the parts of a kind that the main part refers to."""
        return self._targets(self.main, kind)

    def properties(self) -> Any | None:
        """Return the root of the properties of the document."""
        names = self._targets("", "core-properties")
        return self.tree(names[0]) if names else None

    def tree(self, name: str) -> Any:
        """Return the root element of a part."""
        with self._archive.open(name) as file:
            return etree.parse(file, etree.XMLParser(**XML_PARSER_OPTIONS)).getroot()

    def walk(self, name: str, styles: Styles) -> _Walker:
        """Read the text of a part."""
        with self._archive.open(name) as file:
            target: Any = _Walker(styles)
            walker: Any = etree.parse(file, etree.XMLParser(target=target, **XML_PARSER_OPTIONS))
        assert isinstance(walker, _Walker)
        return walker

    def _targets(self, source: str, kind: str) -> list[str]:
        folder, _, name = source.rpartition("/")
        relationships = f"{folder}/_rels/{name}.rels".removeprefix("/")
        if relationships not in self._names:
            return []
        targets = [
            posixpath.normpath(posixpath.join("/", folder, element.get("Target") or "")).removeprefix("/")
            for element in self.tree(relationships)
            if (element.get("Type") or "").endswith(f"/{kind}") and element.get("TargetMode") != "External"
        ]
        return [target for target in targets if target in self._names]


def _passages(package: _Package) -> Iterator[Passage]:
    (style_part,) = package.parts("styles")[:1] or (None,)
    styles = Styles(package.tree(style_part) if style_part else None)
    notes: dict[str, list[_Paragraph]] = {}
    for part in (*package.parts("footnotes"), *package.parts("endnotes")):
        notes |= package.walk(part, styles).notes
    pending: list[str] = []
    for paragraph in package.walk(package.main, styles).paragraphs:
        yield _without_contents(paragraph)
        pending += paragraph.notes
        if not paragraph.passage.goes_on:
            for note in pending:
                yield from map(_without_contents, notes.get(note, []))
            pending.clear()


def _without_contents(paragraph: _Paragraph) -> Passage:
    """Return a passage without the runs in a table of contents. One without an end may be all the document."""
    runs = zip(paragraph.passage.runs, paragraph.contents, strict=False)
    kept = [run for run, contents in runs if contents is None or not contents.has_end]
    return replace(paragraph.passage, runs=kept)


def _facts(package: _Package) -> Facts:
    """Return title, date and author. Date and author are left out if they are those of the template of python-docx."""
    root = package.properties()
    title, author, created = (
        None if root is None else (root.findtext(f"{{*}}{name}") or "").strip() or None
        for name in ("title", "creator", "created")
    )
    if author == TEMPLATE_AUTHOR:
        author = None
    is_known = created is not None and author is not None and created != TEMPLATE_CREATED
    date = created[:10] if created and is_known and _ISO_DATE.match(created) else None
    return {"headline": title, "date": date, "author": author if author and is_author(author) else None, "outlet": None}
