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
 * Whether the known clip of a codec gives its known frames: browsers have a decoder for each, and one may be odd by itself. A
 * codec of which there is no clip is judged by the first one.
 * @param {typeof import("./video.js").hashVideo} hashVideo @param {string | null} codec
 */
export async function codecPasses(hashVideo, codec) {
  const { CLIPS } = await import("./self_test_clips.js");
  const clip = CLIPS.find((each) => each.codec === codec) ?? CLIPS[0];
  const hashed = await hashVideo(decode(clip.bytes), () => undefined).catch(() => null);
  if (hashed?.vpdq.length !== clip.digests.length) return false;
  return hashed.vpdq.every(({ digest }, at) => distance(digest, clip.digests[at]) <= CLIP_DISTANCE);
}
