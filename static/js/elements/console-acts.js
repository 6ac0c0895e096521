// Who has just done what: so that two consoles see each other's hands.

import { html, nothing } from '/static/vendor/lit.js';
import { t } from '../pages/place.js';
import { ConsoleElement } from './console-element.js';
import { plainly, timeAt, whoOf } from './console-parts.js';

const SHOWN = 8;

export class ConsoleActs extends ConsoleElement {
  /** @override */
  render() {
    const acts = /** @type {any[]} */ (this.told('acts') ?? []);
    const zone = this.told('meeting')?.time_zone ?? 'UTC';
    return html`<section aria-labelledby="acts-title"><h2 id="acts-title">${t('console.acts')}</h2>
      ${acts.length === 0 ? html`<p class="quiet">${t('console.no_acts')}</p>` : nothing}
      <ol class="acts">${acts.slice(0, SHOWN).map((act) => html`<li><span class="time">${timeAt(act.at_ms, zone)}</span>
        <span class="what">${this.what(act)}</span> <span class="quiet">${whoOf(act.by, this.desk.labels)}</span></li>`)}</ol>
    </section>`;
  }

  /** @param {any} act */
  what(act) {
    const about = this.about(act);
    return about ? `${t(`console.did.${act.name}`)}: ${about}` : t(`console.did.${act.name}`);
  }

  /** @param {any} act */
  about(act) {
    if (act.scene) return this.day.screens.length > 1 ? `${t(`scene.${act.scene}`)} (${act.about})` : t(`scene.${act.scene}`);
    const question = this.told(`question/${act.about}`);
    if (question) return plainly(question.title);
    const item = this.day.items.find((each) => each.id === act.about);
    if (item) return plainly(item.title);
    const call = this.told(`call/${act.about}`);
    return call ? t('ui.table', { table: call.table }) : '';
  }
}

customElements.define('town-console-acts', ConsoleActs);
