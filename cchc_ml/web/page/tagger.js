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

/** Convert each UTF-8 sequence whose bytes were read as Windows-1252. */
function fromMojibake(text, sequences) {
  let fixed = "";
  const origin = [];
  const add = (part, at, step) => {
    fixed += part;
    for (let i = 0; i < part.length; i++) origin.push(at + step * i);
  };
  let last = 0;
  for (const { 0: sequence, index } of text.matchAll(sequences)) {
    add(text.slice(last, index), last, 1);
    const bytes = Uint8Array.from([...sequence], (c) => WINDOWS_1252.get(c) ?? c.charCodeAt(0));
    let letter = sequence;
    try {
      letter = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
    } catch {
      // not UTF-8: it stays
    }
    add(letter, index, 0);
    last = index + sequence.length;
  }
  add(text.slice(last), last, 1);
  return { text: fixed, origin: [...origin, text.length] };
}

const AS_GIVEN = 0;
const TCVN3 = 1;
const LETTER_OR_MARK = `${LETTER}|[\\u0300-\\u036f]`;
const isAscii = (text) => !/[^\x00-\x7f]/.test(text);

/** Python's `cchc_ml.text.encodings`: judge each word, and find the cheapest sequence of readings. */
class Encodings {
  constructor(tables) {
    const { tcvn3, vni, misread1258, utf8, tones, syllable, misplacedTone, consonants, suspect, suspectLetter, unit } = tables;
    const [fromTcvn3, fromVni, from1258] = [tcvn3, vni, misread1258].map((table) => {
      const letters = new Map(Object.entries(table));
      return (text) => replaceLetters(text, letters);
    });
    const sequences = new RegExp(utf8, "gu");
    this.readings = [unchanged, fromTcvn3, fromVni, (text) => fromMojibake(text, sequences), from1258];
    this.mojibake = 3;
    this.withoutSequences = (text) => text.replace(sequences, "");
    this.tones = new RegExp(`[${tones}]`, "gu");
    this.syllable = new RegExp(`^(?:${syllable})$`, "u");
    this.misplacedTone = new RegExp(misplacedTone, "u");
    this.consonants = new RegExp(`^(?:${consonants})$`, "u");
    this.unit = new RegExp(`^(?:${unit})$`, "u");
    this.suspect = new RegExp(suspect, "u");
    this.suspectLetter = new RegExp(suspectLetter, "u");
    this.unicodeLetter = new RegExp(`(?![\\x00-\\xff])${LETTER}|[\\u0300-\\u036f]`, "u");
    this.word = new RegExp(`(?:${LETTER_OR_MARK})+`, "gu");
    this.token = new RegExp(`[\\r\\n]+|(?:${utf8}|${LETTER_OR_MARK}|[\\xa1-\\xff])+`, "gu");
    for (const name of ["symbols", "symbolWords", "capitalSymbols", "joints"]) this[name] = new Set(tables[name]);
    this.maxWord = tables.maxWord;
    this.price = tables.costs;
    this.neutral = this.readings.map(() => 0);
    this.known = new Map();
  }

  isSyllable(word) {
    const apart = word.replaceAll("ð", "đ").normalize("NFD");
    const plain = apart.replace(this.tones, "");
    return apart.length - plain.length <= 1 && !this.misplacedTone.test(apart) && this.syllable.test(plain.normalize("NFC"));
  }

  /** The words with letters beyond ASCII, in lower case. */
  words(text) {
    return (text.match(this.word) ?? []).filter((word) => !isAscii(word)).map((word) => word.toLowerCase());
  }

  /** Which share of the words with letters beyond ASCII could be Vietnamese syllables. */
  plausibility(text) {
    const words = this.words(text);
    return words.length ? words.filter((word) => this.isSyllable(word)).length / words.length : 1;
  }

  /** What each reading of a token costs. */
  costs(token) {
    if (!this.known.has(token)) {
      if (this.known.size > 50_000) this.known.clear();
      this.known.set(token, this.judged(token));
    }
    return this.known.get(token);
  }

  judged(token) {
    const { wrong, stillWrong, misread, never } = this.price;
    if ([...token].length > this.maxWord || this.symbols.has(token) || this.unit.test(token)) return this.neutral;
    if (this.unicodeLetter.test(this.withoutSequences(token))) return this.readings.map((_, i) => (i ? never : 0));
    let asGiven = this.words(token).every((word) => this.isSyllable(word)) ? 0 : wrong;
    if ([...token].length > 1 && [...token].some((c) => this.symbols.has(c))) asGiven = wrong;
    const costs = [asGiven];
    for (let i = 1; i < this.readings.length; i++) {
      const fixed = this.readings[i](token).text.normalize("NFC");
      if (fixed === token) {
        costs.push(asGiven);
        continue;
      }
      const words = fixed.match(this.word) ?? [];
      const reads = words.length < 2 && words.every((word) => this.isSyllable(word.toLowerCase()) || this.consonants.test(word.toLowerCase()));
      costs.push(reads ? 0 : stillWrong);
      if (i === this.mojibake && !this.suspectLetter.test(fixed)) {
        costs[0] = asGiven && misread;
        costs[i] = Math.floor(costs[i] / 2);
      }
    }
    return costs;
  }

