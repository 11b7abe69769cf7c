// Hashing in the browser: why a file has no (or no useful) fingerprint, in words for the person who chose it.

/** @typedef {{code: string, text: string}} RefusalNote */

/** @type {Record<string, string>} */
export const REASONS = Object.freeze({
  empty: "This file is empty.",
  unsupported: "This is not a picture or video we know. Try a JPEG or PNG picture, or an MP4 video.",
  undecodable:
    "This browser cannot look inside this file. An exact copy of it can still be found, but a changed copy cannot. " +
    "Another browser, or saving it as JPEG or MP4, may help.",
  damaged: "This file seems to be damaged: it cannot be opened. Only an exact copy of it can be found.",
  protected: "This video is locked by the shop or app it came from. Only an exact copy of it can be found.",
  too_small: "This picture is too small to recognise. Only an exact copy of it can be found.",
  too_blurry:
    "This has too little detail to recognise: it may be blank or very blurry. Only an exact copy of it can be found.",
  too_large: "This picture is too large for this device to open.",
  not_exact:
    "This browser changes pictures when they are read, so what we make of them would be wrong. " +
    "Only an exact copy can be found. Please try another browser.",
  gave_up: "This file took too long or could not be opened on this device. Please try it alone, or on another device.",
  not_loaded: "Part of what reads files did not load. Please go online and choose it again.",
  left: "This file was taken away again.",
  unreadable: "This file could not be read. It may have been moved or deleted. Please choose it again.",
});

/** A file that gives no (useful) fingerprint of what it shows. The code is one of REASONS. */
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
