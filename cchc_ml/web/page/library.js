/* What stands in for the libraries that Python reads files with: csv, email, html, python-calamine, and the file itself. */

import { ZipFile } from "./archives.js";
import { parseHtml } from "./html_parser.js";
import { parseXml, XmlParser } from "./xml.js";
import { damaged, localName } from "./elements.js";
import { sentence } from "./messages.js";
import { py } from "./python.js";
import { rtfToText } from "./rtf.js";
import { splitSentences } from "./sentences.js";

/** @typedef {import("./html_parser.js").Rules} Rules */

/** What the reading shares with the tagger, and what Python says: set by reading.js. @type {{ rules: Rules, encodings: any, abbreviations: Set<string>, sniff: any, windows1252: Map<number, string>, rtf: import("./rtf.js").RtfTables | null, maxSheetCells: number, sniffBytes: number }} */
export const shared = { rules: null, encodings: null, abbreviations: null, sniff: null, windows1252: null, rtf: null, maxSheetCells: 0, sniffBytes: 0 };

// --- A file ---------------------------------------------------------------------------------------------------------------------

/** Python's `Path` of a file that was chosen in the browser. */
export class PagePath {
  /**
   * @param {any} name a path stays what it is
   * @param {any} [data] bytes
   */
  constructor(name, data = null) {
    if (name instanceof PagePath) return name;
    this.name = name.split("/").at(-1);
    this.whole = name;
    this.data = data;
    /** @type {any[] | null} */
    this.entries = null;
    const dots = this.name.replace(/^\.+/, "").split(".").slice(1);
    this.suffixes = dots.map((part) => `.${part}`);
    this.suffix = this.suffixes.at(-1) ?? "";
    this.stem = this.suffix ? this.name.slice(0, -this.suffix.length) : this.name;
  }
  toString() {
    return this.whole;
  }
  exists() {
    return true;
  }
  is_file() {
    return true;
  }
  stat() {
    return { st_size: this.data.length };
  }
}

/** Python's `open(path, "rb")`. */
export function openFile(path) {
  let at = 0;
  return {
    read(size = -1) {
      const end = size < 0 ? path.data.length : at + size;
      const part = py.slice(path.data, at, end);
      at = Math.min(end, path.data.length);
      return part;
    },
    tell: () => at,
  };
}

/** Python's `gzip.GzipFile`: the file was unpacked before. */
export const gzipFile = ({ values }) => values.fileobj;

export const sameName = (name) => name;

export function refuse(what) {
  return () => {
    throw new py.ValueError(what);
  };
}

// --- Pages ----------------------------------------------------------------------------------------------------------------------

/** lxml's `html.document_fromstring`, of text that was encoded as UTF-8. */
export function documentOf(bytes) {
  const root = parseHtml(py.call(bytes, "decode", "utf8"), shared.rules);
  if (!root) throw damaged("Document is empty");
  return root;
}

export class HtmlParserOptions {}

export const unescapeHtml = (text) => shared.rules.entities.decode(text);

// --- CSV ------------------------------------------------------------------------------------------------------------------------

export class CsvError extends py.Error {}

export const fieldSizeLimit = () => 0;

