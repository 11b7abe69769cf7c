// Hashing in the browser: a file of any size, read piece by piece in flat memory, even when reading stalls.

import { Refusal } from "./refusal.js";

const PIECE = 4 * 1024 * 1024;
const VIEW = 1024 * 1024;
/** Bytes that are hashed in about a millisecond. */
const PORTION = 512 * 1024;
/** No piece for this long means the stream will never give one; slices of the same file still can. */
const PATIENCE = 5000;

/**
 * The bytes of `file` in order. A piece is only valid until the next one is asked for.
 *
 * A stream that fills our own buffer is by far the fastest way. While it is read Chromium forgets one that nobody holds, without an
 * error; the timer of `within` holds it. Should it stop all the same, and where there is no such stream, the rest is read in slices.
 * Throws Refusal("unreadable") if those fail.
 * @param {Blob} file @param {number} [patience] milliseconds
 * @returns {AsyncGenerator<Uint8Array, void>}
 */
export async function* piecesOf(file, patience = PATIENCE) {
  let offset = 0;
  for await (const piece of streamed(file, patience)) {
    offset += piece.length;
    yield piece;
  }
  for (; offset < file.size; offset += PIECE) yield await slice(file, offset);
}

/**
 * Bytes that have been read, so little at a time that a decoder, which shares this thread for its messages, need not wait long.
 * @param {Uint8Array} bytes
 * @returns {AsyncGenerator<Uint8Array, void>}
 */
export async function* portionsOf(bytes) {
  for (let offset = 0; offset < bytes.length; offset += PORTION) {
    await new Promise((resolve) => setTimeout(resolve));
    yield bytes.subarray(offset, offset + PORTION);
  }
}

/**
 * @param {Blob} file @param {number} offset
 */
async function slice(file, offset) {
  try {
    return new Uint8Array(await file.slice(offset, offset + PIECE).arrayBuffer());
  } catch {
    throw new Refusal("unreadable");
  }
}

/**
 * As much of the file as its stream gives before it ends, fails or stalls.
 * @param {Blob} file @param {number} patience
 * @returns {AsyncGenerator<Uint8Array, void>}
 */
async function* streamed(file, patience) {
  const reader = readerOf(file);
  if (!reader) return;
  let view = new Uint8Array(VIEW);
  try {
    for (;;) {
      const read = await within(reader.read(view), patience);
      if (!read || read.done || !read.value) return;
      yield read.value;
      view = new Uint8Array(read.value.buffer);
    }
  } finally {
    void reader.cancel().catch(() => undefined);
  }
}

/** @param {Blob} file */
function readerOf(file) {
  try {
    return file.stream().getReader({ mode: "byob" });
  } catch {
    return null;
  }
}

/**
 * What `promise` gives, or null if it fails or takes too long.
 * @template T @param {Promise<T>} promise @param {number} patience
 * @returns {Promise<T | null>}
 */
function within(promise, patience) {
  return new Promise((resolve) => {
    const timer = setTimeout(() => resolve(null), patience);
    const settle = (/** @type {T | null} */ value) => {
      clearTimeout(timer);
      resolve(value);
    };
    promise.then(settle, () => settle(null));
  });
}
