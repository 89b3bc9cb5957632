"""The review sheet: a workbook or CSV that people label in, a row a paragraph and a column a category.

A cell of a category holds one of three things:

- ``có`` or ``không``: the person's decision.
- ``có? 83%`` or ``không? 4%``: what the model suggests. It is never read as a decision.
- nothing: not looked at.

The column ``Xem xong`` is the person's word that the whole row was looked at. With ``có`` there, a suggestion that
was left standing becomes that person's decision, and an empty cell means no. Without it, only ``có`` and ``không``
are decisions.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from ..files import atomic_write, xlsx_page, xlsx_row_height, xlsx_workbook
from ..messages import joined, message, placed
from ..reading.csv_cells import GuardedWriter
from ..reading.tables import Row, read_rows, table_kind
from .categories import Category, as_codebook, find_category
from .items import ReviewItem
from .records import item_fields

__all__ = ["DONE", "SHEET_KINDS", "YES", "is_review_sheet", "read_review_sheet", "write_review_sheet"]

SHEET_KINDS = (".xlsx", ".csv")

YES, NO = "có", "không"
_YES = frozenset(("có", "co", "yes", "y", "x", "1", "1.0", "true", "đúng"))
_NO = frozenset(("không", "khong", "ko", "k", "no", "n", "0", "0.0", "false", "sai"))
# What is written for people to read and is not a decision: "có? 83%", and "(có)" where others agreed already.
_SUGGESTION = re.compile(r"(có|không)\?( \d{1,3}%)?")
_AGREED = re.compile(r"\((có|không)\)")

TEXT = "Đoạn văn"
DONE = "Xem xong"
NOTES, ANNOTATOR, TIME = "Ghi chú", "Người gắn nhãn", "Ngày giờ"
_SOURCE = {
    "headline": "Tiêu đề",
    "date": "Ngày",
    "outlet": "Cơ quan báo chí",
    "document": "Văn bản",
    "link": "Đường dẫn",
    "split": "Phần dữ liệu",
}
SAMPLING = "Lấy mẫu"
ADJUDICATES = "Phân xử"
ID, SUGGESTED, SPANS = "id", "Gợi ý", "Vị trí bằng chứng"
_PROBABILITY = "% {}"
_VOTES, VOTERS_NOTES = "Ý kiến: {}", "Ý kiến: ghi chú"

# Excel's limits: characters of a cell, rows of a sheet.
LONGEST_CELL = 32_767
MOST_ROWS = 1_048_576

Votes = Mapping[str, Mapping[str, str]]


def write_review_sheet(
    items: Iterable[ReviewItem],
    path: str | Path,
    categories: Sequence[Category],
    *,
    votes: Votes | None = None,
    agreed: Mapping[str, Mapping[str, bool]] | None = None,
) -> None:
    """Write items as a workbook or a CSV to label in; the file appears whole or not at all.

    Parameters
    ----------
    items : iterable of ReviewItem
        Decisions are written as decisions. Where there is none, the suggestion is shown as a suggestion.
    path : str or Path
        ``.xlsx`` or ``.csv``.
    categories : sequence of Category
        One column each, in this order.
    votes : mapping, optional
        For an adjudication sheet: what people said, by id and slug, and their notes by id and ``""``. It is shown
        beside each row.
    agreed : mapping, optional
        For an adjudication sheet: what people agree on, by id and slug. It is shown in brackets and is not read back.

    Raises
    ------
    ValueError
        The name has another ending, or a text is longer than an Excel cell.
    """
    path = Path(path)
    columns = _columns(categories, votes is not None)
    rows = (_cells(item, categories, votes, agreed) for item in items)
    if table_kind(path) == ".csv":
        with atomic_write(path) as temporary, open(temporary, "w", encoding="utf-8-sig", newline="") as file:
            writer = GuardedWriter(file)
            writer.write_row(columns)
            for cells in rows:
                writer.write_row(cells.get(name) for name in columns)
    elif table_kind(path) == ".xlsx":
        paired = ((item, _cells(item, categories, votes, agreed)) for item in items)
        with atomic_write(path) as temporary:
            _write_workbook(paired, temporary, columns, categories)
    else:
        raise ValueError(
            message(
                "{path} is not a review sheet; want a name that ends in {kinds}",
                path=path,
                kinds=joined(message(" or "), SHEET_KINDS),
            )
        )


def _columns(categories: Sequence[Category], adjudication: bool) -> list[str]:
    heads = [TEXT, *(c.short for c in categories), DONE, NOTES, ANNOTATOR, TIME]
    if adjudication:
        heads += [*(_VOTES.format(c.short) for c in categories), VOTERS_NOTES]
    heads += [_PROBABILITY.format(c.short) for c in categories]
    heads += [*_SOURCE.values(), SAMPLING, ADJUDICATES, ID, SUGGESTED, SPANS]
    if len(set(heads)) != len(heads):
        twice = sorted({head for head in heads if heads.count(head) > 1})
        raise ValueError(
            message(
                "two columns of the sheet are called {twice}; give that category another short name",
                twice=repr(twice[0]),
            )
        )
    return heads


def _cells(
    item: ReviewItem,
    categories: Sequence[Category],
    votes: Votes | None,
    agreed: Mapping[str, Mapping[str, bool]] | None,
) -> Row:
    cells: Row = dict.fromkeys(_columns(categories, votes is not None), "")
    cells |= {TEXT: item.text, NOTES: item.notes, ANNOTATOR: item.annotator, TIME: item.time, ID: item.id}
    cells |= {head: getattr(item, name) for name, head in _SOURCE.items()}
    cells |= {
        SAMPLING: item.sampling,
        ADJUDICATES: YES if item.adjudicates else "",
        SUGGESTED: ";".join(item.suggested),
    }
    if item.evidence_spans:
        cells[SPANS] = json.dumps({slug: list(span) for slug, span in item.evidence_spans.items()})
    if votes is not None:
        cells[VOTERS_NOTES] = votes.get(item.id, {}).get("", "")
    settled = (agreed or {}).get(item.id, {})
    for category in categories:
        slug = category.slug
        if slug in item.decisions:
            cells[category.short] = YES if item.decisions[slug] else NO
        elif slug in settled:
            cells[category.short] = f"({YES if settled[slug] else NO})"
        elif votes is None and item.suggestion is not None:
            word = YES if slug in item.suggested else NO
            chance = item.suggestion.get(slug)
            cells[category.short] = f"{word}?" if chance is None else f"{word}? {round(100 * chance)}%"
        if item.suggestion is not None and slug in item.suggestion:
            cells[_PROBABILITY.format(category.short)] = item.suggestion[slug]
        if votes is not None:
            said = votes.get(item.id, {}).get(slug, "")
            cells[_VOTES.format(category.short)] = said
    return cells


def is_review_sheet(path: Path) -> bool:
    """Whether a file is a review sheet, and not another table."""
    if table_kind(path) not in (*SHEET_KINDS, ".tsv"):
        return False
    _, row = next(iter(read_rows(path)), ("", {}))
    return TEXT in row and (DONE in row or ID in row)


def read_review_sheet(path: str | Path, categories: Sequence[Category]) -> list[ReviewItem]:
    """Read what people filled in.

    A person without a name in the sheet gets the name of the file.

    Raises
    ------
    ValueError
        A cell or column is not what is wanted; the message names file, row and column.
    """
    path = Path(path)
    items = []
    for where, row in read_rows(path):
        try:
            items.append(_item(where, row, path.stem, categories))
        except (ValueError, TypeError) as error:
            raise ValueError(placed(where, error)) from None
    if not items:
        raise ValueError(message("{path} has no rows", path=path))
    return items


def _item(where: str, row: Row, file_name: str, categories: Sequence[Category]) -> ReviewItem:
    columns = _category_columns(tuple(row), categories)
    if TEXT not in row or not columns:
        wanted = ", ".join((TEXT, *(c.short for c in categories)))
        raise ValueError(
            message(
                "not a review sheet; want columns {wanted}; found: {row}", wanted=wanted, row=", ".join(map(str, row))
            )
        )
    record: Row = {name: _plain(row.get(head)) for name, head in _SOURCE.items()}
    record |= {"id": _plain(row.get(ID)), "text": row[TEXT], "sampling": _plain(row.get(SAMPLING))}
    record |= _suggestion(row, categories)
    finished = _read_decision(DONE, row.get(DONE)) is True
    decisions = {}
    for slug, head in columns.items():
        decision = _read_decision(head, row[head])
        if decision is None and finished:
            decision = _normal(row[head]).startswith((f"{YES}?", f"({YES})"))
        if decision is not None:
            decisions[slug] = decision
    annotator = _plain(row.get(ANNOTATOR))
    return ReviewItem(
        **item_fields(record, categories),
        decisions=decisions,
        notes=_plain(row.get(NOTES)),
        annotator=annotator or (file_name if decisions else ""),
        time=_plain(row.get(TIME)),
        adjudicates=_read_decision(ADJUDICATES, row.get(ADJUDICATES)) is True,
        place=where,
    )


def _category_columns(heads: Sequence[str], categories: Sequence[Category]) -> dict[str, str]:
    found = {}
    for head in heads:
        category = find_category(str(head), categories)
        if category is not None:
            found[category.slug] = head
    return found


def _suggestion(row: Row, categories: Sequence[Category]) -> Row:
    """Return the model's part of a row. It comes from its own columns only, never from those of the decisions."""
    fields: Row = {}
    chances = {c.slug: row.get(_PROBABILITY.format(c.short)) for c in categories}
    chances = {slug: _number(slug, value) for slug, value in chances.items() if value not in (None, "")}
    if chances:
        fields["suggestion"] = chances
    if suggested := _plain(row.get(SUGGESTED)):
        fields["suggested"] = suggested.split(";")
    if spans := _plain(row.get(SPANS)):
        try:
            fields["evidence_spans"] = json.loads(spans)
        except ValueError:
            raise ValueError(
                message(
                    "found {spans} in column {column}; leave this column as it was",
                    spans=repr(spans[:40]),
                    column=SPANS,
                )
            ) from None
    return fields


