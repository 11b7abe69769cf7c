// Hashing in the browser: the page's side. Hands files to sealed workers, one file a worker, and gives back promises.

import { Refusal } from "./refusal.js";

/** @typedef {import("./hash_file.js").HashedFile} HashedFile */

/**
 * One worker, the one file it may be busy with, and the last one it helped with. `isHeard`: it has loaded and spoken. `isHeavy`: it
 * holds the HEIC decoder and its much memory.
 * @typedef {{worker: Worker, task: Task | null, helped: Task | null, timer: ReturnType<typeof setTimeout> | undefined,
 *   isHeard: boolean, isHeavy: boolean, prepared: Promise<void>,
 *   settle: (error?: unknown) => void}} Place
 * @typedef {{id: number, file: File, protective: boolean, onProgress: (share: number) => void, signal: AbortSignal | undefined,
 *   soFar: Partial<HashedFile>, resolve: (hashed: HashedFile) => void, reject: (error: unknown) => void}} Task
 */

/** A file that hangs or breaks its worker is given up after this many milliseconds without a sign of life. */
const PATIENCE = 120_000;
/** A worker told to leave its file gets this many milliseconds to do so. Ending it at once would need the network for another. */
const GRACE = 10_000;
/** A worker that holds the HEIC decoder is exchanged once it has had nothing to do for this many milliseconds. */
const REST = 5_000;

/** @type {HashedFile} */
const NOTHING = { kind: "image", md5: null, pdq: [], vpdq: [], path: null, ms: 0, refused: null };

/**
 * Starts a pool of hashing workers. They start when first needed.
 * @param {{workerUrl: string | URL, size?: number, patience?: number, tmk?: boolean}} options `workerUrl` is the address of worker.js, and
 *   may be a TrustedScriptURL; `size` is the number of workers (by default one less than the cores of the device, from 1 to 4);
 *   `patience` how many milliseconds a file may show no progress; `tmk` adds TMK+PDQF to videos, for an operator who wants it
 */
export function createHasher({ workerUrl, size = defaultSize(), patience = PATIENCE, tmk = false }) {
  return new Hasher(workerUrl, size, patience, tmk);
}

function defaultSize() {
  return Math.max(1, Math.min(4, (navigator.hardwareConcurrency || 2) - 1));
}

class Hasher {
  /** @param {string | URL} workerUrl @param {number} size @param {number} patience @param {boolean} tmk */
  constructor(workerUrl, size, patience, tmk) {
    this.workerUrl = workerUrl;
    this.size = size;
    this.patience = patience;
    this.tmk = tmk;
    /** @type {Place[]} */
    this.places = [];
    /** @type {Task[]} */
    this.waiting = [];
    this.nextId = 1;
    this.isPrepared = false;
  }

