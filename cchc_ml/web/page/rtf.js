/* What striprtf does with rich text that `cchc_ml.reading.rtf` has prepared. Its tables of control words come from there. */

import { py } from "./python.js";

/** @typedef {{ destinations: string[], special: Record<string, string>, section: string[], charsets: Record<string, string> }} RtfTables */

const TOKEN = /\\([a-z]{1,32})(-?\d{1,10})? ?|\\'([0-9a-f]{2})|\\([^a-z])|([{}])|[\r\n]+|([^\n])/gi;
const HYPERLINK = /(\{\\field\{\s*\\\*\\fldinst\{[^\n]*HYPERLINK\s("[^\n]*")\}{2}\s*\{[^\n]*?\s+([^\n]*?)\}{2,3})/gi;

/** The `{\fonttbl …}` group of a text, or "". */
function fontTable(text) {
  const start = /\{[^{}]*\\fonttbl/.exec(text);
  if (!start) return "";
  let depth = 1;
  for (let i = start.index + start[0].length; i < text.length; i++) {
    if (text[i] === "{") depth += 1;
    else if (text[i] === "}") depth -= 1;
    if (!depth) return text.slice(start.index, i + 1);
  }
  return text.slice(start.index);
}

/**
 * @param {string} given
 * @param {RtfTables} tables
 */
export function rtfToText(given, tables) {
  const text = given.replace(HYPERLINK, "$1($2)");
  const destinations = new Set(tables.destinations);
  const special = new Map(Object.entries(tables.special));
  const section = new Set(tables.section);
  let encoding = "cp1252";
  const fonts = new Map([...fontTable(text).matchAll(/\\f(\d+)[^\n]*?\\fcharset(\d+)[^\n]*?([^;]+);/g)].map(([, font, charset]) => [font, tables.charsets[charset] ?? encoding]));
  const stack = [];
  let [font, defaultFont] = [null, null];
  let [isIgnored, isSilent, isInside] = [false, false, false];
  let [toSkip, skipping, depth] = [1, 0, 0];
  let hexes = "";
  let out = "";
  for (const [, word, argument, hex, sign, brace, plain] of text.matchAll(TOKEN)) {
    if (hexes && !hex) {
      const bytes = new py.Bytes(hexes.replace(/../g, (pair) => String.fromCharCode(parseInt(pair, 16))));
      out += py.call(bytes, "decode", fonts.get(font) ?? encoding, "ignore");
      hexes = "";
    }
    if (brace === "{") {
      skipping = 0;
      depth += 1;
      isInside = true;
      stack.push([toSkip, isIgnored, isSilent, font]);
    } else if (brace) {
      skipping = 0;
      depth -= 1;
      if (stack.length) [toSkip, isIgnored, isSilent, font] = stack.pop();
      else [toSkip, isIgnored] = [0, true];
      if (isInside && depth <= 0) break;
    } else if (sign !== undefined) {
      skipping = 0;
      if (special.has(sign)) {
        if (section.has(sign)) font = defaultFont;
        if (!isIgnored) out += special.get(sign);
      } else if (sign === "*") isIgnored = true;
    } else if (word) {
      skipping = 0;
      if (destinations.has(word)) isIgnored = true;
      else if (word === "ansicpg") encoding = isKnown(`cp${argument}`) ? `cp${argument}` : "utf8";
      if (isIgnored || isSilent) continue;
      if (special.has(word)) out += special.get(word);
      else if (word === "uc") toSkip = Number(argument);
      else if (word === "u") {
        if (argument !== undefined) out += String.fromCharCode((Number(argument) + 0x10000) % 0x10000);
        skipping = toSkip;
      } else if (word === "f") font = argument ?? null;
      else if (word === "deff") defaultFont = argument ?? null;
      else if (word === "fonttbl" || word === "colortbl") isSilent = true;
    } else if (hex) {
      if (skipping > 0) skipping -= 1;
      else if (!isIgnored) hexes += hex;
    } else if (plain) {
      if (skipping > 0) skipping -= 1;
      else if (!isIgnored && !isSilent) out += plain;
    }
  }
  return out;
}

function isKnown(codec) {
  try {
    py.call(new py.Bytes(""), "decode", codec, "ignore");
    return true;
  } catch {
    return false;
  }
}
