// Hashing in the browser: HEIC pictures, where the browser itself cannot open them. Loaded only when there is one.
//
// A phone's picture is made of tiles, each coded by itself. The worker that hashes it decodes them from the first on; another,
// if one is idle, from the last. Where they meet nothing is left to do, so neither ever waits for the other.

import { Picture } from "./libheif.js";
import { PixelSource } from "./sources.js";

/**
 * What a worker asks for: that another one decodes tiles of this file, and sends them through this port.
 * @typedef {{bytes: Uint8Array<ArrayBuffer>, port: MessagePort}} Plea
 */

/** @typedef {import("./libheif.js").Rows} Rows */

/** Tiles are put together here, one picture after the other. A new one for each would be gone too late. */
let sheet = new Uint8Array(0);

/**
 * The primary picture of a HEIC file.
 * @param {Uint8Array<ArrayBuffer>} bytes
 * @param {import("./hash_file.js").Course} course
 * @returns {Promise<import("./sources.js").Source>}
 */
export async function openHeic(bytes, { onProgress, plead }) {
  const picture = await Picture.open(bytes);
  if (picture.tiles.length === 1) return openWhole(picture, onProgress);
  const { port1, port2 } = new MessageChannel();
  plead({ bytes, port: port2 });
  const tiles = new SharedTiles(picture, port1, onProgress);
  return new PixelSource(picture.width, picture.height, (top, count) => tiles.read(top, count), () => tiles.close());
}

/** @param {Picture} picture @param {(share: number) => void} onProgress */
function openWhole(picture, onProgress) {
  const line = picture.width * 4;
  let [image, bytes] = [0, new Uint8Array(0)];
  const close = () => {
    if (image) picture.release(image);
    picture.close();
  };
  /** @param {number} top @param {number} count */
  const read = (top, count) => {
    if (bytes.length < count * line) bytes = new Uint8Array(count * line);
    const rows = picture.rows(image, 0);
    copy({ ...rows, start: rows.start + top * rows.step }, { bytes, start: 0, step: line }, line, count);
    return bytes.subarray(0, count * line);
  };
  try {
    image = picture.decode(0);
    onProgress(1);
  } catch (error) {
    close();
    throw error;
  }
  return new PixelSource(picture.width, picture.height, read, close);
}

/**
 * Decodes tiles of a picture that another worker hashes, until that one has them all.
 * @param {Plea} plea
 */
export async function helpWith({ bytes, port }) {
  let wanted = true;
  port.onmessage = () => (wanted = false);
  const picture = await Picture.open(bytes);
  try {
    for (let at = picture.tiles.length - 1; at >= 0 && wanted; at--) {
      const { width, height } = picture.tiles[at];
      const pixels = new Uint8Array(width * height * 4);
      decodeInto({ bytes: pixels, start: 0, step: width * 4 }, picture, at);
      port.postMessage({ at, pixels }, [pixels.buffer]);
      await breath();
    }
  } finally {
    picture.close();
    port.close();
  }
}

/** @param {Rows} target @param {Picture} picture @param {number} at */
function decodeInto(target, picture, at) {
  const { width, height } = picture.tiles[at];
  const image = picture.decode(at);
  try {
    copy(picture.rows(image, at), target, width * 4, height);
  } finally {
    picture.release(image);
  }
}

/** @param {Rows} from @param {Rows} to @param {number} length bytes of each row @param {number} count */
function copy(from, to, length, count) {
  for (let row = 0; row < count; row++) {
    const start = from.start + row * from.step;
    to.bytes.set(from.bytes.subarray(start, start + length), to.start + row * to.step);
  }
}

/** Lets messages come in. */
function breath() {
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port2.onmessage = resolve;
    port1.postMessage(null);
  });
}

/** The tiles of a picture, decoded when they are first needed, unless the helper was there before. */
class SharedTiles {
  /** @param {Picture} picture @param {MessagePort} helper @param {(share: number) => void} onProgress */
  constructor(picture, helper, onProgress) {
    this.picture = picture;
    this.helper = helper;
    this.onProgress = onProgress;
    this.line = picture.width * 4;
    if (sheet.length < this.line * picture.height) sheet = new Uint8Array(this.line * picture.height);
    /** @type {Set<number>} */
    this.missing = new Set(picture.tiles.keys());
    helper.onmessage = ({ data }) => this.take(data.at, data.pixels);
  }

  /** Where a tile lies on the sheet. @param {number} at */
  place(at) {
    const { left, top } = this.picture.tiles[at];
    return { bytes: sheet, start: top * this.line + left * 4, step: this.line };
  }

  /** @param {number} at @param {Uint8Array} pixels of a tile the helper sent */
  take(at, pixels) {
    const { width, height } = this.picture.tiles[at];
    if (!this.missing.has(at)) return;
    copy({ bytes: pixels, start: 0, step: width * 4 }, this.place(at), width * 4, height);
    this.tick(at);
  }

  /** @param {number} at */
  async decode(at) {
    await breath();
    if (!this.missing.has(at)) return;
    decodeInto(this.place(at), this.picture, at);
    this.tick(at);
    this.onProgress(1 - this.missing.size / this.picture.tiles.length);
  }

  /** @param {number} at */
  tick(at) {
    this.missing.delete(at);
    if (this.missing.size === 0) this.dismiss();
  }

  /** @param {number} top @param {number} count */
  async read(top, count) {
    for (const at of this.missing) {
      const tile = this.picture.tiles[at];
      if (tile.top < top + count && tile.top + tile.height > top) await this.decode(at);
    }
    return sheet.subarray(top * this.line, (top + count) * this.line);
  }

  dismiss() {
    this.helper.postMessage("enough");
  }

  close() {
    // What the helper may still send must not land on the next picture's sheet.
    this.missing.clear();
    this.dismiss();
    this.helper.close();
    this.picture.close();
  }
}
