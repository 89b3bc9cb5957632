/* The page: from what the user does to what it shows. */

import { actOnArticles, refreshArticles, showArticles, showMoreArticles } from "./articles.js";
import { $, Pace, make } from "./dom.js";
import { filesOfDrop, filesOfFolder } from "./folders.js";
import { actOnParagraph, corrections, keyOnParagraph, paragraphsForPaper, pointAt, refreshParagraphs, showMoreParagraphs } from "./paragraphs.js";
import { DATA, PILLARS, STEP, countTags, currentView, percent, state, words } from "./state.js";
import { csvTable, xlsxTable } from "./tables.js";
import { beginWork, paragraphsOfText, rowsOfFile, tagTexts } from "./work.js";
import { csvOf, xlsxOf } from "./writing.js";

const FEW_PROBLEMS = 3; // more fold into a line
const MOST_PROBLEMS = 100;

// --- What is shown --------------------------------------------------------------------------------------------------------------

function say(text) {
  if ($("status").textContent !== text) $("status").textContent = text;
}

/** @param {{name: string, word: string, detail?: any}} problem */
function problemLine({ name, word, detail }) {
  if (["skipped", "many"].includes(word)) return make("li", {}, `${name} ${words().problems[word]}`);
  const said = [name, words().problems[word], detail?.[state.language] ?? detail];
  return make("li", {}, said.filter(Boolean).join(": "));
}

function showProblems() {
  const left = state.problems.length - MOST_PROBLEMS;
  const shown = left > 0 ? [...state.problems.slice(0, MOST_PROBLEMS), { name: String(left), word: "many" }] : state.problems;
  const list = make("ul", {}, ...shown.map(problemLine));
  if (!shown.length) $("problems").replaceChildren();
  else if (shown.length <= FEW_PROBLEMS) $("problems").replaceChildren(list);
  else $("problems").replaceChildren(make("details", {}, make("summary", {}, words().notRead(state.problems.length)), list));
}

/** Show the counts and the state of the controls. */
function showCounts() {
  const view = currentView();
  document.body.classList.toggle("has-results", state.rows.length > 0);
  $("threshold").disabled = view.common === null;
  $("threshold-value").textContent = view.common === null ? "–" : percent(view.common);
  const { counts, tagged } = countTags(state.rows, view);
  PILLARS.forEach(({ slug }, k) => ($(`count-${slug}`).textContent = view.on[k] ? counts[k] : "–"));
  showProblems();
  say(state.rows.length ? words().summary(state.rows.length, tagged) : state.said && words()[state.said]);
}

function showCorrections() {
  const counts = corrections.counts();
  $("looked").textContent = words().looked(counts, percent(counts.decided ? counts.right / counts.decided : 0));
  $("not-kept").hidden = corrections.isKept;
  for (const id of ["save-corrections", "forget"]) $(id).disabled = !counts.looked;
  $("results").hidden = !state.rows.length && !counts.looked;
}

/** Show what was read anew. */
function showAll() {
  showCounts();
  showCorrections();
  showArticles();
}

/** Show what is there by the controls as they are now. */
function refresh() {
  showCounts();
  refreshArticles();
  refreshParagraphs();
}

/** @returns {HTMLElement[]} */
const panelButtons = () => Array.from($("bar").children);

function speak(language) {
  state.language = language;
  document.documentElement.lang = language;
  const { title, titleOwn, lead, leadOwn, bar } = words();
  document.title = DATA.own ? titleOwn : title;
  for (const node of /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll("[data-word]"))) node.textContent = words()[node.dataset.word];
  if (DATA.own) [$("title").textContent, $("lead").textContent] = [titleOwn, leadOwn(PILLARS.length)];
  else [$("title").textContent, $("lead").textContent] = [title, lead];
  for (const button of panelButtons()) button.textContent = bar[button.dataset.panel];
  $("language").textContent = words().language;
  $("language").lang = words().languageCode;
  $("threshold").setAttribute("aria-label", words().thresholdLabel);
  $("progress").setAttribute("aria-label", words().progress);
  for (const pillar of PILLARS) $(`name-${pillar.slug}`).textContent = pillar[language];
  showCorrections();
  refresh();
}

