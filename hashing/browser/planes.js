// Hashing in the browser: brightness of a JPEG straight from its decoded planes, to the very value its colours would give.
//
// A JPEG holds brightness (Y) and two coarser colour planes. Every decoder we are compared with first makes red, green and
// blue of them, rounding and clipping each, and PDQ makes brightness of those again. The same whole-number steps
// (libjpeg's triangle upsampling and conversion) are done here a pixel at a time, so no colour picture is ever made.

import { addAcross, SIDE, tents } from "./tent.js";

/**
 * How the colour planes lie under the brightness plane: columns and rows of pixels to one colour sample.
 * @type {Record<string, {across: 1 | 2, down: 1 | 2}>}
 */
export const LAYOUTS = Object.freeze({
  I420: { across: 2, down: 2 },
  I422: { across: 2, down: 1 },
  I444: { across: 1, down: 1 },
});

const [RED, GREEN, BLUE] = [299, 587, 114];
const OFFSET = 512;

/** @param {number} factor */
const fixed = (factor) => Math.floor(factor * 65536 + 0.5);
/** @param {number} value */
const clip = (value) => (value < 0 ? 0 : value > 255 ? 255 : value);

/**
 * What libjpeg adds to Y for red, green and blue.
 * @param {number} cb @param {number} cr
 */
function shifts(cb, cr) {
  return [
    (fixed(1.402) * (cr - 128) + 32768) >> 16,
    (-fixed(0.34414) * (cb - 128) + 32768 - fixed(0.71414) * (cr - 128)) >> 16,
    (fixed(1.772) * (cb - 128) + 32768) >> 16,
  ];
}

/**
 * For each pair of colour values (cb + 256 x cr), in one number: how far 1000 x brightness lies off 1000 x Y (bits 0-9),
 * the least Y for which no colour is clipped (bits 10-18; 256 and more: none), and how many Y above it neither (19-26).
 */
const TABLE = Int32Array.from({ length: 65536 }, (_, index) => {
  const [red, green, blue] = shifts(index & 255, index >> 8);
  const least = Math.max(0, -Math.min(red, green, blue));
  const most = Math.min(255, 255 - Math.max(red, green, blue));
  const off = RED * red + GREEN * green + BLUE * blue + OFFSET;
  return most < least ? off | (511 << 10) : off | (least << 10) | ((most - least) << 19);
});

/**
 * 1000 x brightness of a pixel of which at least one colour is clipped.
 * @param {number} y @param {number} index cb + 256 x cr
 */
function clipped(y, index) {
  const [red, green, blue] = shifts(index & 255, index >> 8);
  return RED * clip(y + red) + GREEN * clip(y + green) + BLUE * clip(y + blue);
}

/**
 * Adds one row, weighted, to `sums`; one colour sample lies under two pixels. A pixel's colour is nine parts of the sample it
 * lies on, three of each nearest neighbour across and down, and one of the diagonal one; both planes are worked side by
 * side in one number.
 * @param {Uint8Array} luma @param {number} start of the row in `luma` @param {Int32Array} near nearer row of colour samples,
 *   one more at each end @param {Int32Array} far farther row @param {number} pairs @param {number} left rounding of the left
 *   pixel @param {number} right of the right one @param {number} weight @param {Float64Array} sums
 */
function addPairs(luma, start, near, far, pairs, left, right, weight, sums) {
  let last = 3 * near[0] + far[0];
  let here = 3 * near[1] + far[1];
  for (let pair = 0, x = 0; pair < pairs; pair++, x += 2) {
    const next = (3 * near[pair + 2] + far[pair + 2]) | 0;
    const triple = (here * 3) | 0;
    const one = ((triple + last + left) >> 4) & 0xff00ff;
    const two = ((triple + next + right) >> 4) & 0xff00ff;
    const index1 = (one | (one >> 8)) & 0xffff;
    const index2 = (two | (two >> 8)) & 0xffff;
    const entry1 = TABLE[index1];
    const entry2 = TABLE[index2];
    const y1 = luma[start + x];
    const y2 = luma[start + x + 1];
    let value1 = (Math.imul(1000, y1) + (entry1 & 1023) - OFFSET) | 0;
    let value2 = (Math.imul(1000, y2) + (entry2 & 1023) - OFFSET) | 0;
    if ((y1 - ((entry1 >> 10) & 511)) >>> 0 > entry1 >> 19) value1 = clipped(y1, index1);
    if ((y2 - ((entry2 >> 10) & 511)) >>> 0 > entry2 >> 19) value2 = clipped(y2, index2);
    sums[x] += Math.imul(weight, value1);
    sums[x + 1] += Math.imul(weight, value2);
    last = here;
    here = next;
  }
}

