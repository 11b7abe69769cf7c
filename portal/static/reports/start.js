/** The page on which a report is made: one question at a time, then send, then keep the codes. All of it in this tab alone. */

import { answersOf, toldOf } from './answers.js';
import { FileList } from './files.js';
import { after, before, wayOf } from './flow.js';
import { showCodes } from './keep.js';
import { bodiesOf } from './payload.js';
import { makeProof } from './proof.js';
import { makeReceipt } from './receipt.js';
import { Refusal, send } from './send.js';
import { trusted } from './trusted.js';

const page = /** @type {HTMLElement} */ (document.querySelector('[data-behaviour="report"]'));
const form = /** @type {HTMLFormElement} */ (page.querySelector('form'));
/** @type {Record<string, string>} */
const words = JSON.parse(document.getElementById('words')?.textContent ?? '{}');
const isPractice = page.dataset.practice !== undefined;
const files = new FileList(page, words, refresh);
/** Once made, the codes stay the same, so that nothing can be sent twice. @type {import('./payload.js').Receipt | undefined} */
let receipt;
/** @type {string[]} */
let bodies = [];
let step = 'leave';

/**
 * @param {string} name
 * @returns {HTMLElement}
 */
function part(name) {
  return /** @type {HTMLElement} */ (page.querySelector(`[data-part="${name}"]`));
}

function told() {
  return { ...answersOf(form), files: files.hashed.length };
}

/** @param {string | undefined} name */
function show(name) {
  if (!name) return;
  step = name;
  for (const section of /** @type {NodeListOf<HTMLElement>} */ (page.querySelectorAll('[data-step]'))) {
    section.hidden = section.dataset.step !== step;
  }
  const way = wayOf(told());
  const place = way.indexOf(step);
  part('progress').hidden = place < 0;
  part('progress').textContent = words.progress.replace('%1', String(place + 1)).replace('%2', String(way.length));
  if (step === 'check') void check();
  refresh();
  /** @type {HTMLElement} */ (page.querySelector(`[data-step="${step}"] :is(h1, legend)`))?.focus();
  window.scrollTo(0, 0);
}

/** @param {string} text */
function say(text) {
  part('live').textContent = text;
}

/** The button below the files waits for all of them. */
function refresh() {
  const next = /** @type {HTMLButtonElement} */ (page.querySelector('[data-step="choose"] [data-next]'));
  next.disabled = files.pending > 0;
  next.textContent = files.hashed.length > 0 ? words.next_files : words.next_no_files;
}

/** Show every character that will be sent. */
async function check() {
  receipt ??= await makeReceipt();
  bodies = bodiesOf(receipt, toldOf(form), files.hashed);
  part('payload').textContent = bodies.join('\n\n');
}

/** Send exactly what was shown. */
async function sendIt() {
  const button = /** @type {HTMLButtonElement} */ (part('send'));
  button.disabled = true;
  part('trouble').hidden = true;
  say(words.sending);
  try {
    if (isPractice || (await sendAll())) finish();
    else trouble(words.unreachable);
  } catch (error) {
    trouble(error instanceof Refusal ? error.message : words.unreachable);
  } finally {
    button.disabled = false;
  }
}

/** @returns {Promise<boolean>} whether all of it was accepted */
async function sendAll() {
  const prove = () => makeProof(page.dataset.challenge ?? '', trusted(page.dataset.proof ?? ''));
  const [report, ...more] = bodies;
  if (!(await send({ address: page.dataset.send ?? '', body: report, prove }))) return false;
  for (const body of more) {
    if (!(await send({ address: page.dataset.add ?? '', body }))) return false;
  }
  return true;
}

/** @param {string} text */
function trouble(text) {
  const notice = part('trouble');
  notice.textContent = text;
  notice.hidden = false;
  say(text);
}

/** Show the codes, this once; forget the rest. */
function finish() {
  if (!receipt) return;
  showCodes(/** @type {HTMLElement} */ (page.querySelector('[data-step="receipt"]')), receipt, say);
  files.close();
  form.reset();
  part('payload').textContent = '';
  say(words.sent);
  show('receipt');
}

/** Say kindly what is wrong with this step's own fields before going on. */
function isFine() {
  const fields = /** @type {NodeListOf<HTMLInputElement>} */ (page.querySelectorAll(`[data-step="${step}"] input[type="email"]`));
  return [...fields].every((field) => field.reportValidity());
}

form.addEventListener('submit', (event) => {
  event.preventDefault();
  if (isFine() && files.pending === 0) show(after(step, told()));
});
for (const button of page.querySelectorAll('[data-next]')) {
  button.addEventListener('click', () => isFine() && show(after(step, told())));
}
for (const button of page.querySelectorAll('[data-back]')) {
  button.addEventListener('click', () => show(before(step, told())));
}
for (const button of /** @type {NodeListOf<HTMLElement>} */ (page.querySelectorAll('[data-skip]'))) {
  button.addEventListener('click', () => {
    for (const field of /** @type {NodeListOf<HTMLInputElement>} */ (page.querySelectorAll(`[data-step="${step}"] :is(input, textarea)`))) {
      if (field.type === 'radio' || field.type === 'checkbox') field.checked = false;
      else field.value = '';
    }
    show(after(step, told()));
  });
}
form.addEventListener('submit', () => void files.prepare(), { once: true });
part('send').addEventListener('click', () => void sendIt());
part('again').addEventListener('click', () => show('have'));
part('no-file').addEventListener('click', () => show('links'));
show('leave');
