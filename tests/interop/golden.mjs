// The golden files: ops, stubs, chains, digests, merges and messages with what must come out of them, made by this
// client alone. `node tests/interop/golden.mjs` makes them (the same bytes every time) and adds to tests/data/golden, and
// to the list of their hashes beside it, what is new; it refuses to change or remove any. checkGolden adds the checks that
// read what is there. tests/unit/golden_test.cpp runs the same files.

import assert from 'node:assert/strict';
import { sign } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { encodeAcknowledgement, encodeBatch, keyOf, signature } from './carry.mjs';
import { checkBodies, makeBodies } from './golden_bodies.mjs';
import { checkCarried, makeCarried } from './golden_carry.mjs';
import { faultsOf, filesIn, listOf, unlisted } from './golden_kept.mjs';
import { checkPathways, makePathways } from './golden_pathways.mjs';
import {
  OP_BYTES_MAX, Refusal, ZERO, canonical, digestOf, displayed, gone, half, heads, markOf, nextLink, parseLine, parseOp, parseStub, putAway, readHash,
  sha256, singleton, stubBytes,
} from './record.mjs';
import { HEADER_BYTES_MAX, codeId, encodeMessage, helloIsSigned, hubKeyMessage, hubSealMessage, joinProof, parseMessage, plainCode, sealMessage } from './wire.mjs';

const here = dirname(fileURLToPath(import.meta.url));
const folder = join(here, '../data/golden');
const list = `${folder}.sha256`;

// ---- what an entry's bytes are: a file, or parts of which some are repeated

export function bytesOf(entry, root = folder) {
  if (entry.file) return readFileSync(join(root, entry.file));
  return Buffer.concat(entry.parts.map((part) => Buffer.from(typeof part === 'string' ? part : part.repeat.repeat(part.times))));
}

// ---- making

const id = (label) => half(`golden ${label}`);
const AMIRA = id('person amira');
const PROFILE = id('replica amira');
const GOAL = id('record goal');
const PERSON = `person:${AMIRA}`;
const TIME = 1795000000000;
let salts = 0;

function op(fields, more = {}) {
  salts += 1;
  return {
    author: AMIRA, base: [], fields, kind: 'goal', record: GOAL, replica: PROFILE,
    salt: salts.toString(16).padStart(16, '0'), stream: PERSON, time: TIME + salts, ...more,
  };
}

const key = (label) => keyOf(sha256(`golden seed ${label}`));

