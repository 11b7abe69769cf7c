// Hashing in the browser: one file, from bytes to everything we say about it.

import { PATHS, squareOf } from "./decode.js";
import { md5Of } from "./md5.js";
import { hashSquare, LOWEST_QUALITY } from "./pdq.js";
import { Refusal } from "./refusal.js";

/**
 * What is known of one file. `pdq` holds the eight forms of a picture, `vpdq` one digest a second of a video; `md5` is
 * always there, unless the file could not be read. `refused` says why there is nothing (or nothing useful) more.
 * @typedef {{kind: "image" | "video", md5: string | null, pdq: import("./pdq.js").PdqDigest[],
 *   vpdq: {seconds: number, digest: string, quality: number}[], path: string | null, ms: number,
 *   refused: import("./refusal.js").RefusalNote | null}} HashedFile
 */

/**
 * @param {File} file @param {(share: number) => void} onProgress
 * @returns {Promise<HashedFile>}
 */
export async function hashFile(file, onProgress) {
  const started = performance.now();
  /** @type {HashedFile} */
  const hashed = { kind: "image", md5: null, pdq: [], vpdq: [], path: null, ms: 0, refused: null };
  try {
    await fill(hashed, file, onProgress);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    hashed.refused = error.note();
  }
  hashed.ms = Math.round(performance.now() - started);
  return hashed;
}

/**
 * @param {HashedFile} hashed @param {File} file @param {(share: number) => void} onProgress
 */
async function fill(hashed, file, onProgress) {
  if (file.size === 0) throw new Refusal("empty");
  hashed.md5 = await md5Of(file, (share) => onProgress(share / 2));
  const path = PATHS[0];
  hashed.path = path.name;
  hashed.pdq = hashSquare(await squareOf(file, path));
  onProgress(1);
  if (hashed.pdq[0].quality < LOWEST_QUALITY) throw new Refusal("too_blurry");
}