// --- What the user does ---------------------------------------------------------------------------------------------------------

/** The articles of rows: each file is one, whatever it is called, and so is the pasted text. */
function articlesOf(rows) {
  const articles = new Map();
  for (const row of rows) {
    if (!articles.has(row.file)) articles.set(row.file, { name: row.source, rows: [] });
    const article = articles.get(row.file);
    article.rows.push(row);
    row.number = article.rows.length;
  }
  return [...articles.values()];
}

/** Tag rows. What is begun later ends what is still running. A row has the number of its document, or null. */
async function tagRows(rows, problems = [], run = ++state.run) {
  Object.assign(state, { rows: [], articles: [], listed: STEP, problems, said: rows.length || problems.length ? "" : "nothing" });
  showAll();
  $("progress").hidden = !rows.length;
  if (!rows.length) return;
  const isOver = () => run !== state.run;
  const onDone = (done) => {
    $("progress").value = done / rows.length;
    say(words().working(Math.floor(done / STEP) * STEP, rows.length));
  };
  const found = await tagTexts(
    rows.map(({ text }) => text),
    rows.map((row) => row.document),
    onDone,
    isOver,
  );
  if (!found) return;
  $("progress").hidden = true;
  found.forEach((one, i) => (rows[i].found = one));
  Object.assign(state, { rows, articles: articlesOf(rows) });
  document.body.classList.remove("editing");
  showAll();
}

async function tagText() {
  const run = ++state.run;
  const texts = await paragraphsOfText($("text").value);
  if (run === state.run) await tagRows(texts.map((text) => ({ text, source: null, document: 0, fields: [] })), [], run);
}

/**
 * Read and tag files.
 * @param {{file: File, path: string}[]} files
 * @param {number} skipped files of a folder that nobody meant
 */
async function tagFiles(files, skipped = 0) {
  const run = ++state.run;
  const rows = [];
  /** @type {any[]} */
  const problems = skipped ? [{ name: String(skipped), word: "skipped" }] : [];
  const documents = new Map();
  const numberOf = (...names) => {
    const name = names.join("\0");
    if (!documents.has(name)) documents.set(name, documents.size);
    return documents.get(name);
  };
  const pace = new Pace();
  for (const [i, { file, path }] of files.entries()) {
    if (files.length > 1) say(words().reading(i, files.length));
    try {
      const read = await rowsOfFile(file);
      problems.push(...read.notes.map((detail) => ({ name: path, word: "note", detail })));
      for (const row of read.rows) {
        const isAlone = row.document === null;
        rows.push({ ...row, source: path, file: i, document: isAlone ? null : numberOf(i, typeof row.document === "string" ? row.document : "") });
      }
    } catch (thrown) {
      const error = /** @type {any} */ (thrown);
      problems.push({ name: path, word: error.word in words().problems ? error.word : "unknown", detail: error.detail });
    }
    await pace.rest();
    if (run !== state.run) return;
  }
  await tagRows(rows, problems, run);
}

const filesOfInput = (input) => [...input.files].map((file) => ({ file, path: file.name }));

