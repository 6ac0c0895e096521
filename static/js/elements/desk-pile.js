// The pile of ideas: a list of which only what is in sight is drawn, in an order that stands still.

import { classMap, html, nothing, repeat } from '/static/vendor/lit.js';
import { drawnRows, scrolledTo } from '../models/windowed.js';
import { whole } from '../models/words.js';
import { t } from '../pages/place.js';
import { themeName } from './desk-words.js';
import { RoomElement } from './room-element.js';
import { around } from './wordings.js';

export const DRAGGED = 'application/x-town-idea';
const ROW_PX = 84;

class DeskPile extends RoomElement {
  /** @override */
  static hears = ['ideas', 'themes', 'rest', 'pile', 'current'];

  constructor() {
    super();
    this.row = ROW_PX;
    this.dragging = false;
    this.sizes = new ResizeObserver(() => this.measure());
  }

  /** @override */
  shouldUpdate() {
    return !this.dragging; // nothing moves under a dragging finger
  }

  get box() {
    return /** @type {HTMLElement | null} */ (this.querySelector('.pile-box'));
  }

  /** @override */
  firstUpdated() {
    if (this.box) this.sizes.observe(this.box);
    this.room?.addEventListener('current', () => this.toCurrent());
    this.room?.addEventListener('pile', () => this.toCurrent());
  }

  /** The height of a row is the style sheet's: letters may be larger. */
  measure() {
    const row = /** @type {HTMLElement | null} */ (this.querySelector('.row'));
    if (row && row.offsetHeight > 0) this.row = row.offsetHeight;
    this.requestUpdate();
  }

  /** The idea that is read is in sight. */
  toCurrent() {
    const place = this.room?.pile.places.get(this.room.current?.id ?? '');
    const box = this.box;
    if (place === undefined || !box || this.dragging) return;
    const top = scrolledTo({ top: box.scrollTop, height: box.clientHeight, row: this.row }, place);
    if (top !== box.scrollTop) box.scrollTop = top;
  }

  /** @override */
  render() {
    const room = this.room;
    if (!room) return nothing;
    const { pile, filter, current } = room;
    const count = pile.ids.length;
    const { from, to } = drawnRows({ top: this.box?.scrollTop ?? 0, height: this.box?.clientHeight ?? 600, row: this.row, count });
    const drawn = pile.ids.slice(from, to);
    const active = current && drawn.includes(current.id) ? `row-${current.id}` : nothing;
    const name = filter.theme ? around('themes.ideas_under', {}, themeName(room, filter.theme)) : t(`themes.tray_${filter.tray}`);
    return html`
      <div class="pile-head"><h2 id="pile-name">${name}</h2><span class="number">${pile.wanted.size === 0 && count > 0 && filter.tray === 'unread' && !filter.theme ? t('themes.all_read') : t('count.ideas', { count: pile.wanted.size })}</span>
        <button type="button" class=${classMap({ tidy: true, none: pile.done === 0 })} ?disabled=${pile.done === 0} @click=${() => room.tidy()}>${t('themes.tidy', { count: pile.done })}</button></div>
      <div class="pile-box" @scroll=${() => this.requestUpdate()}>
        <ul role="listbox" tabindex="0" aria-labelledby="pile-name" aria-activedescendant=${active}
          @keydown=${this.pressed} @click=${this.clicked} @dragstart=${this.dragged} @dragend=${this.dropped}>
          ${repeat(drawn, (id) => id, (id, at) => this.idea(id, from + at + 1, count))}
        </ul>
        ${count > 0 || room.noneYet ? nothing : html`<p class="empty">${this.emptyWords()}</p>`}
      </div>`;
  }

  /** The list is as high as all its rows, and those that are drawn stand at their place. @override */
  updated() {
    const list = /** @type {HTMLElement | null} */ (this.querySelector('ul'));
    if (!list || !this.room) return;
    const { box, row } = this;
    const { from } = drawnRows({ top: box?.scrollTop ?? 0, height: box?.clientHeight ?? 600, row, count: this.room.pile.ids.length });
    list.style.height = `${this.room.pile.ids.length * row}px`;
    list.style.paddingTop = `${from * row}px`;
  }

  emptyWords() {
    const room = /** @type {NonNullable<typeof this.room>} */ (this.room);
    if (room.filter.search) return t('themes.empty_search');
    return t(room.filter.tray === 'unread' && !room.filter.theme ? 'themes.all_read' : 'themes.empty_tray');
  }

  /**
   * @param {string} id
   * @param {number} place
   * @param {number} count
   */
  idea(id, place, count) {
    const room = /** @type {NonNullable<typeof this.room>} */ (this.room);
    const idea = room.desk.ideas.get(id);
    if (!idea) return nothing;
    const read = idea.read || room.isMarked(id);
    const order = room.desk.themesOf(room.filter.item).map((theme) => theme.id);
    return html`<li role="option" id="row-${id}" data-idea=${id} class=${classMap({ row: true, read, gone: idea.withdrawn })} draggable=${room.desk.ended ? 'false' : 'true'}
      aria-selected=${room.current?.id === id} aria-posinset=${place} aria-setsize=${count} data-short>
      <span class="from">${t('themes.t', { table: idea.table })} <span class="kind" data-kind=${idea.kind}>${t(`themes.kind_${idea.kind}`)}</span></span>
      <span class="words" lang=${idea.language}>${idea.text ? whole(idea.text) : t('themes.no_words')}</span>
      <span class="marks">${idea.changed_since ? html`<span class="mark">${t('themes.changed_since')}</span>` : nothing}
        ${idea.withdrawn ? html`<span class="mark">${t('themes.withdrawn')}</span>` : nothing}
        <span>${idea.themes.map((theme) => html`<span class="filed">${order.indexOf(theme) + 1 || '·'}</span> `)}</span>
        <span class="been-read">${read ? t('themes.read') : ''}</span></span></li>`;
  }

  /** @param {Event} event */
  clicked(event) {
    const id = ideaOf(event);
    if (id) this.room?.open(id);
  }

  /** @param {KeyboardEvent} event */
  pressed(event) {
    const steps = /** @type {Record<string, number>} */ ({ ArrowDown: 1, ArrowUp: -1, PageDown: 8, PageUp: -8, Home: -Infinity, End: Infinity });
    const step = steps[event.code];
    const room = this.room;
    if (!room || step === undefined || event.ctrlKey || event.altKey || event.metaKey) return;
    event.preventDefault();
    const { ids, places } = room.pile;
    const at = places.get(room.current?.id ?? '') ?? (step > 0 ? -1 : ids.length);
    const to = Math.max(0, Math.min(ids.length - 1, at + step));
    if (ids[to] !== undefined) room.open(/** @type {string} */ (ids[to]));
  }

  /** @param {DragEvent} event */
  dragged(event) {
    const id = ideaOf(event);
    if (!id || !event.dataTransfer) return;
    event.dataTransfer.setData(DRAGGED, id);
    event.dataTransfer.effectAllowed = 'copy';
    this.dragging = true;
  }

  dropped() {
    this.dragging = false;
    this.requestUpdate();
  }
}

/** @param {Event} event */
function ideaOf(event) {
  return /** @type {HTMLElement} */ (event.target).closest('[data-idea]')?.getAttribute('data-idea');
}

customElements.define('town-desk-pile', DeskPile);
