// Ops, stubs, ids, digests, chains and merging, written from docs/PROTOCOL.md sections 2, 3 and 5 alone. It shares no
// line and no idea with the C++ of this tree, so that the two can be wrong only where the text is wrong.

import { createHash, randomBytes } from 'node:crypto';

export const OP_BYTES_MAX = 524288;
export const ZERO = '0'.repeat(32);
const DAY_MS = 86400000;

export class Refusal extends Error {
  constructor(code, why) {
    super(`${code}: ${why}`);
    this.code = code;
  }
}

const refuse = (code, why) => {
  throw new Refusal(code, why);
};

export const sha256 = (...parts) => {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return hash.digest();
};
export const half = (...parts) => sha256(...parts).subarray(0, 16).toString('hex');
export const randomId = () => randomBytes(16).toString('hex');

const NAME = /^[a-z0-9_.]{1,64}$/;
const HEX32 = /^[0-9a-f]{32}$/;
const HEX16 = /^[0-9a-f]{16}$/;
const STREAM = /^[a-z]{1,16}(:[0-9a-f]{32})?$/;
const LONE_SURROGATE = /[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/;

// ---- canonical form

function scalar(value) {
  if (value === null || value === true || value === false) return String(value);
  if (typeof value === 'number') {
    if (!Number.isSafeInteger(value)) refuse('malformed', 'a number that is no integer below 2^53');
    return String(value);
  }
  if (typeof value === 'string') {
    if (LONE_SURROGATE.test(value)) refuse('malformed', 'an unpaired surrogate');
    if (value.includes('\0')) refuse('malformed', 'U+0000');
    return JSON.stringify(value);
  }
  return refuse('too_deep', 'an array or an object within a value');
}

function valueText(value) {
  if (value !== null && typeof value === 'object' && !Array.isArray(value)) refuse('too_deep', 'an object as a value');
  if (!Array.isArray(value)) return scalar(value);
  if (value.length > 1024) refuse('too_large', 'an array of more than 1,024 values');
  return `[${value.map(scalar).join(',')}]`;
}

const quoted = (list) => `[${list.map((item) => JSON.stringify(item)).join(',')}]`;

function checkBase(base) {
  if (!Array.isArray(base)) refuse('malformed', 'base is no array');
  if (base.length > 256) refuse('too_large', 'a base of more than 256 ids');
  base.forEach((id, at) => {
    if (typeof id !== 'string' || !HEX32.test(id)) refuse('malformed', 'a base that is no id');
    if (at > 0 && base[at - 1] >= id) refuse('malformed', 'a base that is not sorted, or has an id twice');
  });
}

// The one text of an op. `op.fields` is a Map or a plain object.
export function canonical(op) {
  const fields = op.fields instanceof Map ? op.fields : new Map(Object.entries(op.fields));
  const names = [...fields.keys()].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
  if (names.length < 1) refuse('malformed', 'no fields');
  if (names.length > 256) refuse('too_large', 'more than 256 fields');
  for (const name of names) if (!NAME.test(name)) refuse('malformed', 'a field with no proper name');
  checkBase(op.base);
  if (!NAME.test(op.kind)) refuse('malformed', 'a kind with no proper name');
  if (!STREAM.test(op.stream)) refuse('malformed', 'a stream with no proper name');
  if (!HEX16.test(op.salt)) refuse('malformed', 'a salt that is not 16 hexadecimal digits');
  for (const name of ['author', 'record', 'replica'])
    if (typeof op[name] !== 'string' || !HEX32.test(op[name])) refuse('malformed', `${name} is no id`);
  if (!Number.isSafeInteger(op.time)) refuse('malformed', 'time is no integer below 2^53');
  const values = names.map((name) => `${JSON.stringify(name)}:${valueText(fields.get(name))}`).join(',');
  const text =
    `{"author":"${op.author}","base":${quoted(op.base)},"fields":{${values}},"kind":"${op.kind}",` +
    `"record":"${op.record}","replica":"${op.replica}","salt":"${op.salt}","stream":"${op.stream}",` +
    `"time":${op.time},"v":1}`;
  const bytes = Buffer.from(text, 'utf8');
  if (bytes.length > OP_BYTES_MAX) refuse('too_large', 'an op of more than 524,288 bytes');
  return bytes;
}

function json(bytes) {
  let text;
  try {
    text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    refuse('malformed', 'not UTF-8');
  }
  try {
    return JSON.parse(text);
  } catch {
    return refuse('malformed', 'not JSON');
  }
}

const OP_MEMBERS = ['author', 'base', 'fields', 'kind', 'record', 'replica', 'salt', 'stream', 'time', 'v'];
const STUB_MEMBERS = ['base', 'id', 'kind', 'names', 'reason', 'record', 'stream', 'stub'];

function checkMembers(value, members) {
  if (value === null || typeof value !== 'object' || Array.isArray(value)) refuse('malformed', 'no object');
  const names = Object.keys(value);
  for (const name of names) if (!members.includes(name)) refuse('malformed', `an unknown member ${name}`);
  for (const name of members) if (!names.includes(name)) refuse('malformed', `no member ${name}`);
}

// Bytes to an op with its id. What is read is written again and must give the same bytes: white space, another order,
// a name twice, "1.0", "-0" and other escapes all fall out of that.
export function parseOp(bytes) {
  if (bytes.length > OP_BYTES_MAX) refuse('too_large', 'an op of more than 524,288 bytes');
  const op = json(bytes);
  checkMembers(op, OP_MEMBERS);
  if (op.v !== 1) refuse('malformed', 'another version');
  if (op.fields === null || typeof op.fields !== 'object' || Array.isArray(op.fields)) refuse('malformed', 'no fields');
  op.fields = new Map(Object.entries(op.fields));
  if (!canonical(op).equals(bytes)) refuse('malformed', 'not in canonical form');
  return { ...op, id: half(bytes), bytes: Buffer.from(bytes), names: [...op.fields.keys()] };
}

export function stubBytes(stub) {
  checkBase(stub.base);
  return Buffer.from(
    `{"base":${quoted(stub.base)},"id":"${stub.id}","kind":"${stub.kind}","names":${quoted(stub.names)},` +
      `"reason":"${stub.reason}","record":"${stub.record}","stream":"${stub.stream}","stub":1}`,
  );
}

export function parseStub(bytes) {
  const stub = json(bytes);
  checkMembers(stub, STUB_MEMBERS);
  if (stub.stub !== 1) refuse('malformed', 'another version');
  for (const name of ['id', 'record']) if (!HEX32.test(stub[name])) refuse('malformed', `${name} is no id`);
  if (!NAME.test(stub.kind) || !NAME.test(stub.reason)) refuse('malformed', 'a kind or reason with no proper name');
  if (!STREAM.test(stub.stream)) refuse('malformed', 'a stream with no proper name');
  stub.base.forEach((one, at) => { if (at > 0 && stub.base[at - 1] >= one) refuse('malformed', 'bases that are not sorted'); });
  if (!Array.isArray(stub.names) || stub.names.length < 1) refuse('malformed', 'no names');
  if (stub.names.length > 256) refuse('too_large', 'more than 256 names');
  stub.names.forEach((name, at) => {
    if (!NAME.test(name)) refuse('malformed', 'a field with no proper name');
    if (at > 0 && stub.names[at - 1] >= name) refuse('malformed', 'names that are not sorted');
  });
  if (!stubBytes(stub).equals(bytes)) refuse('malformed', 'not in canonical form');
  return { ...stub, isStub: true, bytes: Buffer.from(bytes) };
}

// What is left of an op that an erasure covers.
export function erasedStub({ base, id, kind, names, record, stream }) {
  return parseStub(stubBytes({ base, id, kind, names, reason: 'erased', record, stream }));
}

// A line of a page is one or the other; a stub's first member after its base is its id.
export function parseLine(bytes) {
  return bytes.subarray(-10).toString('latin1') === ',"stub":1}'
    ? parseStub(bytes)
    : parseOp(bytes);
}

// ---- ids of records

export const singleton = (kind, scope) => half(`${kind}\n${scope}`);
export const recordOf = (op) => (op.record === ZERO ? op.id : op.record);

// ---- digest, chain, read

const MODULUS = 1n << 128n;
const hex128 = (number) => number.toString(16).padStart(32, '0');

export const addToDigest = (digest, id) => hex128((BigInt(`0x${digest}`) + BigInt(`0x${id}`)) % MODULUS);
export const digestOf = (ids) => ids.reduce(addToDigest, ZERO);
export const nextLink = (c, id) => half(Buffer.from(c, 'hex'), Buffer.from(id, 'hex'));

function readText(feed, streams) {
  const sorted = [...streams].sort((a, b) => (a.s < b.s ? -1 : 1));
  return feed + sorted.map((one) => `\n${one.s} ${one.access} ${one.count} ${one.digest}`).join('');
}

export const readHash = (feed, streams) => half(readText(feed, streams));

export const markOf = (feed, streams, segment, replica, at) => half(`${readText(feed, streams)}\n${segment} ${replica} ${at.n} ${at.c}`);

// ---- merging

// Heads of one field of one record. `all` holds every accepted op and every stub of the record.
export function heads(all, field) {
  const byId = new Map(all.map((one) => [one.id, one]));
  const setters = all.filter((one) => !one.isStub && one.fields.has(field));
  const covered = new Set();
  for (const setter of setters) {
    const seen = new Set();
    const walk = [...setter.base];
    while (walk.length > 0) {
      const id = walk.pop();
      if (seen.has(id)) continue;
      seen.add(id);
      const one = byId.get(id);
      if (one) walk.push(...one.base);
    }
    for (const id of seen) covered.add(id);
  }
  return setters.filter((one) => !covered.has(one.id));
}

export const displayed = (list) =>
  list.reduce((best, one) => (!best || one.time > best.time || (one.time === best.time && one.id > best.id) ? one : best), null);

// Has somebody deleted the record who had read all of it? One true head of the flag names every other head itself, and, of
// what holds others, the heads `held` of these in `saw`; without `saw` it is of a version that named none.
export function gone(all, flag, held = []) {
  const removals = heads(all, flag).filter((one) => one.fields.get(flag) === true);
  const others = everyHead(all).filter((one) => !removals.includes(one));
  return removals.some((removal) => {
    const saw = removal.fields.get('saw') ?? null;
    return others.every((one) => removal.base.includes(one.id)) && (saw === null || held.every((one) => saw.includes(one.id)));
  });
}

// Is a goal or a project put away? `all` are the ops and stubs of the student's stream.
const HELD = { goal: { checkin: 'goal' }, project: { step: 'project', work: 'project', self_assessment: 'project', turn_in: 'project', help: 'project' } };
export function putAway(all, kind, record) {
  const of = (name, id) => all.filter((one) => one.kind === name && recordOf(one) === id);
  const held = Object.entries(HELD[kind]).flatMap(([name, field]) => {
    const ids = [...new Set(all.filter((one) => one.kind === name).map(recordOf))];
    const there = ids.map((id) => of(name, id)).filter((ops) => displayed(heads(ops, field))?.fields.get(field) === record && !gone(ops, 'deleted'));
    return there.flatMap(everyHead);
  });
  return gone(of(kind, record), 'archived', held);
}

// The heads of all fields: what a deletion is based on.
export function everyHead(all) {
  const names = new Set(all.filter((one) => !one.isStub).flatMap((one) => [...one.fields.keys()]));
  return [...new Set([...names].flatMap((name) => heads(all, name)))];
}

// Does a teacher hide it from this reader? While any head says so, and unless every head of it is their own.
export function isHidden(all, kind, record, reader) {
  const id = singleton('hidden', `${kind}\n${record}`);
  const of = (name, which) => all.filter((one) => one.kind === name && recordOf(one) === which);
  const said = heads(of('hidden', id), 'hidden').some((one) => one.fields.get('hidden') === true);
  return said && everyHead(of(kind, record)).some((one) => one.author !== reader);
}

export function timeAfter(nowMs, based) {
  return based.reduce((time, one) => (one.time > nowMs + DAY_MS ? time : Math.max(time, one.time + 1)), nowMs);
}

export function makeOp({ author, replica, stream, kind, record, fields, base = [], time }) {
  const op = { author, replica, stream, kind, record, fields, base: [...base].sort(), time };
  return parseOp(canonical({ ...op, salt: randomBytes(8).toString('hex') }));
}
