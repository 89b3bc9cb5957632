"""The evidence of an overview as a Word document or an Excel workbook, for the files of an office."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Any

from ..files import (
    MAX_XLSX_CELL_CHARS,
    atomic_write,
    require_extra,
    xlsx_formats,
    xlsx_page,
    xlsx_row_height,
    xlsx_workbook,
)
from ..messages import message
from ..pillars import AnyPillar, Codebook
from ..reading.dates import find_date
from ..reading.names import quoted
from ..reading.workbooks import open_workbook, sheet_cells
from ..text.spans import spans
from .about import About, InputFile, counted, facts, input_files
from .formatting import count, day, interval, percent
from .overview import Overview, Quote
from .prevalence import Prevalence
from .provenance import content_hash
from .word import WordDocument, is_contents

__all__ = ["DOSSIER_SUFFIXES", "read_dossier", "write_dossier"]

DOSSIER_SUFFIXES = (".docx", ".xlsx")
TITLE, SHARES_SHEET, PROVENANCE_HEADING = "Hồ sơ bằng chứng cải cách hành chính", "Tổng quan", "Biên nhận"
CONTENTS_TITLE, ABSTRACT = "Mục lục", "Trích yếu"
MACHINE_TAGGED = "Nhãn do máy gắn, cần người đọc lại."
TITLE_OF_OWN_CODEBOOK = "Hồ sơ bằng chứng"
# What Excel allows as the name of a sheet.
MAX_SHEET_NAME_CHARS = 31
_NOT_IN_SHEET_NAMES = re.compile(r"[\[\]:*?/\\]")
# Quotes of each pillar. A sheet may hold more than a reader of Word wants.
MAX_DOCX_QUOTES = 100
MAX_XLSX_QUOTES = 100_000
# Input files in the receipt of a Word document. The record has all of them.
MAX_DOCX_FILES = 200
SHARE_COLUMNS = ("Đoạn được gắn nhãn", "Tỷ lệ đã hiệu chỉnh", "Khoảng tin cậy 95%")
SHARE_COLUMN_WIDTHS = (44, 16, 16, 18)
RECEIPT_COLUMNS = ("Tệp", "SHA-256 (16 chữ số đầu)", "Đoạn văn")
RECEIPT_COLUMN_WIDTHS = (60, 26, 12)
QUOTE_COLUMNS = (
    "STT",
    "Bài",
    "Cơ quan báo chí",
    "Ngày",
    "Liên kết hoặc nguồn",
    "Xác suất",
    "Câu bằng chứng",
    "Đoạn văn",
    "Đăng lại ở",
)
QUOTE_COLUMN_WIDTHS = (6, 26, 16, 12, 22, 9, 50, 70, 20)
# The column of the receipt's sheet that holds the record. It is hidden and not printed.
RECORD_COLUMN = 5

XlsxRow = tuple[str | int | float | None, ...]


def write_dossier(overview: Overview, path: str | Path, about: About | None = None) -> None:
    """Write the shares and, for each pillar, the tagged paragraphs, the most probable first.

    The file also contains the provenance record of the overview, with the hash of all the rest of the file. It appears
    only when it is complete.

    Parameters
    ----------
    overview : Overview
        See `cchc_ml.reporting.overview.gather`.
    path : path
        A ``.docx`` or ``.xlsx`` file.
    about : About, optional
        Title, unit and date.

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
        raise ValueError(message("{path} is not a dossier file; want a name that ends in .docx or .xlsx", path=path))
    with atomic_write(path) as temporary:
        if suffix == ".docx":
            _write_docx(overview, temporary, about or About())
        else:
            _write_xlsx(overview, temporary, about or About())


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
            message(
                "{path} does not contain a provenance record ({error}); "
                "want a dossier that was written with: cchc-ml report -o {name}",
                path=path,
                error=type(error).__name__,
                name=quoted(path.name),
            )
        ) from None


def _share_columns(overview: Overview) -> tuple[str, ...]:
    return (overview.codebook.noun_vi.capitalize(), *SHARE_COLUMNS)


def _share_rows(overall: Prevalence, codebook: Codebook) -> Iterator[tuple[str, int, float | None, str]]:
    for k, pillar in enumerate(codebook):
        share = None if overall.corrected is None else float(overall.corrected[k])
        yield pillar.vi, int(overall.tagged[k]), share, interval(overall, k)


def _facts(quote: Quote) -> tuple[str, str, str, str]:
    """Return headline, outlet, date, and link or file name."""
    document = quote.document
    return document.headline, document.outlet, document.date, document.link or document.name


def _provenance_json(overview: Overview, content: str) -> str:
    record = {**overview.provenance, "content": content_hash(content)}
    return json.dumps(record, ensure_ascii=False, indent=1)