function save(content, name) {
  const link = make("a", { href: URL.createObjectURL(content), download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}

/** Open one panel of the row of controls on a small screen, and close the others. */
function openPanel(name) {
  for (const button of panelButtons()) {
    const isOpen = button.dataset.panel === name && button.getAttribute("aria-expanded") === "false";
    button.setAttribute("aria-expanded", String(isOpen));
    $(`panel-${button.dataset.panel}`).classList.toggle("open", isOpen);
  }
}

function forget() {
  if (!confirm(words().forgetSure(corrections.counts().looked))) return;
  corrections.clear();
  corrected();
}

function corrected() {
  showCorrections();
  refreshParagraphs();
}

function listenToInput() {
  $("language").addEventListener("click", () => speak(words().languageCode));
  $("tag").addEventListener("click", tagText);
  $("text").addEventListener("paste", () => setTimeout(tagText));
  $("text").addEventListener("keydown", (event) => event.key === "Enter" && (event.ctrlKey || event.metaKey) && tagText());
  $("open").addEventListener("click", () => $("files").click());
  $("files").addEventListener("change", async () => {
    await tagFiles(filesOfInput($("files")));
    $("files").value = "";
  });
  $("open-folder").addEventListener("click", () => $("folder").click());
  $("folder").addEventListener("change", async () => {
    const { files, skipped } = filesOfFolder([...$("folder").files].map((file) => ({ file, path: file.webkitRelativePath || file.name })));
    await tagFiles(files, skipped);
    $("folder").value = "";
  });
  $("sample").addEventListener("click", () => {
    $("text").value = DATA.sample;
    tagText();
  });
  $("edit").addEventListener("click", () => {
    document.body.classList.add("editing");
    $("text").focus();
  });
  $("clear").addEventListener("click", async () => {
    $("text").value = "";
    await tagRows([]);
    say(words()[(state.said = "cleared")]);
    $("text").focus();
  });
  document.addEventListener("dragover", (event) => {
    event.preventDefault();
    document.body.classList.add("dropping");
  });
  document.addEventListener("dragleave", (event) => event.relatedTarget || document.body.classList.remove("dropping"));
  document.addEventListener("drop", async (event) => {
    event.preventDefault();
    document.body.classList.remove("dropping");
    const text = event.dataTransfer.getData("text");
    const { files, skipped } = await filesOfDrop(event.dataTransfer);
    if (files.length || skipped) tagFiles(files, skipped);
    else if (text) {
      $("text").value = text;
      tagText();
    }
  });
}

function listenToControls() {
  $("controls").addEventListener("input", ({ target }) => target.id !== "annotator" && refresh());
  $("controls").addEventListener("submit", (event) => event.preventDefault());
  $("bar").addEventListener("click", ({ target }) => target.dataset.panel && openPanel(target.dataset.panel));
  document.addEventListener("keydown", ({ key }) => key === "Escape" && openPanel(""));
  document.addEventListener("pointerdown", ({ target }) => /** @type {Element} */ (target).closest("#controls") || openPanel(""));
  $("csv").addEventListener("click", async () => save(await csvOf(csvTable()), "cchc.csv"));
  $("xlsx").addEventListener("click", async () => save(await xlsxOf(xlsxTable()), "cchc.xlsx"));
  $("annotator").value = corrections.name;
  $("annotator").addEventListener("change", () => corrections.rename($("annotator").value));
  $("save-corrections").addEventListener("click", () =>
    save(new Blob([corrections.file()], { type: "application/x-ndjson" }), corrections.fileName()),
  );
  $("forget").addEventListener("click", forget);
  // Another tab with this page has changed something.
  addEventListener("storage", () => {
    corrections.load();
    corrected();
  });
}

function listenToResults() {
  $("more").addEventListener("click", showMoreParagraphs);
  $("more-articles").addEventListener("click", showMoreArticles);
  for (const type of ["pointerover", "pointerout", "focusin", "focusout"]) $("paragraphs").addEventListener(type, pointAt);
  $("articles").addEventListener("click", ({ target }) => actOnArticles(target));
  $("paragraphs").addEventListener("click", ({ target }) => actOnParagraph(target) && corrected());
  $("paragraphs").addEventListener("keydown", (event) => keyOnParagraph(event) && corrected());
  addEventListener("beforeprint", () => $("paper").replaceChildren(...paragraphsForPaper()));
  addEventListener("afterprint", () => $("paper").replaceChildren());
}

function start() {
  for (const { slug } of PILLARS) {
    const box = make("input", { type: "checkbox", id: `show-${slug}`, checked: true });
    const name = make("span", { id: `name-${slug}` });
    const count = make("span", { id: `count-${slug}`, className: "number" });
    $("pillars").append(make("label", { dataset: { pillar: slug } }, box, make("span", { className: "dot" }), name, count));
  }
  listenToInput();
  listenToControls();
  listenToResults();
  speak("vi");
  beginWork();
}

start();
