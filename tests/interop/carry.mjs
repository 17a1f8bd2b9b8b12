// What others carry, written from docs/PROTOCOL.md sections 7 and 8 alone: signed lines, batches, acknowledgements,
// readings, news, introductions and the bundles they travel in. The sealing is libsodium's.

import { createPrivateKey, createPublicKey, sign } from 'node:crypto';
import { createRequire } from 'node:module';
import { Refusal, half, parseLine, parseOp, sha256 } from './record.mjs';
import { FILE_BYTES_MAX, OPS_MAX, encodeMessage, parseMessage, readHeader, signedBy } from './wire.mjs';

const sodium = createRequire(import.meta.url)('libsodium-wrappers-sumo');
await sodium.ready;

export const ITEM_BYTES_MAX = 5242880;
export const BUNDLE_BYTES_MAX = 67108864;
export const INTRODUCTION_DIGITS_MAX = 4096;
export const KIND = { batch: 1, acknowledgement: 2, problem: 3, reading: 4, news: 5, file: 6, files: 7, returned: 8 };
export const PIECE_BYTES_MAX = 4194304;
const STREAM = /^[a-z]{1,16}(:[0-9a-f]{32})?$/;
const MAGIC = 'waymark bundle 1\n';

const refuse = (code, why) => {
  throw new Refusal(code, why);
};

// ---- keys: { seed, secret, open }, the public key in digits

export function keyOf(seed) {
  const secret = createPrivateKey({
    key: Buffer.concat([Buffer.from('302e020100300506032b657004220420', 'hex'), seed]), format: 'der', type: 'pkcs8',
  });
  const open = Buffer.from(createPublicKey(secret).export({ format: 'jwk' }).x, 'base64url').toString('hex');
  return { seed, secret, open };
}
export const signature = (key, text) => sign(null, Buffer.from(text), key.secret).toString('hex');

// ---- sealed boxes, to the X25519 form of an Ed25519 key

export const sealTo = (open, bytes) =>
  Buffer.from(sodium.crypto_box_seal(bytes, sodium.crypto_sign_ed25519_pk_to_curve25519(Buffer.from(open, 'hex'))));

export function openSealed(key, box) {
  const pair = sodium.crypto_sign_seed_keypair(key.seed);
  try {
    return Buffer.from(sodium.crypto_box_seal_open(
      box, sodium.crypto_sign_ed25519_pk_to_curve25519(pair.publicKey), sodium.crypto_sign_ed25519_sk_to_curve25519(pair.privateKey),
    ));
  } catch {
    return refuse('malformed', 'sealed to another key, or changed');
  }
}

// ---- signed lines

export function signedLine(word, header, key) {
  const line = Buffer.from(JSON.stringify(header));
  return Buffer.concat([line, Buffer.from(`\n${signature(key, Buffer.concat([Buffer.from(`${word}\n`), line]))}\n`)]);
}

function readSigned(word, bytes) {
  const end = bytes.indexOf(10);
  const after = bytes.indexOf(10, end + 1);
  if (end < 0 || after !== end + 129) refuse('malformed', 'no line with its signature');
  const digits = bytes.subarray(end + 1, after).toString('latin1');
  const line = bytes.subarray(0, end);
  return {
    header: readHeader(line), rest: bytes.subarray(after + 1),
    by: (open) => /^[0-9a-f]{128}$/.test(digits) && signedBy(open, Buffer.concat([Buffer.from(`${word}\n`), line]), digits),
  };
}

// ---- certificates and introductions

export function readCertificate(school, text, certified) {
  if (!signedBy(school, text, certified)) refuse('unauthorized', 'the certificate is none of this school');
  return readHeader(Buffer.from(text));
}

export const hashPin = (pin) =>
  sodium.crypto_pwhash_str(pin, sodium.crypto_pwhash_OPSLIMIT_INTERACTIVE, sodium.crypto_pwhash_MEMLIMIT_INTERACTIVE);

export const sealIntroduction = (school, content) => sealTo(school, Buffer.from(JSON.stringify({ v: 1, ...content }))).toString('hex');

