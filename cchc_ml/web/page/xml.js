/* Parse the XML files in a document: into elements, or by telling a target of each tag. */

import { Element, damaged } from "./elements.js";

const PREDEFINED = new Map(Object.entries({ amp: "&", lt: "<", gt: ">", quot: '"', apos: "'" }));

function decoded(text) {
  if (!text.includes("&")) return text;
  return text.replace(/&(?:#x([0-9a-fA-F]+)|#([0-9]+)|(\w+));/g, (_, hex, decimal, name) => {
    if (name) return PREDEFINED.get(name) ?? "";
    const code = parseInt(hex ?? decimal, hex ? 16 : 10);
    if (code > 0x10ffff) throw damaged("a number that is no character");
    return String.fromCodePoint(code);
  });
}

/** Makes a tree. */
class Builder {
  constructor() {
    this.root = null;
    this.open = [];
  }
  start(tag, attributes) {
    const element = new Element(tag, attributes);
    if (this.open.length) this.open.at(-1).append(element);
    else this.root = element;
    this.open.push(element);
  }
  end() {
    this.open.pop();
  }
  data(text) {
    this.open.at(-1)?.addText(text);
  }
  close() {
    return this.root;
  }
}

/** The text of an XML file, by its byte order mark or the encoding that it declares. @param {Uint8Array} bytes */
function textOf(bytes) {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return new TextDecoder("utf-16le").decode(bytes);
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return new TextDecoder("utf-16be").decode(bytes);
  const head = String.fromCharCode(...bytes.subarray(0, 200));
  const declared = /^\s*<\?xml[^>]*encoding=["']([\w-]+)["']/.exec(head);
  return new TextDecoder(declared ? declared[1] : "utf-8", { fatal: true }).decode(bytes);
}

const TOKEN = /<!--[\s\S]*?-->|<\?[\s\S]*?\?>|<!\[CDATA\[([\s\S]*?)\]\]>|<!DOCTYPE(?:[^>[]|\[[\s\S]*?\]\s*)*>|<(\/?)([^\s/>"'<]+)((?:[^>"']|"[^"]*"|'[^']*')*?)(\/?)>/gi;
const ATTRIBUTE = /([^\s=]+)\s*=\s*(?:"([^"]*)"|'([^']*)')/g;

/**
 * Tell a target of the tags and texts of a file, in order. Names are "{namespace}name". Returns what the target returns at the end.
 * @param {Uint8Array} bytes
 */
function walk(bytes, target) {
  const text = textOf(bytes).replace(/\r\n?/g, "\n");
  const names = [];
  const scopes = [new Map([["xml", "http://www.w3.org/XML/1998/namespace"]])];
  const full = (name, scope, standard) => {
    const colon = name.indexOf(":");
    if (colon < 0) return standard && scope.get("") ? `{${scope.get("")}}${name}` : name;
    const space = scope.get(name.slice(0, colon));
    return space === undefined ? name : `{${space}}${name.slice(colon + 1)}`;
  };
  let last = 0;
  const between = (end) => {
    if (end > last) {
      const piece = text.slice(last, end);
      if (piece.includes("<")) throw damaged("a tag without an end");
      if (names.length) target.data(decoded(piece));
    }
  };
  for (const match of text.matchAll(TOKEN)) {
    const [all, cdata, slash, name, given, closed] = match;
    between(match.index);
    last = match.index + all.length;
    if (cdata !== undefined && names.length) target.data(cdata);
    if (name === undefined) continue;
    if (slash) {
      if (names.pop() !== name) throw damaged("tags in the wrong order");
      target.end(full(name, scopes.pop(), true));
      continue;
    }
    const pairs = [...given.matchAll(ATTRIBUTE)].map(([, key, double, single]) => [key, decoded(double ?? single)]);
    let scope = scopes.at(-1);
    for (const [key, value] of pairs) {
      if (key !== "xmlns" && !key.startsWith("xmlns:")) continue;
      if (scope === scopes.at(-1)) scope = new Map(scope);
      scope.set(key.slice(6), value);
    }
    const attributes = new Map(pairs.filter(([key]) => !/^xmlns(?::|$)/.test(key)).map(([key, value]) => [full(key, scope, false), value]));
    target.start(full(name, scope, true), attributes);
    if (closed) target.end(full(name, scope, true));
    else {
      names.push(name);
      scopes.push(scope);
    }
  }
  if (names.length || text.slice(last).includes("<")) throw damaged("the file ends too early");
  return target.close();
}

/** lxml's XMLParser, with a target or without one. */
export class XmlParser {
  constructor({ values }) {
    this.target = values.target ?? null;
  }
}

/** lxml's `etree.parse`: what the target returns, or a tree. */
export function parseXml(file, parser) {
  let found;
  try {
    found = walk(file.data, parser.target ?? new Builder());
  } catch (error) {
    if (error instanceof TypeError && error.message.includes("encod")) throw damaged("not in the encoding that it declares");
    throw error;
  }
  if (parser.target) return found;
  if (!found) throw damaged("no element");
  return { getroot: () => found };
}
