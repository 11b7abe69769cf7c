// Hashing in the browser: the orientation tag of a JPEG is set to "as stored" before decoding.
//
// Browsers turn a picture as its tag says, while `pdqhash` and the platforms hash the pixels as they are stored.

const HEAD = 256 * 1024;
const ORIENTATION = 0x0112;
const APP1 = 0xe1;
const START_OF_SCAN = 0xda;

/**
 * The same picture, orientation neutral. The rest of the file is not read.
 * @param {Blob} file
 * @returns {Promise<Blob>}
 */
export async function neutralised(file) {
  const head = new Uint8Array(await file.slice(0, HEAD).arrayBuffer());
  if (!neutralise(head)) return file;
  return new Blob([head, file.slice(head.length)], { type: file.type });
}

/**
 * Overwrites the tag in the first bytes of a JPEG. Returns whether there was one to change.
 * @param {Uint8Array} head
 */
export function neutralise(head) {
  const view = new DataView(head.buffer, head.byteOffset, head.length);
  if (head.length < 4 || view.getUint16(0) !== 0xffd8) return false;
  let at = 2;
  while (at + 4 <= head.length && head[at] === 0xff && head[at + 1] !== START_OF_SCAN) {
    if (head[at + 1] === 0xff) {
      at += 1;
      continue;
    }
    const size = view.getUint16(at + 2);
    if (head[at + 1] === APP1 && neutraliseExif(view, at + 4, Math.min(at + 2 + size, head.length))) return true;
    at += 2 + size;
  }
  return false;
}

/**
 * @param {DataView} view @param {number} start of the APP1 payload @param {number} end
 */
function neutraliseExif(view, start, end) {
  const tiff = start + 6;
  if (tiff + 8 > end || view.getUint32(start) !== 0x45786966 || view.getUint16(start + 4) !== 0) return false;
  return neutraliseTiff(view, tiff, end);
}

/**
 * @param {DataView} view @param {number} tiff where the TIFF header starts @param {number} end
 */
export function neutraliseTiff(view, tiff, end) {
  const little = view.getUint16(tiff) === 0x4949;
  const directory = tiff + view.getUint32(tiff + 4, little);
  if (directory + 2 > end) return false;
  const entries = view.getUint16(directory, little);
  for (let entry = directory + 2, left = entries; left > 0 && entry + 12 <= end; entry += 12, left--) {
    if (view.getUint16(entry, little) !== ORIENTATION) continue;
    if (view.getUint16(entry + 8, little) <= 1) return false;
    view.setUint16(entry + 8, 1, little);
    return true;
  }
  return false;
}
