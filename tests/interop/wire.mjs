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

// ---- hello and joining

const ed25519 = (hex) =>
  createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x: Buffer.from(hex, 'hex').toString('base64url') }, format: 'jwk' });

export const signedBy = (identity, text, signature) =>
  verify(null, Buffer.from(text), ed25519(identity), Buffer.from(signature, 'hex'));

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