def _number(slug: str, value: Any) -> float:
    if isinstance(value, str):
        text = value.strip().replace(",", ".")
        try:  # Excel saves a percent cell of a CSV as 83%
            value = float(text.removesuffix("%")) / 100 if text.endswith("%") else float(text)
        except ValueError:
            raise ValueError(
                message("the probability of {slug} is {value}; want a number", slug=slug, value=repr(value))
            ) from None
    return float(value)


def _plain(value: Any) -> str:
    return "" if value is None else str(value)


def _normal(value: Any) -> str:
    return " ".join(unicodedata.normalize("NFC", _plain(value)).casefold().split())


def _read_decision(head: str, value: Any) -> bool | None:
    """Return yes, no, or None for a cell without a decision."""
    cell = _normal(value)
    if cell in _YES:
        return True
    if cell in _NO:
        return False
    if not cell or _SUGGESTION.fullmatch(cell) or _AGREED.fullmatch(cell):
        return None
    raise ValueError(
        message(
            "found {found} in column {head}; want {yes}, {no} or an empty cell",
            found=repr(_plain(value)[:40]),
            head=head,
            yes=YES,
            no=NO,
        )
    )


# What Excel cannot hold.
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\ufffe\uffff\ud800-\udfff]")

_HOW_TO = (
    "Mỗi dòng là một đoạn văn. Ở mỗi cột, chọn “có” nếu đoạn văn thuộc {noun} đó, “không” nếu không thuộc.",
    "Ô trống nghĩa là chưa xem. “có? 83%” và “không? 4%” là gợi ý của máy: gợi ý không được tính là nhãn.",
    "Chọn “có” ở cột “Xem xong” khi đã xem cả dòng: gợi ý còn để nguyên thành ý kiến của bạn, ô trống thành “không”.",
    "Chữ đậm có màu trong đoạn văn là câu mà máy cho là bằng chứng. Không sửa đoạn văn và các cột ẩn.",
    "Ghi tên vào “Người gắn nhãn”; nếu để trống, tên tệp được dùng thay.",
)


