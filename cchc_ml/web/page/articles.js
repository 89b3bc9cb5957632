/* The list of what was read, an article a line with its counts. One of them is open. */

import { $, LazyNodes, make } from "./dom.js";
import { showParagraphs } from "./paragraphs.js";
import { PILLARS, STEP, countTags, currentView, pillarName, state, words } from "./state.js";

const headNodes = new LazyNodes(drawHead);
let listView = { on: [], common: null };

/**
 * @param {HTMLElement} node
 * @param {number} i
 */
function drawHead(node, i) {
  const { name, rows } = state.articles[i];
  const { counts, tagged } = countTags(rows, listView);
  const pillars = PILLARS.map((_, k) => k).filter((k) => counts[k]);
  const tags = pillars.map((k) =>
    make(
      "span",
      { className: "count", title: pillarName(PILLARS[k]), dataset: { pillar: PILLARS[k].slug } },
      make("span", { className: "dot" }),
      String(counts[k]),
      make("span", { className: "unseen" }, ` ${pillarName(PILLARS[k])}, `),
    ),
  );
  node.replaceChildren(
    make("span", { className: "name" }, name ?? words().pasted),
    make("span", { className: "counts" }, make("span", { className: "of" }, words().ofArticle(rows.length, tagged)), ...tags),
  );
}

/** Show the list anew, with one article open. A single article needs no list. */
export function showArticles() {
  listView = currentView();
  headNodes.clear();
  $("home").append($("opened"));
  $("articles").replaceChildren();
  $("articles").hidden = state.articles.length < 2;
  if (state.articles.length > 1) appendArticles(0);
  openArticle(state.articles.length ? 0 : -1);
}

function appendArticles(from) {
  const items = state.articles.slice(from, state.listed).map((_, i) => {
    const head = make("button", { type: "button", className: "head", "aria-expanded": "false", dataset: { article: String(from + i) } });
    const item = make("li", {}, make("h3", {}, head));
    headNodes.add(item, [[head, from + i]]);
    return item;
  });
  $("articles").append(...items);
  sayHowManyMoreArticles();
}

function sayHowManyMoreArticles() {
  const left = state.articles.length - state.listed;
  $("more-articles").hidden = left <= 0;
  $("more-articles").textContent = words().moreArticles(Math.min(STEP, left), left);
}

export function showMoreArticles() {
  const from = state.listed;
  state.listed += STEP;
  appendArticles(from);
  $("articles").children[from].querySelector("button").focus();
}

/** Open an article, and close the one that was open. -1 opens none. */
export function openArticle(i) {
  Object.assign(state, { open: i, shown: STEP });
  for (const head of $("articles").querySelectorAll(".head[aria-expanded=true]")) head.setAttribute("aria-expanded", "false");
  const item = $("articles").children[i];
  if (item) {
    item.querySelector(".head").setAttribute("aria-expanded", "true");
    item.append($("opened"));
  } else $("home").append($("opened"));
  $("opened").hidden = i < 0;
  showParagraphs();
}

/** A click on the list: open an article, or close it. Returns whether it was for the list. */
export function actOnArticles(target) {
  const head = target.closest(".head");
  if (!head) return false;
  const i = Number(head.dataset.article);
  openArticle(state.open === i ? -1 : i);
  head.scrollIntoView({ block: "nearest" });
  return true;
}

export function refreshArticles() {
  listView = currentView();
  headNodes.refresh();
  sayHowManyMoreArticles();
}
