/* What Python has built in, for the functions that cchc_ml/web/translate.py writes as JavaScript.
   A list or tuple is an Array, a dict a Map, a set a Set, None is null, bytes are `Bytes`. Offsets count UTF-16 units. */

import { DIGITS, SPACE, combines } from "./letters.js";

/** @typedef {Record<string, any>} Names */

// --- Errors ---------------------------------------------------------------------------------------------------------------------

class PyError extends Error {
  constructor(message = "") {
    super(message);
    this.name = new.target.name;
  }
}
class ValueError extends PyError {}
class UnicodeDecodeError extends ValueError {
  constructor(message = "", start = 0) {
    super(message);
    this.start = start;
  }
}
class UnicodeEncodeError extends ValueError {
  start = 0;
}
class EOFError extends PyError {}
class LookupError extends PyError {}
class KeyError extends LookupError {}
class IndexError extends LookupError {}
class StopIteration extends PyError {}
class OSError extends PyError {}
class FileNotFoundError extends OSError {}
class ImportError extends PyError {}
class RuntimeError extends PyError {}
class RecursionError extends RuntimeError {}
class NotImplementedError extends RuntimeError {}
class PyTypeError extends PyError {}
class OverflowError extends PyError {}
class DamagedError extends PyError {}

/** Whether an error is of one of these kinds. Text that is nested too deeply fills JavaScript's stack. */
function isError(error, kinds) {
  return kinds.some((kind) => error instanceof kind || (kind === RecursionError && error instanceof RangeError));
}

/** Arguments that were given by their names. */
class Named {
  /** @param {Names} values */
  constructor(values) {
    this.values = values;
  }
}

/** Take the named arguments from the end of a list of arguments. @returns {Names} */
function namedOf(given) {
  return given.at(-1) instanceof Named ? given.pop().values : {};
}

// --- Kinds of values ------------------------------------------------------------------------------------------------------------

/** A named tuple. */
class Tuple {
  /** @returns {any[]} */
  get values() {
    return [];
  }
  *[Symbol.iterator]() {
    yield* this.values;
  }
}

/** Bytes, each as a character of Latin-1. */
class Bytes {
  constructor(text) {
    this.text = text;
  }
  /** @param {Uint8Array} array */
  static of(array) {
    const parts = [];
    for (let i = 0; i < array.length; i += 8192) parts.push(String.fromCharCode(...array.subarray(i, i + 8192)));
    return new Bytes(parts.join(""));
  }
  get length() {
    return this.text.length;
  }
  toArray() {
    const array = new Uint8Array(this.text.length);
    for (let i = 0; i < array.length; i++) array[i] = this.text.charCodeAt(i);
    return array;
  }
  *[Symbol.iterator]() {
    for (let i = 0; i < this.text.length; i++) yield this.text.charCodeAt(i);
  }
}

/** A dict that counts: what is not in it is 0. */
class Counter extends Map {
  constructor(values = []) {
    super();
    for (const value of values) this.set(value, (this.get(value) ?? 0) + 1);
  }
  most_common(n) {
    return [...this].sort(([, a], [, b]) => b - a).slice(0, n);
  }
}

const isMap = (value) => value instanceof Map;
const isText = (value) => typeof value === "string";

function truth(value) {
  if (value === null || value === undefined || value === false || value === 0 || value === "") return false;
  if (typeof value !== "object") return true;
  if (Array.isArray(value) || value instanceof Bytes) return value.length > 0;
  if (value instanceof Map || value instanceof Set) return value.size > 0;
  return true;
}

function equal(a, b) {
  if (a === b) return true;
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) {
    return typeof a === "boolean" || typeof b === "boolean" ? Number(a) === Number(b) && typeof a !== "string" && typeof b !== "string" : false;
  }
  if (a instanceof Bytes && b instanceof Bytes) return a.text === b.text;
  if (a instanceof Tuple || b instanceof Tuple) return equal([...a], [...b]);
  if (Array.isArray(a) && Array.isArray(b)) return a.length === b.length && a.every((one, i) => equal(one, b[i]));
  if (a instanceof Set && b instanceof Set) return a.size === b.size && [...a].every((one) => b.has(one));
  return Boolean(a.isoformat && b.isoformat && a.isoformat() === b.isoformat());
}

/** Less than 0 if a comes before b. Texts are in the order of their code points. */
function compare(a, b) {
  if (typeof a === "number" && typeof b === "number") return a - b;
  if (isText(a) && isText(b)) {
    if (a === b) return 0;
    const [x, y] = [[...a], [...b]];
    for (let i = 0; i < Math.min(x.length, y.length); i++) if (x[i] !== y[i]) return x[i].codePointAt(0) - y[i].codePointAt(0);
    return x.length - y.length;
  }
  if (Array.isArray(a) || a instanceof Tuple) {
    const [x, y] = [[...a], [...b]];
    for (let i = 0; i < Math.min(x.length, y.length); i++) if (!equal(x[i], y[i])) return compare(x[i], y[i]);
    return x.length - y.length;
  }
  return Number(a) - Number(b);
}