function make() {
  const before = existsSync(folder) ? filesIn(folder) : new Map();
  const made = new Map();
  const index = {};
  const put = (file, bytes) => {
    made.set(file, Buffer.from(bytes));
    return file;
  };

  // Ops that are one.
  index.ops = [];
  const good = (name, about, content) => {
    const bytes = canonical(content);
    const parsed = parseOp(bytes);
    index.ops.push({ name, about, file: put(`ops/${name}.json`, bytes), id: parsed.id, size: bytes.length });
    return parsed;
  };
  const first = good('plain', 'one field', op({ want: 'ask better questions' }));
  const second = good('based', 'based on the op "plain"', op({ want: 'ask one question a day' }, { base: [first.id] }));
  const third = good('two-bases', 'based on two ops, sorted by id', op({ want: 'both' }, { base: [first.id, second.id].sort() }));
  good('append-only', 'a record of one op: its record is 32 zeros and its base empty',
    op({ goal: GOAL, text: 'Asked why leaves turn' }, { kind: 'checkin', record: ZERO }));
  good('every-type', 'null, both booleans, integers at the bounds, a text and an array of those', op({
    a: null, b: true, c: false, d: 0, e: -1, f: Number.MAX_SAFE_INTEGER, g: -Number.MAX_SAFE_INTEGER, h: '',
    i: [], j: [null, true, false, 0, -5, 'text', ''],
  }));
  good('escapes', 'every escape of RFC 8785 and no other; a slash, DEL and U+2028 stand as they are', op({
    text: `"\\/\b\f\n\r\t\u0001\u000b\u001f\u007f\u0085\u2028\u2029\ufeff`,
  }));
  good('unicode', 'outside the Basic Latin, outside the first plane, composed and decomposed: nothing is normalized', op({
    text: '¿Qué quieres? Ñandú · n\u0303 · 📚 · 𝒳 · שלום · \u{10ffff}',
  }));
  good('names-by-bytes', 'fields sorted by the bytes of their names, also where a language has another order', op({
    10: 'ten', 2: 'two', '.': 'dot', a: 'a', 'a.b': 'a.b', a_b: 'a_b', ab: 'ab', _: 'low line',
    ...Object.fromEntries([['__proto__x', 'x']]),
  }));
  const proto = new Map([['__proto__', 'a name like any other'], ['constructor', 'too']]);
  good('names-like-others', 'names that some languages keep for themselves', op(proto));
  good('time-before-1970', 'a clock that was never set', op({ want: 'early' }, { time: -1 }));
  good('stream-of-one-word', 'a stream without an id', op({ name: 'Alder Creek' }, { stream: 'school', kind: 'school' }));
  good('unknown-kind', 'a kind of a later version is an op as well', op({ later: 'value' }, { kind: 'v2.poem', record: id('record poem') }));
  good('name-at-bound', 'names of 64 characters', op({ ['n'.repeat(64)]: 1 }, { kind: 'k'.repeat(64) }));
  good('fields-at-bound', '256 fields', op(Object.fromEntries(Array.from({ length: 256 }, (_, n) => [`f${n}`, n]))));
  good('array-at-bound', 'an array of 1,024 values', op({ list: Array.from({ length: 1024 }, (_, n) => n) }));
  good('base-at-bound', '256 bases', op({ want: 'x' }, { base: Array.from({ length: 256 }, (_, n) => id(`base ${n}`)).sort() }));

  const sized = (bytes) => {
    const bare = canonical(op({ text: '' }));
    const text = bare.toString();
    const at = text.indexOf('"text":"') + 8;
    return [text.slice(0, at), { repeat: 'a', times: bytes - bare.length }, text.slice(at)];
  };
  const parts = sized(OP_BYTES_MAX);
  index.ops.push({ name: 'size-at-bound', about: '524,288 bytes', parts, id: parseOp(bytesOf({ parts })).id, size: OP_BYTES_MAX });

  // And what is none.
  index.not_ops = [];
  const plain = first.bytes.toString();
  const bad = (name, code, why, text) => {
    const bytes = Buffer.from(text);
    index.not_ops.push({ name, code, why, file: put(`not_ops/${name}.json`, bytes) });
  };
  const swap = (from, to) => {
    assert.ok(plain.includes(from), from);
    return plain.replace(from, to);
  };
  const value = (text) => swap('"ask better questions"', text);
  bad('empty', 'malformed', 'nothing', '');
  bad('not-json', 'malformed', 'no JSON', 'want=ask');
  bad('array', 'malformed', 'no object', '[]');
  bad('newline-at-end', 'malformed', 'a newline belongs to the message, not to the op', `${plain}\n`);
  bad('white-space', 'malformed', 'white space', swap('"base":', '"base": '));
  bad('byte-order-mark', 'malformed', 'a byte order mark', `\ufeff${plain}`);
  bad('member-order', 'malformed', 'members in another order', swap(`{"author":"${AMIRA}","base":[],`, `{"base":[],"author":"${AMIRA}",`));
  bad('member-missing', 'malformed', 'no salt', swap(`"salt":"${first.salt}",`, ''));
  bad('member-unknown', 'malformed', 'an unknown member', swap('"v":1', '"v":1,"w":0'));
  bad('member-twice', 'malformed', 'a member twice', swap('"v":1', '"v":1,"v":1'));
  bad('version', 'malformed', 'another version', swap('"v":1', '"v":2'));
  bad('no-fields', 'malformed', 'an op sets at least one field', swap('{"want":"ask better questions"}', '{}'));
  bad('field-order', 'malformed', 'fields that are not sorted', swap('{"want":', '{"z":1,"want":'));
  bad('field-twice', 'malformed', 'a field twice', swap('{"want":', '{"want":"x","want":'));
  bad('field-upper-case', 'malformed', 'a name with a capital', swap('{"want":', '{"Want":'));
  bad('field-empty-name', 'malformed', 'a name of no character', swap('{"want":', '{"":'));
  bad('field-name-escaped', 'malformed', 'a name with an escape that need not be', swap('{"want":', '{"\\u0077ant":'));
  bad('field-name-long', 'malformed', 'a name of 65 characters', swap('{"want":', `{"${'n'.repeat(65)}":`));
  bad('decimal', 'malformed', 'a decimal', value('1.5'));
  bad('decimal-whole', 'malformed', 'an integer written as a decimal', value('1.0'));
  bad('exponent', 'malformed', 'an exponent', value('1e3'));
  bad('minus-zero', 'malformed', '-0', value('-0'));
  bad('leading-zero', 'malformed', 'a leading zero', value('07'));
  bad('plus', 'malformed', 'a plus sign', value('+7'));
  bad('integer-large', 'malformed', '2^53', value('9007199254740992'));
  bad('integer-small', 'malformed', '-2^53', value('-9007199254740992'));
  bad('integer-huge', 'malformed', 'beyond 64 bits', value('99999999999999999999999999'));
  bad('not-a-number', 'malformed', 'NaN', value('NaN'));
  bad('true-in-capitals', 'malformed', 'True', value('True'));
  bad('single-quotes', 'malformed', 'a text in single quotes', value("'x'"));
  bad('escape-upper-case', 'malformed', '\\u001F for \\u001f', value('"\\u001F"'));
  bad('escape-not-needed', 'malformed', 'an escape that need not be', value('"\\u0041"'));
  bad('escape-long', 'malformed', '\\u000a for \\n', value('"\\u000a"'));
  bad('escape-slash', 'malformed', 'an escaped slash', value('"\\/"'));
  bad('escape-surrogates', 'malformed', 'a pair of surrogates for the character itself', value('"\\ud83d\\udcda"'));
  bad('surrogate', 'malformed', 'an unpaired surrogate', value('"\\ud83d"'));
  bad('nul', 'malformed', 'U+0000, also when it is escaped', value('"a\\u0000b"'));
  bad('control-character', 'malformed', 'a control character that is not escaped', value('"a\u0001b"'));
  bad('not-ended', 'malformed', 'a text without an end', plain.slice(0, plain.indexOf('ask') + 3));
  const raw = (bytes) => Buffer.concat([Buffer.from(plain.slice(0, plain.indexOf('ask'))), Buffer.from(bytes), Buffer.from(plain.slice(plain.indexOf('ask')))]);
  bad('utf8-broken', 'malformed', 'a byte that is no UTF-8', raw([0xff]));
  bad('utf8-cut', 'malformed', 'a character cut off', raw([0xe2, 0x82]));
  bad('utf8-long', 'malformed', 'a character in more bytes than it needs', raw([0xc0, 0xaf]));
  bad('utf8-surrogate', 'malformed', 'a surrogate in UTF-8', raw([0xed, 0xa0, 0xbd]));
  bad('utf8-beyond', 'malformed', 'beyond U+10FFFF', raw([0xf4, 0x90, 0x80, 0x80]));
  bad('object-value', 'too_deep', 'an object as a value', value('{"a":1}'));
  bad('array-in-array', 'too_deep', 'an array within an array', value('[[1]]'));
  bad('base-not-sorted', 'malformed', 'bases that are not sorted',
    third.bytes.toString().replace(/"base":\["(\w+)","(\w+)"\]/, '"base":["$2","$1"]'));
  bad('base-twice', 'malformed', 'a base twice', swap('"base":[]', `"base":["${second.id}","${second.id}"]`));
  bad('base-no-id', 'malformed', 'a base that is no id', swap('"base":[]', '"base":["abc"]'));
  bad('author-upper-case', 'malformed', 'an id in capitals', swap(AMIRA, AMIRA.toUpperCase()));
  bad('record-short', 'malformed', 'an id of 31 digits', swap(`"record":"${GOAL}"`, `"record":"${GOAL.slice(1)}"`));
  bad('salt-short', 'malformed', 'a salt of 14 digits', swap(`"salt":"${first.salt}"`, `"salt":"${first.salt.slice(2)}"`));
  bad('stream-upper-case', 'malformed', 'a stream with a capital', swap(`"stream":"person:`, `"stream":"Person:`));
  bad('stream-no-id', 'malformed', 'a stream with a colon and no id', swap(`"stream":"${PERSON}"`, '"stream":"person:"'));
  bad('stream-long', 'malformed', 'a stream of 17 letters', swap(`"stream":"${PERSON}"`, `"stream":"${'s'.repeat(17)}"`));
  bad('time-decimal', 'malformed', 'a time with a fraction', swap(`"time":${first.time}`, `"time":${first.time}.5`));
  bad('time-large', 'malformed', 'a time beyond 2^53', swap(`"time":${first.time}`, '"time":9007199254740992'));
  bad('kind-empty', 'malformed', 'no kind', swap('"kind":"goal"', '"kind":""'));
  const many = (count) => Array.from({ length: count }, (_, n) => n);
  bad('fields-257', 'too_large', '257 fields', swap('{"want":"ask better questions"}', `{${many(257).map((n) => `"f${String(n).padStart(3, '0')}":0`).join(',')}}`));
  bad('array-1025', 'too_large', 'an array of 1,025 values', value(`[${many(1025).join(',')}]`));
  bad('base-257', 'too_large', '257 bases', swap('"base":[]', `"base":[${many(257).map((n) => `"${id(`base ${n}`)}"`).sort().join(',')}]`));
  index.not_ops.push({ name: 'size', code: 'too_large', why: '524,289 bytes', parts: sized(OP_BYTES_MAX + 1) });

  // Stubs.
  index.stubs = [];
  const stub = (name, about, of, reason) => {
    const bytes = stubBytes({ base: of.base, id: of.id, kind: of.kind, names: of.names, reason, record: of.record, stream: of.stream });
    index.stubs.push({ name, about, file: put(`stubs/${name}.json`, bytes), id: of.id, of: name });
    return bytes;
  };
  const stubOfSecond = stub('based', 'of the op "based"', second, 'too_large');
  stub('append-only', 'of a record of one op: its record stays 32 zeros', parseOp(made.get('ops/append-only.json')), 'forbidden');
  index.not_stubs = [];
  const badStub = (name, why, text) => index.not_stubs.push({ name, code: 'malformed', why, file: put(`not_stubs/${name}.json`, Buffer.from(text)) });
  badStub('values', 'a stub with values', stubOfSecond.toString().replace('"names":["want"]', '"names":{"want":"x"}'));
  badStub('member-order', 'members in another order', stubOfSecond.toString().replace(`"kind":"goal","names":["want"]`, `"names":["want"],"kind":"goal"`));
  badStub('reason', 'a reason that is no name', stubOfSecond.toString().replace('"reason":"too_large"', '"reason":"Too large!"'));
  badStub('names-order', 'names that are not sorted', stubOfSecond.toString().replace('"names":["want"]', '"names":["want","state"]'));
  badStub('names-twice', 'a name twice', stubOfSecond.toString().replace('"names":["want"]', '"names":["want","want"]'));
  badStub('names-none', 'no names', stubOfSecond.toString().replace('"names":["want"]', '"names":[]'));
  badStub('base-order', 'bases that are not sorted', stubOfSecond.toString().replace(/"base":\[[^\]]*\]/, `"base":["${'2'.repeat(32)}","${'1'.repeat(32)}"]`));
  badStub('base-twice', 'a base twice', stubOfSecond.toString().replace(/"base":\[[^\]]*\]/, `"base":["${'1'.repeat(32)}","${'1'.repeat(32)}"]`));
  badStub('an-op', 'an op', plain);

  // Numbers of a replica.
  const chain = [first, second, third];
  const links = chain.reduce((list, one) => [...list, nextLink(list[list.length - 1], one.id)], [ZERO]);
  index.chains = [{ about: 'the ops "plain", "based", "two-bases"', ids: chain.map((one) => one.id), c: links }];

  // Digests.
  const large = 'f'.repeat(32);
  index.digests = [
    { about: 'of nothing', ids: [], digest: ZERO },
    { about: 'of three', ids: chain.map((one) => one.id), digest: digestOf(chain.map((one) => one.id)) },
    { about: 'a sum beyond 2^128', ids: [large, large, id('carry')], digest: digestOf([large, large, id('carry')]) },
    { about: 'a carry from the low half', ids: [`${'0'.repeat(16)}${'f'.repeat(16)}`, `${'0'.repeat(31)}1`], digest: `${'0'.repeat(15)}1${'0'.repeat(16)}` },
  ];

  // What was read, in one hash.
  const read = [
    { s: PERSON, access: id('access person'), count: 3, digest: index.digests[1].digest },
    { s: 'school', access: id('access school'), count: 0, digest: ZERO },
    { s: `own:${AMIRA}`, access: id('access own'), count: 1, digest: first.id },
  ];
  index.reads = [
    { about: 'three streams, told in another order than they are hashed in', feed: id('feed'), streams: read, same: readHash(id('feed'), read) },
    { about: 'none', feed: id('feed'), streams: [], same: readHash(id('feed'), []) },
  ];

  // Merging: op and stub files, and what must come out for each field.
  index.merges = [];
  const merge = (name, about, list) => {
    const files = list.map((one, at) => put(`merges/${name}-${at + 1}.json`, one.bytes));
    const fields = [...new Set(list.filter((one) => !one.isStub).flatMap((one) => one.names))].sort();
    const wanted = fields.map((field) => {
      const found = heads(list, field);
      return { field, heads: found.map((one) => one.id).sort(), displayed: displayed(found)?.id ?? '' };
    });
    index.merges.push({ name, about, files, fields: wanted });
  };
  const make = (fields, more) => parseOp(canonical(op(fields, more)));
  const asStub = (one, reason) => parseStub(stubBytes({ base: one.base, id: one.id, kind: one.kind, names: one.names, reason, record: one.record, stream: one.stream }));
  const start = make({ want: 'one', plan_if: 'tired' });
  const left = make({ want: 'left' }, { base: [start.id] });
  const right = make({ want: 'right' }, { base: [start.id] });
  merge('concurrent', 'two edits that did not see each other', [start, left, right]);
  merge('joined', 'an edit that saw both', [start, left, right, make({ want: 'both' }, { base: [left.id, right.id].sort() })]);
  merge('one-seen', 'an edit that saw one of two', [start, left, right, make({ want: 'after left' }, { base: [left.id] })]);
  const tie = [make({ want: 'a' }, { time: TIME }), make({ want: 'b' }, { time: TIME })];
  merge('tie', 'the same time: the greater id is displayed', tie);
  merge('old-clock', 'an edit with an older time that saw the other is the head', [start, make({ want: 'late' }, { base: [start.id], time: 5 })]);
  const other = make({ plan_if: 'it rains' }, { base: [start.id] });
  merge('through-another-field', 'links run through ops that do not set the field', [start, other, make({ want: 'next' }, { base: [other.id] })]);
  const refused = make({ want: 'x'.repeat(20) }, { base: [start.id] });
  merge('through-a-stub', 'links run through stubs, which are no heads', [start, asStub(refused, 'too_large'), make({ want: 'shorter' }, { base: [refused.id] })]);
  merge('stub-alone', 'a stub covers nothing', [start, asStub(refused, 'too_large')]);
  merge('unknown-base', 'a base that is not known leads nowhere', [start, make({ want: 'far' }, { base: [id('never seen')] })]);
  merge('order', 'the newest first', [make({ want: 'both' }, { base: [left.id, right.id].sort() }), right, left, start]);

  // Messages.
  const school = key('school');
  const device = key('device amira');
  index.requests = [];
  index.replies = [];
  index.not_requests = [];
  const request = (name, about, header, ops = []) => {
    const bytes = encodeMessage(header, ops);
    index.requests.push({ name, about, file: put(`requests/${name}.txt`, bytes), header, ops: ops.map((one) => one.id) });
    return bytes;
  };
  const position = (n) => ({ n, c: links[n] });
  const common = { v: 1, request: 'golden', replica: PROFILE, now: TIME, waiting: 0 };
  request('first', 'of a new replica: no streams known, nothing to send', { ...common, before: position(0), cursors: [] });
  request('least', 'with what must be there only', { v: 1, replica: PROFILE, now: TIME, cursors: [] });
  const full = {
    ...common, waiting: 2, before: position(1), ops: 2,
    cursors: [
      { s: PERSON, access: id('access person'), seq: 12, feed: id('feed'), segment: id('segment'), whole: true },
      { s: 'school', access: id('access school'), seq: 0 },
    ],
  };
  const fullBytes = request('cursors', 'two cursors and two ops', full, [second, third]);
  request('same', 'the hash of what was read, and one op', { ...common, waiting: 1, before: position(0), ops: 1, same: index.reads[0].same }, [first]);
  request('later-members', 'members of a later version, nested 6 deep, are read over', {
    ...common, before: position(0), cursors: [], later: { a: [{ b: [[]] }] },
  });
  const sealOf = (list) => signature(school, sealMessage(PERSON, list.map((one) => one.id)));
  const back = [{ s: PERSON, items: [first.id, second.id], seal: sealOf([first, second]), ops: 1 }, { s: PERSON, items: [third.id], seal: sealOf([third]), ops: 1 }];
  request('returned', 'what the school lost and may lack, with one own op before it', {
    ...common, waiting: 1, before: position(0), ops: 1, cursors: [], offered: [second.id, id('never seen')], returned: back,
  }, [first, second, third]);
  const hubSigns = key('hub');
  const signer = { id: id('hub'), key: hubSigns.open, signature: signature(school, hubKeyMessage(id('hub'), hubSigns.open)) };
  const hubSealOf = (list) => signature(hubSigns, hubSealMessage(id('hub'), PERSON, list.map((one) => one.id)));
  request('hub-returned', 'what was written at a hub and the school lacks, under that hub’s seal', {
    ...common, cursors: [], returned: [{ s: PERSON, items: [second.id], seal: hubSealOf([second]), hub: signer, ops: 1 }],
  }, [second]);
  request('brought-back', 'what the school lost, for a stick: nothing but what returns', { v: 1, replica: PROFILE, returned: back.slice(1) }, [third]);
  const batched = encodeBatch({ person: AMIRA, replica: PROFILE, round: 3, before: position(1), ids: [second.id], certificate: '{}', certified: '0'.repeat(128) }, [], device);
  request('to-hub', 'signed, as a hub wants it; one op is settled at school', {
    ...common, waiting: 1, before: position(1), ops: 1, cursors: [], batch: batched.toString(), settled: 1,
  }, [second]);
  const standing = { feed: id('feed'), streams: read, segment: id('segment'), replica: PROFILE };
  const markAt = (at) => markOf(standing.feed, standing.streams, standing.segment, standing.replica, at);
  index.marks = [
    { about: 'three streams and a position', ...standing, at: position(3), mark: markAt(position(3)) },
    { about: 'nothing read and nothing written', ...standing, streams: [], at: position(0), mark: markOf(standing.feed, [], standing.segment, PROFILE, position(0)) },
  ];
  request('marked', 'a mark, and one op', { mark: markAt(position(2)), ops: 1, replica: PROFILE, v: 1 }, [third]);
  const reply = (name, about, header, lines = []) => {
    const bytes = encodeMessage(header, lines);
    index.replies.push({ name, about, file: put(`replies/${name}.txt`, bytes), header, lines: lines.map((one) => one.id) });
    return bytes;
  };
  reply('same', 'nothing new', { v: 1, now: TIME, feed: id('feed'), at: position(3), again: 60000, same: true });
  reply('not-same', 'send cursors', { v: 1, now: TIME, feed: id('feed'), at: position(3), again: 60000, same: false });
  reply('pages', 'a refusal, a grant, an ended stream, another computer, a page of own ids, one of an op and a stub', {
    v: 1, now: TIME, feed: id('feed'), at: position(3), again: 60000, more: true,
    refused: [{ n: 2, code: 'too_large', sentence: 'want: longer than 4000 bytes' }],
    granted: [{ s: 'school', access: id('access school'), role: 'member' }],
    ended: [`class:${id('class')}`], elsewhere: [{ computer: 'lab-07', waiting: 2 }],
    streams: [
      { s: `own:${AMIRA}`, segment: id('segment'), seq: 3, head: 3, digest: index.digests[1].digest, own: chain.map((one) => one.id) },
      { s: PERSON, segment: id('segment'), seq: 2, head: 9, reset: true, ops: 2 },
    ],
  }, [first, parseStub(stubOfSecond)]);

  reply('restored', 'what the school lacks of that which was offered, and a page with its seal', {
    v: 1, now: TIME, feed: id('feed'), at: position(1), again: 60000, lacking: [second.id],
    streams: [{ s: PERSON, segment: id('segment'), seq: 1, head: 1, digest: first.id, own: [first.id], seal: sealOf([first]) }],
  });
  reply('hub', 'of a hub: how far it is, what is on its way, the school’s answers, other places, and pages under the school’s seals', {
    v: 1, now: TIME, feed: id('feed of the hub'), again: 20000, room: position(2), carried: 1,
    answers: [encodeAcknowledgement({ replica: PROFILE, round: 3, before: position(1), end: position(2), at: position(2), now: TIME }, school).toString()],
    places: [{ hub: '', name: 'Escuela Garza', addresses: ['https://garza.example:8443'] }, { hub: id('hub'), name: 'North room', addresses: [] }],
    streams: [{ s: PERSON, segment: id('segment of the hub'), seq: 2, head: 2, digest: digestOf([first.id, second.id]), ops: 2, under: [{ items: [first.id, second.id], seal: sealOf([first, second]) }] }],
  }, [first, second]);

  reply('hub-sealed', 'of a hub: a page of one line under the school’s seal and one under the hub’s own', {
    v: 1, now: TIME, feed: id('feed of the hub'), again: 20000, room: position(2),
    streams: [{
      s: PERSON, segment: id('segment of the hub'), seq: 2, head: 2, digest: digestOf([first.id, second.id]), ops: 2,
      under: [{ items: [first.id], seal: sealOf([first]) }, { items: [second.id], seal: hubSealOf([second]), hub: signer }],
    }],
  }, [first, second]);
  reply('marks', 'to cursors: marks are understood', { v: 1, now: TIME, at: position(2), again: 20000, marks: true });
  reply('beside', 'of a hub: nothing of this replica is on its way, and three ops of this person from other replicas are', {
    v: 1, now: TIME, feed: id('feed of the hub'), again: 20000, room: position(2), beside: 3, same: true,
  });
  reply('not-believed', 'of a hub: what is on its way is there, and the school did not take it in because of the PIN', {
    v: 1, now: TIME, feed: id('feed of the hub'), again: 20000, room: position(2), carried: 1, problem: 'wrong_pin', same: true,
  });
  reply('marked', 'what came with a mark is taken in, and nothing else is new', { again: 20000, mark: markAt(position(3)), now: TIME, v: 1 });

  const badRequest = (name, code, why, bytes) => index.not_requests.push({ name, code, why, file: put(`not_requests/${name}.txt`, Buffer.from(bytes)) });
  const fullText = fullBytes.toString();
  badRequest('empty', 'malformed', 'nothing', '');
  badRequest('no-newline', 'malformed', 'a header without an end', JSON.stringify({ ...common, before: position(0), cursors: [] }));
  badRequest('not-json', 'malformed', 'a header that is no JSON', 'hello\n');
  badRequest('array', 'malformed', 'a header that is no object', '[]\n');
  badRequest('no-version', 'malformed', 'no version', `${JSON.stringify({ ...common, v: undefined, cursors: [] })}\n`);
  badRequest('version', 'unsupported', 'version 2', `${JSON.stringify({ ...common, v: 2, cursors: [] })}\n`);
  badRequest('replica', 'malformed', 'a replica that is no id', `${JSON.stringify({ ...common, replica: 'lab-07', cursors: [] })}\n`);
  badRequest('label-long', 'malformed', 'a label of 65 characters', `${JSON.stringify({ ...common, request: 'r'.repeat(65), cursors: [] })}\n`);
  badRequest('waiting-negative', 'malformed', 'fewer than none waiting', `${JSON.stringify({ ...common, waiting: -1, cursors: [] })}\n`);
  badRequest('stream', 'malformed', 'a cursor of no stream', `${JSON.stringify({ ...common, cursors: [{ s: '../school', access: id('a'), seq: 0 }] })}\n`);
  badRequest('seq-negative', 'malformed', 'a cursor before the beginning', `${JSON.stringify({ ...common, cursors: [{ s: 'school', access: id('a'), seq: -1 }] })}\n`);
  badRequest('segment-missing', 'malformed', 'a cursor beyond zero without a segment', `${JSON.stringify({ ...common, cursors: [{ s: 'school', access: id('a'), seq: 1, feed: id('feed') }] })}\n`);
  badRequest('settled-negative', 'malformed', 'fewer than none settled', `${JSON.stringify({ ...common, cursors: [], settled: -1 })}\n`);
  badRequest('offered-1001', 'too_large', '1,001 ids offered', `${JSON.stringify({ ...common, cursors: [], offered: Array.from({ length: 1001 }, (_, n) => id(`offered ${n}`)) })}\n`);
  badRequest('returned-101', 'too_large', '101 pages returned', `${JSON.stringify({ ...common, cursors: [], returned: Array.from({ length: 101 }, () => ({ ...back[0], ops: 0 })) })}\n`);
  badRequest('ops-fewer', 'malformed', 'fewer lines than told', fullText.replace('"ops":2', '"ops":3'));
  badRequest('ops-more', 'malformed', 'more lines than told', fullText.replace('"ops":2', '"ops":1'));
  badRequest('ops-cut', 'malformed', 'a last line without an end', fullText.slice(0, -1));
  badRequest('ops-201', 'too_large', '201 ops', fullText.replace('"ops":2', '"ops":201'));
  badRequest('deep', 'too_deep', 'nested 7 deep', `${JSON.stringify({ ...common, cursors: [], later: { a: [{ b: [[[]]] }] } })}\n`);
  const bare = JSON.stringify({ ...common, cursors: [], later: '' });
  const wide = (size) => [bare.slice(0, -2), { repeat: 'x', times: size - bare.length }, '"}\n'];
  index.not_requests.push({ name: 'header-large', code: 'too_large', why: 'a header of 262,145 bytes', parts: wide(HEADER_BYTES_MAX + 1) });
  index.requests.push({ name: 'header-at-bound', about: 'a header of 262,144 bytes', parts: wide(HEADER_BYTES_MAX), ops: [] });

  // Joining.
  const spki = sha256('golden spki').toString('hex');
  const proofs = ['school', 'computer'].map((side) => ({
    side, code: '0123456789ABCDEF', identity: school.open, spki, client_nonce: sha256('golden client').toString('hex'),
    school_nonce: sha256('golden school').toString('hex'),
  }));
  index.joining = {
    codes: ['0123-4567-89AB-CDEF', 'oiLl 4567 89ab cdef', 'ZZZZYYYYXXXXWWWW'].map((typed) => ({ typed, code: plainCode(typed), code_id: codeId(plainCode(typed)) })),
    hellos: [spki, ''].map((text) => ({
      identity: school.open, seed: school.seed.toString('hex'), spki: text, signature: sign(null, Buffer.from(`waymark hello 1\n${text}`), school.secret).toString('hex'),
    })),
    proofs: proofs.map((one) => ({
      ...one, proof: joinProof({ code: one.code, side: one.side, identity: one.identity, spki: one.spki, clientNonce: one.client_nonce, schoolNonce: one.school_nonce }),
    })),
    records: [{ kind: 'profile', scope: AMIRA, record: singleton('profile', AMIRA) }],
  };

  const kept = Object.assign((file) => before.get(file) ?? null, { now: (file) => made.get(file) });
  makeCarried(index, { put, kept, key, id, op, chain, links, school, device, AMIRA, PROFILE, PERSON, TIME });

  makeBodies(index, { put, key, id, good, op, school, device, AMIRA, PERSON, TIME });

  // Ids of the records that there is one of.
  const project = id('record project');
  index.records = Object.entries({
    assessment_draft: [project, 'walk-the-creek', '2'], draft: ['goal.new'], preferences: [AMIRA], seen: [id('record review')],
    profile: [AMIRA], step: [project, 'walk-the-creek'], support: [project], held_review: [id('record turn-in')], class: [id('class')],
    member: [AMIRA], pathway_draft: [id('record pathway'), id('person teacher')], school: [],
    framework: ['a1c1ddd2-6a8c-4c4c-8a3e-7f6f3f1f0001'],
    standard: ['a1c1ddd2-6a8c-4c4c-8a3e-7f6f3f1f0001', 'a1c1ddd2-6a8c-4c4c-8a3e-7f6f3f1f0002'],
    rubric: ['a1c1ddd2-6a8c-4c4c-8a3e-7f6f3f1f0001', 'a1c1ddd2-6a8c-4c4c-8a3e-7f6f3f1f0003'], hidden: ['goal', GOAL],
  }).map(([kind, parts]) => ({ kind, parts, record: singleton(kind, parts.join('\n')) }));
  index.records.push({ kind: 'support', parts: [''], record: singleton('support', '') });

  // Deleting.
  index.deletions = [];
  const deletion = (name, about, list, flag = 'deleted') =>
    index.deletions.push({ name, about, files: list.map((one, at) => put(`deletions/${name}-${at + 1}.json`, one.bytes)), flag, gone: gone(list, flag) });
  const PIECE = { kind: 'work', record: id('record work') };
  const work = (fields, base = [], more = {}) => make(fields, { ...PIECE, base: base.map((one) => one.id).sort(), ...more });
  const draft = work({ project, step: 'walk-the-creek', type: 'text', text: 'The creek bends' });
  const titled = work({ title: 'The creek' }, []);
  const all = work({ deleted: true }, [draft, titled]);
  deletion('saw-all', 'a deletion whose base names the heads of every field', [draft, titled, all]);
  deletion('its-own-field-only', 'a base that names the heads of "deleted" alone, of which there are none, takes nothing', [draft, work({ deleted: true })]);
  deletion('saw-one-field', 'a base that lacks the head of one field', [draft, titled, work({ deleted: true }, [draft])]);
  const edit = work({ text: 'The creek bends twice' }, [draft]);
  deletion('edited-meanwhile', 'an edit that the deletion did not see brings the record back', [draft, titled, all, edit]);
  const late = work({ text: 'Found on an old laptop' }, [draft], { time: TIME - 86400000 });
  deletion('edited-on-an-old-clock', 'so does one with an earlier time', [late, draft, titled, all]);
  deletion('deleted-again', 'until a deletion names that edit too', [draft, titled, all, edit, work({ deleted: true }, [draft, titled, all, edit])]);
  deletion('two-one-saw-all', 'of two deletions at once, one that saw everything is enough: neither must name the other',
    [draft, titled, all, work({ deleted: true }, [draft])]);
  deletion('two-each-saw-half', 'two deletions that each saw a part do not add up', [draft, titled, work({ deleted: true }, [draft]), work({ deleted: true }, [titled])]);
  deletion('undone', 'taken back by one who saw it', [draft, titled, all, work({ deleted: false }, [draft, titled, all])]);
  deletion('undone-meanwhile', 'a head of the flag that says false must be named too', [draft, titled, work({ deleted: false }, [draft, titled]), all]);
  const seen = work({ text: 'The creek bends here' }, [draft]);
  const after = work({ title: 'Creek' }, [seen]);
  deletion('through-a-link', 'links do not count: the base itself must name each head', [draft, seen, after, work({ deleted: true }, [draft, after])]);
  deletion('refused', 'a deletion that was refused takes nothing', [draft, titled, asStub(all, 'forbidden')]);
  deletion('edit-refused', 'an edit that was refused brings nothing back', [draft, titled, all, asStub(edit, 'too_large')]);
  deletion('by-null', 'null is not true', [draft, work({ deleted: null }, [draft])]);
  deletion('archived', 'of a goal the flag is "archived"', [start, make({ archived: true }, { base: [start.id] })], 'archived');

  makePathways(index, put);

  // Putting away what holds others.
  index.archives = [];
  const archive = (name, about, kind, record, list) =>
    index.archives.push({ name, about, files: list.map((one, at) => put(`archives/${name}-${at + 1}.json`, one.bytes)), kind, record, gone: putAway(list, kind, record) });
  const PROJECT = { kind: 'project', record: id('record archived project') };
  const within = (kind, fields, base = [], label = kind) =>
    make({ project: PROJECT.record, ...fields }, { kind, record: id(`record archived ${label}`), base: base.map((one) => one.id).sort() });
  const begun = make({ pathway: id('record pathway'), why: 'Our street floods' }, PROJECT);
  const away = (saw, base = [begun]) =>
    make({ archived: true, ...(saw ? { saw: saw.map((one) => one.id).sort() } : {}) }, { ...PROJECT, base: base.map((one) => one.id).sort() });
  const piece = within('work', { step: 'plan', type: 'text', text: 'The creek bends' });
  const changed = within('work', { text: 'It bends twice' }, [piece]);
  const ticked = within('step', { step: 'plan', 'item.1': true });
  const turned = make({ project: PROJECT.record, step: 'plan', try: 1 }, { kind: 'turn_in', record: ZERO });
  const binned = within('work', { deleted: true }, [piece]);
  archive('saw-all', 'all heads of what is in it are named', 'project', PROJECT.record, [begun, piece, ticked, turned, away([piece, ticked, turned])]);
  archive('saw-nothing-said', 'without "saw" it is of a version that named none, and holds', 'project', PROJECT.record, [begun, piece, away(null)]);
  archive('empty', 'nothing is in it', 'project', PROJECT.record, [begun, away([])]);
  archive('one-more', 'a piece that was not seen brings the project back', 'project', PROJECT.record, [begun, piece, ticked, away([ticked])]);
  archive('changed-meanwhile', 'so does an edit of one that was seen', 'project', PROJECT.record, [begun, piece, away([piece]), changed]);
  archive('turned-in-meanwhile', 'and a record of one op', 'project', PROJECT.record, [begun, away([]), turned]);
  archive('deleted-in-it', 'what is deleted need not be named', 'project', PROJECT.record, [begun, piece, away([]), binned]);
  archive('of-another', 'nor what is in another project', 'project', PROJECT.record, [begun, away([]), within('work', { project: id('another project'), type: 'text' })]);
  archive('edited-itself', 'an edit of the project itself brings it back as ever', 'project', PROJECT.record, [begun, away([]), make({ why: 'It floods often' }, { ...PROJECT, base: [begun.id] })]);
  const GOAL_AWAY = { kind: 'goal', record: id('record archived goal') };
  const aim = make({ want: 'ask better questions' }, GOAL_AWAY);
  const said = make({ goal: GOAL_AWAY.record, text: 'Asked two people' }, { kind: 'checkin', record: ZERO });
  const goalAway = (saw) => make({ archived: true, saw: saw.map((one) => one.id) }, { ...GOAL_AWAY, base: [aim.id] });
  archive('goal', 'a goal and its check-in', 'goal', GOAL_AWAY.record, [aim, said, goalAway([said])]);
  archive('goal-checked-meanwhile', 'a check-in that was not seen', 'goal', GOAL_AWAY.record, [aim, goalAway([]), said]);

  const lists = Object.entries(index).map(([name, list]) => {
    const text = Array.isArray(list)
      ? `[\n${list.map((one) => `    ${JSON.stringify(one)}`).join(',\n')}\n  ]`
      : JSON.stringify(list, null, 2).replace(/\n/g, '\n  ');
    return `  ${JSON.stringify(name)}: ${text}`;
  });
  put('index.json', `{\n  "v": 1,\n${lists.join(',\n')}\n}\n`);
  put('.gitattributes', '* -text\n');
  keep(before, made);
}

