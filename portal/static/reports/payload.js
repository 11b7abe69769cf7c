/** What is sent: fingerprints, and the words a person chose to tell. */

/**
 * @typedef {{digest: string, quality: number, form: string}} PdqFingerprint
 * @typedef {{seconds: number, digest: string, quality: number}} VpdqFrame
 * @typedef {{kind: string, md5: string, pdq: PdqFingerprint[], vpdq: VpdqFrame[], tmk?: {digest: string, content: string}}} Hashed
 * @typedef {{type: string, digest: string, quality?: number, form?: string, content?: string}} Fingerprint
 * @typedef {{kind: string, fingerprints: Fingerprint[]}} Item
 * @typedef {{reference: string, key: string, keyHash: string}} Receipt
 * @typedef {{answers?: Record<string, string | string[]>, links?: {address: string, may_share: boolean}[], email?: string}} Told
 */

/** Below this PDQ sees too little detail to tell pictures apart. */
const LOWEST_QUALITY = 50;
/** The server takes bodies of 64 KiB; a long video's frames are thinned evenly to fit one. One with TMK+PDQF goes alone, in up to 512. */
const LARGEST_BODY = 56_000;
const MOST_FRAMES = 450;

/** The picture as it is, as it looks on white, and as the field's command-line tools see it. Platforms turn it themselves. */
const OWN_FORMS = ['original', 'flattened', 'resized_512'];

/**
 * Tell whether a form is of a common edit the hasher imagined, and no picture it has seen.
 * @param {string} form
 */
export const isDerived = (form) => form.startsWith('derived_');

/**
 * Turn what the hasher gave into the fingerprints of one item.
 * @param {Hashed} hashed
 * @returns {Item}
 */
export function itemOf(hashed) {
  /** @type {Fingerprint[]} */
  const fingerprints = hashed.pdq
    .filter(({ quality, form }) => quality >= LOWEST_QUALITY && (OWN_FORMS.includes(form) || isDerived(form)))
    .map(({ digest, quality, form }) => ({ type: 'pdq', digest, quality, form }));
  fingerprints.push({ type: 'md5', digest: hashed.md5 });
  const frames = thinned(hashed.vpdq.filter(({ quality }) => quality >= LOWEST_QUALITY));
  if (frames.length > 0) {
    const lines = frames.map(({ digest, quality, seconds }) => `${digest},${quality},${seconds.toFixed(3)}`);
    fingerprints.push({ type: 'vpdq', digest: JSON.stringify(lines) });
  }
  if (hashed.tmk) fingerprints.push({ type: 'tmk_pdqf', ...hashed.tmk });
  return { kind: hashed.kind, fingerprints };
}

/**
 * @param {VpdqFrame[]} frames
 * @returns {VpdqFrame[]} as many as one body holds, evenly from start to end
 */
function thinned(frames) {
  const step = frames.length / Math.min(frames.length, MOST_FRAMES);
  return frames.filter((_, i) => Math.floor(i / step) !== Math.floor((i - 1) / step));
}

/**
 * Give everything a report sends, as texts: the report itself, then what did not fit, each to be added with the key.
 * @param {Receipt} receipt
 * @param {Told} told
 * @param {Hashed[]} files
 * @returns {string[]}
 */
export function bodiesOf(receipt, told, files) {
  const [first, ...rest] = packed(files.map(itemOf), text({ ...told, key_hash: receipt.keyHash, reference: receipt.reference }).length);
  const report = text({ reference: receipt.reference, key_hash: receipt.keyHash, ...told, items: first });
  return [report, ...moreOf(receipt, rest)];
}

/**
 * Give the texts that add files to a report that was sent before.
 * @param {{reference: string, key: string}} codes
 * @param {Hashed[]} files
 * @returns {string[]}
 */
export function additionsOf(codes, files) {
  return moreOf(codes, packed(files.map(itemOf), 0));
}

/**
 * @param {{reference: string, key: string}} codes
 * @param {Item[][]} parts
 */
function moreOf({ reference, key }, parts) {
  return parts.map((items) => text({ reference, key, items }));
}

/**
 * Share items out over bodies that are small enough.
 * @param {Item[]} items
 * @param {number} taken characters of the first body that are used already
 * @returns {Item[][]}
 */
function packed(items, taken) {
  /** @type {Item[][]} */
  const parts = [[]];
  let size = taken + 200;
  for (const item of items) {
    const length = text({ items: [item] }).length;
    if (size + length > LARGEST_BODY && (parts.length > 1 || parts[0].length > 0 || size > taken + 200)) {
      parts.push([]);
      size = 300;
    }
    parts[parts.length - 1].push(item);
    size += length;
  }
  return parts;
}

/** @param {unknown} body */
function text(body) {
  return JSON.stringify(body, null, 2);
}
