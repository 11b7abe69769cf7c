/** Read what was answered on the page. Everything may be left out. */

/**
 * @param {HTMLFormElement} form
 * @returns {import('./flow.js').Told}
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