/** Goes on where another iterator is. Unlike a generator it is not closed when a loop is left: Python's go on then. */
class Onward {
  constructor(values) {
    this.values = values;
  }
  [Symbol.iterator]() {
    return this;
  }
  next() {
    return this.values.next();
  }
}

/** What can be iterated: the characters of a text, the keys of a dict, the rest of an iterator. */
function iter(value) {
  if (value === null || value === undefined) throw new PyTypeError("None is not iterable");
  if (isMap(value)) return value.keys();
  return typeof value.next === "function" && value.return ? new Onward(value) : value;
}

function contains(owner, value) {
  if (isText(owner)) return owner.includes(value);
  if (owner instanceof Map || owner instanceof Set) return owner.has(value);
  if (owner instanceof Bytes) return owner.text.includes(value.text);
  if (owner instanceof Range) return Number.isInteger(value) && owner.has(value);
  if (Array.isArray(owner) && (typeof value !== "object" || value === null)) return owner.includes(value);
  for (const one of iter(owner)) if (equal(one, value)) return true;
  return false;
}

function len(value) {
  if (isText(value) || Array.isArray(value) || value instanceof Bytes || value instanceof Range) return value.length;
  if (value instanceof Map || value instanceof Set) return value.size;
  return value.__len__ ? value.__len__() : [...value].length;
}

function item(owner, key) {
  if (owner instanceof Map) {
    if (owner.has(key)) return owner.get(key);
    if (owner instanceof Counter) return 0;
    throw new KeyError(String(key));
  }
  if (owner instanceof Match) return owner.group(key);
  if (owner instanceof Bytes) return owner.text.charCodeAt(key < 0 ? owner.length + key : key);
  if (owner instanceof Tuple) return item(owner.values, key);
  const at = key < 0 ? owner.length + key : key;
  if (!(at >= 0 && at < owner.length)) throw new IndexError("index out of range");
  if (isText(owner) && owner.charCodeAt(at) >= 0xd800 && owner.charCodeAt(at) < 0xe000) {
    return String.fromCodePoint(owner.codePointAt(key < 0 && at > 0 && owner.charCodeAt(at) >= 0xdc00 ? at - 1 : at));
  }
  return owner[at];
}

function setItem(owner, key, value) {
  if (isMap(owner)) owner.set(key, value);
  else owner[key < 0 ? owner.length + key : key] = value;
}

function deleteItem(owner, key) {
  if (isMap(owner)) owner.delete(key);
  else owner.splice(key, 1);
}

function slice(owner, from, to, step = 1) {
  if (owner instanceof Bytes) return new Bytes(slice(owner.text, from, to, step));
  const values = owner instanceof Tuple ? owner.values : owner instanceof Range ? [...owner] : owner;
  if (step === 1) return values.slice(from ?? 0, to ?? undefined);
  const places = [];
  if (step > 0) for (let i = from ?? 0; i < (to ?? values.length); i += step) places.push(i);
  else for (let i = from ?? values.length - 1; i > (to ?? -1); i += step) places.push(i);
  return isText(values) ? places.map((i) => values[i]).join("") : places.map((i) => values[i]);
}

function setSlice(owner, from, to, value) {
  const start = Math.min(from ?? 0, owner.length);
  owner.splice(start, Math.max((to ?? owner.length) - start, 0), ...iter(value));
}

const kindOf = (a) => (Array.isArray(a) ? "list" : a instanceof Set ? "set" : a instanceof Map ? "dict" : "");

function add(a, b) {
  if (Array.isArray(a)) return [...a, ...iter(b)];
  if (a instanceof Bytes) return new Bytes(a.text + b.text);
  return a + b;
}

function addIn(a, b) {
  if (!Array.isArray(a)) return add(a, b);
  for (const one of iter(b)) a.push(one);
  return a;
}

const sub = (a, b) => (kindOf(a) === "set" ? new Set([...a].filter((one) => !contains(b, one))) : a - b);

function mul(a, b) {
  if (typeof a === "number" || typeof a === "boolean") [a, b] = typeof b === "number" ? [a, b] : [b, a];
  if (isText(a)) return a.repeat(Math.max(0, Number(b)));
  if (Array.isArray(a)) return Array.from({ length: Math.max(0, Number(b)) }, () => a).flat();
  return a * b;
}

const mod = (a, b) => (isText(a) ? a.replace("%s", () => str(b)) : ((a % b) + b) % b);

function or(a, b) {
  if (isMap(a)) return new Map([...a, ...b]);
  if (a instanceof Set) return new Set([...a, ...iter(b)]);
  return typeof a === "boolean" && typeof b === "boolean" ? a || b : a | b;
}

