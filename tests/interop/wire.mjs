// Messages of the sync endpoint, proofs of joining, and bodies in zstd as far as they can be made without a library,
// written from docs/PROTOCOL.md section 6 alone.

import { createHmac, createPublicKey, verify } from 'node:crypto';
import { Refusal, parseLine, sha256 } from './record.mjs';

export const SYNC_TYPE = 'application/vnd.waymark.sync';
export const HEADER_BYTES_MAX = 262144;
export const OPS_MAX = 200;
export const HAVE_MAX = 4096;
export const FILE_BYTES_MAX = 20971520;
export const BODY_BYTES_MAX = 4 * 1024 * 1024;

export function encodeMessage(header, lines = []) {
  const newline = Buffer.from('\n');
  return Buffer.concat([Buffer.from(JSON.stringify(header)), newline, ...lines.flatMap((one) => [one.bytes ?? one, newline])]);
}

function depthOf(value) {
  if (value === null || typeof value !== 'object') return 0;
  return 1 + Math.max(0, ...Object.values(value).map(depthOf));
}

export function readHeader(line) {
  if (line.length > HEADER_BYTES_MAX) throw new Refusal('too_large', 'a header of more than 262,144 bytes');
  let header;
  try {
    header = JSON.parse(line.toString('utf8'));
  } catch {
    throw new Refusal('malformed', 'a header that is not JSON');
  }
  if (depthOf(header) > 6) throw new Refusal('too_deep', 'a header nested more than 6 deep');
  if (header.v !== 1) throw new Refusal('unsupported', 'another version');
  return header;
}

// { header, lines }: the lines are ops and stubs, each checked against its id.
export function parseMessage(body) {
  if (body.length === 0 || body[body.length - 1] !== 10) throw new Refusal('malformed', 'the last line has no end');
  const end = body.indexOf(10);
  const header = readHeader(body.subarray(0, end));
  const lines = [];
  for (let from = end + 1; from < body.length; ) {
    const to = body.indexOf(10, from);
    lines.push(parseLine(body.subarray(from, to)));
    from = to + 1;
  }
  const wanted = header.streams ? header.streams.reduce((sum, page) => sum + (page.ops ?? 0), 0) : (header.returned ?? []).reduce((sum, page) => sum + page.ops, header.ops ?? 0);
  if (wanted !== lines.length) throw new Refusal('malformed', `${wanted} ops are told and ${lines.length} are there`);
  return { header, lines };
}

// ---- bodies of JSON: what must be there is checked, and what is not known read over

export const FILES_MAX = 1000;
const BODY_DEPTH_MAX = 32;
const is = {
  text: (x) => typeof x === 'string',
  some: (x) => typeof x === 'string' && x !== '',
  flag: (x) => typeof x === 'boolean',
  id: (x) => /^[0-9a-f]{32}$/.test(x),
  hex64: (x) => /^[0-9a-f]{64}$/.test(x),
  key: (x) => x === '' || /^[0-9a-f]{64}$/.test(x),
  whole: (x) => Number.isSafeInteger(x),
  names: (x) => Array.isArray(x) && x.every(is.text),
  list: (x) => Array.isArray(x),
};
const maybe = (test) => Object.assign((x) => x === undefined || test(x), { maybe: true });
const STEPS = {
  begin: { step: is.text, code_id: is.text, nonce: is.text },
  finish: { step: is.text, code_id: is.text, nonce: is.text, proof: is.text, name: maybe(is.text) },
  card: { step: is.text, card: is.text },
  student: { step: is.text, card: is.text, pin: is.text, pin_kind: is.text, device_key: is.hex64, token: maybe(is.text) },
  return: { step: is.text, certificate: is.text, signature: is.text, proof: is.text, token: maybe(is.text) },
  pin: { step: is.text, pin_hash: is.text, pin_kind: is.text },
};
const BODIES = {
  begun: { nonce: is.text, proof: is.text },
  computer_joined: { computer: is.text, name: is.text, token: is.some, school: is.text, places: is.list },
  card_read: { first_name: is.text, new_pin: is.flag, pin_kind: is.text },
  signed_in: { person: is.id, first_name: is.text, token: is.some, certificate: is.text, signature: is.text, pin_set: is.flag },
  returned: { person: is.text, token: is.text },
  files: { files: is.names },
  parcels: { parcels: is.names },
  lacking: { v: is.whole, lacking: is.names },
  parcel_news: { v: is.whole, lacking: is.names, answers: is.list },
  hub_question: { spki: is.key, addresses: is.names, carrying: is.whole, version: maybe(is.text), key: maybe(is.key) },
};

function parseBody(bytes) {
  let value;
  try {
    value = JSON.parse(bytes.toString('utf8'));
  } catch {
    throw new Refusal('malformed', 'not JSON');
  }
  if (value === null || typeof value !== 'object' || Array.isArray(value)) throw new Refusal('malformed', 'not a JSON object');
  if (depthOf(value) > BODY_DEPTH_MAX) throw new Refusal('too_deep', 'nested more than 32 deep');
  return value;
}

