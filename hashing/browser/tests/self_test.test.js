import assert from "node:assert/strict";
import { test } from "node:test";

import { pathsThatPass, videoPasses } from "../self_test.js";
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

const frames = CLIPS[0].digests.map((digest, seconds) => ({ seconds, digest, quality: 100 }));
const right = { vpdq: frames, features: null };

test("a browser that decodes one known clip rightly, and cannot decode the other, is trusted", async () => {
  let calls = 0;
  assert.equal(await videoPasses(async () => (calls++ ? Promise.reject(new Error("no codec")) : right)), true);
});

test("a browser that decodes no clip, or one of them wrongly, is not", async () => {
  const wrong = { ...right, vpdq: frames.map((frame) => ({ ...frame, digest: "f0".repeat(32) })) };
  assert.equal(await videoPasses(() => Promise.reject(new Error("no codec"))), false);
  assert.equal(await videoPasses(async (clip) => (clip.type === "video/mp4" ? right : wrong)), false);
  assert.equal(await videoPasses(async () => ({ ...right, vpdq: frames.slice(1) })), false);
});