function orIn(a, b) {
  if (isMap(a)) for (const [key, value] of b) a.set(key, value);
  else if (a instanceof Set) for (const one of iter(b)) a.add(one);
  else return or(a, b);
  return a;
}

function and(a, b) {
  return a instanceof Set ? new Set([...a].filter((one) => contains(b, one))) : a & b;
}

function both(first, ...others) {
  let value = first;
  for (const other of others) {
    if (!truth(value)) return value;
    value = other();
  }
  return value;
}

function either(first, ...others) {
  let value = first;
  for (const other of others) {
    if (truth(value)) return value;
    value = other();
  }
  return value;
}

// --- Text -----------------------------------------------------------------------------------------------------------------------

const LEADING = new RegExp(`^[${SPACE}]+`);
const TRAILING = new RegExp(`[${SPACE}]+$`);
const SPACES = new RegExp(`[${SPACE}]+`);
const LINE_END = /\r\n|[\n\r\v\f\x1c-\x1e\x85\u2028\u2029]/g;
const CASED = /[\p{Lowercase}\p{Uppercase}\p{Lt}]/u;
const isCased = (text) => CASED.test(text);
const UNPRINTABLE = /[\p{C}\p{Zl}\p{Zp}]|(?! )\p{Zs}/u;

const leadingOf = (text, characters) => {
  let i = 0;
  while (i < text.length && characters.includes(text[i])) i += 1;
  return i;
};
const trailingOf = (text, characters) => {
  let i = text.length;
  while (i > 0 && characters.includes(text[i - 1])) i -= 1;
  return i;
};

const escapeOf = (text) => text.replace(/[$()*+.?[\\\]^{|}]/g, "\\$&");

/** The methods of a text. @type {Record<string, (text: string, ...given: any[]) => any>} */
const textMethods = {
  lower: (text) => text.toLowerCase(),
  upper: (text) => text.toUpperCase(),
  casefold: (text) => text.toUpperCase().toLowerCase(),
  strip: (text, characters = null) =>
    characters === null ? text.replace(LEADING, "").replace(TRAILING, "") : text.slice(0, trailingOf(text, characters)).slice(leadingOf(text.slice(0, trailingOf(text, characters)), characters)),
  lstrip: (text, characters = null) => (characters === null ? text.replace(LEADING, "") : text.slice(leadingOf(text, characters))),
  rstrip: (text, characters = null) => (characters === null ? text.replace(TRAILING, "") : text.slice(0, trailingOf(text, characters))),
  split(text, mark = null, most = -1) {
    if (mark === null) {
      const words = text.split(SPACES);
      if (words[0] === "") words.shift();
      if (words.at(-1) === "") words.pop();
      return words;
    }
    const parts = text.split(mark);
    return most < 0 || parts.length <= most + 1 ? parts : [...parts.slice(0, most), parts.slice(most).join(mark)];
  },
  splitlines(text, ...given) {
    const { keepends = given[0] ?? false } = namedOf(given);
    const lines = [];
    let start = 0;
    for (const match of text.matchAll(LINE_END)) {
      const end = match.index + match[0].length;
      lines.push(text.slice(start, keepends ? end : match.index));
      start = end;
    }
    return start < text.length ? [...lines, text.slice(start)] : lines;
  },
  join: (text, values) => [...iter(values)].join(text),
  startsWith: (text, wanted) => text.startsWith(wanted),
  startswith: (text, wanted) => (Array.isArray(wanted) ? wanted.some((one) => text.startsWith(one)) : text.startsWith(wanted)),
  endswith: (text, wanted) => (Array.isArray(wanted) ? wanted.some((one) => text.endsWith(one)) : text.endsWith(wanted)),
  removeprefix: (text, prefix) => (prefix && text.startsWith(prefix) ? text.slice(prefix.length) : text),
  removesuffix: (text, suffix) => (suffix && text.endsWith(suffix) ? text.slice(0, -suffix.length) : text),
  replace: (text, old, fresh) => text.replaceAll(old, () => fresh),
  find: (text, wanted, start = 0) => text.indexOf(wanted, start),
  count: (text, wanted) => text.split(wanted).length - 1,
  partition(text, mark) {
    const at = text.indexOf(mark);
    return at < 0 ? [text, "", ""] : [text.slice(0, at), mark, text.slice(at + mark.length)];
  },
  rpartition(text, mark) {
    const at = text.lastIndexOf(mark);
    return at < 0 ? ["", "", text] : [text.slice(0, at), mark, text.slice(at + mark.length)];
  },
  expandtabs(text) {
    let column = 0;
    let out = "";
    for (const c of text) {
      const width = c === "\t" ? 8 - (column % 8) : 1;
      out += c === "\t" ? " ".repeat(width) : c;
      column = c === "\n" || c === "\r" ? 0 : column + width;
    }
    return out;
  },
  translate: (text, table) =>
    [...text].map((c) => (table.has(c.codePointAt(0)) ? (table.get(c.codePointAt(0)) ?? "") : c)).join(""),
  isalpha: (text) => /^\p{L}+$/u.test(text),
  isdigit: (text) => DIGITS.test(text),
  isdecimal: (text) => /^\p{Nd}+$/u.test(text),
  isspace: (text) => text !== "" && !text.replace(LEADING, ""),
  isascii: (text) => !/[^\x00-\x7f]/.test(text),
  isupper: (text) => isCased(text) && !/[\p{Lowercase}\p{Lt}]/u.test(text),
  islower: (text) => isCased(text) && !/[\p{Uppercase}\p{Lt}]/u.test(text),
  isprintable: (text) => !UNPRINTABLE.test(text),
  encode(text, codec = "utf8", errors = "strict") {
    if (codec === "utf-16-le" && errors === "strict" && /\p{Cs}/u.test(text)) throw halfCharacter(text);
    if (codec === "utf-16-le") return new Bytes(text.replace(/[\s\S]/g, (c) => String.fromCharCode(c.charCodeAt(0) & 255, c.charCodeAt(0) >> 8)));
    if (codec === "ascii") return new Bytes(text.replace(/[^\x00-\x7f]/gu, ""));
    if (errors === "strict" && /\p{Cs}/u.test(text)) throw halfCharacter(text);
    return Bytes.of(new TextEncoder().encode(text));
  },
};