/**
 * Adds two rows that lie between the same two rows of colour samples. As addPairs, but four pixels at a time: by far the most
 * pixels of most photos come by here.
 * @param {Uint8Array} luma @param {number} start of the upper row @param {number} below of the lower row
 * @param {Int32Array} upper row of colour samples @param {Int32Array} lower one @param {number} pairs
 * @param {number} weight of the upper row @param {number} weightBelow @param {Float64Array} sums
 */
function addQuads(luma, start, below, upper, lower, pairs, weight, weightBelow, sums) {
  let lastA = 3 * upper[0] + lower[0], hereA = 3 * upper[1] + lower[1];
  let lastB = upper[0] + 3 * lower[0], hereB = upper[1] + 3 * lower[1];
  for (let pair = 0, x = 0; pair < pairs; pair++, x += 2) {
    const nextUpper = upper[pair + 2], nextLower = lower[pair + 2];
    const nextA = (3 * nextUpper + nextLower) | 0, nextB = (nextUpper + 3 * nextLower) | 0;
    let triple = (hereA * 3) | 0;
    let mixed = ((triple + lastA + 0x80008) >> 4) & 0xff00ff;
    const index1 = (mixed | (mixed >> 8)) & 0xffff;
    mixed = ((triple + nextA + 0x70007) >> 4) & 0xff00ff;
    const index2 = (mixed | (mixed >> 8)) & 0xffff;
    triple = (hereB * 3) | 0;
    mixed = ((triple + lastB + 0x80008) >> 4) & 0xff00ff;
    const index3 = (mixed | (mixed >> 8)) & 0xffff;
    mixed = ((triple + nextB + 0x70007) >> 4) & 0xff00ff;
    const index4 = (mixed | (mixed >> 8)) & 0xffff;
    const entry1 = TABLE[index1], entry2 = TABLE[index2], entry3 = TABLE[index3], entry4 = TABLE[index4];
    const y1 = luma[start + x], y2 = luma[start + x + 1], y3 = luma[below + x], y4 = luma[below + x + 1];
    let value1 = (Math.imul(1000, y1) + (entry1 & 1023) - OFFSET) | 0;
    let value2 = (Math.imul(1000, y2) + (entry2 & 1023) - OFFSET) | 0;
    let value3 = (Math.imul(1000, y3) + (entry3 & 1023) - OFFSET) | 0;
    let value4 = (Math.imul(1000, y4) + (entry4 & 1023) - OFFSET) | 0;
    if ((y1 - ((entry1 >> 10) & 511)) >>> 0 > entry1 >> 19) value1 = clipped(y1, index1);
    if ((y2 - ((entry2 >> 10) & 511)) >>> 0 > entry2 >> 19) value2 = clipped(y2, index2);
    if ((y3 - ((entry3 >> 10) & 511)) >>> 0 > entry3 >> 19) value3 = clipped(y3, index3);
    if ((y4 - ((entry4 >> 10) & 511)) >>> 0 > entry4 >> 19) value4 = clipped(y4, index4);
    sums[x] += Math.imul(weight, value1) + Math.imul(weightBelow, value3);
    sums[x + 1] += Math.imul(weight, value2) + Math.imul(weightBelow, value4);
    lastA = hereA;
    hereA = nextA;
    lastB = hereB;
    hereB = nextB;
  }
}

/**
 * Adds one row, weighted, to `sums`; each pixel has a colour sample of its own.
 * @param {Uint8Array} luma @param {number} start @param {Int32Array} colour @param {number} width @param {number} weight
 * @param {Float64Array} sums
 */
function addSingles(luma, start, colour, width, weight, sums) {
  for (let x = 0; x < width; x++) {
    const index = (colour[x + 1] | (colour[x + 1] >> 8)) & 0xffff;
    const entry = TABLE[index];
    const y = luma[start + x];
    let value = (Math.imul(1000, y) + (entry & 1023) - OFFSET) | 0;
    if ((y - ((entry >> 10) & 511)) >>> 0 > entry >> 19) value = clipped(y, index);
    sums[x] += Math.imul(weight, value);
  }
}

/**
 * Three planes of a strip of `count` rows from `top`. `lumaTop` and `colourTop` are the first rows held of each.
 * @typedef {{luma: Uint8Array, lumaStride: number, cb: Uint8Array, cr: Uint8Array, colourStride: number,
 *   top: number, count: number, lumaTop: number, colourTop: number}} Planes
 */