export function openIntroduction(school, digits) {
  if (digits.length > INTRODUCTION_DIGITS_MAX) refuse('too_large', 'an introduction of more than 4,096 digits');
  if (!/^([0-9a-f]{2})*$/.test(digits)) refuse('malformed', 'no hexadecimal digits');
  const content = readHeader(openSealed(school, Buffer.from(digits, 'hex')));
  for (const name of ['card', 'pin', 'pin_kind', 'computer', 'token']) if (typeof content[name] !== 'string') refuse('malformed', `no ${name}`);
  if (!/^[0-9a-f]{64}$/.test(content.key)) refuse('malformed', 'a key has 64 digits');
  return content;
}

export const sealedLine = (school, op) => Buffer.from(`{"sealed":"${sealTo(school, op).toString('base64url')}"}`);

// ---- batches and their answers

export function encodeBatch(header, ops, key) {
  const signed = signedLine('waymark batch 1', { v: 1, ...header }, key);
  return Buffer.concat([signed, ...ops.flatMap((one) => [one.bytes ?? one, Buffer.from('\n')])]);
}

// What the school does with it before it decides on each op. `school` is its key, with the seed.
export function readBatch(bytes, school) {
  const signed = readSigned('waymark batch 1', bytes);
  const { header } = signed;
  if (header.ids.length > OPS_MAX) refuse('too_large', 'more than 200 ops');
  const who = header.introduction
    ? { ...openIntroduction(school, header.introduction), person: header.person }
    : readCertificate(school.open, header.certificate, header.certified);
  if (who.person !== header.person) refuse('unauthorized', 'another person than the certificate’s');
  if (!signed.by(who.key)) refuse('unauthorized', 'not signed by the device of its certificate');
  const lines = [];
  for (let rest = signed.rest; rest.length > 0; ) {
    const end = rest.indexOf(10);
    if (end < 0) refuse('malformed', 'a line without an end');
    lines.push(rest.subarray(0, end));
    rest = rest.subarray(end + 1);
  }
  if (lines.length !== header.ids.length) refuse('malformed', 'more or fewer lines than ids');
  lines.forEach((line, at) => {
    const sealed = /^\{"sealed":"([A-Za-z0-9_-]+)"\}$/.exec(line.toString('latin1'));
    const plain = sealed ? openSealed(school, Buffer.from(sealed[1], 'base64url')) : line;
    lines[at] = plain;
    const stub = plain.subarray(-10).toString('latin1') === ',"stub":1}' ? parseLine(plain) : null;
    if ((stub ? stub.id : half(plain)) !== header.ids[at]) refuse('wrong_id', `op ${at + 1} is not what the batch says`);
    if (!stub && authorOf(plain) !== header.person) refuse('forbidden', `op ${at + 1} is by somebody else`);
  });
  return { header, who, lines };
}
// Of what is no op nobody is the author; it is refused alone.
function authorOf(line) {
  try {
    return parseOp(line).author;
  } catch {
    return undefined;
  }
}

export const encodeAcknowledgement = (header, school) => signedLine('waymark acknowledgement 1', { v: 1, ...header }, school);

export function readAcknowledgement(bytes, school) {
  const signed = readSigned('waymark acknowledgement 1', bytes);
  if (!signed.by(school)) refuse('unauthorized', 'not signed by this school');
  if (signed.rest.length > 0) refuse('malformed', 'more lines than an acknowledgement has');
  if ((signed.header.end?.n ?? 0) < (signed.header.before?.n ?? 0)) refuse('malformed', 'it ends before it begins');
  return signed.header;
}

// ---- readings and news: a line, then messages as section 6 has them

export const encodeReading = (header, asked) => encodeMessage({ v: 1, ...header }, [Buffer.from(JSON.stringify(asked))]);
export const encodeNews = (header, asked, reply, lines) =>
  Buffer.concat([encodeReading(header, asked), encodeMessage(reply, lines)]);

function afterLine(bytes) {
  const end = bytes.indexOf(10);
  if (end < 0) refuse('malformed', 'a line without an end');
  return [readHeader(bytes.subarray(0, end)), bytes.subarray(end + 1)];
}
export function readReading(bytes) {
  const [header, rest] = afterLine(bytes);
  return { header, asked: parseMessage(rest).header };
}
export function readNews(bytes) {
  const [header, rest] = afterLine(bytes);
  const [asked, reply] = afterLine(rest);
  return { header, asked, reply: parseMessage(reply) };
}

// ---- files: a line and then bytes, and what is there and what is not

