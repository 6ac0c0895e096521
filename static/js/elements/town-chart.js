// The electronic flip chart: the table's ideas in their order, each with what became of it, and where the
// next one is written. Two laptops may write at once; nobody's words are ever replaced unseen.

import { html, live as same, nothing, repeat } from '/static/vendor/lit.js';
import { newId } from '../models/ids.js';
import { chartOf, itemOf, itemsOpen, languageOf, lengthOf, placeFor } from '../models/chart.js';
import { wording } from '../models/words.js';
import { place, t } from '../pages/place.js';
import { ideaRow, KINDS, keys, kindSelect, LETTERS_MAX, lettersLeft } from './idea-row.js';
import { TableElement } from './table-element.js';

/**
 * @typedef {import('../models/chart.js').Row} Row
 * @typedef {import('../models/chart.js').Refused} Refused
 * @typedef {import('../live/outbox.js').Sent} Sent
 */

const IDEA_COMMANDS = new Set(['write_idea', 'revise_idea', 'withdraw_idea', 'move_idea']);

export class TownChart extends TableElement {
  /** @override */
  static properties = { ...TableElement.properties, chosen: { state: true } };

  constructor() {
    super();
    /** The item whose ideas are looked at, where somebody chose one. */
    this.chosen = '';
    /** @type {Sent[]} What was acknowledged; the view that tells it may be a moment late. */
    this.landed = [];
    this.dragged = '';
    /** The id of an idea that was just added here, until it has been brought into sight. */
    this.added = '';
    this.onFate = (/** @type {Event} */ event) => this.settled(/** @type {CustomEvent<Sent>} */ (event).detail);
  }

  /**
   * @override
   * @param {import('/static/vendor/lit.js').PropertyValues} changed
   */
  willUpdate(changed) {
    super.willUpdate(changed);
    if (!changed.has('live')) return;
    /** @type {any} */ (changed.get('live'))?.removeEventListener('fate', this.onFate);
    this.live?.addEventListener('fate', this.onFate);
  }

  /** @param {Sent} sent */
  settled(sent) {
    const { frame } = sent;
    if (!IDEA_COMMANDS.has(frame['t'])) return;
    if (sent.fate === 'saved') {
      this.landed = [...this.landed, sent];
      return;
    }
    void this.drafts?.set(`refused/${sent.id}`, { frame, say: sent.say, code: sent.code ?? '' });
  }

  // --- what is known ---

  get agenda() {
    return this.told('agenda') ?? this.remembered?.agenda ?? { items: [], running: null };
  }

  /** What this laptop knew when it last heard: enough to write while the server cannot be reached. */
  get remembered() {
    return this.drafts?.get('agenda');
  }

  /** @override */
  updated() {
    if (this.added) this.showAdded();
    const agenda = this.told('agenda');
    if (!agenda) return;
    const items = agenda.items.map((/** @type {any} */ { id, title, state, takes_ideas }) => ({ id, title, state, takes_ideas }));
    const short = { agenda: { running: agenda.running, items } };
    if (JSON.stringify(short) !== JSON.stringify(this.remembered)) void this.drafts?.set('agenda', short);
  }

  get itemId() {
    return itemOf(this.agenda, this.chosen);
  }

  chart() {
    const ideas = new Map(this.live?.channels.all('idea/') ?? []);
    const heard = this.live?.channels.held.get(`table:${this.table}`)?.offset ?? 0;
    this.landed = this.landed.filter((sent) => (sent.offset ?? 0) > heard);
    const given = [...this.landed, ...(this.live?.outbox.waiting() ?? [])].map(({ frame, fate }) => ({ frame, fate: fate === 'saved' ? fate : 'waiting' }));
    const refused = (this.drafts?.all('refused/') ?? []).map(([name, kept]) => ({ name, ...kept }));
    return chartOf({ ideas, order: this.told('chart') ?? [], given: /** @type {any} */ (given), refused }, this.itemId ?? '');
  }

  // --- drawing ---

