// At stake: a recount that hashes, unpacks or writes a value wrongly agrees with nothing, or with everything.
import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { readFileSync, readdirSync } from 'node:fs';
import { test } from 'node:test';
import { constants, deflateRawSync } from 'node:zlib';

import { Ballots, Histories, NOTHING, tally } from '../../static/js/recount/ballots.js';
import { byCodePoint, canonical } from '../../static/js/recount/canonical.js';
import { fraction, minus, tenths } from '../../static/js/recount/fraction.js';
import { inflate } from '../../static/js/recount/inflate.js';
import { rooted } from '../../static/js/recount/reading.js';
import { recount, recounted } from '../../static/js/recount/recount.js';
import { hex, sha256, unhex } from '../../static/js/recount/sha256.js';
import { sentencesOf, shortOf } from '../../static/js/recount/words.js';
import { unzip } from '../../static/js/recount/zip.js';

const EXPORTS = new URL('../golden/exports/', import.meta.url);
const golden = (/** @type {string} */ name) => unzip(new Uint8Array(readFileSync(new URL(name, EXPORTS))));
const bytes = (/** @type {string} */ text) => new TextEncoder().encode(text);

test('the hash is the one of the standard', () => {
  assert.equal(hex(sha256(bytes('abc'))), 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad');
  assert.equal(hex(sha256(bytes(''))), 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855');
  assert.equal(
    hex(sha256(bytes('abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq'))),
    '248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1',
  );
  assert.equal(hex(sha256(new Uint8Array(1_000_000).fill(97))), 'cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0');
});

test('at every length, in any pieces, the hash is that of node', () => {
  for (let size = 0; size < 300; size += 1) {
    const data = new Uint8Array(randomBytes(size)), cut = size >> 1;
    const told = createHash('sha256').update(data).digest('hex');
    assert.equal(hex(sha256(data)), told);
    assert.equal(hex(sha256(data.subarray(0, cut), data.subarray(cut))), told);
  }
});

test('hex digits are read strictly', () => {
  assert.deepEqual(unhex('00ff'), new Uint8Array([0, 255]));
  for (const wrong of ['0', '0G', 'FF', ' 00', null, 12]) assert.equal(unhex(wrong), null);
});

test('what node packs comes out as it was', () => {
  const sources = [new Uint8Array(), bytes('a'), bytes('abc'.repeat(20_000)), new Uint8Array(randomBytes(70_000)), bytes(JSON.stringify([...Array(9000).keys()]))];
  for (const source of sources) {
    for (const strategy of [constants.Z_DEFAULT_STRATEGY, constants.Z_FIXED, constants.Z_HUFFMAN_ONLY]) {
      for (const level of [0, 1, 9]) {
        const packed = new Uint8Array(deflateRawSync(source, { level, strategy }));
        assert.deepEqual(inflate(packed, source.length), source);
      }
    }
  }
});

test('a damaged stream ends with an error and not with an endless wait', () => {
  const packed = new Uint8Array(deflateRawSync(bytes('the same words again and again, the same words again'.repeat(50))));
  let broken = 0;
  for (let at = 0; at < packed.length; at += 1) {
    const changed = packed.slice();
    changed[at] = (changed[at] ?? 0) ^ 0x55;
    try {
      inflate(changed, 2600);
    } catch {
      broken += 1;
    }
  }
  assert.ok(broken > packed.length / 2);
  assert.throws(() => inflate(packed.subarray(0, 10), 2600));
  assert.throws(() => inflate(packed, 2599), 'longer than was said');
});

test('a zip with a changed byte is refused', () => {
  const whole = new Uint8Array(readFileSync(new URL('v1-day-audit.zip', EXPORTS)));
  const changed = whole.slice();
  changed[2000] = (changed[2000] ?? 0) ^ 1;
  assert.throws(() => unzip(changed));
  assert.throws(() => unzip(whole.subarray(0, whole.length - 30)));
  assert.ok(unzip(whole).has('log.ndjson'), 'control');
});

test('a value is written in one way, by code point and not by unit', () => {
  assert.equal(canonical({ b: [1, null, true], a: { 'é': '\u0001"\\\u007f/' } }), '{"a":{"é":"\\u0001\\"\\\\\u007f/"},"b":[1,null,true]}');
  assert.deepEqual(['\u{1F600}', '\uFF61', 'a', 'ab', ''].sort(byCodePoint), ['', 'a', 'ab', '\uFF61', '\u{1F600}']);
  assert.deepEqual(['\uFF61', '\u{1F600}'].sort(), ['\u{1F600}', '\uFF61'], 'control: JavaScript sorts by unit');
  assert.equal(byCodePoint('\u{1F601}', '\u{1F600}') > 0, true);
});

test('shares are rounded as the rules say, halves up, and gaps away from nothing', () => {
  assert.equal(tenths(fraction(1, 8)), 125);
  assert.equal(tenths(fraction(1, 2000)), 1);
  assert.equal(tenths(minus(fraction(1, 3), fraction(2, 3))), -333);
  assert.equal(tenths(fraction(-1, 2000)), -1);
  assert.deepEqual(fraction(6, 4), { above: 3n, below: 2n });
});

test('the last act of a voter stands, wherever it arrives', () => {
  const ballots = new Ballots(), histories = new Histories();
  const act = (/** @type {any} */ said, place = histories.now()) => ballots.add('seat', { place, said, channel: 'phone' });
  act({ a: 1 });
  act({ b: 2 });
  assert.deepEqual(ballots.of('seat')?.said, { a: 1, b: 2 }, 'a rating changes only the options that it names');
  act(NOTHING);
  assert.equal(ballots.of('seat'), null);
  act(['x']);
  histories.begin({ before: 'one', epoch: 'two' });
  act(['late'], histories.lost({ epoch: 'one', offset: 900 }));
  assert.deepEqual(ballots.of('seat')?.said, ['late']);
  act(['now']);
  act(['later'], histories.lost({ epoch: 'one', offset: 901 }));
  assert.deepEqual(ballots.of('seat')?.said, ['now'], 'what was lost belongs to its own history');
  assert.deepEqual([...tally([['a', 'a'], { a: 1 }, 7, []], ['z'])], [['z', 0], ['a', 1], ['a=1', 1], ['7', 1]]);
});

test('where only the first counts, the earlier one stands also when it comes later', () => {
  const ballots = new Ballots(), histories = new Histories();
  ballots.first = true;
  histories.begin({ before: 'one', epoch: 'two' });
  ballots.add('seat', { place: histories.now(), said: ['second'], channel: 'phone' });
  ballots.add('seat', { place: histories.lost({ epoch: 'one', offset: 5 }), said: ['first'], channel: 'laptop' });
  assert.deepEqual(ballots.of('seat'), { said: ['first'], channel: 'laptop' });
});

test('every frozen export agrees, and with one value changed it does not', () => {
  const names = readdirSync(EXPORTS);
  assert.ok(names.length >= 4);
  for (const name of names) {
    const files = golden(name), verdict = recount(files);
    assert.deepEqual(verdict.differences, [], name);
    assert.ok(verdict.counted.length > 60);
    assert.ok(verdict.closes.length >= 6);
    const line = new TextDecoder().decode(files.get('log.ndjson')).replace('"voters":', '"voters":1');
    assert.notDeepEqual(recount(new Map([...files, ['log.ndjson', bytes(line)]])).differences, [], name);
  }
});

test('it tells how far it is, and a folder around an export is no part of it', () => {
  const files = golden('v1-day-audit.zip');
  const nested = rooted(new Map([...files].map(([name, data]) => [`day/${name}`, data])));
  assert.deepEqual([...nested.keys()], [...files.keys()]);
  const work = recounted(nested);
  let last = work.next();
  while (!last.done) last = work.next();
  assert.deepEqual(last.value.differences, []);
});

test('every difference has words in both languages, and a place is said', () => {
  const texts = { en: { 'recount.at_event': '{file}, event {event}', 'recount.wrong.voted': '{said} and {counted}' } };
  const { placeOf, difference, t } = sentencesOf({ texts, words: {} }, 'en');
  assert.equal(placeOf('log.ndjson, event 1204'), 'log.ndjson, event 1,204');
  assert.equal(placeOf('plan.json'), 'plan.json');
  assert.equal(difference({ where: '', code: 'voted', params: { said: 1, counted: 2 } }), '1 and 2');
  assert.equal(t('recount.unknown'), 'recount.unknown');
  const words = Array.from({ length: 256 }, (_, n) => `w${n}`);
  assert.deepEqual(shortOf({ texts: {}, words: { en: words } }, `01234567000a${'0'.repeat(52)}`), { code: '01234567', words: { en: 'w0-w10' } });
});
