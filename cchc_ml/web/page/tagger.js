/* The tagger: what Python's Model.annotate does, number for number. Offsets count UTF-16 units, as JavaScript does.
   What both need to know (tables of old fonts, patterns, abbreviations) is shipped by app.py and stands in one place only. */

const PILLAR_COUNT = 6;
// Python's white space, which is not quite JavaScript's.
const SPACE = "\\t-\\r\\x1c-\\x20\\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000";
const BLANK = new RegExp(`[${SPACE}]`);
// Letters as Python's [^\W\d_] knows them.
const LETTER = "[\\p{L}\\p{Nl}\\p{No}]";
const DIGITS = /^[\p{Nd}²³¹⁰⁴-⁹₀-₉①-⑨⑴-⑼⒈-⒐]+$/u;

const floats = (base64) => new Float32Array(bytesOf(base64).buffer);
const bytesOf = (base64) => Uint8Array.from(atob(base64), (c) => c.charCodeAt(0));

// A combining mark changes places with marks of other classes; what has no class never does.
const combines = (c) =>
  /\p{M}/u.test(c) && (`\u0301${c}`.normalize("NFD") !== `\u0301${c.normalize("NFD")}` || `${c}\u0334`.normalize("NFD") !== `${c.normalize("NFD")}\u0334`);

const stripMarks = (text) =>
  [...text.normalize("NFD")].filter((c) => !combines(c)).join("").replaceAll("đ", "d").replaceAll("Đ", "D");

const lower = (text) => text.toLowerCase().replaceAll("ð", "đ").replaceAll("i\u0307", "i");

/** Whether a text is written without diacritics: under 3 % of it is beyond ASCII. */
function hardlyToned(text) {
  let ascii = 0;
  let size = 0;
  for (const c of text) {
    size += 1;
    if (c < "\x80") ascii += 1;
  }
  return ascii > 0.97 * size;
}

// --- Encodings: old fonts and misread UTF-8, with a map back to the text as given ---------------------------------------------

const unchanged = (text) => ({ text, origin: Array.from({ length: text.length + 1 }, (_, i) => i) });

function mappedNfc(text) {
  if (text === text.normalize("NFC")) return unchanged(text);
  let fixed = "";
  const origin = [];
  const add = (a, b) => {
    const part = text.slice(a, b).normalize("NFC");
    fixed += part;
    for (let i = 0; i < part.length; i++) origin.push(a);
  };
  let start = 0;
  let at = 0;
  for (const c of text) {
    if (at > 0 && !combines(c)) {
      add(start, at);
      start = at;
    }
    at += c.length;
  }
  add(start, at);
  return { text: fixed, origin: [...origin, text.length] };
}

/** Replace the letters of an old font, two characters before one. */
function replaceLetters(text, table) {
  let fixed = "";
  const origin = [];
  for (let i = 0; i < text.length; ) {
    const size = table.has(text.slice(i, i + 2)) ? 2 : 1;
    const letter = table.get(text.slice(i, i + size)) ?? text[i];
    fixed += letter;
    for (let j = 0; j < letter.length; j++) origin.push(i);
    i += size;
  }
  return { text: fixed, origin: [...origin, text.length] };
}

const WINDOWS_1252 = new Map([...new TextDecoder("windows-1252").decode(Uint8Array.from({ length: 32 }, (_, i) => 128 + i))].map((c, i) => [c, 128 + i]));

/** Undo UTF-8 that was read as Windows-1252. */
function fromMojibake(text) {
  const bytes = [];
  for (const c of text) {
    const byte = c.codePointAt(0) < 256 ? c.charCodeAt(0) : WINDOWS_1252.get(c);
    if (byte === undefined) return unchanged(text);
    bytes.push(byte);
  }
  let fixed;
  try {
    fixed = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(Uint8Array.from(bytes));
  } catch {
    return unchanged(text);
  }
  const origin = [];
  let place = 0;
  for (const c of fixed) {
    for (let i = 0; i < c.length; i++) origin.push(place);
    place += new TextEncoder().encode(c).length;
  }
  return { text: fixed, origin: [...origin, place] };
}

