// Hashing in the browser: hashes of what a picture often becomes when it is passed on: cropped, framed, or shot in a chat.
//
// They are made from the picture, not seen: their form starts with `derived_`, so that a platform can weigh a match. They are
// only made when the person asks for them. docs/benchmarks.md says how many more copies they find, and how many wrong ones.

import { hashSquare } from "./pdq.js";
import { Grid } from "./sources.js";
import { squareOfLuma } from "./stepwise.js";

/** Variants are cut from a copy this many pixels long: enough for PDQ, which keeps 16 waves a side. */
const LENGTH = 256;
const [BLACK, WHITE] = [0, 255];

/**
 * What is left of the picture, or what is around it: shares of its width and height, cut off (positive) or added (negative)
 * at each side.
 * @typedef {{form: string, left: number, top: number, right: number, bottom: number, fill: number}} Variant
 */

/**
 * @param {string} form @param {number} left @param {number} top @param {number} right @param {number} bottom
 * @param {number} fill brightness of what is added
 * @returns {Variant}
 */
const variant = (form, left, top, right, bottom, fill = BLACK) => ({ form: `derived_${form}`, left, top, right, bottom, fill });

/**
 * How tall, in times its width, a picture lies on a phone's screen.
 * @param {number} width @param {number} height @param {number} screen @param {string} name
 */
function onScreen(width, height, screen, name) {
  const added = (screen * width - height) / height / 2;
  if (added <= 0.02) return [];
  return [variant(`${name}_black`, 0, -added, 0, -added), variant(`${name}_white`, 0, -added, 0, -added, WHITE)];
}

/**
 * @param {number} width @param {number} height
 * @returns {Variant[]}
 */
export function variantsFor(width, height) {
  const all = [5, 10, 15, 20, 25].map((cut) => {
    const each = cut / 200;
    return variant(`crop_${cut}`, each, each, each, each);
  });
  for (const cut of [10, 20]) {
    const share = cut / 100;
    all.push(
      variant(`crop_left_${cut}`, share, 0, 0, 0), variant(`crop_top_${cut}`, 0, share, 0, 0),
      variant(`crop_right_${cut}`, 0, 0, share, 0), variant(`crop_bottom_${cut}`, 0, 0, 0, share),
    );
  }
  for (const border of [4, 8]) {
    const share = -border / 100;
    all.push(variant(`border_${border}_black`, share, share, share, share));
    all.push(variant(`border_${border}_white`, share, share, share, share, WHITE));
  }
  all.push(variant("above_white", 0, -0.15, 0, 0, WHITE), variant("below_white", 0, 0, 0, -0.15, WHITE));
  all.push(variant("above_black", 0, -0.15, 0, 0), variant("below_black", 0, 0, 0, -0.15));
  return [...all, ...onScreen(width, height, 16 / 9, "16_9"), ...onScreen(width, height, 19.5 / 9, "19_9")];
}

/**
 * @param {import("./sources.js").Source} source
 * @returns {Promise<import("./pdq.js").PdqDigest[]>}
 */
export async function hashVariants(source) {
  const { width, height } = source;
  const small = await shrunken(source);
  const changed = variantsFor(width, height).map((each) => ({ ...applied(small, each), form: each.form }));
  return [...changed, { ...mirrored(small), form: "derived_mirrored" }].map(({ luma, wide, high, form }) => {
    return { ...hashSquare(squareOfLuma(luma, wide, high), ["original"])[0], form };
  });
}

/**
 * The mirrored pixels of a small picture hash to something else than its `flip_y` form: PDQ's windows lean to one side.
 * @param {{luma: Float32Array, wide: number, high: number}} picture
 */
function mirrored({ luma, wide, high }) {
  const turned = Float32Array.from(luma, (_, at) => luma[at - (at % wide) + wide - 1 - (at % wide)]);
  return { luma: turned, wide, high };
}

/**
 * A copy at most LENGTH pixels long, of which each is the mean of four picked ones.
 * @param {import("./sources.js").Source} source
 */
async function shrunken(source) {
  const scale = Math.min(1, LENGTH / Math.max(source.width, source.height));
  const wide = Math.max(1, Math.round(source.width * scale));
  const high = Math.max(1, Math.round(source.height * scale));
  const grid = new Grid(twice(source.width, wide), twice(source.height, high));
  await source.fill(grid);
  const luma = new Float32Array(wide * high);
  for (let y = 0; y < high; y++) {
    for (let x = 0; x < wide; x++) {
      const at = 4 * y * wide + 2 * x;
      luma[y * wide + x] = (grid.values[at] + grid.values[at + 1] + grid.values[at + 2 * wide] + grid.values[at + 2 * wide + 1]) / 4;
    }
  }
  return { luma, wide, high };
}

/** @param {number} length @param {number} parts two pixels are picked in each */
const twice = (length, parts) =>
  Int32Array.from({ length: 2 * parts }, (_, at) => Math.floor(((at + 0.5) * length) / (2 * parts)));

/**
 * @param {{luma: Float32Array, wide: number, high: number}} picture @param {Variant} variant
 */
function applied({ luma, wide, high }, { left, top, right, bottom, fill }) {
  const [fromX, fromY] = [Math.round(left * wide), Math.round(top * high)];
  const [toX, toY] = [wide - Math.round(right * wide), high - Math.round(bottom * high)];
  const [newWide, newHigh] = [toX - fromX, toY - fromY];
  const changed = new Float32Array(newWide * newHigh).fill(fill);
  for (let y = Math.max(0, fromY); y < Math.min(high, toY); y++) {
    const row = luma.subarray(y * wide + Math.max(0, fromX), y * wide + Math.min(wide, toX));
    changed.set(row, (y - fromY) * newWide + Math.max(0, -fromX));
  }
  return { luma: changed, wide: newWide, high: newHigh };
}
