// Hashing in the browser: HEIC pictures, where the browser itself cannot open them. Loaded only when there is one.

import startLibheif from "../vendor/libheif-js/libheif-wasm/libheif-bundle.mjs";

import { Refusal } from "./refusal.js";
import { PixelSource } from "./sources.js";

/** @type {Promise<any> | null} */
let starting = null;

/**
 * The primary picture of a HEIC file.
 * @param {Uint8Array<ArrayBuffer>} bytes
 * @returns {Promise<import("./sources.js").Source>}
 */
export async function openHeic(bytes) {
  starting ??= Promise.resolve(startLibheif());
  const libheif = await starting;
  const pictures = new libheif.HeifDecoder().decode(bytes);
  const picture = pictures.find((/** @type {any} */ each) => each.is_primary()) ?? pictures[0];
  if (!picture) throw new Refusal("damaged");
  const { heif_colorspace_RGB: space } = libheif.heif_colorspace;
  const { heif_chroma_interleaved_RGBA: layout } = libheif.heif_chroma;
  const decoded = await libheif.heif_js_decode_image2(picture.handle, space, layout);
  if (!decoded || decoded.code) throw new Refusal("damaged");
  const [{ data, stride, width, height }] = decoded.channels;
  /** @param {number} top @param {number} count */
  const read = (top, count) => rowsOf(data, stride, width, top, count);
  return new PixelSource(width, height, read, () => {
    libheif.heif_image_release(decoded.image);
    for (const each of pictures) each.free();
  });
}

/**
 * @param {Uint8Array} data @param {number} stride @param {number} width @param {number} top @param {number} count
 */
function rowsOf(data, stride, width, top, count) {
  const rows = new Uint8Array(width * count * 4);
  for (let row = 0; row < count; row++) {
    const from = (top + row) * stride;
    rows.set(data.subarray(from, from + width * 4), row * width * 4);
  }
  return rows;
}
