// Hashing in the browser: the orientation a JPEG, PNG or AVIF tells of itself is set to "as stored" before decoding.
//
// Browsers turn a picture as its tag says, while `pdqhash` and the platforms hash the pixels as they are stored.

const ORIENTATION = 0x0112;
const APP1 = 0xe1;
const START_OF_SCAN = 0xda;
const [JPEG, PNG] = [0xffd8, 0x89504e47];
const EXIF_CHUNK = 0x65584966;
const [FILE_TYPE, AVIF] = [0x66747970, 0x61766966];
/** Boxes that hold the properties of the pictures, and say which picture has which. */
const [PROPERTIES, OWNERS] = [0x6970636f, 0x69706d61];
/** A turn and a mirror, among the properties. */
const TURNS = [0x69726f74, 0x696d6972];
/** The description of an AVIF, which comes first, is a few hundred bytes long. */
const DESCRIPTION = 4096;

/**
 * Overwrites it in the bytes of a picture. Returns whether there was one to change.
 * @param {Uint8Array} bytes
 */
export function neutralise(bytes) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  if (bytes.length < 12) return false;
  if (view.getUint32(0) === PNG) return neutralisePng(view);
  if (view.getUint32(4) === FILE_TYPE && view.getUint32(8) === AVIF) return neutraliseAvif(bytes, view);
  return view.getUint16(0) === JPEG && neutraliseJpeg(bytes, view);
}

/**
 * @param {Uint8Array} bytes @param {DataView} view of them
 */
function neutraliseJpeg(bytes, view) {
  let at = 2;
  while (at + 4 <= bytes.length && bytes[at] === 0xff && bytes[at + 1] !== START_OF_SCAN) {
    if (bytes[at + 1] === 0xff) {
      at += 1;
      continue;
    }
    const size = view.getUint16(at + 2);
    if (bytes[at + 1] === APP1 && neutraliseExif(view, at + 4, Math.min(at + 2 + size, bytes.length))) return true;
    at += 2 + size;
  }
  return false;
}

/**
 * The chunk's checksum is then wrong, and decoders pass over it, which is as good.
 * @param {DataView} view
 */
function neutralisePng(view) {
  for (let at = 8; at + 12 <= view.byteLength; at += 12 + view.getUint32(at)) {
    const end = Math.min(view.byteLength, at + 8 + view.getUint32(at));
    if (view.getUint32(at + 4) === EXIF_CHUNK && at + 16 <= end) return neutraliseTiff(view, at + 8, end);
  }
  return false;
}

/**
 * No picture then has a property that turns or mirrors it: 0 stands for none.
 * @param {Uint8Array} bytes @param {DataView} view of them
 */
function neutraliseAvif(bytes, view) {
  const [held, owned] = [boxNamed(view, PROPERTIES), boxNamed(view, OWNERS)];
  if (!held || !owned) return false;
  const turns = new Set();
  for (let at = held.start, number = 1; at + 8 <= held.end; at += Math.max(8, view.getUint32(at)), number++) {
    if (TURNS.includes(view.getUint32(at + 4))) turns.add(number);
  }
  const [wideItem, wide] = [bytes[owned.start] > 0 ? 4 : 2, bytes[owned.start + 3] & 1];
  let changed = false;
  for (let at = owned.start + 8; at + wideItem < owned.end; ) {
    at += wideItem;
    for (let left = bytes[at++]; left > 0 && at + wide < owned.end; left--, at += 1 + wide) {
      if (!turns.has(wide ? view.getUint16(at) & 0x7fff : bytes[at] & 0x7f)) continue;
      bytes.fill(0, at, at + 1 + wide);
      changed = true;
    }
  }
  return changed;
}

/**
 * Where the content of the first box of that name lies in the description of an AVIF.
 * @param {DataView} view @param {number} name
 */
function boxNamed(view, name) {
  for (let at = 0; at + 8 <= Math.min(view.byteLength, DESCRIPTION); at++) {
    if (view.getUint32(at + 4) === name) return { start: at + 8, end: Math.min(view.byteLength, at + view.getUint32(at)) };
  }
  return null;
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
