// Hashing in the browser: one file, from bytes to everything we say about it.

import { md5OfBytes, md5OfFile } from "./md5.js";
import { neutralise } from "./orientation.js";
import { LOWEST_QUALITY } from "./pdq.js";
import { hashPicture } from "./picture.js";
import { portionsOf } from "./pieces.js";
import { Refusal } from "./refusal.js";
import { HEAD, sniff } from "./sniff.js";

/** Pictures up to this size are read once, whole; a larger file is no picture a phone or camera made. */
const LARGEST_PICTURE = 256 * 1024 * 1024;

/** A file up to this size is read once, whole. Its MD5 takes a few hundredths of a second. */
const AT_ONCE = 16 * 1024 * 1024;

/** Pictures that may be animated. */
const ANIMATED = ["image/gif", "image/webp", "image/png", "image/avif"];

/** Video containers no browser opens. */
const CLOSED = ["avi", "mpeg", "asf", "flv"];

/**
 * What is known of one file. `md5` is there unless the file could not be read. A picture has `pdq`: its eight dihedral
 * forms, where they differ `flattened` and `resized_512`, and if asked for `derived_…` ones; an animated one also `vpdq`. A video has `vpdq`: about one
 * digest a second, and `tmk` where that is wanted: a `.tmk` file in base64 with its SHA-256. `path` names how the pixels were read, `ms` how long it took. `refused` says why there is no useful
 * fingerprint of what the file shows.
 * @typedef {{seconds: number, digest: string, quality: number}} VideoDigest
 * @typedef {{kind: "image" | "video", md5: string | null, pdq: import("./pdq.js").PdqDigest[], vpdq: VideoDigest[],
 *   tmk?: import("./tmk.js").Sealed, path: string | null, ms: number, refused: import("./refusal.js").RefusalNote | null}} HashedFile
 * @typedef {(share: number) => void} Progress
 */

/**
 * What is heard on the way to a picture: how much of it is decoded, and the plea of heic.js.
 * @typedef {{onProgress: Progress, plead: (plea: import("./heic.js").Plea) => void}} Course
 */

/**
 * Opens a picture, has `use` read it, and gives what that gives and the name of the path to the pixels. Throws Refusal where
 * no path leads there.
 * @typedef {<T>(bytes: Uint8Array<ArrayBuffer>, type: string, course: Course, use: (source: import("./sources.js").Source) => Promise<T>) =>
 *   Promise<{path: string, result: T}>} ReadPicture
 */

/** @typedef {() => Promise<Pick<typeof import("./video.js"), "hashVideo">>} OpenVideo */

/**
 * @param {File} file
 * @param {{readPicture: ReadPicture, openVideo: OpenVideo, plead: Course["plead"], protective: boolean, tmk: boolean}} means
 *   `protective` adds the derived forms of a picture, `tmk` a video's TMK+PDQF
 * @param {(share: number, soFar: {kind: "image" | "video", md5: string | null}) => void} onProgress hears how much of the
 *   work is done, 0 to 1, and what is known already
 * @returns {Promise<HashedFile>}
 */
export async function hashFile(file, means, onProgress) {
  const started = performance.now();
  /** @type {HashedFile} */
  const hashed = { kind: "image", md5: null, pdq: [], vpdq: [], path: null, ms: 0, refused: null };
  try {
    await fill(hashed, file, means, (share) => onProgress(share, { kind: hashed.kind, md5: hashed.md5 }));
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    hashed.refused = error.note();
  }
  hashed.ms = Math.round(performance.now() - started);
  return hashed;
}

/**
 * @param {HashedFile} hashed @param {File} file @param {Parameters<typeof hashFile>[1]} means @param {Progress} onProgress
 */
