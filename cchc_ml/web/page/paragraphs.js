/* The paragraphs of the open article: their text with its evidence, their pillars, and what a person says of these. */

import { Corrections } from "./corrections.js";
import { $, LazyNodes, make } from "./dom.js";
import { PILLARS, STEP, currentView, percent, piecesOf, pillarName, sourceOf, state, tagsOf, words } from "./state.js";

/**
 * @typedef {import("./state.js").Row} Row
 */

// A longer paragraph is shown in part, until somebody wants all of it: to lay out a megabyte takes a browser seconds.
const LONG = 20_000;
// Paragraphs that the browser leaves out of its work together, while they are far from the screen.
const GROUP = 20;
const END_OF_PIECE = 700;

export const corrections = new Corrections();
export const paragraphNodes = new LazyNodes(drawParagraph);
let shownView = { on: [], common: null };

function evidenceMark({ text, pillars }, content) {
  const labels = pillars.map((k) => make("span", { className: "label", dataset: { pillar: PILLARS[k].slug } }, pillarName(PILLARS[k])));
  const title = `${words().evidence}: ${pillars.map((k) => pillarName(PILLARS[k])).join(", ")}`;
  const dataset = { pillar: PILLARS[pillars[0]].slug, pillars: pillars.map((k) => PILLARS[k].slug).join(" ") };
  return make("mark", { title, dataset }, ...(content ?? [text]), ...labels);
}

/** The content of a piece of text; of a long one, its ends. */
function contentOf(text, row) {
  if (row.text.length <= LONG || row.isWhole || text.length <= 3 * END_OF_PIECE) return [text];
  const left = text.length - 2 * END_OF_PIECE;
  const more = make("button", { type: "button", className: "whole" }, words().whole(left));
  return [text.slice(0, END_OF_PIECE), more, text.slice(-END_OF_PIECE)];
}

function chipOf(row, k) {
  const pillar = PILLARS[k];
  const chip = make("button", { type: "button", className: "chip", title: pillar[state.language], dataset: { pillar: pillar.slug } });
  chip.append(
    make("span", { className: "dot" }),
    `${pillarName(pillar)} `,
    make("b", {}, percent(row.found.probabilities[k])),
    make("span", { className: "unseen" }, `, ${words().showEvidence}`),
  );
  return chip;
}

/** Yes and no on a pillar. */
function judges(k, decision) {
  return [true, false].map((says) =>
    make(
      "button",
      {
        type: "button",
        className: "judge",
        title: says ? words().sayYes : words().sayNo,
        "aria-pressed": String(decision === says),
        dataset: { says: String(says) },
      },
      make("span", { "aria-hidden": "true" }, says ? "✓" : "✗"),
      make("span", { className: "unseen" }, `${says ? words().yes : words().no}: ${pillarName(PILLARS[k])}`),
    ),
  );
}

function pillarItem(row, k, isTag, decision) {
  const { slug } = PILLARS[k];
  const name = isTag
    ? chipOf(row, k)
    : make("span", { className: "untagged-name" }, make("span", { className: "dot" }), pillarName(PILLARS[k]), make("small", {}, decision ? ` ${words().added}` : ""));
  const said = decision === undefined ? "" : decision ? "said-yes" : "said-no";
  return make("li", { className: `pillar ${said}`, dataset: { pillar: slug } }, name, ...judges(k, decision));
}

/** @param {Row} row */
function pillarItems(row, tags) {
  const decisions = corrections.decisionsOf(row);
  const shown = PILLARS.map((_, k) => k).filter((k) => !tags.includes(k) && (row.showsAll || decisions[PILLARS[k].slug] === true));
  const items = [...tags, ...shown].map((k) => pillarItem(row, k, tags.includes(k), decisions[PILLARS[k].slug]));
  if (!tags.length) items.unshift(make("li", { className: "none" }, words().none));
  const others = make("button", { type: "button", className: "others", "aria-expanded": String(Boolean(row.showsAll)) }, words().others);
  const isFinished = corrections.isFinished(row);
  const finish = make("button", { type: "button", className: "finish", title: words().finishTitle }, isFinished ? words().finished : words().finish);
  finish.classList.toggle("done", isFinished);
  return [...items, make("li", { className: "acts" }, others, finish)];
}

/**
 * @param {HTMLElement} node
 * @param {Row} row
 */
function drawParagraph(node, row) {
  const tags = tagsOf(row, shownView);
  node.className = tags.length ? "" : "untagged";
  const text = piecesOf(row, tags).flatMap((piece) => {
    const content = contentOf(piece.text, row);
    return piece.pillars.length ? [evidenceMark(piece, content)] : content;
  });
  node.replaceChildren(
    make(state.articles.length > 1 ? "h4" : "h3", {}, `${words().paragraph} ${row.number} `, ...(state.articles.length > 1 ? [] : [make("span", {}, sourceOf(row))])),
    make("p", { lang: "vi", className: "text" }, ...text),
    make("ul", { className: "chips" }, ...pillarItems(row, tags)),
  );
}