/** Python's `csv.reader`. */
class CsvReader {
  constructor(lines, delimiter, strict) {
    this.lines = py.iterator(lines);
    this.delimiter = delimiter;
    this.strict = strict;
    this.line_num = 0;
  }
  [Symbol.iterator]() {
    return this;
  }
  next() {
    const cells = [];
    let cell = "";
    let state = "start"; // of a cell; "plain", "quoted", or "closed" behind a quotation mark
    for (;;) {
      const { value: line, done } = this.lines.next();
      if (done) {
        if (state === "start" && !cells.length) return { value: undefined, done: true };
        if (state === "quoted") {
          if (this.strict) throw new CsvError("unexpected end of data");
        }
        return { value: [...cells, cell], done: false };
      }
      this.line_num += 1;
      let ended = false;
      for (let i = 0; i < line.length; i++) {
        const c = line[i];
        if (ended) {
          if (c === "\n" || c === "\r") continue;
          throw new CsvError("new-line character seen in unquoted field - do you need to open the file with newline=''?");
        }
        if (state === "quoted") {
          if (c === '"') state = "closed";
          else cell += c;
        } else if (c === '"' && state === "start") state = "quoted";
        else if (c === '"' && state === "closed") {
          cell += c;
          state = "quoted";
        } else if (c === this.delimiter) {
          cells.push(cell);
          [cell, state] = ["", "start"];
        } else if (c === "\n" || c === "\r") ended = true;
        else {
          if (state === "closed" && this.strict) throw new CsvError(`'${this.delimiter}' expected after '"'`);
          cell += c;
          state = "plain";
        }
      }
      if (state === "quoted") continue;
      if (state === "start" && !cells.length && !cell) return { value: [], done: false };
      return { value: [...cells, cell], done: false };
    }
  }
}

export const csvReader = (lines, { values }) => new CsvReader(lines, values.delimiter ?? ",", values.strict ?? false);

// --- Workbooks ------------------------------------------------------------------------------------------------------------------

const numberOfColumn = (letters) => [...letters].reduce((number, letter) => 26 * number + letter.charCodeAt(0) - 64, 0) - 1;
const placeOf = (reference) => {
  const [, letters, row] = /^([A-Z]+)(\d+)$/.exec(reference);
  return [Number(row) - 1, numberOfColumn(letters)];
};
const BUILT_IN_DATES = new Set([14, 15, 16, 17, 18, 19, 20, 21, 22, 27, 30, 36, 45, 46, 47, 50, 57]);

/** A day or a time of Excel, as Python's `isoformat` writes it. */
class ExcelTime extends py.Date {
  constructor(serial, from1904) {
    super(1970, 1, 1);
    const days = serial + (from1904 ? 1462 : 0);
    this.moment = new Date(Math.round((days - (days < 60 ? 25568 : 25569)) * 86_400_000));
    this.isDay = Number.isInteger(serial);
  }
  isoformat() {
    const text = this.moment.toISOString();
    return this.isDay ? text.slice(0, 10) : text.slice(0, 19);
  }
}

const textOfRuns = (element) =>
  [...element.iter()]
    .filter(({ tag, parent }) => localName(tag) === "t" && localName(parent.tag) !== "rPh")
    .map(({ text }) => text ?? "")
    .join("")
    .replace(/_x([0-9A-Fa-f]{4})_/g, (_, code) => String.fromCharCode(parseInt(code, 16)));

/** A sheet as python-calamine gives it: a rectangle of cells. */
class Sheet {
  constructor(rows, merged) {
    const places = [...rows.keys()].flatMap((row) => [...rows.get(row).keys()].map((column) => [row, column]));
    this.rows = rows;
    this.merged_cell_ranges = merged;
    const [rowNumbers, columns] = [0, 1].map((i) => places.map((place) => place[i]));
    const least = (numbers) => numbers.reduce((a, b) => Math.min(a, b));
    const most = (numbers) => numbers.reduce((a, b) => Math.max(a, b));
    this.start = places.length ? [least(rowNumbers), least(columns)] : null;
    this.end = places.length ? [most(rowNumbers), most(columns)] : null;
  }
  *iter_rows() {
    if (!this.start) return;
    for (let row = 0; row <= this.end[0]; row++) {
      const cells = this.rows.get(row);
      yield Array.from({ length: this.end[1] - this.start[1] + 1 }, (_, i) => cells?.get(this.start[1] + i) ?? "");
    }
  }
}