def _write_workbook(
    rows: Iterable[tuple[ReviewItem, Row]], path: Path, columns: Sequence[str], categories: Sequence[Category]
) -> None:
    """Write the workbook. Cells are strings and numbers, never formulas."""
    with xlsx_workbook(path) as book:
        sheet = book.add_worksheet("Gắn nhãn")
        formats = _formats(book, categories)
        count = 0
        for count, (item, cells) in enumerate(rows, 1):
            if count >= MOST_ROWS:
                raise ValueError(
                    message(
                        "an Excel sheet holds {most:,} rows, this is more; write .csv or .jsonl",
                        most=MOST_ROWS - 1,
                    )
                )
            sheet.set_row(count, xlsx_row_height([(item.text, _WIDTHS[TEXT])]))
            _write_row(sheet, count, item, cells, columns, categories, formats)
        _write_head(sheet, columns, categories, formats)
        _lay_out(sheet, count, columns, categories)
        _write_codebook(book, categories, formats)


def _formats(book: Any, categories: Sequence[Category]) -> dict[str, Any]:
    base = {"text_wrap": True, "valign": "top"}
    head = base | {"bold": True, "border": 1, "bg_color": "#DDE7F3"}
    formats = {
        "plain": base,
        "head": head,
        "decision": base | {"align": "center", "border": 1, "border_color": "#C8C8C8"},
        "suggestion": base
        | {"align": "center", "italic": True, "font_color": "#767676", "border": 1, "border_color": "#C8C8C8"},
        "disputed": base | {"align": "center", "border": 1, "bg_color": "#FFF2B3"},
        "percent": base | {"align": "center", "num_format": "0%"},
        "title": {"bold": True, "font_size": 14},
    }
    made = {name: book.add_format(settings) for name, settings in formats.items()}
    for category in categories:
        made[f"head {category.slug}"] = book.add_format(
            head | {"bottom": 5, "bottom_color": category.colour, "align": "center"}
        )
        made[f"evidence {category.slug}"] = book.add_format({"bold": True, "font_color": category.colour})
        made[f"name {category.slug}"] = book.add_format(base | {"bold": True, "left": 5, "left_color": category.colour})
    return made


