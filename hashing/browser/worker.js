// Hashing in the browser: the sealed worker. It is served with a policy that allows it no connection (browser_policy.py).

import { hashFile } from "./hash_file.js";
import { loadAll, openVideo, readPicture } from "./open.js";
import { Refusal } from "./refusal.js";

/**
 * What the page asks: to hash a file, to leave one, or to load all that any file may need.
 * @typedef {{id: number, file: File, protective: boolean, tmk: boolean} | {leave: number} | {prepare: true, tmk: boolean}} Wish
 */

/**
 * What it hears: how far the work is and what is known so far, the outcome, a fault, or that all is loaded.
 * @typedef {{id?: number, share?: number, so_far?: Partial<import("./hash_file.js").HashedFile>,
 *   hashed?: import("./hash_file.js").HashedFile, failed?: string, prepared?: true}} Word
 */

/** The file that is to be left, once its hashing comes by. */
let left = 0;

self.addEventListener("message", ({ data }) => {
  if ("leave" in data) left = data.leave;
  else void answer(data);
});

/** @param {Exclude<Wish, {leave: number}>} wish */
async function answer(wish) {
  const say = (/** @type {Word} */ word) => self.postMessage("id" in wish ? { id: wish.id, ...word } : word);
  try {
    if (!("id" in wish)) {
      await loadAll(wish.tmk);
      return say({ prepared: true });
    }
    const { id, file, ...wanted } = wish;
    const hashed = await hashFile(file, { readPicture, openVideo, ...wanted }, (share, so_far) => {
      if (left === id) throw new Refusal("left");
      say({ share, so_far });
    });
    say({ hashed });
  } catch (error) {
    say({ failed: String(error) });
  }
}
