// Hashing in the browser: opens pictures and videos along the paths that passed the self-test, and along no other.

import { Refusal } from "./refusal.js";
import { codecPasses, pathsThatPass } from "./self_test.js";

/** @type {Promise<import("./paths.js").Path[]> | null} */
let paths = null;
/** @type {Promise<typeof import("./video.js")> | null} */
let video = null;
/** What became of the clips. @type {Map<string | null, Promise<boolean>>} */
const codecs = new Map();

/** @type {import("./hash_file.js").ReadPicture} */
export async function readPicture(bytes, type, course, use) {
  if (type === "image/tiff") throw new Refusal("undecodable");
  paths ??= pathsThatPass();
  for (const path of await paths) {
    const read = await readAlong(path, bytes, type, course, use);
    if (read) return read;
  }
  if (type === "image/heic") return readHeic(bytes, type, course, use);
  throw new Refusal((await paths).length > 0 ? "damaged" : "not_exact");
}

/**
 * Null where this path does not lead to this picture, or breaks on the way: the next one may not.
 * @template T @param {import("./paths.js").Path} path @param {Uint8Array<ArrayBuffer>} bytes @param {string} type
 * @param {import("./hash_file.js").Course} course @param {(source: import("./sources.js").Source) => Promise<T>} use
 */
async function readAlong(path, bytes, type, { onProgress }, use) {
  let source = null;
  try {
    source = await path.open(bytes, type);
    if (source) onProgress(1);
    return source && { path: path.name, result: await use(source) };
  } catch (error) {
    if (!source && type === "image/heic") return null;
    if (error instanceof Refusal) throw error;
    return null;
  } finally {
    source?.close();
  }
}

/**
 * Reads a HEIC picture with libheif, whose pixels need no test: no browser has its hands in them.
 * @type {import("./hash_file.js").ReadPicture}
 */
async function readHeic(bytes, _type, course, use) {
  const { openHeic } = await import("./heic.js");
  const source = await openHeic(bytes, course);
  try {
    return { path: "libheif", result: await use(source) };
  } finally {
    source.close();
  }
}

/**
 * The video module, fetched when first needed. It refuses videos of which this browser's frames are not what they should be.
 * @type {import("./hash_file.js").OpenVideo}
 */
export async function openVideo() {
  video ??= import("./video.js");
  const { hashVideo } = await video;
  const trusts = (/** @type {string | null} */ codec) => {
    const passes = codecs.get(codec) ?? codecPasses(hashVideo, codec);
    codecs.set(codec, passes);
    return passes;
  };
  return { hashVideo: (film, onProgress, tmk) => hashVideo(film, onProgress, tmk, trusts) };
}

/**
 * Loads all that any file may need, so that no network is needed later, and tests the ways of reading pictures.
 * @param {boolean} tmk whether TMK+PDQF will be wanted
 */
export async function loadAll(tmk) {
  paths ??= pathsThatPass();
  await Promise.all([
    paths, import("./video.js"), import("./self_test_clips.js"), import("./animation.js"), import("./heic.js"), import("./png.js"),
    import("./variants.js"), tmk && import("./tmk.js"),
  ]);
}
