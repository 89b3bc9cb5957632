/* From what is pasted or dropped to rows: {text, source, document, fields, kind, headline, date}. The reading itself is Python's,
   translated. Paragraphs of one document are read in context; null is none. */

import { gunzip, unzip } from "./archives.js";
import { Entities } from "./html_parser.js";
import { PagePath, shared } from "./library.js";
import { py } from "./python.js";
import {
  HTML_RULES,
  RTF_TABLES,
  reading_context$article_of,
  reading_context$documents_of,
  reading_decode$SNIFF_BYTES,
  reading_inputs$read_file,
  reading_lines$join_lines,
  reading_workbooks$MAX_SHEET_CELLS,
  text_old_fonts$WINDOWS_1252,
  text_sentences$ABBREVIATIONS,
  text_sniffing$sniff,
} from "./translated.js";

/** @typedef {{ isArticle: boolean, text: string, source: string | null, document: any, fields: Record<string, string>, kind: string, headline: string | null, date: string | null }} Row */

/** Why a file was not read: a word of the page's own, and what Python says. */
export class Problem extends Error {
  constructor(word, detail = "") {
    super(word);
    this.word = word;
    this.detail = detail;
  }
}

/** What Python says, and the word of the page for it. */
const PROBLEMS = [
  [/no field or column|no row of column names/, "column"],
  [/ is empty$|no paragraph of text|has no (?:rows|text)/, "empty"],
  [/is binary/, "binary"],
  [/is not .*text; save it as UTF-8/, "encoding"],
  [/damaged/, "damaged"],
  [/is not an article|another kind|does not read|; rename it|that is not read|locked|password|zip archive/, "kind"],
];

function problemOf(error, name) {
  if (error instanceof Problem) return error;
  if (error instanceof RangeError) return new Problem("damaged");
  if (!(error instanceof py.Error)) throw error;
  const detail = error.message.replace(name, "").replace(/^[,: ]+/, "");
  const word = PROBLEMS.find(([pattern]) => /** @type {RegExp} */ (pattern).test(error.message))?.[1] ?? "unknown";
  return new Problem(word, word === "column" ? (/found: (.*?); name the column/.exec(detail)?.[1] ?? "") : word === "unknown" ? detail : "");
}

Object.assign(shared, {
  abbreviations: text_sentences$ABBREVIATIONS,
  sniff: text_sniffing$sniff,
  windows1252: text_old_fonts$WINDOWS_1252,
  rtf: RTF_TABLES,
  maxSheetCells: reading_workbooks$MAX_SHEET_CELLS,
  sniffBytes: reading_decode$SNIFF_BYTES,
  rules: {
    empty: new Set(HTML_RULES.empty),
    closedBy: new Map(Object.entries(HTML_RULES.closedBy).map(([old, news]) => [old, new Set(news)])),
    entities: new Entities(HTML_RULES.entities),
  },
});

const cellOf = (value) => (value === null || value === undefined ? "" : py.str(value));

/** @returns {Row[]} */
function rowsOf(pairs, source, document) {
  const rows = [...pairs];
  const maps = rows.map(([row]) => row);
  const documents = reading_context$documents_of(maps, maps.map((row) => reading_context$article_of(row)));
  return rows.map(([row, field], i) => {
    const isArticle = row.has("paragraph") && row.has("kind");
    const fields = isArticle ? {} : Object.fromEntries([...row].filter(([name]) => name !== field).map(([name, value]) => [name, cellOf(value)]));
    const [kind, headline, date] = ["kind", "headline", "date"].map((name) => row.get(name) ?? null);
    return { isArticle, text: row.get(field), source, document: documents[i] === null ? null : document, fields, kind: isArticle ? kind : "body", headline: isArticle ? headline : null, date: isArticle ? date : null };
  });
}

/**
 * The paragraphs of a text that was pasted: its lines, where lines that were broken at one width are joined. All are kept.
 * @param {string} text
 * @param {import("./encodings.js").Encodings} encodings
 * @returns {string[]}
 */
export function paragraphsOf(text, encodings) {
  shared.encodings = encodings;
  return reading_lines$join_lines(py.call(encodings.tidy(text).text, "splitlines")).filter((line) => /\p{L}/u.test(line));
}

/**
 * Read a file as Python does.
 * @param {File} file
 * @param {import("./encodings.js").Encodings} encodings
 * @param {(note: string) => void} onNote called with what was passed over
 */
export async function readFile(file, encodings, onNote = () => {}) {
  shared.encodings = encodings;
  let bytes = new Uint8Array(await file.arrayBuffer());
  try {
    const path = new PagePath(file.name);
    if (/\.gz$/i.test(file.name)) bytes = await gunzip(bytes).catch(() => Promise.reject(new Problem("damaged")));
    path.data = py.Bytes.of(bytes);
    if (bytes[0] === 0x50 && bytes[1] === 0x4b) path.entries = await unzip(bytes);
    return rowsOf(reading_inputs$read_file(path, undefined, undefined, (note) => onNote(note.replace(`${file.name}: `, ""))), file.name, file);
  } catch (error) {
    throw problemOf(error, file.name);
  }
}
