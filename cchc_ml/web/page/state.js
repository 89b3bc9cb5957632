/* What the page knows: the model's data, what was read, and what of it is to be shown. */

import { $ } from "./dom.js";
import { WORDS, wordsOfOwn } from "./words.js";

/**
 * A category of the model's codebook.
 * @typedef {{slug: string, vi: string, en: string, short: string}} Pillar
 *
 * What the tagger says of a paragraph, by the number of the pillar.
 * @typedef {{probabilities: number[], passes: boolean[], evidence: ([number, number] | null)[]}} Found
 *
 * A paragraph: where it comes from, the names and cells of the other columns of its row, and its place in its file.
 * @typedef {{text: string, source: string | null, document: any, fields: [string, string][], found: Found, number?: number, file?: number,
 *   isWhole?: boolean, showsAll?: boolean, key?: string}} Row
 *
 * A file, or the pasted text.
 * @typedef {{name: string | null, rows: Row[]}} Article
 *
 * Which pillars are switched on, and the threshold for all of them; null means the model's own.
 * @typedef {{on: boolean[], common: number | null}} View
 */

export const DATA = JSON.parse($("data").textContent);
/** @type {Pillar[]} */
export const PILLARS = DATA.pillars;
export const STEP = 100; // paragraphs, or articles, shown at a time

/**
 * @type {{language: "vi" | "en", rows: Row[], articles: Article[], open: number, shown: number, listed: number,
 *   run: number, problems: {name: string, word: string, detail?: any}[], said: string}}
 */
export const state = { language: "vi", rows: [], articles: [], open: 0, shown: STEP, listed: STEP, run: 0, problems: [], said: "" };
/** @type {typeof WORDS} */
const SPOKEN = DATA.own ? { vi: wordsOfOwn(), en: WORDS.en } : WORDS;
export const words = () => SPOKEN[state.language];
export const percent = (share) => `${Math.round(100 * share)}${state.language === "vi" ? "" : "\u00a0"}%`;
/** @param {Pillar} pillar */
export const pillarName = (pillar) => (state.language === "vi" ? pillar.short : pillar.en);
/** @param {Row} row */
export const sourceOf = (row) => row.source ?? words().pasted;

/** @returns {View} */
export function currentView() {
  const isCommon = $("controls").elements.namedItem("threshold").value === "common";
  return { on: PILLARS.map(({ slug }) => $(`show-${slug}`).checked), common: isCommon ? $("threshold").value / 100 : null };
}

/**
 * The pillars of a row that are switched on and pass, most probable first, as numbers.
 * @param {Row} row
 */
export function tagsOf({ found }, view = currentView()) {
  const tags = [];
  for (let k = 0; k < PILLARS.length; k++) {
    if (view.on[k] && (view.common === null ? found.passes[k] : found.probabilities[k] >= view.common)) tags.push(k);
  }
  return tags.sort((a, b) => found.probabilities[b] - found.probabilities[a]);
}

/** How many rows carry each pillar, and how many carry any. */
export function countTags(rows, view = currentView()) {
  const counts = PILLARS.map(() => 0);
  let tagged = 0;
  for (const row of rows) {
    const tags = tagsOf(row, view);
    for (const k of tags) counts[k] += 1;
    if (tags.length) tagged += 1;
  }
  return { counts, tagged };
}

/**
 * A text in pieces: evidence sentences with the pillars they are evidence for, and what lies between.
 * @param {Row} row
 * @param {number[]} tags
 */
export function piecesOf(row, tags) {
  const sentences = new Map();
  for (const k of tags) {
    if (!row.found.evidence[k]) continue;
    const [a, b] = row.found.evidence[k];
    if (!sentences.has(a)) sentences.set(a, { b, pillars: [] });
    sentences.get(a).pillars.push(k);
  }
  const pieces = [];
  let at = 0;
  for (const [a, { b, pillars }] of [...sentences].sort(([a], [b]) => a - b)) {
    pieces.push({ text: row.text.slice(at, a), pillars: [] }, { text: row.text.slice(a, b), pillars });
    at = b;
  }
  return [...pieces, { text: row.text.slice(at), pillars: [] }].filter(({ text }) => text);
}