export const encodePiece = (header, bytes) => Buffer.concat([Buffer.from(`${JSON.stringify({ v: 1, ...header })}\n`), bytes]);
export function readPiece(body) {
  const [header, bytes] = afterLine(body);
  if (bytes.length > PIECE_BYTES_MAX || header.total > FILE_BYTES_MAX) refuse('too_large', 'a piece of more than 4 MiB, or a file of more than 20');
  const fits = header.from >= 0 && header.from + bytes.length <= header.total && (bytes.length > 0 || header.total === 0);
  if (!/^[0-9a-f]{64}$/.test(header.file) || !STREAM.test(header.s) || !fits) refuse('malformed', 'no piece of a file');
  return { header, bytes };
}
export const encodeFiles = (header) => Buffer.from(`${JSON.stringify({ v: 1, ...header })}\n`);
export function readFiles(body) {
  const [header, rest] = afterLine(body);
  if (rest.length > 0) refuse('malformed', 'more lines than one');
  for (const one of header.streams ?? [])
    for (const list of [one.has ?? [], one.lacks ?? []]) {
      if (list.length > 1000) refuse('too_large', 'more than 1,000 names');
      if (!list.every((name) => /^[0-9a-f]{64}$/.test(name))) refuse('malformed', 'a name that is none');
    }
  return header;
}
// The whole files among a bundle's items, in order.
export function filesIn(items) {
  const found = [];
  let open = null;
  for (const { kind, body } of items) {
    if (kind !== KIND.file) continue;
    const { header, bytes } = readPiece(body);
    if (header.from === 0) open = { s: header.s, file: header.file, parts: [], length: 0 };
    if (!open || open.file !== header.file || open.length !== header.from) {
      open = null;
      continue;
    }
    open.parts.push(bytes);
    open.length += bytes.length;
    if (open.length < header.total) continue;
    const content = Buffer.concat(open.parts);
    if (sha256(content).toString('hex') === open.file) found.push({ s: open.s, file: open.file, bytes: content });
    open = null;
  }
  return found;
}

// ---- bundles

const frame = (bytes) => {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(bytes.length);
  return Buffer.concat([length, bytes]);
};
const writerMessage = (reader, fresh) => Buffer.concat([Buffer.from(MAGIC), Buffer.from(reader, 'hex'), sha256(fresh)]);

// `items` are { kind, body }; `signer` is for those who test what a false writer does.
export function sealBundle(reader, writer, items, signer = writer) {
  const fresh = sodium.crypto_secretstream_xchacha20poly1305_keygen();
  const { state, header } = sodium.crypto_secretstream_xchacha20poly1305_init_push(fresh);
  const push = (bytes, tag = sodium.crypto_secretstream_xchacha20poly1305_TAG_MESSAGE) =>
    frame(Buffer.from(sodium.crypto_secretstream_xchacha20poly1305_push(state, bytes, null, tag)));
  const signed = sign(null, writerMessage(reader, fresh), signer.secret);
  return Buffer.concat([
    Buffer.from(MAGIC), Buffer.from(reader, 'hex'), sealTo(reader, fresh), Buffer.from(header),
    push(Buffer.concat([Buffer.from(writer.open, 'hex'), signed])),
    ...items.map(({ kind, body }) => push(Buffer.concat([Buffer.from([kind]), body]))),
    push(Buffer.alloc(0), sodium.crypto_secretstream_xchacha20poly1305_TAG_FINAL),
  ]);
}

// ---- starters

export const STARTER_ENTRIES_MAX = 200;
const STARTER_MAGIC = 'waymark starter 1\n';
const keyOfCard = (card, salt) =>
  sodium.crypto_pwhash(32, card, Buffer.from(salt, 'hex'), 2, 67108864, sodium.crypto_pwhash_ALG_ARGON2ID13);

// `students` are { card, entry }, `news` the bodies of items; `salt` and `fresh` are digits.
export function sealStarter(head, students, news, salt, fresh) {
  const key = Buffer.from(fresh, 'hex');
  const entries = students.map(({ card, entry }) => {
    const nonce = sodium.randombytes_buf(24);
    const box = sodium.crypto_secretbox_easy(Buffer.from(JSON.stringify({ v: 1, ...entry, key: fresh })), nonce, keyOfCard(card, salt));
    return Buffer.concat([nonce, box]).toString('base64url');
  });
  const { state, header } = sodium.crypto_secretstream_xchacha20poly1305_init_push(key);
  const push = (bytes, tag) => frame(Buffer.from(sodium.crypto_secretstream_xchacha20poly1305_push(state, bytes, null, tag)));
  return Buffer.concat([
    Buffer.from(`${STARTER_MAGIC}${JSON.stringify({ v: 1, ...head, salt, entries: entries.sort() })}\n`), Buffer.from(header),
    ...news.map((body) => push(Buffer.concat([Buffer.from([KIND.news]), body]), sodium.crypto_secretstream_xchacha20poly1305_TAG_MESSAGE)),
    push(Buffer.alloc(0), sodium.crypto_secretstream_xchacha20poly1305_TAG_FINAL),
  ]);
}

