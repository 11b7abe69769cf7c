import assert from "node:assert/strict";
import { test } from "node:test";

import { codecPasses, pathsThatPass } from "../self_test.js";
import { CLIPS } from "../self_test_clips.js";

/** @param {any} parts @returns {import("../paths.js").Path} */
const path = (parts) => ({ name: "odd", available: true, open: async () => null, ...parts });

test("a path that reads noise, breaks, leads nowhere or does not exist is not trusted", async () => {
  const noise = { square: async () => Float64Array.from({ length: 4096 }, (_, at) => (at * 37) % 256), close() {} };
  const odd = [
    path({ open: async () => noise }),
    path({ open: () => Promise.reject(new Error("no")) }),
    path({}),
    path({ available: false, open: () => assert.fail("was tried") }),
  ];
  assert.deepEqual(await pathsThatPass(odd), []);
});

/** @param {string[]} digests */
const seen = (digests) => ({ vpdq: digests.map((digest, seconds) => ({ seconds, digest, quality: 100 })), features: null });
/** @typedef {import("../video.js").Film} Film */
/** @param {Film} film the clip it is */
const clipOf = (film) => CLIPS.find(({ bytes }) => Buffer.from(bytes, "base64").equals(/** @type {Uint8Array} */ (film))) ?? CLIPS[0];

test("each codec is judged by the clip of its own, and one without by the first", async () => {
  const oddVp9 = async (/** @type {Film} */ film) => {
    const { codec, digests } = clipOf(film);
    return seen(codec === "vp9" ? digests.map(() => "f0".repeat(32)) : digests);
  };
  const judged = ["avc", "vp8", "vp9", "av1", "hevc"].map((codec) => codecPasses(oddVp9, codec));
  assert.deepEqual(await Promise.all(judged), [true, true, false, true, true]);
});

test("a codec of which the clip cannot be decoded, or loses a frame, is not trusted", async () => {
  assert.equal(await codecPasses(() => Promise.reject(new Error("no codec")), "avc"), false);
  assert.equal(await codecPasses(async (film) => seen(clipOf(film).digests.slice(1)), "avc"), false);
});
