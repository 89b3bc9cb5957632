/* Python's `cchc_ml.messages` for the translated reading: sentences in English, which the page tells apart by their words. */

import { py } from "./python.js";

const textOf = (value) => (typeof value === "string" || typeof value === "number" ? value : py.str(value));

/** Put values in the places of a template: {name} or {name:form}. */
function filled(template, values) {
  return template.replace(/\{\{|\}\}|\{(\w+)(?::([^}]*))?\}/g, (found, name, form) => (name ? py.format(textOf(values[name]), form ?? "") : found[0]));
}

/** @param {{values: Record<string, any>}} [keywords] */
export const sentence = (template, keywords) => filled(template, keywords?.values ?? {});

/** @param {{values: Record<string, any>}} [keywords] */
export const pluralSentence = (one, many, n, keywords) => filled(n === 1 ? one : many, { n, ...keywords?.values });

export const joinedSentences = (separator, parts) => [...parts].map(textOf).join(separator);

export const placedSentence = (where, problem) => `${where}: ${textOf(problem)}`;

export const numberSentence = (value, form = "") => py.format(value, form);

export const sameSentence = (text) => textOf(text);