/** @returns {HTMLElement[]} */
const allShown = () => Array.from($("paragraphs").querySelectorAll("article"));

/** Show the first paragraphs of the open article anew. */
export function showParagraphs() {
  shownView = currentView();
  paragraphNodes.clear();
  $("paragraphs").replaceChildren();
  appendParagraphs(0);
}

/** Show the paragraphs from a place on, as many as are wanted. */
function appendParagraphs(from) {
  const rows = state.articles[state.open]?.rows ?? [];
  const until = Math.min(state.shown, rows.length);
  for (let at = from; at < until; at += GROUP) {
    /** @type {[Element, Row][]} */
    const pairs = rows.slice(at, Math.min(at + GROUP, until)).map((row) => [document.createElement("article"), row]);
    const group = make("div", { className: "group" }, ...pairs.map(([article]) => article));
    paragraphNodes.add(group, pairs);
    $("paragraphs").append(group);
  }
  sayHowManyMore();
}

function sayHowManyMore() {
  const left = (state.articles[state.open]?.rows.length ?? 0) - state.shown;
  $("more").hidden = left <= 0;
  $("more").textContent = words().more(Math.min(STEP, left), left);
}

export function showMoreParagraphs() {
  const from = state.shown;
  state.shown += STEP;
  appendParagraphs(from);
  allShown()[from].querySelector("h3, h4").scrollIntoView();
}

/** Show what is there with the pillars and the threshold as they are now. */
export function refreshParagraphs() {
  shownView = currentView();
  const focused = /** @type {HTMLElement} */ (document.activeElement);
  const way = focused?.closest?.("#paragraphs article") && wayTo(focused);
  paragraphNodes.refresh();
  if (way && !focused.isConnected) way.article.querySelector(way.selector)?.focus({ preventScroll: true });
  sayHowManyMore();
}

/** How to find an element again after its paragraph was drawn anew. */
function wayTo(element) {
  const slug = element.closest("li")?.dataset.pillar;
  const item = slug ? `li[data-pillar="${slug}"] ` : "";
  const kind = element.classList[0] ?? "";
  return { article: element.closest("article"), selector: `${item}.${kind}${element.dataset.says ? `[data-says="${element.dataset.says}"]` : ""}` };
}

const rowOf = (node) => paragraphNodes.items.get(node.closest("article"));

/** Say yes or no of the pillar that an element stands for; the same once more takes it back. */
function judge(element, says) {
  const { pillar } = element.closest("li").dataset;
  const row = rowOf(element);
  corrections.decide(row, { [pillar]: corrections.decisionsOf(row)[pillar] === says ? null : says });
}

/**
 * The next paragraph's own button, for a person who looks at one after the other.
 * @returns {HTMLElement | null | undefined}
 */
function nextFinish(article) {
  const all = allShown();
  return all[all.indexOf(article) + 1]?.querySelector(".finish");
}

/**
 * Do what a button of a paragraph is for.
 * @param {any} target
 * @returns {boolean} whether a correction was made
 */
export function actOnParagraph(target) {
  const button = target.closest("button");
  if (!button) return false;
  const row = rowOf(button);
  if (button.matches(".judge")) judge(button, button.dataset.says === "true");
  else if (button.matches(".finish")) {
    corrections.finish(row);
    nextFinish(button.closest("article"))?.focus({ preventScroll: true });
  } else {
    if (button.matches(".whole")) row.isWhole = true;
    if (button.matches(".others")) row.showsAll = !row.showsAll;
    if (button.matches(".chip")) {
      const mark = button.closest("article").querySelector(`mark[data-pillars~="${button.dataset.pillar}"]`);
      mark?.scrollIntoView({ block: "nearest" });
    } else refreshParagraphs();
    return false;
  }
  return true;
}

const KEYS = { c: true, y: true, k: false, n: false };

/** A key on a pillar: yes or no. Returns whether a correction was made. */
export function keyOnParagraph(event) {
  const says = KEYS[event.key.toLowerCase()];
  if (says === undefined || event.ctrlKey || event.metaKey || event.altKey || !event.target.closest("li[data-pillar]")) return false;
  event.preventDefault();
  judge(event.target, says);
  return true;
}

/** Bring out the evidence of the chip that is pointed at or in focus, and the chips of the sentence that is. */
export function pointAt(event) {
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

/** All paragraphs of all articles, for paper: there nothing can be opened. */
export function paragraphsForPaper() {
  shownView = currentView();
  return state.articles.flatMap(({ name, rows }) => [
    make("h3", {}, name ?? words().pasted),
    ...rows.map((row) => {
      const node = document.createElement("article");
      drawParagraph(node, row);
      return node;
    }),
  ]);
}
