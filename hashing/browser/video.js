// Hashing in the browser: vPDQ, about one PDQ digest a second of a video.

import { ALL_FORMATS, BlobSource, BufferSource, EncodedPacketSink, Input, VideoSampleSink } from "../vendor/mediabunny/dist/bundles/mediabunny.min.mjs";

import { lengthSizeOf, NeededFrames } from "./needed.js";
import { frameSource } from "./paths.js";
import { hashSquare } from "./pdq.js";
import { squareOf } from "./picture.js";
import { LumaReducer } from "./reduce.js";
import { Refusal } from "./refusal.js";
import { squareOfLuma } from "./stepwise.js";
import { SIDE } from "./tent.js";

/** Bytes at either end of a file within which an MP4's description starts. */
const DESCRIPTION = 1024 * 1024;

/**
 * How a video's brightness was made of its colours: where a browser only gives colours, the same sum gives it back. vPDQ
 * hashes the brightness as it is stored, whatever the video says of its colours. VP8 has but one way, and says nothing;
 * Firefox takes that way for small AV1 too where the file says nothing, whatever it then says of the frame.
 * @type {Record<string, import("./reduce.js").Weights>}
 */
const BRIGHTNESS = { bt709: [212.6, 715.2, 72.2], "bt2020-ncl": [262.7, 678, 59.3] };

/** Seconds by which the time of a frame may be rounded. */
const SLACK = 0.001;

/** From this many rows on a browser takes a silent video for high definition. */
const HIGH = 720;

/** Layouts whose first plane is brightness, and its bits. */
const PLANAR = new Map([
  ...["I420", "I420A", "I422", "I422A", "I444", "I444A", "NV12"].map((format) => /** @type {const} */ ([format, 8])),
  ...["I420P10", "I422P10", "I444P10"].map((format) => /** @type {const} */ ([format, 10])),
]);

/**
 * A video: a file, or all its bytes. In a file the frames to be taken are looked up one by one, and each is waited for.
 * @typedef {Blob | Uint8Array<ArrayBuffer>} Film
 */

/** Something broke while two decoders were at work, or packets left out. With one that is given everything, it may not. */
class Hurried extends Refusal {}

/**
 * @param {Film} film @param {(share: number) => void} onProgress
 * @param {typeof import("./tmk.js") | null} tmk where TMK+PDQF is wanted too; it takes most frames, vPDQ one a second
 * @param {(codec: string | null) => Promise<boolean>} trusts whether this browser's frames of a codec are what they should be
 * @returns {Promise<{vpdq: import("./hash_file.js").VideoDigest[], features: import("./tmk.js").Features | null}>}
 */
export async function hashVideo(film, onProgress, tmk = null, trusts = async () => true) {
  try {
    return await hashOnce(film, onProgress, tmk, trusts, true);
  } catch (error) {
    if (!(error instanceof Hurried)) throw error;
    return hashOnce(film, onProgress, tmk, trusts, false);
  }
}

/**
 * @param {Film} film @param {(share: number) => void} onProgress @param {typeof import("./tmk.js") | null} tmk
 * @param {(codec: string | null) => Promise<boolean>} trusts
 * @param {boolean} briskly two decoders at once, and only what must be decoded, where the video allows it; a browser may be short of
 *   decoders, or lose frames so
 */
async function hashOnce(film, onProgress, tmk, trusts, briskly) {
  const input = new Input({ source: film instanceof Blob ? new BlobSource(film) : new BufferSource(film), formats: ALL_FORMATS });
  let isHurried = false;
  try {
    const track = await trackOf(input);
    if (!(await trusts(await track.getCodec()))) throw new Refusal("not_exact");
    const times = await timesOf(track);
    isHurried = briskly && (times.reordered || (!tmk && times.keys.length > 1));
    return await hashFrames(track, times, onProgress, tmk, isHurried);
  } catch (error) {
    if (error instanceof Refusal && error.code === "left") throw error;
    if (await isLocked(film)) throw new Refusal("protected");
    if (isHurried) throw new Hurried("damaged");
    throw error instanceof Refusal ? error : new Refusal("damaged");
  } finally {
    input.dispose();
  }
}

/**
 * Whether an MP4 says its pictures are encrypted: its description, at the start or the end of the file, then names `encv`.
 * @param {Film} film
 */
async function isLocked(film) {
  const file = new Blob([film]);
  for (const part of [file.slice(0, DESCRIPTION), file.slice(-DESCRIPTION)]) {
    const text = new TextDecoder("latin1").decode(await part.arrayBuffer());
    if (text.includes("encv") && text.includes("sinf")) return true;
  }
  return false;
}

/** @param {import("mediabunny").Input} input */
async function trackOf(input) {
  if ((await input.getTracks()).length === 0) throw new Refusal("damaged");
  const track = await input.getPrimaryVideoTrack();
  if (!track || !(await track.canDecode())) throw new Refusal("undecodable");
  return track;
}