class Encodings {
  constructor({ tcvn3, vni, tones, syllable, suspect }) {
    const tables = [tcvn3, vni].map((table) => new Map(Object.entries(table)));
    this.readings = [fromMojibake, ...tables.map((table) => (text) => replaceLetters(text, table))];
    this.tones = new RegExp(`[${tones}]`, "gu");
    this.syllable = new RegExp(`^(?:${syllable})$`, "u");
    this.suspect = new RegExp(suspect, "u");
    this.word = new RegExp(`${LETTER}+|[^\\x00-\\x7f${SPACE}“”‘’–—…•]`, "gu");
  }

  isSyllable(word) {
    const apart = word.normalize("NFD");
    const plain = apart.replace(this.tones, "");
    return apart.length - plain.length <= 1 && this.syllable.test(plain.normalize("NFC"));
  }

  /** Which share of the words with letters beyond ASCII could be Vietnamese syllables. */
  plausibility(text) {
    const words = (text.match(this.word) ?? []).filter((word) => /[^\x00-\x7f]/.test(word));
    return words.length ? words.filter((word) => this.isSyllable(word.toLowerCase())).length / words.length : 1;
  }

  /** Return the text in NFC and Unicode, with where each unit of it stands in what was given. */
  tidy(text) {
    if (this.suspect.test(text) && this.plausibility(text) < 0.7) {
      const read = this.readings.map((reading) => reading(text));
      const shares = read.map((mapped) => this.plausibility(mapped.text));
      const best = shares.indexOf(Math.max(...shares));
      if (shares[best] > 0.9) {
        const normal = mappedNfc(read[best].text);
        return { text: normal.text, origin: normal.origin.map((i) => read[best].origin[i]) };
      }
    }
    return mappedNfc(text);
  }
}

// --- Sentences ----------------------------------------------------------------------------------------------------------------

// A stop with its closing quotes, before white space or at once before a letter; or the end of a line. The groups that are
// looked ahead at and taken whole keep the search from trying shorter runs.
const STOP = new RegExp(
  "[.!?…\\r\\n\\u2028\\u2029](?:" +
    "(?<=[\\r\\n\\u2028\\u2029])[\\r\\n\\u2028\\u2029]*" +
    "|(?<![.!?…]{2})(?=([.!?…]*[\"'”’»)\\]]*))\\1" +
    `(?:(?=[${SPACE}]+[^${SPACE}])|(?=(["'“‘«(\\[]*)(${LETTER}))))`,
  "gu",
);
const BEFORE_WORD = new RegExp(`[${SPACE}(\\[“"‘'«]`);

/** Return the [start, end] of text[a:b] without the white space around it. */
function trimmed(text, a, b) {
  while (a < b && BLANK.test(text[a])) a += 1;
  while (a < b && BLANK.test(text[b - 1])) b -= 1;
  return [a, b];
}

/** Return the [start, end] of each sentence, white space trimmed. */
function splitSentences(text, abbreviations) {
  const found = [];
  let start = 0;
  const add = (end) => {
    const [a, b] = trimmed(text, start, end);
    if (a < b) found.push([a, b]);
    start = end;
  };
  for (const match of text.matchAll(STOP)) {
    const at = match.index;
    const end = at + match[0].length;
    if (match[3]) {
      // Where the space is missing, a sentence ends only before a capital, and not inside "TP.HCM".
      const next = end + match[2].length + match[3].length;
      const inside = /\p{Uppercase}$/u.test(text.slice(Math.max(0, at - 2), at)) && /^\p{Uppercase}/u.test(text.slice(next, next + 2));
      if (inside || !/\p{Uppercase}/u.test(match[3])) continue;
    }
    if (end === at + 1 && text[at] === ".") {
      const word = text.slice(Math.max(start, at - 20), at).split(BEFORE_WORD).at(-1).toUpperCase().toLowerCase();
      // An initial, an abbreviation, or the number of an item ends no sentence.
      if (/^\p{L}$/u.test(word) || abbreviations.has(word)) continue;
      if (DIGITS.test(word) && at - start < 20 && text.slice(...trimmed(text, start, at)) === word) continue;
    }
    add(end);
  }
  add(text.length);
  return found;
}

