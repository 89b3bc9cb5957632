/* Parse a page as libxml2 does, which lxml uses. A browser makes another tree of a page with wrong tags: it moves elements.
   What closes what is in `rules`, which Python asks of lxml itself when it writes the page. */

import { Element } from "./elements.js";

const HEAD_ONLY = new Set(["script", "style", "meta", "link", "title", "base"]);
const FRAMES = new Set(["noframes", "frame", "frameset"]);
const RAW = new Set(["style", "xmp", "iframe", "noembed", "noframes", "script", "plaintext"]);
const WITH_ENTITIES = new Set(["title", "textarea"]);
// An end tag closes the elements in between, unless one of them has a higher rank.
const RANKS = new Map(Object.entries({ div: 150, td: 160, th: 160, tr: 170, thead: 180, tbody: 180, tfoot: 180, table: 190, head: 200, body: 200, html: 220 }));
const rankOf = (name) => RANKS.get(name) ?? 100;

const lowerAscii = (text) => text.replace(/[A-Z]+/g, (letters) => letters.toLowerCase());
const BLANK_START = /^[ \t\n\r\f]*/;

/** The numbers of Windows-1252 that stand for other characters. */
const NUMBERED = new Map([...new TextDecoder("windows-1252").decode(Uint8Array.from({ length: 32 }, (_, i) => 128 + i))].map((c, i) => [128 + i, c]));

/** Character references, as HTML5 reads them. */
export class Entities {
  /** @param {Record<string, string>} table names with their semicolon, if they need one */
  constructor(table) {
    this.table = new Map(Object.entries(table));
    this.longest = Math.max(...Object.keys(table).map((name) => name.length));
  }
  /**
   * @param {string} text
   * @param {boolean} inAttribute
   */
  decode(text, inAttribute = false) {
    if (!text.includes("&")) return text;
    return text.replace(/&(?:#[xX]([0-9a-fA-F]+);?|#([0-9]+);?|([a-zA-Z][a-zA-Z0-9]*;?))/g, (all, hex, decimal, name, offset) => {
      if (!name) return fromNumber(parseInt(hex ?? decimal, hex ? 16 : 10));
      for (let size = Math.min(name.length, this.longest); size > 1; size--) {
        const found = this.table.get(name.slice(0, size));
        if (found === undefined) continue;
        const next = text[offset + 1 + size] ?? "";
        if (inAttribute && !name.slice(0, size).endsWith(";") && /[=a-zA-Z0-9]/.test(next)) return all;
        return found + name.slice(size);
      }
      return all;
    });
  }
}

function fromNumber(code) {
  if (NUMBERED.has(code)) return NUMBERED.get(code);
  return code === 0 || code > 0x10ffff || (code >= 0xd800 && code < 0xe000) ? "\ufffd" : String.fromCodePoint(code);
}

/** @typedef {{ closedBy: Map<string, Set<string>>, empty: Set<string>, entities: Entities }} Rules */

/**
 * Return the root of a page, or null if there is no element.
 * @param {string} source
 * @param {Rules} rules
 */
export function parseHtml(source, rules) {
  const parser = new HtmlParser(source.replace(/\r\n?/g, "\n").replaceAll("\0", "\ufffd"), rules);
  parser.run();
  return parser.root;
}

class HtmlParser {
  /**
   * @param {string} source
   * @param {Rules} rules
   */
  constructor(source, rules) {
    this.source = source;
    this.rules = rules;
    this.at = 0;
    /** @type {Element | null} */
    this.root = null;
    /** @type {Element[]} */
    this.open = [];
    this.sawHead = false;
    this.sawBody = false;
    // Start tags that were left out, whose end tags are left out too.
    this.ignored = 0;
  }

  get name() {
    return /** @type {string | undefined} */ (this.open.at(-1)?.tag);
  }

  run() {
    const { source } = this;
    while (this.at < source.length) {
      const next = source.indexOf("<", this.at);
      if (next < 0) {
        this.text(source.slice(this.at));
        return;
      }
      if (next > this.at) this.text(source.slice(this.at, next));
      this.at = next;
      const after = source[next + 1] ?? "";
      if (/[A-Za-z]/.test(after)) this.startTag();
      else if (after === "/" && /[A-Za-z]/.test(source[next + 2] ?? "")) this.endTag();
      else if (after === "/" && source[next + 2] === ">") this.at = next + 3;
      else if (after === "!" || after === "?" || (after === "/" && next + 2 < source.length)) this.declaration(after);
      else {
        const more = source.indexOf("<", next + 1);
        this.text(source.slice(next, more < 0 ? source.length : more));
        this.at = more < 0 ? source.length : more;
      }
    }
  }

  // What stands between "<" and ">"

  declaration(mark) {
    const { source, at } = this;
    if (source.startsWith("<!--", at)) {
      const short = /^<!--(?:>|->)/.exec(source.slice(at, at + 6));
      if (short) {
        this.at = at + short[0].length;
        this.comment("");
        return;
      }
      const end = /--!?>/g;
      end.lastIndex = at + 4;
      const found = end.exec(source);
      this.at = found ? found.index + found[0].length : source.length;
      this.comment(source.slice(at + 4, found ? found.index : source.length));
      return;
    }
    const end = source.indexOf(">", at);
    this.at = end < 0 ? source.length : end + 1;
    if (/^<!doctype/i.test(source.slice(at, at + 9))) return;
    this.comment(source.slice(at + (mark === "?" ? 1 : 2), end < 0 ? source.length : end));
  }