def _write_docx(overview: Overview, path: Path, about: About) -> None:
    title = about.title or (TITLE if overview.codebook.is_default else TITLE_OF_OWN_CODEBOOK)
    document = WordDocument(title, about.unit, about.date)
    document.letterhead(about.unit, about.day_in_words)
    document.paragraph(title, "Title", centred=True)
    document.paragraph(f"{counted(overview)}. {MACHINE_TAGGED}")
    shares = _share_rows(overview.overall, overview.codebook)
    document.table([_share_columns(overview), *map(_as_texts, shares)], SHARE_COLUMN_WIDTHS)
    document.paragraph()
    document.paragraph(CONTENTS_TITLE, bold=True, centred=True)
    files = input_files(overview)
    sizes = {pillar.vi: f"{count(len(overview.quotes[pillar]))} đoạn" for pillar in overview.codebook}
    sizes[PROVENANCE_HEADING] = f"{count(len(files))} tệp"
    anchors = {heading: f"_Toc{number}" for number, heading in enumerate(sizes, 1)}
    document.contents([(heading, anchors[heading], size) for heading, size in sizes.items()])
    for pillar in overview.codebook:
        document.heading(pillar.vi, anchors[pillar.vi])
        _add_pillar(document, overview, pillar)
    document.heading(PROVENANCE_HEADING, anchors[PROVENANCE_HEADING])
    for fact in facts(overview):
        document.labelled(*fact)
    if files:
        document.table(map(_as_texts, _receipt_rows(files, MAX_DOCX_FILES)), RECEIPT_COLUMN_WIDTHS)
    document.hidden(_provenance_json(overview, _docx_content(document.document)))
    document.save(path)


def _add_pillar(document: WordDocument, overview: Overview, pillar: AnyPillar) -> None:
    """Add an abstract and the most probable quotes of a pillar, with the evidence in bold."""
    quotes = overview.quotes[pillar]
    shown = quotes[:MAX_DOCX_QUOTES]
    document.labelled(ABSTRACT, _abstract(overview, pillar))
    if len(shown) < len(quotes):
        document.paragraph(f"Dưới đây là {count(len(shown))} đoạn chắc nhất.")
    for quote in shown:
        paragraph = document.paragraph(style="Quote")
        for text, is_evidence in spans(quote.paragraph.text, [quote.place]):
            paragraph.add_run(text).bold = is_evidence
        known = " · ".join(fact for fact in _facts(quote) if fact)
        document.paragraph(f"{known} · xác suất {percent(quote.probability, 0)}")
        if reprints := _reprints(quote):
            document.paragraph(f"Đăng lại ở: {reprints}.")


def _abstract(overview: Overview, pillar: AnyPillar) -> str:
    """Return how much evidence for a pillar there is, in how many papers, from when to when, and the share."""
    quotes = overview.quotes[pillar]
    if not quotes:
        return "Không có đoạn nào."
    documents = {quote.document.number: quote.document for quote in quotes}.values()
    text = f"{count(len(quotes))} đoạn được gắn nhãn trong {count(len(documents))} bài"
    outlets = [document.outlet for document in documents if document.outlet]
    if outlets:
        text += f" của {count(len(set(outlets)))} cơ quan báo chí{_unknown(len(documents) - len(outlets))}"
    if days := sorted(found for document in documents if (found := find_date(document.date))):
        first, last = day(days[0]), day(days[-1])
        text += f", ngày {first}" if first == last else f", từ {first} đến {last}"
        text += _unknown(len(documents) - len(days))
    k = overview.codebook.categories.index(pillar)
    if overview.overall.corrected is not None:
        known = interval(overview.overall, k)
        text += f"; tỷ lệ ước lượng {percent(overview.overall.corrected[k])}" + (f" ({known})" if known else "")
    return f"{text}."


def _unknown(number: int) -> str:
    """Return in brackets of how many articles something is not known."""
    return f" ({count(number)} bài không rõ)" if number else ""


def _reprints(quote: Quote) -> str:
    """Return where else the article of a quote appeared."""
    return "; ".join(reprint.appearance for reprint in quote.document.reprints)


def _receipt_rows(files: Sequence[InputFile], most: int) -> Iterator[tuple[str, str, int | str | None]]:
    """Yield the head and the rows of the table of inputs: of the first ones, and the sum of the others."""
    yield RECEIPT_COLUMNS
    for file in files[:most]:
        yield file.name, file.digits, file.paragraphs
    if rest := files[most:]:
        yield f"… và {count(len(rest))} tệp nữa", "", sum(file.paragraphs or 0 for file in rest)


def _as_texts(row: XlsxRow) -> tuple[str, ...]:
    """Return the cells of a row as they are read in Word: shares as percentages, points between thousands."""
    return tuple(
        percent(value) if isinstance(value, float) else count(value) if isinstance(value, int) else value or ""
        for value in row
    )


def _docx_content(document: Any) -> str:
    """Return all text of a document: its paragraphs, then its tables. Word may write the table of contents anew."""
    cells = (cell.text for table in document.tables for row in table.rows for cell in row.cells)
    paragraphs = (paragraph.text for paragraph in document.paragraphs if not is_contents(paragraph))
    return "\n".join([*paragraphs, *cells])


