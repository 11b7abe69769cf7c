// One file of this device, hashed by the very modules a reporter's browser runs, and shown as text.

import { createHasher } from "../hashing/pool.js";
import { trusted } from "../reports/trusted.js";

const page = /** @type {HTMLElement} */ (document.querySelector('[data-behaviour="fingerprint"]'));
const part = (/** @type {string} */ name) => /** @type {HTMLElement} */ (page.querySelector(`[data-part="${name}"]`));
const hasher = createHasher({ workerUrl: trusted(page.dataset.worker ?? ""), size: 1 });
const chosen = /** @type {HTMLInputElement} */ (part("file"));
const edits = /** @type {HTMLInputElement} */ (part("edits"));
const [live, output] = [part("live"), part("output")];

async function show() {
  const [file] = chosen.files ?? [];
  if (!file) return;
  output.hidden = true;
  live.textContent = live.dataset.working ?? "";
  const hashed = await hasher.hash(file, { protective: edits.checked });
  output.textContent = JSON.stringify({ file: file.name, ...hashed }, null, 2);
  output.hidden = false;
  live.textContent = live.dataset.ready ?? "";
}

chosen.addEventListener("change", () => void show());
edits.addEventListener("change", () => void show());
