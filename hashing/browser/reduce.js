// Hashing in the browser: from pixels to the 64 x 64 brightness values PDQ is made of, without a full-size copy.

import { addAcross, SIDE, tents } from "./tent.js";

const GROUP = 8;
// Two 8-bit channels are summed side by side in one 32-bit number: weights of a group may add up to 65535 / 255 at most.
const LARGEST_GROUP_WEIGHT = 257;
/** Rows of brightness that are added in one pass over the columns. */
const PASS = [0, 1, 2, 3, 4, 5];

/**
 * How much red, green and blue count for brightness, in thousandths.
 * @typedef {readonly [red: number, green: number, blue: number]} Weights
 */

/** PDQ's own. @type {Weights} */
export const LUMA = [299, 587, 114];

/**
 * Rows that are summed in one pass over the columns; unused places repeat the first row with weight 0.
 * @typedef {{rows: number[], weights: number[], scale: number}} Group
 */

/**
 * Cuts the tents of the rows into groups that fit the side-by-side sums.
 * @param {import("./tent.js").Term[]} terms
 * @returns {Group[]}
 */
function groupsOf(terms) {
  /** @type {Group[]} */
  const groups = [];
  for (const { first, weights, scale } of terms) {
    let total = Infinity;
    weights.forEach((weight, offset) => {
      if (weight === 0) return;
      if (total + weight > LARGEST_GROUP_WEIGHT || groups[groups.length - 1].rows.length === GROUP) {
        groups.push({ rows: [], weights: [], scale });
        total = 0;
      }
      const group = groups[groups.length - 1];
      group.rows.push(first + offset);
      group.weights.push(weight);
      total += weight;
    });
  }
  return groups;
}

/**
 * Adds eight weighted rows of pixels to `sums`, as 1000 x brightness. Returns false if a pixel was not opaque.
 * @param {Uint32Array} pixels @param {number[]} o offsets of the rows @param {number[]} w their weights
 * @param {number} width @param {number} scale @param {Float64Array} sums @param {Weights} luma
 */
function addRows(pixels, o, w, width, scale, sums, [red, green, blue]) {
  const [o0, o1, o2, o3, o4, o5, o6, o7] = o;
  const [w0, w1, w2, w3, w4, w5, w6, w7] = w;
  const opaque = 255 * (w0 + w1 + w2 + w3 + w4 + w5 + w6 + w7);
  let missing = 0;
  for (let x = 0; x < width; x++) {
    const p0 = pixels[o0 + x], p1 = pixels[o1 + x], p2 = pixels[o2 + x], p3 = pixels[o3 + x];
    const p4 = pixels[o4 + x], p5 = pixels[o5 + x], p6 = pixels[o6 + x], p7 = pixels[o7 + x];
    const even =
      (Math.imul(p0 & 0xff00ff, w0) + Math.imul(p1 & 0xff00ff, w1) + Math.imul(p2 & 0xff00ff, w2) + Math.imul(p3 & 0xff00ff, w3) +
        Math.imul(p4 & 0xff00ff, w4) + Math.imul(p5 & 0xff00ff, w5) + Math.imul(p6 & 0xff00ff, w6) + Math.imul(p7 & 0xff00ff, w7)) | 0;
    const odd =
      (Math.imul((p0 >>> 8) & 0xff00ff, w0) + Math.imul((p1 >>> 8) & 0xff00ff, w1) + Math.imul((p2 >>> 8) & 0xff00ff, w2) +
        Math.imul((p3 >>> 8) & 0xff00ff, w3) + Math.imul((p4 >>> 8) & 0xff00ff, w4) + Math.imul((p5 >>> 8) & 0xff00ff, w5) +
        Math.imul((p6 >>> 8) & 0xff00ff, w6) + Math.imul((p7 >>> 8) & 0xff00ff, w7)) | 0;
    missing |= (odd >>> 16) ^ opaque;
    sums[x] += scale * (red * (even & 0xffff) + green * (odd & 0xffff) + blue * (even >>> 16));
  }
  return missing === 0;
}

