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
 * at each side. `field`: a chat's field for words lies over the foot of it.
 * @typedef {{form: string, left: number, top: number, right: number, bottom: number, fill: number, field: boolean}} Variant
 */

/**
 * @param {string} form @param {number} left @param {number} top @param {number} right @param {number} bottom
 * @param {number} fill brightness of what is added @param {boolean} field
 * @returns {Variant}
 */
const variant = (form, left, top, right, bottom, fill = BLACK, field = false) =>
  ({ form: `derived_${form}`, left, top, right, bottom, fill, field });

/**
 * PDQ still finds a copy whose edges lie two hundredths of the picture's length off: steps of three or four leave few gaps.
 * What is cut or added is given in hundredths: in all, at one side, all round, above or below.
 */
const CENTRE = [4, 7, 10, 13, 16, 19, 22, 25];
const SIDE = [4, 8, 12, 16, 20];
const BORDER = [2, 4, 6, 8];
const CAPTION = [10, 14, 18];
/** What apps cut pictures to, width to height, unless more than MOST of the picture went, or next to nothing. */
const SHAPES = [[1, 1], [4, 5], [3, 4], [9, 16], [4, 3], [16, 9]];
const [LEAST, MOST] = [0.03, 0.45];
/** What a picture is shown whole on, width to height: a square post, and phones' screens. */
const [SQUARE, SCREENS] = [[1, 1], [[9, 16], [9, 19.75]]];
/** Where a chat's field for words lies on a screen, in shares of it, and its brightness, which matters little. */
const FIELD = { left: 0.05, right: 0.95, top: 0.93, bottom: 0.97, brightness: 120 };
/** @type {[name: string, fill: number][]} */
const FILLS = [["black", BLACK], ["white", WHITE]];

/** @returns {Variant[]} */
function cut() {
  const centre = CENTRE.map((all) => variant(`crop_${all}`, all / 200, all / 200, all / 200, all / 200));
  const sides = SIDE.flatMap((one) => [
    variant(`crop_left_${one}`, one / 100, 0, 0, 0), variant(`crop_top_${one}`, 0, one / 100, 0, 0),
    variant(`crop_right_${one}`, 0, 0, one / 100, 0), variant(`crop_bottom_${one}`, 0, 0, 0, one / 100),
  ]);
  return [...centre, ...sides];
}

/**
 * @param {number} width @param {number} height
 * @returns {Variant[]}
 */
function cutToShape(width, height) {
  return SHAPES.flatMap(([wide, high]) => {
    const across = (1 - (height * wide) / high / width) / 2;
    const down = (1 - (width * high) / wide / height) / 2;
    const away = 2 * Math.max(across, down);
    if (away < LEAST || away > MOST) return [];
    return [variant(`shape_${wide}_${high}`, Math.max(0, across), Math.max(0, down), Math.max(0, across), Math.max(0, down))];
  });
}

/**
 * PDQ does not see a stripe of one brightness that runs from side to side: captions and bare screens need no colours, and a
 * chat's own bars no variants.
 * @param {number} width @param {number} height
 * @returns {Variant[]}
 */
function framed(width, height) {
  const longest = Math.max(width, height);
  const borders = FILLS.flatMap(([name, fill]) => BORDER.map((border) => {
    const [across, down] = [(-border * longest) / width / 100, (-border * longest) / height / 100];
    return variant(`border_${border}_${name}`, across, down, across, down, fill);
  }));
  const captions = CAPTION.flatMap((bar) => [
    variant(`above_${bar}`, 0, -bar / 100, 0, 0), variant(`below_${bar}`, 0, 0, 0, -bar / 100),
  ]);
  return [...borders, ...captions, ...[SQUARE, ...SCREENS].flatMap((shape) => onScreen(shape, width, height))];
}

/**
 * @param {number[]} shape of the screen @param {number} width @param {number} height
 * @returns {Variant[]}
 */
function onScreen([wide, high], width, height) {
  const across = Math.min(0, (1 - (height * wide) / high / width) / 2);
  const down = Math.min(0, (1 - (width * high) / wide / height) / 2);
  const name = `${wide}_${Math.floor(high)}`;
  const bare = across + down > -LEAST ? [] : [variant(`on_${name}`, across, down, across, down)];
  if (wide === high) return bare;
  return [...bare, ...FILLS.map(([colour, fill]) => variant(`chat_${name}_${colour}`, across, down, across, down, fill, true))];
}

/**
 * @param {number} width @param {number} height
 * @returns {Variant[]} at most 57, so that with the picture's own an item stays within the 64 fingerprints the registry takes
 */
export function variantsFor(width, height) {
  return [...cut(), ...cutToShape(width, height), ...framed(width, height)];
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
function applied({ luma, wide, high }, { left, top, right, bottom, fill, field }) {
  const [fromX, fromY] = [Math.round(left * wide), Math.round(top * high)];
  const [toX, toY] = [wide - Math.round(right * wide), high - Math.round(bottom * high)];
  const [newWide, newHigh] = [toX - fromX, toY - fromY];
  const changed = new Float32Array(newWide * newHigh).fill(fill);
  for (let y = Math.max(0, fromY); y < Math.min(high, toY); y++) {
    const row = luma.subarray(y * wide + Math.max(0, fromX), y * wide + Math.min(wide, toX));
    changed.set(row, (y - fromY) * newWide + Math.max(0, -fromX));
  }
  for (let y = Math.round(FIELD.top * newHigh); field && y < Math.round(FIELD.bottom * newHigh); y++) {
    changed.fill(FIELD.brightness, y * newWide + Math.round(FIELD.left * newWide), y * newWide + Math.round(FIELD.right * newWide));
  }
  return { luma: changed, wide: newWide, high: newHigh };
}