function halfCharacter(text) {
  return Object.assign(new UnicodeEncodeError("half a character"), { start: text.search(/\p{Cs}/u) });
}

const UNDEFINED_CP1258 = /[\x81\x8a\x8d-\x90\x9a\x9d\x9e]/;

/** Decode bytes by a codec of Python. */
function decodeBytes(data, codec = "utf8", errors = "strict") {
  const name = codec.toLowerCase().replaceAll("_", "-");
  const array = () => data.toArray();
  if (["latin-1", "latin1", "iso-8859-1"].includes(name)) return data.text;
  if (["ascii", "us-ascii"].includes(name)) {
    const at = data.text.search(/[^\x00-\x7f]/);
    if (at >= 0) throw new UnicodeDecodeError("not ASCII", at);
    return data.text;
  }
  if (name === "utf-16") {
    const mark = data.text.slice(0, 2);
    if (mark === "\xff\xfe") return decodeBytes(new Bytes(data.text.slice(2)), "utf-16-le", errors);
    if (mark === "\xfe\xff") return decodeBytes(new Bytes(data.text.slice(2)), "utf-16-be", errors);
    return decodeBytes(data, "utf-16-le", errors);
  }
  const windows = /^cp(125\d|874)$/.exec(name);
  if (windows && errors === "ignore" && name === "cp1252") return decodeBytes(new Bytes(data.text.replace(/[\x81\x8d\x8f\x90\x9d]/g, "")), "windows-1252");
  const label = windows ? `windows-${windows[1]}` : { utf8: "utf-8", "utf-8-sig": "utf-8", "utf-16-le": "utf-16le", "utf-16-be": "utf-16be", cp932: "shift_jis", cp949: "euc-kr", cp936: "gbk", cp950: "big5", mac_roman: "macintosh" }[name] ?? name;
  if (label === "windows-1258" && errors === "strict" && UNDEFINED_CP1258.test(data.text)) throw new UnicodeDecodeError("not Windows-1258");
  let decoder;
  try {
    decoder = new TextDecoder(label, { fatal: errors === "strict", ignoreBOM: name !== "utf-8-sig" });
  } catch {
    throw new LookupError(`unknown encoding: ${codec}`);
  }
  let text;
  try {
    text = decoder.decode(array());
  } catch {
    throw new UnicodeDecodeError(`not ${codec}`);
  }
  if (label === "windows-1258" && errors === "replace") return [...text].map((c, i) => (UNDEFINED_CP1258.test(data.text[i]) ? "\ufffd" : c)).join("");
  return errors === "ignore" ? text.replaceAll("\ufffd", "") : text;
}

