/* The page: from what the user does to what it shows. */

import { Problem, paragraphsOf, readFile } from "./reading.js";
import { Tagger } from "./tagger.js";
import { WORDS } from "./words.js";
import { csvOf, xlsxOf } from "./writing.js";

const DATA = JSON.parse(document.getElementById("data").textContent);
const PILLARS = DATA.pillars;
const STEP = 100; // paragraphs shown at a time
const SLICE = 30; // milliseconds of work between two looks at the screen

const tagger = new Tagger(DATA.model);
/** @type {(id: string) => any} */
const $ = (id) => document.getElementById(id);
const state = { language: "vi", rows: [], shown: STEP, run: 0, problems: [], said: "" };
const words = () => WORDS[state.language];
const percent = (share) => `${Math.round(100 * share)}${state.language === "vi" ? "" : "\u00a0"}%`;
const pillarName = (pillar) => (state.language === "vi" ? pillar.short : pillar.en);

/**
 * Make an element with properties and children.
 * @param {string} name
 * @param {Record<string, any>} properties
 * @param {...(string | Node)} children
 */
function make(name, { dataset = {}, ...properties } = {}, ...children) {
  const node = Object.assign(document.createElement(name), properties);
  Object.assign(node.dataset, dataset);
  node.append(...children);
  return node;
}

// --- What is tagged, by the pillars shown and the threshold chosen --------------------------------------------------------------

const switchedOn = (k) => $(`show-${PILLARS[k].slug}`).checked;

/** The pillars of a row that are switched on and pass, most probable first, as numbers. */
function tagsOf({ found }) {
  const common = $("controls").elements.namedItem("threshold").value === "common" ? $("threshold").value / 100 : null;
  return PILLARS.map((_, k) => k)
    .filter((k) => switchedOn(k) && (common === null ? found.passes[k] : found.probabilities[k] >= common))
    .sort((a, b) => found.probabilities[b] - found.probabilities[a]);
}

/** A text in pieces: evidence sentences with the pillars they are evidence for, and what lies between. */
function piecesOf(row, tags) {
  const sentences = new Map();
  for (const k of tags) {
    if (!row.found.evidence[k]) continue;
    const [a, b] = row.found.evidence[k];
    if (!sentences.has(a)) sentences.set(a, { b, pillars: [] });
    sentences.get(a).pillars.push(k);
  }
  const pieces = [];
  let at = 0;
  for (const [a, { b, pillars }] of [...sentences].sort(([a], [b]) => a - b)) {
    pieces.push({ text: row.text.slice(at, a), pillars: [] }, { text: row.text.slice(a, b), pillars });
    at = b;
  }
  return [...pieces, { text: row.text.slice(at), pillars: [] }].filter(({ text }) => text);
}

// --- What is shown --------------------------------------------------------------------------------------------------------------

function evidenceMark({ text, pillars }) {
  const labels = pillars.map((k) => make("span", { className: "label", dataset: { pillar: PILLARS[k].slug } }, pillarName(PILLARS[k])));
  const title = `${words().evidence}: ${pillars.map((k) => pillarName(PILLARS[k])).join(", ")}`;
  const dataset = { pillar: PILLARS[pillars[0]].slug, pillars: pillars.map((k) => PILLARS[k].slug).join(" ") };
  return make("mark", { title, dataset }, text, ...labels);
}

function paragraphNode(row, number) {
  const tags = tagsOf(row);
  const article = make("article", { className: tags.length ? "" : "untagged" });
  const source = row.source ?? words().pasted;
  article.append(make("h3", {}, `${words().paragraph} ${number} `, make("span", {}, source)));
  article.append(make("p", { lang: "vi", className: "text" }, ...piecesOf(row, tags).map((piece) => (piece.pillars.length ? evidenceMark(piece) : piece.text))));
  const chips = tags.map((k) => {
    const share = make("b", {}, percent(row.found.probabilities[k]));
    const chip = make("button", { type: "button", className: "chip", title: PILLARS[k][state.language], dataset: { pillar: PILLARS[k].slug } });
    chip.append(make("span", { className: "dot" }), `${pillarName(PILLARS[k])} `, share, make("span", { className: "unseen" }, `, ${words().showEvidence}`));
    return make("li", {}, chip);
  });
  article.append(chips.length ? make("ul", { className: "chips" }, ...chips) : make("p", { className: "none" }, words().none));
  return article;
}

