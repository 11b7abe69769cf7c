// Hashing in the browser: the page's side. Hands files to sealed workers, one file a worker, and gives back promises.

/** @typedef {import("./hash_file.js").HashedFile} HashedFile */

/**
 * One worker and the one file it may be busy with.
 * @typedef {{worker: Worker, task: Task | null}} Place
 * @typedef {{id: number, file: File, onProgress: (share: number) => void, signal: AbortSignal | undefined,
 *   resolve: (hashed: HashedFile) => void, reject: (error: unknown) => void}} Task
 */

/**
 * Starts a pool of hashing workers.
 * @param {{workerUrl: string | URL, size?: number}} options `workerUrl` may be a TrustedScriptURL; `size` is the number of
 *   workers (by default one less than the cores of the device, between 1 and 4)
 */
export function createHasher({ workerUrl, size = defaultSize() }) {
  return new Hasher(workerUrl, size);
}

function defaultSize() {
  return Math.max(1, Math.min(4, (navigator.hardwareConcurrency || 2) - 1));
}

class Hasher {
  /** @param {string | URL} workerUrl @param {number} size */
  constructor(workerUrl, size) {
    this.workerUrl = workerUrl;
    this.size = size;
    /** @type {Place[]} */
    this.places = [];
    /** @type {Task[]} */
    this.waiting = [];
    this.nextId = 1;
  }

  /**
   * Hashes one file. Files beyond the number of workers wait their turn.
   * @param {File} file
   * @param {{onProgress?: (share: number) => void, signal?: AbortSignal}} [options] `onProgress` hears shares from 0 to 1
   * @returns {Promise<HashedFile>} rejects with the signal's reason when cancelled
   */
  hash(file, { onProgress = () => {}, signal } = {}) {
    return new Promise((resolve, reject) => {
      if (signal?.aborted) return reject(signal.reason);
      const task = { id: this.nextId++, file, onProgress, signal, resolve, reject };
      signal?.addEventListener("abort", () => this.cancel(task), { once: true });
      this.waiting.push(task);
      this.advance();
    });
  }

  /** Ends every worker; files still waiting are rejected. */
  close() {
    const error = new DOMException("The hasher was closed.", "AbortError");
    for (const { worker, task } of this.places) {
      worker.terminate();
      task?.reject(error);
    }
    for (const task of this.waiting) task.reject(error);
    this.places = [];
    this.waiting = [];
  }

  advance() {
    while (this.waiting.length > 0) {
      const place = this.places.find(({ task }) => task === null) ?? this.open();
      if (!place) return;
      const task = /** @type {Task} */ (this.waiting.shift());
      place.task = task;
      place.worker.postMessage({ id: task.id, file: task.file });
    }
  }

  open() {
    if (this.places.length >= this.size) return null;
    const worker = new Worker(this.workerUrl, { type: "module" });
    /** @type {Place} */
    const place = { worker, task: null };
    worker.addEventListener("message", ({ data }) => this.hear(place, data));
    worker.addEventListener("error", (event) => this.drop(place, new Error(event.message || "The hashing worker failed.")));
    this.places.push(place);
    return place;
  }

  /** @param {Place} place @param {any} word */
  hear(place, word) {
    const { task } = place;
    if (!task || word.id !== task.id) return;
    if (word.share !== undefined) return task.onProgress(word.share);
    place.task = null;
    if (word.hashed) task.resolve(word.hashed);
    else task.reject(new Error(word.failed));
    this.advance();
  }

  /** @param {Task} task */
  cancel(task) {
    this.waiting = this.waiting.filter((other) => other !== task);
    const place = this.places.find((other) => other.task === task);
    if (place) this.drop(place, task.signal?.reason);
    else task.reject(task.signal?.reason);
  }

  /** Decoding cannot be interrupted, ending the worker can. @param {Place} place @param {unknown} error */
  drop(place, error) {
    place.worker.terminate();
    this.places = this.places.filter((other) => other !== place);
    place.task?.reject(error);
    this.advance();
  }
}
