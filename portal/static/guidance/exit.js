/** Leave fast: by the button, by its twin at the top, or by pressing Shift three times. */

const PATIENCE = 5000; // milliseconds between two presses of Shift

let presses = 0;
let isAlone = true;
let hasLeft = false;
/** @type {ReturnType<typeof setTimeout> | undefined} */
let timer;

/** @returns {HTMLAnchorElement} the button, as the page has it now */
function button() {
  return /** @type {HTMLAnchorElement} */ (document.querySelector('[data-shift]'));
}

/** @param {number} which after the first press, the second, the third; and when it was broken off */
function say(which) {
  const status = /** @type {HTMLElement} */ (document.querySelector('[data-exit-status]'));
  status.textContent = JSON.parse(button().dataset.words ?? '[]')[which];
}

/** Hide everything at once, then go: the page's own entry in the history is overwritten. */
function leave() {
  hasLeft = true;
  document.documentElement.classList.add('left');
  document.title = '';
  window.name = '';
  location.replace(button().href);
}

/** @param {number} count */
function show(count) {
  presses = count;
  button().dataset.presses = String(count);
}

/** Begin to count anew. */
function stop() {
  clearTimeout(timer);
  if (presses > 0) say(3);
  show(0);
}

/** Shift went up and nothing else was pressed with it. */
function count() {
  clearTimeout(timer);
  show(presses + 1);
  say(presses - 1);
  if (presses === 3) leave();
  else timer = setTimeout(stop, PATIENCE);
}

document.addEventListener('keydown', (event) => {
  if (event.key === 'Shift') {
    if (!event.repeat) isAlone = true;
    return;
  }
  isAlone = false;
  if (presses > 0) stop();
});
document.addEventListener('keyup', (event) => {
  if (event.key === 'Shift' && isAlone) count();
});
document.addEventListener('click', (event) => {
  if (!(event.target instanceof Element && event.target.closest('[data-exit]'))) return;
  event.preventDefault();
  leave();
});
// A browser may keep the page as it was and bring it back: after leaving there is nothing to bring back.
window.addEventListener('pageshow', (event) => {
  if (event.persisted && hasLeft) leave();
});

export {};
