"""The evidence of an overview as a Word document or an Excel workbook, for the files of an office."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Any

from ..files import GENERATOR, MAX_XLSX_CELL_CHARS, atomic_write, require_extra, xlsx_formats, xlsx_workbook
from ..pillars import PILLARS, Pillar
from ..reading.workbooks import open_workbook, sheet_cells
from ..text.spans import spans
from .formatting import interval, percent
from .overview import Overview, Quote
from .prevalence import Prevalence
from .provenance import content_hash

__all__ = ["DOSSIER_SUFFIXES", "read_dossier", "write_dossier"]

DOSSIER_SUFFIXES = (".docx", ".xlsx")
TITLE, SHARES_SHEET, PROVENANCE_HEADING = "Hồ sơ bằng chứng cải cách hành chính", "Tổng quan", "Biên nhận"
# Quotes of each pillar. A sheet may hold more than a reader of Word wants.
MAX_DOCX_QUOTES = 100
MAX_XLSX_QUOTES = 100_000
SHARE_COLUMNS = ("Trụ cột", "Đoạn được gắn nhãn", "Tỷ lệ đã hiệu chỉnh", "Khoảng tin cậy 95%")
SHARE_COLUMN_WIDTHS = (44, 16, 16, 18)
QUOTE_COLUMNS = (
    "STT",
    "Bài",
    "Cơ quan báo chí",
    "Ngày",
    "Liên kết hoặc nguồn",
    "Xác suất",
    "Câu bằng chứng",
    "Đoạn văn",
)
QUOTE_COLUMN_WIDTHS = (6, 30, 20, 12, 30, 9, 60, 90)

XlsxRow = tuple[str | int | float | None, ...]


def write_dossier(overview: Overview, path: str | Path) -> None:
    """Write the shares and, for each pillar, the tagged paragraphs, the most probable first.

    The file also contains the provenance record of the overview, with the hash of all the rest of the file. It appears
    only when it is complete.

    Parameters
    ----------
    overview : Overview
        See `cchc_ml.reporting.overview.gather`.
    path : path
        A ``.docx`` or ``.xlsx`` file.

    Raises
    ------
    ValueError
        The file name ends in neither.
    ImportError
        The library that writes this kind of file is not installed.
    """
    path = Path(path)
    suffix = path.suffix.lower()
    if suffix not in DOSSIER_SUFFIXES:
        raise ValueError(f"{path} is not a dossier file; want a name that ends in {' or '.join(DOSSIER_SUFFIXES)}")
    with atomic_write(path) as temporary:
        if suffix == ".docx":
            _write_docx(overview, temporary)
        else:
            _write_xlsx(overview, temporary)


def read_dossier(path: Path) -> tuple[dict[str, Any], str]:
    """Return the provenance record of a dossier, and the content that its hash covers.

    Raises
    ------
    ValueError
        The file is damaged, or does not contain a provenance record.
    """
    try:
        record, content = _read_docx(path) if path.suffix.lower() == ".docx" else _read_xlsx(path)
        return json.loads(record), content
    except (ValueError, KeyError, IndexError, OSError) as error:
        raise ValueError(
            f"{path} does not contain a provenance record ({type(error).__name__}); "
            f"want a dossier that was written with: cchc-ml report -o {path.name}"
        ) from None


def _share_rows(overall: Prevalence) -> Iterator[tuple[str, ...]]:
    for k, pillar in enumerate(PILLARS):
        share = "" if overall.corrected is None else percent(overall.corrected[k])
        yield pillar.vi, str(overall.tagged[k]), share, interval(overall, k)


def _facts(quote: Quote) -> tuple[str, str, str, str]:
    """Return headline, outlet, date, and link or file name."""
    document = quote.document
    return document.headline, document.outlet, document.date, document.link or document.name


def _provenance_json(overview: Overview, content: str) -> str:
    record = {**overview.provenance, "content": content_hash(content)}
    return json.dumps(record, ensure_ascii=False, indent=1)


def _write_docx(overview: Overview, path: Path) -> None:
    document = require_extra("docx", "office", ".docx files").Document()
    document.core_properties.category = GENERATOR
    document.add_heading(TITLE, 0)
    overall = overview.overall
    document.add_paragraph(
        f"{overall.paragraphs} đoạn văn trong {overall.documents} bài. Nhãn do máy gắn, cần người đọc lại."
    )
    table = document.add_table(rows=0, cols=len(SHARE_COLUMNS), style="Light Grid Accent 1")
    for row in (SHARE_COLUMNS, *_share_rows(overall)):
        for cell, text in zip(table.add_row().cells, row, strict=True):
            cell.text = text
    for pillar in PILLARS:
        _add_pillar(document, pillar, overview.quotes[pillar])
    content = _docx_content(document)
    document.add_heading(PROVENANCE_HEADING, 1)
    document.add_paragraph(_provenance_json(overview, content))
    document.save(str(path))


def _add_pillar(document: Any, pillar: Pillar, quotes: Sequence[Quote]) -> None:
    """Add a heading and the most probable quotes of a pillar, with the evidence in bold."""
    shown = quotes[:MAX_DOCX_QUOTES]
    document.add_heading(pillar.vi, 1)
    if quotes:
        document.add_paragraph(f"{len(quotes)} đoạn được gắn nhãn; dưới đây là {len(shown)} đoạn chắc nhất.")
    else:
        document.add_paragraph("Không có đoạn nào.")
    for quote in shown:
        paragraph = document.add_paragraph(style="Quote")
        for text, is_evidence in spans(quote.paragraph.text, [quote.place]):
            paragraph.add_run(text).bold = is_evidence
        facts = " · ".join(fact for fact in _facts(quote) if fact)
        document.add_paragraph(f"{facts} · xác suất {percent(quote.probability, 0)}")


def _docx_content(document: Any) -> str:
    """Return all text of a document: its paragraphs, then its tables."""
    cells = (cell.text for table in document.tables for row in table.rows for cell in row.cells)
    return "\n".join([*(paragraph.text for paragraph in document.paragraphs), *cells])


def _read_docx(path: Path) -> tuple[str, str]:
    docx = require_extra("docx", "office", ".docx files")
    try:
        document = docx.Document(str(path))
    except Exception as error:  # python-docx raises errors of many kinds on damaged files
        raise ValueError(type(error).__name__) from None
    *_, heading, record = document.paragraphs
    for paragraph in (heading, record):
        paragraph._element.getparent().remove(paragraph._element)
    return record.text, _docx_content(document)


def _write_xlsx(overview: Overview, path: Path) -> None:
    sheets: dict[str, list[XlsxRow]] = {SHARES_SHEET: [SHARE_COLUMNS, *_share_rows(overview.overall)]}
    for pillar in PILLARS:
        sheets[pillar.short] = [QUOTE_COLUMNS, *_quote_rows(overview.quotes[pillar])]
    with xlsx_workbook(path) as book:
        formats = xlsx_formats(book)
        for name, rows in sheets.items():
            sheet = book.add_worksheet(name)
            sheet.freeze_panes(1, 0)
            widths = SHARE_COLUMN_WIDTHS if name == SHARES_SHEET else QUOTE_COLUMN_WIDTHS
            for j, width in enumerate(widths):
                sheet.set_column(j, j, width)
            for i, row in enumerate(rows):
                for j, value in enumerate(row):
                    if isinstance(value, str):
                        sheet.write_string(i, j, value, formats["wrap" if i else "head"])
                    else:
                        sheet.write_number(i, j, value, formats["share" if isinstance(value, float) else "wrap"])
        sheet = book.add_worksheet(PROVENANCE_HEADING)
        sheet.set_column(0, 0, 120)
        record = _provenance_json(overview, _xlsx_content(sheets.values()))
        for i, line in enumerate(record.splitlines()):
            sheet.write_string(i, 0, line)


def _quote_rows(quotes: Iterable[Quote]) -> Iterator[XlsxRow]:
    for number, quote in enumerate(islice(quotes, MAX_XLSX_QUOTES), 1):
        sentence, text = quote.sentence[:MAX_XLSX_CELL_CHARS], quote.paragraph.text[:MAX_XLSX_CELL_CHARS]
        yield number, *_facts(quote), round(quote.probability, 4), sentence, text


def _xlsx_content(sheets: Iterable[Iterable[XlsxRow]]) -> str:
    """Return the text of all cells. Excel stores neither the difference of 1 and 1.0, nor of no text and ``""``."""
    values = (value for rows in sheets for row in rows for value in row)
    return "\n".join(f"{value:.4f}" if isinstance(value, int | float) else value or "" for value in values)


def _read_xlsx(path: Path) -> tuple[str, str]:
    with open_workbook(path) as book:
        *sheets, record = (
            [tuple(row) for row in sheet_cells(book.get_sheet_by_name(name))] for name in book.sheet_names
        )
    return "\n".join(str(row[0]) for row in record), _xlsx_content(sheets)
