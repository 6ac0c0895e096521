// What the server says about this page: which it is, in which language, with which texts.

import { keepWhole, plainOf, sayer } from '../models/words.js';
import { byId } from './dom.js';

/**
 * @typedef {{page: string, lang: string, languages: string[], assets: string, role: string, me: string, may: string[], meeting: string,
 *   device: string, tables: string[], whole: string[],
 *   texts: Record<string, Record<string, string>>}} Place
 */

/** @type {Place} */
export const place = JSON.parse(byId('place').textContent ?? '{}');

keepWhole(place.whole ?? []);
document.addEventListener('copy', copied);

/**
 * What is copied from the page has no joiners; what stands in a field never had any.
 * @param {ClipboardEvent} event
 */
function copied(event) {
  const chosen = document.getSelection();
  const text = chosen?.toString() ?? '';
  if (!chosen || chosen.isCollapsed || plainOf(text) === text) return;
  const box = document.createElement('div');
  for (let at = 0; at < chosen.rangeCount; at += 1) box.append(chosen.getRangeAt(at).cloneContents());
  event.clipboardData?.setData('text/plain', plainOf(text));
  event.clipboardData?.setData('text/html', plainOf(new XMLSerializer().serializeToString(box)));
  event.preventDefault();
}

/** Texts in the language of the page. */
export const t = sayer(place.texts[place.lang] ?? {}, place.lang);

/**
 * Texts in another language, for a screen that shows two.
 * @param {string} language
 */
export function textsIn(language) {
  return sayer(place.texts[language] ?? place.texts[place.lang] ?? {}, language);
}

/**
 * Ask the API as this page.
 * @param {string} method
 * @param {string} path
 * @param {any} [body]
 * @returns {Promise<{ok: boolean, status: number, data: any}>}
 */
export async function ask(method, path, body) {
  /** @type {RequestInit} */
  const request = { method, headers: { 'Town-Page': place.page } };
  if (body !== undefined) {
    request.headers = { ...request.headers, 'Content-Type': 'application/json' };
    request.body = JSON.stringify(body);
  }
  try {
    const answer = await fetch(path, request);
    const type = answer.headers.get('Content-Type') ?? '';
    const data = type.includes('json') && answer.status !== 204 ? await answer.json() : null; // 204 says json of nothing
    return { ok: answer.ok, status: answer.status, data };
  } catch {
    return { ok: false, status: 0, data: { say: t('ui.offline') } };
  }
}
