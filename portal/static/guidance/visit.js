/**
 * A visit is one entry in the tab's history, under the address one came by: links and forms of this site change what the
 * page shows, and nothing else. So Back never shows a page of ours after leaving, no list of pages names more than the
 * first, and the language one chooses stands in no address: it is the tab's name, until one leaves.
 */

import { markup } from '../reports/trusted.js';

const SCRIPTS = 'script[data-begin], link[rel="modulepreload"]';
const NAME = /^language:([a-z-]+)$/;
/** @type {(() => void)[]} what the scripts of the shown page want done before it goes */
let endings = [];
/** @type {AbortController | undefined} */
let going;

/** @returns {string | undefined} the language chosen in this tab */
function chosen() {
  return NAME.exec(window.name)?.[1];
}

/** Start the scripts that the page names. */
async function begin() {
  const named = /** @type {NodeListOf<HTMLScriptElement>} */ (document.querySelectorAll('script[data-begin]'));
  const modules = await Promise.all([...named].map((script) => import(script.src)));
  endings = modules.flatMap((module) => module.begin() ?? []);
}

/**
 * Fetch a page and show it in place of this one.
 * @param {string} address
 * @param {RequestInit} how
 * @returns {Promise<boolean>} false when it could not be had
 */
async function go(address, how = {}) {
  going?.abort();
  going = new AbortController();
  document.documentElement.dataset.busy = '';
  /** @type {Record<string, string>} */
  const headers = { Accept: 'text/html' };
  const language = chosen();
  if (language) headers['Accept-Language'] = language;
  try {
    const answer = await fetch(address, { ...how, headers, signal: going.signal, credentials: 'omit', referrerPolicy: 'no-referrer', cache: 'no-store' });
    await show(await answer.text());
    return true;
  } catch (error) {
    return error instanceof DOMException && error.name === 'AbortError';
  } finally {
    delete document.documentElement.dataset.busy;
  }
}

/** @param {string} text a whole page of ours */
async function show(text) {
  const page = new DOMParser().parseFromString(markup(text), 'text/html');
  for (const end of endings) end();
  endings = [];
  document.title = page.title;
  document.documentElement.lang = page.documentElement.lang;
  document.documentElement.dir = page.documentElement.dir;
  for (const old of document.head.querySelectorAll(SCRIPTS)) old.remove();
  document.head.append(...page.head.querySelectorAll(`${SCRIPTS}, meta[http-equiv]`));
  document.body.replaceChildren(...page.body.childNodes);
  window.scrollTo(0, 0);
  document.getElementById('content')?.focus();
  await begin();
}

/** @param {MouseEvent} event @returns {HTMLAnchorElement | null} the link of ours that was plainly pressed */
function pressed(event) {
  const link = event.target instanceof Element ? event.target.closest('a') : null;
  if (!link || event.defaultPrevented || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return null;
  if (link.origin !== location.origin || link.target || link.download) return null;
  return link.getAttribute('href')?.startsWith('#') ? null : link;
}

document.addEventListener('click', async (event) => {
  const link = pressed(event);
  if (!link) return;
  event.preventDefault();
  const { language, plain } = link.dataset;
  if (language) window.name = `language:${language}`;
  if (!(await go(plain ?? link.href))) location.replace(link.href);
});

document.addEventListener('submit', async (event) => {
  const form = /** @type {HTMLFormElement} */ (event.target);
  if (event.defaultPrevented || new URL(form.action).origin !== location.origin) return;
  event.preventDefault();
  const body = new URLSearchParams(/** @type {any} */ (new FormData(form, event.submitter)));
  if (!(await go(form.action, { method: 'POST', body }))) form.submit();
});

await begin();
const language = chosen();
if (language && language !== document.documentElement.lang) await go(location.href);

export {};
