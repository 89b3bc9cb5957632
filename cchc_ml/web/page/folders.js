/* Files that come as a folder: from its dialogue, or dropped. */

import { $ } from "./dom.js";

/**
 * @typedef {{file: File, path: string}} Named
 */

// What systems and Office leave in folders, and nobody means.
const LEFT_BEHIND = /^(\.|~\$|thumbs\.db$|desktop\.ini$)/i;

/**
 * The files of a folder that can be read, by path; how many others there are.
 * @param {Named[]} all
 * @returns {{files: Named[], skipped: number}}
 */
export function filesOfFolder(all) {
  const endings = $("files").accept.split(",");
  const meant = all.filter(({ path }) => !path.split("/").some((part) => LEFT_BEHIND.test(part)));
  const files = meant.filter(({ path }) => endings.some((ending) => path.toLowerCase().endsWith(ending)));
  const { compare } = new Intl.Collator("vi", { numeric: true });
  files.sort((a, b) => compare(a.path, b.path));
  return { files, skipped: meant.length - files.length };
}

/**
 * The files in a dropped folder, and in its folders.
 * @param {any} handle a FileSystemDirectoryHandle
 * @returns {Promise<Named[]>}
 */
async function filesIn(handle, path = handle.name) {
  const found = [];
  for await (const inner of handle.values()) {
    const name = `${path}/${inner.name}`;
    if (inner.kind === "file") found.push({ file: await inner.getFile(), path: name });
    else found.push(...(await filesIn(inner, name)));
  }
  return found;
}

/** The same by an older way, for browsers that have no handles. Chromium refuses it to a page that is a local file. */
async function filesUnder(entry, before = "") {
  const path = `${before}${entry.name}`;
  if (entry.isFile) {
    return [{ file: await new Promise((resolve, reject) => entry.file(resolve, reject)), path }];
  }
  const reader = entry.createReader();
  const found = [];
  // A browser gives a hundred entries at a time, and none at the end.
  for (;;) {
    const entries = await new Promise((resolve, reject) => reader.readEntries(resolve, reject));
    if (!entries.length) return found;
    for (const inner of entries) found.push(...(await filesUnder(inner, `${path}/`)));
  }
}

/**
 * What was dropped: files are all meant, whatever their names; of folders, those that can be read.
 * @param {DataTransfer} data
 * @returns {Promise<{files: Named[], skipped: number}>}
 */
export async function filesOfDrop(data) {
  // Both must be asked for at once: after the event there are none.
  const items = [...data.items].filter(({ kind }) => kind === "file");
  const handles = items.map((item) => /** @type {any} */ (item).getAsFileSystemHandle?.());
  const entries = items.map((item) => item.webkitGetAsEntry?.()).filter(Boolean);
  const folders = entries.filter((entry) => entry.isDirectory);
  if (!folders.length) return { files: [...data.files].map((file) => ({ file, path: file.name })), skipped: 0 };
  const single = new Set(entries.filter((entry) => entry.isFile).map(({ name }) => name));
  const files = [...data.files].filter(({ name }) => single.has(name)).map((file) => ({ file, path: file.name }));
  const inFolders = [];
  if (handles.every(Boolean)) {
    for (const handle of await Promise.all(handles)) if (handle.kind === "directory") inFolders.push(...(await filesIn(handle)));
  } else for (const folder of folders) inFolders.push(...(await filesUnder(folder)));
  const { files: readable, skipped } = filesOfFolder(inFolders);
  return { files: [...files, ...readable], skipped };
}
