// Hashing in the browser: the weights with which PDQ shrinks a side of a picture to 64 values.
//
// PDQ blurs with two passes of a running mean and then picks 64 samples. Both passes are linear, so each sample is a
// weighted mean of the pixels around it (a tent), and the full-size blurred picture need never exist.

export const SIDE = 64;

/**
 * One run of pixels under whole-number weights: its sum times `scale` is its share of the sample.
 * @typedef {{first: number, weights: Int32Array, scale: number}} Term
 */

/**
 * Width of the running mean for a side of `length` pixels (computeJaroszFilterWindowSize in the PDQ reference).
 * @param {number} length
 */
export function windowSize(length) {
  return Math.floor((length + 2 * SIDE - 1) / (2 * SIDE));
}

/**
 * First and last pixel under the running mean at `index`; it shrinks at the borders of the picture.
 * @param {number} index @param {number} window @param {number} length
 */
function reach(index, window, length) {
  const half = Math.floor((window + 2) / 2);
  return { low: Math.max(0, index + half - window), high: Math.min(length - 1, index + half - 1) };
}

/**
 * The terms of each of the 64 samples of a side of `length` pixels (at least 64).
 * @param {number} length
 * @returns {Term[][]}
 */
export function tents(length) {
  const window = windowSize(length);
  return Array.from({ length: SIDE }, (_, sample) => {
    const centre = Math.floor(((sample + 0.5) * length) / SIDE);
    return termsAt(centre, window, length);
  });
}

/**
 * The running means that meet in one sample, grouped by how many pixels each holds.
 * @param {number} centre @param {number} window @param {number} length
 * @returns {Term[]}
 */
function termsAt(centre, window, length) {
  const outer = reach(centre, window, length);
  const first = reach(outer.low, window, length).low;
  const last = reach(outer.high, window, length).high;
  /** @type {Map<number, Int32Array>} */
  const byCount = new Map();
  for (let index = outer.low; index <= outer.high; index++) {
    const { low, high } = reach(index, window, length);
    const count = high - low + 1;
    const weights = byCount.get(count) ?? new Int32Array(last - first + 1);
    for (let pixel = low; pixel <= high; pixel++) weights[pixel - first] += 1;
    byCount.set(count, weights);
  }
  const outerCount = outer.high - outer.low + 1;
  return [...byCount].map(([count, weights]) => ({ first, weights, scale: 1 / (count * outerCount) }));
}

/**
 * Adds one row of values, shrunk to 64 and multiplied by `factor`, to `samples`.
 * @param {Float64Array} row @param {Term[][]} columns @param {number} factor @param {Float64Array} samples
 */
export function addAcross(row, columns, factor, samples) {
  columns.forEach((terms, sample) => {
    for (const { first, weights, scale } of terms) {
      let sum = 0;
      for (let at = 0; at < weights.length; at++) sum += weights[at] * row[first + at];
      samples[sample] += factor * scale * sum;
    }
  });
}
