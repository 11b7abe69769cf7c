// Hashing in the browser: TMK+PDQF of a video, for operators who ask for it. hashing/tmk.py says what it is and reads it.

import { frequenciesOf, turned } from "./pdq.js";
import { LUMA } from "./reduce.js";
import { SIDE } from "./tent.js";

export const FRAMES_PER_SECOND = 15;

const PERIODS = [2731, 4391, 9767, 14653];
const WAVES = 32;
const DIMENSION = 256;
const SHARPNESS = 32;
/** Below this many steps of brightness a mean picture is as good as blank, and its features would match others. */
const LEAST_CONTRAST = 2;
const HEADER = 48;

/** The features as they are sent: their SHA-256 in hexadecimal, and themselves in base64. @typedef {{digest: string, content: string}} Sealed */

/** How far a video is turned when it is shown, clockwise, and the form of its frames that this makes. @type {Record<number, string>} */
const TURNED = { 0: "original", 90: "rotate_270", 180: "rotate_180", 270: "rotate_90" };

/** How much each wave counts: the Fourier coefficients of a bell (von Mises, kappa 32). */
const WEIGHTS = Float64Array.from({ length: WAVES }, (_, wave) => {
  const steps = 4096;
  const narrow = Math.exp(-2 * SHARPNESS);
  let sum = 0;
  for (let step = 0; step < steps; step++) {
    const angle = ((step + 0.5) * Math.PI) / steps;
    sum += Math.exp(SHARPNESS * (Math.cos(angle) - 1)) * Math.cos(wave * angle);
  }
  const bessel = sum / steps;
  return (wave === 0 ? bessel - narrow : 2 * bessel) / (1 - narrow);
});

/**
 * How often each frame comes when a video is played at fifteen a second, as ffmpeg does it: a frame that ends more than about
 * one place too late for its turn is left out, one that ends as much too early stands in for the next turns too.
 * Gives for each frame how often the one before comes again, and then how often it does itself.
 * @param {number[]} timestamps rising, in seconds @param {number} rate frames a second
 * @returns {{again: number, times: number}[]}
 */
export function places(timestamps, rate) {
  const gaps = timestamps.slice(1).map((timestamp, at) => timestamp - timestamps[at]);
  const shortest = gaps.reduce((least, gap) => Math.min(least, gap), 1 / rate);
  let next = 0;
  return timestamps.map((timestamp) => {
    const early = exact((timestamp - timestamps[0]) * FRAMES_PER_SECOND - next);
    const end = exact(early + shortest * FRAMES_PER_SECOND);
    const begin = early < 0 && end > 0 ? 0 : early;
    let [again, times] = [0, 1];
    if (end < -1.1) times = 0;
    else if (end > 1.1) {
      times = nearest(end);
      if (begin > 1.1) again = nearest(begin - 0.6);
    }
    next += times;
    return { again, times: times - again };
  });
}

/** Half a place must be half a place, though times are rounded fractions. @param {number} place */
const exact = (place) => Math.round(place * 1e6) / 1e6;

/** The nearest whole number; between two, the even one. @param {number} place */
const nearest = (place) => (place % 1 === 0.5 ? 2 * Math.round(place / 2) : Math.round(place));

/** Points across and down that stand for each of the 64 x 64 parts of a frame: the reference's own shrinking is as coarse a sieve. */
const POINTS = 4;

/**
 * Where a frame's brightness and two colours lie. `across`, `down`: pixels to one value; `step`: values from one to the next.
 * @typedef {{values: Uint8Array | Uint16Array, stride: number, step: number, across: number, down: number}} Plane
 */

/**
 * @param {string} format @param {Uint8Array | Uint16Array} data @param {{offset: number, stride: number}[]} layout
 * @returns {Plane[]}
 */
export function planesOf(format, data, layout) {
  const across = format.startsWith("I444") ? 1 : 2;
  const down = format.startsWith("I422") || across === 1 ? 1 : 2;
  const plane = ({ offset = 0, stride = 0 }, step = 1, first = 0) => ({ values: data.subarray(offset + first), stride, step, across, down });
  const colours = format === "NV12" ? [plane(layout[1], 2), plane(layout[1], 2, 1)] : [plane(layout[1]), plane(layout[2])];
  return [{ ...plane(layout[0]), across: 1, down: 1 }, ...colours];
}

/**
 * What each step of the two colours adds to brightness as PDQ weighs it, in a video that weighs it by other `weights`.
 * @param {import("./reduce.js").Weights} weights @param {number} bits of a value @param {boolean} fullRange
 */
export function tintOf([red, green, blue], bits, fullRange) {
  const unit = (2 / 1000 / 2 ** (bits - 8)) * (fullRange ? 1 : 255 / 224);
  const tint = (/** @type {number} */ own, /** @type {number} */ luma) => unit * (1 - own / 1000) * (luma - (LUMA[1] * own) / green);
  return { blue: tint(blue, LUMA[2]), red: tint(red, LUMA[0]), middle: 2 ** (bits - 1) };
}

