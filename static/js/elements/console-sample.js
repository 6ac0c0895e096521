// The sample audit on the console: draw pairs by dice, see what waits, and in the end how many agreed.

import { html, nothing } from '/static/vendor/lit.js';
import { clockText } from '../models/clock.js';
import { readDice } from '../models/sample.js';
import { place, t } from '../pages/place.js';
import { ConsoleElement } from './console-element.js';
import { fieldValue } from './console-parts.js';
import { fate } from './fate.js';
import './town-hands.js';

const PAIRS = 30;

export class ConsoleSample extends ConsoleElement {
  /** @override */
  render() {
    const samples = this.told('samples') ?? [];
    const draws = this.may('draw_sample') && this.day.phase === 'running' && !samples.at(-1)?.waiting;
    if (samples.length === 0 && !draws) return nothing;
    return html`<section aria-labelledby="sample-title"><h2 id="sample-title">${t('sample.title')}</h2><p class="quiet">${t('sample.hint')}</p>
      ${samples.length === 0 ? nothing : html`<ol class="plain samples">${samples.map((/** @type {any} */ each) => this.drawn(each))}</ol>`}
      ${draws ? this.drawing() : nothing}
      ${this.may('enter_hands') ? html`<town-hands .live=${this.live}></town-hands>` : nothing}</section>`;
  }

  /** @param {any} sample */
  drawn({ at_ms: at, dice, pairs, entered, waiting, outcome }) {
    return html`<li><p class="outcome" role="status">${outcome ? this.outcome(outcome) : waiting ? t(this.ended ? 'sample.unfinished' : 'sample.progress', { entered, pairs }) : t('sample.too_few')}</p>
      <p class="quiet">${clockText(at, place.lang, t)} · ${t('sample.thrown', { dice: dice.join(' ') })}</p></li>`;
  }

  /** @param {{pairs: number, agreed: number, missing: number, differ_at_most: number}} outcome */
  outcome({ pairs, agreed, missing, differ_at_most: tenths }) {
    return html`<strong>${t('sample.agreed', { agreed, pairs })}</strong> ${missing > 0 ? t('sample.missing', { count: missing }) : nothing}
      ${t('sample.confidence', { share: (tenths / 10).toFixed(1) })}`;
  }

  drawing() {
    const submitted = (/** @type {SubmitEvent} */ event) => {
      event.preventDefault();
      const form = /** @type {HTMLFormElement} */ (event.target);
      this.act('sample', { t: 'draw_sample', dice: readDice(fieldValue(form, 'sample-dice')), pairs: Number.parseInt(fieldValue(form, 'sample-pairs'), 10) || 0 });
    };
    return html`<form class="form" @submit=${submitted}>
      <div class="field"><label for="sample-dice">${t('field.dice')}</label>
        <input id="sample-dice" name="sample-dice" type="text" inputmode="numeric" maxlength="200" autocomplete="off" required aria-describedby="sample-dice-hint">
        <p class="hint" id="sample-dice-hint">${t('sample.dice_hint')}</p></div>
      <div class="field"><label for="sample-pairs">${t('field.pairs')}</label>
        <input id="sample-pairs" name="sample-pairs" type="number" min="5" max="200" step="1" value=${PAIRS} required aria-describedby="sample-pairs-hint">
        <p class="hint" id="sample-pairs-hint">${t('sample.pairs_hint')}</p></div>
      <button type="submit">${t('command.draw_sample')}</button>${fate(this.sent('sample'))}</form>`;
  }
}

customElements.define('town-console-sample', ConsoleSample);