def _read_docx(path: Path) -> tuple[str, str]:
    docx = require_extra("docx", "office", message("{ending} files", ending=".docx"))
    try:
        document = docx.Document(str(path))
    except Exception as error:  # python-docx raises errors of many kinds on damaged files
        raise ValueError(type(error).__name__) from None
    record = document.paragraphs[-1]
    record._element.getparent().remove(record._element)
    return record.text, _docx_content(document)


def _write_xlsx(overview: Overview, path: Path, about: About) -> None:
    title = about.title or (TITLE if overview.codebook.is_default else TITLE_OF_OWN_CODEBOOK)
    header = " · ".join(filter(None, (about.unit, title, about.day)))
    receipt: list[XlsxRow] = [(title, "", ""), *((*fact, "") for fact in facts(overview))]
    receipt += [("Đơn vị", about.unit, "")] * bool(about.unit) + [("Ngày", about.day, "")] * bool(about.day)
    receipt += _receipt_rows(input_files(overview), MAX_XLSX_QUOTES)
    shares = _share_rows(overview.overall, overview.codebook)
    sheets: dict[str, list[XlsxRow]] = {SHARES_SHEET: [_share_columns(overview), *shares]}
    for pillar in overview.codebook:
        name = _sheet_name(pillar.short, [*sheets, PROVENANCE_HEADING])
        sheets[name] = [QUOTE_COLUMNS, *_quote_rows(overview.quotes[pillar])]
    sheets[PROVENANCE_HEADING] = receipt
    with xlsx_workbook(path) as book:
        formats = xlsx_formats(book)
        for name, rows in sheets.items():
            sheet = book.add_worksheet(name)
            widths = _WIDTHS.get(name, QUOTE_COLUMN_WIDTHS)
            _write_rows(sheet, rows, formats, widths, "exact_share" if name == SHARES_SHEET else "share")
            for j, width in enumerate(widths):
                sheet.set_column(j, j, width)
            xlsx_page(sheet, repeat_head=name != PROVENANCE_HEADING, header=header)
            if name != PROVENANCE_HEADING:
                sheet.freeze_panes(1, 0)
        record = _provenance_json(overview, _xlsx_content(sheets.values()))
        for i, line in enumerate(record.splitlines()):
            sheet.write_string(i, RECORD_COLUMN, line)
        sheet.set_column(RECORD_COLUMN, RECORD_COLUMN, None, None, {"hidden": True})
        sheet.print_area(0, 0, len(receipt) - 1, len(RECEIPT_COLUMNS) - 1)


_WIDTHS = {SHARES_SHEET: SHARE_COLUMN_WIDTHS, PROVENANCE_HEADING: RECEIPT_COLUMN_WIDTHS}


def _write_rows(sheet: Any, rows: Iterable[XlsxRow], formats: Any, widths: Sequence[int], number_format: str) -> None:
    for i, row in enumerate(rows):
        sheet.set_row(i, xlsx_row_height(zip(map(str, row), widths, strict=True)))
        is_head = i == 0 or row == RECEIPT_COLUMNS
        for j, value in enumerate(row):
            if isinstance(value, str):
                sheet.write_string(i, j, value, formats["head" if is_head else "wrap"])
            elif value is not None:
                sheet.write_number(i, j, value, formats[number_format if isinstance(value, float) else "count"])


def _sheet_name(name: str, taken: Sequence[str]) -> str:
    """Return a name as Excel allows it for a sheet: short, without some marks, different from those that are taken."""
    base = _NOT_IN_SHEET_NAMES.sub(" ", name).strip(" '") or "Sheet"
    known = {other.casefold() for other in taken} | {"history"}  # Excel keeps this name for itself
    for number in range(1, len(taken) + 3):
        end = "" if number == 1 else f" ({number})"
        found = base[: MAX_SHEET_NAME_CHARS - len(end)].strip(" '") + end
        if found.casefold() not in known:
            break
    return found


def _quote_rows(quotes: Iterable[Quote]) -> Iterator[XlsxRow]:
    for number, quote in enumerate(islice(quotes, MAX_XLSX_QUOTES), 1):
        texts = quote.sentence, quote.paragraph.text, _reprints(quote)
        yield number, *_facts(quote), round(quote.probability, 4), *(text[:MAX_XLSX_CELL_CHARS] for text in texts)


def _xlsx_content(sheets: Iterable[Iterable[XlsxRow]]) -> str:
    """Return the text of all cells. Excel stores neither the difference of 1 and 1.0, nor of no text and ``""``."""
    values = (value for rows in sheets for row in rows for value in row)
    return "\n".join(f"{value:.4f}" if isinstance(value, int | float) else value or "" for value in values)


def _read_xlsx(path: Path) -> tuple[str, str]:
    with open_workbook(path) as book:
        sheets = [[tuple(row) for row in sheet_cells(book.get_sheet_by_name(name))] for name in book.sheet_names]
    record = [str(row[RECORD_COLUMN]) for row in sheets[-1] if row[RECORD_COLUMN] is not None]
    sheets[-1] = [row[: len(RECEIPT_COLUMNS)] for row in sheets[-1]]
    return "\n".join(record), _xlsx_content(sheets)
