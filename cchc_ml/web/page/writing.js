/* Tagged rows as CSV and as an Excel workbook. A table is {head, rows}; a cell is a string, a number, or pieces of text. */

const plainCell = (cell) => (Array.isArray(cell) ? cell.map((piece) => piece.text).join("") : String(cell));

/** CSV with a mark, by which Excel reads it as UTF-8. */
export function csvOf({ head, rows }) {
  const quote = (cell) => (/[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell);
  return `\ufeff${[head, ...rows].map((row) => row.map(plainCell).map(quote).join(",")).join("\r\n")}\r\n`;
}

const CRC = Uint32Array.from({ length: 256 }, (_, n) => {
  for (let i = 0; i < 8; i++) n = n & 1 ? 0xedb88320 ^ (n >>> 1) : n >>> 1;
  return n;
});
const crc32 = (bytes) => ~bytes.reduce((crc, byte) => CRC[(crc ^ byte) & 255] ^ (crc >>> 8), -1) >>> 0;

/** Integers of 2 or 4 bytes, little-endian. */
const packed = (...numbers) => numbers.flatMap(([size, value]) => Array.from({ length: size }, (_, i) => (value >>> (8 * i)) & 255));

/** A zip archive whose files are stored as they are. */
function zip(files) {
  const parts = [];
  const directory = [];
  let offset = 0;
  for (const [name, text] of Object.entries(files)) {
    const [nameBytes, content] = [name, text].map((string) => new TextEncoder().encode(string));
    // Version 2.0, no flags, stored, 1 January 1980.
    const about = packed([2, 20], [2, 0], [2, 0], [2, 0], [2, 33], [4, crc32(content)], [4, content.length], [4, content.length], [2, nameBytes.length], [2, 0]);
    parts.push(Uint8Array.from([...packed([4, 0x04034b50]), ...about]), nameBytes, content);
    directory.push(Uint8Array.from([...packed([4, 0x02014b50], [2, 20]), ...about, ...packed([2, 0], [2, 0], [2, 0], [4, 0], [4, offset])]), nameBytes);
    offset += 30 + nameBytes.length + content.length;
  }
  const size = directory.reduce((sum, part) => sum + part.length, 0);
  const count = Object.keys(files).length;
  const end = Uint8Array.from(packed([4, 0x06054b50], [2, 0], [2, 0], [2, count], [2, count], [4, size], [4, offset], [2, 0]));
  return new Blob([...parts, ...directory, end], { type: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet" });
}

const LONGEST_CELL = 32000;
const xml = (text) =>
  text
    .replace(/[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]/g, " ")
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;");
const columnName = (j) => (j < 26 ? "" : columnName(Math.floor(j / 26) - 1)) + String.fromCharCode(65 + (j % 26));
const [WRAP, HEAD, SHARE, TAGGED] = [0, 1, 2, 3];

/** A workbook of one sheet; numbers are shares, in bold where `tagged(i, j)`; cells of text are never formulas. */
export function xlsxOf({ head, rows, widths, tagged }) {
  const run = ({ text, bold }) => `<r>${bold ? "<rPr><b/></rPr>" : ""}<t xml:space="preserve">${xml(text)}</t></r>`;
  const cell = (value, i, j, style) => {
    const place = `r="${columnName(j)}${i + 1}"`;
    if (typeof value === "number") return `<c ${place} s="${tagged(i - 1, j) ? TAGGED : SHARE}"><v>${value}</v></c>`;
    let left = LONGEST_CELL;
    const pieces = (Array.isArray(value) ? value : [{ text: value }]).map(({ text, bold }) => {
      const kept = text.slice(0, left);
      left -= kept.length;
      return { text: kept, bold };
    });
    return `<c ${place} s="${style}" t="inlineStr"><is>${pieces.filter(({ text }) => text).map(run).join("")}</is></c>`;
  };
  const line = (values, i) => `<row r="${i + 1}">${values.map((value, j) => cell(value, i, j, i ? WRAP : HEAD)).join("")}</row>`;
  const main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
  const office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
  const packages = "http://schemas.openxmlformats.org/package/2006";
  const kinds = "application/vnd.openxmlformats-officedocument.spreadsheetml";
  const top = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>';
  const last = `${columnName(head.length - 1)}${rows.length + 1}`;
  const style = (extra, wrap = "") => `<xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0" applyAlignment="1" ${extra}><alignment vertical="top" ${wrap}/></xf>`;
  return zip({
    "[Content_Types].xml":
      `${top}<Types xmlns="${packages}/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>` +
      `<Override PartName="/xl/workbook.xml" ContentType="${kinds}.sheet.main+xml"/><Override PartName="/xl/styles.xml" ContentType="${kinds}.styles+xml"/>` +
      `<Override PartName="/xl/worksheets/sheet1.xml" ContentType="${kinds}.worksheet+xml"/></Types>`,
    "_rels/.rels": `${top}<Relationships xmlns="${packages}/relationships"><Relationship Id="r1" Type="${office}/officeDocument" Target="xl/workbook.xml"/></Relationships>`,
    "xl/workbook.xml": `${top}<workbook xmlns="${main}" xmlns:r="${office}"><sheets><sheet name="CCHC" sheetId="1" r:id="r1"/></sheets></workbook>`,
    "xl/_rels/workbook.xml.rels":
      `${top}<Relationships xmlns="${packages}/relationships"><Relationship Id="r1" Type="${office}/worksheet" Target="worksheets/sheet1.xml"/>` +
      `<Relationship Id="r2" Type="${office}/styles" Target="styles.xml"/></Relationships>`,
    "xl/styles.xml":
      `${top}<styleSheet xmlns="${main}"><fonts count="2"><font><sz val="11"/><name val="Calibri"/></font><font><b/><sz val="11"/><name val="Calibri"/></font></fonts>` +
      '<fills count="4"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill>' +
      '<fill><patternFill patternType="solid"><fgColor rgb="FFDDE7F3"/></patternFill></fill><fill><patternFill patternType="solid"><fgColor rgb="FFC6E7C8"/></patternFill></fill></fills>' +
      '<borders count="1"><border/></borders><cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs><cellXfs count="4">' +
      [
        style("", 'wrapText="1"'),
        style("", 'wrapText="1"').replace('fontId="0" fillId="0"', 'fontId="1" fillId="2" applyFont="1" applyFill="1"'),
        style('applyNumberFormat="1"').replace('numFmtId="0"', 'numFmtId="9"'),
        style('applyNumberFormat="1"').replace('numFmtId="0" fontId="0" fillId="0"', 'numFmtId="9" fontId="1" fillId="3" applyFont="1" applyFill="1"'),
      ].join("") +
      "</cellXfs></styleSheet>",
    "xl/worksheets/sheet1.xml":
      `${top}<worksheet xmlns="${main}"><sheetViews><sheetView workbookViewId="0"><pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/></sheetView></sheetViews>` +
      `<cols>${widths.map((width, j) => `<col min="${j + 1}" max="${j + 1}" width="${width}" customWidth="1"/>`).join("")}</cols>` +
      `<sheetData>${[head, ...rows].map(line).join("")}</sheetData><autoFilter ref="A1:${last}"/></worksheet>`,
  });
}