/** The methods of bytes. @type {Record<string, (data: Bytes, ...given: any[]) => any>} */
const bytesMethods = {
  decode: decodeBytes,
  startswith: (data, wanted) => (Array.isArray(wanted) ? wanted : [wanted]).some((one) => data.text.startsWith(one.text)),
  endswith: (data, wanted) => data.text.endsWith(wanted.text),
  strip: (data) => new Bytes(data.text.replace(/^[\t-\r ]+|[\t-\r ]+$/g, "")),
  lstrip: (data) => new Bytes(data.text.replace(/^[\t-\r ]+/, "")),
  removeprefix: (data, prefix) => new Bytes(textMethods.removeprefix(data.text, prefix.text)),
  replace: (data, old, fresh) => new Bytes(data.text.replaceAll(old.text, fresh.text)),
  count: (data, wanted) => (typeof wanted === "number" ? data.text.split(String.fromCharCode(wanted)).length - 1 : data.text.split(wanted.text).length - 1),
  rfind: (data, wanted) => data.text.lastIndexOf(wanted.text),
  isascii: (data) => textMethods.isascii(data.text),
  splitlines(data, ...given) {
    const { keepends = false } = namedOf(given);
    const lines = data.text.match(/[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+$/g) ?? [];
    return lines.map((line) => new Bytes(keepends ? line : line.replace(/[\r\n]+$/, "")));
  },
};

const listMethods = {
  append: (list, value) => void list.push(value),
  extend: (list, values) => void list.push(...iter(values)),
  pop(list, at = -1) {
    if (!list.length) throw new IndexError("pop from empty list");
    return list.splice(at < 0 ? list.length + at : at, 1)[0];
  },
  clear: (list) => void (list.length = 0),
  count: (list, value) => list.filter((one) => equal(one, value)).length,
  index(list, value) {
    const at = list.findIndex((one) => equal(one, value));
    if (at < 0) throw new ValueError("is not in list");
    return at;
  },
};

const dictMethods = {
  get: (dict, key, other = null) => (dict.has(key) ? dict.get(key) : other),
  items: (dict) => [...dict],
  keys: (dict) => [...dict.keys()],
  values: (dict) => [...dict.values()],
  setdefault(dict, key, value = null) {
    if (!dict.has(key)) dict.set(key, value);
    return dict.get(key);
  },
  pop(dict, key, other) {
    if (!dict.has(key) && other === undefined) throw new KeyError(String(key));
    const value = dict.get(key) ?? other;
    dict.delete(key);
    return value;
  },
  update: (dict, other) => void orIn(dict, other),
  clear: (dict) => void dict.clear(),
};

const setMethods = {
  add: (set, value) => void set.add(value),
  discard: (set, value) => void set.delete(value),
  update: (set, values) => void orIn(set, values),
  isdisjoint: (set, values) => ![...iter(values)].some((one) => set.has(one)),
};

/** Call a method of a value of any kind. */
function call(owner, name, ...given) {
  if (typeof owner === "string") return textMethods[name](owner, ...given);
  if (Array.isArray(owner)) return listMethods[name](owner, ...given);
  if (owner instanceof Map) return (dictMethods[name] ?? owner[name].bind(owner))(...(dictMethods[name] ? [owner, ...given] : given));
  if (owner instanceof Set) return setMethods[name](owner, ...given);
  if (owner instanceof Bytes) return bytesMethods[name](owner, ...given);
  if (typeof owner === "number" && name === "is_integer") return Number.isInteger(owner);
  return owner[name](...given);
}

const unbound = (name) => (owner, ...given) => call(owner, name, ...given);
const bound = (owner, name) => (...given) => call(owner, name, ...given);

function str(value) {
  if (value === null || value === undefined) return "None";
  if (value === true) return "True";
  if (value === false) return "False";
  if (value instanceof PyError) return value.message;
  if (Array.isArray(value)) return `[${value.map(repr).join(", ")}]`;
  if (value.isoformat) return value.isoformat().replace("T", " ");
  return String(value);
}

const repr = (value) => (isText(value) ? `'${value}'` : str(value));
const ascii = (value) => repr(value).replace(/[^\x00-\x7f]/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, "0")}`);

function format(value, spec) {
  if (spec === ",") return String(value).replace(/\B(?=(\d{3})+(?!\d))/g, ",");
  const zeros = /^0(\d+)$/.exec(spec);
  if (zeros) return String(value).padStart(Number(zeros[1]), "0");
  const most = /^\.(\d+)$/.exec(spec);
  return most ? str(value).slice(0, Number(most[1])) : str(value);
}

function int(value, base = 10) {
  if (typeof value !== "string") return Math.trunc(Number(value));
  const text = value.replace(/\p{Nd}/gu, (c) => (c < "\x80" ? c : String(c.codePointAt(0) % 16 % 10))).trim().replaceAll("_", "");
  if (!(base === 16 ? /^[+-]?[0-9a-f]+$/i : /^[+-]?\d+$/).test(text)) throw new ValueError(`invalid number: ${value}`);
  return parseInt(text, base);
}

// --- Functions on what can be iterated ------------------------------------------------------------------------------------------

class Range {
  constructor(start, stop, step = 1) {
    this.start = stop === undefined ? 0 : start;
    this.stop = stop === undefined ? start : stop;
    this.step = step;
  }
  get length() {
    return Math.max(0, Math.ceil((this.stop - this.start) / this.step));
  }
  has(value) {
    const steps = (value - this.start) / this.step;
    return Number.isInteger(steps) && steps >= 0 && steps < this.length;
  }
  *[Symbol.iterator]() {
    for (let i = 0; i < this.length; i++) yield this.start + i * this.step;
  }
}

function extreme(given, sign) {
  const { key = (value) => value, default: other } = namedOf(given);
  const values = given.length === 1 ? [...iter(given[0])] : given;
  if (!values.length) {
    if (other === undefined) throw new ValueError("empty");
    return other;
  }
  let best = values[0];
  let bestKey = key(best);
  for (const value of values.slice(1)) {
    const valueKey = key(value);
    if (sign * compare(valueKey, bestKey) > 0) [best, bestKey] = [value, valueKey];
  }
  return best;
}

const iterator = (values) => iter(values)[Symbol.iterator]();

function next(values, ...other) {
  const { value, done } = (values.next ? values : iterator(values)).next();
  if (!done) return value;
  if (!other.length) throw new StopIteration();
  return other[0];
}

function* zip(...given) {
  const { strict = false } = namedOf(given);
  const all = given.map(iterator);
  for (;;) {
    const found = all.map((one) => one.next());
    const ended = found.filter(({ done }) => done).length;
    if (ended) {
      if (strict && ended < found.length) throw new ValueError("zip(): of different lengths");
      return;
    }
    yield found.map(({ value }) => value);
  }
}

function* zipLongest(...given) {
  const all = given.map((one) => [...iter(one)]);
  for (let i = 0; i < Math.max(...all.map((one) => one.length)); i++) yield all.map((one) => one[i] ?? null);
}

function* map(change, ...given) {
  if (given.length === 1) for (const one of iter(given[0])) yield change(one);
  else for (const all of zip(...given)) yield change(...all);
}

function* filter(test, values) {
  for (const one of iter(values)) if (truth(test === null ? one : test(one))) yield one;
}

function* enumerate(values, start = 0) {
  for (const one of iter(values)) yield [start++, one];
}

function* chain(...all) {
  for (const one of all) yield* iter(one);
}

/** The first values. The iterator is not closed: others read on. */
function* islice(values, count) {
  const all = values.next ? values : iterator(values);
  for (let i = 0; i < count; i++) {
    const { value, done } = all.next();
    if (done) return;
    yield value;
  }
}

function* pairwise(values) {
  const all = [...iter(values)];
  for (let i = 1; i < all.length; i++) yield [all[i - 1], all[i]];
}

function* combinations(values, size) {
  const all = [...iter(values)];
  if (size !== 2) throw new ValueError("only pairs");
  for (let i = 0; i < all.length; i++) for (let j = i + 1; j < all.length; j++) yield [all[i], all[j]];
}

function* groupby(values, ...given) {
  const { key = given[0] ?? ((value) => value) } = namedOf(given);
  let group = null;
  let groupKey;
  for (const one of iter(values)) {
    const oneKey = key(one);
    if (group && equal(oneKey, groupKey)) group.push(one);
    else {
      if (group) yield [groupKey, group];
      [group, groupKey] = [[one], oneKey];
    }
  }
  if (group) yield [groupKey, group];
}

function any(values) {
  for (const one of iter(values)) if (truth(one)) return true;
  return false;
}

function all(values) {
  for (const one of iter(values)) if (!truth(one)) return false;
  return true;
}

function sum(values) {
  let total = 0;
  for (const one of iter(values)) total += Number(one);
  return total;
}

function sorted(values, ...given) {
  const { key = (value) => value, reverse = false } = namedOf(given);
  const keyed = [...iter(values)].map((value) => ({ value, key: key(value) }));
  return keyed.sort((a, b) => (reverse ? compare(b.key, a.key) : compare(a.key, b.key))).map(({ value }) => value);
}

const dict = (values = []) => new Map(isMap(values) ? values : [...values]);
const dict_fromkeys = (keys, value = null) => new Map([...iter(keys)].map((key) => [key, value]));

/** The kinds of values that `isinstance` is asked about; they are called too. */
const list = (values = []) => [...iter(values)];
const tuple = (values = []) => [...iter(values)];
const set = (values = []) => new Set(iter(values));
const bool = (value = false) => truth(value);
const float = (value = 0) => Number(value);
const bytes = (text) => new Bytes(text);
class BytesIO {
  constructor(data) {
    this.data = data;
  }
  getvalue() {
    return this.data;
  }
  getbuffer() {
    return { nbytes: this.data.length };
  }
}

/** @type {Map<any, (value: any) => boolean>} */
const KINDS = new Map(/** @type {[any, (value: any) => boolean][]} */ ([
  [str, isText],
  [list, Array.isArray],
  [tuple, Array.isArray],
  [dict, isMap],
  [bool, (value) => typeof value === "boolean"],
  [int, (value) => Number.isInteger(value) || typeof value === "boolean"],
  [float, (value) => typeof value === "number" && !Number.isInteger(value)],
  [bytes, (value) => value instanceof Bytes],
]));

function isinstance(value, kind) {
  if (Array.isArray(kind)) return kind.some((one) => isinstance(value, one));
  const test = KINDS.get(kind);
  return test ? test(value) : value instanceof kind;
}

/** Keep what a function returned for the same texts and numbers. */
function memo(work) {
  const known = new Map();
  return (...given) => {
    const key = JSON.stringify(given);
    if (!known.has(key)) {
      if (known.size > 2000) known.clear();
      known.set(key, work(...given));
    }
    return known.get(key);
  };
}

const made = new Map();
/** Make a value once, and give the same one later. */
function once(make, key) {
  if (!made.has(key)) made.set(key, make());
  return made.get(key);
}

const replace = (value, named) => Object.assign(Object.create(Object.getPrototypeOf(value)), value, named.values);

// --- Regular expressions --------------------------------------------------------------------------------------------------------

class Match {
  /**
   * @param {RegExpExecArray} found
   * @param {Pattern} pattern
   * @param {boolean} isBytes
   */
  constructor(found, pattern, isBytes) {
    this.found = found;
    this.isBytes = isBytes;
    this.pattern = pattern;
  }
  get string() {
    return this.found.input;
  }
  /** @param {number | string} key */
  group(key = 0) {
    const number = typeof key === "number" ? key : this.pattern.names[key];
    const text = this.found[this.pattern.groups ? this.pattern.groups[number] : number] ?? null;
    return this.isBytes && text !== null ? new Bytes(text) : text;
  }
  groups() {
    const count = this.pattern.groups ? this.pattern.groups.length : this.found.length;
    return Array.from({ length: count - 1 }, (_, i) => this.group(i + 1));
  }
  groupdict() {
    return new Map(Object.keys(this.pattern.names).map((name) => [name, this.group(name)]));
  }
  start() {
    return this.found.index;
  }
  end() {
    return this.found.index + this.found[0].length;
  }
}

class Pattern {
  /**
   * @param {string} source
   * @param {string} flags
   * @param {number[]} [groups] where each group of the Python pattern is in this one
   * @param {Record<string, number>} [names]
   */
  constructor(source, flags, groups, names = {}) {
    this.groups = groups;
    this.names = names;
    /** @type {Record<string, RegExp>} */
    this.made = {};
    this.source = source;
    this.flags = flags;
  }
  run(way, text, at = 0, end = undefined) {
    const given = text instanceof Bytes ? text.text : text;
    this.made[way] ??= way === "whole" ? new RegExp(`^(?:${this.source})$`, this.flags) : new RegExp(this.source, this.flags + way);
    this.made[way].lastIndex = at;
    const found = this.made[way].exec(end === undefined ? given : given.slice(0, end));
    return found && new Match(found, this, text instanceof Bytes);
  }
  match(text, at = 0, end = undefined) {
    return this.run("y", text, at, end);
  }
  search(text, at = 0, end = undefined) {
    return this.run("g", text, at, end);
  }
  fullmatch(text) {
    return this.run("whole", text);
  }
  *finditer(text) {
    const given = text instanceof Bytes ? text.text : text;
    for (const found of given.matchAll(new RegExp(this.source, `${this.flags}g`))) yield new Match(found, this, text instanceof Bytes);
  }
  findall(text) {
    return [...this.finditer(text)].map((match) => {
      const groups = match.groups().map((one) => one ?? "");
      return groups.length > 1 ? groups : (groups[0] ?? match.group());
    });
  }
  subn(change, text) {
    let count = 0;
    const write = isText(change) ? (match) => change.replace(/\\(\d)/g, (_, n) => match.group(Number(n)) ?? "") : change;
    const parts = [];
    let last = 0;
    for (const match of this.finditer(text)) {
      parts.push(text.slice(last, match.start()), write(match));
      last = match.end();
      count += 1;
    }
    return [parts.join("") + text.slice(last), count];
  }
  sub(change, text) {
    return this.subn(change, text)[0];
  }
  split(text, ...given) {
    const { maxsplit = given[0] ?? 0 } = namedOf(given);
    const parts = [];
    let last = 0;
    for (const match of this.finditer(text)) {
      if (maxsplit && parts.length >= maxsplit) break;
      parts.push(text.slice(last, match.start()), ...match.groups());
      last = match.end();
    }
    return [...parts, text.slice(last)];
  }
}

// --- Days -----------------------------------------------------------------------------------------------------------------------

class PyDate {
  constructor(year, month, day) {
    const made = new Date(Date.UTC(year, month - 1, day));
    made.setUTCFullYear(year);
    if (year < 1 || made.getUTCMonth() !== month - 1 || made.getUTCDate() !== day) throw new ValueError("no such day");
    this.time = made;
  }
  isoformat() {
    return this.time.toISOString().slice(0, 10);
  }
  weekday() {
    return (this.time.getUTCDay() + 6) % 7;
  }
}

class Datetime {
  constructor(time) {
    this.time = time;
  }
  static fromisoformat(text) {
    const time = new Date(text.replace(/([+-]\d\d)(\d\d)$/, "$1:$2"));
    if (Number.isNaN(time.getTime())) throw new ValueError(`no time: ${text}`);
    return new Datetime(time);
  }
  astimezone(hours) {
    return new Datetime(new Date(this.time.getTime() + hours * 3_600_000));
  }
  date() {
    return new PyDate(this.time.getUTCFullYear(), this.time.getUTCMonth() + 1, this.time.getUTCDate());
  }
}

// --- Small parts of the library -------------------------------------------------------------------------------------------------

/** Python's `json.loads`. With `strict=False`, also with raw line breaks in strings. */
function loadJson(text, keywords = undefined) {
  const isStrict = keywords?.values.strict !== false;
  const clean = isStrict ? text : text.replace(/"(?:[^"\\]|\\[\s\S])*"/g, (string) => string.replace(/[\x00-\x1f]/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, "0")}`));
  try {
    return asPython(JSON.parse(clean));
  } catch (error) {
    if (error instanceof RangeError) throw error;
    throw new ValueError(`no JSON: ${error.message}`);
  }
}

