/* Python's `cchc_ml.text.sentences`. */

import { BLANK, DIGITS, LETTER, SPACE } from "./letters.js";

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
export function splitSentences(text, abbreviations) {
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
