// <town-files>: the report to take along. A PDF takes a moment to make: the page says so, and why where it cannot be.

import { LitElement, html, nothing } from '/static/vendor/lit.js';
import { place, t } from '../pages/place.js';

const SOON_MS = 300;
const TABLES = ['results', 'themes', 'demographics', 'attendance', 'agenda', 'notes', 'voided', 'again', 'seats_changed', 'figures'];

class TownFiles extends LitElement {
  /** @override */
  static properties = { beside: { type: Boolean }, pdf: { state: true }, digits: { state: true }, making: { state: true }, said: { state: true }, wrong: { state: true } };

  constructor() {
    super();
    /** Whether it stands under a heading of its page, whose one primary button is another. */
    this.beside = false;
    this.pdf = place.lang === 'th' ? 'th' : 'en';
    this.digits = false;
    this.making = '';
    this.said = '';
    this.wrong = false;
  }

  /** @override */
  createRenderRoot() {
    return this;
  }

  /**
   * The address of a file of this meeting, as this page.
   * @param {string} path
   * @param {Record<string, string>} [query]
   */
  address(path, query = {}) {
    return `/api/meetings/${place.meeting}/${path}?${new URLSearchParams({ page: place.page, ...query })}`;
  }

  /** @param {string} edition */
  paper(edition) {
    const digits = String(this.pdf !== 'en' && this.digits);
    return this.address('report.pdf', { lang: this.pdf, edition, thai_digits: digits });
  }

  /**
   * Fetch the PDF, say how it goes, and give it to the browser to keep.
   * @param {Event} event
   * @param {string} edition
   */
  async make(event, edition) {
    event.preventDefault();
    if (this.making) return;
    this.making = edition;
    this.said = '';
    this.wrong = false;
    const soon = setTimeout(() => (this.said = t('report.making')), SOON_MS);
    try {
      const answer = await fetch(this.paper(edition), { headers: { 'Town-Page': place.page, 'Accept-Language': place.lang } });
      if (answer.ok) this.keep(await answer.blob(), edition);
      else this.fail((await answer.json()).say);
    } catch {
      this.fail(t('ui.offline'));
    } finally {
      clearTimeout(soon);
      this.making = '';
    }
  }

  /**
   * @param {Blob} file
   * @param {string} edition
   */
  keep(file, edition) {
    const link = document.createElement('a');
    link.href = URL.createObjectURL(file);
    link.download = `${place.meeting.startsWith('rehearsal_') ? 'rehearsal-' : ''}report-${this.pdf}${edition === 'full' ? '-full' : ''}.pdf`;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
    this.said = t('report.made', { name: link.download });
  }

  /** @param {string} why */
  fail(why) {
    this.wrong = true;
    this.said = why;
  }

  /** @override */
  render() {
    const languages = /** @type {Array<[string, string]>} */ ([['th', t('report.in_th')], ['en', t('report.in_en')], ['both', t('report.in_both')]]);
    const page = (/** @type {string} */ edition) => this.address('report.html', { lang: place.lang, edition });
    return html`${this.beside ? nothing : html`<h2 id="files-title">${t('report.files')}</h2>`}
      <div class="choose"><label>${t('report.pdf_language')}<select @change=${(/** @type {Event} */ event) => { this.pdf = /** @type {HTMLSelectElement} */ (event.target).value; }}>
        ${languages.map(([value, name]) => html`<option value=${value} ?selected=${value === this.pdf}>${name}</option>`)}</select></label>
      <div class="flag" ?hidden=${this.pdf === 'en'}><input type="checkbox" id="thai-digits" .checked=${this.digits} @change=${(/** @type {Event} */ event) => { this.digits = /** @type {HTMLInputElement} */ (event.target).checked; }}>
        <label for="thai-digits">${t('report.thai_digits')}</label></div></div>
      <p class="buttons"><a class=${this.beside ? 'button' : 'button primary'} href=${this.paper('public')} @click=${(/** @type {Event} */ event) => this.make(event, 'public')}>${t('report.get_pdf')}</a>
        <a class="button" href=${page('public')}>${t('report.read_page')}</a></p>
      <p class="fate" role="status" data-fate=${this.wrong ? 'refused' : this.making && this.said ? 'waiting' : this.said ? 'saved' : nothing}>${this.said}</p>
      <h3>${t('report.data')}</h3>
      <ul class="files">${TABLES.map((name) => html`<li><a href=${this.address(`tables/${name}.csv`, { lang: place.lang })}>${t(`report.table.${name}`)} (CSV)</a></li>`)}
        <li><a href=${this.address('report.json', { lang: place.lang })} download="report.json">${t('report.as_json')}</a></li>
        <li><a href=${this.address('export/public.zip')}>${t('ui.export_public')}</a></li></ul>
      ${place.role === 'organiser' ? this.personal(page('full')) : nothing}`;
  }

  /** @param {string} page */
  personal(page) {
    return html`<section class="personal"><h3>${t('report.full')}</h3><p class="warning">${t('report.personal')}</p>
      <p class="buttons"><a class="button" href=${this.paper('full')} @click=${(/** @type {Event} */ event) => this.make(event, 'full')}>${t('report.get_pdf_full')}</a>
        <a class="button" href=${page}>${t('report.read_page_full')}</a><a class="button" href=${this.address('export/audit.zip')}>${t('ui.export_audit')}</a></p></section>`;
  }
}

customElements.define('town-files', TownFiles);
