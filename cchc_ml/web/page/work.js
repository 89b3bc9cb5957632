/* Reading and tagging: in a worker, or in slices on this thread where the browser gives no worker to a local file. */

import { Pace } from "./dom.js";
import { Encodings } from "./encodings.js";
import { Problem, paragraphsOf, readFile } from "./reading.js";
import { rowsOfService } from "./service.js";
import { DATA } from "./state.js";
import { Tagger } from "./tagger.js";

/** The tagger of this thread. It is made when it is needed: with a worker it never is, and the page opens sooner. */
class OwnTagger {
  /** @type {Tagger | undefined} */
  made;
  /** @type {Encodings | undefined} */
  tables;

  get all() {
    return (this.made ??= new Tagger(DATA.model));
  }

  get encodings() {
    return (this.tables ??= new Encodings(DATA.model.language));
  }

  read(text) {
    return this.all.read(text);
  }

  decide(readings, documents) {
    return this.all.decide(readings, documents);
  }
}

export const tagger = new OwnTagger();

/** @type {Worker | null | undefined} */
let thread;
let tasks = 0;

/** Start the worker, before there is anything to do. */
export function beginWork() {
  ownThread();
}

function ownThread() {
  if (thread !== undefined) return thread;
  try {
    const address = URL.createObjectURL(new Blob([DATA.worker], { type: "text/javascript" }));
    thread = new Worker(address);
    // A browser that forbids it says so later.
    thread.addEventListener("error", () => (thread = null));
    thread.postMessage({ model: DATA.model });
  } catch {
    thread = null;
  }
  return thread;
}

/**
 * Send a task to the worker. Undefined means that there is no worker, or that it failed.
 * @param {Record<string, any>} message
 * @param {(data: any) => void} onPart
 * @returns {Promise<any>}
 */
function ask(message, onPart = () => {}) {
  const own = ownThread();
  if (!own) return Promise.resolve(undefined);
  const task = ++tasks;
  return new Promise((resolve, reject) => {
    const end = () => {
      own.removeEventListener("message", hear);
      own.removeEventListener("error", fail);
    };
    const hear = ({ data }) => {
      if (data.task !== task) return;
      if ("problem" in data) {
        end();
        reject(new Problem(data.problem.word, data.problem.detail));
      } else if ("result" in data) {
        end();
        resolve(data.result);
      } else onPart(data);
    };
    const fail = () => {
      end();
      thread = null;
      resolve(undefined);
    };
    own.addEventListener("message", hear);
    own.addEventListener("error", fail);
    own.postMessage({ task, ...message });
  });
}

/** The paragraphs of a pasted text. */
export async function paragraphsOfText(text) {
  return (await ask({ text })) ?? paragraphsOf(text, tagger.encodings);
}

/** The rows of a file, and what was passed over. */
export async function rowsOfFile(file) {
  return (await rowsOfService(file)) ?? (await ask({ file })) ?? readFile(file, tagger.encodings);
}

/**
 * Tag texts; those with the same document are read together. Null: something newer has begun meanwhile.
 * @param {string[]} texts
 * @param {(number | null)[]} documents
 * @param {(done: number) => void} onDone
 * @param {() => boolean} isOver
 * @returns {Promise<import("./state.js").Found[] | null>}
 */
export async function tagTexts(texts, documents, onDone, isOver) {
  const found = [];
  const answer = await ask({ tag: { texts, documents } }, (part) => {
    if (part.found) found.push(...part.found);
    else if (!isOver()) onDone(part.done);
  });
  if (isOver()) return null;
  if (answer !== undefined) return found;
  const pace = new Pace();
  const readings = [];
  for (const text of texts) {
    readings.push(tagger.read(text));
    if (!pace.due()) continue;
    onDone(readings.length);
    await pace.rest();
    if (isOver()) return null;
  }
  return tagger.decide(readings, documents);
}
