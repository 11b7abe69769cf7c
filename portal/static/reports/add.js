/** Add photos and videos to a report that is open on this page. */

import { FileList } from './files.js';
import { additionsOf } from './payload.js';
import { Refusal, send } from './send.js';

const page = /** @type {HTMLElement} */ (document.querySelector('[data-behaviour="add"]'));
/** @type {Record<string, string>} */
const words = JSON.parse(document.getElementById('words')?.textContent ?? '{}');
const button = /** @type {HTMLButtonElement} */ (page.querySelector('[data-part="send"]'));
const trouble = /** @type {HTMLElement} */ (page.querySelector('[data-part="trouble"]'));
const form = /** @type {HTMLFormElement} */ (page.querySelector('form'));
const files = new FileList(page, words, () => (button.disabled = files.pending > 0 || files.hashed.length === 0));

/** Send what was chosen, then show the report anew. */
async function add() {
  button.disabled = true;
  trouble.hidden = true;
  const value = (/** @type {string} */ name) => /** @type {HTMLInputElement} */ (form.elements.namedItem(name)).value;
  try {
    for (const body of additionsOf({ reference: value('reference'), key: value('key') }, files.hashed)) {
      if (!(await send({ address: page.dataset.add ?? '', body }))) throw new Error('unreachable');
    }
    form.submit();
  } catch (error) {
    trouble.textContent = error instanceof Refusal ? error.message : words.unreachable;
    trouble.hidden = false;
    button.disabled = false;
  }
}

page.hidden = false;
page.addEventListener('toggle', () => void files.prepare(), { once: true });
button.addEventListener('click', () => void add());
