// Hashing in the browser: a decoded picture, read in strips, whether it holds pixels or the planes of a JPEG.

import { PlaneReducer } from "./planes.js";
import { LUMA, Reducer } from "./reduce.js";

/** Rows are read in strips of about this many pixels, so that a large picture is never held twice. */
const STRIP = 1_000_000;

/** Pixels to be picked from a picture: those where the given columns and rows (both rising) meet. */
export class Grid {
  /** @param {Int32Array} columns @param {Int32Array} rows */
  constructor(columns, rows) {
    this.columns = columns;
    this.rows = rows;
    /** Their brightness, row by row. */
    this.values = new Float32Array(columns.length * rows.length);
  }

  /**
   * The rows of the grid in a strip, and where the values of each start.
   * @param {number} top @param {number} count
   */
  *rowsIn(top, count) {
    for (let at = 0; at < this.rows.length; at++) {
      if (this.rows[at] >= top && this.rows[at] < top + count) yield { row: this.rows[at], start: at * this.columns.length };
    }
  }
}

/**
 * What the rest works with. `square` gives the 64 x 64 brightness values and fills a grid, if any, on the way; `fill` only
 * fills the grid. `flat` lays the picture on white. `opaque` holds once either has been called.
 * @typedef {{width: number, height: number, opaque: boolean, close: () => void,
 *   square: (flat?: boolean, grid?: Grid) => Promise<Float64Array>, fill: (grid: Grid, flat?: boolean) => Promise<void>}} Source
 */

/**
 * @param {number} width @param {number} height
 * @returns {{top: number, count: number}[]} strips of an even number of rows
 */
function stripsOf(width, height) {
  const rows = Math.max(16, Math.floor(STRIP / width / 2) * 2);
  return Array.from({ length: Math.ceil(height / rows) }, (_, at) => {
    return { top: at * rows, count: Math.min(rows, height - at * rows) };
  });
}

/**
 * A picture of which RGBA pixels can be read.
 * @implements {Source}
 */
export class PixelSource {
  /**
   * @param {number} width @param {number} height
   * @param {(top: number, count: number) => Promise<Uint8Array> | Uint8Array} read gives the pixels of some rows; they
   *   may be overwritten by the next call
   * @param {() => void} close @param {import("./reduce.js").Weights} luma
   */
  constructor(width, height, read, close, luma = LUMA) {
    this.width = width;
    this.height = height;
    this.read = read;
    this.close = close;
    this.weights = luma;
    this.opaque = true;
  }

  /** @param {boolean} flat laid on white */
  async *strips(flat) {
    for (const { top, count } of stripsOf(this.width, this.height)) {
      const bytes = await this.read(top, count);
      if (flat) flatten(bytes);
      yield { top, count, bytes };
    }
  }

  /** @param {boolean} [flat] @param {Grid} [grid] */
  async square(flat = false, grid) {
    const reducer = new Reducer(this.width, this.height, this.weights);
    for await (const { top, count, bytes } of this.strips(flat)) {
      reducer.add(new Uint32Array(bytes.buffer, bytes.byteOffset, this.width * count), top, count);
      if (grid) this.pick(grid, top, count, bytes);
    }
    if (!flat) this.opaque = reducer.opaque;
    return reducer.square;
  }

  /** @param {Grid} grid */
  async fill(grid, flat = false) {
    let opaque = true;
    for await (const { top, count, bytes } of this.strips(flat)) opaque = this.pick(grid, top, count, bytes) && opaque;
    if (!flat) this.opaque = opaque;
  }

