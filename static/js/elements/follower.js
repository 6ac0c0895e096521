// <town-follower>: whether a second laptop could take over now. On the owner's page also: admitting one.

import { LitElement, html, nothing } from '/static/vendor/lit.js';
import { ask, place, t } from '../pages/place.js';
import { follows } from '../models/follower.js';

const LOOK_MS = 5_000;

export class Follower extends LitElement {
  constructor() {
    super();
    /** @type {import('../models/follower.js').Second | null} */
    this.second = null;
    /** @type {{code: string, url: string, good_until_ms: number} | null} */
    this.code = null;
    this.wrong = '';
    /** @type {ReturnType<typeof setInterval> | undefined} */
    this.looking = undefined;
  }

  /** @override */
  createRenderRoot() {
    return this;
  }

  /** @override */
  connectedCallback() {
    super.connectedCallback();
    void this.look();
    this.looking = setInterval(() => void this.look(), LOOK_MS);
  }

  /** @override */
  disconnectedCallback() {
    super.disconnectedCallback();
    clearInterval(this.looking);
  }

  async look() {
    const { ok, data } = await ask('GET', '/api/follow');
    if (!ok) return; // that the server is away is said elsewhere
    this.second = data;
    if (data.connected) this.code = null;
    this.requestUpdate();
  }

  async admit() {
    const { ok, data } = await ask('POST', '/api/follow/code');
    this.code = ok ? data : null;
    this.wrong = ok ? '' : (data?.say ?? t('ui.offline'));
    this.requestUpdate();
  }

  /** @override */
  render() {
    if (!this.second) return nothing;
    const owner = place.page === 'organiser';
    const { key, count, bad } = follows(this.second);
    const lost = this.second.lost > 0 ? html`<p role="alert" class="insecure">${t('follower.lost', { count: this.second.lost })}</p>` : nothing;
    if (!this.second.admitted && !owner) return lost;
    return html`${lost}<section class="second" aria-labelledby="second-title">
      <h2 id="second-title">${t('follower.title')}</h2>
      <p role="status" class=${bad ? 'second-alone' : 'quiet'} data-state=${key}>${t(`follower.${key}`, { count })}</p>
      ${owner ? this.admission() : nothing}
    </section>`;
  }

  admission() {
    return html`<button type="button" @click=${() => void this.admit()}>${t('follower.admit')}</button>
      <div class="fate" role="status" data-fate=${this.wrong ? 'refused' : ''}>${this.wrong}</div>
      ${this.code ? html`<p>${t('follower.type')}</p><p><code lang="en">townmeeting follow ${this.code.url} --code ${this.code.code}</code></p>` : nothing}`;
  }
}

customElements.define('town-follower', Follower);
