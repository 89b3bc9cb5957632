/* Tables as CSV and as an Excel workbook, written in slices.

   A table is {head, count, row(i)}. A cell is a string, a whole number, a {share} that may be `tagged`, or pieces of text. */

import { Pace } from "./dom.js";

const ROWS = 25; // rows between two looks at the clock

/** Yield the rows of a table as strings, some rows a string. */
async function* portions({ head, count, row }, write) {
  const pace = new Pace();
  for (let i = 0; i < count || i === 0; i += ROWS) {
    const rows = Array.from({ length: Math.min(ROWS, count - i) }, (_, j) => write(row(i + j), i + j + 1));
    yield `${i ? "" : write(head, 0)}${rows.join("")}`;
    await pace.rest();
  }
}

/**
 * CSV with a mark, by which Excel reads it as UTF-8. A cell that begins like a formula gets an apostrophe before it, as
 * the command line's `guard_cell` does; the pattern is Python's.
 */
export async function csvOf(table) {
  const formula = new RegExp(`^(?:${table.formula})`);
  const cell = (value) => {
    const text = typeof value === "string" && formula.test(value) ? `'${value}` : String(value);
    return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  };
  const parts = ["\ufeff"];
  for await (const part of portions(table, (cells) => `${cells.map(cell).join(",")}\r\n`)) parts.push(part);
  return new Blob(parts, { type: "text/csv" });
}

const CRC = Uint32Array.from({ length: 256 }, (_, n) => {
  for (let i = 0; i < 8; i++) n = n & 1 ? 0xedb88320 ^ (n >>> 1) : n >>> 1;
  return n;
});

/** Integers of 2 or 4 bytes, little-endian. */
const packed = (...numbers) => numbers.flatMap(([size, value]) => Array.from({ length: size }, (_, i) => (value >>> (8 * i)) & 255));