def _write_head(sheet: Any, columns: Sequence[str], categories: Sequence[Category], formats: Mapping[str, Any]) -> None:
    by_short = {category.short: category for category in categories}
    for j, head in enumerate(columns):
        category = by_short.get(head)
        sheet.write_string(0, j, head, formats[f"head {category.slug}"] if category else formats["head"])


def _write_row(
    sheet: Any,
    i: int,
    item: ReviewItem,
    cells: Row,
    columns: Sequence[str],
    categories: Sequence[Category],
    formats: Mapping[str, Any],
) -> None:
    shorts = {category.short for category in categories}
    for j, head in enumerate(columns):
        value = cells[head]
        if isinstance(value, float):
            sheet.write_number(i, j, value, formats["percent"])
            continue
        text = _CONTROL.sub(" ", value)
        if len(text) > LONGEST_CELL:
            raise ValueError(
                message(
                    "{id}: {chars:,} characters in {head}; an Excel cell holds {most:,}; write .csv",
                    id=item.id,
                    chars=len(text),
                    head=head,
                    most=LONGEST_CELL,
                )
            )
        if head == TEXT:
            _write_text(sheet, i, j, text, item, formats)
        elif head in shorts:
            shown = "decision" if text in (YES, NO) else "suggestion" if text else "decision"
            if not text and item.adjudicates:
                shown = "disputed"
            if text:
                sheet.write_string(i, j, text, formats[shown])
            else:
                sheet.write_blank(i, j, None, formats[shown])
        elif text:
            sheet.write_string(i, j, text, formats["decision" if head == DONE else "plain"])


