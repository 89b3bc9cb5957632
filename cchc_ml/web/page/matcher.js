/* Python's `cchc_ml.text.matcher`. */

import { lower, stripMarks } from "./letters.js";

/** Every accepted spelling of a syllable: old and new tone placement, i and y. */
function spellings(syllable, { glide, finalI }) {
  const moveTone = (_, o, toneO, ae, toneAe, u, toneU, y, toneY) => (o ? o + toneAe + ae + toneO : u + toneY + y + toneU);
  const swapI = (_, initial, vowel, tone) => initial + (vowel === "y" ? "i" : "y") + tone;
  const found = new Set([syllable.normalize("NFD")]);
  for (const [pattern, other] of [[glide, moveTone], [finalI, swapI], [glide, moveTone]]) {
    for (const way of [...found]) found.add(way.replace(pattern, other));
  }
  return [...found].map((way) => way.normalize("NFC"));
}

const GAP = 0;
const NOTHING = 1;

/** Finds every occurrence of terms, overlaps included, on syllable boundaries, in any accepted spelling. */
export class Matcher {
  constructor(terms, patterns, bare) {
    this.bare = bare;
    this.invisible = patterns.invisible;
    this.letters = new Int32Array(0x10000).fill(-1);
    this.syllables = new Map();
    this.children = new Map();
    this.termOf = [-1];
    this.size = 1;
    this.step = 2 ** 20; // more than there are syllables
    terms.forEach((term, number) => {
      let node = 0;
      for (const written of (bare ? stripMarks(term) : term).split(" ")) {
        if (!this.syllables.has(written)) {
          for (const way of spellings(written, patterns)) this.syllables.set(way, this.size);
          this.size += 1;
        }
        const edge = node * this.step + this.syllables.get(written);
        if (!this.children.has(edge)) this.children.set(edge, this.termOf.push(-1) - 1);
        node = this.children.get(edge);
      }
      if (this.termOf[node] < 0) this.termOf[node] = number;
    });
  }

  /** How a character is matched: its small letter, or a gap, or nothing at all. */
  letter(code) {
    if (this.letters[code] < 0) {
      const c = String.fromCharCode(code);
      const plain = this.bare ? stripMarks(c) : c;
      const inside = /^[\p{L}\p{N}]+$/u.test(plain);
      this.letters[code] = inside ? lower(plain).charCodeAt(0) : !plain || this.invisible.test(plain) ? NOTHING : GAP;
    }
    return this.letters[code];
  }

  /** How often each term occurs in text[a:b], as a map. */
  count(text, a, b) {
    const ids = [];
    let word = "";
    for (let i = a; i <= b; i++) {
      const letter = i < b ? this.letter(text.charCodeAt(i)) : GAP;
      if (letter > NOTHING) word += String.fromCharCode(letter);
      else if (letter === GAP && word) {
        ids.push(this.syllables.get(word) ?? 0);
        word = "";
      }
    }
    const counts = new Map();
    for (let first = 0; first < ids.length; first++) {
      let node = 0;
      for (let at = first; at < ids.length; at++) {
        node = this.children.get(node * this.step + ids[at]);
        if (!node) break;
        const term = this.termOf[node];
        if (term >= 0) counts.set(term, (counts.get(term) ?? 0) + 1);
      }
    }
    return counts;
  }
}
