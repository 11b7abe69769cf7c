// The pictures of tests/hashing/pictures.py, drawn the same way.

/** @param {number} value */
const triangle = (value) => Math.floor((Math.abs(mod(value, 1024) - 512) * 255) / 512);
/** @param {number} value @param {number} by */
const mod = (value, by) => ((value % by) + by) % by;

/**
 * @param {number} width @param {number} height @param {number} seed
 * @returns {Uint8Array} RGBA, opaque
 */
export function draw(width, height, seed) {
  const pixels = new Uint8Array(width * height * 4).fill(255);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      for (let channel = 0; channel < 3; channel++) {
        pixels[(y * width + x) * 4 + channel] = valueAt(x, y, width, height, seed * 3 + channel);
      }
    }
  }
  return pixels;
}

/** @param {number} x @param {number} y @param {number} width @param {number} height @param {number} seed */
function valueAt(x, y, width, height, seed) {
  const [u, v] = [Math.floor((x * 1024) / width), Math.floor((y * 1024) / height)];
  const wave = triangle(u * (1 + (seed % 5)) + v * (2 + (seed % 3))) + triangle(u * (3 + (seed % 7)) - v * (1 + (seed % 4)) + 4096);
  const cell = Math.floor((u * (5 + (seed % 6))) / 1024) + Math.floor((v * (4 + (seed % 5))) / 1024) * 7 + seed;
  const block = ((cell * 40503) >> 4) % 256;
  const grain = Number(((BigInt(x) * 374761393n + BigInt(y) * 668265263n + BigInt(seed) * 974634777n) >> 7n) % 24n);
  return Math.floor((wave * 2 + block + grain * 4) / 6) % 256;
}
