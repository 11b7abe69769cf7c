/** The receipt's and the payload's modules. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';

import { bodiesOf } from '../../../portal/static/reports/payload.js';
import { NotLoaded } from '../../../portal/static/reports/proof.js';
import { checkCharacter, grouped, makeReceipt } from '../../../portal/static/reports/receipt.js';
import { Refusal, send } from '../../../portal/static/reports/send.js';

const vectors = JSON.parse(readFileSync(new URL('../../vectors/receipts.json', import.meta.url), 'utf8'));

test('check characters are those of the shared vectors', () => {
  for (const { body, check } of vectors) assert.equal(checkCharacter(body), check, body);
});

test('a receipt is random, well formed and gives the server only a hash', async () => {
  const one = await makeReceipt();
  const two = await makeReceipt();
  assert.notEqual(one.key, two.key);
  assert.match(one.reference, /^[0-9A-HJKMNP-TV-Z]{12}$/);
  assert.match(one.key, /^[0-9A-HJKMNP-TV-Z]{28}$/);
  assert.equal(checkCharacter(one.key.slice(0, -1)), one.key.at(-1));
  assert.match(one.keyHash, /^[0-9a-f]{64}$/);
});

test('codes are written in groups of four', () => {
  assert.equal(grouped('ABCDEFGH0123'), 'ABCD-EFGH-0123');
});

test('a body holds fingerprints of good quality and nothing else', () => {
  const hashed = {
    kind: 'image',
    md5: 'm',
    pdq: [
      { digest: 'good', quality: 100, form: 'original' },
      { digest: 'poor', quality: 49, form: 'original' },
    ],
    vpdq: [],
    path: 'canvas',
    ms: 5,
    name: 'holiday.jpg',
  };
  const [body] = bodiesOf({ reference: 'R', key: 'K', keyHash: 'H' }, {}, [hashed]);
  assert.deepEqual(JSON.parse(body), {
    reference: 'R',
    key_hash: 'H',
    items: [
      {
        kind: 'image',
        fingerprints: [
          { type: 'pdq', digest: 'good', quality: 100, form: 'original' },
          { type: 'md5', digest: 'm' },
        ],
      },
    ],
  });
});

/** Answer fetches from a list; an Error stands for a dying connection. */
function answering(...answers) {
  const bodies = [];
  globalThis.fetch = async (_address, { body }) => {
    bodies.push(body);
    const answer = answers.shift();
    if (answer instanceof Error) throw answer;
    return answer;
  };
  return bodies;
}

test('sending goes on over dead connections and busy servers, always with the same body', async () => {
  const bodies = answering(new TypeError('offline'), new Response('', { status: 503 }), new Response('', { status: 201 }));
  assert.equal(await send({ address: '/send', body: 'body' }), true);
  assert.deepEqual(bodies, ['body', 'body', 'body']);
});

test('a refusal is said in the words of the server and not tried again', async () => {
  const bodies = answering(new Response(JSON.stringify({ detail: 'No.' }), { status: 400 }));
  await assert.rejects(send({ address: '/send', body: 'body' }), (error) => error instanceof Refusal && error.message === 'No.');
  assert.equal(bodies.length, 1);
});

test('a proof that cannot be made is tried again, and in the end said to be what it is', async (t) => {
  t.mock.method(globalThis, 'setTimeout', (/** @type {() => void} */ done) => done());
  const bodies = answering();
  let tries = 0;
  const prove = async () => {
    tries += 1;
    throw new NotLoaded();
  };
  await assert.rejects(send({ address: '/send', body: 'body', prove }), NotLoaded);
  assert.deepEqual([bodies, tries], [[], 9]);
});

test('a proof that was used up is made anew for the same body', async () => {
  const used = new Response(JSON.stringify({ type: 'urn:takeitdown:problem:proof-needed' }), { status: 403 });
  const bodies = answering(used, new Response('', { status: 201 }));
  let made = 0;
  const prove = async () => String((made += 1));
  assert.equal(await send({ address: '/send', body: 'body', prove }), true);
  assert.deepEqual([bodies, made], [['body', 'body'], 2]);
});
