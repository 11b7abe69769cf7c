// Hashing in the browser: the frames of an animated picture, one a second.

import { hashSquare } from "./pdq.js";
import { frameSource } from "./paths.js";
import { squareOf } from "./picture.js";

const MOST_FRAMES = 600;

/**
 * The first frame shown in each second; none for a picture that stands still.
 * @param {Uint8Array<ArrayBuffer>} bytes @param {string} type
 * @returns {Promise<import("./hash_file.js").VideoDigest[]>}
 */
export async function hashAnimation(bytes, type) {
  if (typeof ImageDecoder === "undefined") return [];
  const decoder = new ImageDecoder({ data: bytes, type, colorSpaceConversion: "none" });
  try {
    await decoder.tracks.ready;
    const frames = decoder.tracks.selectedTrack?.frameCount ?? 1;
    return frames > 1 ? await hashFrames(decoder, frames) : [];
  } catch {
    return [];
  } finally {
    decoder.close();
  }
}

/** @param {ImageDecoder} decoder @param {number} count */
async function hashFrames(decoder, count) {
  const digests = [];
  let [seconds, due] = [0, 0];
  for (let frameIndex = 0; frameIndex < count && digests.length < MOST_FRAMES; frameIndex++) {
    const { image } = await decoder.decode({ frameIndex });
    const duration = (image.duration ?? 0) / 1e6;
    if (seconds >= due) {
      digests.push({ seconds: Math.round(seconds * 1000) / 1000, ...(await hashFrame(image)) });
      due = Math.floor(seconds) + 1;
    }
    seconds += duration;
    image.close();
  }
  return digests;
}

/** @param {VideoFrame} image */
async function hashFrame(image) {
  const [{ digest, quality }] = hashSquare(await squareOf(frameSource(image), false), ["original"]);
  return { digest, quality };
}