async function fill(hashed, file, means, onProgress) {
  if (file.size === 0) throw new Refusal("empty");
  const whole = file.size <= AT_ONCE ? await read(file) : null;
  const { kind, format, type } = sniff(whole ?? (await read(file.slice(0, HEAD))));
  hashed.kind = kind;
  if (kind === "image" && format && file.size <= LARGEST_PICTURE) {
    return fillPicture(hashed, whole ?? (await read(file)), type, means, onProgress);
  }
  if (kind === "video" && format && !CLOSED.includes(format)) return fillVideo(hashed, file, whole, means, onProgress);
  hashed.md5 = await (whole ? md5OfBytes(whole) : md5OfFile(file, onProgress));
  if (!format) throw new Refusal("unsupported");
  throw new Refusal(kind === "image" ? "too_large" : "undecodable");
}

/** @param {Blob} blob */
async function read(blob) {
  const bytes = await blob.arrayBuffer().catch(() => {
    throw new Refusal("unreadable");
  });
  return new Uint8Array(bytes);
}

/**
 * @param {HashedFile} hashed @param {Uint8Array<ArrayBuffer>} bytes @param {string} type
 * @param {Parameters<typeof hashFile>[1]} means @param {Progress} onProgress
 */
async function fillPicture(hashed, bytes, type, { readPicture, plead, protective }, onProgress) {
  hashed.md5 = await md5OfBytes(bytes);
  onProgress(0.1);
  neutralise(bytes);
  const course = { plead, onProgress: (/** @type {number} */ share) => onProgress(0.1 + share * 0.5) };
  const { path, result } = await readPicture(bytes, type, course, async (source) => {
    const digests = await hashPicture(source, protective);
    const stored = source.opaque || type !== "image/png" ? null : await openStored(bytes);
    return stored ? hashPicture(stored, protective) : digests;
  });
  hashed.path = path;
  hashed.pdq = result;
  if (ANIMATED.includes(type)) hashed.vpdq = await (await import("./animation.js")).hashAnimation(bytes, type);
  onProgress(1);
  if ([...hashed.pdq, ...hashed.vpdq].every(({ quality }) => quality < LOWEST_QUALITY)) throw new Refusal("too_blurry");
}

/** @param {Uint8Array<ArrayBuffer>} bytes of a see-through PNG */
async function openStored(bytes) {
  const { openPng } = await import("./png.js");
  return openPng(bytes);
}

/**
 * MD5 stays first, so that it is known whatever a decoder does. That of a short video takes so little that frames need not wait.
 * @param {HashedFile} hashed @param {File} file @param {Uint8Array<ArrayBuffer> | null} whole the same file, if it is short
 * @param {Parameters<typeof hashFile>[1]} means @param {Progress} onProgress
 */
async function fillVideo(hashed, file, whole, means, onProgress) {
  let furthest = 0;
  const advance = (/** @type {number} */ share) => onProgress((furthest = Math.max(furthest, share)));
  const digesting = fillDigest(hashed, file, whole, (share) => advance(share * 0.2));
  if (!whole) await digesting;
  const filming = fillFrames(hashed, whole ?? file, means, (share) => advance(0.2 + share * 0.8));
  await Promise.allSettled([digesting, filming]);
  await Promise.all([digesting, filming]);
}

/** @param {HashedFile} hashed @param {File} file @param {Uint8Array | null} whole @param {Progress} onProgress */
async function fillDigest(hashed, file, whole, onProgress) {
  hashed.md5 = await md5OfFile(file, onProgress, whole ? portionsOf(whole) : undefined);
  onProgress(1);
}

/**
 * @param {HashedFile} hashed @param {Blob | Uint8Array<ArrayBuffer>} film @param {Parameters<typeof hashFile>[1]} means
 * @param {Progress} onProgress
 */
async function fillFrames(hashed, film, means, onProgress) {
  const { hashVideo } = await means.openVideo();
  const tmk = means.tmk ? await import("./tmk.js") : null;
  hashed.path = "webcodecs";
  const { vpdq, features } = await hashVideo(film, onProgress, tmk);
  hashed.vpdq = vpdq;
  if (hashed.vpdq.every(({ quality }) => quality < LOWEST_QUALITY)) throw new Refusal("too_blurry");
  if (features) hashed.tmk = await features.sealed();
}
