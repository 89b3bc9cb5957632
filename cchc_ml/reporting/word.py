"""A Word document as Vietnamese offices file it: A4, Times New Roman 13, Vietnamese, page n/N, a table of contents."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from ..files import DOCUMENT_CREATED, GENERATOR, require_extra
from ..messages import message

__all__ = ["WordDocument", "is_contents"]

FONT, LANGUAGE = "Times New Roman", "vi-VN"
# Points.
TEXT_SIZE, TITLE_SIZE, HEADING_SIZE, SMALL_SIZE = 13, 15, 14, 11
# A4 with the margins of Decree 30/2020 on clerical work, in millimetres.
PAGE_WIDTH, PAGE_HEIGHT = 210, 297
MARGINS = {"top_margin": 20, "bottom_margin": 20, "left_margin": 30, "right_margin": 15}
TEXT_WIDTH = PAGE_WIDTH - MARGINS["left_margin"] - MARGINS["right_margin"]
CONTENTS_STYLE, CONTENTS_STYLE_ID = "toc 1", "TOC1"
HEADINGS = ("Title", *(f"Heading {level}" for level in range(1, 4)))
# The time of every entry of the archive, so that the same content gives the same bytes.
ZIP_TIME = (1980, 1, 1, 0, 0, 0)


def is_contents(paragraph: Any) -> bool:
    """Return whether a paragraph is a line of the table of contents, which Word writes anew on request."""
    return bool(paragraph.style.style_id == CONTENTS_STYLE_ID)


def _library(module: str) -> Any:
    """Import a module of python-docx."""
    return require_extra(module, "office", message("{ending} files", ending=".docx"))


class WordDocument:
    """A document that is built from top to bottom.

    Parameters
    ----------
    title, author : str
        For the properties of the file.
    date : str
        YYYY-MM-DD, or ``""`` for none: the day when it was made, for the properties.

    Raises
    ------
    ImportError
        python-docx is not installed.
    """

    def __init__(self, title: str, author: str, date: str) -> None:
        self._docx = _library("docx")
        self._xml = _library("docx.oxml")
        self._qn = _library("docx.oxml.ns").qn
        self._units = _library("docx.shared")
        self._align = _library("docx.enum.text").WD_ALIGN_PARAGRAPH
        self.document = self._docx.Document()
        self._bookmarks = 0
        self._set_properties(title, author, date)
        self._set_page()
        self._set_styles()

    # The parts of a document

    def paragraph(self, text: str = "", style: str | None = None, *, centred: bool = False, bold: bool = False) -> Any:
        """Add a paragraph and return it."""
        paragraph = self.document.add_paragraph(style=style)
        if text:
            paragraph.add_run(text).bold = bold or None
        if centred:
            paragraph.alignment = self._align.CENTER
        return paragraph

    def labelled(self, label: str, text: str) -> Any:
        """Add a paragraph that begins with a label in bold."""
        paragraph = self.document.add_paragraph()
        paragraph.add_run(f"{label}: ").bold = True
        paragraph.add_run(text)
        return paragraph

    def heading(self, text: str, anchor: str) -> None:
        """Add a heading that the table of contents links to."""
        paragraph = self.document.add_heading(text, 1)
        self._bookmarks += 1
        ends = [self._element(f"w:bookmark{end}", id=str(self._bookmarks)) for end in ("Start", "End")]
        ends[0].set(self._qn("w:name"), anchor)
        paragraph._p.insert(paragraph._p.index(paragraph.runs[0]._r), ends[0])
        paragraph._p.append(ends[1])

    def contents(self, lines: Sequence[tuple[str, str, str]]) -> None:
        """Add a table of contents: for each line a heading, its anchor, and what stands at the right.

        It is a field with its lines in it, so that it shows at once. Nobody knows the numbers of pages before the
        document is laid out: Word puts them at the right when it updates the field (F9).
        """
        for number, (text, anchor, right) in enumerate(lines):
            paragraph = self.document.add_paragraph(style=CONTENTS_STYLE)
            if number == 0:
                self._field_start(paragraph._p, r'TOC \o "1-1" \h \z \u')
            link = self._element("w:hyperlink", anchor=anchor, history="1")
            run = self._element("w:r")
            run.extend([self._text(text), self._element("w:tab"), self._text(right)])
            link.append(run)
            paragraph._p.append(link)
            if number == len(lines) - 1:
                paragraph._p.append(self._field_mark("end"))

    def table(self, rows: Iterable[Sequence[str]], widths: Sequence[float], *, size: int = SMALL_SIZE) -> Any:
        """Add a table with lines, whose first row is its head on every page. Widths are shares of the line."""
        table = self.document.add_table(rows=0, cols=len(widths), style="Table Grid")
        table.autofit = False
        for column, width in zip(table.columns, widths, strict=True):
            column.width = self._units.Mm(TEXT_WIDTH * width / sum(widths))
        for number, row in enumerate(rows):
            cells = table.add_row().cells
            for cell, text, width in zip(cells, row, widths, strict=True):
                cell.width = self._units.Mm(TEXT_WIDTH * width / sum(widths))
                paragraph = cell.paragraphs[0]
                paragraph.paragraph_format.space_after = self._units.Pt(2)
                run = paragraph.add_run(text)
                run.font.size = self._units.Pt(size)
                run.bold = True if number == 0 else None
        head = table.rows[0]._tr.get_or_add_trPr()
        head.append(self._element("w:tblHeader"))
        for row in table.rows:
            row._tr.get_or_add_trPr().append(self._element("w:cantSplit"))
        return table

    def letterhead(self, unit: str, day: str) -> None:
        """Add the unit at the left and the day at the right of one line; nothing if both are ``""``."""
        if not unit and not day:
            return
        table = self.document.add_table(rows=1, cols=2)
        for cell, text, side in zip(table.rows[0].cells, (unit.upper(), day), ("CENTER", "RIGHT"), strict=True):
            paragraph = cell.paragraphs[0]
            paragraph.alignment = getattr(self._align, side)
            run = paragraph.add_run(text)
            run.bold, run.italic = side == "CENTER", side == "RIGHT"

    def hidden(self, text: str) -> None:
        """Add a paragraph that is neither shown nor printed."""
        paragraph = self.document.add_paragraph()
        paragraph.add_run(text).font.hidden = True
        mark = self._element("w:rPr")
        mark.append(self._element("w:vanish"))
        paragraph._p.get_or_add_pPr().append(mark)

    def save(self, path: Path) -> None:
        """Write the document. The same content gives the same bytes."""
        packed = BytesIO()
        self.document.save(packed)
        with ZipFile(packed) as source, ZipFile(path, "w", ZIP_DEFLATED) as target:
            for name in source.namelist():
                entry = ZipInfo(name, ZIP_TIME)
                entry.compress_type = ZIP_DEFLATED
                target.writestr(entry, source.read(name))

    # Settings

    def _set_properties(self, title: str, author: str, date: str) -> None:
        properties = self.document.core_properties
        properties.title, properties.author, properties.last_modified_by = title[:255], author[:255], author[:255]
        properties.comments, properties.category, properties.language = "", GENERATOR, LANGUAGE
        properties.created = properties.modified = datetime.fromisoformat(date) if date else DOCUMENT_CREATED
        theme = self.document.settings.element.find(self._qn("w:themeFontLang"))
        if theme is not None:
            theme.set(self._qn("w:val"), LANGUAGE)

    def _set_page(self) -> None:
        section = self.document.sections[0]
        section.page_width, section.page_height = self._units.Mm(PAGE_WIDTH), self._units.Mm(PAGE_HEIGHT)
        for name, size in MARGINS.items():
            setattr(section, name, self._units.Mm(size))
        foot = section.footer.paragraphs[0]
        foot.alignment = self._align.CENTER
        for field, before in (("PAGE", "Trang "), ("NUMPAGES", "/")):
            foot.add_run(before)
            self._field_start(foot._p, field)
            number = self._element("w:r")
            number.append(self._text("1"))
            foot._p.extend([number, self._field_mark("end")])

    def _set_styles(self) -> None:
        styles = self.document.styles
        for fonts in styles.element.iter(self._qn("w:rFonts")):
            fonts.attrib.clear()
            for script in ("ascii", "hAnsi", "eastAsia", "cs"):
                fonts.set(self._qn(f"w:{script}"), FONT)
        for language in styles.element.iter(self._qn("w:lang")):
            for script in ("val", "eastAsia"):
                language.set(self._qn(f"w:{script}"), LANGUAGE)
        for properties in styles.element.iter(self._qn("w:rPrDefault")):
            for size in (*properties.iter(self._qn("w:sz")), *properties.iter(self._qn("w:szCs"))):
                size.set(self._qn("w:val"), str(2 * TEXT_SIZE))
        normal = styles["Normal"]
        normal.font.name, normal.font.size = FONT, self._units.Pt(TEXT_SIZE)
        normal.paragraph_format.space_after = self._units.Pt(6)
        normal.paragraph_format.line_spacing = 1.15
        for name in HEADINGS:
            style = styles[name]
            style.font.color.rgb, style.font.bold = self._units.RGBColor(0, 0, 0), True
            style.font.size = self._units.Pt(TITLE_SIZE if name == "Title" else HEADING_SIZE)
            style.paragraph_format.space_before = self._units.Pt(12)
            style.paragraph_format.space_after = self._units.Pt(6)
            for lines in style.element.findall(f".//{self._qn('w:pBdr')}"):
                lines.getparent().remove(lines)
        quote = styles["Quote"]
        quote.font.color.rgb, quote.font.italic = self._units.RGBColor(0, 0, 0), False
        quote.paragraph_format.left_indent = self._units.Mm(10)
        quote.paragraph_format.alignment = self._align.JUSTIFY
        quote.paragraph_format.keep_with_next = True  # its source stands below it
        contents = styles.add_style("TOC 1", self._docx.enum.style.WD_STYLE_TYPE.PARAGRAPH)
        contents.element.set(self._qn("w:styleId"), CONTENTS_STYLE_ID)
        contents.element.name_val = CONTENTS_STYLE
        contents.base_style = normal
        tabs = _library("docx.enum.text")
        contents.paragraph_format.tab_stops.add_tab_stop(
            self._units.Mm(TEXT_WIDTH), tabs.WD_TAB_ALIGNMENT.RIGHT, tabs.WD_TAB_LEADER.DOTS
        )
        contents.paragraph_format.space_after = self._units.Pt(2)

    # Elements

    def _element(self, name: str, **attributes: str) -> Any:
        element = self._xml.OxmlElement(name)
        for key, value in attributes.items():
            element.set(self._qn(f"w:{key}"), value)
        return element

    def _text(self, text: str) -> Any:
        element = self._element("w:t")
        element.text = text
        return element

    def _field_mark(self, kind: str) -> Any:
        run = self._element("w:r")
        run.append(self._element("w:fldChar", fldCharType=kind))
        return run

    def _field_start(self, parent: Any, instruction: str) -> None:
        """Append the start of a field to an element; its result and its end follow."""
        run = self._element("w:r")
        text = self._element("w:instrText")
        text.text = f" {instruction} "
        text.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")
        run.append(text)
        parent.extend([self._field_mark("begin"), run, self._field_mark("separate")])