function showParagraphs(from = 0) {
  const next = state.rows.slice(from, state.shown).map((row, i) => paragraphNode(row, from + i + 1));
  if (from) $("paragraphs").append(...next);
  else $("paragraphs").replaceChildren(...next);
  const left = state.rows.length - state.shown;
  $("more").hidden = left <= 0;
  $("more").textContent = words().more(Math.min(STEP, left), left);
}

function say(text) {
  if ($("status").textContent !== text) $("status").textContent = text;
}

function show() {
  $("results").hidden = !state.rows.length;
  const common = $("controls").elements.namedItem("threshold").value === "common";
  $("threshold").disabled = !common;
  $("threshold-value").textContent = common ? percent($("threshold").value / 100) : "–";
  const counts = PILLARS.map(() => 0);
  let tagged = 0;
  for (const row of state.rows) {
    const tags = tagsOf(row);
    for (const k of tags) counts[k] += 1;
    if (tags.length) tagged += 1;
  }
  PILLARS.forEach(({ slug }, k) => ($(`count-${slug}`).textContent = switchedOn(k) ? counts[k] : "–"));
  showParagraphs();
  $("problems").replaceChildren(
    ...state.problems.map(({ name, word, detail }) => make("li", {}, `${name}: ${words().problems[word]}${detail ? ` ${detail}` : ""}`)),
  );
  say(state.rows.length ? words().summary(state.rows.length, tagged) : state.said && words()[state.said]);
}

function speak(language) {
  state.language = language;
  document.documentElement.lang = language;
  document.title = words().title;
  for (const node of /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll("[data-word]"))) node.textContent = words()[node.dataset.word];
  $("language").textContent = words().language;
  $("language").lang = words().languageCode;
  $("threshold").setAttribute("aria-label", words().thresholdLabel);
  for (const pillar of PILLARS) $(`name-${pillar.slug}`).textContent = pillar[language];
  show();
}

// --- What the user does ---------------------------------------------------------------------------------------------------------

const breath = () => new Promise((resolve) => setTimeout(resolve));

/** Tag rows in slices, so that the page stays alive; what is begun later ends what is still running. A row names its document. */
async function tagRows(rows, problems = []) {
  const run = ++state.run;
  const last = () => run !== state.run;
  Object.assign(state, { rows: [], shown: STEP, problems, said: rows.length || problems.length ? "" : "nothing" });
  show();
  $("progress").hidden = !rows.length;
  let rested = performance.now();
  const readings = [];
  for (const [i, row] of rows.entries()) {
    readings.push(tagger.read(row.text));
    if (performance.now() - rested < SLICE) continue;
    $("progress").value = i / rows.length;
    say(words().working(Math.floor(i / STEP) * STEP, rows.length));
    await breath();
    if (last()) return;
    rested = performance.now();
  }
  $("progress").hidden = true;
  tagger.decide(readings, rows.map(({ document }) => document)).forEach((found, i) => (rows[i].found = found));
  state.rows = rows;
  show();
}

const tagText = () => tagRows(paragraphsOf($("text").value, tagger.encodings).map((text) => ({ text, source: null, document: "", fields: {} })));

async function tagFiles(files) {
  const run = ++state.run;
  const rows = [];
  const problems = [];
  for (const file of files) {
    try {
      for (const row of await readFile(file, tagger.encodings)) rows.push(row);
    } catch (error) {
      problems.push({ name: file.name, word: error instanceof Problem ? error.word : "unknown", detail: error instanceof Problem ? error.detail : "" });
    }
  }
  if (run === state.run) await tagRows(rows, problems);
}