  comment(text) {
    this.open.at(-1)?.append(Element.comment(text));
  }

  /** Read the attributes of a tag up to its end. Returns null if the page ends before. */
  attributes() {
    const { source } = this;
    const attributes = new Map();
    let closed;
    const skip = () => {
      while (/[ \t\n\f/]/.test(source[this.at] ?? "")) {
        closed = source[this.at] === "/";
        this.at += 1;
      }
    };
    for (;;) {
      closed = false;
      skip();
      if (this.at >= source.length) return null;
      if (source[this.at] === ">") {
        this.at += 1;
        return { attributes, closed };
      }
      const name = /[^ \t\n\f/>][^ \t\n\f/>=]*/y;
      name.lastIndex = this.at;
      const found = name.exec(source)[0];
      this.at += found.length;
      const sign = /[ \t\n\f]*=[ \t\n\f]*/y;
      sign.lastIndex = this.at;
      const isGiven = sign.exec(source);
      let value = "";
      if (isGiven) {
        this.at += isGiven[0].length;
        const quote = source[this.at];
        if (quote === '"' || quote === "'") {
          const end = source.indexOf(quote, this.at + 1);
          if (end < 0) {
            this.at = source.length;
            return null;
          }
          value = source.slice(this.at + 1, end);
          this.at = end + 1;
        } else {
          const bare = /[^ \t\n\f>]*/y;
          bare.lastIndex = this.at;
          [value] = bare.exec(source);
          this.at += value.length;
        }
      }
      const key = lowerAscii(found);
      if (!attributes.has(key)) attributes.set(key, this.rules.entities.decode(value, true));
    }
  }

  tagName() {
    const name = /[^ \t\n\f/>]*/y;
    name.lastIndex = this.at;
    const found = name.exec(this.source)[0];
    this.at += found.length;
    return lowerAscii(found);
  }

  startTag() {
    this.at += 1;
    const name = this.tagName();
    const tag = this.attributes();
    this.autoClose(name);
    this.imply(name);
    if (!tag) return;
    if (this.isMisplaced(name)) {
      this.ignored += 1;
      if (name === "html") for (const [key, value] of tag.attributes) if (!this.open[0].attrib.has(key)) this.open[0].attrib.set(key, value);
      return;
    }
    this.push(name, tag.attributes);
    if (tag.closed || this.rules.empty.has(name)) this.open.pop();
    else if (RAW.has(name) || WITH_ENTITIES.has(name)) this.rawText(name);
  }

  isMisplaced(name) {
    if (name === "html") return this.open.length > 0;
    if (name === "head") return this.open.length !== 1;
    return name === "body" && this.open.some(({ tag }) => tag === "body");
  }

  push(name, attributes = new Map()) {
    if (name === "head") this.sawHead = true;
    if (name === "body") this.sawBody = this.sawHead = true;
    const element = new Element(name, attributes);
    const around = this.open.at(-1);
    if (around) around.append(element);
    else this.root ??= element;
    this.open.push(element);
  }

  /** Close what a tag cannot stand in. */
  autoClose(name) {
    while (this.open.length && this.rules.closedBy.get(this.name)?.has(name)) this.open.pop();
  }

  /** Open <html>, <head> or <body> if a tag needs it. */
  imply(name) {
    if (name === "html") return;
    if (!this.open.length) this.push("html");
    if (name === "body" || name === "head") return;
    if (this.open.length <= 1 && HEAD_ONLY.has(name)) {
      if (!this.sawHead) this.push("head");
    } else if (!FRAMES.has(name) && !this.sawBody && !this.open.some(({ tag }) => tag === "body" || tag === "head")) this.push("body");
  }

  endTag() {
    this.at += 2;
    const name = this.tagName();
    if (!this.attributes()) return;
    if (this.ignored && ["html", "head", "body"].includes(name)) {
      this.ignored -= 1;
      return;
    }
    for (let i = this.open.length - 1; i >= 0; i--) {
      const { tag } = this.open[i];
      if (tag === name) {
        this.open.length = i;
        return;
      }
      if (rankOf(tag) > rankOf(name)) return;
    }
  }

  // Text

  text(given) {
    let text = this.rules.entities.decode(given);
    if (!this.open.length || ["html", "head"].includes(this.name)) {
      const [blank] = BLANK_START.exec(text);
      if (blank && this.open.length) this.open.at(-1).addText(blank);
      text = text.slice(blank.length);
      if (!text) return;
      this.autoClose("p");
      this.imply("p");
    }
    this.open.at(-1).addText(text);
  }

  /** Read the text of an element that has no elements in it. */
  rawText(name) {
    const end = name === "plaintext" ? null : new RegExp(`</${name}(?=[ \\t\\n\\f/>])`, "gi");
    let stop = this.source.length;
    if (end) {
      end.lastIndex = this.at;
      const found = end.exec(this.source);
      if (found) stop = found.index;
    }
    const text = this.source.slice(this.at, stop);
    if (text) this.open.at(-1).addText(WITH_ENTITIES.has(name) ? this.rules.entities.decode(text) : text);
    this.at = stop;
  }
}
