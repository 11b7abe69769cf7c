// Hashing in the browser: PDQ, its quality and its eight dihedral forms, from 64 x 64 brightness values.
//
// Follows the PDQ reference step by step, so that equal pixels give equal bits (`pdqhash` on PyPI is what we compare with).

import { SIDE } from "./tent.js";

export const LOWEST_QUALITY = 50;
export const LEAST_SIDE = 5;

const SMALL = 16;
const round = Math.fround;

/** The names of the eight forms, in the order of the reference. */
export const FORMS = Object.freeze([
  "original", "rotate_90", "rotate_180", "rotate_270", "flip_x", "flip_y", "flip_plus_1", "flip_minus_1",
]);

/**
 * @typedef {{digest: string, quality: number, form: string}} PdqDigest
 */

const COSINES = Float32Array.from({ length: SMALL * SIDE }, (_, at) => {
  const [row, column] = [Math.floor(at / SIDE), at % SIDE];
  return round(Math.sqrt(2 / SIDE)) * Math.cos((Math.PI / 2 / SIDE) * (row + 1) * (2 * column + 1));
});

/**
 * How much detail there is, 0 to 100: the gradients of the shrunken picture.
 * @param {Float32Array | Float64Array} square 64 x 64
 */
export function qualityOf(square) {
  let gradients = 0;
  for (let row = 0; row < SIDE; row++) {
    for (let column = 0; column < SIDE; column++) {
      const at = row * SIDE + column;
      if (row < SIDE - 1) gradients += step(square[at], square[at + SIDE]);
      if (column < SIDE - 1) gradients += step(square[at], square[at + 1]);
    }
  }
  return Math.min(100, Math.floor(gradients / 90));
}

/** @param {number} one @param {number} other */
function step(one, other) {
  return Math.abs(Math.trunc(round(round(round(one - other) * 100) / 255)));
}

/**
 * The low 16 x 16 frequencies (the first row and column of the transform left out).
 * @param {Float32Array | Float64Array} square 64 x 64
 */
export function frequenciesOf(square) {
  const half = new Float32Array(SMALL * SIDE);
  for (let row = 0; row < SMALL; row++) {
    for (let k = 0; k < SIDE; k++) {
      const cosine = COSINES[row * SIDE + k];
      for (let column = 0; column < SIDE; column++) half[row * SIDE + column] += round(cosine * square[k * SIDE + column]);
    }
  }
  const frequencies = new Float32Array(SMALL * SMALL);
  for (let row = 0; row < SMALL; row++) {
    for (let column = 0; column < SMALL; column++) {
      let sum = 0;
      for (let k = 0; k < SIDE; k++) sum = round(sum + round(half[row * SIDE + k] * COSINES[column * SIDE + k]));
      frequencies[row * SMALL + column] = sum;
    }
  }
  return frequencies;
}

/**
 * How far the median is from the next frequency above or below: what must change before a bit does.
 * @param {Float32Array} frequencies
 */
export function marginOf(frequencies) {
  const sorted = Float32Array.from(frequencies).sort();
  return Math.min(sorted[127] - sorted[126], sorted[128] - sorted[127]);
}

/**
 * One bit a frequency: is it above the (lower) median? Written from the last bit to the first, as the reference does.
 * @param {Float32Array} frequencies
 */
function digestOf(frequencies) {
  const median = Float32Array.from(frequencies).sort()[127];
  let digest = "";
  for (let at = 255; at > 0; at -= 4) {
    let nibble = 0;
    for (let bit = 0; bit < 4; bit++) nibble = nibble * 2 + (frequencies[at - bit] > median ? 1 : 0);
    digest += nibble.toString(16);
  }
  return digest;
}

/**
 * Turning or mirroring a picture swaps the axes of its frequencies and changes the sign of every second one.
 * @type {Record<string, {swap: boolean, rows: boolean, columns: boolean}>}
 */
const TURNS = {
  original: { swap: false, rows: false, columns: false },
  rotate_90: { swap: true, rows: true, columns: false },
  rotate_180: { swap: false, rows: true, columns: true },
  rotate_270: { swap: true, rows: false, columns: true },
  flip_x: { swap: false, rows: true, columns: false },
  flip_y: { swap: false, rows: false, columns: true },
  flip_plus_1: { swap: true, rows: false, columns: false },
  flip_minus_1: { swap: true, rows: true, columns: true },
};

/**
 * The frequencies of the turned or mirrored picture.
 * @param {Float32Array} frequencies @param {string} form
 */
export function turned(frequencies, form) {
  const { swap, rows, columns } = TURNS[form];
  return frequencies.map((_, at) => {
    const [row, column] = [at >> 4, at & 15];
    const negative = (rows && row % 2 === 0) !== (columns && column % 2 === 0);
    const value = frequencies[swap ? column * SMALL + row : at];
    return negative ? -value : value;
  });
}

/**
 * The digests of one picture in the given forms.
 * @param {Float32Array | Float64Array} square 64 x 64 brightness values, 0 to 255
 * @param {readonly string[]} forms
 * @returns {PdqDigest[]}
 */
export function hashSquare(square, forms = FORMS) {
  const quality = qualityOf(square);
  const frequencies = frequenciesOf(square);
  return forms.map((form) => ({ digest: digestOf(turned(frequencies, form)), quality, form }));
}

/**
 * Bits in which two digests differ.
 * @param {string} one @param {string} other
 */
export function distance(one, other) {
  let bits = 0;
  for (let at = 0; at < one.length; at++) {
    for (let nibble = parseInt(one[at], 16) ^ parseInt(other[at], 16); nibble; nibble &= nibble - 1) bits += 1;
  }
  return bits;
}