function asPython(value) {
  if (Array.isArray(value)) return value.map(asPython);
  if (value === null || typeof value !== "object") return value;
  return new Map(Object.entries(value).map(([key, one]) => [key, asPython(one)]));
}

const combining = (c) => Number(combines(c));
/** Only whether a character is seen is asked. */
const category = (c) => (/\p{Cf}/u.test(c) ? "Cf" : "");
const normalize = (form, text) => text.normalize(form);
const is_normalized = (form, text) => text === text.normalize(form);

function normpath(path) {
  const parts = [];
  for (const part of path.split("/")) {
    if (part === "..") parts.pop();
    else if (part && part !== ".") parts.push(part);
  }
  return `${path.startsWith("/") ? "/" : ""}${parts.join("/")}`;
}

const joinPaths = (...parts) => parts.reduce((path, part) => (part.startsWith("/") ? part : path ? `${path.replace(/\/$/, "")}/${part}` : part));

class PurePath {
  constructor(name) {
    this.name = name.split("/").at(-1);
    const dot = this.name.lastIndexOf(".");
    this.suffix = dot > 0 && dot < this.name.length - 1 ? this.name.slice(dot) : "";
    this.stem = this.suffix ? this.name.slice(0, dot) : this.name;
  }
}

/** What `with` calls: a function with `@contextmanager` yields its value. Nothing in the page has to be closed. */
const enter = (value) => (typeof value?.next === "function" && value.return ? value.next().value : value);

