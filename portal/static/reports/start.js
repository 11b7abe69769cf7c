/** The page on which a report is made: choose, look, send, keep the key. Everything lives in this tab alone. */

import { createHasher } from '../hashing/pool.js';
import { bodyOf } from './payload.js';
import { grouped, makeReceipt } from './receipt.js';
import { Refusal, send } from './send.js';

/** @typedef {import('../hashing/hash_file.js').HashedFile} HashedFile */

const page = /** @type {HTMLElement} */ (document.querySelector('[data-behaviour="report"]'));
const words = JSON.parse(/** @type {HTMLElement} */ (document.getElementById('words')).textContent ?? '{}');
const policy = window.trustedTypes?.createPolicy('takeitdown', { createScriptURL: ownScript });
const workerUrl = page.dataset.worker ?? '';

const hasher = createHasher({
  workerUrl: /** @type {string} */ (/** @type {unknown} */ (policy ? policy.createScriptURL(workerUrl) : workerUrl)),
  size: Math.min(4, Math.max(1, (navigator.hardwareConcurrency || 2) - 1)),
});

/** @type {Map<number, import('./payload.js').Hashed>} */
const ready = new Map();
let pending = 0;
let counter = 0;
/** @type {{reference: string, key: string, keyHash: string} | null} */
let receipt = null;

/**
 * Let only this site's own scripts become workers.
 * @param {string} url
 * @returns {string}
 */
function ownScript(url) {
  if (new URL(url, location.href).origin !== location.origin) throw new TypeError('not our script');
  return url;
}

/**
 * Find a part of the page by its name.
 * @param {string} name
 * @param {ParentNode} [within]
 * @returns {HTMLElement}
 */
function part(name, within = page) {
  return /** @type {HTMLElement} */ (within.querySelector(`[data-part="${name}"]`));
}

/** @param {string} step */
function show(step) {
  for (const section of page.querySelectorAll('[data-step]')) {
    /** @type {HTMLElement} */ (section).hidden = section.getAttribute('data-step') !== step;
  }
  const heading = /** @type {HTMLElement | null} */ (page.querySelector(`[data-step="${step}"] h1`));
  heading?.focus();
}

/** @param {string} text */
function say(text) {
  part('live').textContent = text;
}

/**
 * Hash one chosen file and show how it went.
 * @param {File} file
 */
async function take(file) {
  const number = (counter += 1);
  const template = /** @type {HTMLTemplateElement} */ (document.getElementById('file-row'));
  const row = /** @type {HTMLElement} */ (/** @type {DocumentFragment} */ (template.content.cloneNode(true)).firstElementChild);
  part('name', row).textContent = file.name;
  part('list').append(row);
  const bar = /** @type {HTMLProgressElement} */ (part('bar', row));
  const stopping = new AbortController();
  part('remove', row).addEventListener('click', () => {
    stopping.abort();
    ready.delete(number);
    row.remove();
    refresh();
  });
  pending += 1;
  refresh();
  try {
    const hashed = await hasher.hash(file, {
      onProgress: (/** @type {number} */ share) => (bar.value = share),
      signal: stopping.signal,
    });
    if (stopping.signal.aborted) return;
    settle(row, hashed, number);
  } catch {
    if (!stopping.signal.aborted) fail(row, words.failed);
  } finally {
    pending -= 1;
    refresh();
  }
}

/**
 * Show the result of one file.
 * @param {HTMLElement} row
 * @param {HashedFile} hashed
 * @param {number} number
 */
function settle(row, hashed, number) {
  const { md5 } = hashed;
  if (!md5) {
    fail(row, hashed.refused ? (words[hashed.refused.code] ?? hashed.refused.text) : words.failed);
    return;
  }
  ready.set(number, { ...hashed, md5 });
  part('bar', row).hidden = true;
  row.dataset.state = 'done';
  part('state', row).textContent = hashed.refused ? (words[hashed.refused.code] ?? hashed.refused.text) : words.ready;
}

/**
 * Say plainly that a file could not be used; the others go on.
 * @param {HTMLElement} row
 * @param {string} text
 */
function fail(row, text) {
  part('bar', row).hidden = true;
  row.dataset.state = 'failed';
  part('state', row).textContent = text;
}

/** Show what there is now: the button to go on waits for all files. */
function refresh() {
  const next = /** @type {HTMLButtonElement} */ (part('check'));
  next.disabled = pending > 0 || ready.size === 0;
  say(pending > 0 ? words.working : ready.size > 0 ? words.all_ready : '');
}

/** Make the receipt once and show every byte that would be sent. */
async function check() {
  receipt ??= await makeReceipt();
  part('payload').textContent = bodyOf(receipt, [...ready.values()]);
  show('check');
}

/** Send exactly the text that was shown. */
async function sendIt() {
  const button = /** @type {HTMLButtonElement} */ (part('send'));
  button.disabled = true;
  part('trouble').hidden = true;
  say(words.sending);
  try {
    const accepted = await send(page.dataset.send ?? '', part('payload').textContent ?? '');
    if (accepted) finish();
    else trouble(words.unreachable);
  } catch (error) {
    trouble(error instanceof Refusal ? error.message : words.unreachable);
  } finally {
    button.disabled = false;
  }
}

/** @param {string} text */
function trouble(text) {
  const notice = part('trouble');
  notice.textContent = text;
  notice.hidden = false;
  say(text);
}

/** Show reference and key, this once; forget the files. */
function finish() {
  if (!receipt) return;
  output('reference').textContent = grouped(receipt.reference);
  output('key').textContent = grouped(receipt.key);
  ready.clear();
  hasher.close();
  part('payload').textContent = '';
  say(words.sent);
  show('receipt');
}

/**
 * Find the place a code is shown in.
 * @param {string} id
 * @returns {HTMLElement}
 */
function output(id) {
  return /** @type {HTMLElement} */ (document.getElementById(id));
}

/** @param {string} id */
async function copy(id) {
  await navigator.clipboard.writeText(output(id).textContent ?? '');
  say(words.copied);
}

part('files').addEventListener('change', (event) => {
  const input = /** @type {HTMLInputElement} */ (event.target);
  for (const file of input.files ?? []) void take(file);
  input.value = '';
});
part('check').addEventListener('click', () => void check());
part('back').addEventListener('click', () => show('choose'));
part('send').addEventListener('click', () => void sendIt());
for (const button of page.querySelectorAll('[data-copies]')) {
  /** @type {HTMLElement} */ (button).hidden = false;
  button.addEventListener('click', () => void copy(button.getAttribute('data-copies') ?? ''));
}
show('choose');
