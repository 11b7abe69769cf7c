// Hashing in the browser: from the bytes of a picture to its 64 x 64 brightness values, along paths that change no pixel.

import { neutralised } from "./orientation.js";
import { LEAST_SIDE } from "./pdq.js";
import { Reducer } from "./reduce.js";
import { Refusal } from "./refusal.js";
import { lumaOf, squareOfSmall } from "./small.js";

/** Up to this many pixels the reference's own steps cost less than ten milliseconds, and leave nothing to rounding. */
const SMALL_PICTURE = 300_000;
/** Rows are read in strips of about this many pixels, so that a large picture is never held twice. */
const STRIP = 2_000_000;

/**
 * How pixels are taken out of a decoded picture.
 * @typedef {{name: string, strips: (bitmap: ImageBitmap) => AsyncGenerator<Strip> | Generator<Strip>}} Path
 * @typedef {{pixels: Uint8Array | Uint8ClampedArray, top: number, count: number}} Strip
 */

/**
 * @param {number} width @param {number} height
 * @returns {{top: number, count: number}[]}
 */
function stripsOf(width, height) {
  const rows = width * height <= SMALL_PICTURE ? height : Math.max(8, Math.floor(STRIP / width / 8) * 8);
  return Array.from({ length: Math.ceil(height / rows) }, (_, at) => {
    return { top: at * rows, count: Math.min(rows, height - at * rows) };
  });
}

/** @type {Path} */
const FRAME = {
  name: "frame",
  async *strips(bitmap) {
    const { width, height } = bitmap;
    const frame = new VideoFrame(bitmap, { timestamp: 0 });
    try {
      const strips = stripsOf(width, height);
      const buffer = new Uint8Array(width * strips[0].count * 4);
      for (const { top, count } of strips) {
        const rect = { x: 0, y: top, width, height: count };
        await frame.copyTo(buffer, { rect, format: "RGBA", layout: [{ offset: 0, stride: width * 4 }] });
        yield { pixels: buffer.subarray(0, width * count * 4), top, count };
      }
    } finally {
      frame.close();
    }
  },
};

/** @type {Path} */
const CANVAS = {
  name: "canvas",
  *strips(bitmap) {
    const { width, height } = bitmap;
    const strips = stripsOf(width, height);
    const canvas = new OffscreenCanvas(width, strips[0].count);
    const context = /** @type {OffscreenCanvasRenderingContext2D} */ (canvas.getContext("2d", { willReadFrequently: true }));
    for (const { top, count } of strips) {
      context.clearRect(0, 0, width, count);
      context.drawImage(bitmap, 0, -top);
      yield { pixels: context.getImageData(0, 0, width, count).data, top, count };
    }
  },
};

/** The paths of this browser, the fastest first. Which of them is exact, the self-test finds out. */
export const PATHS = [typeof VideoFrame === "undefined" ? null : FRAME, typeof OffscreenCanvas === "undefined" ? null : CANVAS]
  .filter((path) => path !== null);

/**
 * @param {Blob} file @param {Path} path
 * @returns {Promise<Float32Array | Float64Array>} 64 x 64
 */
export async function squareOf(file, path) {
  const bitmap = await bitmapOf(await neutralised(file));
  try {
    if (bitmap.width < LEAST_SIDE || bitmap.height < LEAST_SIDE) throw new Refusal("too_small");
    return await squareOfBitmap(bitmap, path);
  } finally {
    bitmap.close();
  }
}

/** @param {Blob} file */
async function bitmapOf(file) {
  try {
    return await createImageBitmap(file, { colorSpaceConversion: "none", premultiplyAlpha: "none" });
  } catch {
    throw new Refusal("damaged");
  }
}

/** @param {ImageBitmap} bitmap @param {Path} path */
async function squareOfBitmap(bitmap, path) {
  const { width, height } = bitmap;
  if (width * height <= SMALL_PICTURE || Math.min(width, height) < 64) {
    for await (const { pixels } of path.strips(bitmap)) return squareOfSmall(lumaOf(pixels, width * height), width, height);
  }
  const reducer = new Reducer(width, height);
  for await (const { pixels, top, count } of path.strips(bitmap)) {
    reducer.add(new Uint32Array(pixels.buffer, pixels.byteOffset, width * count), top, count);
  }
  return reducer.square;
}
