import assert from "node:assert/strict";
import { test } from "node:test";

import { neutralise, neutralised } from "../orientation.js";

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

test("a corrected copy keeps every byte behind the head", async () => {
  const tail = new Uint8Array(300_000).map((_, at) => at % 251);
  const copy = await neutralised(new Blob([head(8, false), tail], { type: "image/jpeg" }));
  const bytes = new Uint8Array(await copy.arrayBuffer());
  assert.deepEqual(bytes.subarray(0, 60), head(1, false));
  assert.deepEqual(bytes.subarray(60), tail);
  assert.equal(copy.type, "image/jpeg");
});
