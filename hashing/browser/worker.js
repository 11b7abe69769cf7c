// Hashing in the browser: the sealed worker. It is served with a policy that allows it no connection (browser_policy.py).

import { hashFile } from "./hash_file.js";

/**
 * @typedef {{id: number, file: File}} Task
 * @typedef {{id: number, share: number} | {id: number, hashed: import("./hash_file.js").HashedFile} | {id: number, failed: string}} Word
 */

self.addEventListener("message", async (/** @type {MessageEvent<Task>} */ { data: { id, file } }) => {
  try {
    const hashed = await hashFile(file, (share) => self.postMessage({ id, share }));
    self.postMessage({ id, hashed });
  } catch (error) {
    self.postMessage({ id, failed: String(error) });
  }
});
