// Hashing in the browser: frames of a video, without decoding those that are neither asked for nor needed for others.

import { EncodedPacketSink, VideoSampleSink } from "../vendor/mediabunny/dist/bundles/mediabunny.min.mjs";

/** Two bits of a NAL unit's first byte, `nal_ref_idc`: zero where no other picture is made of this one. */
const REFERENCE = 0x60;

/** Gives the frames at the times it is made for. Its superclass asks it for the packets to decode. */
export class NeededFrames extends VideoSampleSink {
  /**
   * @param {import("mediabunny").InputVideoTrack} track of H.264 @param {Set<number>} times at which frames will be asked for
   * @param {number} lengthSize bytes that say how long a NAL unit is
   */
  constructor(track, times, lengthSize) {
    super(track);
    this._createPacketSink = () => new NeededPackets(track, times, lengthSize);
  }
}

class NeededPackets extends EncodedPacketSink {
  /** @param {import("mediabunny").InputVideoTrack} track @param {Set<number>} times @param {number} lengthSize */
  constructor(track, times, lengthSize) {
    super(track);
    this.times = times;
    this.lengthSize = lengthSize;
  }

  /** @type {EncodedPacketSink["getNextPacket"]} */
  async getNextPacket(packet, options) {
    let next = await super.getNextPacket(packet, options);
    while (next && !this.times.has(next.timestamp) && isDisposable(next.data, this.lengthSize)) {
      next = await super.getNextPacket(next, options);
    }
    return next;
  }
}

/**
 * Whether a packet holds nothing that is needed to decode another.
 * @param {Uint8Array} data NAL units, each after its length @param {number} lengthSize
 */
export function isDisposable(data, lengthSize) {
  for (let at = 0; at < data.length; ) {
    let length = 0;
    for (const end = at + lengthSize; at < end; at++) length = length * 256 + data[at];
    if (!(at < data.length) || (data[at] & REFERENCE) !== 0) return false;
    at += length;
  }
  return data.length > 0;
}

/**
 * How many bytes say how long a NAL unit is.
 * @param {AllowSharedBufferSource} description of an H.264 video, as MP4 has it
 */
export function lengthSizeOf(description) {
  const { buffer, byteOffset } = ArrayBuffer.isView(description) ? description : { buffer: description, byteOffset: 0 };
  return (new Uint8Array(buffer, byteOffset)[4] & 3) + 1;
}
