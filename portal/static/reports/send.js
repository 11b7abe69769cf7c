/** Send a report until it is accepted: the same reference each time, so that no retry can make a second report. */

const PAUSES = [500, 1000, 2000, 4000, 8000, 8000, 8000, 8000]; // milliseconds before each further try

/** The server understood and said no; trying again would not help. */
export class Refusal extends Error {}

/**
 * Wait.
 * @param {number} milliseconds
 * @returns {Promise<void>}
 */
function pause(milliseconds) {
  return new Promise((done) => setTimeout(done, milliseconds));
}

/**
 * Try once. Gives true when accepted, false when it is worth trying again.
 * @param {string} address
 * @param {string} body
 * @returns {Promise<boolean>}
 */
async function attempt(address, body) {
  let response;
  try {
    response = await fetch(address, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body,
      credentials: 'omit',
      referrerPolicy: 'no-referrer',
      cache: 'no-store',
    });
  } catch {
    return false;
  }
  const problem = await response.json().catch(() => ({}));
  if (response.status === 201) return true;
  if (response.status === 429 || response.status >= 500) return false;
  throw new Refusal(problem.detail ?? String(response.status));
}

/**
 * Send the body until the server has accepted it. Gives false when it could not be reached for about 40 seconds;
 * calling again with the same body is always safe.
 * @param {string} address
 * @param {string} body
 * @returns {Promise<boolean>}
 */
export async function send(address, body) {
  if (await attempt(address, body)) return true;
  for (const milliseconds of PAUSES) {
    await pause(milliseconds);
    if (await attempt(address, body)) return true;
  }
  return false;
}
