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

/** The steps of one report, on the page that holds them. */
class Steps {
  /** @param {HTMLElement} page */
  constructor(page) {
    this.page = page;
    this.form = /** @type {HTMLFormElement} */ (page.querySelector('form'));
    /** @type {Record<string, string>} */
    this.words = JSON.parse(document.getElementById('words')?.textContent ?? '{}');
    this.isPractice = page.dataset.practice !== undefined;
    /** Once made, the codes stay the same, so that nothing can be sent twice. @type {import('./payload.js').Receipt | undefined} */
    this.receipt = undefined;
    /** @type {string[]} */
    this.bodies = [];
    this.step = 'leave';
    this.files = new FileList(page, this.words, () => this.refresh());
    this.listen();
    this.show('leave');
  }

  /** Have every button do its work. */
  listen() {
    this.form.addEventListener('submit', (event) => {
      event.preventDefault();
      if (this.isFine() && this.files.pending === 0) this.goOn();
    });
    this.form.addEventListener('submit', () => void this.files.prepare(), { once: true });
    this.on('[data-next]', () => this.isFine() && this.goOn());
    this.on('[data-back]', () => this.show(before(this.step, this.told())));
    this.on('[data-skip]', () => this.skip());
    this.on('[data-part="send"]', () => void this.sendIt());
    this.on('[data-part="again"]', () => this.show('have'));
    this.on('[data-part="no-file"]', () => this.show('links'));
  }

  /** @param {string} buttons @param {() => void} does */
  on(buttons, does) {
    for (const button of this.page.querySelectorAll(buttons)) button.addEventListener('click', does);
  }

  /**
   * @param {string} name
   * @returns {HTMLElement}
   */
  part(name) {
    return /** @type {HTMLElement} */ (this.page.querySelector(`[data-part="${name}"]`));
  }

  told() {
    return { ...answersOf(this.form), files: this.files.hashed.length };
  }

  goOn() {
    this.show(after(this.step, this.told()));
  }

  /** Leave this step's answer out. */
  skip() {
    const fields = /** @type {NodeListOf<HTMLInputElement>} */ (this.page.querySelectorAll(`[data-step="${this.step}"] :is(input, textarea)`));
    for (const field of fields) {
      if (field.type === 'radio' || field.type === 'checkbox') field.checked = false;
      else field.value = '';
    }
    this.goOn();
  }

  /** @param {string | undefined} name */
  show(name) {
    if (!name) return;
    this.step = name;
    for (const section of /** @type {NodeListOf<HTMLElement>} */ (this.page.querySelectorAll('[data-step]'))) {
      section.hidden = section.dataset.step !== name;
    }
    const way = wayOf(this.told());
    const place = way.indexOf(name);
    const progress = this.part('progress');
    progress.hidden = place < 0;
    progress.textContent = this.words.progress.replace('%1', String(place + 1)).replace('%2', String(way.length));
    if (name === 'check') void this.check();
    this.refresh();
    /** @type {HTMLElement} */ (this.page.querySelector(`[data-step="${name}"] :is(h1, legend)`))?.focus();
    window.scrollTo(0, 0);
  }

  /** @param {string} text */
  say(text) {
    this.part('live').textContent = text;
  }

  /** The button below the files waits for all of them. */
  refresh() {
    const next = /** @type {HTMLButtonElement} */ (this.page.querySelector('[data-step="choose"] [data-next]'));
    next.disabled = this.files.pending > 0;
    next.textContent = this.files.hashed.length > 0 ? this.words.next_files : this.words.next_no_files;
  }

  /** Show every character that will be sent. */
  async check() {
    this.receipt ??= await makeReceipt();
    this.bodies = bodiesOf(this.receipt, toldOf(this.form), this.files.hashed);
    this.part('payload').textContent = this.bodies.join('\n\n');
  }

  /** Send exactly what was shown. */
  async sendIt() {
    const button = /** @type {HTMLButtonElement} */ (this.part('send'));
    button.disabled = true;
    this.part('trouble').hidden = true;
    this.say(this.words.sending);
    try {
      if (this.isPractice || (await this.sendAll())) this.finish();
      else this.trouble(this.words.unreachable);
    } catch (error) {
      this.trouble(error instanceof Refusal ? error.message : this.words.unreachable);
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

  /** @param {string} text */
  trouble(text) {
    const notice = this.part('trouble');
    notice.textContent = text;
    notice.hidden = false;
    this.say(text);
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
    this.show('receipt');
  }

  /** Say kindly what is wrong with this step's own fields before going on. */
  isFine() {
    const fields = /** @type {NodeListOf<HTMLInputElement>} */ (this.page.querySelectorAll(`[data-step="${this.step}"] input[type="email"]`));
    return [...fields].every((field) => field.reportValidity());
  }
}

/** Begin a report on the page, until it goes. */
export function begin() {
  const steps = new Steps(/** @type {HTMLElement} */ (document.querySelector('[data-behaviour="report"]')));
  return () => steps.files.close();
}
