/** Find the number that, behind the salt, has the SHA-256 that was asked for (ALTCHA's first protocol). */

const AT_ONCE = 256;
const encoder = new TextEncoder();

/**
 * @param {{salt: string, challenge: string, maxnumber: number}} challenge
 * @returns {Promise<number>} the number, or -1 when there is none
 */
async function find({ salt, challenge, maxnumber }) {
  const wanted = Uint8Array.from(challenge.match(/../g) ?? [], (pair) => parseInt(pair, 16));
  for (let first = 0; first <= maxnumber; first += AT_ONCE) {
    const numbers = Array.from({ length: AT_ONCE }, (_, i) => first + i);
    const digests = await Promise.all(numbers.map((number) => crypto.subtle.digest('SHA-256', encoder.encode(salt + number))));
    const found = digests.findIndex((digest) => isSame(new Uint8Array(digest), wanted));
    if (found >= 0) return first + found;
  }
  return -1;
}

/**
 * @param {Uint8Array} one
 * @param {Uint8Array} other
 */
function isSame(one, other) {
  return one[0] === other[0] && one.every((byte, i) => byte === other[i]);
}

self.addEventListener('message', async ({ data }) => self.postMessage(await find(data)));