def _write_text(sheet: Any, i: int, j: int, text: str, item: ReviewItem, formats: Mapping[str, Any]) -> None:
    """Write a text with its evidence in the colour of its category."""
    pieces: list[Any] = []
    at = 0
    for slug, (start, end) in sorted(item.evidence_spans.items(), key=lambda pair: pair[1]):
        if start >= at and end > start and f"evidence {slug}" in formats:
            pieces += [text[at:start]] * (start > at) + [formats[f"evidence {slug}"], text[start:end]]
            at = end
    pieces += [text[at:]] * (at < len(text))
    if len(pieces) > 2:
        sheet.write_rich_string(i, j, *pieces, formats["plain"])
    else:
        sheet.write_string(i, j, text, formats["plain"])


_WIDTHS = {TEXT: 68, DONE: 9, NOTES: 26, ANNOTATOR: 13, TIME: 17}
_SOURCE_WIDTH, _CATEGORY_WIDTH = 18, 11


def _lay_out(sheet: Any, count: int, columns: Sequence[str], categories: Sequence[Category]) -> None:
    """Set widths, the frozen head, the filter, the drop-downs and how the sheet is printed."""
    shorts = {category.short for category in categories}
    for j, head in enumerate(columns):
        width = _CATEGORY_WIDTH if head in shorts or head.startswith("% ") else _WIDTHS.get(head, _SOURCE_WIDTH)
        sheet.set_column(j, j, width, None, {"hidden": head in (ID, SUGGESTED, SPANS, ADJUDICATES)})
    last = max(count, 1)
    sheet.freeze_panes(1, 1)
    sheet.autofilter(0, 0, last, len(columns) - 1)
    choice = {
        "validate": "list",
        "source": [YES, NO],
        "error_title": "Không hợp lệ",
        "error_message": f"Chọn “{YES}”, “{NO}” hoặc để trống.",
    }
    first, done = 1, columns.index(DONE)
    sheet.data_validation(1, first, last, done - 1, choice)
    sheet.data_validation(
        1, done, last, done, choice | {"source": [YES], "error_message": f"Chọn “{YES}” hoặc để trống."}
    )
    xlsx_page(sheet)
    sheet.print_area(0, 0, last, columns.index(TIME))


def _write_codebook(book: Any, categories: Sequence[Category], formats: Mapping[str, Any]) -> None:
    noun = as_codebook(tuple(categories)).noun_vi
    sheet = book.add_worksheet("Hướng dẫn")
    sheet.set_column(0, 0, 24)
    sheet.set_column(1, 1, 64)
    sheet.set_column(2, 3, 44)
    sheet.write_string(0, 0, "Cách gắn nhãn", formats["title"])
    for i, line in enumerate(_HOW_TO, 1):
        sheet.merge_range(i, 0, i, 3, line.format(noun=noun), formats["plain"])
    top = len(_HOW_TO) + 2
    for j, head in enumerate((noun.capitalize(), "Gồm những gì", "Ví dụ có", "Ví dụ không")):
        sheet.write_string(top, j, head, formats["head"])
    for i, category in enumerate(categories, top + 1):
        sheet.write_string(i, 0, category.vi, formats[f"name {category.slug}"])
        sheet.write_string(i, 1, category.definition_vi or category.definition, formats["plain"])
        for j, examples in enumerate((category.counts, category.does_not_count), 2):
            sheet.write_string(i, j, "\n".join(f"– {text}" for text, _ in examples), formats["plain"])
    xlsx_page(sheet, repeat_head=False)