/**
 * The 64 x 64 brightness values of a frame.
 * @param {Plane[]} planes @param {number} width @param {number} height @param {Float64Array} levels the brightness each value stands for
 * @param {{blue: number, red: number, middle: number} | undefined} tint
 */
export function squareOf(planes, width, height, levels, tint) {
  const [luma, blues, reds] = planes;
  const square = new Float64Array(SIDE * SIDE);
  const columns = Int32Array.from({ length: SIDE * POINTS }, (_, at) => Math.floor(((at + 0.5) * width) / (SIDE * POINTS)));
  for (let point = 0; point < SIDE * POINTS; point++) {
    const y = Math.floor(((point + 0.5) * height) / (SIDE * POINTS));
    const row = Math.floor(point / POINTS) * SIDE;
    for (let at = 0; at < SIDE * POINTS; at++) {
      const x = columns[at];
      let value = levels[luma.values[y * luma.stride + x]];
      if (tint) value += tint.blue * (valueAt(blues, x, y) - tint.middle) + tint.red * (valueAt(reds, x, y) - tint.middle);
      square[row + Math.floor(at / POINTS)] += value / (POINTS * POINTS);
    }
  }
  return square;
}

/** @param {Plane} plane @param {number} x @param {number} y */
function valueAt({ values, stride, step, across, down }, x, y) {
  return values[Math.floor(y / down) * stride + Math.floor(x / across) * step];
}

/** Takes in the frames of one video, in order. */
export class Features {
  /** @param {number} rotation with which it is shown, in degrees clockwise */
  constructor(rotation) {
    this.form = TURNED[rotation];
    this.count = 0;
    this.mean = new Float64Array(DIMENSION);
    this.cosines = new Float64Array(PERIODS.length * WAVES * DIMENSION);
    this.sines = new Float64Array(PERIODS.length * WAVES * DIMENSION);
    this.last = new Float32Array(DIMENSION);
  }

  /**
   * The last frame comes again, then this one comes.
   * @param {Float32Array | Float64Array} square 64 x 64 brightness values @param {{again: number, times: number}} place
   */
  add(square, { again, times }) {
    this.repeat(again);
    this.last = turned(frequenciesOf(square), this.form);
    this.repeat(times);
  }

  /** @param {number} times the last frame comes */
  repeat(times) {
    const direction = unit(this.last);
    for (let time = 0; time < times; time++) {
      for (let at = 0; at < DIMENSION; at++) this.mean[at] += this.last[at];
      PERIODS.forEach((period, place) => this.swing(direction, (2 * Math.PI * this.count) / period, place * WAVES));
      this.count += 1;
    }
  }

  /** @param {Float64Array} direction @param {number} angle of the first wave @param {number} row */
  swing(direction, angle, row) {
    for (let wave = 0; wave < WAVES; wave++) {
      const [cosine, sine] = [Math.cos(wave * angle), Math.sin(wave * angle)];
      const start = (row + wave) * DIMENSION;
      for (let at = 0; at < DIMENSION; at++) {
        this.cosines[start + at] += cosine * direction[at];
        this.sines[start + at] += sine * direction[at];
      }
    }
  }

  /** The features as they are sent; nothing of a video that is blank on the whole. @returns {Promise<Sealed | undefined>} */
  async sealed() {
    const mean = this.mean.map((sum) => sum / this.count);
    if (!(Math.hypot(...mean) / 64 >= LEAST_CONTRAST)) return undefined;
    const content = this.content(mean);
    const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", content));
    return {
      digest: Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join(""),
      content: btoa(Array.from(content, (byte) => String.fromCharCode(byte)).join("")),
    };
  }

  /** The bytes of the field's file form. @param {Float64Array} mean */
  content(mean) {
    const numbers = [...WEIGHTS, ...mean];
    for (const waves of [this.cosines, this.sines]) {
      for (let row = 0; row < PERIODS.length * WAVES; row++) {
        const size = Math.sqrt(WEIGHTS[row % WAVES]);
        for (const part of unit(waves.subarray(row * DIMENSION, (row + 1) * DIMENSION))) numbers.push(size * part);
      }
    }
    const view = new DataView(new ArrayBuffer(HEADER + 4 * numbers.length));
    [..."TMK1FVECPDQF"].forEach((letter, at) => view.setUint8(at, letter.charCodeAt(0)));
    [FRAMES_PER_SECOND, PERIODS.length, WAVES, DIMENSION, this.count, ...PERIODS].forEach((number, at) => view.setInt32(12 + 4 * at, number, true));
    numbers.forEach((number, at) => view.setFloat32(HEADER + 4 * at, number, true));
    return new Uint8Array(view.buffer);
  }
}

/**
 * A vector of the same direction and length 1; nothing stays nothing.
 * @param {Float32Array | Float64Array} vector
 */
function unit(vector) {
  const length = Math.hypot(...vector);
  return Float64Array.from(vector, (part) => (length > 0 ? part / length : 0));
}
