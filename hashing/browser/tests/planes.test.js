import assert from "node:assert/strict";
import { test } from "node:test";

import { LAYOUTS, PlaneReducer } from "../planes.js";
import { Reducer } from "../reduce.js";

/** @param {number} value */
const clip = (value) => Math.max(0, Math.min(255, value));
/** @param {number} factor */
const fixed = (factor) => Math.floor(factor * 65536 + 0.5);

/**
 * Planes of strong noise, so that many colours are clipped.
 * @param {number} width @param {number} height @param {"I420" | "I422" | "I444"} layout
 */
function planesOf(width, height, layout) {
  const { across, down } = LAYOUTS[layout];
  const [colourWidth, colourHeight] = [Math.ceil(width / across), Math.ceil(height / down)];
  let state = width * 31 + height;
  const noise = () => (state = (Math.imul(state, 1103515245) + 12345) >>> 0) >>> 24;
  return {
    luma: Uint8Array.from({ length: width * height }, noise),
    cb: Uint8Array.from({ length: colourWidth * colourHeight }, noise),
    cr: Uint8Array.from({ length: colourWidth * colourHeight }, noise),
    lumaStride: width, colourStride: colourWidth, top: 0, count: height, lumaTop: 0, colourTop: 0,
  };
}

/**
 * The colour of a pixel as libjpeg's triangle filter gives it, one axis after the other as written in its manual.
 * @param {Uint8Array} plane @param {number} x @param {number} y @param {number} width @param {number} height
 * @param {{across: number, down: number}} layout
 */
function upsampled(plane, x, y, width, height, { across, down }) {
  const at = (/** @type {number} */ column, /** @type {number} */ row) =>
    plane[Math.max(0, Math.min(height - 1, row)) * width + Math.max(0, Math.min(width - 1, column))];
  if (across === 1) return at(x, y);
  const [column, beside] = [x >> 1, (x >> 1) + (x % 2 ? 1 : -1)];
  if (down === 1) return (3 * at(column, y) + at(beside, y) + (x % 2 ? 2 : 1)) >> 2;
  const [row, other] = [y >> 1, (y >> 1) + (y % 2 ? 1 : -1)];
  const mixed = (/** @type {number} */ column) => 3 * at(column, row) + at(column, other);
  return (3 * mixed(column) + mixed(beside) + (x % 2 ? 7 : 8)) >> 4;
}

/**
 * The picture a JPEG decoder would have made of the planes.
 * @param {ReturnType<typeof planesOf>} planes @param {number} width @param {number} height @param {"I420" | "I422" | "I444"} name
 */
function colours({ luma, cb, cr, colourStride }, width, height, name) {
  const layout = LAYOUTS[name];
  const colourHeight = Math.ceil(height / layout.down);
  const pixels = new Uint8Array(width * height * 4).fill(255);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const [blue, red] = [cb, cr].map((plane) => upsampled(plane, x, y, colourStride, colourHeight, layout) - 128);
      const value = luma[y * width + x];
      const green = (-fixed(0.34414) * blue - fixed(0.71414) * red + 32768) >> 16;
      const shifts = [(fixed(1.402) * red + 32768) >> 16, green, (fixed(1.772) * blue + 32768) >> 16];
      shifts.forEach((shift, channel) => (pixels[(y * width + x) * 4 + channel] = clip(value + shift)));
    }
  }
  return new Uint32Array(pixels.buffer);
}

for (const layout of /** @type {const} */ (["I420", "I422", "I444"])) {
  for (const [width, height] of [[130, 66], [131, 67], [128, 193]]) {
    test(`the planes of a ${layout} JPEG of ${width} x ${height} give the brightness of its colours`, () => {
      const planes = planesOf(width, height, layout);
      const pixels = colours(planes, width, height, layout);
      const [fromPlanes, fromPixels] = [new PlaneReducer(width, height, layout), new Reducer(width, height)];
      fromPlanes.add(planes);
      fromPixels.add(pixels, 0, height);
      fromPlanes.square.forEach((value, at) => assert.ok(Math.abs(value - fromPixels.square[at]) < 1e-9));
      const bytes = new Uint8Array(pixels.buffer);
      const columns = Int32Array.of(0, 1, 7, width >> 1, width - 2, width - 1);
      const values = new Float32Array(columns.length);
      for (const y of [0, 1, 12, height - 2, height - 1]) {
        fromPlanes.pick(planes, y, columns, values, 0);
        columns.forEach((x, at) => {
          const [red, green, blue] = bytes.subarray((y * width + x) * 4);
          assert.equal(values[at], Math.fround((299 * red + 587 * green + 114 * blue) / 1000));
        });
      }
    });
  }
}