  /**
   * Returns whether the picked pixels are opaque.
   * @param {Grid} grid @param {number} top @param {number} count @param {Uint8Array} bytes
   */
  pick(grid, top, count, bytes) {
    const { columns, values } = grid;
    const [red, green, blue] = this.weights.map((weight) => weight / 1000);
    let alpha = 255;
    for (const { row, start } of grid.rowsIn(top, count)) {
      for (let column = 0; column < columns.length; column++) {
        const pixel = ((row - top) * this.width + columns[column]) * 4;
        values[start + column] = bytes[pixel] * red + bytes[pixel + 1] * green + bytes[pixel + 2] * blue;
        alpha &= bytes[pixel + 3];
      }
    }
    return alpha === 255;
  }
}

/**
 * Lays see-through pixels on white.
 * @param {Uint8Array} bytes RGBA
 */
function flatten(bytes) {
  for (let at = 0; at < bytes.length; at += 4) {
    const alpha = bytes[at + 3];
    if (alpha === 255) continue;
    for (let channel = at; channel < at + 3; channel++) bytes[channel] = 255 + Math.round(((bytes[channel] - 255) * alpha) / 255);
    bytes[at + 3] = 255;
  }
}

/**
 * A decoded JPEG of which the brightness and colour planes can be read.
 * @implements {Source}
 */
export class PlaneSource {
  /** @param {VideoFrame} frame @param {"I420" | "I422" | "I444"} layout */
  constructor(frame, layout) {
    const { x, y, width, height } = /** @type {DOMRectReadOnly} */ (frame.visibleRect);
    this.frame = frame;
    this.layout = layout;
    this.origin = { x, y };
    this.width = width;
    this.height = height;
    this.opaque = true;
    this.buffer = new Uint8Array(0);
  }

  close() {
    this.frame.close();
  }

  /** @param {boolean} [_flat] a JPEG is opaque @param {Grid} [grid] */
  async square(_flat, grid) {
    const reducer = new PlaneReducer(this.width, this.height, this.layout);
    for await (const planes of this.strips(reducer)) {
      reducer.add(planes);
      if (grid) pickFrom(reducer, planes, grid);
    }
    return reducer.square;
  }

  /** @param {Grid} grid */
  async fill(grid) {
    const reducer = new PlaneReducer(this.width, this.height, this.layout);
    for await (const planes of this.strips(reducer)) pickFrom(reducer, planes, grid);
  }

  /**
   * The planes of each strip, with the rows of colour next to it, which the upsampling leans on.
   * @param {PlaneReducer} reducer
   * @returns {AsyncGenerator<import("./planes.js").Planes>}
   */
  async *strips(reducer) {
    for (const { top, count } of stripsOf(this.width, this.height)) {
      const from = Math.max(0, top - 2);
      const to = Math.min(this.height, top + count + 2);
      yield { ...(await this.copy(reducer, from, to - from)), top, count };
    }
  }

  /** @param {PlaneReducer} reducer @param {number} from @param {number} count */
  async copy({ colourWidth, down }, from, count) {
    const { width, origin } = this;
    const lumaSize = width * count;
    const colourSize = colourWidth * Math.ceil(count / down);
    if (this.buffer.length < lumaSize + 2 * colourSize) this.buffer = new Uint8Array(lumaSize + 2 * colourSize);
    const strides = [[0, width], [lumaSize, colourWidth], [lumaSize + colourSize, colourWidth]];
    await this.frame.copyTo(this.buffer, {
      rect: { x: origin.x, y: origin.y + from, width, height: count },
      layout: strides.map(([offset, stride]) => ({ offset, stride })),
    });
    const [cb, cr] = [this.buffer.subarray(lumaSize), this.buffer.subarray(lumaSize + colourSize)];
    const colourTop = from / down;
    return { luma: this.buffer, lumaTop: from, lumaStride: width, cb, cr, colourStride: colourWidth, colourTop };
  }
}

/**
 * @param {PlaneReducer} reducer @param {import("./planes.js").Planes} planes @param {Grid} grid
 */
function pickFrom(reducer, planes, grid) {
  for (const { row, start } of grid.rowsIn(planes.top, planes.count)) {
    reducer.pick(planes, row, grid.columns, grid.values, start);
  }
}