  /** The number of the reading of each token. */
  cheapest(text, tokens) {
    const { inLine, atMark, ofLine } = this.price;
    let totals = this.readings.map((_, i) => (i ? ofLine : 0));
    let change = ofLine;
    const cameFrom = [];
    tokens.forEach(({ 0: word, index }, at) => {
      const before = tokens[at - 1];
      if (before && change === inLine) {
        const gap = text.slice(before.index + before[0].length, index);
        if (!gap || [...gap].some((c) => !BLANK.test(c))) change = atMark;
      }
      let from = totals.map((_, i) => i);
      if (!isAscii(word)) {
        const least = Math.min(...totals);
        const best = totals.indexOf(least);
        from = totals.map((total, i) => (total <= least + change ? i : best));
        const costs = this.costs(word);
        totals = totals.map((total, i) => Math.min(total, least + change) + costs[i] - least);
        change = inLine;
      } else if (/[\r\n]/.test(word[0])) {
        change = ofLine;
      }
      cameFrom.push(from);
    });
    let state = totals.indexOf(Math.min(...totals));
    const chosen = [];
    for (let i = tokens.length - 1; i >= 0; i--) {
      chosen[i] = state;
      state = cameFrom[i][state];
    }
    return chosen;
  }

  isConvertible(text, { 0: word, index }, reading) {
    if (!this.symbols.has(word)) {
      const costs = this.costs(word);
      return costs[reading] < this.price.stillWrong || costs[AS_GIVEN] > 0;
    }
    const before = text.slice(Math.max(index - 2, 0), index);
    const after = text.slice(index + word.length, index + word.length + 1);
    const followsNumber = /^\p{Nd}$/u.test([...before].filter((c) => !BLANK.test(c)).at(-1) ?? "");
    if (word === "®") return followsNumber;
    if (this.symbolWords.has(word)) return !followsNumber;
    return this.capitalSymbols.has(word) && (this.joints.has(before.slice(-1)) || this.joints.has(after));
  }

  /** What is to be converted, from left to right. */
  edits(text) {
    const tokens = [...text.matchAll(this.token)];
    if (tokens.every(({ 0: word }) => isAscii(word) || !this.costs(word)[AS_GIVEN])) return [];
    const readings = this.cheapest(text, tokens);
    const edits = [];
    let line = [];
    tokens.forEach((token, at) => {
      const { 0: word, index } = token;
      if (/[\r\n]/.test(word[0])) {
        raiseCapitals(line);
        line = [];
        return;
      }
      let edit = null;
      if (readings[at] !== AS_GIVEN && !isAscii(word) && this.isConvertible(text, token, readings[at])) {
        edit = { start: index, end: index + word.length, ...this.readings[readings[at]](word) };
        edits.push(edit);
      }
      if (readings[at] === TCVN3) line.push({ word, edit });
    });
    raiseCapitals(line);
    return edits;
  }

  /** Return the text in NFC and Unicode, with where each unit of it stands in what was given. */
  tidy(text) {
    if (!this.suspect.test(text) && (isAscii(text) || this.unicodeLetter.test(text))) return mappedNfc(text);
    const edits = this.edits(text);
    if (!edits.length) return mappedNfc(text);
    let fixed = "";
    const origin = [];
    let last = 0;
    const keep = (end) => {
      fixed += text.slice(last, end);
      for (let i = last; i < end; i++) origin.push(i);
    };
    for (const edit of edits) {
      keep(edit.start);
      fixed += edit.text;
      for (const place of edit.origin.slice(0, -1)) origin.push(edit.start + place);
      last = edit.end;
    }
    keep(text.length);
    origin.push(text.length);
    const normal = mappedNfc(fixed);
    return { text: normal.text, origin: normal.origin.map((i) => origin[i]) };
  }
}

/** Write the words of a TCVN3 line in capitals where the words around them are. */
function raiseCapitals(line) {
  const shown = line.map(({ word }) => {
    const letters = [...word].filter((c) => /[a-zA-Z]/.test(c));
    if (letters.some((c) => /[a-z]/.test(c))) return false;
    return letters.length > 1 ? true : null;
  });
  const carried = (values) => {
    let last = null;
    return values.map((value) => (last = value ?? last));
  };
  const before = carried(shown);
  const after = carried([...shown].reverse()).reverse();
  line.forEach(({ edit }, i) => {
    const around = [before[i], after[i]];
    if (edit && (shown[i] ?? (!around.includes(false) && around.includes(true)))) edit.text = edit.text.toUpperCase();
  });
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
    const { context } = model; // null if the model reads every paragraph alone
    this.context = context && { weight: context.weight };
    for (const name of context ? ["thresholds", "calibration", "carrying"] : []) this.context[name] = floats(context[name]);
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

  /** Tag a paragraph that is read alone; see `decide`. */
  annotate(given) {
    return this.decide([this.read(given)], [null])[0];
  }

  /**
   * Return for each of the six pillars the score of a paragraph, and the [start, end], in the text as given, of the
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
    for (let k = 0; k < PILLAR_COUNT; k++) {
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
        if (!sizes.has(documents[i])) sizes.set(documents[i], { paragraphs: 0, carrying: new Array(PILLAR_COUNT).fill(0) });
        const size = sizes.get(documents[i]);
        size.paragraphs += 1;
        for (let k = 0; k < PILLAR_COUNT; k++) size.carrying[k] += scores[k] > this.context.carrying[k];
      });
    }
    return readings.map(({ scores, evidence }, i) => {
      const { paragraphs = 1, carrying } = sizes.get(documents[i]) ?? {};
      const inContext = paragraphs > 1;
      const { thresholds, calibration } = inContext ? this.context : this;
      const found = { probabilities: [], passes: [], evidence };
      for (let k = 0; k < PILLAR_COUNT; k++) {
        const others = inContext ? carrying[k] - (scores[k] > this.context.carrying[k]) : 0;
        const score = scores[k] + (inContext ? (this.context.weight * others) / paragraphs : 0);
        found.probabilities.push(1 / (1 + Math.exp(-(calibration[2 * k] * score + calibration[2 * k + 1]))));
        found.passes.push(score > thresholds[k]);
      }
      return found;
    });
  }
}