/** Shrinks a decoded JPEG, handed over in strips of its planes, to the 64 x 64 values PDQ works on. */
export class PlaneReducer {
  /** @param {number} width @param {number} height @param {"I420" | "I422" | "I444"} layout */
  constructor(width, height, layout) {
    this.width = width;
    this.across = LAYOUTS[layout].across;
    this.down = LAYOUTS[layout].down;
    this.colourWidth = Math.ceil(width / this.across);
    this.colourHeight = Math.ceil(height / this.down);
    this.columns = tents(width);
    this.rows = tents(height);
    this.square = new Float64Array(SIDE * SIDE);
    // A last single pixel is worked out as one of a pair, and the other one left unused.
    this.sums = new Float64Array(width + 1);
    this.kept = [0, 1].map(() => ({ row: -1, samples: new Int32Array(this.colourWidth + 2) }));
  }

  /** @param {Planes} planes */
  add(planes) {
    this.rows.forEach((terms, sample) => {
      const samples = this.square.subarray(sample * SIDE, (sample + 1) * SIDE);
      for (const { first, weights, scale } of terms) {
        const from = Math.max(0, planes.top - first);
        const to = Math.min(weights.length, planes.top + planes.count - first);
        if (from >= to) continue;
        this.sums.fill(0);
        for (let at = from, rows = 1; at < to; at += rows) {
          rows = this.down === 2 && (first + at) % 2 === 1 && at + 1 < to ? 2 : 1;
          if (rows === 2) this.addTwoRows(planes, first + at, weights[at], weights[at + 1]);
          else this.addRow(planes, first + at, weights[at]);
        }
        addAcross(this.sums, this.columns, scale / 1000, samples);
      }
    });
  }

  /** @param {Planes} planes @param {number} row an odd one @param {number} weight @param {number} weightBelow */
  addTwoRows(planes, row, weight, weightBelow) {
    const { near, far } = this.rowsFor(planes, row);
    const start = (row - planes.lumaTop) * planes.lumaStride;
    const below = start + planes.lumaStride;
    addQuads(planes.luma, start, below, near, far, this.colourWidth, weight, weightBelow, this.sums);
  }

  /** @param {Planes} planes @param {number} row @param {number} weight */
  addRow(planes, row, weight) {
    const { across, colourWidth, sums } = this;
    const start = (row - planes.lumaTop) * planes.lumaStride;
    const { near, far, left, right } = this.rowsFor(planes, row);
    if (across === 1) addSingles(planes.luma, start, near, this.width, weight, sums);
    else addPairs(planes.luma, start, near, far, colourWidth, left, right, weight, sums);
  }

  /**
   * One row of both colour planes, as cb + 65536 x cr, with the first and last sample repeated. The last two rows are kept.
   * @param {Planes} planes @param {number} row
   */
  packed({ cb, cr, colourStride, colourTop }, row) {
    const kept = this.kept[row % 2];
    if (kept.row === row) return kept.samples;
    kept.row = row;
    const { samples } = kept;
    const from = (row - colourTop) * colourStride;
    const { colourWidth } = this;
    for (let x = 0; x < colourWidth; x++) samples[x + 1] = cb[from + x] | (cr[from + x] << 16);
    samples[0] = samples[1];
    samples[colourWidth + 1] = samples[colourWidth];
    return samples;
  }

  /**
   * The brightness of some pixels of one row of a strip, into `values` from `at` on.
   * @param {Planes} planes @param {number} row @param {Int32Array} columns @param {Float32Array} values @param {number} at
   */
  pick(planes, row, columns, values, at) {
    const { across } = this;
    const { near, far, left, right } = this.rowsFor(planes, row);
    const start = (row - planes.lumaTop) * planes.lumaStride;
    for (let column = 0; column < columns.length; column++) {
      const x = columns[column];
      let colour = near[x + 1];
      if (across === 2) {
        const [here, beside] = [(x >> 1) + 1, (x >> 1) + (x & 1 ? 2 : 0)];
        const sum = 9 * near[here] + 3 * far[here] + 3 * near[beside] + far[beside];
        colour = ((sum + (x & 1 ? right : left)) >> 4) & 0xff00ff;
      }
      values[at + column] = clipped(planes.luma[start + x], (colour | (colour >> 8)) & 0xffff) / 1000;
    }
  }

  /**
   * The two rows of colour samples a row of pixels is mixed from, and how its left and right pixels are rounded.
   * @param {Planes} planes @param {number} row
   */
  rowsFor(planes, row) {
    if (this.down === 1) {
      const own = this.packed(planes, row);
      return { near: own, far: own, left: 0x40004, right: 0x80008 };
    }
    const nearest = row >> 1;
    const other = Math.min(this.colourHeight - 1, Math.max(0, nearest + (row & 1 ? 1 : -1)));
    return { near: this.packed(planes, nearest), far: this.packed(planes, other), left: 0x80008, right: 0x70007 };
  }
}