/** An .xlsx file, with what python-calamine calls its parts. */
class Workbook {
  constructor(path) {
    this.archive = new ZipFile(path);
    const parts = this.relations("xl/workbook.xml");
    const book = this.tree("xl/workbook.xml");
    const properties = book.find("{*}workbookPr");
    this.from1904 = ["1", "true"].includes(properties?.get("date1904") ?? "");
    this.strings = this.partOf(parts, "sharedStrings", []).map(textOfRuns);
    this.isDate = this.dateFormats(parts);
    this.parts = new Map();
    this.sheets_metadata = [...book.iter()]
      .filter(({ tag }) => localName(tag) === "sheet")
      .map((sheet) => {
        const identifier = [...sheet.attrib].find(([key]) => localName(key) === "id" && key !== "id")?.[1];
        const part = parts.get(identifier);
        this.parts.set(sheet.get("name"), part?.target);
        const isSheet = part?.type.endsWith("/worksheet");
        return { name: sheet.get("name"), typ: isSheet ? "SheetTypeEnum.WorkSheet" : "SheetTypeEnum.ChartSheet", visible: ["hidden", "veryHidden"].includes(sheet.get("state")) ? "SheetVisibleEnum.Hidden" : "SheetVisibleEnum.Visible" };
      });
  }
  tree(name) {
    return parseXml(this.archive.open(name), new XmlParser({ values: {} })).getroot();
  }
  relations(name) {
    const [folder, file] = [name.slice(0, name.lastIndexOf("/")), name.slice(name.lastIndexOf("/") + 1)];
    const found = new Map();
    for (const element of this.tree(`${folder}/_rels/${file}.rels`)) {
      const target = py.normpath(py.joinPaths("/", folder, element.get("Target"))).slice(1);
      found.set(element.get("Id"), { target, type: element.get("Type") });
    }
    return found;
  }
  partOf(parts, kind, missing) {
    const part = [...parts.values()].find(({ type }) => type.endsWith(`/${kind}`));
    return part && this.archive.entries.has(part.target) ? this.tree(part.target).children : missing;
  }
  /** For each style of a cell, whether it shows a number as a day. */
  dateFormats(parts) {
    const children = this.partOf(parts, "styles", []);
    const formats = new Map();
    for (const group of children.filter(({ tag }) => localName(tag) === "numFmts")) {
      for (const format of group) formats.set(Number(format.get("numFmtId")), format.get("formatCode") ?? "");
    }
    const isDate = (id) => BUILT_IN_DATES.has(id) || /[dmyhs]/i.test((formats.get(id) ?? "").replace(/"[^"]*"|\\.|\[[^\]]*\]/g, "").replace(/general/i, ""));
    return children.filter(({ tag }) => localName(tag) === "cellXfs").flatMap((group) => group.children.map((style) => isDate(Number(style.get("numFmtId") ?? 0))));
  }
  get_sheet_by_name(name) {
    const root = this.tree(this.parts.get(name));
    const rows = new Map();
    const merged = [];
    let [row, column] = [-1, -1];
    for (const element of root.iter()) {
      const kind = localName(element.tag);
      if (kind === "row") {
        row = element.get("r") ? Number(element.get("r")) - 1 : row + 1;
        column = -1;
      } else if (kind === "c") {
        if (element.get("r")) [row, column] = placeOf(element.get("r"));
        else column += 1;
        const value = this.cell(element);
        if (value === null) continue;
        if (!rows.has(row)) rows.set(row, new Map());
        rows.get(row).set(column, value);
      } else if (kind === "mergeCell") {
        const [first, last = first] = element.get("ref").split(":");
        merged.push([placeOf(first), placeOf(last)]);
      }
    }
    const sheet = new Sheet(rows, merged);
    if (sheet.end && (sheet.end[0] + 1) * (sheet.end[1] + 1) > shared.maxSheetCells) throw new py.ValueError(`sheet ${name} has too many rows and columns; delete the empty ones`);
    return sheet;
  }
  cell(element) {
    const type = element.get("t") ?? "n";
    if (type === "inlineStr") return textOfRuns(element);
    const value = element.find("{*}v")?.text ?? null;
    if (value === null) return null;
    if (type === "s") return this.strings[Number(value)] ?? null;
    if (type === "b") return value !== "0";
    if (type === "str" || type === "e" || type === "d") return value;
    const number = Number(value);
    if (Number.isNaN(number)) return value;
    return this.isDate[Number(element.get("s") ?? -1)] ? new ExcelTime(number, this.from1904) : number;
  }
}

export function openWorkbook(path) {
  if (path.suffix.toLowerCase() !== ".xlsx") throw new py.ValueError(`${path} is a workbook of a kind that the page does not read; save it as .xlsx`);
  try {
    return new Workbook(path);
  } catch (error) {
    if (error instanceof RangeError) throw error;
    throw new py.ValueError(`${path} is damaged or is not a workbook (${error.message})`);
  }
}

// --- Text -----------------------------------------------------------------------------------------------------------------------

export const repairText = (text) => shared.encodings.tidy(text).text;
export const plausibility = (text) => shared.encodings.plausibility(text);
export const readingsOf = (text) => shared.encodings.readings.slice(1).map((reading) => reading(text).text);
export const fromTcvn3 = (text) => [shared.encodings.readings[1](text).text];
export const fromVni = (text) => [shared.encodings.readings[2](text).text];
export const sentencesOf = (text) => splitSentences(text, shared.abbreviations);

/** Python's `codecs.getincrementaldecoder("utf8")`: the last character may be cut. */
export const incrementalDecoder = () => () => ({
  decode(data) {
    const whole = new Uint8Array(data.toArray());
    try {
      return new TextDecoder("utf-8", { fatal: true }).decode(whole, { stream: true });
    } catch {
      throw new py.UnicodeDecodeError("not UTF-8");
    }
  },
});

/** JSON of a table: a long integer keeps its digits, as text, and no number is infinite. */
export const jsonDecoder = {
  decode(line) {
    const kept = line.trim().replace(/"(?:[^"\\]|\\.)*"|-?\d{16,}(?![\d.eE])/g, (found) => (found.startsWith('"') ? found : `"${found}"`));
    const value = py.loadJson(kept);
    checkFinite(value);
    return value;
  },
};