/** A zip archive whose files, [name, strings], are stored as they are. */
async function zip(files) {
  const parts = [];
  const directory = [];
  let offset = 0;
  for (const [name, strings] of files) {
    const nameBytes = new TextEncoder().encode(name);
    const contents = [];
    let size = 0;
    let crc = -1;
    for await (const string of strings) {
      const bytes = new TextEncoder().encode(string);
      for (let i = 0; i < bytes.length; i++) crc = CRC[(crc ^ bytes[i]) & 255] ^ (crc >>> 8);
      size += bytes.length;
      contents.push(bytes);
    }
    // Version 2.0, no flags, stored, 1 January 1980.
    const about = packed([2, 20], [2, 0], [2, 0], [2, 0], [2, 33], [4, ~crc >>> 0], [4, size], [4, size], [2, nameBytes.length], [2, 0]);
    parts.push(Uint8Array.from([...packed([4, 0x04034b50]), ...about]), nameBytes, ...contents);
    directory.push(Uint8Array.from([...packed([4, 0x02014b50], [2, 20]), ...about, ...packed([2, 0], [2, 0], [2, 0], [4, 0], [4, offset])]), nameBytes);
    offset += 30 + nameBytes.length + size;
  }
  const size = directory.reduce((sum, part) => sum + part.length, 0);
  const end = Uint8Array.from(packed([4, 0x06054b50], [2, 0], [2, 0], [2, files.length], [2, files.length], [4, size], [4, offset], [2, 0]));
  return new Blob([...parts, ...directory, end], { type: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet" });
}

const LONGEST_CELL = 32000;
const BOLD = '<rPr><b/><sz val="11"/><rFont val="Calibri"/></rPr>';
const LINE_POINTS = 15; // of the height of a row
const MOST_POINTS = 409;
const xml = (text) =>
  text
    .replace(/[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]/g, " ")
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;");
const columnName = (j) => (j < 26 ? "" : columnName(Math.floor(j / 26) - 1)) + String.fromCharCode(65 + (j % 26));

// The formats of cells, by their place in the style sheet: those of the command line's workbook.
const FORMATS = { wrap: 0, head: 1, share: 2, tagged: 3 };
const TOP = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>';
const MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
const OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
const PACKAGES = "http://schemas.openxmlformats.org/package/2006";

function styleSheet() {
  const format = (number, font, fill, border, alignment) =>
    `<xf numFmtId="${number}" fontId="${font}" fillId="${fill}" borderId="${border}" xfId="0" applyNumberFormat="1" applyFont="1" applyFill="1" ` +
    `applyBorder="1" applyAlignment="1"><alignment vertical="top" ${alignment}/></xf>`;
  const solid = (colour) => `<fill><patternFill patternType="solid"><fgColor rgb="${colour}"/></patternFill></fill>`;
  const sides = ["left", "right", "top", "bottom"].map((side) => `<${side} style="thin"><color auto="1"/></${side}>`).join("");
  return (
    `${TOP}<styleSheet xmlns="${MAIN}"><fonts count="2"><font><sz val="11"/><name val="Calibri"/></font><font><b/><sz val="11"/><name val="Calibri"/></font></fonts>` +
    `<fills count="4"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill>${solid("FFDDE7F3")}${solid("FFC6E7C8")}</fills>` +
    `<borders count="2"><border><left/><right/><top/><bottom/><diagonal/></border><border>${sides}<diagonal/></border></borders>` +
    '<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs><cellXfs count="4">' +
    format(0, 0, 0, 0, 'wrapText="1"') +
    format(0, 1, 2, 1, 'wrapText="1"') +
    format(9, 0, 0, 0, 'horizontal="center"') +
    format(9, 1, 3, 0, 'horizontal="center"') +
    '</cellXfs><cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>'
  );
}

function cellXml(value, i, j) {
  const place = `r="${columnName(j)}${i + 1}"`;
  if (typeof value === "number") return `<c ${place} s="${FORMATS.wrap}"><v>${value}</v></c>`;
  if (value.share !== undefined) return `<c ${place} s="${value.tagged ? FORMATS.tagged : FORMATS.share}"><v>${value.share}</v></c>`;
  let left = LONGEST_CELL;
  const runs = [];
  for (const { text, bold } of Array.isArray(value) ? value : [{ text: value, bold: false }]) {
    const kept = text.slice(0, left);
    left -= kept.length;
    if (kept) runs.push(`<r>${bold ? BOLD : ""}<t xml:space="preserve">${xml(kept)}</t></r>`);
  }
  return runs.length ? `<c ${place} s="${i ? FORMATS.wrap : FORMATS.head}" t="inlineStr"><is>${runs.join("")}</is></c>` : "";
}

// A4 landscape, one page wide, with its number in the foot of each page.
const PRINT_SETUP =
  '<pageMargins left="0.4" right="0.4" top="0.5" bottom="0.6" header="0.3" footer="0.3"/>' +
  '<pageSetup paperSize="9" orientation="landscape" fitToHeight="0"/>' +
  "<headerFooter><oddFooter>&amp;L&amp;A&amp;R&amp;P/&amp;N</oddFooter></headerFooter>";

/** The height of a row, as the command line's workbook has it: Excel would find it by itself, other programs do not. */
function heightOf(cells, widths, isHead) {
  const linesOf = (text, width) => text.split("\n").reduce((sum, line) => sum + Math.max(1, Math.ceil(line.length / width)), 0);
  const lines = cells.map((value, j) => {
    if (typeof value === "string") return linesOf(value, widths[j]);
    return Array.isArray(value) ? linesOf(value.map(({ text }) => text).join(""), widths[j]) : 1;
  });
  const most = Math.max(...lines) + (isHead ? 1 : 0); // short columns break long names where there is a space
  return most > 1 ? ` ht="${Math.min(most * LINE_POINTS, MOST_POINTS)}" customHeight="1"` : "";
}

async function* sheetXml(table) {
  const last = `${columnName(table.head.length - 1)}${table.count + 1}`;
  const widths = table.widths.map((width, j) => `<col min="${j + 1}" max="${j + 1}" width="${width}" customWidth="1"/>`);
  yield `${TOP}<worksheet xmlns="${MAIN}"><sheetPr><pageSetUpPr fitToPage="1"/></sheetPr><sheetViews><sheetView workbookViewId="0"><pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" ` +
    `state="frozen"/></sheetView></sheetViews><cols>${widths.join("")}</cols><sheetData>`;
  yield* portions(table, (cells, i) => `<row r="${i + 1}"${heightOf(cells, table.widths, i === 0)}>${cells.map((value, j) => cellXml(value, i, j)).join("")}</row>`);
  yield `</sheetData><autoFilter ref="A1:${last}"/>${PRINT_SETUP}</worksheet>`;
}

/** A workbook of one sheet. Cells of text are never formulas. */
export async function xlsxOf(table) {
  const kinds = "application/vnd.openxmlformats-officedocument.spreadsheetml";
  const part = (name, kind) => `<Override PartName="/${name}" ContentType="${kind}+xml"/>`;
  const link = (id, kind, target) => `<Relationship Id="${id}" Type="${kind}" Target="${target}"/>`;
  const links = (...all) => `${TOP}<Relationships xmlns="${PACKAGES}/relationships">${all.join("")}</Relationships>`;
  const files = {
    "[Content_Types].xml":
      `${TOP}<Types xmlns="${PACKAGES}/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>` +
      part("xl/workbook.xml", `${kinds}.sheet.main`) +
      part("xl/styles.xml", `${kinds}.styles`) +
      part("xl/worksheets/sheet1.xml", `${kinds}.worksheet`) +
      `${part("docProps/core.xml", "application/vnd.openxmlformats-package.core-properties")}</Types>`,
    "_rels/.rels": links(
      link("r1", `${OFFICE}/officeDocument`, "xl/workbook.xml"),
      link("r2", `${PACKAGES}/relationships/metadata/core-properties`, "docProps/core.xml"),
    ),
    // The command line knows by the category that this is its own result, and no article.
    "docProps/core.xml":
      `${TOP}<cp:coreProperties xmlns:cp="${PACKAGES}/metadata/core-properties"><cp:category>cchc-ml</cp:category></cp:coreProperties>`,
    "xl/workbook.xml":
      `${TOP}<workbook xmlns="${MAIN}" xmlns:r="${OFFICE}"><sheets><sheet name="${xml(table.sheet)}" sheetId="1" r:id="r1"/></sheets>` +
      `<definedNames><definedName name="_xlnm._FilterDatabase" localSheetId="0" hidden="1">'${xml(table.sheet)}'!$A$1:$${columnName(table.head.length - 1)}$${table.count + 1}` +
      `</definedName><definedName name="_xlnm.Print_Titles" localSheetId="0">'${xml(table.sheet)}'!$1:$1</definedName></definedNames></workbook>`,
    "xl/_rels/workbook.xml.rels": links(link("r1", `${OFFICE}/worksheet`, "worksheets/sheet1.xml"), link("r2", `${OFFICE}/styles`, "styles.xml")),
    "xl/styles.xml": styleSheet(),
  };
  return zip([...Object.entries(files).map(([name, text]) => [name, [text]]), ["xl/worksheets/sheet1.xml", sheetXml(table)]]);
}
