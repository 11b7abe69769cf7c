// Hashing in the browser: the same 64 x 64 values for small pictures, in the very steps and single-precision rounding of
// the PDQ reference. A single bit of a small picture's hash can hang on that rounding; large ones are reduced in reduce.js.

import { SIDE, windowSize } from "./tent.js";

const round = Math.fround;

/**
 * @param {Float32Array} luma brightness, row by row; overwritten @param {number} width @param {number} height
 * @returns {Float32Array} 64 x 64
 */
export function squareOfSmall(luma, width, height) {
  if (width === SIDE && height === SIDE) return luma.slice();
  const buffer = new Float32Array(luma.length);
  const [across, down] = [windowSize(width), windowSize(height)];
  for (let pass = 0; pass < 2; pass++) {
    for (let y = 0; y < height; y++) runningMean(luma, buffer, y * width, 1, width, across);
    for (let x = 0; x < width; x++) runningMean(buffer, luma, x, width, height, down);
  }
  return decimate(luma, width, height);
}

/**
 * The running mean of one line, window growing at its start and shrinking at its end.
 * @param {Float32Array} from @param {Float32Array} to @param {number} start @param {number} step
 * @param {number} length @param {number} window
 */
function runningMean(from, to, start, step, length, window) {
  const lead = Math.floor((window + 2) / 2) - 1;
  let sum = 0, held = 0, left = start, right = start, out = start;
  for (let at = 0; at < lead; at++, held++, right += step) sum = round(sum + from[right]);
  for (let at = lead; at < window; at++, right += step, out += step) {
    sum = round(sum + from[right]);
    held += 1;
    to[out] = sum / held;
  }
  for (let at = window; at < length; at++, left += step, right += step, out += step) {
    sum = round(round(sum + from[right]) - from[left]);
    to[out] = sum / held;
  }
  for (let at = 0; at < lead; at++, left += step, out += step) {
    sum = round(sum - from[left]);
    held -= 1;
    to[out] = sum / held;
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

/**
 * Brightness of RGBA (or RGBX) pixels, rounded as the reference rounds it.
 * @param {Uint8Array | Uint8ClampedArray} pixels @param {number} count
 */
export function lumaOf(pixels, count) {
  const luma = new Float32Array(count);
  for (let at = 0, from = 0; at < count; at++, from += 4) {
    luma[at] = pixels[from] * 0.299 + pixels[from + 1] * 0.587 + pixels[from + 2] * 0.114;
  }
  return luma;
}
