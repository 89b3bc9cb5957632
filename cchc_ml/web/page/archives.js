/* Unpack zip archives: documents and workbooks. A browser unpacks in the background, so all parts are unpacked before one is read. */

import { damaged } from "./elements.js";
import { py } from "./python.js";

/** No archive is unpacked beyond this; Python rejects it by what its list of files says. */
const MOST_BYTES = 200_000_000;
/** Pictures and the like are not read. */
const NOT_READ = /\.(?:png|jpe?g|gif|emf|wmf|tiff?|bmp|bin|ttf|odttf|mp4|wdp)$/i;

async function inflate(packed, format = "deflate-raw") {
  const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream(/** @type {CompressionFormat} */ (format)));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

export const gunzip = (bytes) => inflate(bytes, "gzip");

/** @typedef {{ name: string, file_size: number, data: Uint8Array | null }} Entry */

/**
 * Return the files of an archive, or null if it is damaged. A file that is damaged or locked has no data.
 * @param {Uint8Array} bytes
 * @returns {Promise<Entry[] | null>}
 */
export async function unzip(bytes) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let end = bytes.length - 22;
  while (end >= 0 && view.getUint32(end, true) !== 0x06054b50) end -= 1;
  if (end < 0) return null;
  /** @type {Entry[]} */
  const entries = [];
  let left = MOST_BYTES;
  try {
    let at = view.getUint32(end + 16, true);
    for (let count = view.getUint16(end + 10, true); count > 0; count--) {
      if (view.getUint32(at, true) !== 0x02014b50) return null;
      const [nameSize, extraSize, commentSize] = [28, 30, 32].map((offset) => view.getUint16(at + offset, true));
      const name = new TextDecoder().decode(bytes.subarray(at + 46, at + 46 + nameSize));
      const entry = { name, file_size: view.getUint32(at + 24, true), data: null };
      entries.push(entry);
      left -= entry.file_size;
      const isLocked = view.getUint16(at + 8, true) & 1;
      if (left >= 0 && !isLocked && !NOT_READ.test(name)) {
        const local = view.getUint32(at + 42, true);
        const start = local + 30 + view.getUint16(local + 26, true) + view.getUint16(local + 28, true);
        const packed = bytes.subarray(start, start + view.getUint32(at + 20, true));
        entry.data = view.getUint16(at + 10, true) === 0 ? packed : await inflate(packed).catch(() => null);
      }
      at += 46 + nameSize + extraSize + commentSize;
    }
  } catch {
    return entries.length ? entries : null;
  }
  return entries;
}

/** Python's `zipfile.ZipFile`, of a file that was unpacked before. */
export class ZipFile {
  constructor(file) {
    if (!file.entries) throw damaged("File is not a zip file");
    /** @type {Map<string, Entry>} */
    this.entries = new Map(file.entries.map((entry) => [entry.name, entry]));
  }
  infolist() {
    return [...this.entries.values()];
  }
  namelist() {
    return [...this.entries.keys()];
  }
  /** A file in the archive, which can be read. */
  open(name) {
    return { data: this.dataOf(name), read: (size) => py.slice(this.read(name), 0, size) };
  }
  /** @returns {Uint8Array} */
  dataOf(name) {
    const entry = this.entries.get(name);
    if (!entry) throw new py.KeyError(`There is no item named '${name}' in the archive`);
    if (!entry.data) throw damaged(`${name} cannot be unpacked`);
    return entry.data;
  }
  read(name) {
    return py.Bytes.of(this.dataOf(name));
  }
}
