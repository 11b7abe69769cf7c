/** Which question comes next. Plain values in and out, so that every way through can be walked in a test. */

/** @typedef {{situation?: string, image_of?: string, age_band?: string, has_file?: string, links?: number, files?: number}} Told */

/** In this order; each with what must be so for it to be shown. @type {[string, (told: Told) => boolean][]} */
const STEPS = [
  ['leave', () => true],
  ['situation', () => true],
  ['threat', ({ situation }) => situation === 'threatened'],
  ['whose', () => true],
  ['helping', ({ image_of }) => image_of === 'helping'],
  ['age', () => true],
  ['adult', ({ age_band }) => age_band === '18'],
  ['where', () => true],
  ['have', () => true],
  ['choose', ({ has_file }) => has_file !== 'no'],
  ['links', ({ situation, has_file }) => has_file === 'no' || situation === 'shared' || situation === 'found'],
  ['nothing', ({ files, links }) => !files && !links],
  ['mail', () => true],
  ['check', () => true],
];

/** From here the way does not go on: another service helps, or there is nothing to send. Both say what to do instead. */
const ENDS = ['adult', 'nothing'];

/**
 * The steps of this person, from the first to the end.
 * @param {Told} told
 * @returns {string[]}
 */
export function wayOf(told) {
  const shown = STEPS.filter(([, isShown]) => isShown(told)).map(([name]) => name);
  const end = shown.findIndex((name) => ENDS.includes(name));
  return end < 0 ? shown : shown.slice(0, end + 1);
}

/**
 * @param {string} step
 * @param {Told} told
 * @returns {string | undefined} the step after this one; none at the end
 */
export function after(step, told) {
  const way = wayOf(told);
  return way[way.indexOf(step) + 1];
}

/**
 * @param {string} step
 * @param {Told} told
 * @returns {string | undefined} the step before this one; none at the start
 */
export function before(step, told) {
  const way = wayOf(told);
  return way[way.indexOf(step) - 1];
}
