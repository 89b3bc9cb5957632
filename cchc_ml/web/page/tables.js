/* What was tagged, as tables to download. Their columns are those of the command line's files. */

import { DATA, PILLARS, currentView, pillarName, piecesOf, sourceOf, state, tagsOf, words } from "./state.js";

/** The other columns of a row: pairs of a name and a cell. Two columns may have one name. */
const fieldsOf = ({ fields }) => (Array.isArray(fields) ? fields : Object.entries(fields));

/** The names of a row's other columns, each with how many columns before it have that name. */
function placesOf(row) {
  const seen = new Map();
  return fieldsOf(row).map(([name, cell]) => {
    const nth = seen.get(name) ?? 0;
    seen.set(name, nth + 1);
    return { place: `${nth}\0${name}`, name, cell };
  });
}

/** The other columns of all rows, in the order in which they come, by place. */
function ownColumns() {
  const columns = new Map();
  for (const row of state.rows) for (const { place, name } of placesOf(row)) if (!columns.has(place)) columns.set(place, name);
  return columns;
}

function cellsOf(row, columns) {
  const cells = new Map(placesOf(row).map(({ place, cell }) => [place, cell]));
  return [...columns.keys()].map((place) => cells.get(place) ?? "");
}

// What is known of an article's paragraphs, where the reading says it.
const FACTS = ["kind", "headline", "date"];
const knownFacts = () => FACTS.filter((name) => state.rows.some((row) => row[name] && row[name] !== "body"));

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

/** @param {import("./state.js").Row} row */
const evidenceOf = ({ text, found }, k) => (found.evidence[k] ? text.slice(...found.evidence[k]) : "");

export function csvTable() {
  const view = currentView();
  const columns = ownColumns();
  const facts = knownFacts();
  const first = ["source", "paragraph", "text", ...facts];
  const last = ["pillars", ...PILLARS.flatMap(({ slug }) => [`${slug}_probability`, `${slug}_evidence`])];
  return {
    formula: DATA.formula,
    head: [...first, ...onlyOnce([...columns.values()], [...first, ...last]), ...last],
    count: state.rows.length,
    row(i) {
      const row = state.rows[i];
      const tags = tagsOf(row, view);
      const cells = PILLARS.flatMap((_, k) => [Number(row.found.probabilities[k].toFixed(4)), tags.includes(k) ? evidenceOf(row, k) : ""]);
      return [sourceOf(row), row.number, row.text, ...facts.map((name) => row[name] ?? ""), ...cellsOf(row, columns), tags.map((k) => PILLARS[k].slug).join(";"), ...cells];
    },
  };
}

export function xlsxTable() {
  const view = currentView();
  const columns = ownColumns();
  const facts = knownFacts();
  const { source, paragraph, text, pillars, evidence } = words().columns;
  const first = [source, paragraph, text, ...facts.map((name) => words().columns[name])];
  const last = [...PILLARS.map(pillarName), pillars, evidence];
  return {
    sheet: DATA.sheet,
    head: [...first, ...onlyOnce([...columns.values()], [...first, ...last]), ...last],
    widths: [13, 8, 90, ...facts.map((name) => (name === "headline" ? 30 : 13)), ...[...columns].map(() => 13), ...PILLARS.map(() => 9), 30, 60],
    count: state.rows.length,
    row(i) {
      const row = state.rows[i];
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
