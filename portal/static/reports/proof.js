/** Make the proof of work that a report is sent with, off the page's own thread. */

/** The script that solves it could not be started: it did not load, or this browser does not run it. */
export class NotLoaded extends Error {}

/**
 * Fetch a challenge and solve it.
 * @param {string} address where challenges are given
 * @param {string} workerUrl may be a TrustedScriptURL
 * @returns {Promise<string>} the text of the header; rejects when there is no network, and with NotLoaded
 */
export async function makeProof(address, workerUrl) {
  const response = await fetch(address, { credentials: 'omit', referrerPolicy: 'no-referrer', cache: 'no-store' });
  if (!response.ok) throw new Error(String(response.status));
  const challenge = await response.json();
  const number = await solve(challenge, workerUrl);
  const { algorithm, challenge: wanted, salt, signature } = challenge;
  return btoa(JSON.stringify({ algorithm, challenge: wanted, number, salt, signature }));
}

/**
 * @param {{salt: string, challenge: string, maxnumber: number}} challenge
 * @param {string} workerUrl
 * @returns {Promise<number>}
 */
function solve(challenge, workerUrl) {
  return new Promise((resolve, reject) => {
    const worker = new Worker(workerUrl, { type: 'module' });
    worker.onmessage = ({ data }) => {
      worker.terminate();
      resolve(data);
    };
    worker.onerror = (event) => {
      worker.terminate();
      reject(new NotLoaded(event.message));
    };
    worker.postMessage(challenge);
  });
}
