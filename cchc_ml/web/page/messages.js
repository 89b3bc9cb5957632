/* Python's `cchc_ml.messages` for the translated reading. A sentence is a string in English, which the page tells apart by
   its words. How it was made is remembered, so that it can be said in Vietnamese with the words of the command line. */

import { py } from "./python.js";

/** The sentences of Python in Vietnamese, by their template in English. @type {Map<string, string>} */
export const catalogue = new Map();
/** How to say a sentence in Vietnamese, by the sentence. @type {Map<string, () => string>} */
const makers = new Map();
const MOST = 1000; // sentences remembered: those of one file

const textOf = (value) => (typeof value === "string" || typeof value === "number" ? value : py.str(value));
const swapped = (text) => text.replace(/[.,]/g, (mark) => (mark === "." ? "," : "."));

/**
 * Put values in the places of a template: {name} or {name:form}.
 * @param {(value: any, form: string, name: string) => string} show
 */
function filled(template, values, show = (value, form) => py.format(value, form)) {
  return template.replace(/\{\{|\}\}|\{(\w+)(?::([^}]*))?\}/g, (found, name, form) => (name ? show(textOf(values[name]), form ?? "", name) : found[0]));
}

function inVietnamese(value, form, name) {
  if (typeof value === "number") return swapped(py.format(value, form));
  return py.format(vietnamese(name === "where" ? place(value) : value), form);
}

/** A place in a file, such as "a.csv, line 3", as a sentence: readers make it as plain text. */
function place(where) {
  const [, file, kind, n] = /^(?:([\s\S]+), )?(line|row|paragraph) (\d+)$/.exec(where) ?? [];
  if (!kind) return where;
  const inside = sentence(`${kind} {n}`, { values: { n: Number(n) } });
  return file === undefined ? inside : joinedSentences(", ", [file, inside]);
}

/** Remember how a sentence was made. */
function made(text, say) {
  if (makers.size >= MOST) makers.clear();
  makers.set(text, say);
  return text;
}

/** Say a sentence in Vietnamese. What is no sentence stays as it is. */
export function vietnamese(text) {
  return makers.get(text)?.() ?? text;
}

/** @param {{values: Record<string, any>}} [keywords] */
export function sentence(template, keywords) {
  const values = keywords?.values ?? {};
  if (template === "{where}") return place(textOf(values.where));
  return made(filled(template, values), () => filled(catalogue.get(template) ?? template, values, inVietnamese));
}

/** @param {{values: Record<string, any>}} [keywords] */
export const pluralSentence = (one, many, n, keywords) => {
  const values = { n, ...keywords?.values };
  return made(filled(n === 1 ? one : many, values), () => filled(catalogue.get(one) ?? many, values, inVietnamese));
};

export function joinedSentences(separator, parts) {
  const all = [...parts].map(textOf);
  if (all.length === 1) return all[0];
  return made(all.join(separator), () => all.map(vietnamese).join(vietnamese(separator)));
}

export const placedSentence = (where, problem) => sentence("{where}: {problem}", { values: { where, problem } });

export const numberSentence = (value, form = "") => sentence(`{value:${form}}`, { values: { value } });

export function sameSentence(text) {
  const english = textOf(text);
  return makers.has(english) ? english : made(english, () => catalogue.get(english) ?? english);
}
