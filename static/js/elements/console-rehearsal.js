// The rehearsal: one press starts the plan in a process of its own, with a simulated room at its tables.

import { html, nothing } from '/static/vendor/lit.js';
import { ask, place, t } from '../pages/place.js';
import { ConsoleElement } from './console-element.js';
import { button } from './console-parts.js';

const LOOK_MS = 2_000;

export class ConsoleRehearsal extends ConsoleElement {
  constructor() {
    super();
    this.rehearsal = { state: 'none', url: '' };
    this.why = '';
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    this.again = undefined;
  }

  /**
   * @override
   * @param {import('/static/vendor/lit.js').PropertyValues} changed
   */
  updated(changed) {
    if (changed.has('active') && this.active) void this.give('GET');
  }

  /** @param {'GET' | 'POST' | 'DELETE'} method */
  async give(method) {
    const { ok, data } = await ask(method, `/api/meetings/${place.meeting}/rehearsal`);
    this.why = ok ? '' : (data?.say ?? t('ui.offline'));
    if (ok) this.rehearsal = data ?? { state: 'none', url: '' };
    this.requestUpdate();
    clearTimeout(this.again);
    if (this.rehearsal.state === 'starting') this.again = setTimeout(() => void this.give('GET'), LOOK_MS);
  }

  /** @override */
  render() {
    const { state, url } = this.rehearsal;
    return html`<section aria-labelledby="rehearsal-title"><h2 id="rehearsal-title">${t('console.rehearsal')}</h2>
      <p class="quiet">${t('console.rehearsal_hint')}</p>
      <p role="status">${t(`console.rehearsal_state.${state}`)}</p>
      ${state === 'running' ? html`<p><a class="button" href=${url} target="_blank" rel="noopener">${t('console.rehearsal_open')}</a></p>` : nothing}
      <p class="buttons">${state === 'none' || state === 'failed' ? button(t('console.rehearsal_start'), () => void this.give('POST')) : button(t('console.rehearsal_stop'), () => void this.give('DELETE'))}</p>
      ${this.why ? html`<p class="fate" data-fate="refused" role="alert">${this.why}</p>` : nothing}
    </section>`;
  }
}

customElements.define('town-console-rehearsal', ConsoleRehearsal);
