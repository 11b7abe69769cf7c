/** The one Trusted Types policy: only this site's own scripts may become workers, and its own pages markup. */

const policy = /** @type {any} */ (window).trustedTypes?.createPolicy('takeitdown', { createScriptURL: ownScript, createHTML: String });

/**
 * @param {string} url
 * @returns {string}
 */
function ownScript(url) {
  if (new URL(url, location.href).origin !== location.origin) throw new TypeError('not our script');
  return url;
}

/**
 * Give an address in the form a worker may be started from.
 * @param {string} url
 * @returns {string} in truth a TrustedScriptURL where there are any
 */
export function trusted(url) {
  return /** @type {string} */ (/** @type {unknown} */ (policy ? policy.createScriptURL(url) : url));
}

/**
 * Give the text of a page, which this site has just answered, in the form a parser takes. It is parsed, never run.
 * @param {string} text
 * @returns {string} in truth a TrustedHTML where there is any
 */
export function markup(text) {
  return /** @type {string} */ (/** @type {unknown} */ (policy ? policy.createHTML(text) : text));
}
