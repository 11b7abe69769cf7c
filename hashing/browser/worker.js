// Hashing in the browser: the sealed worker. It is served with a policy that allows it no connection (browser_policy.py).

import { hashFile } from "./hash_file.js";
import { loadAll, openVideo, readPicture } from "./open.js";
import { Refusal } from "./refusal.js";

/**
 * What the page asks: to hash a file, to leave one, to help another worker, or to load all that any file may need.
 * @typedef {{id: number, file: File, protective: boolean, tmk: boolean} | {leave: number} | import("./heic.js").Plea |
 *   {prepare: true, tmk: boolean}} Wish
 */

/**
 * What it hears: how far the work is and what is known so far, the outcome, a fault, a plea for help, or that all is loaded.
 * @typedef {{id?: number, share?: number, so_far?: Partial<import("./hash_file.js").HashedFile>,
 *   hashed?: import("./hash_file.js").HashedFile, failed?: string, plea?: import("./heic.js").Plea, prepared?: true}} Word
 */

/** The file that is to be left, once its hashing comes by. */
let left = 0;

self.addEventListener("message", ({ data }) => {
  if ("leave" in data) left = data.leave;
  else if ("port" in data) void help(data);
  else void answer(data);
});

/** @param {import("./heic.js").Plea} plea */
async function help(plea) {
  try {
    const { helpWith } = await import("./heic.js");
    await helpWith(plea);
  } catch (error) {
    // A broken decoder must not meet later files: the page ends a worker that reports an error.
    if (!(error instanceof Refusal)) reportError(error);
  }
}

/** @param {Exclude<Wish, {leave: number} | import("./heic.js").Plea>} wish */
async function answer(wish) {
  const say = (/** @type {Word} */ word, /** @type {Transferable[]} */ transfer = []) =>
    self.postMessage("id" in wish ? { id: wish.id, ...word } : word, { transfer });
  try {
    if (!("id" in wish)) {
      await loadAll(wish.tmk);
      return say({ prepared: true });
    }
    const { id, file, ...wanted } = wish;
    const plead = (/** @type {import("./heic.js").Plea} */ plea) => say({ plea }, [plea.port]);
    const hashed = await hashFile(file, { readPicture, openVideo, plead, ...wanted }, (share, so_far) => {
      if (left === id) throw new Refusal("left");
      say({ share, so_far });
    });
    say({ hashed });
  } catch (error) {
    say({ failed: String(error) });
  }
}
