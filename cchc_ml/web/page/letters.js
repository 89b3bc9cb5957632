/* Letters, marks and white space, as Python has them. */

// Python's white space, which is not quite JavaScript's.
export const SPACE = "\\t-\\r\\x1c-\\x20\\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000";
export const BLANK = new RegExp(`[${SPACE}]`);
// Letters as Python's [^\W\d_] knows them.
export const LETTER = "[\\p{L}\\p{Nl}\\p{No}]";
export const DIGITS = /^[\p{Nd}²³¹⁰⁴-⁹₀-₉①-⑨⑴-⑼⒈-⒐]+$/u;

// A combining mark changes places with marks of other classes; what has no class never does.
export const combines = (c) =>
  /\p{M}/u.test(c) && (`\u0301${c}`.normalize("NFD") !== `\u0301${c.normalize("NFD")}` || `${c}\u0334`.normalize("NFD") !== `${c.normalize("NFD")}\u0334`);

export const stripMarks = (text) =>
  [...text.normalize("NFD")].filter((c) => !combines(c)).join("").replaceAll("đ", "d").replaceAll("Đ", "D");

export const lower = (text) => text.toLowerCase().replaceAll("ð", "đ").replaceAll("i\u0307", "i");

/** Whether a text is written without diacritics: under 3 % of it is beyond ASCII. */
export function hardlyToned(text) {
  let ascii = 0;
  let size = 0;
  for (const c of text) {
    size += 1;
    if (c < "\x80") ascii += 1;
  }
  return ascii > 0.97 * size;
}
