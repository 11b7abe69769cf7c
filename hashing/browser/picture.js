// Hashing in the browser: every fingerprint of one decoded picture.

import { frequenciesOf, hashSquare, LEAST_SIDE, marginOf } from "./pdq.js";
import { Refusal } from "./refusal.js";
import { squareOfLuma } from "./stepwise.js";
import { SIDE } from "./tent.js";

/** Up to this many pixels the reference's own steps cost a few milliseconds, and leave nothing to rounding. */
const SMALL = 300_000;
/** Above this many pixels they would take more memory than a phone may have. */
const LARGE = 17_000_000;
/** The tents and the reference differ by at most 0.003 in a frequency: a median this near to the next is worked out again. */
const NARROW = 0.006;
/** The C++ reference first takes every n-th pixel of a larger picture, so that 512 x 512 are left. */
const RESIZED = 512;

/** @param {number} length */
const all = (length) => Int32Array.from({ length }, (_, at) => at);
/** @param {number} length */
const spread = (length) => Int32Array.from({ length: RESIZED }, (_, at) => Math.floor((at * length) / RESIZED));

/**
 * The eight forms of the picture; for one that is not opaque also its hash laid on white (`flattened`); and for one longer
 * than 512 pixels the hash the C++ tools give it (`resized_512`).
 * @param {import("./sources.js").Source} source
 * @returns {Promise<import("./pdq.js").PdqDigest[]>}
 */
export async function hashPicture(source) {
  const { width, height } = source;
  if (Math.min(width, height) < LEAST_SIDE) throw new Refusal("too_small");
  const digests = hashSquare(await squareOf(source, false));
  if (!source.opaque) digests.push(renamed(await squareOf(source, true), "flattened"));
  if (Math.max(width, height) > RESIZED) {
    const luma = await source.luma(spread(width), spread(height));
    digests.push(renamed(squareOfLuma(luma, RESIZED, RESIZED), "resized_512"));
  }
  return digests;
}

/**
 * @param {Float32Array | Float64Array} square @param {string} form
 */
function renamed(square, form) {
  return { ...hashSquare(square, ["original"])[0], form };
}

/**
 * The 64 x 64 brightness values, exact to the last bit of the digest.
 * @param {import("./sources.js").Source} source @param {boolean} flat
 */
export async function squareOf(source, flat) {
  const { width, height } = source;
  const stepwise = async () => squareOfLuma(await source.luma(all(width), all(height), flat), width, height);
  if (width * height <= SMALL || Math.min(width, height) < SIDE) return stepwise();
  const square = await source.square(flat);
  const narrow = width * height <= LARGE && marginOf(frequenciesOf(square)) < NARROW;
  return narrow ? stepwise() : square;
}
