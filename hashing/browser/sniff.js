// Hashing in the browser: what kind of file this is, by its first bytes. Names and types given by the system are not trusted.

/** How many bytes of a file are looked at. */
export const HEAD = 4096;

/**
 * `format` is null for files that are neither pictures nor videos we know.
 * @typedef {{kind: "image" | "video", format: string | null, type: string}} Sniffed
 */

const HEIC_BRANDS = ["heic", "heix", "heim", "heis", "hevc", "hevx", "hevm", "hevs", "mif1", "msf1"];
const AVIF_BRANDS = ["avif", "avis"];
const QUICKTIME_ATOMS = ["moov", "mdat", "wide", "free", "skip", "pnot"];

/** @type {[format: string, type: string, matches: (head: Uint8Array) => boolean][]} */
const IMAGES = [
  ["jpeg", "image/jpeg", (head) => starts(head, "\xff\xd8\xff")],
  ["png", "image/png", (head) => starts(head, "\x89PNG\r\n\x1a\n")],
  ["gif", "image/gif", (head) => starts(head, "GIF87a") || starts(head, "GIF89a")],
  ["webp", "image/webp", (head) => starts(head, "RIFF") && starts(head, "WEBP", 8)],
  ["bmp", "image/bmp", (head) => starts(head, "BM") && head[14] >= 12 && head[15] === 0],
  ["avif", "image/avif", (head) => brands(head).some((brand) => AVIF_BRANDS.includes(brand))],
  ["heic", "image/heic", (head) => brands(head).some((brand) => HEIC_BRANDS.includes(brand))],
  ["tiff", "image/tiff", (head) => starts(head, "II*\0") || starts(head, "MM\0*")],
];

/** @type {[format: string, type: string, matches: (head: Uint8Array) => boolean][]} */
const VIDEOS = [
  ["mp4", "video/mp4", (head) => starts(head, "ftyp", 4)],
  ["mov", "video/quicktime", (head) => QUICKTIME_ATOMS.some((atom) => starts(head, atom, 4))],
  ["webm", "video/webm", (head) => starts(head, "\x1a\x45\xdf\xa3")],
  ["avi", "video/x-msvideo", (head) => starts(head, "RIFF") && starts(head, "AVI ", 8)],
  ["mpeg-ts", "video/mp2t", (head) => head[0] === 0x47 && head[188] === 0x47 && head[376] === 0x47],
  ["mpeg", "video/mpeg", (head) => starts(head, "\0\0\x01\xba") || starts(head, "\0\0\x01\xb3")],
  ["asf", "video/x-ms-wmv", (head) => starts(head, "\x30\x26\xb2\x75\x8e\x66\xcf\x11")],
  ["flv", "video/x-flv", (head) => starts(head, "FLV\x01")],
];

/**
 * @param {Uint8Array} head
 * @returns {Sniffed}
 */
export function sniff(head) {
  for (const [format, type, matches] of IMAGES) if (matches(head)) return { kind: "image", format, type };
  for (const [format, type, matches] of VIDEOS) if (matches(head)) return { kind: "video", format, type };
  return { kind: "image", format: null, type: "" };
}

/** @param {Uint8Array} head @param {string} text one character a byte @param {number} at */
function starts(head, text, at = 0) {
  return [...text].every((character, offset) => head[at + offset] === character.charCodeAt(0));
}

/**
 * The brands of an ISO media file, the major one first.
 * @param {Uint8Array} head
 */
function brands(head) {
  if (!starts(head, "ftyp", 4)) return [];
  const size = Math.min(head.length, new DataView(head.buffer, head.byteOffset).getUint32(0));
  const found = [];
  for (let at = 8; at + 4 <= size; at += 4) {
    if (at !== 12) found.push(String.fromCharCode(...head.subarray(at, at + 4)));
  }
  return found;
}
