/* Python's `email`, as far as the reading of mails and web archives needs it. */

import { damaged } from "./elements.js";
import { py } from "./python.js";

/** The value of a header and its parameters: `text/html; charset="utf-8"`. */
function parametersOf(header) {
  const [value = "", ...rest] = header.match(/(?:[^;"]|"(?:[^"\\]|\\.)*"?)+/g) ?? [];
  const found = new Map();
  for (const part of rest) {
    const at = part.indexOf("=");
    if (at < 0) continue;
    const name = part.slice(0, at).trim().toLowerCase();
    const given = part.slice(at + 1).trim();
    found.set(name, given.startsWith('"') ? given.slice(1).replace(/"[^"]*$/, "").replace(/\\(.)/g, "$1") : given);
  }
  return { value: value.trim(), parameters: joinedParameters(found) };
}

/** Parameters that were cut (`name*0=`) or encoded (`name*=utf-8''…`), as plain ones. */
function joinedParameters(found) {
  const plain = new Map();
  const encoded = new Set();
  for (const [name, text] of [...found].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const [, base, star] = /^([^*]*)((?:\*\d+)?\*?)$/.exec(name) ?? [null, name, ""];
    plain.set(base, (star.includes("0") || !star ? "" : (plain.get(base) ?? "")) + text);
    if (star.endsWith("*")) encoded.add(base);
  }
  for (const name of encoded) {
    const [, charset, , text] = /^([^']*)'([^']*)'([\s\S]*)$/.exec(plain.get(name)) ?? [null, "utf-8", "", plain.get(name)];
    const bytes = new py.Bytes(text.replace(/%([0-9a-f]{2})/gi, (_, hex) => String.fromCharCode(parseInt(hex, 16))));
    plain.set(name, py.call(bytes, "decode", charset || "utf-8", "replace"));
  }
  return plain;
}

const unquoted = (text) => text.replace(/[ \t]+(?=\r?\n|$)/g, "").replace(/=(?:\r?\n|$)/g, "").replace(/=([0-9a-f]{2})/gi, (_, hex) => String.fromCharCode(parseInt(hex, 16)));

function fromBase64(text) {
  const letters = text.replace(/[^A-Za-z0-9+/]/g, "");
  return atob(letters.slice(0, letters.length - (letters.length % 4 === 1 ? 1 : 0)));
}

/** A mail, or a part of one. */
class Message {
  /** @param {string} source the bytes, as Latin-1 */
  constructor(source) {
    /** @type {Map<string, string>} */
    this.headers = new Map();
    const lines = source.match(/[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+$/g) ?? [];
    let at = 0;
    let last = "";
    for (; at < lines.length; at++) {
      const line = lines[at].replace(/[\r\n]+$/, "");
      if (!line) {
        at += 1;
        break;
      }
      const header = /^([^\x00-\x20\x7f-\uffff:]+):[ \t]*(.*)$/.exec(line);
      if (/^[ \t]/.test(line) && last) this.headers.set(last, `${this.headers.get(last)}\n${line}`);
      else if (header) {
        last = header[1].toLowerCase();
        // The first of several headers of a name is taken.
        if (this.headers.has(last)) last = `${last} again`;
        this.headers.set(last, header[2]);
      } else if (!(at === 0 && line.startsWith("From "))) break;
    }
    const type = parametersOf(this.headers.get("content-type") ?? "");
    this.type = /^[^/\s]+\/[^/\s]+$/.test(type.value) ? type.value.toLowerCase() : "text/plain";
    this.parameters = type.parameters;
    /** @type {Message[] | null} */
    this.parts = null;
    this.body = lines.slice(at).join("");
    if (this.type.startsWith("multipart/") && this.parameters.get("boundary")) this.parts = partsOf(lines.slice(at), this.parameters.get("boundary"));
    else if (this.type === "message/rfc822") this.parts = [new Message(this.body)];
  }
  *walk() {
    yield this;
    for (const part of this.parts ?? []) yield* part.walk();
  }
  /** A header. What is not ASCII in it cannot be read. */
  get(name) {
    return this.headers.get(name.toLowerCase())?.replace(/[\x80-\xff]/g, "\ufffd") ?? null;
  }
  is_multipart() {
    return this.parts !== null;
  }
  get_content_type() {
    return this.type;
  }
  get_content_maintype() {
    return this.type.split("/")[0];
  }
  get_content_subtype() {
    return this.type.split("/")[1];
  }
  get_content_charset() {
    return this.parameters.get("charset")?.toLowerCase() ?? null;
  }
  get_content_disposition() {
    const header = this.headers.get("content-disposition");
    return header === undefined ? null : parametersOf(header).value.toLowerCase();
  }
  get_filename() {
    const name = parametersOf(this.headers.get("content-disposition") ?? "").parameters.get("filename") ?? this.parameters.get("name");
    return name === undefined ? null : headerText(name);
  }
  get_payload() {
    const coding = (this.headers.get("content-transfer-encoding") ?? "").trim().toLowerCase();
    if (coding === "quoted-printable") return new py.Bytes(unquoted(this.body));
    return new py.Bytes(coding === "base64" ? fromBase64(this.body) : this.body);
  }
}

/** The parts between the lines of a boundary. */
function partsOf(lines, boundary) {
  const parts = [];
  let current = null;
  const end = () => {
    if (current) parts.push(new Message(current.join("").replace(/(?:\r\n|\r|\n)$/, "")));
  };
  for (const line of lines) {
    const mark = line.trimEnd();
    if (mark === `--${boundary}` || mark === `--${boundary}--`) {
      end();
      current = [];
      if (mark.endsWith("--") && mark !== `--${boundary}`) return parts;
    } else current?.push(line);
  }
  end();
  return parts;
}

export function messageOf(data) {
  return new Message(data.text);
}

const ENCODED_WORD = /=\?([^?\s]*)\?([bq])\?([^?]*)\?=/gi;

/** Python's `make_header(decode_header(text))`: the text of a header, with its encoded words. */
export function headerText(text) {
  /** @type {{ text?: string, charset?: string, data?: string }[]} */
  const parts = [];
  let last = 0;
  for (const match of text.matchAll(ENCODED_WORD)) {
    const [all, charset, coding, word] = match;
    const between = text.slice(last, match.index);
    if (between.trim()) parts.push({ text: between });
    const data = coding.toLowerCase() === "b" ? fromBase64(word) : unquoted(word.replaceAll("_", " "));
    const before = parts.at(-1);
    if (before?.charset === charset.toLowerCase() && !between.trim()) before.data += data;
    else parts.push({ charset: charset.toLowerCase(), data });
    last = match.index + all.length;
  }
  if (text.slice(last).trim()) parts.push({ text: text.slice(last) });
  const shown = parts.map((part) => (part.text === undefined ? decodedWord(part) : part.text));
  return shown.reduce((whole, part, i) => {
    const isBorder = i > 0 && (parts[i].text === undefined) !== (parts[i - 1].text === undefined);
    return whole + (isBorder && !/\s$/.test(whole) && !/^\s/.test(part) ? " " : "") + part;
  }, "");
}

/** @param {{ charset?: string, data?: string }} word */
function decodedWord({ charset, data }) {
  try {
    return py.call(new py.Bytes(data), "decode", charset, "replace");
  } catch {
    throw damaged("a header in an unknown encoding");
  }
}

const MONTHS = "jan feb mar apr may jun jul aug sep oct nov dec".split(" ");

/** Python's `parsedate_to_datetime`: the day as it is written. */
export function mailTime(text) {
  const found = /(?:^|[\s,])(\d{1,2})[\s-]+([a-z]{3})[a-z]*[\s-]+(\d{4}|\d{2})\s+\d{1,2}[:.]\d{2}/i.exec(text) ?? swapped(/([a-z]{3})[a-z]*\s+(\d{1,2})\s+\d{1,2}:\d{2}(?::\d{2})?\s+(\d{4})/i.exec(text));
  if (!found) throw new py.ValueError(`no date: ${text}`);
  const [day, month, year] = [Number(found[1]), MONTHS.indexOf(found[2].toLowerCase()) + 1, Number(found[3])];
  const day_ = new py.Date(year < 69 ? 2000 + year : year < 100 ? 1900 + year : year, month, day);
  return { date: () => day_ };
}

const swapped = (found) => found && [found[0], found[2], found[1], found[3]];

/** The parts of a header are read together. */
export const sameHeader = (header) => header;
