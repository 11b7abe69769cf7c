// Hashing in the browser: why a file has no (or no useful) fingerprint, in words for the person who chose it.

/** @typedef {{code: string, text: string}} RefusalNote */

/** @type {Record<string, string>} */
export const REASONS = Object.freeze({
  empty: "This file is empty.",
  unsupported: "This browser cannot open this kind of file. Try a JPEG or PNG picture, or an MP4 video.",
  damaged: "This file seems to be damaged: it cannot be opened.",
  too_small: "This picture is too small to recognise.",
  too_blurry: "This picture has too little detail to recognise. It may be blank or very blurry.",
  too_large: "This picture is larger than this device can open.",
  not_exact: "This browser changes pictures when they are read, so its fingerprints would be wrong. Try another browser.",
  unreadable: "This file could not be read. It may have been moved or deleted.",
});

/** A file that gives no picture fingerprint. The code is one of REASONS. */
export class Refusal extends Error {
  /** @param {string} code */
  constructor(code) {
    super(REASONS[code]);
    this.code = code;
  }

  /** @returns {RefusalNote} */
  note() {
    return { code: this.code, text: this.message };
  }
}
