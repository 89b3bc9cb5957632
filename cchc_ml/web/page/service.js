/* Where `cchc-ml serve` hosts the page, it asks the service to read a file: then the reading is Python's own, and reads PDF files too. */

import { Problem } from "./reading.js";
import { DATA, state } from "./state.js";

const TABLE = /\.(?:jsonl|csv|tsv|xlsx)(?:\.gz)?$/i;

/**
 * The rows and the notes of a file as the service reads it. Undefined: the page reads it itself, because it is a table, or no service answers.
 * The browser sends the password of the service with the request, as it did for the page.
 * @param {File} file
 * @returns {Promise<{ rows: any[], notes: any[] } | undefined>}
 */
export async function rowsOfService(file) {
  if (!DATA.served || !location.protocol.startsWith("http") || TABLE.test(file.name)) return undefined;
  let answer;
  let status;
  try {
    const response = await fetch(`v1/articles?filename=${encodeURIComponent(file.name)}`, {
      method: "POST",
      body: file,
      headers: { "Content-Type": "application/octet-stream", "Accept-Language": state.language },
    });
    status = response.status;
    answer = await response.json();
  } catch {
    return undefined;
  }
  // The page says what is wrong with a file, unless it does not read this kind: then the service does.
  if (status === 422 && /\.pdf$/i.test(file.name)) throw new Problem("unknown", answer.detail);
  if (status !== 200) return undefined;
  const rows = answer.rows.map(({ text, kind, headline, date }) => ({
    isArticle: true,
    text,
    source: file.name,
    document: kind === "body" ? file : null,
    fields: [],
    kind,
    headline,
    date,
  }));
  return { rows, notes: [] };
}
