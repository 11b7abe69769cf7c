import assert from "node:assert/strict";
import { test } from "node:test";

import { sniff } from "../sniff.js";

/** @param {string} text one character a byte */
const bytes = (text) => Uint8Array.from(text, (character) => character.charCodeAt(0));
/** @param {string} major @param {string[]} compatible */
const media = (major, ...compatible) =>
  bytes(`\0\0\0${String.fromCharCode(16 + 4 * compatible.length)}ftyp${major}\0\0\0\0${compatible.join("")}avifheic`);

/** @type {[string, Uint8Array, string, string | null][]} */
const CASES = [
  ["a JPEG", bytes("\xff\xd8\xff\xe0"), "image", "jpeg"],
  ["a PNG", bytes("\x89PNG\r\n\x1a\n"), "image", "png"],
  ["a GIF", bytes("GIF89a"), "image", "gif"],
  ["a WebP", bytes("RIFF\0\0\0\0WEBP"), "image", "webp"],
  ["a BMP", bytes(`BM${"\0".repeat(12)}\x28\0`), "image", "bmp"],
  ["a TIFF", bytes("II*\0"), "image", "tiff"],
  ["an iPhone picture", media("heic", "mif1", "heic"), "image", "heic"],
  ["an AVIF named by a compatible brand", media("mif1", "avif"), "image", "avif"],
  ["an MP4, whatever follows its brands", media("isom", "iso2", "mp41"), "video", "mp4"],
  ["an old QuickTime movie", bytes("\0\0\0\x08wide"), "video", "mov"],
  ["a WebM or MKV", bytes("\x1a\x45\xdf\xa3"), "video", "webm"],
  ["an AVI", bytes("RIFF\0\0\0\0AVI "), "video", "avi"],
  ["text that starts with BM", bytes("BM is not always a bitmap"), "image", null],
  ["nothing", bytes(""), "image", null],
];

for (const [name, head, kind, format] of CASES) {
  test(`${name} is known by its bytes`, () => {
    assert.deepEqual([sniff(head).kind, sniff(head).format], [kind, format]);
  });
}
