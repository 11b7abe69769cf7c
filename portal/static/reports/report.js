/** One report in the making: its files, everything it will send, and the codes that are kept. It comes after the first question. */

import { FileList } from './files.js';
import { toldOf } from './flow.js';
import { showCodes } from './keep.js';
import { bodiesOf } from './payload.js';
import { makeProof } from './proof.js';
import { makeReceipt } from './receipt.js';
import { Refusal, send } from './send.js';
import { trusted } from './trusted.js';

/** The report that one page makes. */
export class Report {
  /**
   * @param {HTMLElement} page
   * @param {Record<string, string>} words
   * @param {() => void} onChange hears of every change of the files
   */
  constructor(page, words, onChange) {
    this.page = page;
    this.words = words;
    this.form = /** @type {HTMLFormElement} */ (page.querySelector('form'));
    this.isPractice = page.dataset.practice !== undefined;
    /** Once made, the codes stay the same, so that nothing can be sent twice. @type {import('./payload.js').Receipt | undefined} */
    this.receipt = undefined;
    /** @type {string[]} */
    this.bodies = [];
    this.files = new FileList(page, words, onChange);
  }

  /** Show every character that will be sent. */
  async check() {
    this.receipt ??= await makeReceipt();
    this.bodies = bodiesOf(this.receipt, toldOf(this.form), this.files.hashed);
    this.part('payload').textContent = this.bodies.join('\n\n');
  }

  /**
   * Send exactly what was shown.
   * @returns {Promise<boolean>} whether it is done; what went wrong is said on the page
   */
  async send() {
    const button = /** @type {HTMLButtonElement} */ (this.part('send'));
    button.disabled = true;
    this.part('trouble').hidden = true;
    this.say(this.words.sending);
    try {
      const isDone = this.isPractice || (await this.sendAll());
      if (!isDone) this.trouble(this.words.unreachable);
      return isDone;
    } catch (error) {
      this.trouble(error instanceof Refusal ? error.message : this.words.not_loaded);
      return false;
    } finally {
      button.disabled = false;
    }
  }

  /** @returns {Promise<boolean>} whether all of it was accepted */
  async sendAll() {
    const { challenge, proof, send: sends, add: adds } = this.page.dataset;
    const prove = () => makeProof(challenge ?? '', trusted(proof ?? ''));
    const [report, ...more] = this.bodies;
    if (!(await send({ address: sends ?? '', body: report, prove }))) return false;
    for (const body of more) {
      if (!(await send({ address: adds ?? '', body }))) return false;
    }
    return true;
  }

  /** Show the codes, this once; forget the rest. */
  finish() {
    if (!this.receipt) return;
    const section = /** @type {HTMLElement} */ (this.page.querySelector('[data-step="receipt"]'));
    showCodes(section, this.receipt, (text) => this.say(text));
    this.files.close();
    this.form.reset();
    this.part('payload').textContent = '';
    this.say(this.words.sent);
  }

  /** @param {string} text */
  trouble(text) {
    const notice = this.part('trouble');
    notice.textContent = text;
    notice.hidden = false;
    this.say(text);
  }

  /** @param {string} text */
  say(text) {
    this.part('live').textContent = text;
  }

  /**
   * @param {string} name
   * @returns {HTMLElement}
   */
  part(name) {
    return /** @type {HTMLElement} */ (this.page.querySelector(`[data-part="${name}"]`));
  }
}
