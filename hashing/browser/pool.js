// Hashing in the browser: the page's side. Hands files to sealed workers, one file a worker, and gives back promises.

import { Refusal } from "./refusal.js";

/** @typedef {import("./hash_file.js").HashedFile} HashedFile */

/**
 * One worker and the one file it may be busy with.
 * @typedef {{worker: Worker, heic: boolean, task: Task | null, timer: ReturnType<typeof setTimeout> | undefined}} Place
 * @typedef {{id: number, file: File, heic: boolean, protective: boolean, onProgress: (share: number) => void, signal: AbortSignal | undefined,
 *   soFar: Partial<HashedFile>, resolve: (hashed: HashedFile) => void, reject: (error: unknown) => void}} Task
 */

/** A file that hangs or breaks its worker is given up after this many milliseconds without a sign of life. */
const PATIENCE = 120_000;

/** @type {HashedFile} */
const NOTHING = { kind: "image", md5: null, pdq: [], vpdq: [], path: null, ms: 0, refused: null };

/**
 * Starts a pool of hashing workers. They start when first needed.
 * @param {{workerUrl: string | URL, size?: number, patience?: number}} options `workerUrl` is the address of worker.js, and
 *   may be a TrustedScriptURL; `size` is the number of workers (by default one less than the cores of the device, from 1 to 4);
 *   `patience` how many milliseconds a file may show no progress
 */
export function createHasher({ workerUrl, size = defaultSize(), patience = PATIENCE }) {
  return new Hasher(workerUrl, size, patience);
}

function defaultSize() {
  return Math.max(1, Math.min(4, (navigator.hardwareConcurrency || 2) - 1));
}

class Hasher {
  /** @param {string | URL} workerUrl @param {number} size @param {number} patience */
  constructor(workerUrl, size, patience) {
    this.workerUrl = workerUrl;
    this.size = size;
    this.patience = patience;
    /** @type {Place[]} */
    this.places = [];
    /** @type {Task[]} */
    this.waiting = [];
    this.nextId = 1;
  }

  /**
   * Hashes one file. Files beyond the number of workers wait their turn. A file that cannot be hashed resolves all the same:
   * `refused` says why, and other files are not affected.
   * @param {File} file
   * @param {{onProgress?: (share: number) => void, signal?: AbortSignal, protective?: boolean}} [options] `onProgress` hears
   *   shares from 0 to 1; `protective` adds the derived forms of variants.js, which is for the person to choose
   * @returns {Promise<HashedFile>} rejects only when cancelled, with the signal's reason, or closed
   */
  hash(file, { onProgress = () => {}, signal, protective = false } = {}) {
    return new Promise((resolve, reject) => {
      if (signal?.aborted) return reject(signal.reason);
      const task = { id: this.nextId++, file, heic: false, protective, onProgress, signal, soFar: {}, resolve, reject };
      signal?.addEventListener("abort", () => this.cancel(task), { once: true });
      this.waiting.push(task);
      this.advance();
    });
  }

  /** Ends every worker; files not yet hashed are rejected. */
  close() {
    const error = new DOMException("The hasher was closed.", "AbortError");
    const tasks = [...this.places.map(({ task }) => task), ...this.waiting];
    for (const place of this.places) this.end(place);
    this.waiting = [];
    for (const task of tasks) task?.reject(error);
  }

  /** Gives waiting files to idle workers, and at the end ends those that hold the HEIC decoder and its much memory. */
  advance() {
    while (this.waiting.length > 0 && this.places.filter(({ task }) => task).length < this.size) {
      const task = /** @type {Task} */ (this.waiting.shift());
      const place = this.places.find((each) => !each.task && each.heic === task.heic) ?? this.open(task.heic);
      place.task = task;
      place.worker.postMessage({ id: task.id, file: task.file, heic: task.heic, protective: task.protective });
      this.watch(place);
    }
    if (this.waiting.length > 0) return;
    for (const place of this.places) if (place.heic && !place.task) this.end(place);
  }

  /** @param {boolean} heic */
  open(heic) {
    const worker = new Worker(this.workerUrl, { type: "module" });
    /** @type {Place} */
    const place = { worker, heic, task: null, timer: undefined };
    worker.addEventListener("message", ({ data }) => this.hear(place, data));
    worker.addEventListener("error", () => this.giveUp(place));
    this.places.push(place);
    return place;
  }

  /** @param {Place} place @param {import("./worker.js").Word} word */
  hear(place, word) {
    const { task } = place;
    if (!task || word.id !== task.id) return;
    if (word.failed) return this.giveUp(place);
    if (word.so_far) {
      task.soFar = word.so_far;
      this.watch(place);
      return task.onProgress(word.share ?? 0);
    }
    clearTimeout(place.timer);
    place.task = null;
    if (word.hashed) task.resolve(word.hashed);
    else this.waiting.unshift(Object.assign(task, { heic: true }));
    this.advance();
  }

  /** Starts anew to wait for a sign of life. @param {Place} place */
  watch(place) {
    clearTimeout(place.timer);
    place.timer = setTimeout(() => this.giveUp(place), this.patience);
  }

  /** The worker broke or hangs: what is known of its file so far is all there will be. @param {Place} place */
  giveUp(place) {
    const { task } = place;
    this.end(place);
    task?.resolve({ ...NOTHING, ...task.soFar, refused: new Refusal("gave_up").note() });
    this.advance();
  }

  /** @param {Task} task */
  cancel(task) {
    const place = this.places.find((each) => each.task === task);
    // Decoding cannot be interrupted; ending its worker can.
    if (place) this.end(place);
    this.waiting = this.waiting.filter((each) => each !== task);
    task.reject(task.signal?.reason);
    this.advance();
  }

  /** @param {Place} place */
  end(place) {
    clearTimeout(place.timer);
    place.worker.terminate();
    this.places = this.places.filter((each) => each !== place);
  }
}
