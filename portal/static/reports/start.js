/** The page on which a report is made: one question at a time, then send, then keep the codes. All of it in this tab alone. */

import { after, answersOf, before, wayOf } from './flow.js';

/** The steps of one report, on the page that holds them. */
class Steps {
  /** @param {HTMLElement} page */
  constructor(page) {
    this.page = page;
    this.form = /** @type {HTMLFormElement} */ (page.querySelector('form'));
    /** @type {Record<string, string>} */
    this.words = JSON.parse(document.getElementById('words')?.textContent ?? '{}');
    /** @type {import('./report.js').Report | undefined} */
    this.report = undefined;
    /** @type {Promise<import('./report.js').Report> | undefined} */
    this.loading = undefined;
    this.step = 'leave';
    this.listen();
    this.show('leave');
    void this.load().catch(() => undefined); // it is asked for again once it is needed
  }

  /** Have every button do its work. */
  listen() {
    this.form.addEventListener('submit', (event) => {
      event.preventDefault();
      if (this.isFine() && !this.report?.files.pending) void this.goOn();
    });
    this.form.addEventListener('submit', () => void this.load().then(({ files }) => files.prepare(), () => undefined), { once: true });
    this.on('[data-next]', () => this.isFine() && void this.goOn());
    this.on('[data-back]', () => this.show(before(this.step, this.told())));
    this.on('[data-skip]', () => this.skip());
    this.on('[data-part="send"]', () => void this.send());
    this.on('[data-part="again"]', () => this.show('have'));
    this.on('[data-part="no-file"]', () => this.show('links'));
  }

  /**
   * Load what chooses, shows and sends: on a slow line the first questions do not wait for it.
   * @returns {Promise<import('./report.js').Report>}
   */
  load() {
    this.loading ??= import('./report.js').then(({ Report }) => (this.report = new Report(this.page, this.words, () => this.refresh())));
    this.loading.catch(() => (this.loading = undefined));
    return this.loading;
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
    return { ...answersOf(this.form), files: this.report?.files.hashed.length ?? 0 };
  }

  async goOn() {
    if (this.step === 'have' && !(await this.isLoaded())) return;
    this.show(after(this.step, this.told()));
  }

  /** @returns {Promise<boolean>} whether the steps from the files on can begin; if not, the page says so */
  async isLoaded() {
    document.documentElement.dataset.busy = '';
    await this.load().catch(() => undefined);
    delete document.documentElement.dataset.busy;
    this.part('stuck').hidden = this.report !== undefined;
    return this.report !== undefined;
  }

  /** Leave this step's answer out. */
  skip() {
    const fields = /** @type {NodeListOf<HTMLInputElement>} */ (this.page.querySelectorAll(`[data-step="${this.step}"] :is(input, textarea)`));
    for (const field of fields) {
      if (field.type === 'radio' || field.type === 'checkbox') field.checked = false;
      else field.value = '';
    }
    void this.goOn();
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
    if (name === 'check') void this.report?.check();
    this.refresh();
    /** @type {HTMLElement} */ (this.page.querySelector(`[data-step="${name}"] :is(h1, legend)`))?.focus();
    window.scrollTo(0, 0);
  }

  /** The button below the files waits for all of them. */
  refresh() {
    const next = /** @type {HTMLButtonElement} */ (this.page.querySelector('[data-step="choose"] [data-next]'));
    next.disabled = Boolean(this.report?.files.pending);
    next.textContent = this.report?.files.hashed.length ? this.words.next_files : this.words.next_no_files;
  }

  /** Send, then show the codes. */
  async send() {
    if (!(await this.report?.send())) return;
    this.report?.finish();
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
  return () => steps.report?.files.close();
}
