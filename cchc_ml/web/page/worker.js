/* The tagger in a thread of its own, so that the page stays alive. It gets the model once, then one task at a time. */

import { paragraphsOf, readFile } from "./reading.js";
import { Tagger } from "./tagger.js";

const TURN = 50; // milliseconds between two looks at whether there is a newer task
const PORTION = 500; // paragraphs sent back at a time

let worker;
let latest = 0;

async function tagInTurns(task, { texts, documents }) {
  const readings = [];
  let rested = performance.now();
  for (const text of texts) {
    readings.push(worker.read(text));
    if (performance.now() - rested < TURN) continue;
    postMessage({ task, done: readings.length });
    await new Promise((resolve) => setTimeout(resolve));
    if (task !== latest) break;
    rested = performance.now();
  }
  const found = task === latest ? worker.decide(readings, documents) : [];
  for (let i = 0; i < found.length; i += PORTION) postMessage({ task, found: found.slice(i, i + PORTION) });
  postMessage({ task, result: null });
}

addEventListener("message", async ({ data: { task, model, tag, text, file } }) => {
  latest = task ?? latest;
  try {
    if (model) worker = new Tagger(model);
    else if (tag) await tagInTurns(task, tag);
    else if (file) postMessage({ task, result: await readFile(file, worker.encodings) });
    else postMessage({ task, result: paragraphsOf(text, worker.encodings) });
  } catch (thrown) {
    const error = /** @type {any} */ (thrown);
    postMessage({ task, problem: { word: error.word ?? "unknown", detail: error.detail } });
  }
});
