import assert from "node:assert/strict";
import { test } from "node:test";

import { distance, hashSquare } from "../pdq.js";
import { PixelSource } from "../sources.js";
import { squareOfLuma } from "../stepwise.js";
import { hashVariants, variantsFor } from "../variants.js";
import { draw } from "./pictures.js";

const [WIDTH, HEIGHT] = [240, 160];

/** @param {Uint8Array} pixels @param {number} width @param {number} height */
const source = (pixels, width, height) =>
  new PixelSource(width, height, (top, count) => pixels.subarray(top * width * 4, (top + count) * width * 4), () => {});

/**
 * The hash of a changed copy: `valueAt` gives the place of a pixel in the original, or the brightness of what is added.
 * @param {number} width @param {number} height @param {(x: number, y: number) => [number, number] | number} valueAt
 */
function hashOfCopy(width, height, valueAt) {
  const pixels = draw(WIDTH, HEIGHT, 3);
  const luma = new Float32Array(width * height);
  for (let at = 0; at < luma.length; at++) {
    const value = valueAt(at % width, Math.floor(at / width));
    if (typeof value === "number") luma[at] = value;
    else {
      const [red, green, blue] = pixels.subarray((value[1] * WIDTH + value[0]) * 4);
      luma[at] = red * 0.299 + green * 0.587 + blue * 0.114;
    }
  }
  return hashSquare(squareOfLuma(luma, width, height), ["original"])[0].digest;
}

const digests = Object.fromEntries(
  (await hashVariants(source(draw(WIDTH, HEIGHT, 3), WIDTH, HEIGHT))).map(({ form, digest }) => [form, digest]),
);

/** @type {Record<string, string>} */
const COPIES = {
  derived_crop_10: hashOfCopy(216, 144, (x, y) => [x + 12, y + 8]),
  derived_crop_left_20: hashOfCopy(192, 160, (x, y) => [x + 48, y]),
  derived_crop_bottom_20: hashOfCopy(240, 128, (x, y) => [x, y]),
  derived_shape_1_1: hashOfCopy(160, 160, (x, y) => [x + 40, y]),
  derived_below_10: hashOfCopy(240, 176, (x, y) => (y < 160 ? [x, y] : 255)),
  derived_above_10: hashOfCopy(240, 176, (x, y) => (y < 16 ? 0 : [x, y - 16])),
  derived_border_4_white: hashOfCopy(260, 180, (x, y) => (x < 10 || x >= 250 || y < 10 || y >= 170 ? 255 : [x - 10, y - 10])),
  derived_on_1_1: hashOfCopy(240, 240, (x, y) => (y < 40 || y >= 200 ? 255 : [x, y - 40])),
  derived_chat_9_16_white: hashOfCopy(240, 426, (x, y) => {
    if (y >= 396 && y < 413 && x >= 12 && x < 228) return 120;
    return y < 133 || y >= 293 ? 255 : [x, y - 133];
  }),
  derived_mirrored: hashOfCopy(240, 160, (x, y) => [239 - x, y]),
};

for (const [form, digest] of Object.entries(COPIES)) {
  test(`${form} is the hash of that copy`, () => assert.equal(distance(digests[form], digest), 0));
}

const SHAPES = [[4000, 3000], [3000, 4000], [1920, 1080], [1080, 2340], [1250, 1000], [100, 100], [3000, 700]];

test("every derived form is marked, named once and fits the registry", () => {
  for (const [width, height] of SHAPES) {
    const forms = variantsFor(width, height).map(({ form }) => form);
    assert.equal(new Set(forms).size, forms.length);
    assert.ok(forms.length <= 57, `${forms.length} for ${width} x ${height}`);
    for (const form of forms) assert.match(form, /^derived_[a-z0-9_]{1,16}$/);
  }
});

test("a picture of the shape of a screen has no bars around it", () => {
  assert.ok(!variantsFor(900, 1975).some(({ form }) => form.includes("on_9_19")));
  assert.ok(variantsFor(900, 1200).some(({ form }) => form === "derived_on_9_19"));
});

test("a picture is not cut to a shape that leaves little of it, or nearly all", () => {
  const forms = variantsFor(1600, 900).map(({ form }) => form);
  assert.ok(!forms.includes("derived_shape_9_16"));
  assert.ok(!forms.includes("derived_shape_16_9"));
  assert.ok(forms.includes("derived_shape_1_1"));
});
