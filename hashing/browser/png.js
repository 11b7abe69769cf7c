// Hashing in the browser: the stored colours of a see-through PNG. Browsers only give colours dimmed by transparency, and none
// where a pixel is wholly transparent, while `pdqhash` is handed them as they are stored.

import { PixelSource } from "./sources.js";

const HEADER = 8;
const [GREY_ALPHA, COLOUR_ALPHA, PALETTE] = [4, 6, 3];
/** @type {Record<number, number>} */
const BYTES_A_PIXEL = { [GREY_ALPHA]: 2, [COLOUR_ALPHA]: 4, [PALETTE]: 1 };

/**
 * What a PNG says of itself, and its compressed rows.
 * @typedef {{width: number, height: number, kind: number, palette: Uint8Array, alpha: Uint8Array, data: Blob}} Png
 */

/**
 * Null for kinds that are rarely see-through: interlaced, or of other than 8 bits.
 * @param {Uint8Array<ArrayBuffer>} bytes
 * @returns {Promise<PixelSource | null>}
 */
export async function openPng(bytes) {
  const png = parse(bytes);
  if (!png) return null;
  const size = BYTES_A_PIXEL[png.kind];
  const inflated = png.data.stream().pipeThrough(new DecompressionStream("deflate"));
  const rows = new Uint8Array(await new Response(inflated).arrayBuffer());
  const line = png.width * size;
  if (rows.length < (line + 1) * png.height) return null;
  unfilter(rows, line, png.height, size);
  const read = (/** @type {number} */ top, /** @type {number} */ count) => pixelsOf(png, rows, line, top, count);
  return new PixelSource(png.width, png.height, read, () => {});
}

/**
 * @param {Uint8Array<ArrayBuffer>} bytes
 * @returns {Png | null}
 */
function parse(bytes) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const [width, height] = [view.getUint32(16), view.getUint32(20)];
  const [depth, kind, interlaced] = [bytes[24], bytes[25], bytes[28]];
  if (depth !== 8 || !(kind in BYTES_A_PIXEL) || interlaced) return null;
  /** @type {Record<string, Uint8Array<ArrayBuffer>[]>} */
  const chunks = { PLTE: [], tRNS: [], IDAT: [] };
  for (let at = HEADER; at + 12 <= bytes.length; at += 12 + view.getUint32(at)) {
    const name = String.fromCharCode(...bytes.subarray(at + 4, at + 8));
    chunks[name]?.push(bytes.subarray(at + 8, at + 8 + view.getUint32(at)));
  }
  const [palette = new Uint8Array(0)] = chunks.PLTE;
  const [alpha = new Uint8Array(0)] = chunks.tRNS;
  return { width, height, kind, palette, alpha, data: new Blob(chunks.IDAT) };
}

/**
 * Undoes the filters in place: each row starts with the number of its own.
 * @param {Uint8Array} rows @param {number} line bytes of a row @param {number} height @param {number} size bytes of a pixel
 */
function unfilter(rows, line, height, size) {
  for (let row = 0; row < height; row++) {
    const start = row * (line + 1) + 1;
    const filter = rows[start - 1];
    for (let at = 0; at < line && filter > 0; at++) {
      const left = at >= size ? rows[start + at - size] : 0;
      const above = row > 0 ? rows[start + at - line - 1] : 0;
      const corner = row > 0 && at >= size ? rows[start + at - line - 1 - size] : 0;
      rows[start + at] += predicted(filter, left, above, corner);
    }
  }
}

/** @param {number} filter @param {number} left @param {number} above @param {number} corner */
function predicted(filter, left, above, corner) {
  if (filter === 1) return left;
  if (filter === 2) return above;
  if (filter === 3) return (left + above) >> 1;
  const [toLeft, toAbove, toCorner] = [above - corner, left - corner, left + above - 2 * corner].map(Math.abs);
  if (toLeft <= toAbove && toLeft <= toCorner) return left;
  return toAbove <= toCorner ? above : corner;
}

/**
 * @param {Png} png @param {Uint8Array} rows @param {number} line @param {number} top @param {number} count
 */
function pixelsOf({ width, kind, palette, alpha }, rows, line, top, count) {
  const pixels = new Uint8Array(width * count * 4);
  for (let row = 0; row < count; row++) {
    const from = (top + row) * (line + 1) + 1;
    for (let x = 0, at = row * width * 4; x < width; x++, at += 4) {
      if (kind === COLOUR_ALPHA) pixels.set(rows.subarray(from + 4 * x, from + 4 * x + 4), at);
      else if (kind === GREY_ALPHA) pixels.fill(rows[from + 2 * x], at, at + 3)[at + 3] = rows[from + 2 * x + 1];
      else {
        const colour = rows[from + x];
        pixels.set(palette.subarray(3 * colour, 3 * colour + 3), at);
        pixels[at + 3] = alpha[colour] ?? 255;
      }
    }
  }
  return pixels;
}
