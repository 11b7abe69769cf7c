/** What is sent: fingerprints and nothing else. */

/**
 * @typedef {{digest: string, quality: number, form: string}} PdqFingerprint
 * @typedef {{seconds: number, digest: string, quality: number}} VpdqFrame
 * @typedef {{kind: string, md5: string, pdq: PdqFingerprint[], vpdq: VpdqFrame[]}} Hashed
 * @typedef {{type: string, digest: string, quality?: number, form?: string}} Fingerprint
 */

/** Below this PDQ sees too little detail to tell pictures apart. */
const LOWEST_QUALITY = 50;

/**
 * Turn what the hasher gave into the fingerprints of one item.
 * @param {Hashed} hashed
 * @returns {{kind: string, fingerprints: Fingerprint[]}}
 */
export function itemOf(hashed) {
  /** @type {Fingerprint[]} */
  const fingerprints = hashed.pdq
    .filter(({ quality, form }) => quality >= LOWEST_QUALITY && form === 'original')
    .map(({ digest, quality, form }) => ({ type: 'pdq', digest, quality, form }));
  fingerprints.push({ type: 'md5', digest: hashed.md5 });
  const frames = hashed.vpdq.filter(({ quality }) => quality >= LOWEST_QUALITY);
  if (frames.length > 0) {
    const lines = frames.map(({ digest, quality, seconds }) => `${digest},${quality},${seconds.toFixed(3)}`);
    fingerprints.push({ type: 'vpdq', digest: JSON.stringify(lines) });
  }
  return { kind: hashed.kind, fingerprints };
}

/**
 * Give the whole body of a report, as text.
 * @param {{reference: string, keyHash: string}} receipt
 * @param {Hashed[]} files
 * @returns {string}
 */
export function bodyOf(receipt, files) {
  return JSON.stringify({ reference: receipt.reference, key_hash: receipt.keyHash, items: files.map(itemOf) }, null, 2);
}