function save(content, name) {
  const link = make("a", { href: URL.createObjectURL(content), download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}

/** What a table calls the columns before the pillars': a row's own fields come first. */
const ownFields = () => [...new Set(state.rows.flatMap((row) => Object.keys(row.fields)))];

const beginning = (row, number, fields) => [...fields.map((name) => row.fields[name] ?? ""), row.source ?? words().pasted, String(number)];

function csvTable() {
  const fields = ownFields();
  const head = [...fields, "source", "paragraph", "text", "pillars", ...PILLARS.flatMap(({ slug }) => [`${slug}_probability`, `${slug}_evidence`])];
  const rows = state.rows.map((row, i) => {
    const tags = tagsOf(row);
    const { probabilities, evidence } = row.found;
    const cells = PILLARS.flatMap((_, k) => [probabilities[k].toFixed(4), tags.includes(k) && evidence[k] ? row.text.slice(...evidence[k]) : ""]);
    return [...beginning(row, i + 1, fields), row.text, tags.map((k) => PILLARS[k].slug).join(";"), ...cells];
  });
  return { head, rows };
}

function xlsxTable() {
  const fields = ownFields();
  const { columns } = words();
  const head = [...fields, columns.source, columns.paragraph, columns.text, ...PILLARS.map(pillarName), columns.pillars];
  const tags = state.rows.map(tagsOf);
  const rows = state.rows.map((row, i) => [
    ...beginning(row, i + 1, fields),
    piecesOf(row, tags[i]).map(({ text, pillars }) => ({ text, bold: pillars.length > 0 })),
    ...row.found.probabilities.map((share) => Number(share.toFixed(4))),
    tags[i].map((k) => pillarName(PILLARS[k])).join("; "),
  ]);
  const text = fields.length + 2;
  const widths = head.map((_, j) => (j === text ? 90 : j === head.length - 1 ? 30 : 14));
  return { head, rows, widths, tagged: (i, j) => tags[i].includes(j - text - 1) };
}

/** Bring out the evidence of the chip that is pointed at or in focus, and the chips of the sentence that is. */
function point(event) {
  for (const lit of document.querySelectorAll(".lit")) lit.classList.remove("lit");
  const target = event.target.closest?.(".chip, mark");
  if (!target || ["pointerout", "focusout"].includes(event.type)) return;
  const article = target.closest("article");
  const slugs = (target.dataset.pillars ?? target.dataset.pillar).split(" ");
  for (const mark of article.querySelectorAll("mark")) {
    if (mark.dataset.pillars.split(" ").some((slug) => slugs.includes(slug))) mark.classList.add("lit");
  }
  for (const chip of article.querySelectorAll(".chip")) if (slugs.includes(chip.dataset.pillar)) chip.classList.add("lit");
}

function start() {
  for (const { slug } of PILLARS) {
    const box = make("input", { type: "checkbox", id: `show-${slug}`, checked: true });
    const name = make("span", { id: `name-${slug}` });
    const count = make("output", { id: `count-${slug}` });
    $("pillars").append(make("label", { dataset: { pillar: slug } }, box, make("span", { className: "dot" }), name, count));
  }
  $("controls").addEventListener("input", show);
  $("controls").addEventListener("submit", (event) => event.preventDefault());
  $("language").addEventListener("click", () => speak(words().languageCode));
  $("tag").addEventListener("click", tagText);
  $("text").addEventListener("paste", () => setTimeout(tagText));
  $("text").addEventListener("keydown", (event) => event.key === "Enter" && (event.ctrlKey || event.metaKey) && tagText());
  $("open").addEventListener("click", () => $("files").click());
  $("files").addEventListener("change", async () => {
    await tagFiles([...$("files").files]);
    $("files").value = "";
  });
  $("sample").addEventListener("click", () => {
    $("text").value = DATA.sample;
    tagText();
  });
  $("clear").addEventListener("click", () => {
    $("text").value = "";
    tagRows([]);
    say(words()[(state.said = "cleared")]);
    $("text").focus();
  });
  $("more").addEventListener("click", () => {
    const from = state.shown;
    state.shown += STEP;
    showParagraphs(from);
    $("paragraphs").children[from].querySelector("h3").scrollIntoView();
  });
  $("csv").addEventListener("click", () => save(new Blob([csvOf(csvTable())], { type: "text/csv" }), "cchc.csv"));
  $("xlsx").addEventListener("click", () => save(xlsxOf(xlsxTable()), "cchc.xlsx"));
  for (const type of ["pointerover", "pointerout", "focusin", "focusout"]) $("paragraphs").addEventListener(type, point);
  $("paragraphs").addEventListener("click", ({ target }) => {
    const chip = target.closest(".chip");
    chip?.closest("article").querySelector(`mark[data-pillars~="${chip.dataset.pillar}"]`)?.scrollIntoView({ block: "nearest" });
  });
  document.addEventListener("dragover", (event) => {
    event.preventDefault();
    document.body.classList.add("dropping");
  });
  document.addEventListener("dragleave", (event) => event.relatedTarget || document.body.classList.remove("dropping"));
  document.addEventListener("drop", (event) => {
    event.preventDefault();
    document.body.classList.remove("dropping");
    if (event.dataTransfer.files.length) tagFiles([...event.dataTransfer.files]);
    else if (event.dataTransfer.getData("text")) {
      $("text").value = event.dataTransfer.getData("text");
      tagText();
    }
  });
  speak("vi");
}

start();
