// Hashing in the browser: MD5 of a file of any size.

import "../vendor/hash-wasm/dist/md5.umd.min.js";

import { piecesOf } from "./pieces.js";

/** @type {typeof import("hash-wasm")} */
const { createMD5 } = /** @type {any} */ (globalThis).hashwasm;

/**
 * @param {Blob} file
 * @param {(share: number) => void} onProgress hears how much of the file has been read, 0 to 1
 * @param {AsyncIterable<Uint8Array>} pieces of it
 * @returns {Promise<string>} 32 hexadecimal characters
 */
export async function md5OfFile(file, onProgress, pieces = piecesOf(file)) {
  const md5 = await createMD5();
  let read = 0;
  for await (const piece of pieces) {
    md5.update(piece);
    read += piece.length;
    onProgress(read / file.size);
  }
  return md5.digest();
}

/** @param {Uint8Array} bytes */
export async function md5OfBytes(bytes) {
  const md5 = await createMD5();
  return md5.update(bytes).digest();
}
