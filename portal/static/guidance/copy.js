/** Copy what a button stands by: a letter, a key. Nothing of it leaves the page. */

/** Make the page's buttons work. */
export function begin() {
  const status = /** @type {HTMLElement} */ (document.querySelector('[data-copied]'));
  for (const button of /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll('[data-copies]'))) {
    const place = /** @type {HTMLElement} */ (document.getElementById(button.dataset.copies ?? ''));
    button.hidden = false;
    button.addEventListener('click', async () => {
      await navigator.clipboard.writeText(place instanceof HTMLTextAreaElement ? place.value : (place.textContent ?? ''));
      status.textContent = status.dataset.copied ?? '';
    });
  }
}
