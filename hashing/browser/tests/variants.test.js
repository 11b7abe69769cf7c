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
  derived_crop_bottom_10: hashOfCopy(240, 144, (x, y) => [x, y]),
  derived_below_white: hashOfCopy(240, 184, (x, y) => (y < 160 ? [x, y] : 255)),
  derived_above_black: hashOfCopy(240, 184, (x, y) => (y < 24 ? 0 : [x, y - 24])),
  derived_mirrored: hashOfCopy(240, 160, (x, y) => [239 - x, y]),
};

for (const [form, digest] of Object.entries(COPIES)) {
  test(`${form} is the hash of that copy`, () => assert.equal(distance(digests[form], digest), 0));
}

test("every derived form is marked, named once and fits the registry", () => {
  const forms = Object.keys(digests);
  assert.equal(forms.length, variantsFor(WIDTH, HEIGHT).length + 1);
  for (const form of forms) assert.match(form, /^derived_[a-z0-9_]{1,16}$/);
});

test("a picture as tall as a screen has no bars around it", () => {
  assert.ok(!variantsFor(900, 1950).some(({ form }) => form.includes("19_9")));
  assert.ok(variantsFor(900, 1200).some(({ form }) => form === "derived_19_9_black"));
});
