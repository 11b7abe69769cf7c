/** Add photos and videos to a report that is open on this page. */

import { FileList } from './files.js';
import { additionsOf } from './payload.js';
import { Refusal, send } from './send.js';

/** The part of the page that adds files. */
class Adding {
  /** @param {HTMLElement} page */
  constructor(page) {
    this.page = page;
    /** @type {Record<string, string>} */
    this.words = JSON.parse(document.getElementById('words')?.textContent ?? '{}');
    this.button = /** @type {HTMLButtonElement} */ (page.querySelector('[data-part="send"]'));
    this.trouble = /** @type {HTMLElement} */ (page.querySelector('[data-part="trouble"]'));
    this.form = /** @type {HTMLFormElement} */ (page.querySelector('form'));
    this.files = new FileList(page, this.words, () => this.refresh());
    this.button.addEventListener('click', () => void this.add());
    page.hidden = false;
  }

  /** The button waits for all of the files. */
  refresh() {
    this.button.disabled = this.files.pending > 0 || this.files.hashed.length === 0;
  }

  /** Send what was chosen, then show the report anew. */
  async add() {
    this.button.disabled = true;
    this.trouble.hidden = true;
    const value = (/** @type {string} */ name) => /** @type {HTMLInputElement} */ (this.form.elements.namedItem(name)).value;
    try {
      for (const body of additionsOf({ reference: value('reference'), key: value('key') }, this.files.hashed)) {
        if (!(await send({ address: this.page.dataset.add ?? '', body }))) throw new Error('unreachable');
      }
      this.form.requestSubmit();
    } catch (error) {
      this.trouble.textContent = error instanceof Refusal ? error.message : this.words.unreachable;
      this.trouble.hidden = false;
      this.button.disabled = false;
    }
  }
}

/** Make the page's part work, until it goes. */
export function begin() {
  const adding = new Adding(/** @type {HTMLElement} */ (document.querySelector('[data-behaviour="add"]')));
  return () => adding.files.close();
}
