/* From what is pasted or dropped to rows: {text, source, document, fields, kind, headline, date}. `fields` are the names and
   cells of the other columns. The reading itself is Python's,
   translated. Paragraphs of one document are read in context; null is none. */

import { gunzip, unzip } from "./archives.js";
import { Entities } from "./html_parser.js";
import { PagePath, shared } from "./library.js";
import { catalogue, vietnamese } from "./messages.js";
import { py } from "./python.js";
import {
  HTML_RULES,
  RTF_TABLES,
  SENTENCES,
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

/** @typedef {{ isArticle: boolean, text: string, source: string | null, document: any, fields: [string, string][], kind: string, headline: string | null, date: string | null }} Row */

/** @typedef {{ vi: string, en: string }} Saying what Python says, in both languages */

/** Why a file was not read: a word of the page's own, and what Python says. */
export class Problem extends Error {
  /**
   * @param {string} word
   * @param {string | Saying} detail
   */
  constructor(word, detail = "") {
    super(word);
    this.word = word;
    this.detail = detail;
  }
}

/** What Python says, and the word of the page for it. @type {[RegExp, string][]} */
const PROBLEMS = [
  [/no field or column|no row of column names/, "column"],
  [/ is empty$|no paragraph of text|has no (?:rows|text)/, "empty"],
  [/is binary/, "binary"],
  [/is not .*text; save it as UTF-8/, "encoding"],
  [/damaged/, "damaged"],
  [/is not an article|another kind|does not read|; rename it|that is not read|locked|password|zip archive/, "kind"],
];

/** @returns {Saying} what Python says of a file, without the name of the file */
function sayingOf(text, name) {
  const bare = (words) => words.replace(name, "").replace(/^[,: ]+/, "");
  return { vi: bare(vietnamese(text)), en: bare(text) };
}

function problemOf(error, name) {
  if (error instanceof Problem) return error;
  if (error instanceof RangeError) return new Problem("damaged");
  if (!(error instanceof py.Error)) throw error;
  const word = PROBLEMS.find(([pattern]) => pattern.test(error.message))?.[1] ?? "unknown";
  if (word === "column") return new Problem(word, /found: (.*?); name the column/.exec(error.message)?.[1] ?? "");
  return new Problem(word, word === "unknown" ? sayingOf(error.message, name) : "");
}

for (const [english, vietnamese] of Object.entries(SENTENCES)) catalogue.set(english, vietnamese);

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
    const fields = isArticle ? [] : [...row].filter(([name]) => name !== field).map(([name, value]) => /** @type {[string, string]} */ ([name, cellOf(value)]));
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
 * @returns {Promise<{ rows: Row[], notes: Saying[] }>} the notes say what was passed over
 */
export async function readFile(file, encodings) {
  shared.encodings = encodings;
  /** @type {Saying[]} */
  const notes = [];
  const onNote = (note) => notes.push(sayingOf(note, file.name));
  let bytes = new Uint8Array(await file.arrayBuffer());
  try {
    const path = new PagePath(file.name);
    if (/\.gz$/i.test(file.name)) bytes = await gunzip(bytes).catch(() => Promise.reject(new Problem("damaged")));
    path.data = py.Bytes.of(bytes);
    if (bytes[0] === 0x50 && bytes[1] === 0x4b) path.entries = await unzip(bytes);
    return { rows: rowsOf(reading_inputs$read_file(path, undefined, undefined, onNote), file.name, file), notes };
  } catch (error) {
    throw problemOf(error, file.name);
  }
}