// --- Terms --------------------------------------------------------------------------------------------------------------------

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
class Matcher {
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

// --- The model ----------------------------------------------------------------------------------------------------------------

class Tagger {
  constructor(model) {
    const { language, constants } = model;
    const pattern = (source) => new RegExp(source, "u");
    this.patterns = { glide: pattern(language.glide), finalI: pattern(language.finalI), invisible: pattern(language.invisible) };
    this.encodings = new Encodings(language);
    this.abbreviations = new Set(language.abbreviations);
    this.constants = constants;
    this.terms = model.lexicon.split("\n");
    for (const name of ["idf", "coef", "intercept", "thresholds", "calibration"]) this[name] = floats(model[name]);
    for (const name of ["names", "patternOf"]) this[name] = new Int8Array(bytesOf(model[name]).buffer);
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
    const scores = new Array(PILLAR_COUNT).fill(0);
    const codebook = new Array(PILLAR_COUNT).fill(0);
    const add = (sums, row, weight) => {
      for (let k = 0; k < PILLAR_COUNT; k++) sums[k] += weight * this.coef[row * PILLAR_COUNT + k];
    };
    const terms = [...counts.keys()].sort((a, b) => a - b);
    const tfidf = terms.map((term) => (1 + Math.log(counts.get(term))) * this.idf[term]);
    const norm = Math.sqrt(tfidf.reduce((sum, weight) => sum + weight * weight, 0));
    const named = new Array(PILLAR_COUNT).fill(0);
    const matched = new Array(PILLAR_COUNT).fill(0);
    terms.forEach((term, i) => {
      add(scores, term, tfidf[i] / norm);
      if (!this.book.has(term)) return;
      add(codebook, this.terms.length + this.book.get(term), 1);
      if (this.names[term] >= 0) named[this.names[term]] = 1;
      if (this.patternOf[term] >= 0) matched[this.patternOf[term]] += 1;
    });
    const groups = this.terms.length + this.book.size;
    const listed = named.reduce((sum, one) => sum + one, 0) >= list;
    for (let k = 0; k < PILLAR_COUNT; k++) {
      add(codebook, groups + k, named[k]);
      add(codebook, groups + PILLAR_COUNT + k, Math.log1p(matched[k]));
      add(codebook, groups + 2 * PILLAR_COUNT + k, listed ? named[k] : 0);
    }
    return scores.map((score, k) => score + scale * codebook[k] + this.intercept[k]);
  }

  /**
   * Tag a paragraph.
   * Returns for each of the six pillars its calibrated probability, whether its score passes its own threshold, and the
   * [start, end], in the text as given, of the sentence that speaks most for it (null where there is no sentence).
   */
  annotate(given) {
    const { text, origin } = this.encodings.tidy(given);
    const spans = splitSentences(text, this.abbreviations);
    const matcher = this.matcher(hardlyToned(text));
    const counts = spans.map(([a, b]) => matcher.count(text, a, b));
    const total = new Map();
    for (const sentence of counts) for (const [term, n] of sentence) total.set(term, (total.get(term) ?? 0) + n);
    const whole = this.score(total);
    const sentences = counts.map((sentence) => this.score(sentence));

    const share = this.constants.sentenceShare;
    const found = { probabilities: [], passes: [], evidence: [] };
    for (let k = 0; k < PILLAR_COUNT; k++) {
      let best = 0;
      for (let i = 1; i < sentences.length; i++) if (sentences[i][k] > sentences[best][k]) best = i;
      const score = (1 - share) * whole[k] + share * (spans.length ? sentences[best][k] : whole[k]);
      found.probabilities.push(1 / (1 + Math.exp(-(this.calibration[2 * k] * score + this.calibration[2 * k + 1]))));
      found.passes.push(score > this.thresholds[k]);
      found.evidence.push(spans.length ? spans[best].map((i) => origin[i]) : null);
    }
    return found;
  }
}