  /** @override */
  render() {
    const item = this.itemId;
    if (!item) return html`<p class="quiet empty">${t(this.told('agenda') ? 'table.no_item_yet' : 'ui.loading')}</p>`;
    const { rows, orphans } = this.chart();
    return html`<div class="chart-head"><h2>${t('table.ideas')}</h2>${this.itemSelect(item)}</div>
      ${rows.length === 0 && !this.ended ? html`<p class="quiet empty">${t('table.no_ideas')}</p>` : nothing}
      <ol class="ideas" @dragstart=${this.onDragStart} @dragover=${this.onDragOver} @drop=${this.onDrop} @keydown=${this.onKey}>
        ${repeat(rows, (row) => row.id, (row, at) => ideaRow(row, this.around(row, at, rows)))}
      </ol>
      ${orphans.map((refused) => this.orphan(refused))}
      ${this.ended ? this.unsent(item) : this.composer(item)}`;
  }

  /**
   * @param {Row} row
   * @param {number} at
   * @param {Row[]} rows
   */
  around(row, at, rows) {
    return {
      lang: place.lang,
      kept: this.live?.store.durable ?? false,
      edit: this.drafts?.get(`edit/${row.id}`),
      ended: this.ended,
      first: at === 0,
      last: at === rows.length - 1,
      act: (/** @type {string} */ name, /** @type {Row} */ of, /** @type {any} */ more) => this.onAct(name, of, more),
    };
  }

  /** @param {string} item */
  itemSelect(item) {
    const open = itemsOpen(this.agenda);
    if (open.length < 2) return nothing;
    return html`<p class="chart-item"><label class="inline" for="chart-item">${t('table.ideas_of')}</label>
      <select id="chart-item" .value=${same(item)} @change=${(/** @type {any} */ event) => { this.chosen = event.target.value; }}>
        ${this.agenda.items.filter((/** @type {any} */ each) => open.includes(each.id)).map((/** @type {any} */ each) => {
    const { text, language } = wording(each.title, place.lang);
    return html`<option value=${each.id} lang=${language} ?selected=${each.id === item}>${text}</option>`;
  })}</select></p>`;
  }

  /**
   * Words that were refused and have no row to stand at.
   * @param {Refused} refused
   */
  orphan(refused) {
    const { text, language } = /** @type {any} */ (refused.frame);
    return html`<div class="refused"><p role="alert"><span class="mark" data-fate="refused">${t('fate.refused', { reason: refused.say })}</span></p>
      ${text === undefined ? nothing : html`<p>${t('table.your_words')} <q lang=${language ?? place.lang}>${text}</q></p>`}
      <p class="buttons">
        ${text === undefined || this.ended ? nothing : html`<button type="button" class="small" @click=${() => this.toComposer(refused)}>${t('table.edit_again')}</button>`}
        <button type="button" class="small" @click=${() => this.drafts?.set(refused.name, null)}>${t('table.drop')}</button>
      </p></div>`;
  }

  /**
   * What was being written when the meeting ended: nobody takes it any more, and it is not thrown away.
   * @param {string} item
   */
  unsent(item) {
    const { text, language } = this.draftOf(item);
    return text.trim() ? html`<p class="unsent">${t('table.your_words')} <q lang=${language}>${text}</q></p>` : nothing;
  }

