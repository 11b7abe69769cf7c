// Hashing in the browser: before a way of reading pixels is trusted, it reads a picture whose hash is known.
//
// Some browsers put noise on what a page reads, some mix up red and blue. Either would make a wrong fingerprint.

import { distance, hashSquare } from "./pdq.js";
import { PATHS } from "./paths.js";
import { PICTURE } from "./self_test_picture.js";

/** The encoding of a clip leaves its frames a few bits of room; a wrong plane or range is tens of bits away. */
const CLIP_DISTANCE = 8;

/** @param {string} base64 @returns {Uint8Array<ArrayBuffer>} */
const decode = (base64) => Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));

/** The ways of reading pictures that give the known picture its known hash, the fastest first. */
export async function pathsThatPass(paths = PATHS) {
  const passed = [];
  for (const path of paths) if (path.available && (await passes(path))) passed.push(path);
  return passed;
}

/** @param {import("./paths.js").Path} path */
async function passes(path) {
  try {
    const source = await path.open(decode(PICTURE.bytes), PICTURE.type);
    if (!source) return false;
    const digests = hashSquare(await source.square());
    source.close();
    return digests.every(({ digest, quality }, at) => digest === PICTURE.digests[at] && quality === PICTURE.quality);
  } catch {
    return false;
  }
}

/**
 * Whether a known clip gives its known frames. Clips this browser cannot decode say nothing; one that it can must be right.
 * @param {typeof import("./video.js").hashVideo} hashVideo
 */
export async function videoPasses(hashVideo) {
  const { CLIPS } = await import("./self_test_clips.js");
  let passed = false;
  for (const clip of CLIPS) {
    const hashed = await hashVideo(new Blob([decode(clip.bytes)], { type: clip.type }), () => undefined).catch(() => null);
    if (!hashed) continue;
    if (hashed.vpdq.length !== clip.digests.length) return false;
    if (hashed.vpdq.some(({ digest }, at) => distance(digest, clip.digests[at]) > CLIP_DISTANCE)) return false;
    passed = true;
  }
  return passed;
}