function checkFinite(value) {
  if (value === Infinity || value === -Infinity) throw new py.ValueError(sentence("the number {number} is too large", { values: { number: value } }));
  if (value instanceof Map || Array.isArray(value)) for (const one of value.values()) checkFinite(one);
}

/** Python's `decode_lines`, of a file that is read at once. */
export function* decodeLines(stream, name) {
  const data = stream.read();
  const head = py.slice(data, 0, shared.sniffBytes);
  if (!head.length) throw new py.ValueError(`${name} is empty`);
  const end = head.text.lastIndexOf("\n") + 1;
  const codec = shared.sniff(end ? py.slice(head, 0, end) : head);
  if (codec === null) throw new py.ValueError(`${name} is not UTF-8, UTF-16, Windows-1258, TCVN3 or VNI text; save it as UTF-8 text`);
  let text = py.call(data, "decode", codec);
  if (codec === "latin-1") text = py.call(text, "translate", shared.windows1252);
  else if (!codec.startsWith("utf-16") && data.text.includes("\0")) throw new py.ValueError(`${name} is binary, not text; save it as UTF-8 text`);
  const isOldMac = !codec.startsWith("utf-16") && head.text.includes("\r") && !head.text.includes("\n");
  yield* (isOldMac ? text.replaceAll("\r", "\n") : text).match(/[^\n]*\n|[^\n]+$/g) ?? [];
}

/** Python's `require_extra`: striprtf. */
export function libraryOf() {
  if (!shared.rtf) throw new py.ImportError("the page was written without striprtf, so it does not read rich text");
  return { rtf_to_text: (text) => rtfToText(text, shared.rtf) };
}