  /** @param {string} item */
  composer(item) {
    const draft = this.draftOf(item);
    const change = (/** @type {any} */ more) => this.drafts?.set(`new/${item}`, { ...draft, ...more });
    const letters = lengthOf(draft.text);
    const languages = place.languages;
    return html`<form class="composer" @submit=${(/** @type {Event} */ event) => { event.preventDefault(); this.add(item); }}>
      <label for="new-idea">${t('table.write_here')}</label>
      <textarea id="new-idea" rows="2" lang=${draft.language} placeholder=${t('table.write_hint')} ?data-kept=${this.live?.store.durable ?? false}
        .value=${same(draft.text)}
        @input=${(/** @type {any} */ event) => change({ text: event.target.value, language: draft.set ? draft.language : languageOf(event.target.value, languages, draft.language) })}
        @keydown=${(/** @type {KeyboardEvent} */ event) => this.onComposerKey(event, item, change)}></textarea>
      <p class="composer-line">
        <span class="pair"><label class="inline" for="new-kind">${t('table.kind')}</label> ${kindSelect('new-kind', draft.kind, (kind) => change({ kind }))}</span>
        <span class="pair" ?hidden=${languages.length < 2}><label class="inline" for="new-language">${t('table.language')}</label>
        <select id="new-language" .value=${same(draft.language)} @change=${(/** @type {any} */ event) => change({ language: event.target.value, set: true })}>
          ${languages.map((language) => html`<option value=${language} lang=${language} ?selected=${language === draft.language}>${languageName(language)}</option>`)}</select></span>
        <span class="spring"></span>${lettersLeft(letters)}
        <button type="submit" class=${this.sheet ? '' : 'primary'} aria-keyshortcuts="Enter">${t('table.add')} <kbd aria-hidden="true">↵</kbd></button>
      </p>
    </form>`;
  }

  /** @param {string} item */
  draftOf(item) {
    const fresh = { text: '', kind: 'agreement', language: place.languages.includes(place.lang) ? place.lang : (place.languages[0] ?? place.lang), set: false };
    return { ...fresh, ...this.drafts?.get(`new/${item}`) };
  }

  // --- acting ---

  /** @param {string} item */
  add(item) {
    const draft = this.draftOf(item);
    const text = draft.text.trim();
    if (!text || lengthOf(text) > LETTERS_MAX) return this.focusOn('#new-idea');
    this.write(item, draft.kind, text, draft.language);
    void this.drafts?.set(`new/${item}`, { ...draft, text: '', kind: 'agreement' });
    return this.focusOn('#new-idea');
  }

  /** An idea that was just added stands above the line in which the next one is written. */
  showAdded() {
    const [row, form] = [this.querySelector(`[data-idea="${this.added}"]`), this.querySelector('.composer')];
    if (!row || !form) return;
    this.added = '';
    const under = row.getBoundingClientRect().bottom - form.getBoundingClientRect().top;
    if (under > 0) window.scrollBy(0, under);
    form.scrollIntoView({ block: 'nearest' }); // where it does not stick
  }

  /**
   * @param {string} item
   * @param {string} kind
   * @param {string} text
   * @param {string} language
   */
  write(item, kind, text, language) {
    const idea = newId('idea');
    this.added = idea;
    this.act(`idea/${idea}`, { t: 'write_idea', idea, table: this.table, item, kind, text, language });
  }

  /** @param {string} selector */
  focusOn(selector) {
    /** @type {HTMLElement | null} */ (this.querySelector(selector))?.focus();
  }

  /**
   * @param {string} name
   * @param {Row} row
   * @param {any} more
   */
  onAct(name, row, more) {
    const draft = `edit/${row.id}`;
    switch (name) {
      case 'up':
      case 'down':
        return this.move(row.id, name === 'up' ? -1 : 1);
      case 'edit':
        void this.drafts?.set(draft, { text: row.text ?? '', kind: row.kind, revision: row.revision });
        return void this.updateComplete.then(() => this.focusOn(`[id="edit-${row.id}"]`));
      case 'draft':
        return void this.drafts?.set(draft, more);
      case 'save':
        return this.save(row, this.drafts?.get(draft));
      case 'save_over':
        return this.save(row, { ...this.drafts?.get(draft), revision: row.revision });
      case 'cancel':
        void this.drafts?.set(draft, null);
        return void this.updateComplete.then(() => this.focusOn(`[data-idea="${row.id}"] [data-act=edit]`));
      case 'again':
        this.write(this.itemId ?? '', more.kind, more.text.trim(), row.language);
        return void this.drafts?.set(draft, null);
      case 'withdraw':
        return void this.act(`idea/${row.id}`, { t: 'withdraw_idea', idea: row.id });
      case 'reopen':
        void this.drafts?.set(draft, { text: more.frame.text, kind: more.frame.kind, revision: more.frame.revision });
        return void this.drafts?.set(more.name, null);
      case 'again_refused':
        this.write(this.itemId ?? '', more.frame.kind, more.frame.text, row.language);
        return void this.drafts?.set(more.name, null);
      default:
        return void this.drafts?.set(more.name, null);
    }
  }

