/* What was tagged, as tables to download. Their columns are those of the command line's files. */

import { DATA, PILLARS, currentView, pillarName, piecesOf, sourceOf, state, tagsOf, words } from "./state.js";

/** @typedef {import("./state.js").Row} Row */

/** The names of the other columns of all rows, in the order in which they come. @param {Row[]} rows */
function ownColumns(rows) {
  const columns = new Set();
  for (const { fields } of rows) for (const [name] of fields) columns.add(name);
  return [...columns];
}

/** @param {Row} row */
function cellsOf({ fields }, columns) {
  const cells = new Map(fields);
  return columns.map((name) => cells.get(name) ?? "");
}

// What is known of an article's paragraphs, where the reading says it.
const FACTS = ["kind", "headline", "date"];
const knownFacts = (rows) => FACTS.filter((name) => rows.some((row) => row[name] && row[name] !== "body"));

/** Names of columns, each of them once: the second "a" becomes "a (2)". Those of `fixed` stay. */
function onlyOnce(names, fixed) {
  const taken = new Set(fixed);
  return names.map((name) => {
    let free = name;
    for (let n = 2; taken.has(free); n++) free = `${name} (${n})`;
    taken.add(free);
    return free;
  });
}

/** @param {Row} row */
const evidenceOf = ({ text, found }, k) => (found.evidence[k] ? text.slice(...found.evidence[k]) : "");

export function csvTable() {
  const { rows } = state; // others may be shown before the last of these is written
  const view = currentView();
  const columns = ownColumns(rows);
  const facts = knownFacts(rows);
  const first = ["source", "paragraph", "text", ...facts];
  const last = ["pillars", ...PILLARS.flatMap(({ slug }) => [`${slug}_probability`, `${slug}_evidence`])];
  return {
    formula: DATA.formula,
    head: [...first, ...onlyOnce(columns, [...first, ...last]), ...last],
    count: rows.length,
    row(i) {
      const row = rows[i];
      const tags = tagsOf(row, view);
      const cells = PILLARS.flatMap((_, k) => [Number(row.found.probabilities[k].toFixed(4)), tags.includes(k) ? evidenceOf(row, k) : ""]);
      return [sourceOf(row), row.number, row.text, ...facts.map((name) => row[name] ?? ""), ...cellsOf(row, columns), tags.map((k) => PILLARS[k].slug).join(";"), ...cells];
    },
  };
}

export function xlsxTable() {
  const { rows } = state; // others may be shown before the last of these is written
  const view = currentView();
  const columns = ownColumns(rows);
  const facts = knownFacts(rows);
  const { source, paragraph, text, pillars, evidence } = words().columns;
  const first = [source, paragraph, text, ...facts.map((name) => words().columns[name])];
  const last = [...PILLARS.map(pillarName), pillars, evidence];
  return {
    sheet: DATA.sheet,
    head: [...first, ...onlyOnce(columns, [...first, ...last]), ...last],
    widths: [13, 8, 90, ...facts.map((name) => (name === "headline" ? 30 : 13)), ...columns.map(() => 13), ...PILLARS.map(() => 9), 30, 60],
    count: rows.length,
    row(i) {
      const row = rows[i];
      const tags = tagsOf(row, view);
      const sentences = [...new Set(tags.map((k) => evidenceOf(row, k)).filter(Boolean))];
      return [
        sourceOf(row),
        row.number,
        piecesOf(row, tags).map((piece) => ({ text: piece.text, bold: piece.pillars.length > 0 })),
        ...facts.map((name) => row[name] ?? ""),
        ...cellsOf(row, columns),
        ...row.found.probabilities.map((share, k) => ({ share: Number(share.toFixed(4)), tagged: tags.includes(k) })),
        tags.map((k) => pillarName(PILLARS[k])).join("; "),
        sentences.join("\n"),
      ];
    },
  };
}
