"""The evidence of a set of articles as a Word document or a workbook, to be filed: quoted paragraphs by pillar, shares, receipt."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..files import atomic_write, require_extra
from ..pillars import PILLARS
from .overview import Overview, Quote, percent, spans
from .provenance import content_hash

if TYPE_CHECKING:
    from .prevalence import Shares

__all__ = ["DOSSIERS", "read_dossier", "write_dossier"]

DOSSIERS = (".docx", ".xlsx")
TITLE, SHARES, RECEIPT = "Hồ sơ bằng chứng cải cách hành chính", "Tổng quan", "Biên nhận"
# Paragraphs that are quoted of a pillar, the most probable: a sheet holds more than a reader of Word wants.
QUOTED = {".docx": 100, ".xlsx": 100_000}
CELL = 32_000
SHARE_HEADS = ("Trụ cột", "Đoạn được gắn nhãn", "Tỷ lệ đã hiệu chỉnh", "Khoảng tin cậy 95%")
QUOTE_HEADS = ("STT", "Bài", "Cơ quan báo chí", "Ngày", "Liên kết hoặc nguồn", "Xác suất", "Câu bằng chứng", "Đoạn văn")


def write_dossier(overview: Overview, path: str | Path) -> None:
    """Write a dossier, all of it or nothing: for each pillar the tagged paragraphs, the most probable first.

    Parameters
    ----------
    overview : Overview
        Its receipt is put in, with a hash of everything else that the document says.
    path : path
        A ``.docx`` or ``.xlsx`` file.

    Raises
    ------
    ValueError
        The name tells neither.
    ImportError
        The library that writes it is not installed.
    """
    path = Path(path)
    kind = path.suffix.lower()
    if kind not in DOSSIERS:
        raise ValueError(f"{path} is no dossier; want one of {', '.join(DOSSIERS)}")
    with atomic_write(path) as temporary:
        (_write_docx if kind == ".docx" else _write_xlsx)(overview, temporary)


def read_dossier(path: Path) -> tuple[dict[str, Any], str]:
    """Read the receipt of a dossier, and the text that it seals.

    Raises
    ------
    ValueError
        It has none.
    """
    try:
        receipt, content = (_read_docx if path.suffix.lower() == ".docx" else _read_xlsx)(path)
        return json.loads(receipt), content
    except (ValueError, KeyError, IndexError, OSError) as error:
        raise ValueError(
            f"{path} holds no receipt ({type(error).__name__}); want a dossier written by: cchc-ml report"
        ) from None


def _shares(total: Shares) -> Iterator[tuple[str, ...]]:
    for k, pillar in enumerate(PILLARS):
        best = "" if total.corrected is None else percent(total.corrected[k])
        interval = "" if total.interval is None else f"{percent(total.interval[0, k])}–{percent(total.interval[1, k])}"
        yield pillar.vi, str(total.tagged[k]), best, interval


def _facts(quote: Quote) -> tuple[str, str, str, str]:
    """Return headline, outlet, date, and link or source."""
    document = quote.document
    return document.headline, document.outlet, document.date, document.link or document.name


def _sealed(receipt: Mapping[str, Any], content: str) -> str:
    return json.dumps(content_hash(receipt, content), ensure_ascii=False, indent=1)


def _write_docx(overview: Overview, path: Path) -> None:
    document = require_extra("docx", "office", ".docx files").Document()
    document.add_heading(TITLE, 0)
    document.add_paragraph(
        f"{overview.overall.paragraphs} đoạn văn trong {overview.overall.documents} bài. Nhãn do máy gắn, cần người đọc lại."
    )
    table = document.add_table(rows=1, cols=len(SHARE_HEADS), style="Light Grid Accent 1")
    for row in (SHARE_HEADS, *_shares(overview.overall)):
        cells = table.rows[0].cells if row is SHARE_HEADS else table.add_row().cells
        for cell, text in zip(cells, row, strict=True):
            cell.text = text
    for pillar in PILLARS:
        quotes = overview.quotes[pillar]
        document.add_heading(pillar.vi, 1)
        shown = min(len(quotes), QUOTED[".docx"])
        document.add_paragraph(
            f"{len(quotes)} đoạn được gắn nhãn; dưới đây là {shown} đoạn chắc nhất." if quotes else "Không có đoạn nào."
        )
        for quote in islice(quotes, QUOTED[".docx"]):
            paragraph = document.add_paragraph(style="Quote")
            for text, marked in spans(quote.paragraph.text, [quote.sentence]):
                paragraph.add_run(text).bold = marked
            facts = " · ".join(fact for fact in _facts(quote) if fact)
            document.add_paragraph(f"{facts} · xác suất {percent(quote.probability, 0)}")
    content = _docx_content(document)
    document.add_heading(RECEIPT, 1)
    document.add_paragraph(_sealed(overview.receipt, content))
    document.save(str(path))


def _docx_content(document: Any) -> str:
    cells = (cell.text for table in document.tables for row in table.rows for cell in row.cells)
    return "\n".join([*(paragraph.text for paragraph in document.paragraphs), *cells])


def _read_docx(path: Path) -> tuple[str, str]:
    docx = require_extra("docx", "office", ".docx files")
    try:
        document = docx.Document(str(path))
    except Exception as error:  # python-docx raises what it likes on damaged files
        raise ValueError(type(error).__name__) from None
    *_, heading, receipt = document.paragraphs
    for paragraph in (heading, receipt):
        paragraph._element.getparent().remove(paragraph._element)
    return receipt.text, _docx_content(document)


def _write_xlsx(overview: Overview, path: Path) -> None:
    xlsxwriter = require_extra("xlsxwriter", "office", ".xlsx files")
    sheets: dict[str, list[tuple[Any, ...]]] = {SHARES: [SHARE_HEADS, *_shares(overview.overall)]}
    for pillar in PILLARS:
        rows: list[tuple[Any, ...]] = [QUOTE_HEADS]
        for number, quote in enumerate(islice(overview.quotes[pillar], QUOTED[".xlsx"]), 1):
            rows.append(
                (
                    number,
                    *_facts(quote),
                    round(quote.probability, 4),
                    quote.sentence[:CELL],
                    quote.paragraph.text[:CELL],
                )
            )
        sheets[pillar.short] = rows
    book = xlsxwriter.Workbook(str(path), {"strings_to_formulas": False, "strings_to_urls": False})
    head = book.add_format({"bold": True, "bg_color": "#DDE7F3", "text_wrap": True, "valign": "top", "border": 1})
    wrap = book.add_format({"text_wrap": True, "valign": "top"})
    share = book.add_format({"num_format": "0%", "valign": "top", "align": "center"})
    for name, rows in sheets.items():
        sheet = book.add_worksheet(name)
        sheet.freeze_panes(1, 0)
        widths = (44, 16, 16, 18) if name == SHARES else (6, 30, 20, 12, 30, 9, 60, 90)
        for j, width in enumerate(widths):
            sheet.set_column(j, j, width)
        for i, row in enumerate(rows):
            for j, value in enumerate(row):
                if isinstance(value, str):
                    sheet.write_string(i, j, value, wrap if i else head)
                else:
                    sheet.write_number(i, j, value, share if isinstance(value, float) else wrap)
    sheet = book.add_worksheet(RECEIPT)
    sheet.set_column(0, 0, 120)
    for i, line in enumerate(_sealed(overview.receipt, _rows_content(sheets.values())).splitlines()):
        sheet.write_string(i, 0, line)
    book.close()


def _rows_content(sheets: Any) -> str:
    # Excel does not tell 1 from 1.0, nor an empty text from none.
    def text(value: Any) -> str:
        return f"{value:.4f}" if isinstance(value, int | float) else value or ""

    return "\n".join(text(value) for rows in sheets for row in rows for value in row)


def _read_xlsx(path: Path) -> tuple[str, str]:
    openpyxl = require_extra("openpyxl", "office", ".xlsx files")
    try:
        book = openpyxl.load_workbook(path, read_only=True, data_only=True)
    except Exception as error:  # openpyxl raises what it likes on damaged files
        raise ValueError(type(error).__name__) from None
    try:
        *others, receipt = ([tuple(row) for row in sheet.iter_rows(values_only=True)] for sheet in book.worksheets)
    finally:
        book.close()
    return "\n".join(str(row[0]) for row in receipt), _rows_content(others)
