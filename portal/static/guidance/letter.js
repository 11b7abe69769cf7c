/** Copy the letter; nothing that is typed into it leaves the page. */

/** Make the page's button work. */
export function begin() {
  const button = /** @type {HTMLButtonElement} */ (document.querySelector('[data-copies]'));
  const letter = /** @type {HTMLTextAreaElement} */ (document.getElementById(button.dataset.copies ?? ''));
  const status = /** @type {HTMLElement} */ (document.querySelector('[data-copied]'));
  button.hidden = false;
  button.addEventListener('click', async () => {
    await navigator.clipboard.writeText(letter.value);
    status.textContent = status.dataset.copied ?? '';
  });
}