// Writes what is new. Where anything else would change, nothing is written.
function keep(before, made) {
  const listed = existsSync(list) ? readFileSync(list, 'utf8') : '';
  const faults = faultsOf([listed, ...listOf(before)].join('\n'), made).filter((fault) => !fault.endsWith(unlisted));
  if (faults.length > 0) {
    console.error(faults.join('\n'));
    console.error('Nothing was written: what this would make differs from golden files that are there.');
    process.exit(1);
  }
  for (const [file, bytes] of made) {
    if (before.get(file)?.equals(bytes)) continue;
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    writeFileSync(join(folder, file), bytes);
  }
  writeFileSync(list, `${listOf(made).join('\n')}\n`);
}

// ---- checking what is there

const codeOf = (run) => {
  try {
    run();
  } catch (error) {
    if (error instanceof Refusal) return error.code;
    throw error;
  }
  return 'accepted';
};

const entries = (name) => JSON.parse(readFileSync(join(folder, 'index.json')))[name].map((one) => ({ ...one, bytes: bytesOf(one) }));

// Requests to send as they are, and lines to send among ops (so without a newline in them, and within a line's bound).
export const badRequests = () => entries('not_requests');
export const badLines = () => entries('not_ops').filter((one) => !one.bytes.includes(10) && one.bytes.length <= OP_BYTES_MAX);

