/* Python's `cchc_ml.text.encodings`: old fonts and misread UTF-8, with a map back to the text as given. Its tables come from there. */

import { BLANK, LETTER, combines } from "./letters.js";

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
export class Encodings {
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
    this.symbols = new Set(tables.symbols);
    this.symbolWords = new Set(tables.symbolWords);
    this.capitalSymbols = new Set(tables.capitalSymbols);
    this.joints = new Set(tables.joints);
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