/**
 * When frames are shown, in order, and how many a second; when those that need no other are; whether some are stored out of order.
 * @typedef {{shown: number[], rate: number, keys: number[], reordered: boolean}} Times
 * @param {import("mediabunny").InputVideoTrack} track @returns {Promise<Times>}
 */
async function timesOf(track) {
  const timestamps = [];
  const keys = [];
  let reordered = false;
  let end = 0;
  const packets = new EncodedPacketSink(track).packets(undefined, undefined, { metadataOnly: true });
  for await (const { timestamp, duration, type } of packets) {
    reordered ||= timestamp < timestamps[timestamps.length - 1];
    timestamps.push(timestamp);
    if (type === "key") keys.push(timestamp);
    end = Math.max(end, timestamp + duration);
  }
  timestamps.sort((one, other) => one - other);
  const shown = timestamps.filter((timestamp) => timestamp >= -1e-6);
  return { shown, rate: frameRate(shown, end), keys, reordered };
}

/**
 * Frames a second, on average. Containers round times to the millisecond, so a rate next to a usual one is that one.
 * @param {number[]} timestamps rising @param {number} end of the last frame
 */
export function frameRate(timestamps, end) {
  const length = end - timestamps[0];
  if (!(length > 0)) return 1;
  const rate = timestamps.length / length;
  const slack = (0.0015 / length) * rate + 1e-6;
  const usual = [Math.round(rate), (Math.round(rate * 1.001) * 1000) / 1001];
  return usual.find((candidate) => candidate > 0 && Math.abs(candidate - rate) <= slack) ?? rate;
}

/**
 * vPDQ takes every n-th frame in order of display, n being the whole frames in a second. Times are counted in frames, as vPDQ
 * counts them, so that they agree with it where frames are unevenly spaced.
 * @param {import("mediabunny").InputVideoTrack} track @param {Times} times
 * @param {(share: number) => void} onProgress @param {typeof import("./tmk.js") | null} tmk @param {boolean} briskly
 */
async function hashFrames(track, times, onProgress, tmk, briskly) {
  const { shown, rate } = times;
  const step = Math.max(1, Math.trunc(rate));
  const features = tmk && new tmk.Features(await track.getRotation());
  const places = tmk ? tmk.places(shown, rate) : [];
  const taken = [...shown.keys()].filter((index) => index % step === 0 || places[index]?.again || places[index]?.times);
  let done = 0;
  const parts = (briskly && !tmk ? halves(taken, times) : [taken]).map(async (part) => {
    const shrinker = await shrinkerFor(track);
    /** @type {import("./hash_file.js").VideoDigest[]} */
    const vpdq = [];
    for await (const { frame, index } of framesAt(part, track, times, briskly)) {
      if (index % step === 0) {
        vpdq.push({ seconds: Math.round((index / rate) * 1000) / 1000, ...digestOf(await shrinker.square(frame)) });
      }
      if (tmk) features?.add(await shrinker.shown(frame, tmk), places[index]);
      frame.close();
      onProgress(++done / taken.length);
    }
    return vpdq;
  });
  const vpdq = (await Promise.all(parts)).flat();
  if (vpdq.length === 0) throw new Refusal("damaged");
  return { vpdq, features };
}

/**
 * The frames to be taken in two parts, the second from the key frame nearest the middle on: a decoder leaves half of two cores idle.
 * @param {number[]} taken @param {Times} times
 */
function halves(taken, { shown, keys }) {
  const middle = shown[shown.length >> 1];
  const cut = keys.reduce((near, key) => (Math.abs(key - middle) < Math.abs(near - middle) ? key : near), Infinity);
  const first = taken.filter((index) => shown[index] < cut);
  return [first, taken.slice(first.length)].filter((part) => part.length > 0);
}

/**
 * @param {number[]} part the places of frames, in order @param {import("mediabunny").InputVideoTrack} track @param {Times} times
 * @param {boolean} briskly
 */
async function* framesAt(part, track, { shown, reordered }, briskly) {
  const wanted = part.map((index) => shown[index]);
  const { codec = "", description } = (await track.getDecoderConfig()) ?? {};
  // Where no frame is stored out of order, the times may be those of storing, and would not say which packet holds which frame.
  const sink = briskly && reordered && codec.startsWith("avc1") && description
    ? new NeededFrames(track, new Set(wanted), lengthSizeOf(description)) : new VideoSampleSink(track);
  let at = 0;
  for await (const sample of sink.samplesAtTimestamps(wanted)) {
    const isOther = briskly && Math.abs((sample?.timestamp ?? Infinity) - wanted[at]) > SLACK;
    const frame = sample?.toVideoFrame();
    sample?.close();
    if (!frame || isOther) throw new Refusal("damaged");
    yield { frame, index: part[at++] };
    // That the decoder comes to rest need not be waited for.
    if (at === part.length) return;
  }
}