// { head, entry, news, whole }
export function openStarter(bytes, card) {
  if (bytes.subarray(0, STARTER_MAGIC.length).toString('latin1') !== STARTER_MAGIC) refuse('malformed', 'no starter');
  const [head, rest] = afterLine(bytes.subarray(STARTER_MAGIC.length));
  if (typeof head.school !== 'string' || !/^[0-9a-f]{32}$/.test(head.salt) || !Array.isArray(head.entries)) refuse('malformed', 'no head of a starter');
  if (head.entries.length > STARTER_ENTRIES_MAX) refuse('too_large', 'more than 200 entries');
  const cardKey = keyOfCard(card, head.salt);
  let entry = null;
  for (const sealed of head.entries.map((one) => Buffer.from(one, 'base64url'))) {
    try {
      entry = readHeader(Buffer.from(sodium.crypto_secretbox_open_easy(sealed.subarray(24), sealed.subarray(0, 24), cardKey)));
      break;
    } catch (error) {
      if (error instanceof Refusal) throw error;
    }
  }
  if (!entry) refuse('card_unknown', 'no entry opens with this card');
  const state = sodium.crypto_secretstream_xchacha20poly1305_init_pull(rest.subarray(0, 24), Buffer.from(entry.key, 'hex'));
  const news = [];
  for (let at = 24; at + 4 <= rest.length; ) {
    const length = rest.readUInt32BE(at);
    const pulled = at + 4 + length <= rest.length ? sodium.crypto_secretstream_xchacha20poly1305_pull(state, rest.subarray(at + 4, at + 4 + length)) : false;
    at += 4 + length;
    if (!pulled) break;
    if (pulled.tag === sodium.crypto_secretstream_xchacha20poly1305_TAG_FINAL) return { head, entry, news, whole: true };
    if (pulled.message[0] === KIND.news) news.push(Buffer.from(pulled.message.subarray(1)));
  }
  return { head, entry, news, whole: false };
}

// { writer, items, whole }
export function openBundle(bytes, key) {
  const head = MAGIC.length + 32 + 80 + 24;
  if (bytes.length < head || bytes.subarray(0, MAGIC.length).toString('latin1') !== MAGIC) refuse('malformed', 'no bundle');
  const reader = bytes.subarray(MAGIC.length, MAGIC.length + 32).toString('hex');
  if (reader !== key.open) refuse('unauthorized', 'sealed to somebody else');
  const fresh = openSealed(key, bytes.subarray(MAGIC.length + 32, MAGIC.length + 112));
  const state = sodium.crypto_secretstream_xchacha20poly1305_init_pull(bytes.subarray(head - 24, head), fresh);
  let at = head;
  const next = () => {
    if (at + 4 > bytes.length) return null;
    const length = bytes.readUInt32BE(at);
    if (length > ITEM_BYTES_MAX + 17 || at + 4 + length > bytes.length) return null;
    const pulled = sodium.crypto_secretstream_xchacha20poly1305_pull(state, bytes.subarray(at + 4, at + 4 + length));
    at += 4 + length;
    return pulled ? { message: Buffer.from(pulled.message), last: pulled.tag === sodium.crypto_secretstream_xchacha20poly1305_TAG_FINAL } : null;
  };
  const first = next();
  if (first?.message.length !== 96) refuse('malformed', 'it breaks off before its writer is named');
  const writer = first.message.subarray(0, 32).toString('hex');
  if (!signedBy(writer, writerMessage(reader, fresh), first.message.subarray(32).toString('hex')))
    refuse('malformed', 'its writer has not signed it');
  const items = [];
  for (let one = next(); one; one = next()) {
    if (one.last) return { writer, items, whole: true };
    if (one.message.length > 0) items.push({ kind: one.message[0], body: one.message.subarray(1) });
  }
  return { writer, items, whole: false };
}
