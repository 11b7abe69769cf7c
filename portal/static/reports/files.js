/** The list of chosen files: one row each, with its progress, what came of it, and a look at it only when asked. */

import { createHasher } from '../hashing/pool.js';
import { isDerived } from './payload.js';
import { trusted } from './trusted.js';

/** @typedef {import('../hashing/hash_file.js').HashedFile} HashedFile */

export class FileList {
  /**
   * @param {HTMLElement} page holds the parts `files`, `edits`, `list`, `live`; its data-worker names the worker, and data-tmk
   *   says that the operator wants TMK+PDQF of videos
   * @param {Record<string, string>} words
   * @param {() => void} onChange hears of every change
   */
  constructor(page, words, onChange) {
    this.page = page;
    this.words = words;
    this.onChange = onChange;
    this.hasher = createHasher({ workerUrl: trusted(page.dataset.worker ?? ''), tmk: page.dataset.tmk !== undefined });
    /** @type {Map<HTMLElement, import('./payload.js').Hashed>} */
    this.ready = new Map();
    /** @type {Map<HTMLElement, {file: File, stopping: AbortController}>} */
    this.chosen = new Map();
    this.pending = 0;
    this.edits = /** @type {HTMLInputElement} */ (this.part('edits'));
    this.edits.addEventListener('change', () => this.changeEdits());
    this.part('files').addEventListener('change', (event) => {
      const input = /** @type {HTMLInputElement} */ (event.target);
      for (const file of input.files ?? []) void this.take(file);
      input.value = '';
    });
  }

  /** @returns {import('./payload.js').Hashed[]} what can be sent, in the order it was chosen */
  get hashed() {
    if (this.edits.checked) return [...this.ready.values()];
    return [...this.ready.values()].map((each) => ({ ...each, pdq: each.pdq.filter(({ form }) => !isDerived(form)) }));
  }

  /** End the workers and forget everything. */
  close() {
    this.hasher.close();
    this.ready.clear();
    this.chosen.clear();
    this.part('list').replaceChildren();
  }

  /** Load all that hashing may need. Only once that is done are people told that they may go without a network. */
  async prepare() {
    try {
      await this.hasher.ready();
      this.part('offline').hidden = false;
    } catch {
      // What is missing is asked for again when a file needs it.
    }
  }

  /**
   * Hash one chosen file and show how it went.
   * @param {File} file
   */
  async take(file) {
    const template = /** @type {HTMLTemplateElement} */ (document.getElementById('file-row'));
    const row = /** @type {HTMLElement} */ (/** @type {DocumentFragment} */ (template.content.cloneNode(true)).firstElementChild);
    this.part('name', row).textContent = file.name;
    const stopping = new AbortController();
    this.chosen.set(row, { file, stopping });
    this.part('remove', row).addEventListener('click', () => this.remove(row, stopping));
    this.offerLook(row, file);
    this.part('list').append(row);
    await this.hash(row, file, stopping);
  }

  /** Fingerprints of common edits are made only once wanted, and then of the files chosen before too. */
  changeEdits() {
    if (!this.edits.checked) return this.onChange();
    for (const [row, { file, stopping }] of this.chosen) {
      if (this.ready.get(row)?.kind === 'image') void this.hash(row, file, stopping);
    }
  }

  /** @param {HTMLElement} row @param {File} file @param {AbortController} stopping */
  async hash(row, file, stopping) {
    const bar = /** @type {HTMLProgressElement} */ (this.part('bar', row));
    const onProgress = (/** @type {number} */ share) => (bar.value = share);
    this.change(1);
    try {
      let protective, hashed;
      do {
        protective = this.edits.checked;
        hashed = await this.hasher.hash(file, { onProgress, signal: stopping.signal, protective });
      } while (this.edits.checked && !protective);
      if (!stopping.signal.aborted) this.settle(row, hashed);
    } catch {
      if (!stopping.signal.aborted) this.say(row, 'failed', this.words.failed);
    }
    this.change(-1);
  }

  /** @param {HTMLElement} row @param {AbortController} stopping */
  remove(row, stopping) {
    stopping.abort();
    this.ready.delete(row);
    this.chosen.delete(row);
    row.remove();
    this.part('files').focus();
    this.onChange();
  }

  /**
   * A picture is shown only when its owner asks, and hidden again by the same button.
   * @param {HTMLElement} row
   * @param {File} file
   */
  offerLook(row, file) {
    const button = this.part('look', row);
    const picture = /** @type {HTMLImageElement} */ (this.part('picture', row));
    button.hidden = !file.type.startsWith('image/');
    button.addEventListener('click', () => {
      if (picture.hidden) picture.src = URL.createObjectURL(file);
      else URL.revokeObjectURL(picture.src);
      picture.hidden = !picture.hidden;
      button.setAttribute('aria-expanded', String(!picture.hidden));
    });
  }

  /** @param {HTMLElement} row @param {HashedFile} hashed */
  settle(row, hashed) {
    const trouble = hashed.refused && (this.words[hashed.refused.code] ?? hashed.refused.text);
    const { md5 } = hashed;
    if (!md5 || hashed.refused?.code === 'unsupported') return this.say(row, 'failed', trouble || this.words.failed);
    this.ready.set(row, { ...hashed, md5 });
    this.say(row, trouble ? 'partly' : 'done', trouble || this.words.ready);
  }

  /**
   * Say plainly how one file went; the others go on.
   * @param {HTMLElement} row @param {string} state @param {string} text
   */
  say(row, state, text) {
    this.part('bar', row).hidden = true;
    row.dataset.state = state;
    this.part('state', row).textContent = text;
  }

  /** @param {number} by */
  change(by) {
    this.pending += by;
    this.part('live').textContent = this.pending > 0 ? this.words.working : this.ready.size > 0 ? this.words.all_ready : '';
    this.onChange();
  }

  /**
   * @param {string} name @param {ParentNode} [within]
   * @returns {HTMLElement}
   */
  part(name, within = this.page) {
    return /** @type {HTMLElement} */ (within.querySelector(`[data-part="${name}"]`));
  }
}
