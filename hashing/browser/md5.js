// Hashing in the browser: MD5 of a file of any size, a piece at a time.

import "../vendor/hash-wasm/dist/md5.umd.min.js";

/** @type {typeof import("hash-wasm")} */
const { createMD5 } = /** @type {any} */ (globalThis).hashwasm;

const PIECE = 4 * 1024 * 1024;

/**
 * @param {Blob} file
 * @param {(share: number) => void} onProgress called with the share of the file read, 0 to 1
 */
export async function md5Of(file, onProgress) {
  const md5 = await createMD5();
  for (let offset = 0; offset < file.size; offset += PIECE) {
    const piece = await file.slice(offset, offset + PIECE).arrayBuffer();
    md5.update(new Uint8Array(piece));
    onProgress(Math.min(1, (offset + PIECE) / file.size));
  }
  return md5.digest();
}
