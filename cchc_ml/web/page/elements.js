/* The elements of a page or an XML file, with what lxml calls their parts: the text before the first child, the tail behind the end. */

import { py } from "./python.js";

/** What a comment has as its name, so that it is no text. */
const COMMENT = () => "comment";

/** The name of an element without its namespace. */
export const localName = (name) => name.slice(name.lastIndexOf("}") + 1);

export class Element {
  /**
   * @param {string | (() => string)} tag
   * @param {Map<string, string>} attributes
   */
  constructor(tag, attributes = new Map()) {
    this.tag = tag;
    this.attrib = attributes;
    /** @type {string | null} */
    this.text = null;
    /** @type {string | null} */
    this.tail = null;
    /** @type {Element | null} */
    this.parent = null;
    /** @type {Element[]} */
    this.children = [];
  }
  static comment(text) {
    const element = new Element(COMMENT);
    element.text = text;
    return element;
  }
  get isElement() {
    return this.tag !== COMMENT;
  }
  append(child) {
    child.parent = this;
    this.children.push(child);
  }
  /** Add text behind all that the element has. */
  addText(text) {
    const last = this.children.at(-1);
    if (last) last.tail = (last.tail ?? "") + text;
    else this.text = (this.text ?? "") + text;
  }
  get(name, other = null) {
    return this.attrib.get(name) ?? other;
  }
  getparent() {
    return this.parent;
  }
  [Symbol.iterator]() {
    return this.children[Symbol.iterator]();
  }
  /** All elements from this one on, in the order of the file: those of a name, or all. */
  *iter(wanted) {
    const stack = /** @type {Element[]} */ ([this]);
    while (stack.length) {
      const element = stack.pop();
      if (element.isElement && (typeof wanted !== "string" || hasName(element, wanted))) yield element;
      for (let i = element.children.length - 1; i >= 0; i--) stack.push(element.children[i]);
    }
  }
  /** The elements that a path of lxml leads to: "a/b", "{*}a", ".//a", ".//*[@name]". */
  *iterfind(path) {
    const deep = path.startsWith(".//");
    const [first, ...others] = path.replace(/^\.\/\//, "").split("/");
    const [, name, attribute] = /^([^[]+)(?:\[@([\w-]+)\])?$/.exec(first);
    for (const element of deep ? this.iter() : this.children) {
      if (element === this || !element.isElement || !hasName(element, name) || (attribute && element.get(attribute) === null)) continue;
      if (others.length) yield* element.iterfind(others.join("/"));
      else yield element;
    }
  }
  find(path) {
    return this.iterfind(path).next().value ?? null;
  }
  findall(path) {
    return [...this.iterfind(path)];
  }
  /** The elements inside that fit one of several conditions: `.//*[@a='x' or contains(@b, 'y')]`, and no other path. */
  xpath(path) {
    const conditions = (/^\.\/\/\*\[(.*)\]$/.exec(path)?.[1] ?? path).split(" or ").map((condition) => {
      const [, equal, value] = /^@([\w-]+)='([^']*)'$/.exec(condition) ?? [];
      const [, within, part] = /^contains\(@([\w-]+), '([^']*)'\)$/.exec(condition) ?? [];
      if (!equal && !within) throw new Error(`this path of lxml is not known in the page: ${path}`);
      return (element) => (equal ? element.get(equal) === value : (element.get(within) ?? "").includes(part));
    });
    return [...this.iter()].filter((element) => element !== this && conditions.some((fits) => fits(element)));
  }
  /** The texts in an element, in order. */
  *itertext() {
    if (this.text) yield this.text;
    for (const child of this.children) {
      if (child.isElement) yield* child.itertext();
      if (child.tail) yield child.tail;
    }
  }
  findtext(path) {
    const element = this.find(path);
    return element && (element.text ?? "");
  }
}

function hasName(element, wanted) {
  if (wanted === "*") return true;
  return wanted.startsWith("{*}") ? localName(element.tag) === wanted.slice(3) : element.tag === wanted;
}

/** Walk over a tree as lxml does: [event, element] at each start and end, and at comments. */
export function* iterwalk(root, { values }) {
  const wanted = new Set(values.events);
  const stack = [{ element: root, at: -1 }];
  while (stack.length) {
    const place = stack.at(-1);
    const { element } = place;
    if (place.at < 0) {
      place.at = 0;
      if (!element.isElement) {
        if (wanted.has("comment")) yield ["comment", element];
        stack.pop();
        continue;
      }
      yield ["start", element];
    }
    if (place.at < element.children.length) {
      stack.push({ element: element.children[place.at], at: -1 });
      place.at += 1;
    } else {
      yield ["end", element];
      stack.pop();
    }
  }
}

export const damaged = (what) => new py.DamagedError(what);
