import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import { FORMS, hashSquare } from "../pdq.js";
import { Reducer } from "../reduce.js";
import { squareOfLuma } from "../stepwise.js";
import { draw } from "./pictures.js";

/** @type {{width: number, height: number, seed: number, quality: number, forms: Record<string, string>}[]} */
const VECTORS = JSON.parse(readFileSync(new URL("../../../tests/vectors/pdq.json", import.meta.url), "utf8"));

/** @param {Float32Array | Float64Array} square */
const formsOf = (square) => Object.fromEntries(hashSquare(square).map(({ digest, form }) => [form, digest]));

/** @param {Uint8Array} pixels RGBA */
function lumaOf(pixels) {
  return Float32Array.from({ length: pixels.length / 4 }, (_, at) => {
    const [red, green, blue] = pixels.subarray(at * 4, at * 4 + 3);
    return red * 0.299 + green * 0.587 + blue * 0.114;
  });
}

/** @param {{width: number, height: number, seed: number}} vector @param {number} strip rows handed over at a time */
function reduced({ width, height, seed }, strip) {
  const pixels = new Uint32Array(draw(width, height, seed).buffer);
  const reducer = new Reducer(width, height);
  for (let top = 0; top < height; top += strip) {
    reducer.add(pixels.subarray(top * width), top, Math.min(strip, height - top));
  }
  return reducer;
}

for (const vector of VECTORS) {
  const { width, height, seed, quality, forms } = vector;

  test(`the reference's own steps give pdqhash's digests for ${width} x ${height}`, () => {
    const square = squareOfLuma(lumaOf(draw(width, height, seed)), width, height);
    assert.deepEqual(formsOf(square), forms);
    assert.equal(hashSquare(square)[0].quality, quality);
  });
}

for (const vector of VECTORS.filter(({ width, height }) => Math.min(width, height) >= 64)) {
  test(`the tents give pdqhash's digests for ${vector.width} x ${vector.height}, in strips of any height`, () => {
    for (const strip of [vector.height, 37]) {
      const reducer = reduced(vector, strip);
      assert.deepEqual(formsOf(reducer.square), vector.forms);
      assert.equal(hashSquare(reducer.square)[0].quality, vector.quality);
      assert.equal(reducer.opaque, true);
    }
  });
}

test("a picture with one see-through pixel is not opaque", () => {
  const pixels = new Uint32Array(draw(100, 80, 1).buffer);
  pixels[40 * 100 + 50] &= 0x7fffffff;
  const reducer = new Reducer(100, 80);
  reducer.add(pixels, 0, 80);
  assert.equal(reducer.opaque, false);
});

test("brightness may be made of other shares of the colours", () => {
  const [width, height] = [640, 480];
  const bytes = draw(width, height, 3);
  const swapped = bytes.slice();
  for (let at = 0; at < bytes.length; at += 4) [swapped[at], swapped[at + 2]] = [bytes[at + 2], bytes[at]];
  const [red, blue] = [new Reducer(width, height), new Reducer(width, height, [114, 587, 299])];
  red.add(new Uint32Array(bytes.buffer), 0, height);
  blue.add(new Uint32Array(swapped.buffer), 0, height);
  red.square.forEach((value, at) => assert.ok(Math.abs(value - blue.square[at]) < 1e-9));
});

test("only the forms asked for are hashed, in the order asked for", () => {
  const square = squareOfLuma(lumaOf(draw(64, 64, 2)), 64, 64);
  assert.deepEqual(hashSquare(square, ["flip_x", "original"]).map(({ form }) => form), ["flip_x", "original"]);
  assert.deepEqual(hashSquare(square).map(({ form }) => form), FORMS);
});
