/** Send until it is accepted: the same reference each time, so that no retry can make a second report. */

import { NotLoaded } from './proof.js';

const PAUSES = [500, 1000, 2000, 4000, 8000, 8000, 8000, 8000]; // milliseconds after each try but the last

/** The server understood and said no; trying again would not help. */
export class Refusal extends Error {}

/**
 * @typedef {{address: string, body: string, prove?: () => Promise<string>}} Parcel one body, where it goes, and what
 *   makes a new proof of work when the address asks for one
 */

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
 * @param {Parcel} parcel
 * @returns {Promise<boolean>}
 */
async function attempt({ address, body, prove }) {
  let response;
  try {
    /** @type {Record<string, string>} */
    const headers = { 'Content-Type': 'application/json' };
    if (prove) headers['Proof-Of-Work'] = await prove();
    response = await fetch(address, { method: 'POST', headers, body, credentials: 'omit', referrerPolicy: 'no-referrer', cache: 'no-store' });
  } catch (error) {
    if (error instanceof NotLoaded) throw error;
    return false;
  }
  const problem = await response.json().catch(() => ({}));
  if (response.status === 201) return true;
  if (response.status === 429 || response.status >= 500 || String(problem.type).endsWith(':proof-needed')) return false;
  throw new Refusal(problem.detail ?? String(response.status));
}

/**
 * Send one body until the server has accepted it. Gives false when it could not be reached for about 40 seconds, and rejects
 * with NotLoaded when it was the proof that could not be made; calling again with the same body is always safe.
 * @param {Parcel} parcel
 * @returns {Promise<boolean>}
 */
export async function send(parcel) {
  for (const milliseconds of PAUSES) {
    if (await attempt(parcel).catch(unlessRefused)) return true;
    await pause(milliseconds);
  }
  return attempt(parcel);
}

/**
 * @param {unknown} error
 * @returns {false}
 */
function unlessRefused(error) {
  if (error instanceof Refusal) throw error;
  return false;
}
