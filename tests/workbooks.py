"""Workbooks of the kinds that no library here writes, made by hand, and a short way to write an .xlsx."""

import struct
import zipfile
from html import escape

from needs import needs


def write_xlsx(path, sheets, merged=(), hidden=()):
    """Write sheets of rows, given by name. `merged` holds ranges of the first sheet, such as "A1:C1"."""
    openpyxl = needs("openpyxl")
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        sheet.sheet_state = "hidden" if name in hidden else "visible"
        for cells in rows:
            sheet.append(cells)
    for area in merged:
        book.worksheets[0].merge_cells(area)
    book.save(path)
    return path


def write_ods(path, rows):
    """Write an OpenDocument sheet, with the million empty rows below that LibreOffice writes."""
    kinds = " ".join(
        f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"' for name in ("office", "table", "text")
    )
    table = "".join(f"<table:table-row>{''.join(map(_ods_cell, cells))}</table:table-row>" for cells in rows)
    below = (
        '<table:table-row table:number-rows-repeated="1048000">'
        '<table:table-cell table:number-columns-repeated="16384"/></table:table-row>'
    )
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr(
            "META-INF/manifest.xml",
            '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"/>',
        )
        archive.writestr(
            "content.xml",
            f"<office:document-content {kinds}><office:body><office:spreadsheet>"
            f'<table:table table:name="Trang 1">{table}{below}</table:table>'
            "</office:spreadsheet></office:body></office:document-content>",
        )
    return path


def _ods_cell(value):
    if value is None:
        return "<table:table-cell/>"
    if isinstance(value, str):
        return f'<table:table-cell office:value-type="string"><text:p>{escape(value)}</text:p></table:table-cell>'
    return f'<table:table-cell office:value-type="float" office:value="{value}"/>'


def write_xlsb(path, rows):
    """Write a binary Excel workbook: a stream of records, each with a number, a length and its content."""
    cells = _record(129) + _record(148, struct.pack("<IIII", 0, len(rows) - 1, 0, 9)) + _record(145)
    for i, row in enumerate(rows):
        cells += _record(0, struct.pack("<IIHHBI", i, 0, 300, 0, 0, 0))
        for j, value in enumerate(row):
            if isinstance(value, str):
                cells += _record(6, struct.pack("<II", j, 0) + _wide(value))
            elif value is not None:
                cells += _record(5, struct.pack("<IId", j, 0, value))
    sheet = struct.pack("<II", 0, 1) + _wide("rId1") + _wide("Trang 1")
    book = _record(131) + _record(143) + _record(156, sheet) + _record(144) + _record(132)
    kinds = "http://schemas.openxmlformats.org/"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("[Content_Types].xml", f'<Types xmlns="{kinds}package/2006/content-types"/>')
        archive.writestr("xl/workbook.bin", book)
        archive.writestr(
            "xl/_rels/workbook.bin.rels",
            f'<Relationships xmlns="{kinds}package/2006/relationships"><Relationship Id="rId1" '
            f'Type="{kinds}officeDocument/2006/relationships/worksheet" '
            'Target="worksheets/sheet1.bin"/></Relationships>',
        )
        archive.writestr("xl/worksheets/sheet1.bin", cells + _record(146) + _record(130))
    return path


def _wide(text):
    return struct.pack("<I", len(text)) + text.encode("utf-16-le")


def _record(number, content=b""):
    head = bytes([number]) if number < 128 else bytes([number & 127 | 128, number >> 7])
    length, rest = b"", len(content)
    while True:
        length += bytes([rest & 127 | (128 if rest > 127 else 0)])
        rest >>= 7
        if not rest:
            return head + length + content


def assert_print_setup(sheet, *, repeated=True):
    """Check that a sheet of openpyxl prints on A4 landscape, one page wide, with its head and a number on each page."""
    assert (sheet.page_setup.paperSize, sheet.page_setup.orientation) == (9, "landscape")
    assert sheet.sheet_properties.pageSetUpPr.fitToPage
    assert (sheet.page_setup.fitToWidth or 1, sheet.page_setup.fitToHeight) == (1, 0)
    assert sheet.print_title_rows == ("$1:$1" if repeated else None)
    assert sheet.oddFooter.right.text == "&P/&N"
