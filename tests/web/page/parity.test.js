/* The scripts of the page against what Python makes of the same texts and files: tests/web/parity.json.gz.
   PAGE_MODULES is a folder with the modules of the page and model.json; tests/web/test_parity.py writes it. */

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import test from "node:test";
import { pathToFileURL } from "node:url";
import { gunzipSync } from "node:zlib";

const folder = process.env.PAGE_MODULES;
assert.ok(folder, "PAGE_MODULES is not set; run: pytest tests/web/test_parity.py");
const module = (name) => import(pathToFileURL(join(folder, name)).href);
const here = new URL(".", import.meta.url);
const golden = JSON.parse(gunzipSync(readFileSync(new URL("../parity.json.gz", here))).toString());
const data = JSON.parse(readFileSync(join(folder, "data.json"), "utf8"));

const { Tagger } = await module("tagger.js");
const { splitSentences } = await module("sentences.js");
const { Problem, readFile } = await module("reading.js");
const tagger = new Tagger(data.model);
const slugs = data.pillars.map(({ slug }) => slug);

/** The rows of a file as the golden file has them; null if it is not read. */
async function rowsOf(name, bytes) {
  try {
    const { rows } = await readFile(new File([bytes], name), tagger.encodings);
    return rows.map(({ text, kind, headline, date, fields, isArticle }) => (isArticle ? [text, kind, headline, date] : [text, ...fields.map(([key, value]) => `${key}=${value}`)]));
  } catch (error) {
    if (error instanceof Problem) return null;
    throw error;
  }
}

test("there is something to compare", () => {
  assert.ok(golden.texts.length > 300 && Object.keys(golden.files).length > 700);
});

test("sentences", () => {
  for (const { text, sentences } of golden.texts) {
    assert.deepEqual(splitSentences(text, tagger.abbreviations).map(([a, b]) => text.slice(a, b)), sentences, text);
  }
});

test("probabilities, tags and evidence", () => {
  const found = tagger.decide(golden.texts.map(({ text }) => tagger.read(text)), golden.texts.map(() => null));
  golden.texts.forEach(({ text, scores, evidence }, i) => {
    const { probabilities, passes, evidence: places } = found[i];
    probabilities.forEach((share, k) => assert.ok(Math.abs(share - scores[k]) < 1e-8, `${share}, want ${scores[k]}: ${text}`));
    const tags = slugs.filter((_, k) => passes[k]);
    assert.deepEqual(new Set(tags), new Set(Object.keys(evidence)), text);
    for (const slug of tags) assert.equal(text.slice(...places[slugs.indexOf(slug)]), evidence[slug], text);
  });
});

for (const [name, { data: given, rows }] of Object.entries(golden.files)) {
  test(`file ${name}`, async () => {
    const bytes = given === undefined ? readFileSync(new URL(`../../pages/${name}`, here)) : Buffer.from(given, "base64");
    assert.deepEqual(await rowsOf(name, bytes), rows);
  });
}