export function checkGolden(check) {
  check('a golden file or entry that changes or goes is told by its name, and a new one is once it is listed', () => {
    const files = (...pairs) => new Map(pairs.map(([name, text]) => [name, Buffer.from(text)]));
    const index = (...ops) => ['index.json', JSON.stringify({ v: 1, ops })];
    const [one, two] = [{ name: 'one', id: 'a' }, { name: 'two', id: 'b' }];
    const kept = listOf(files(['ops/one.json', '{}'], index(one, two))).join('\n');
    const told = (...pairs) => faultsOf(kept, files(...pairs)).map((fault) => fault.split(/,|: /)[0]);
    assert.deepEqual(told(['ops/one.json', '{}'], index(two, one)), []);
    assert.deepEqual(told(['ops/one.json', '{} '], index(one, two)), ['ops/one.json is changed']);
    assert.deepEqual(told(index(one, two)), ['ops/one.json is gone']);
    assert.deepEqual(told(['ops/one.json', '{}'], index({ ...one, id: 'c' })), ['index.json ops one is changed', 'index.json ops two is gone']);
    assert.deepEqual(told(['ops/one.json', '{}'], ['ops/new.json', '{}'], index(one, two, { name: 'new' })),
      ['index.json ops new is not in tests/data/golden.sha256', 'ops/new.json is not in tests/data/golden.sha256']);
  });
  const index = () => JSON.parse(readFileSync(join(folder, 'index.json')));
  check('golden ops are in canonical form and have the ids told', () => {
    const { ops } = index();
    assert.ok(ops.length >= 17);
    for (const one of ops) {
      const parsed = parseOp(bytesOf(one));
      assert.equal(parsed.id, one.id, one.name);
      assert.equal(parsed.bytes.length, one.size, one.name);
    }
  });
  check('what is no golden op is refused with the code told', () => {
    const { not_ops } = index();
    assert.ok(not_ops.length >= 50);
    for (const one of not_ops) assert.equal(codeOf(() => parseOp(bytesOf(one))), one.code, `${one.name}: ${one.why}`);
  });
  check('golden stubs are read, and what is none is not', () => {
    const { stubs, not_stubs } = index();
    for (const one of stubs) assert.equal(parseStub(bytesOf(one)).id, one.id);
    for (const one of not_stubs) assert.equal(codeOf(() => parseStub(bytesOf(one))), one.code, one.why);
  });
  check('golden chains, digests and hashes of what was read', () => {
    const { chains, digests, reads, joining } = index();
    for (const one of chains) one.ids.forEach((id, at) => assert.equal(nextLink(one.c[at], id), one.c[at + 1]));
    for (const one of digests) assert.equal(digestOf(one.ids), one.digest, one.about);
    for (const one of reads) assert.equal(readHash(one.feed, one.streams), one.same, one.about);
    for (const one of index().marks) assert.equal(markOf(one.feed, one.streams, one.segment, one.replica, one.at), one.mark, one.about);
    for (const one of joining.records) assert.equal(singleton(one.kind, one.scope), one.record);
  });
  check('golden merges have the heads told, in every order of arrival', () => {
    for (const one of index().merges) {
      const list = one.files.map((file) => readFileSync(join(folder, file))).map((bytes) => (bytes.toString().endsWith('"stub":1}') ? parseStub(bytes) : parseOp(bytes)));
      for (const order of [list, [...list].reverse()])
        for (const { field, heads: wanted, displayed: shown } of one.fields) {
          assert.deepEqual(heads(order, field).map((x) => x.id).sort(), wanted, `${one.name} ${field}`);
          assert.equal(displayed(heads(order, field))?.id ?? '', shown, `${one.name} ${field}`);
        }
    }
  });
  check('golden deletions hold where they saw everything, in every order of arrival', () => {
    const { deletions } = index();
    assert.ok(deletions.some((one) => one.gone) && deletions.some((one) => !one.gone));
    for (const one of deletions) {
      const list = one.files.map((file) => readFileSync(join(folder, file))).map(parseLine);
      for (const order of [list, [...list].reverse()]) assert.equal(gone(order, one.flag), one.gone, one.name);
    }
  });
  check('golden goals and projects are put away where all in them was seen, in every order of arrival', () => {
    const { archives } = index();
    assert.ok(archives.some((one) => one.gone) && archives.some((one) => !one.gone));
    for (const one of archives) {
      const list = one.files.map((file) => readFileSync(join(folder, file))).map(parseLine);
      for (const order of [list, [...list].reverse()]) assert.equal(putAway(order, one.kind, one.record), one.gone, one.name);
    }
  });
  check('golden ids of the records that there is one of', () => {
    for (const one of index().records) assert.equal(singleton(one.kind, one.parts.join('\n')), one.record, one.kind);
  });
  check('golden messages are read, and what is none is refused with the code told', () => {
    const { requests, replies, not_requests } = index();
    for (const one of requests) {
      const { header, lines } = parseMessage(bytesOf(one));
      if (one.header) assert.deepEqual(header, one.header);
      assert.deepEqual(lines.map((line) => line.id), one.ops);
    }
    for (const one of replies) {
      const { header, lines } = parseMessage(bytesOf(one));
      assert.deepEqual(header, one.header);
      assert.deepEqual(lines.map((line) => line.id), one.lines);
    }
    assert.ok(not_requests.length > 0);
  });
  check('golden codes, hellos and proofs of joining', () => {
    const { joining } = index();
    for (const one of joining.codes) assert.deepEqual([plainCode(one.typed), codeId(one.code)], [one.code, one.code_id]);
    for (const one of joining.hellos) assert.ok(helloIsSigned(one));
    for (const one of joining.proofs)
      assert.equal(joinProof({ ...one, clientNonce: one.client_nonce, schoolNonce: one.school_nonce }), one.proof);
  });
  checkCarried(check, { index, bytesOf });
  checkBodies(check, { index, bytesOf });
  checkPathways(check, { index, bytesOf });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) make();
