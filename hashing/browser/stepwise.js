// Hashing in the browser: the same 64 x 64 values in the very steps, and single-precision rounding, of the PDQ reference.
//
// For small pictures, and for the rare larger one of which a bit hangs on that rounding. It takes four bytes a pixel and
// ten times the time of the tents.

import { SIDE, windowSize } from "./tent.js";

const round = Math.fround;

/**
 * @param {Float32Array} luma brightness, row by row; overwritten @param {number} width @param {number} height
 * @returns {Float32Array} 64 x 64
 */
export function squareOfLuma(luma, width, height) {
  if (width === SIDE && height === SIDE) return luma.slice();
  const [across, down] = [windowSize(width), windowSize(height)];
  const line = new Float32Array(Math.max(width, height));
  for (let pass = 0; pass < 2; pass++) {
    for (let y = 0; y < height; y++) blurLine(luma, line, y * width, 1, width, across);
    for (let x = 0; x < width; x++) blurLine(luma, line, x, width, height, down);
  }
  return decimate(luma, width, height);
}

/**
 * The running mean of one line, window growing at its start and shrinking at its end.
 * @param {Float32Array} luma @param {Float32Array} line room for a copy @param {number} start @param {number} step
 * @param {number} length @param {number} window
 */
function blurLine(luma, line, start, step, length, window) {
  for (let at = 0, from = start; at < length; at++, from += step) line[at] = luma[from];
  const lead = Math.floor((window + 2) / 2) - 1;
  let sum = 0, held = lead, left = 0, right = 0, out = start;
  for (; right < lead; right++) sum = round(sum + line[right]);
  for (; right < window; right++, out += step) {
    sum = round(sum + line[right]);
    held += 1;
    luma[out] = sum / held;
  }
  for (; right < length; left++, right++, out += step) {
    sum = round(round(sum + line[right]) - line[left]);
    luma[out] = sum / held;
  }
  for (let at = 0; at < lead; at++, left++, out += step) {
    sum = round(sum - line[left]);
    held -= 1;
    luma[out] = sum / held;
  }
}

/** @param {Float32Array} luma @param {number} width @param {number} height */
function decimate(luma, width, height) {
  const square = new Float32Array(SIDE * SIDE);
  for (let row = 0; row < SIDE; row++) {
    const y = Math.floor(((row + 0.5) * height) / SIDE);
    for (let column = 0; column < SIDE; column++) {
      square[row * SIDE + column] = luma[y * width + Math.floor(((column + 0.5) * width) / SIDE)];
    }
  }
  return square;
}
