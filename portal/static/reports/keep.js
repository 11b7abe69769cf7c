/** Keep the two codes: copy them, print them, save them in a plainly named file, or have the browser remember them. */

import { grouped } from './receipt.js';

/**
 * Show the codes and make the buttons around them work.
 * @param {HTMLElement} section
 * @param {{reference: string, key: string}} codes
 * @param {(text: string) => void} say tells what was done
 */
export function showCodes(section, codes, say) {
  const { copied, reference, key } = section.dataset;
  const shown = { reference: grouped(codes.reference), key: grouped(codes.key) };
  place('reference').textContent = shown.reference;
  place('key').textContent = shown.key;
  for (const field of /** @type {NodeListOf<HTMLInputElement>} */ (section.querySelectorAll('form > input'))) {
    field.value = field.name === 'key' ? shown.key : shown.reference;
  }
  for (const button of /** @type {NodeListOf<HTMLElement>} */ (section.querySelectorAll('[data-copies]'))) {
    button.hidden = false;
    button.addEventListener('click', async () => {
      await navigator.clipboard.writeText(place(button.dataset.copies ?? '').textContent ?? '');
      say(copied ?? '');
    });
  }
  const lines = `${reference}: ${shown.reference}\n${key}: ${shown.key}\n`;
  const link = /** @type {HTMLAnchorElement} */ (section.querySelector('[data-saves]'));
  link.href = URL.createObjectURL(new Blob([lines], { type: 'text/plain' }));
  section.querySelector('[data-prints]')?.addEventListener('click', () => window.print());
  for (const time of section.querySelectorAll('time')) showDay(time);
}

/**
 * @param {string} id
 * @returns {HTMLElement}
 */
function place(id) {
  return /** @type {HTMLElement} */ (document.getElementById(id));
}

/**
 * Write the day so many days from now.
 * @param {HTMLTimeElement} time
 */
function showDay(time) {
  const day = new Date();
  day.setDate(day.getDate() + Number(time.dataset.days));
  const year = time.dataset.year === undefined ? undefined : 'numeric';
  time.dateTime = day.toISOString().slice(0, 10);
  time.textContent = new Intl.DateTimeFormat(document.documentElement.lang, { day: 'numeric', month: 'long', year }).format(day);
}
