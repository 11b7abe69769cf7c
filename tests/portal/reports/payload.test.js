/** What is sent fits, loses nothing, and holds nothing that was not told. */

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { additionsOf, bodiesOf, itemOf } from '../../../portal/static/reports/payload.js';

const LIMIT = 64 * 1024;
const RECEIPT = { reference: 'A'.repeat(12), key: 'B'.repeat(28), keyHash: 'c'.repeat(64) };

function hashed(number, frames = 0) {
  const digest = number.toString(16).padStart(64, '0');
  const vpdq = Array.from({ length: frames }, (_, i) => ({ seconds: i, digest, quality: 100 }));
  return { kind: frames ? 'video' : 'image', md5: digest.slice(32), pdq: frames ? [] : [{ digest, quality: 99, form: 'original' }], vpdq, name: 'canary.jpg' };
}

test('one photo is one body that holds the receipt, the fingerprints and nothing else', () => {
  const bodies = bodiesOf(RECEIPT, {}, [hashed(7)]);
  assert.equal(bodies.length, 1);
  assert.deepEqual(Object.keys(JSON.parse(bodies[0])), ['reference', 'key_hash', 'items']);
  assert.ok(!bodies[0].includes('canary'));
  assert.ok(!bodies[0].includes(RECEIPT.key));
});

test('two hundred photos and ten long videos are shared out, none lost, none too large', () => {
  const files = [...Array(200).keys()].map((n) => hashed(n)).concat([...Array(10).keys()].map((n) => hashed(1000 + n, 7200)));
  const bodies = bodiesOf(RECEIPT, { email: 'a@b.example', links: [{ address: 'https://x.example/', may_share: true }] }, files);
  assert.ok(bodies.every((body) => new TextEncoder().encode(body).length <= LIMIT));
  const items = bodies.flatMap((body) => JSON.parse(body).items);
  assert.deepEqual(items, files.map(itemOf));
  assert.equal(JSON.parse(bodies[0]).key_hash, RECEIPT.keyHash);
  assert.ok(bodies.slice(1).every((body) => JSON.parse(body).key === RECEIPT.key));
});

test('a long video keeps its first frame and frames from all of its length', () => {
  const frames = JSON.parse(itemOf(hashed(1, 7200)).fingerprints.find(({ type }) => type === 'vpdq').digest);
  const seconds = frames.map((line) => Number(line.split(',')[2]));
  assert.equal(seconds[0], 0);
  assert.ok(seconds[seconds.length - 1] > 7100);
  assert.ok(frames.length <= 450);
});

test('a short video keeps every frame', () => {
  const frames = JSON.parse(itemOf(hashed(1, 30)).fingerprints.find(({ type }) => type === 'vpdq').digest);
  assert.equal(frames.length, 30);
});

test('a report of links alone has no items', () => {
  assert.deepEqual(JSON.parse(bodiesOf(RECEIPT, { links: [] }, [])[0]).items, []);
});

test('files added later carry the key and nothing that was told before', () => {
  const [body] = additionsOf(RECEIPT, [hashed(3)]);
  assert.deepEqual(Object.keys(JSON.parse(body)), ['reference', 'key', 'items']);
});

test('a picture sends its own forms and the edits that were imagined, not its turned ones, and only where there is detail', () => {
  const forms = ['original', 'rotate_90', 'flip_x', 'flattened', 'resized_512', 'derived_crop_8'];
  const pdq = [...forms.map((form) => ({ digest: 'a'.repeat(64), quality: 80, form })), { digest: 'b'.repeat(64), quality: 49, form: 'derived_crop_4' }];
  const sent = itemOf({ ...hashed(1), pdq }).fingerprints.filter(({ type }) => type === 'pdq').map(({ form }) => form);
  assert.deepEqual(sent, ['original', 'flattened', 'resized_512', 'derived_crop_8']);
});

test('a see-through photo with every fingerprint of its own is sent in one kilobyte', () => {
  const pdq = ['original', 'flattened', 'resized_512'].map((form) => ({ digest: 'a'.repeat(64), quality: 100, form }));
  const [body] = bodiesOf({ ...RECEIPT, reference: 'A'.repeat(20) }, {}, [{ ...hashed(1), pdq }]);
  assert.ok(body.length <= 1024, `${body.length}`);
});

test('a minute of video is sent in a kilobyte and 80 bytes a second', () => {
  const [body] = bodiesOf(RECEIPT, {}, [hashed(1, 60)]);
  assert.ok(body.length <= 1024 + 80 * 60, `${body.length}`);
});

test('a video with TMK+PDQF goes with it, alone in a body the server takes', () => {
  const tmk = { digest: 'e'.repeat(64), content: 'A'.repeat(351_128) };
  const bodies = bodiesOf(RECEIPT, {}, [{ ...hashed(1, 7200), tmk }, { ...hashed(2, 60), tmk }, hashed(3)]);
  assert.equal(bodies.length, 3);
  assert.ok(bodies.every((body) => body.length <= 512 * 1024));
  assert.deepEqual(JSON.parse(bodies[1]).items[0].fingerprints.at(-1), { type: 'tmk_pdqf', ...tmk });
});