/** @param {Float32Array | Float64Array} square */
function digestOf(square) {
  const [{ digest, quality }] = hashSquare(square, ["original"]);
  return { digest, quality };
}

/** @param {import("mediabunny").InputVideoTrack} track */
async function shrinkerFor(track) {
  const { colorSpace } = (await track.getDecoderConfig()) ?? {};
  return new FrameShrinker(await track.getCodec(), Boolean(colorSpace?.matrix));
}

/** Shrinks frame after frame of one video, in one buffer. */
class FrameShrinker {
  /** @param {string | null} codec @param {boolean} saysColours the file says how its brightness was made */
  constructor(codec, saysColours) {
    this.codec = codec;
    this.saysColours = saysColours;
    this.buffer = new Uint8Array(0);
    /** @type {LumaReducer | null} */
    this.reducer = null;
  }

  /** @param {VideoFrame} frame */
  async square(frame) {
    const { width, height } = /** @type {DOMRectReadOnly} */ (frame.visibleRect);
    const bits = PLANAR.get(/** @type {string} */ (frame.format));
    if (!bits || holdsColours(frame)) return squareOf(frameSource(frame, this.weightsIn(frame)), false);
    const { data, layout: [{ offset, stride }] } = await this.planes(frame, bits > 8);
    const plane = data.subarray(offset);
    const levels = levelsOf(bits, frame.colorSpace.fullRange === true);
    if (Math.min(width, height) < SIDE || (width === SIDE && height === SIDE)) {
      return squareOfLuma(lumaOf(plane, stride, width, height, levels), width, height);
    }
    if (this.reducer?.width !== width || this.reducer.height !== height) this.reducer = new LumaReducer(width, height);
    return this.reducer.square(plane, stride, levels);
  }

  /**
   * How the colours of a frame, where a browser only gives these, were made of its brightness.
   * @param {VideoFrame} frame
   */
  weightsIn({ visibleRect, colorSpace }) {
    const isLow = /** @type {DOMRectReadOnly} */ (visibleRect).height < HIGH;
    const isPlain = this.codec === "vp8" || (this.codec === "av1" && !this.saysColours && isLow);
    return isPlain ? undefined : BRIGHTNESS[String(colorSpace.matrix)];
  }

  /**
   * The brightness of what is shown, which is not all that is stored where the file says how its colours were made.
   * @param {VideoFrame} frame @param {typeof import("./tmk.js")} tmk
   */
  async shown(frame, tmk) {
    const { width, height } = /** @type {DOMRectReadOnly} */ (frame.visibleRect);
    const bits = PLANAR.get(/** @type {string} */ (frame.format));
    if (!bits || holdsColours(frame)) return squareOf(frameSource(frame, this.saysColours ? undefined : this.weightsIn(frame)), false);
    const { data, layout } = await this.planes(frame, bits > 8);
    const { fullRange, matrix } = frame.colorSpace;
    const weights = this.saysColours ? BRIGHTNESS[String(matrix)] : undefined;
    const planes = tmk.planesOf(String(frame.format), data, layout);
    return tmk.squareOf(planes, width, height, levelsOf(bits, fullRange === true), weights && tmk.tintOf(weights, bits, fullRange === true));
  }

  /** @param {VideoFrame} frame @param {boolean} wide two bytes a value */
  async planes(frame, wide) {
    const size = frame.allocationSize();
    if (this.buffer.length < size) this.buffer = new Uint8Array(size);
    const layout = await frame.copyTo(this.buffer);
    if (!wide) return { data: this.buffer, layout };
    const halved = layout.map(({ offset, stride }) => ({ offset: offset >> 1, stride: stride >> 1 }));
    return { data: new Uint16Array(this.buffer.buffer, 0, size >> 1), layout: halved };
  }
}

/**
 * Whether planes of full size may hold green, blue and red instead of brightness; browsers then name no matrix.
 * @param {VideoFrame} frame
 */
function holdsColours({ format, colorSpace: { matrix } }) {
  return String(format).startsWith("I444") && (!matrix || matrix === "rgb");
}

/**
 * The brightness, 0 to 255, that each value of a brightness plane stands for.
 * @param {number} bits of a value @param {boolean} fullRange
 */
function levelsOf(bits, fullRange) {
  const unit = 2 ** (bits - 8);
  return Float64Array.from({ length: 2 ** bits }, (_, value) =>
    fullRange ? value / unit : Math.min(255, Math.max(0, ((value / unit - 16) * 255) / 219)));
}

/**
 * @param {Uint8Array | Uint16Array} plane @param {number} stride @param {number} width @param {number} height @param {Float64Array} levels
 */
function lumaOf(plane, stride, width, height, levels) {
  return Float32Array.from({ length: width * height }, (_, at) => levels[plane[Math.floor(at / width) * stride + (at % width)]]);
}
