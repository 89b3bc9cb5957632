/* From what is pasted or dropped to rows: {text, source, document, fields}. Paragraphs of one document are read in context; null is none. */

import { SPACE, lower, stripMarks } from "./letters.js";

const UNREADABLE = /\.(pdf|doc|xls|xlsx|parquet|gz|zip|jsonl|rtf|odt)$/i;
const fold = (text) => text.split(new RegExp(`[${SPACE}]+`)).filter(Boolean).join(" ");
const hasLetter = (text) => /\p{L}/u.test(text);

export class Problem extends Error {
  constructor(word, detail = "") {
    super(word);
    this.word = word;
    this.detail = detail;
  }
}

/** Decode bytes as Python's `sniff` would: UTF-8, UTF-16, the old fonts, Windows-1258. */
function decode(bytes, encodings) {
  const [a, b] = bytes;
  if (a === 0xff && b === 0xfe) return new TextDecoder("utf-16le").decode(bytes);
  if (a === 0xfe && b === 0xff) return new TextDecoder("utf-16be").decode(bytes);
  const zeros = [0, 0];
  bytes.forEach((byte, i) => byte === 0 && (zeros[i % 2] += 1));
  if (zeros[0] || zeros[1]) {
    const usual = bytes.length >= 16 && Math.max(...zeros) > 0.15 * bytes.length && Math.min(...zeros) < 0.025 * bytes.length;
    if (!usual) throw new Problem("binary");
    return new TextDecoder(zeros[0] > zeros[1] ? "utf-16be" : "utf-16le").decode(bytes);
  }
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    const old = Array.from(bytes, (byte) => String.fromCharCode(byte)).join("");
    if (encodings.plausibility(encodings.tidy(old).text) > 0.9) return old;
    const text = new TextDecoder("windows-1258").decode(bytes).normalize("NFC");
    if (encodings.plausibility(text) > 0.9) return text;
    throw new Problem("encoding");
  }
}

/** Every line is a paragraph; one that begins with a small letter goes on the line before, where that has no end. */
export function paragraphsOf(text, encodings) {
  const found = [];
  let before = "";
  for (const line of encodings.tidy(text).text.split(/\r\n|[\n\r\v\f\x1c-\x1e\x85\u2028\u2029]/).map(fold)) {
    const goesOn = /^\p{Lowercase}/u.test(line) && before.length >= 20 && !/[.!?…:;]["'”’»)\]*]*$|[”"]$/.test(before);
    if (goesOn) found.push(`${found.pop()} ${line}`);
    else if (line) found.push(line);
    before = line;
  }
  return found.filter(hasLetter);
}

const BLOCKS = new Set(
  "address article blockquote body caption center dd div dl dt fieldset figure h1 h2 h3 h4 h5 h6 hr li main ol p pre section table tbody td th tr ul br".split(" "),
);
const FURNITURE = "script, style, noscript, template, nav, aside, footer, form, button, select, figcaption, iframe, svg, head, [hidden]";
const SHORTEST = 60;

/** The blocks of a page that read as text: headings, and what is long or ends like a sentence, and is not mostly links. */
function paragraphsOfPage(html, encodings) {
  const page = new DOMParser().parseFromString(html, "text/html");
  for (const node of page.querySelectorAll(FURNITURE)) node.remove();
  const own = [...page.querySelectorAll("article, main, [role=main]")].filter((node) => node.querySelectorAll("p").length > 2);
  const found = [];
  let block = { text: "", linked: 0, heading: false };
  const flush = () => {
    const text = fold(encodings.tidy(block.text).text);
    const reads = text.length >= SHORTEST || /[.!?…]["”’»)]*$/.test(text);
    if (hasLetter(text) && (block.heading || (reads && block.linked < 0.5 * text.length))) found.push(text);
    block = { text: "", linked: 0, heading: false };
  };
  const walk = (node, linked) => {
    for (const child of node.childNodes) {
      if (child.nodeType === Node.TEXT_NODE) {
        block.text += child.data;
        if (linked) block.linked += fold(child.data).length;
      } else if (child.nodeType === Node.ELEMENT_NODE) {
        const name = child.localName;
        if (BLOCKS.has(name)) flush();
        walk(child, linked || name === "a");
        block.heading = /^h[12]$/.test(name);
        if (BLOCKS.has(name)) flush();
      }
    }
  };
  walk(own[0] ?? page.body, false);
  flush();
  return found;
}

/** The content of one file in a zip archive. */
async function unzip(bytes, wanted) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let end = bytes.length - 22;
  while (end >= 0 && view.getUint32(end, true) !== 0x06054b50) end -= 1;
  if (end < 0) throw new Problem("damaged");
  let at = view.getUint32(end + 16, true);
  for (let left = view.getUint16(end + 10, true); left > 0; left--) {
    const [nameSize, extraSize, commentSize] = [28, 30, 32].map((offset) => view.getUint16(at + offset, true));
    if (new TextDecoder().decode(bytes.subarray(at + 46, at + 46 + nameSize)) === wanted) {
      const method = view.getUint16(at + 10, true);
      const size = view.getUint32(at + 20, true);
      const local = view.getUint32(at + 42, true);
      const start = local + 30 + view.getUint16(local + 26, true) + view.getUint16(local + 28, true);
      const packed = bytes.subarray(start, start + size);
      if (method === 0) return packed;
      const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream("deflate-raw"));
      return new Uint8Array(await new Response(stream).arrayBuffer());
    }
    at += 46 + nameSize + extraSize + commentSize;
  }
  throw new Problem("damaged");
}

const WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main";

/** The paragraphs of a Word document, those in tables too, without what was deleted or moved away. */
async function paragraphsOfWord(bytes) {
  let content;
  try {
    content = new TextDecoder().decode(await unzip(bytes, "word/document.xml"));
  } catch {
    throw new Problem("damaged");
  }
  const document = new DOMParser().parseFromString(content, "application/xml");
  const named = (node, name) => [...node.getElementsByTagNameNS(WORD, name)];
  const around = (node, test) => {
    while ((node = node.parentElement) && !test(node));
    return node;
  };
  const texts = named(document, "p")
    .filter((paragraph) => !around(paragraph, (node) => node.localName === "Fallback"))
    .map((paragraph) => {
      const pieces = [...paragraph.getElementsByTagNameNS(WORD, "*")].filter(
        (node) =>
          ["t", "tab", "br", "cr"].includes(node.localName) &&
          around(node, (other) => other.namespaceURI === WORD && ["p", "moveFrom"].includes(other.localName)) === paragraph,
      );
      return fold(pieces.map((node) => (node.localName === "t" ? node.textContent : " ")).join(""));
    })
    .filter(hasLetter);
  return texts;
}

/** The rows of a CSV, as lists of cells. */
function parseCsv(text, mark) {
  const rows = [];
  let row = [];
  let cell = "";
  let quoted = false;
  const endRow = () => {
    row.push(cell);
    if (row.length > 1 || cell) rows.push(row);
    [row, cell] = [[], ""];
  };
  for (let i = 0; i < text.length; i++) {
    const c = text[i];
    if (quoted) {
      if (c !== '"') cell += c;
      else if (text[i + 1] === '"') cell += text[++i];
      else quoted = false;
    } else if (c === '"' && !cell) quoted = true;
    else if (c === mark) {
      row.push(cell);
      cell = "";
    } else if (c === "\n" || c === "\r") {
      if (c === "\r" && text[i + 1] === "\n") i += 1;
      endRow();
    } else cell += c;
  }
  endRow();
  return rows;
}

/** A name as Python's `fold_name` compares it: one space for all that is no letter or digit. */
const foldName = (name) => lower(name.replace(/[\u00ad\u200b-\u200f\u2060\ufeff]/g, "")).replace(/[^\p{L}\p{N}]+/gu, " ").trim();

/** The rows of a table. A name of the column with the text may have no diacritics. */
function rowsOfTable(text, source, textColumns) {
  const body = text.replace(/^sep=.(\r\n|\n|\r)/i, "");
  const line = body.split(/[\r\n]/, 1)[0];
  let head = [];
  for (const mark of ",;\t") {
    const names = (parseCsv(line, mark)[0] ?? []).map((name) => name.trim().normalize("NFC"));
    if (names.length > head.length) head = names;
    const usual = names.map(foldName);
    const wanted = textColumns.flatMap((name) => [name, stripMarks(name)]).find((name) => usual.includes(name));
    if (wanted === undefined) continue;
    const column = usual.indexOf(wanted);
    return parseCsv(body, mark)
      .slice(1)
      .filter((cells) => hasLetter(cells[column] ?? ""))
      .map((cells) => ({
        text: cells[column],
        source,
        document: null,
        fields: Object.fromEntries(names.flatMap((name, i) => (i === column || !name ? [] : [[name, cells[i] ?? ""]]))),
      }));
  }
  throw new Problem("column", head.join(", "));
}

/** Read a file by the ending of its name. */
export async function readFile(file, encodings, textColumns) {
  const name = file.name.toLowerCase();
  if (UNREADABLE.test(name)) throw new Problem("kind");
  const bytes = new Uint8Array(await file.arrayBuffer());
  if (!bytes.length) throw new Problem("empty");
  let texts;
  if (name.endsWith(".docx")) texts = await paragraphsOfWord(bytes);
  else {
    const text = decode(bytes, encodings);
    if (/\.(csv|tsv)$/.test(name)) return rowsOfTable(text, file.name, textColumns);
    texts = (/\.html?$/.test(name) ? paragraphsOfPage : paragraphsOf)(text, encodings);
  }
  if (!texts.length) throw new Problem("empty");
  return texts.map((text) => ({ text, source: file.name, document: file, fields: {} }));
}
