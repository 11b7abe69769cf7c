// Hashing in the browser: the sealed worker for HEIC pictures, so that their large decoder is only loaded for them.

import { hashFile } from "./hash_file.js";
import { openHeic } from "./heic.js";
import { openVideo } from "./open.js";

/** @type {import("./hash_file.js").ReadPicture} */
async function readPicture(bytes, _type, use) {
  const source = await openHeic(bytes);
  try {
    return { path: "libheif", result: await use(source) };
  } finally {
    source.close();
  }
}

self.addEventListener("message", async (/** @type {MessageEvent<import("./worker.js").Task>} */ { data: { id, file } }) => {
  const say = (/** @type {Omit<import("./worker.js").Word, "id">} */ word) => self.postMessage({ id, ...word });
  try {
    const hashed = await hashFile(file, { readPicture, openVideo }, (share, so_far) => say({ share, so_far }));
    say({ hashed });
  } catch (error) {
    say({ failed: String(error) });
  }
});