  /**
   * Starts every worker and has each load all that any file may need. Afterwards no network is needed, whatever is chosen.
   * A pool of one gets a second worker, where there is a core for it, which only helps.
   * @returns {Promise<void>} rejects if something could not be loaded; files that do not need it can be hashed all the same
   */
  async ready() {
    this.isPrepared = true;
    for (const place of this.places) this.prepare(place);
    while (this.places.length < Math.max(this.size, Math.min(2, navigator.hardwareConcurrency))) this.open();
    await Promise.all(this.places.map(({ prepared }) => prepared));
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
      const task = { id: this.nextId++, file, protective, onProgress, signal, soFar: {}, resolve, reject };
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

  /** Gives waiting files to idle workers, those known to have loaded first. */
  advance() {
    while (this.waiting.length > 0 && this.places.filter(({ task }) => task).length < this.size) {
      const idle = this.places.filter(({ task }) => !task);
      const place = idle.find(({ isHeard }) => isHeard) ?? idle[0] ?? this.open();
      place.task = /** @type {Task} */ (this.waiting.shift());
      const { id, file, protective } = place.task;
      place.worker.postMessage({ id, file, protective, tmk: this.tmk });
      this.watch(place);
    }
    if (this.waiting.length > 0) return;
    for (const place of this.places) if (place.isHeavy && !place.task) this.relieve(place);
  }

  open() {
    /** @type {Place} */
    const place = {
      worker: new Worker(this.workerUrl, { type: "module" }), task: null, helped: null, timer: undefined,
      isHeard: false, isHeavy: false, prepared: Promise.resolve(), settle: () => {},
    };
    place.worker.addEventListener("message", ({ data }) => this.hear(place, data));
    place.worker.addEventListener("error", () => this.giveUp(place));
    this.places.push(place);
    if (this.isPrepared) this.prepare(place);
    return place;
  }

  /** @param {Place} place */
  prepare(place) {
    place.worker.postMessage({ prepare: true, tmk: this.tmk });
    place.prepared = new Promise((resolve, reject) => {
      place.settle = (error) => (error ? reject(error) : resolve());
    });
    // Whoever called ready() hears of a failure; a worker that is opened later has nobody to tell.
    place.prepared.catch(() => undefined);
  }

  /** Memory once taken is only given back by ending the worker. One that was prepared is exchanged, but never while files are hashed:
   * another one is fetched, and nothing is to be fetched then. @param {Place} place
   */
  relieve(place) {
    if (!this.isPrepared) return this.end(place);
    clearTimeout(place.timer);
    place.timer = setTimeout(() => void this.renew(place), REST);
  }

  /** Puts another worker in the place of an idle one, as soon as it has loaded. @param {Place} place */
  async renew(place) {
    if (this.places.some(({ task }) => task)) return this.relieve(place);
    place.isHeavy = false;
    const other = this.open();
    await other.prepared.then(() => this.end(place.task ? other : place), () => this.end(other));
    place.isHeavy = place.task !== null;
  }

  /** @param {Place} place @param {import("./worker.js").Word} word */
  hear(place, word) {
    place.isHeard = true;
    if (word.id === undefined) return place.settle(word.failed);
    const { task } = place;
    if (!task || word.id !== task.id) return;
    if (word.failed) return this.giveUp(place);
    if (word.plea) return this.findHelp(task, word.plea);
    if (word.so_far) {
      task.soFar = word.so_far;
      if (task.signal?.aborted) return;
      this.watch(place);
      return task.onProgress(word.share ?? 0);
    }
    clearTimeout(place.timer);
    place.task = null;
    if (word.hashed?.path === "libheif") place.isHeavy = true;
    task.resolve(/** @type {HashedFile} */ (word.hashed));
    this.advance();
  }

  /** With no worker idle, nobody answers: the one that asks waits for nobody. @param {Task} task @param {import("./heic.js").Plea} plea */
  findHelp(task, plea) {
    const busy = this.places.map((each) => each.task).filter((each) => each !== null);
    const idle = this.places.find((each) => each.isHeard && !each.task && !(each.helped && busy.includes(each.helped)));
    if (!idle) return;
    Object.assign(idle, { helped: task, isHeavy: true });
    idle.worker.postMessage(plea, [plea.bytes.buffer, plea.port]);
  }

  /** Starts anew to wait for a sign of life. @param {Place} place @param {number} patience */
  watch(place, patience = this.patience) {
    clearTimeout(place.timer);
    place.timer = setTimeout(() => this.giveUp(place), patience);
  }

  /**
   * The worker broke or hangs: what is known of its file so far is all there will be. One that could not even be loaded
   * leaves its file to the others.
   * @param {Place} place
   */
  giveUp(place) {
    const { task } = place;
    this.end(place);
    place.settle(new Error("The worker could not be loaded."));
    if (task && !place.isHeard && this.places.length > 0) {
      this.size = this.places.length;
      this.waiting.unshift(task);
    } else {
      task?.resolve({ ...NOTHING, ...task.soFar, refused: new Refusal(place.isHeard ? "gave_up" : "not_loaded").note() });
    }
    this.advance();
  }

  /** @param {Task} task */
  cancel(task) {
    this.waiting = this.waiting.filter((each) => each !== task);
    task.reject(task.signal?.reason);
    const place = this.places.find((each) => each.task === task);
    if (!place) return;
    place.worker.postMessage({ leave: task.id });
    this.watch(place, GRACE);
  }

  /** @param {Place} place */
  end(place) {
    clearTimeout(place.timer);
    place.worker.terminate();
    this.places = this.places.filter((each) => each !== place);
  }
}