  /**
   * Give the words in the editor, about the revision that its writer saw: a newer one is never replaced unseen.
   * @param {Row} row
   * @param {any} edit
   */
  save(row, edit) {
    const text = edit.text.trim();
    if (!text || lengthOf(text) > LETTERS_MAX) return this.focusOn(`[id="edit-${row.id}"]`);
    void this.drafts?.set(`edit/${row.id}`, null);
    if (text !== row.text || edit.kind !== row.kind) {
      this.act(`idea/${row.id}`, { t: 'revise_idea', idea: row.id, revision: edit.revision, text, kind: edit.kind });
    }
    return void this.updateComplete.then(() => this.focusOn(`[data-idea="${row.id}"] [data-act=edit]`));
  }

  /**
   * @param {string} id
   * @param {number} by
   */
  move(id, by) {
    const before = placeFor(this.chart().rows, id, by);
    if (before === undefined) return;
    this.act(`idea/${id}`, before === null ? { t: 'move_idea', idea: id } : { t: 'move_idea', idea: id, before });
    void this.updateComplete.then(() => this.focusOn(`[data-idea="${id}"] [data-act=${by < 0 ? 'up' : 'down'}]`));
  }

  /** @param {Refused} refused */
  toComposer(refused) {
    const { text, kind, language } = /** @type {any} */ (refused.frame);
    const item = this.itemId ?? '';
    const draft = this.draftOf(item);
    void this.drafts?.set(`new/${item}`, { ...draft, text: [draft.text.trim(), text].filter(Boolean).join(' '), kind, language: language ?? draft.language });
    void this.drafts?.set(refused.name, null);
    this.focusOn('#new-idea');
  }

  // --- keys and drag ---

  /** @param {KeyboardEvent} event */
  onKey(event) {
    if (!event.altKey || !['ArrowUp', 'ArrowDown'].includes(event.code)) return;
    const id = /** @type {HTMLElement} */ (event.target).closest('li')?.dataset['idea'];
    if (!id) return;
    event.preventDefault();
    this.move(id, event.code === 'ArrowUp' ? -1 : 1);
  }

  /**
   * @param {KeyboardEvent} event
   * @param {string} item
   * @param {(more: any) => void} change
   */
  onComposerKey(event, item, change) {
    const kind = event.altKey && /^Digit[1-6]$/.test(event.code) ? KINDS[Number(event.code.slice(5)) - 1] : undefined;
    if (kind) {
      event.preventDefault();
      change({ kind });
    } else keys(event, () => this.add(item), () => undefined);
  }

  /** @param {DragEvent} event */
  onDragStart(event) {
    this.dragged = /** @type {HTMLElement} */ (event.target).closest('li')?.dataset['idea'] ?? '';
    event.dataTransfer?.setData('text/plain', this.dragged);
  }

  /** @param {DragEvent} event */
  onDragOver(event) {
    if (this.dragged) event.preventDefault();
  }

  /** @param {DragEvent} event */
  onDrop(event) {
    event.preventDefault();
    const rows = this.chart().rows.map((row) => row.id);
    const onto = /** @type {HTMLElement} */ (event.target).closest('li')?.dataset['idea'] ?? '';
    const by = rows.indexOf(onto) - rows.indexOf(this.dragged);
    if (this.dragged && rows.includes(onto) && by !== 0) this.move(this.dragged, by);
    this.dragged = '';
  }
}
customElements.define('town-chart', TownChart);

/** @param {string} language */
function languageName(language) {
  try {
    return new Intl.DisplayNames([place.lang], { type: 'language' }).of(language) ?? language;
  } catch {
    return language;
  }
}
