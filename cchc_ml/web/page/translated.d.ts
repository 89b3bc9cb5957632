/* What the page calls of the translated reading; cchc_ml/web/page_reading.py writes translated.js. */

type Pairs = Iterable<[Map<string, any>, string]>;

export function reading_inputs$read_file(path: any, textColumn?: string, keepBoilerplate?: boolean, onNote?: (note: string) => void): Pairs;
export function reading_lines$join_lines(lines: string[]): string[];
export function reading_context$article_of(row: Map<string, any>): any;
export function reading_context$documents_of(rows: any[], articles: any[]): any[];
export function text_sniffing$sniff(head: any): string | null;
export const text_old_fonts$WINDOWS_1252: Map<number, string>;
export const text_sentences$ABBREVIATIONS: Set<string>;
export const HTML_RULES: { empty: string[]; closedBy: Record<string, string[]>; entities: Record<string, string> };
export const RTF_TABLES: import("./rtf.js").RtfTables | null;
export const SENTENCES: Record<string, string>;
export const reading_workbooks$MAX_SHEET_CELLS: number;
export const reading_decode$SNIFF_BYTES: number;