/** Shrinks a picture, handed over in strips from top to bottom, to the 64 x 64 values PDQ works on. */
export class Reducer {
  /**
   * @param {number} width pixels, at least 64 @param {number} height likewise
   * @param {Weights} luma
   */
  constructor(width, height, luma = LUMA) {
    this.width = width;
    this.opaque = true;
    this.columns = tents(width);
    this.rows = tents(height).map(groupsOf);
    this.square = new Float64Array(SIDE * SIDE);
    this.sums = new Float64Array(width);
    this.luma = luma;
  }

  /**
   * Adds the rows `top` to `top + count - 1`. Strips may have any height, but each row comes once.
   * @param {Uint32Array} pixels four bytes a pixel @param {number} top @param {number} count
   * @param {number} stride pixels from one row to the next
   */
  add(pixels, top, count, stride = this.width) {
    this.rows.forEach((groups, sample) => {
      let touched = false;
      for (const group of groups) {
        const inside = group.rows.map((row, at) => ({ row: row - top, weight: group.weights[at] }))
          .filter(({ row }) => row >= 0 && row < count);
        if (inside.length === 0) continue;
        if (!touched) this.sums.fill(0);
        touched = true;
        this.addGroup(pixels, inside, group.scale, stride);
      }
      if (touched) addAcross(this.sums, this.columns, 1, this.square.subarray(sample * SIDE, (sample + 1) * SIDE));
    });
  }

  /**
   * @param {Uint32Array} pixels @param {{row: number, weight: number}[]} rows @param {number} scale @param {number} stride
   */
  addGroup(pixels, rows, scale, stride) {
    const offsets = Array.from({ length: GROUP }, (_, at) => (rows[at] ?? rows[0]).row * stride);
    const weights = Array.from({ length: GROUP }, (_, at) => rows[at]?.weight ?? 0);
    const opaque = addRows(pixels, offsets, weights, this.width, scale / 1000, this.sums, this.luma);
    this.opaque = this.opaque && opaque;
  }
}

/** Shrinks a plane of brightness values, such as a video frame's, to the 64 x 64 values PDQ works on. */
export class LumaReducer {
  /** @param {number} width pixels, at least 64 @param {number} height likewise */
  constructor(width, height) {
    this.width = width;
    this.height = height;
    this.columns = tents(width);
    this.rows = tents(height);
    this.sums = new Float64Array(width);
  }

  /**
   * @param {Uint8Array | Uint16Array} plane @param {number} stride values from one row to the next
   * @param {Float64Array} levels the brightness each value stands for
   */
  square(plane, stride, levels) {
    const square = new Float64Array(SIDE * SIDE);
    this.rows.forEach((terms, sample) => {
      for (const { first, weights, scale } of terms) {
        this.sums.fill(0);
        for (let at = 0; at < weights.length; at += PASS.length) {
          const some = PASS.map((row) => weights[at + row] ?? 0);
          // Where a row counts for nothing there may be none, and another one stands in for it.
          addLuma(plane, PASS.map((row) => (first + (some[row] ? at + row : 0)) * stride), some, levels, this.sums);
        }
        addAcross(this.sums, this.columns, scale, square.subarray(sample * SIDE, (sample + 1) * SIDE));
      }
    });
    return square;
  }
}

/**
 * Adds six weighted rows.
 * @param {Uint8Array | Uint16Array} plane @param {number[]} o offsets of the rows @param {number[]} w their weights
 * @param {Float64Array} levels @param {Float64Array} sums
 */
function addLuma(plane, [o0, o1, o2, o3, o4, o5], [w0, w1, w2, w3, w4, w5], levels, sums) {
  for (let x = 0; x < sums.length; x++) {
    sums[x] = sums[x] + w0 * levels[plane[o0 + x]] + w1 * levels[plane[o1 + x]] + w2 * levels[plane[o2 + x]] +
      w3 * levels[plane[o3 + x]] + w4 * levels[plane[o4 + x]] + w5 * levels[plane[o5 + x]];
  }
}