export function readBody(kind, bytes) {
  const value = parseBody(bytes);
  const members = kind === 'question' ? STEPS[value.step] : BODIES[kind];
  if (!members) throw new Refusal('malformed', 'no such step of joining');
  const read = {};
  for (const [name, test] of Object.entries(members)) {
    if (!test(value[name])) throw new Refusal('malformed', `"${name}" is missing or of another type`);
    if (value[name] !== undefined) read[name] = value[name];
  }
  for (const name of ['files', 'parcels']) if (read[name]?.length > FILES_MAX) throw new Refusal('too_large', 'more than 1,000 names');
  if (kind === 'hub_question') read.addresses = read.addresses.slice(0, 8);
  return read;
}

const HELLO = { v: is.whole, school: is.text, identity: is.hex64, spki: is.key, signature: is.text, now: is.whole, protocols: is.list, version: is.text };
export function readHello(bytes) {
  const strange = new Refusal('not_waymark', 'what answered is no Waymark server');
  let value;
  try {
    value = parseBody(bytes);
  } catch {
    throw strange;
  }
  const read = {};
  for (const [name, test] of Object.entries(HELLO)) {
    if (!test(value[name])) throw strange;
    read[name] = value[name];
  }
  if (value.hub) read.hub = { id: value.hub.id, name: value.hub.name };
  if (!read.protocols.includes(1)) throw new Refusal('unsupported', 'it speaks other versions');
  if (!helloIsSigned(read)) throw new Refusal('identity_changed', 'not signed by the identity that it names');
  return read;
}

// ---- the event stream

export const EVENT_LINE_BYTES_MAX = 4096;
// Takes pieces of any length; `heads` grows by what they tell. False where a line has no end.
export class EventReader {
  constructor() {
    Object.assign(this, { heads: {}, line: Buffer.alloc(0), told: [] });
  }
  read(piece) {
    this.line = Buffer.concat([this.line, piece]);
    for (let end = this.line.indexOf(10); end >= 0; end = this.line.indexOf(10)) {
      if (end > EVENT_LINE_BYTES_MAX) return false;
      this.tell(this.line.subarray(0, end).toString('utf8'));
      this.line = this.line.subarray(end + 1);
    }
    return this.line.length <= EVENT_LINE_BYTES_MAX;
  }
  tell(line) {
    if (!line.startsWith('data:')) return;
    let event;
    try {
      event = JSON.parse(line.slice(5));
    } catch {
      return;
    }
    if (!is.some(event?.s) || !is.whole(event.head)) return;
    this.told.push(event);
    this.heads[event.s] = Math.max(this.heads[event.s] ?? 0, event.head);
  }
}
export function readEvents(pieces) {
  const reader = new EventReader();
  return pieces.every((piece) => reader.read(piece)) ? reader.heads : null;
}

// ---- hello and joining

const ed25519 = (hex) =>
  createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x: Buffer.from(hex, 'hex').toString('base64url') }, format: 'jwk' });

export const signedBy = (identity, text, signature) =>
  verify(null, Buffer.from(text), ed25519(identity), Buffer.from(signature, 'hex'));

export const hubKeyMessage = (hub, key) => `waymark hub key 1\n${hub}\n${key}\n`;
export const hubSealMessage = (hub, stream, items) => `waymark hub seal 1\n${hub}\n${stream}\n${items.map((item) => `${item}\n`).join('')}`;
export const sealMessage = (stream, items) => `waymark seal 1\n${stream}\n${items.map((item) => `${item}\n`).join('')}`;

export const helloIsSigned = (hello) => signedBy(hello.identity, `waymark hello 1\n${hello.spki}`, hello.signature);

export function plainCode(typed) {
  return typed.toUpperCase().replace(/[-\s]/g, '').replace(/O/g, '0').replace(/[IL]/g, '1');
}

export const codeId = (code) => sha256(`waymark code\n${code}`).subarray(0, 4).toString('hex');

export function joinProof({ code, side, identity, spki, clientNonce, schoolNonce }) {
  const text = ['waymark join 1', side, identity, spki, clientNonce, schoolNonce].map((line) => `${line}\n`).join('');
  return createHmac('sha256', code).update(text).digest('hex');
}

// ---- zstd frames without compression (RFC 8878): a frame of raw blocks, and one of a single byte repeated

function zstdFrame(sizeBytes, blocks) {
  const head = Buffer.alloc(9);
  head.writeUInt32LE(0xfd2fb528, 0);
  head[4] = 0b10100000; // content size in 4 bytes, a single segment
  head.writeUInt32LE(sizeBytes, 5);
  return Buffer.concat([head, ...blocks]);
}

function zstdBlock(last, type, size, content) {
  const head = Buffer.alloc(3);
  head.writeUIntLE((size << 3) | (type << 1) | (last ? 1 : 0), 0, 3);
  return Buffer.concat([head, content]);
}

const BLOCK = 128 * 1024;

export function zstdStored(bytes) {
  const blocks = [];
  for (let at = 0; at === 0 || at < bytes.length; at += BLOCK) {
    const part = bytes.subarray(at, at + BLOCK);
    blocks.push(zstdBlock(at + BLOCK >= bytes.length, 0, part.length, part));
  }
  return zstdFrame(bytes.length, blocks);
}

export function zstdRepeated(byte, sizeBytes) {
  const blocks = [];
  for (let at = 0; at < sizeBytes; at += BLOCK) {
    const size = Math.min(BLOCK, sizeBytes - at);
    blocks.push(zstdBlock(at + size >= sizeBytes, 1, size, Buffer.from([byte])));
  }
  return zstdFrame(sizeBytes, blocks);
}
