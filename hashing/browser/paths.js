// Hashing in the browser: the ways from a file to its pixels, the fastest first. Which of them this browser walks without
// changing a pixel, the self-test finds out.

import { LAYOUTS } from "./planes.js";
import { Refusal } from "./refusal.js";
import { PixelSource, PlaneSource } from "./sources.js";

/**
 * `open` gives null for a picture this path does not lead to.
 * @typedef {{name: string, available: boolean,
 *   open: (bytes: Uint8Array<ArrayBuffer>, type: string) => Promise<import("./sources.js").Source | null>}} Path
 */

/** A JPEG's own planes: the browser never makes a colour picture of it. @type {Path} */
const PLANES = {
  name: "planes",
  available: typeof ImageDecoder !== "undefined",
  async open(bytes, type) {
    if (type !== "image/jpeg") return null;
    const decoder = new ImageDecoder({ data: bytes, type, colorSpaceConversion: "none" });
    try {
      const { image } = await decoder.decode({ completeFramesOnly: true });
      if (image.format && image.format in LAYOUTS) return new PlaneSource(image, /** @type {any} */ (image.format));
      image.close();
      return null;
    } catch {
      return null;
    } finally {
      decoder.close();
    }
  },
};

/** The decoded picture wrapped in a video frame, of which rows can be copied. @type {Path} */
const FRAME = {
  name: "frame",
  available: typeof VideoFrame !== "undefined",
  async open(bytes, type) {
    const bitmap = await bitmapOf(bytes, type);
    const frame = new VideoFrame(bitmap, { timestamp: 0 });
    bitmap.close();
    return frameSource(frame);
  },
};

/** The decoded picture drawn on a canvas. @type {Path} */
const CANVAS = {
  name: "canvas",
  available: typeof OffscreenCanvas !== "undefined",
  async open(bytes, type) {
    const bitmap = await bitmapOf(bytes, type);
    return bitmapSource(bitmap);
  },
};

export const PATHS = [PLANES, FRAME, CANVAS];

/**
 * @param {Uint8Array<ArrayBuffer>} bytes @param {string} type
 */
async function bitmapOf(bytes, type) {
  const blob = new Blob([bytes], { type });
  try {
    return await createImageBitmap(blob, { colorSpaceConversion: "none", premultiplyAlpha: "none" });
  } catch {
    throw new Refusal("damaged");
  }
}

/**
 * The pixels of a frame as they are stored: a frame that is to be turned for display is not turned here.
 * @param {VideoFrame} frame @param {import("./reduce.js").Weights} [luma]
 */
export function frameSource(frame, luma) {
  const { x, y, width, height } = /** @type {DOMRectReadOnly} */ (frame.visibleRect);
  let buffer = new Uint8Array(0);
  /** @param {number} top @param {number} count */
  const read = async (top, count) => {
    if (buffer.length < width * count * 4) buffer = new Uint8Array(width * count * 4);
    const rect = { x, y: y + top, width, height: count };
    await frame.copyTo(buffer, { rect, format: "RGBA", layout: [{ offset: 0, stride: width * 4 }] });
    return buffer.subarray(0, width * count * 4);
  };
  return new PixelSource(width, height, read, () => frame.close(), luma);
}

/** @param {ImageBitmap} bitmap */
function bitmapSource(bitmap) {
  const { width, height } = bitmap;
  const canvas = new OffscreenCanvas(width, 1);
  const context = /** @type {OffscreenCanvasRenderingContext2D} */ (canvas.getContext("2d", { willReadFrequently: true }));
  /** @param {number} top @param {number} count */
  const read = (top, count) => {
    canvas.height = count;
    context.drawImage(bitmap, 0, -top);
    return new Uint8Array(context.getImageData(0, 0, width, count).data.buffer);
  };
  return new PixelSource(width, height, read, () => bitmap.close());
}
