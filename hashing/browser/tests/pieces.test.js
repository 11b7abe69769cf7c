import assert from "node:assert/strict";
import { test } from "node:test";

import { piecesOf, portionsOf } from "../pieces.js";
import { Refusal } from "../refusal.js";

const BYTES = new Uint8Array(9_000_000).map((_, at) => (at * 7 + (at >> 9)) % 256);

/** @param {AsyncIterable<Uint8Array>} pieces */
async function joined(pieces) {
  const joined = [];
  for await (const piece of pieces) joined.push(piece.slice());
  return Buffer.concat(joined);
}

/**
 * A file whose stream behaves badly; its slices are good.
 * @param {(controller: ReadableByteStreamController) => void | Promise<void>} pull
 */
function fileStreaming(pull) {
  const file = new Blob([BYTES]);
  file.stream = () => new ReadableStream({ type: "bytes", pull });
  return file;
}

test("a file is read whole, in order", async () => {
  assert.deepEqual(await joined(piecesOf(new Blob([BYTES]))), Buffer.from(BYTES));
});

test("a stream that stalls half way is given up and the rest is read in slices", async () => {
  let sent = 0;
  const file = fileStreaming((controller) => {
    if (sent >= 2_000_000) return new Promise(() => undefined);
    controller.enqueue(BYTES.slice(sent, sent + 500_000));
    sent += 500_000;
  });
  assert.deepEqual(await joined(piecesOf(file, 50)), Buffer.from(BYTES));
  assert.equal(sent, 2_000_000);
});

test("a stream that never starts costs only the wait", async () => {
  const file = fileStreaming(() => new Promise(() => undefined));
  assert.deepEqual(await joined(piecesOf(file, 20)), Buffer.from(BYTES));
});

test("a stream that fails or ends early is made good by slices", async () => {
  for (const finish of ["error", "close"]) {
    let pulls = 0;
    const file = fileStreaming((controller) => {
      pulls += 1;
      if (pulls === 1) return controller.enqueue(BYTES.slice(0, 1000));
      if (finish === "error") return controller.error(new Error("gone"));
      controller.close();
      controller.byobRequest?.respond(0);
    });
    assert.deepEqual(await joined(piecesOf(file, 1000)), Buffer.from(BYTES));
  }
});

test("a file that cannot be streamed is read in slices", async () => {
  const file = new Blob([BYTES]);
  file.stream = () => {
    throw new TypeError("no streams here");
  };
  assert.deepEqual(await joined(piecesOf(file)), Buffer.from(BYTES));
});

test("a file that has gone is refused in plain words", async () => {
  const file = fileStreaming((controller) => controller.error(new Error("gone")));
  file.slice = () => /** @type {any} */ ({ arrayBuffer: () => Promise.reject(new Error("gone")) });
  await assert.rejects(joined(piecesOf(file)), (error) => error instanceof Refusal && error.code === "unreadable");
});

test("bytes that have been read come whole and in order, and others have their turn between any two portions", async () => {
  let turns = 0;
  const other = setInterval(() => (turns += 1));
  const portions = [];
  for await (const portion of portionsOf(BYTES)) portions.push([portion, turns]);
  clearInterval(other);
  assert.deepEqual(Buffer.concat(portions.map(([portion]) => /** @type {Uint8Array} */ (portion))), Buffer.from(BYTES));
  assert.ok(portions.length >= 17 && turns >= portions.length / 4);
});
