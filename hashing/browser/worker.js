// Hashing in the browser: the sealed worker. It is served with a policy that allows it no connection (browser_policy.py).

import { hashFile } from "./hash_file.js";
import { NeedsHeic, openVideo, readHeic, readPicture } from "./open.js";

/**
 * What the page asks, and what it hears: how far the work is and what is known so far, the outcome, that the file wants a
 * worker that may load the HEIC decoder, or a fault.
 * @typedef {{id: number, file: File, heic: boolean, protective: boolean}} Task
 * @typedef {{id: number, share?: number, so_far?: Partial<import("./hash_file.js").HashedFile>,
 *   hashed?: import("./hash_file.js").HashedFile, heic?: true, failed?: string}} Word
 */

self.addEventListener("message", async (/** @type {MessageEvent<Task>} */ { data: { id, file, heic, protective } }) => {
  const say = (/** @type {Omit<Word, "id">} */ word) => self.postMessage({ id, ...word });
  const means = { readPicture: heic ? readHeic : readPicture, openVideo, protective };
  try {
    say({ hashed: await hashFile(file, means, (share, so_far) => say({ share, so_far })) });
  } catch (error) {
    say(error instanceof NeedsHeic ? { heic: true } : { failed: String(error) });
  }
});
