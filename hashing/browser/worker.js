// Hashing in the browser: the sealed worker. It is served with a policy that allows it no connection (browser_policy.py).

import { hashFile } from "./hash_file.js";
import { NeedsHeic, readPicture, openVideo } from "./open.js";

/**
 * What the page asks, and what it hears: how far the work is and what is known so far, the outcome, that the file needs the
 * HEIC worker, or a fault.
 * @typedef {{id: number, file: File}} Task
 * @typedef {{id: number, share?: number, so_far?: Partial<import("./hash_file.js").HashedFile>,
 *   hashed?: import("./hash_file.js").HashedFile, heic?: true, failed?: string}} Word
 */

self.addEventListener("message", async (/** @type {MessageEvent<Task>} */ { data: { id, file } }) => {
  const say = (/** @type {Omit<Word, "id">} */ word) => self.postMessage({ id, ...word });
  try {
    const hashed = await hashFile(file, { readPicture, openVideo }, (share, so_far) => say({ share, so_far }));
    say({ hashed });
  } catch (error) {
    say(error instanceof NeedsHeic ? { heic: true } : { failed: String(error) });
  }
});
