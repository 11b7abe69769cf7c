// Hashing in the browser: a HEIC picture and its tiles. libheif decodes them; its C functions are called here and nowhere else.

import startLibheif from "../vendor/libheif-js/libheif-wasm/libheif-bundle.mjs";

import { Refusal } from "./refusal.js";

/** libheif's numbers for red, green and blue; for a plane that holds them side by side with alpha; and for that plane. */
const [RGB, RGBA, INTERLEAVED] = [1, 11, 10];
/** Bytes libheif answers in, and where in them its answers begin: an error comes before. */
const [ROOM, ANSWER] = [128, 16];
/** No camera makes more of them. A picture of more is decoded whole. */
const [MOST_TILES, MOST_PIXELS] = [4096, 2 ** 29];

/**
 * Where a tile lies in the picture, and how much of it, from the left and from above, lies outside.
 * @typedef {{left: number, top: number, width: number, height: number, x: number, y: number}} Tile
 */

/**
 * Where rows of pixels, four bytes each, lie: the first one, and how many bytes further on the next.
 * @typedef {{bytes: Uint8Array, start: number, step: number}} Rows
 */

/** @type {Promise<any> | null} */
let starting = null;

/** Makes the decoder ready, once. */
export function startDecoder() {
  starting ??= Promise.resolve(startLibheif());
  return starting;
}

/** The primary picture of a HEIC file. What libheif cannot decode is refused as damaged. */
export class Picture {
  /** @param {Uint8Array<ArrayBuffer>} bytes */
  static async open(bytes) {
    const picture = new Picture(await startDecoder(), bytes);
    try {
      picture.parse(bytes.length);
      return picture;
    } catch (error) {
      picture.close();
      throw error;
    }
  }

  /** @param {any} libheif @param {Uint8Array<ArrayBuffer>} bytes */
  constructor(libheif, bytes) {
    this.libheif = libheif;
    this.room = libheif._malloc(ROOM + bytes.length);
    if (!this.room) throw new RangeError("There is no memory for the file.");
    libheif.HEAPU8.set(bytes, this.room + ROOM);
    this.context = libheif._heif_context_alloc();
    this.handle = 0;
    this.width = 0;
    this.height = 0;
    this.columns = 1;
    /** Row by row. A picture that is not made of tiles is one. @type {Tile[]} */
    this.tiles = [];
  }

  /** @param {number} length of the file */
  parse(length) {
    const { libheif, context, room } = this;
    this.ask("context_read_from_memory_without_copy", context, room + ROOM, length, 0);
    [this.handle] = this.ask("context_get_primary_image_handle", context, room + ANSWER);
    this.width = libheif._heif_image_handle_get_width(this.handle);
    this.height = libheif._heif_image_handle_get_height(this.handle);
    this.layTiles();
  }

  /**
   * Calls a function of libheif that gives an error, and answers where it is told to.
   * @param {string} name @param {number[]} values
   * @returns {Uint32Array} its answers
   */
  ask(name, ...values) {
    const { libheif, room } = this;
    libheif[`_heif_${name}`](room, ...values);
    if (libheif.HEAPU32[room / 4] !== 0) throw new Refusal("damaged");
    return libheif.HEAPU32.subarray((room + ANSWER) / 4, (room + ROOM) / 4);
  }

  layTiles() {
    const { handle, room, width, height } = this;
    const [, columns, rows, wide, high, uncutWidth, uncutHeight, top, left] =
      this.ask("image_handle_get_image_tiling", handle, 1, room + ANSWER);
    const [across, down] = [columns * wide - width, rows * high - height];
    const fits = uncutWidth === width && uncutHeight === height && across >= 0 && across < wide && down >= 0 && down < high;
    if (!fits || columns * rows > MOST_TILES || width * height > MOST_PIXELS || !this.isPlain()) {
      this.tiles = [{ left: 0, top: 0, width, height, x: 0, y: 0 }];
      return;
    }
    this.columns = columns;
    this.tiles = Array.from({ length: columns * rows }, (_, at) => {
      // libheif says whether a turned picture begins with the tiles that stick out, but not rightly how far they do.
      const fromLeft = (at % columns) * wide - (left && across), fromTop = Math.floor(at / columns) * high - (top && down);
      const x = Math.max(0, -fromLeft), y = Math.max(0, -fromTop);
      const [tileWidth, tileHeight] = [Math.min(wide, width - fromLeft) - x, Math.min(high, height - fromTop) - y];
      return { left: fromLeft + x, top: fromTop + y, width: tileWidth, height: tileHeight, x, y };
    });
  }

  /** Whether it is opaque, and shown as it is stored, or turned, or mirrored. With more to do, tiles are left to libheif. */
  isPlain() {
    const { libheif, context, handle, room } = this;
    const item = libheif._heif_image_handle_get_item_id(handle);
    const changes = libheif._heif_item_get_transformation_properties(context, item, room + ANSWER, 2);
    return changes < 2 && !libheif._heif_image_handle_has_alpha_channel(handle);
  }

  /**
   * Decodes one tile, to be released.
   * @param {number} at
   * @returns {number}
   */
  decode(at) {
    const { handle, room, columns, tiles } = this;
    const into = room + ANSWER;
    if (tiles.length === 1) return this.ask("decode_image", handle, into, RGB, RGBA, 0)[0];
    return this.ask("image_handle_decode_image_tile", handle, into, RGB, RGBA, 0, at % columns, Math.floor(at / columns))[0];
  }

  /** @param {number} image */
  release(image) {
    this.libheif._heif_image_release(image);
  }

  /**
   * Where the rows of a decoded tile lie, until libheif is called again; what of it lies outside the picture left out.
   * @param {number} image @param {number} at
   * @returns {Rows}
   */
  rows(image, at) {
    const { libheif, room } = this;
    const { x, y, width, height } = this.tiles[at];
    const plane = libheif._heif_image_get_plane_readonly2(image, INTERLEAVED, room + ANSWER);
    const step = libheif.HEAPU32[(room + ANSWER) / 4];
    const [wide, high] = [libheif._heif_image_get_width(image, INTERLEAVED), libheif._heif_image_get_height(image, INTERLEAVED)];
    if (wide < x + width || high < y + height) throw new Refusal("damaged");
    return { bytes: libheif.HEAPU8, start: plane + y * step + x * 4, step };
  }

  close() {
    const { libheif } = this;
    if (this.handle) libheif._heif_image_handle_release(this.handle);
    libheif._heif_context_free(this.context);
    libheif._free(this.room);
  }
}
