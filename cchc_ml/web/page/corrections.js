/* Corrections: what a person says of a paragraph, yes or no for each pillar. The browser keeps them, each by the hash of
   its text, until they are taken away. They are written as the review file that `cchc-ml review merge` reads. What the
   model suggests stands beside them in fields of its own, and never becomes a decision by itself. */

import { sha256 } from "./sha256.js";
import { PILLARS } from "./state.js";

// Pages with other codebooks keep theirs apart.
const PREFIX = `cchc-ml-correction-${sha256(PILLARS.map(({ slug }) => slug).join("\n")).slice(0, 8)}-`;
const NAME = "cchc-ml-name";
const DIGITS_OF_ID = 16;

/** How many characters of Python are in the first `units` of a text. */
const characters = (text, units) => units - (text.slice(0, units).match(/[\ud800-\udbff][\udc00-\udfff]/g)?.length ?? 0);

/**
 * A paragraph and what one person decided on it.
 * @typedef {{id: string, text: string, document?: string, suggestion: Record<string, number>, suggested: string[],
 *   evidence_spans: Record<string, [number, number]>, decisions: Record<string, boolean | null>, annotator: string,
 *   notes: string, time: string}} Correction
 */

export class Corrections {
  constructor() {
    /** @type {Map<string, Correction>} */
    this.all = new Map();
    this.isKept = true; // false: the browser keeps nothing, and says so
    this.name = "";
    this.load();
  }

  load() {
    try {
      this.name = localStorage.getItem(NAME) ?? "";
      const kept = new Map();
      for (let i = 0; i < localStorage.length; i++) {
        const key = localStorage.key(i);
        if (!key.startsWith(PREFIX)) continue;
        const record = this.parse(localStorage.getItem(key));
        if (record) kept.set(key.slice(PREFIX.length), record);
      }
      this.all = kept;
    } catch {
      this.isKept = false;
    }
  }

  /** @returns {Correction | null} */
  parse(json) {
    try {
      const record = JSON.parse(json);
      return typeof record.text === "string" && record.decisions && record.suggested ? record : null;
    } catch {
      return null; // another program's
    }
  }

  /** @param {import("./state.js").Row} row */
  keyOf(row) {
    return (row.key ??= sha256(row.text));
  }

  /**
   * The decisions on a paragraph: true or false by slug; what was not looked at is missing.
   * @param {import("./state.js").Row} row
   * @returns {Record<string, boolean>}
   */
  decisionsOf(row) {
    if (!this.all.size) return {};
    return /** @type {any} */ (this.all.get(this.keyOf(row))?.decisions ?? {});
  }

  /**
   * Decide, or take a decision back (null).
   * @param {import("./state.js").Row} row
   * @param {Record<string, boolean | null>} changes
   */
  decide(row, changes) {
    const decisions = Object.fromEntries(Object.entries({ ...this.decisionsOf(row), ...changes }).filter(([, said]) => said !== null));
    const key = this.keyOf(row);
    if (Object.keys(decisions).length) this.all.set(key, this.record(row, decisions));
    else this.all.delete(key);
    this.keep(PREFIX + key, this.all.has(key) ? JSON.stringify(this.all.get(key)) : null);
  }

  /**
   * Whatever is not decided is as the model suggests: the person says so of a paragraph that was looked at as a whole.
   * @param {import("./state.js").Row} row
   */
  finish(row) {
    const decided = this.decisionsOf(row);
    this.decide(row, Object.fromEntries(PILLARS.map(({ slug }, k) => [slug, decided[slug] ?? row.found.passes[k]])));
  }

  /** @param {import("./state.js").Row} row */
  isFinished(row) {
    const decided = this.decisionsOf(row);
    return PILLARS.every(({ slug }) => slug in decided);
  }

  /**
   * @param {import("./state.js").Row} row
   * @param {Record<string, boolean>} decisions
   * @returns {Correction}
   */
  record({ text, source, found }, decisions) {
    const document = source ?? "";
    const suggested = PILLARS.map((_, k) => k).filter((k) => found.passes[k]);
    const spans = suggested.filter((k) => found.evidence[k]);
    return {
      id: `p-${sha256(`${document}\0${text}`).slice(0, DIGITS_OF_ID)}`,
      text,
      ...(document && { document }),
      suggestion: Object.fromEntries(PILLARS.map(({ slug }, k) => [slug, Number(found.probabilities[k].toFixed(4))])),
      suggested: suggested.map((k) => PILLARS[k].slug),
      evidence_spans: Object.fromEntries(
        spans.map((k) => [PILLARS[k].slug, /** @type {[number, number]} */ (found.evidence[k].map((units) => characters(text, units)))]),
      ),
      decisions,
      notes: "",
      annotator: this.name,
      time: new Date().toISOString(),
    };
  }

  rename(name) {
    this.name = name.trim();
    this.keep(NAME, this.name || null);
  }

  /** Take everything away. */
  clear() {
    for (const key of this.all.keys()) this.keep(PREFIX + key, null);
    this.all.clear();
  }

  /** Keep a value in the browser, or take it away (null). */
  keep(name, value) {
    try {
      if (value === null) localStorage.removeItem(name);
      else localStorage.setItem(name, value);
    } catch {
      this.isKept = false;
    }
  }

  /** How many paragraphs were looked at, how many in full, and how many of the decisions agree with the model. */
  counts() {
    const counts = { looked: this.all.size, finished: 0, decided: 0, right: 0 };
    for (const { decisions, suggested } of this.all.values()) {
      if (PILLARS.every(({ slug }) => slug in decisions)) counts.finished += 1;
      for (const [slug, said] of Object.entries(decisions)) {
        counts.decided += 1;
        if (said === suggested.includes(slug)) counts.right += 1;
      }
    }
    return counts;
  }

  /** The review file: JSON Lines, a paragraph a line; null stands for what was not looked at. */
  file() {
    const records = [...this.all.values()].sort((a, b) => (a.time < b.time ? -1 : 1));
    const lines = records.map((record) => {
      const decisions = Object.fromEntries(PILLARS.map(({ slug }) => [slug, record.decisions[slug] ?? null]));
      return JSON.stringify({ ...record, decisions, annotator: record.annotator || this.name });
    });
    return `${lines.join("\n")}\n`;
  }

  /** The name of that file: `merge` calls a person without a name after it. */
  fileName() {
    const plain = this.name.normalize("NFC").replace(/[^\p{L}\p{N}]+/gu, "-").replace(/^-|-$/g, "");
    return `${["nhan-da-sua", plain].filter(Boolean).join("-")}.jsonl`;
  }
}
