/** Make the reference and the key of a report, on the device. */

const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'; // Crockford's base 32: no I, L, O or U
const REFERENCE_LENGTH = 12;
const KEY_LENGTH = 28;

/**
 * Give the character that makes a typing error show (Luhn mod 32).
 * @param {string} body
 * @returns {string}
 */
export function checkCharacter(body) {
  let total = 0;
  let factor = 2;
  for (const letter of [...body].reverse()) {
    const addend = ALPHABET.indexOf(letter) * factor;
    factor = 3 - factor;
    total += Math.floor(addend / 32) + (addend % 32);
  }
  return ALPHABET[(32 - (total % 32)) % 32];
}

/**
 * Make a random code that ends in its check character.
 * @param {number} length characters in all; each but the last carries 5 random bits
 * @returns {string}
 */
function randomCode(length) {
  const bytes = crypto.getRandomValues(new Uint8Array(length - 1));
  const body = Array.from(bytes, (byte) => ALPHABET[byte & 31]).join('');
  return body + checkCharacter(body);
}

/**
 * Write a code in groups of four, as people read it.
 * @param {string} code
 * @returns {string}
 */
export function grouped(code) {
  return code.replace(/(.{4})(?=.)/g, '$1-');
}

/**
 * Make a receipt. The key never leaves the device; the server gets `keyHash` to check it against later.
 * @returns {Promise<{reference: string, key: string, keyHash: string}>}
 */
export async function makeReceipt() {
  const reference = randomCode(REFERENCE_LENGTH);
  const key = randomCode(KEY_LENGTH);
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(`${reference}:${key}`));
  const keyHash = Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, '0')).join('');
  return { reference, key, keyHash };
}
