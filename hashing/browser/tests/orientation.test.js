import assert from "node:assert/strict";
import { test } from "node:test";

import { neutralise } from "../orientation.js";

/**
 * The start of a JPEG with one Exif tag, behind a JFIF segment.
 * @param {number} orientation @param {boolean} little
 */
function head(orientation, little) {
  const bytes = new Uint8Array(60);
  const view = new DataView(bytes.buffer);
  view.setUint16(0, 0xffd8);
  view.setUint16(2, 0xffe0);
  view.setUint16(4, 8);
  view.setUint16(12, 0xffe1);
  view.setUint16(14, 34);
  view.setUint32(16, 0x45786966);
  const tiff = 22;
  view.setUint16(tiff, little ? 0x4949 : 0x4d4d);
  view.setUint16(tiff + 2, 42, little);
  view.setUint32(tiff + 4, 8, little);
  view.setUint16(tiff + 8, 1, little);
  view.setUint16(tiff + 10, 0x0112, little);
  view.setUint16(tiff + 12, 3, little);
  view.setUint32(tiff + 14, 1, little);
  view.setUint16(tiff + 18, orientation, little);
  view.setUint16(48, 0xffda);
  return bytes;
}

for (const little of [true, false]) {
  test(`the tag is set to 1 and nothing else changes (${little ? "little" : "big"} endian)`, () => {
    const bytes = head(6, little);
    assert.equal(neutralise(bytes), true);
    assert.deepEqual(bytes, head(1, little));
  });
}

test("a picture stored upright is left alone", () => {
  assert.equal(neutralise(head(1, true)), false);
});

test("other files, and files that end early, are left alone", () => {
  for (const bytes of [new Uint8Array(0), new Uint8Array([0xff, 0xd8]), new TextEncoder().encode("GIF89a..........")]) {
    assert.equal(neutralise(bytes), false);
  }
  for (let length = 0; length < 42; length++) assert.equal(neutralise(head(6, true).slice(0, length)), false);
});

/**
 * The start of a PNG: its header, then an Exif chunk with the same tag.
 * @param {number} orientation
 */
function png(orientation) {
  const tiff = head(orientation, false).subarray(22, 48);
  const bytes = new Uint8Array(8 + 25 + 12 + tiff.length + 12);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, 0x89504e47);
  view.setUint32(8, 13);
  view.setUint32(12, 0x49484452);
  view.setUint32(33, tiff.length);
  view.setUint32(37, 0x65584966);
  bytes.set(tiff, 41);
  return bytes;
}

test("the tag of a PNG is set to 1 too, and nothing else changes", () => {
  const bytes = png(6);
  assert.equal(neutralise(bytes), true);
  assert.deepEqual(bytes, png(1));
  assert.equal(neutralise(bytes), false);
  for (let length = 0; length < 63; length++) assert.equal(neutralise(png(6).slice(0, length)), false);
});

/** @param {string} name @param {number[]} content */
const box = (name, content) => [0, 0, 0, content.length + 8, ...new TextEncoder().encode(name), ...content];

/**
 * The start of an AVIF of two pictures: the second and fourth property turn and mirror.
 * @param {boolean} wide properties take two bytes @param {number[]} owned the properties of the first picture
 */
function avif(wide, owned) {
  const numbers = (/** @type {number[]} */ some) => some.flatMap((one) => (wide ? [one & 0x80, one & 0x7f] : [one]));
  const properties = ["ispe", "irot", "pixi", "imir"].flatMap((name) => box(name, [1]));
  const owners = [0, 0, 0, wide ? 1 : 0, 0, 0, 0, 2, 0, 1, owned.length, ...numbers(owned), 0, 2, 1, ...numbers([3])];
  return new Uint8Array([...box("ftyp", [...new TextEncoder().encode("avif"), 0, 0, 0, 0]), ...box("ipco", properties), ...box("ipma", owners)]);
}

for (const wide of [true, false]) {
  test(`an AVIF is neither turned nor mirrored (${wide ? "wide" : "narrow"})`, () => {
    const bytes = avif(wide, [1, 0x82, 3, 0x84]);
    for (let length = 0; length < bytes.length; length++) neutralise(bytes.slice(0, length));
    assert.equal(neutralise(bytes), true);
    assert.deepEqual(bytes, avif(wide, [1, 0, 3, 0]));
    assert.equal(neutralise(bytes), false);
  });
}
