// What hangs on the record: what is closed and why, published choices, figures, copies, and the files themselves.
import { byCodePoint, canonical, textOf } from './canonical.js';
import { jsonOf } from './files.js';
import { checkDigest, checkShown } from './questions.js';
import { hex, sha256 } from './sha256.js';
import { Wrong, held } from './wrong.js';

/** @typedef {import('./recount.js').RecountNow} RecountNow */
/** @typedef {import('./figures.js').Figure} Figure */
/** @typedef {import('./figures.js').Figures} Figures */

const MANIFEST_NAMES = 10;

/** Every round with its path. @param {RecountNow} recount */
const roundsOf = ({ meeting }) =>
  [...meeting.questions].flatMap(([id, question]) =>
    [...question.rounds].map(([number, now]) => ({ path: `question/${id}/round/${number}`, now })));

/** What was redacted is gone; in an audit export nothing else is closed but votes that were not shown. @param {RecountNow} recount */
export const checkSeals = (recount) => {
  const { meeting, closed, verdict } = recount, rounds = roundsOf(recount);
  const hidden = rounds.filter(({ now }) => now.state !== 'planned' && !now.shown);
  verdict.closedVotes = hidden.map(({ path }) => path);
  const paths = new Set([...verdict.closedVotes, '']);
  for (const place of meeting.redacted) {
    const [offset, part] = place.split('/');
    if (closed.has(place)) verdict.erasedParts += 1;
    else recount.differs(`log.ndjson, event ${offset}`, 'redacted_still_here', { part });
  }
  for (const { path, now } of rounds) if (now.cameBack && !now.corrected) recount.differs(path, 'no_erratum');
  if (verdict.export !== 'audit') return;
  for (const [place, path] of closed) {
    const [offset, part] = place.split('/');
    const vote = (part === 'choices' || part === 'digest') && paths.has(path);
    if (!vote && !meeting.redacted.has(place)) recount.differs(`log.ndjson, event ${offset}`, 'closed_without_reason', { part });
  }
};

/** The published choices of each round, checked against digest and shown counts. @param {RecountNow} recount @returns {Map<string, any[]>} */
export const openedChoices = (recount) => {
  const opened = new Map();
  for (const name of [...recount.files.keys()].filter((each) => each.startsWith('choices/')).sort(byCodePoint)) {
    recount.attempt(name, () => {
      const said = jsonOf(recount.files, name);
      const question = held(recount.meeting.questions, said.question), now = held(question.rounds, said.round);
      if (now.salt === null || !now.shown) throw new Wrong('digest_closed');
      checkDigest(now, said.choices);
      for (const choices of said.choices) question.checkChoices(choices);
      if (!now.cameBack) checkShown(question, now, said.choices);
      if (said.choices.length !== now.voted) throw new Wrong('voted', { said: now.voted, counted: said.choices.length });
      opened.set(`question/${said.question}/round/${said.round}`, said.choices);
    });
  }
  return opened;
};

/** Figures by option of a round whose ballots came back after the show are taken as they are stated. @param {string} path @param {Figures} figures @param {Map<string, Figure>} stated */
const readOnly = (path, figures, stated) => {
  const ours = ['voted', 'present', 'channel/'].map((name) => `${path}/${name}`);
  for (const id of new Set([...figures.made.keys(), ...stated.keys()])) {
    if (!id.startsWith(`${path}/`) || ours.some((start) => id.startsWith(start))) continue;
    if (stated.has(id)) figures.unknown.add(id);
    else figures.made.delete(id);
  }
};

/** A figure in digits. @param {Figure | undefined} figure */
export const told = (figure) => {
  if (!figure) return '–';
  const { numerator, denominator, base, share } = figure;
  const over = denominator === null || canonical(denominator) === '1' ? '' : `/${denominator}`;
  const of = base === null || base === denominator ? '' : ` (N = ${base})`;
  const percent = share === null ? '' : ` = ${Math.trunc(share / 10)}.${Math.abs(share) % 10} %`;
  return `${numerator ?? '–'}${over}${of}${percent}`;
};

/** Compare figures.json, byte for byte, with what was made; name the first figure that differs. @param {RecountNow} recount @param {Figures} figures */
export const comparedFigures = (recount, figures) => {
  /** @type {Map<string, Figure>} */
  const stated = new Map(jsonOf(recount.files, 'figures.json').map((/** @type {Figure} */ figure) => [figure.id, figure]));
  for (const path of figures.corrected) readOnly(path, figures, stated);
  for (const id of figures.unknown) {
    const figure = stated.get(id);
    if (figure) figures.made.set(id, figure);
  }
  const unsure = new Set([...figures.stated, ...figures.unknown].filter((id) => figures.made.has(id)));
  const ids = [...new Set([...figures.made.keys(), ...stated.keys()])].sort(byCodePoint);
  recount.verdict.counted = [...figures.made.keys()].filter((id) => !unsure.has(id)).sort(byCodePoint);
  recount.verdict.stated = [...unsure].sort(byCodePoint);
  if (textOf(recount.files.get('figures.json') ?? new Uint8Array()) === canonical(figures.listed())) return;
  const id = ids.find((each) => canonical(figures.made.get(each) ?? null) !== canonical(stated.get(each) ?? null));
  if (id === undefined) recount.differs('figures.json', 'figures_spelling');
  else recount.differs(`figures.json, ${id}`, 'figure', { said: told(stated.get(id)), counted: told(figures.made.get(id)) });
};

/** What the manifest says, the plan, and the figures of the reports are what was checked. @param {RecountNow} recount */
export const checkCopies = (recount) => {
  const { files, manifest, meeting, verdict } = recount, genesis = jsonOf(files, 'genesis.json');
  /** @type {Record<string, unknown>} */
  const said = {
    meeting: genesis.meeting, epoch: genesis.epoch, closed_votes: verdict.closedVotes, personal_data: verdict.export === 'audit',
  };
  for (const [name, value] of Object.entries(said)) {
    if (canonical(manifest[name] ?? null) !== canonical(value)) {
      recount.differs('manifest.json', 'manifest_says', { name, said: canonical(manifest[name] ?? null), counted: canonical(value) });
    }
  }
  const spelled = textOf(files.get('manifest.json') ?? new Uint8Array());
  if (spelled !== canonical(manifest) || Object.keys(manifest).length !== MANIFEST_NAMES) recount.differs('manifest.json', 'manifest_spelling');
  const plan = files.get('plan.json');
  if (plan && textOf(plan) !== canonical(meeting.plan)) recount.differs('plan.json', 'another_plan');
  const figures = canonical(jsonOf(files, 'figures.json'));
  for (const name of [...files.keys()].filter((each) => each.endsWith('/report.json')).sort(byCodePoint)) {
    recount.attempt(name, () => {
      if (canonical(jsonOf(files, name).figures ?? null) !== figures) throw new Wrong('report_figures');
    });
  }
};

/** Every file is the one that was exported, and none is there besides. @param {RecountNow} recount */
export const checkFiles = (recount) => {
  const { files, manifest } = recount, listed = new Map(Object.entries(manifest.files ?? {}));
  for (const name of [...files.keys()].sort(byCodePoint)) {
    if (name !== 'manifest.json' && !listed.has(name)) recount.differs(name, 'file_not_listed');
  }
  for (const [name, hash] of [...listed].sort(([a], [b]) => byCodePoint(a, b))) {
    const bytes = files.get(name);
    if (!bytes) recount.differs(name, 'file_gone');
    else if (hex(sha256(bytes)) !== hash) recount.differs(name, 'file_hash');
  }
};
