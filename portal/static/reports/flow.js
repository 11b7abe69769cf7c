/** What was answered, and which question comes next: plain values in and out, so that a test can walk every way through. */

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

/**
 * @param {HTMLFormElement} form
 * @returns {Told}
 */
export function answersOf(form) {
  const data = new FormData(form);
  const one = (/** @type {string} */ name) => String(data.get(name) ?? '');
  const links = linksOf(form).length;
  return { situation: one('situation'), image_of: one('image_of'), age_band: one('age_band'), has_file: one('has_file'), links };
}

/**
 * Give what will be sent besides fingerprints; what was left out is not in it.
 * @param {HTMLFormElement} form
 * @returns {import('./payload.js').Told}
 */
export function toldOf(form) {
  const data = new FormData(form);
  /** @type {Record<string, string | string[]>} */
  const answers = {};
  for (const name of ['situation', 'image_of', 'age_band']) if (data.get(name)) answers[name] = String(data.get(name));
  const platforms = data.getAll('platforms').map(String);
  if (platforms.length > 0) answers.platforms = platforms;
  const may_share = data.get('may_share') === 'yes';
  const links = linksOf(form).map((address) => ({ address, may_share }));
  const email = String(data.get('email') ?? '').trim();
  return {
    ...(Object.keys(answers).length > 0 && { answers }),
    ...(links.length > 0 && { links }),
    ...(email && { email }),
  };
}

/**
 * @param {HTMLFormElement} form
 * @returns {string[]} one link a line, as typed, empty lines left out
 */
export function linksOf(form) {
  const lines = String(new FormData(form).get('links') ?? '').split(/\s+/);
  return lines.filter(Boolean).map((line) => line.slice(0, 500)).slice(0, 30);
}
