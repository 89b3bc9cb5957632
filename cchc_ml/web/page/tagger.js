/* The tagger: what Python's Model.annotate does, number for number. Offsets count UTF-16 units, as JavaScript does. */

import { Encodings } from "./encodings.js";
import { hardlyToned } from "./letters.js";
import { Matcher } from "./matcher.js";
import { splitSentences } from "./sentences.js";

const floats = (base64) => new Float32Array(bytesOf(base64).buffer);
const bytesOf = (base64) => Uint8Array.from(atob(base64), (c) => c.charCodeAt(0));

export class Tagger {
  constructor(model) {
    const { language, constants } = model;
    const pattern = (source) => new RegExp(source, "u");
    this.patterns = { glide: pattern(language.glide), finalI: pattern(language.finalI), invisible: pattern(language.invisible) };
    this.encodings = new Encodings(language);
    this.abbreviations = new Set(language.abbreviations);
    this.constants = constants;
    this.terms = model.lexicon.split("\n");
    this.idf = floats(model.idf);
    this.coef = floats(model.coef);
    this.intercept = floats(model.intercept);
    this.pillarCount = this.intercept.length;
    this.thresholds = floats(model.thresholds);
    this.calibration = floats(model.calibration);
    const { context } = model; // null if the model reads every paragraph alone
    this.context = context && {
      weight: context.weight,
      thresholds: floats(context.thresholds),
      calibration: floats(context.calibration),
      carrying: floats(context.carrying),
    };
    this.names = new Int8Array(bytesOf(model.names).buffer);
    this.patternOf = new Int8Array(bytesOf(model.patternOf).buffer);
    this.matchers = new Map();
    // The place of each term among those of the codebook.
    this.book = new Map();
    for (let i = 0; i < this.terms.length; i++) if (this.names[i] >= 0 || this.patternOf[i] >= 0) this.book.set(i, this.book.size);
  }

  matcher(bare) {
    if (!this.matchers.has(bare)) this.matchers.set(bare, new Matcher(this.terms, this.patterns, bare));
    return this.matchers.get(bare);
  }

  /** Score a paragraph or a sentence by its counts of terms. */
  score(counts) {
    const { scale, list } = this.constants;
    const scores = new Array(this.pillarCount).fill(0);
    const codebook = new Array(this.pillarCount).fill(0);
    const add = (sums, row, weight) => {
      for (let k = 0; k < this.pillarCount; k++) sums[k] += weight * this.coef[row * this.pillarCount + k];
    };
    const terms = [...counts.keys()].sort((a, b) => a - b);
    const tfidf = terms.map((term) => (1 + Math.log(counts.get(term))) * this.idf[term]);
    const norm = Math.sqrt(tfidf.reduce((sum, weight) => sum + weight * weight, 0));
    const named = new Array(this.pillarCount).fill(0);
    const matched = new Array(this.pillarCount).fill(0);
    terms.forEach((term, i) => {
      add(scores, term, tfidf[i] / norm);
      if (!this.book.has(term)) return;
      add(codebook, this.terms.length + this.book.get(term), 1);
      if (this.names[term] >= 0) named[this.names[term]] = 1;
      if (this.patternOf[term] >= 0) matched[this.patternOf[term]] += 1;
    });
    const groups = this.terms.length + this.book.size;
    const listed = named.reduce((sum, one) => sum + one, 0) >= list;
    for (let k = 0; k < this.pillarCount; k++) {
      add(codebook, groups + k, named[k]);
      add(codebook, groups + this.pillarCount + k, Math.log1p(matched[k]));
      add(codebook, groups + 2 * this.pillarCount + k, listed ? named[k] : 0);
    }
    return scores.map((score, k) => score + scale * codebook[k] + this.intercept[k]);
  }

  /** Tag a paragraph that is read alone; see `decide`. */
  annotate(given) {
    return this.decide([this.read(given)], [null])[0];
  }

  /**
   * Return for each pillar the score of a paragraph, and the [start, end], in the text as given, of the
   * sentence that speaks most for it (null where there is no sentence).
   */
  read(given) {
    const { text, origin } = this.encodings.tidy(given);
    const spans = splitSentences(text, this.abbreviations);
    const matcher = this.matcher(hardlyToned(text));
    const counts = spans.map(([a, b]) => matcher.count(text, a, b));
    const total = new Map();
    for (const sentence of counts) for (const [term, n] of sentence) total.set(term, (total.get(term) ?? 0) + n);
    const whole = this.score(total);
    const sentences = counts.map((sentence) => this.score(sentence));

    const share = this.constants.sentenceShare;
    const reading = { scores: [], evidence: [] };
    for (let k = 0; k < this.pillarCount; k++) {
      let best = 0;
      for (let i = 1; i < sentences.length; i++) if (sentences[i][k] > sentences[best][k]) best = i;
      reading.scores.push((1 - share) * whole[k] + share * (spans.length ? sentences[best][k] : whole[k]));
      reading.evidence.push(spans.length ? spans[best].map((i) => origin[i]) : null);
    }
    return reading;
  }

  /**
   * Tag paragraphs that were read. Those of one document are read in context: if k of its n other paragraphs carry a
   * pillar by their own scores, its score gets weight * k / (n + 1). A paragraph whose document is null is read alone.
   * Returns for each paragraph and pillar the calibrated probability, whether the score passes its threshold, and the evidence.
   */
  decide(readings, documents) {
    const sizes = new Map();
    if (this.context) {
      readings.forEach(({ scores }, i) => {
        if (documents[i] === null) return;
        if (!sizes.has(documents[i])) sizes.set(documents[i], { paragraphs: 0, carrying: new Array(this.pillarCount).fill(0) });
        const size = sizes.get(documents[i]);
        size.paragraphs += 1;
        for (let k = 0; k < this.pillarCount; k++) size.carrying[k] += Number(scores[k] > this.context.carrying[k]);
      });
    }
    return readings.map(({ scores, evidence }, i) => {
      const { paragraphs = 1, carrying } = sizes.get(documents[i]) ?? {};
      const inContext = paragraphs > 1;
      const { thresholds, calibration } = inContext ? this.context : this;
      const found = { probabilities: [], passes: [], evidence };
      for (let k = 0; k < this.pillarCount; k++) {
        const others = inContext ? carrying[k] - Number(scores[k] > this.context.carrying[k]) : 0;
        const score = scores[k] + (inContext ? (this.context.weight * others) / paragraphs : 0);
        found.probabilities.push(1 / (1 + Math.exp(-(calibration[2 * k] * score + calibration[2 * k + 1]))));
        found.passes.push(score > thresholds[k]);
      }
      return found;
    });
  }
}