export const py = {
  ...{ Exception: PyError, Error: PyError, ValueError, UnicodeDecodeError, UnicodeEncodeError, EOFError, LookupError, KeyError, IndexError, OSError, FileNotFoundError },
  ...{ ImportError, RuntimeError, RecursionError, NotImplementedError, TypeError: PyTypeError, OverflowError, DamagedError, isError },
  ...{ Named, Tuple, Counter, truth, equal, compare, iter, contains, len, item, setItem, deleteItem, slice, setSlice },
  ...{ add, addIn, sub, subIn: sub, mul, mulIn: mul, mod, or, orIn, and, andIn: and, both, either },
  ...{ lt: (a, b) => compare(a, b) < 0, le: (a, b) => compare(a, b) <= 0, gt: (a, b) => compare(a, b) > 0, ge: (a, b) => compare(a, b) >= 0 },
  ...{ call, unbound, bound, str, repr, format, int, float, bool, list, tuple, set, frozenset: set, dict, dict_fromkeys },
  ...{ range: (...given) => new Range(given[0], given[1], given[2]), max: (...given) => extreme(given, 1), min: (...given) => extreme(given, -1) },
  ...{ next, zip, zipLongest, map, filter, enumerate, chain, islice, pairwise, combinations, groupby, any, all, sum, sorted },
  ...{ reversed: (values) => [...iter(values)].reverse(), abs: Math.abs, isinstance, getattr: (owner, name, other) => owner[name] ?? other, memo, once, replace, enter },
  ...{ chr: (code) => String.fromCodePoint(code), ord: (c) => c.codePointAt(0), type: (value) => ({ __name__: value.constructor.name }) },
  ...{ re: (source, flags, groups = undefined, names = undefined) => new Pattern(source, flags, groups, names), escapeOf },
  ...{ bytes, Bytes, BytesIO, PurePath, Date: PyDate, Datetime, timezone: (hours) => hours },
  ...{ ascii, loadJson, category, combining, normalize, is_normalized, normpath, joinPaths, iterator },
};
