// The page verify.html: takes the files of an export, recounts them, and says what came out, in words.
import { taken, chosen } from './reading.js';
import { recounted } from './recount.js';
import { sentencesOf, shortOf } from './words.js';
import { Unreadable } from './wrong.js';

/** @typedef {import('./recount.js').Verdict} Verdict */
/** @typedef {import('./files.js').Files} Files */
/** @typedef {import('./words.js').Told} Told */

const BREATH_MS = 40;

/** @template {Element} T @param {string} id @param {new () => T} kind @returns {T} */
const part = (id, kind) => {
  const found = document.getElementById(id);
  if (!(found instanceof kind)) throw new Error(`the page has no ${id}`);
  return found;
};

/** @type {Told} */
const catalogue = JSON.parse(part('told', HTMLScriptElement).textContent ?? '{}');
const picked = part('files', HTMLElement), published = part('head', HTMLInputElement);
const state = part('state', HTMLElement), result = part('result', HTMLElement);

let language = navigator.language.toLowerCase().startsWith('th') ? 'th' : 'en';
/** What is said now: made again when the language changes. @type {() => void} */
let say = () => {};
/** What was given last; another head is looked for in it. @type {Files | null} */
let given = null;
let run = 0;

const words = () => sentencesOf(catalogue, language);

/** @param {string} name @param {string} text @param {string} [style] */
const element = (name, text, style = '') => {
  const made = document.createElement(name);
  made.textContent = text;
  if (style) made.className = style;
  return made;
};

/** Every fixed word of the page, in the language. */
const translate = () => {
  document.documentElement.lang = language;
  const { t } = words();
  document.title = t('recount.title');
  for (const each of document.querySelectorAll('[data-says]')) each.textContent = t(each.getAttribute('data-says') ?? '');
  for (const each of document.querySelectorAll('[data-language]')) {
    each.setAttribute('aria-pressed', String(each.getAttribute('data-language') === language));
  }
  say();
};

/** What differs, line by line. @param {Verdict} verdict */
const differences = (verdict) => {
  const { t, difference, placeOf } = words(), list = document.createElement('ul');
  for (const each of verdict.differences) {
    const item = document.createElement('li');
    item.append(element('strong', placeOf(each.where)), element('span', difference(each)));
    list.append(item);
  }
  return [element('h3', t('recount.where')), list];
};

/** The head after each close, as the screen showed it. @param {Verdict} verdict */
const closes = (verdict) => {
  const { t, placeOf } = words();
  if (verdict.closes.length === 0) return [];
  const table = document.createElement('table'), head = table.createTHead().insertRow(), body = table.createTBody();
  for (const name of ['recount.vote', 'recount.digits', 'recount.words']) {
    const cell = element('th', t(name));
    cell.setAttribute('scope', 'col');
    head.append(cell);
  }
  for (const { question, round, head: hash } of verdict.closes) {
    const row = body.insertRow(), short = shortOf(catalogue, hash);
    row.insertCell().append(element('span', placeOf(`question/${question}/round/${round}`)));
    row.insertCell().append(element('code', short.code));
    const said = row.insertCell();
    for (const [each, pair] of Object.entries(short.words)) {
      const text = element('span', pair, 'pair');
      text.lang = each;
      said.append(text);
    }
  }
  return [element('h3', t('recount.closes')), element('p', t('recount.closes_say')), table];
};

/** @param {Verdict} verdict */
const show = (verdict) => {
  const { t, number, placeOf } = words(), good = verdict.differences.length === 0;
  state.textContent = '';
  const lines = good
    ? [t('recount.agrees_say', { figures: number(verdict.counted.length), events: number(verdict.events) })]
    : [t('recount.differs_say')];
  if (good && verdict.stated.length > 0) lines.push(t('recount.stated', { figures: number(verdict.stated.length) }));
  for (const path of verdict.closedVotes) lines.push(t('recount.closed_vote', { vote: placeOf(path) }));
  if (verdict.erasedParts > 0) lines.push(t('recount.erased', { parts: number(verdict.erasedParts) }));
  if (!verdict.meetingClosed) lines.push(t('recount.preliminary'));
  const heading = element('h2', t(good ? 'recount.agrees' : 'recount.differs'));
  heading.tabIndex = -1;
  result.className = good ? 'agrees' : 'differs';
  const last = element('p', t('recount.head'));
  last.append(' ', element('code', verdict.head));
  result.replaceChildren(
    heading, ...lines.map((line) => element('p', line)), ...(good ? [] : differences(verdict)), ...closes(verdict), last,
  );
  result.hidden = false;
};

/** @param {unknown} error */
const unreadable = (error) => {
  const { difference } = words();
  const { code, params } = error instanceof Unreadable ? error : { code: 'no_export', params: {} };
  state.textContent = '';
  result.className = 'differs';
  result.replaceChildren(element('h2', words().t('recount.unreadable')), element('p', difference({ where: '', code, params })));
  result.hidden = false;
};

/** @param {() => void} saying */
const tell = (saying) => {
  say = saying;
  saying();
};

/** Recount in slices, so that the page stays alive. @param {Files} files */
const start = (files) => {
  given = files;
  run += 1;
  const mine = run, heads = published.value.trim().split(/\s+/u).filter(Boolean), work = recounted(files, heads);
  result.hidden = true;
  const slice = () => {
    if (mine !== run) return;
    const until = Date.now() + BREATH_MS;
    try {
      let step = work.next();
      while (!step.done && Date.now() < until) step = work.next();
      if (step.done) {
        const verdict = step.value;
        tell(() => show(verdict));
        result.querySelector('h2')?.focus();
        return;
      }
      const [done, of] = step.value;
      tell(() => {
        const { t, number } = words();
        state.textContent = t('recount.counting', { done: number(done), of: number(of) });
      });
      setTimeout(slice);
    } catch (error) {
      tell(() => unreadable(error));
    }
  };
  slice();
};

/** @param {Promise<Files>} files */
const take = (files) => {
  run += 1;
  const mine = run;
  result.hidden = true;
  tell(() => {
    state.textContent = words().t('recount.reading');
  });
  files.then((found) => {
    if (mine === run) start(found);
  }, (error) => {
    if (mine === run) tell(() => unreadable(error));
  });
};

for (const id of ['zip', 'folder']) {
  const input = part(id, HTMLInputElement);
  input.addEventListener('change', () => {
    if (input.files?.length) take(chosen([...input.files]));
    input.value = '';
  });
}
picked.addEventListener('dragover', (event) => {
  event.preventDefault();
  picked.classList.add('over');
});
picked.addEventListener('dragleave', () => picked.classList.remove('over'));
picked.addEventListener('drop', (event) => {
  event.preventDefault();
  picked.classList.remove('over');
  if (event.dataTransfer) take(taken(event.dataTransfer));
});
for (const each of document.querySelectorAll('[data-language]')) {
  each.addEventListener('click', () => {
    language = each.getAttribute('data-language') ?? language;
    translate();
  });
}
published.addEventListener('change', () => {
  if (given) start(given);
});
translate();
