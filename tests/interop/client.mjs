// A client of the sync protocol, written from docs/PROTOCOL.md alone: the pinned transport, joining, and a replica that
// keeps its records in memory. It promises what section 7 asks of a client; it has no disk and no screen.

import * as http from 'node:http';
import * as tls from 'node:tls';
import { randomBytes } from 'node:crypto';
import {
  KIND, PIECE_BYTES_MAX, encodeBatch, encodeFiles, encodePiece, encodeReading, filesIn, keyOf, openBundle, readAcknowledgement, readFiles, readNews, sealBundle, sealedLine,
} from './carry.mjs';
import {
  Refusal, ZERO, addToDigest, displayed, erasedStub, everyHead, half, heads, makeOp, markOf, nextLink, randomId, readHash, recordOf, sha256, timeAfter,
} from './record.mjs';
import {
  EventReader, OPS_MAX, SYNC_TYPE, codeId, encodeMessage, helloIsSigned, hubKeyMessage, hubSealMessage, joinProof, parseMessage, plainCode, sealMessage,
  signedBy,
} from './wire.mjs';

const WAIT_MS = 60000;
const REQUEST_BYTES = 1024 * 1024; // of ops, so that a body stays well within its bound

// ---- transport: every connection is checked against the pinned TLS key before a byte is sent

export class Link {
  constructor(port, pin = null) {
    Object.assign(this, { port, pin, token: null });
  }

  connect() {
    return new Promise((done, fail) => {
      const socket = tls.connect({ host: '127.0.0.1', port: this.port, rejectUnauthorized: false, minVersion: 'TLSv1.2' });
      socket.once('error', fail);
      socket.once('secureConnect', () => {
        const key = socket.getPeerX509Certificate().publicKey.export({ type: 'spki', format: 'der' });
        this.met = sha256(key).toString('hex');
        if (this.pin !== null && this.met !== this.pin) {
          socket.destroy();
          fail(new Refusal('identity_changed', 'another TLS key than the pinned one'));
          return;
        }
        socket.off('error', fail);
        done(socket);
      });
    });
  }

  // { status, headers, body }; `token` null sends none.
  async send(method, path, { body = null, type = null, headers = {}, token = this.token, wait = false } = {}) {
    const socket = await this.connect();
    return new Promise((done, fail) => {
      const request = http.request({ method, path, createConnection: () => socket, headers: { host: `127.0.0.1:${this.port}`, connection: 'close', ...headers } });
      if (token !== null) request.setHeader('authorization', `Bearer ${token}`);
      if (type !== null) request.setHeader('content-type', type);
      let answered = false;
      request.setTimeout(WAIT_MS, () => request.destroy(new Error(`no answer to ${method} ${path}`)));
      request.on('error', (error) => answered || fail(error));
      request.on('response', (response) => {
        answered = true;
        const parts = [];
        response.on('data', (part) => parts.push(part));
        response.on('error', fail);
        response.on('end', () => {
          socket.destroy();
          done({ status: response.statusCode, headers: response.headers, body: Buffer.concat(parts) });
        });
      });
      if (wait) {
        // Only the head; the body follows when the server has not refused it by then.
        request.flushHeaders();
        setTimeout(() => answered || request.end(body), 3000);
      } else {
        if (body !== null && !headers['content-length']) request.setHeader('content-length', body.length);
        request.end(body);
      }
    });
  }

  // Listens: { type, told, close }; `told` grows by an event's data as it comes.
  async listen() {
    const socket = await this.connect();
    return new Promise((done, fail) => {
      const request = http.request({ path: '/v1/events', createConnection: () => socket, headers: { host: `127.0.0.1:${this.port}`, authorization: `Bearer ${this.token}` } });
      request.on('error', fail);
      request.on('response', (response) => {
        const reader = new EventReader();
        response.on('data', (part) => reader.read(part));
        response.on('error', () => {});
        done({ status: response.statusCode, type: response.headers['content-type'], told: reader.told, close: () => socket.destroy() });
      });
      request.end();
    });
  }

  async json(method, path, value, token = this.token) {
    const body = value === undefined ? null : Buffer.from(JSON.stringify(value));
    const reply = await this.send(method, path, { body, type: body && 'application/json', token });
    return orRefusal(reply);
  }
}

// What a device does that meets another TLS key: a hello for that key, signed by the identity it knows, or nothing.
export async function metAgain(link, identity) {
  const first = new Link(link.port);
  const hello = await first.json('GET', '/v1/hello', undefined, null);
  if (hello.identity !== identity || hello.spki !== first.met || !helloIsSigned(hello))
    throw new Refusal('identity_changed', 'another school than the one that is known');
  link.pin = hello.spki;
}

export function errorOf(reply) {
  let told;
  try {
    told = JSON.parse(reply.body.toString()).error;
  } catch {
    throw new Error(`status ${reply.status} without an error in JSON: ${reply.body.toString().slice(0, 200)}`);
  }
  const refusal = new Refusal(told.code, told.detail);
  return Object.assign(refusal, { status: reply.status, retryAfter: reply.headers['retry-after'] });
}

export function orRefusal(reply) {
  if (reply.status !== 200) throw errorOf(reply);
  return JSON.parse(reply.body.toString());
}

// ---- a computer and its students

// A computer that has joined: knows the school's identity, pins its TLS key, holds the computer's token.
export async function joinComputer(port, typed, name, { lie } = {}) {
  const first = new Link(port);
  const hello = await first.json('GET', '/v1/hello');
  if (!helloIsSigned(hello)) throw new Refusal('identity_changed', 'a hello that the identity has not signed');
  if (first.met !== hello.spki) throw new Refusal('identity_changed', 'a hello for another TLS key');
  const link = new Link(port, hello.spki);
  const code = plainCode(typed);
  const clientNonce = randomBytes(32).toString('hex');
  const step = { code_id: codeId(code), nonce: clientNonce };
  const begun = await link.json('POST', '/v1/join', { step: 'begin', ...step });
  const proof = (side) => joinProof({ code: lie?.code ?? code, side, identity: hello.identity, spki: hello.spki, clientNonce, schoolNonce: begun.nonce });
  if (begun.proof !== proof('school') && !lie?.trusting) throw new Refusal('identity_changed', 'a school that does not know the code');
  const joined = await link.json('POST', '/v1/join', { step: 'finish', ...step, proof: proof('computer'), name });
  link.token = joined.token;
  return { link, hello, joined };
}

export class Profile {
  // Signs a student in on a joined computer. `computer` is what joinComputer gave.
  static async signIn(computer, card, pin, pinKind = 'digits') {
    const device = keyOf(randomBytes(32));
    const answer = await computer.link.json('POST', '/v1/join', {
      step: 'student', card: plainCode(card), pin, pin_kind: pinKind, device_key: device.open,
    });
    const link = new Link(computer.link.port, computer.hello.spki);
    link.token = answer.token;
    return Object.assign(new Profile(), { link, answer, device, identity: computer.hello.identity, person: answer.person });
  }
}

// ---- a replica

export class Replica {
  constructor(profile) {
    Object.assign(this, {
      profile, link: profile.link, person: profile.person, id: randomId(), own: [], links: [ZERO], settled: 0, known: new Map(),
      refusals: new Map(), streams: new Map(), feed: null, whole: new Set(), offset: 0, renewed: 0, resets: 0, log: [],
      elsewhere: [], ended: new Set(), seals: [], round: 0, answered: -1, talked: 0,
    });
  }

  // A copy of the disk, as a cloned computer has it.
  copy() {
    const other = Object.assign(Object.create(Replica.prototype), this);
    for (const [name, value] of Object.entries(this)) {
      if (value instanceof Map) other[name] = new Map([...value].map(([key, one]) => [key, name === 'streams' ? { ...one } : one]));
      else if (value instanceof Set) other[name] = new Set(value);
      else if (Array.isArray(value)) other[name] = [...value];
    }
    return other;
  }

  get waiting() {
    return this.own.length - this.settled;
  }

  ofRecord(record) {
    return [...this.known.values()].filter((one) => recordOf(one) === record);
  }
  heads(record, field) {
    return heads(this.ofRecord(record), field);
  }
  shown(record, field) {
    return displayed(this.heads(record, field))?.fields.get(field);
  }

  // One gesture: an op based on the heads read of the fields it sets, kept and shown at once, waiting.
  write(kind, record, fields, { stream = `person:${this.person}`, appendOnly = false, now = Date.now(), whole = false } = {}) {
    const read = whole ? everyHead(this.ofRecord(record)) : Object.keys(fields).flatMap((name) => this.heads(record, name));
    const based = appendOnly ? [] : [...new Set(read)];
    const op = makeOp({
      author: this.person, replica: this.id, stream, kind, record: appendOnly ? ZERO : record, fields,
      base: based.map((one) => one.id), time: timeAfter(now + this.offset, based),
    });
    this.own.push(op);
    this.known.set(op.id, op);
    this.links.push(nextLink(this.links[this.links.length - 1], op.id));
    return op;
  }

  // A deletion, based on all that is here.
  remove(kind, record) {
    return this.write(kind, record, { deleted: true }, { whole: true });
  }

  position(n) {
    return { n, c: this.links[n] };
  }

  // The copied or put back profile: another replica from now on, that offers everything again.
  becomeNew() {
    this.id = randomId();
    this.settled = 0;
    this.renewed += 1;
    this.links = [ZERO];
    for (const op of this.own) this.links.push(nextLink(this.links[this.links.length - 1], op.id));
  }

  // The request's header and ops. `same` asks with the one hash instead of cursors, `mark` with that of its position too.
  request({ same = false, mark = false, whole = false } = {}) {
    const ops = [];
    for (let bytes = 0, n = this.settled; n < this.own.length && ops.length < OPS_MAX; n++) {
      bytes += this.own[n].bytes.length;
      if (ops.length > 0 && bytes > REQUEST_BYTES) break;
      ops.push(this.own[n]);
    }
    const header = {
      v: 1, request: 'interop', replica: this.id, now: Date.now(), waiting: this.waiting, before: this.position(this.settled),
      ops: ops.length,
    };
    this.promised = mark ? this.promise(ops) : null;
    if (mark) {
      return { header: { mark: this.mark(this.streams.values(), this.position(this.settled)), ops: ops.length, replica: this.id, v: 1 }, ops };
    }
    if (same) header.same = this.readHash();
    else
      header.cursors = [...this.streams.values()].map((one) => ({
        s: one.s, access: one.access, seq: one.seq, ...(one.seq > 0 ? { feed: this.feed, segment: one.segment } : {}),
        ...(whole || this.whole.has(one.s) ? { whole: true } : {}),
      }));
    return { header, ops };
  }

  mark(streams, at) {
    const [first] = this.streams.values();
    return markOf(this.feed, streams, first.segment, this.id, at);
  }

  // Where this replica stands when these ops are taken in and nothing else is new: the reply that a mark stands for.
  promise(ops) {
    const at = this.position(this.settled + ops.length);
    const after = [...this.streams.values()].map((one) => {
      const own = ops.filter((op) => op.stream === one.s).map((op) => op.id);
      const digest = own.reduce(addToDigest, one.digest);
      return { ...one, own, count: one.count + own.length, digest };
    });
    const pages = after.filter((one) => one.own.length > 0).map((one) => ({ s: one.s, segment: one.segment, seq: one.count, head: one.count, digest: one.digest, own: one.own }));
    return { mark: this.mark(after, at), header: { at, same: true, feed: this.feed, streams: pages } };
  }

  readHash() {
    return readHash(this.feed, this.streams.values());
  }

  async post(header, ops) {
    const reply = await this.link.send('POST', '/v1/sync', { body: encodeMessage(header, ops), type: SYNC_TYPE });
    if (reply.status !== 200) throw errorOf(reply);
    return parseMessage(reply.body);
  }

  // One request and its reply, stored as a whole or not at all.
  async exchange(options = {}) {
    const { header, ops } = this.request(options);
    const reply = await this.post(header, ops);
    this.take(reply);
    return reply.header;
  }

  take({ header, lines }) {
    if (header.mark) {
      if (header.mark !== this.promised.mark) throw new Error('another mark than what was sent and read gives');
      header = { ...this.promised.header, ...header };
    }
    this.offset = header.now - Date.now();
    this.log.push(header);
    const at = header.at ?? { n: 0, c: ZERO };
    if (at.n >= this.links.length || this.links[at.n] !== at.c) {
      this.becomeNew();
    } else if (!this.promised || header.same !== false) {
      this.settled = at.n;
      for (const one of header.refused ?? []) this.refuse(one);
    }
    this.elsewhere = header.elsewhere ?? [];
    this.talked = this.round;
    this.takePages({ header, lines });
  }

  // What is granted and ended, and pages that begin where this replica stands.
  takePages({ header, lines }) {
    for (const one of header.granted ?? []) this.streams.set(one.s, this.zero(one.s, one.access, one.role));
    for (const s of header.ended ?? []) {
      this.ended.add(s);
      this.streams.delete(s);
    }
    if (header.feed) this.feed = header.feed;
    let next = 0;
    for (const page of header.streams ?? []) {
      const stream = this.streams.get(page.s);
      if (!stream) throw new Error(`a page of ${page.s}, which was never granted`);
      if (page.reset) {
        this.resets += 1;
        Object.assign(stream, this.zero(page.s, stream.access, stream.role));
      }
      const count = (id) => {
        stream.count += 1;
        stream.digest = addToDigest(stream.digest, id);
      };
      for (const id of page.own ?? []) {
        count(id);
        if (!this.known.has(id) && !this.refusals.has(id)) stream.lacks = true;
      }
      const came = lines.slice(next, next + (page.ops ?? 0));
      if (page.seal) this.seals.push({ s: page.s, items: [...(page.own ?? []), ...came.map((one) => half(one.bytes))], seal: page.seal });
      for (const id of page.own ?? []) stream.served.add(id);
      for (const one of came) {
        count(one.id);
        stream.served.add(one.id);
        this.known.set(one.id, one);
        if (!one.isStub && one.author === this.person && !this.own.some((op) => op.id === one.id)) this.foreign = true;
      }
      next += page.ops ?? 0;
      stream.seq = page.seq ?? stream.seq;
      stream.segment = page.segment ?? stream.segment;
      stream.head = page.head ?? stream.head;
      const complete = stream.seq === stream.head;
      if (stream.lacks || (complete && (stream.digest !== page.digest || stream.count !== stream.head))) {
        if (this.whole.has(page.s) && complete && !stream.lacks) throw new Error(`the digest of ${page.s} is another after a whole reading`);
        Object.assign(stream, this.zero(page.s, stream.access, stream.role));
        this.whole.add(page.s);
        this.again = true;
      } else if (complete) {
        this.whole.delete(page.s);
      }
    }
    this.obeyErasures();
  }

  // What the law asks to be erased is not kept: of everything of a person, and of the ops named, stubs stay.
  obeyErasures() {
    const erasures = [...this.known.values()].filter((one) => one.kind === 'erasure' && one.stream === 'school' && !one.isStub);
    const people = new Set(erasures.map((one) => one.fields.get('person')));
    const named = new Set(erasures.flatMap((one) => one.fields.get('ops') ?? []));
    const covered = ({ id, stream }) => {
      const [word, whose] = stream.split(':');
      return named.has(id) || (['own', 'person', 'staff', 'inbox', 'pulse', 'talk'].includes(word) && people.has(whose));
    };
    const left = (one) => (!one.isStub && covered(one) ? erasedStub(one) : one);
    if (erasures.length === 0) return;
    for (const [id, one] of this.known) this.known.set(id, left(one));
    this.own = this.own.map(left);
    for (const [id, refusal] of this.refusals) if (covered(refusal.op)) this.refusals.set(id, { ...refusal, op: left(refusal.op) });
  }

  zero(s, access, role) {
    return { s, access, role, seq: 0, count: 0, digest: ZERO, segment: null, head: null, lacks: false, served: new Set() };
  }

  // An exchange whose reply never comes: the school has the ops, this replica does not know it.
  async exchangeLost() {
    const { header, ops } = this.request();
    await this.post(header, ops);
  }

  // What the school served once and does not serve any more: it is offered, and what the school lacks goes back under the
  // seal that it came with.
  async refill() {
    const offered = this.notServed();
    if (offered.length === 0) return 0;
    const { header } = this.request();
    const told = await this.post({ ...header, ops: 0, offered: offered.map((one) => one.id) }, []);
    const { returned, lines } = this.underSeals(offered, new Set(told.header.lacking ?? []));
    await this.post({ ...this.request().header, ops: 0, returned }, lines);
    return lines.length;
  }

  notServed() {
    const own = new Set(this.own.map((op) => op.id));
    return [...this.known.values()].filter((one) => {
      const stream = this.streams.get(one.stream);
      return stream && stream.seq === stream.head && !stream.served.has(one.id) && !own.has(one.id);
    });
  }

  underSeals(ops, lacking) {
    const lines = [];
    const returned = [];
    for (const { s, items, seal, hub } of this.seals) {
      const back = ops.filter((one) => one.stream === s && lacking.has(one.id) && items.includes(half(one.bytes)));
      back.forEach((one) => lacking.delete(one.id));
      if (back.length > 0) returned.push(hub ? { s, items, seal, hub, ops: back.length } : { s, items, seal, ops: back.length });
      lines.push(...back);
    }
    return { returned, lines };
  }

  // ---- at a hub

  // What was read is kept for each parent by the hub's id ('' is the school), with where it is met.
  goTo(id, link) {
    const read = (parent) => ({ link: parent.link, streams: parent.streams, feed: parent.feed, whole: parent.whole });
    this.parents ??= new Map();
    this.parents.set(this.parent ?? '', read(this));
    Object.assign(this, this.parents.get(id) ?? { streams: new Map(), feed: null, whole: new Set() }, { link, parent: id, room: { n: 0, c: ZERO } });
  }

  // What waits from `first` on, signed; what the hub may not read is sealed to the school.
  signed(first) {
    this.round += 1;
    const { device, identity, answer, introduction } = this.profile;
    const ops = this.own.slice(first, first + OPS_MAX);
    const papers = introduction ? { introduction } : { certificate: answer.certificate, certified: answer.signature };
    const header = { person: this.person, replica: this.id, round: this.round, before: this.position(first), ids: ops.map((op) => op.id), ...papers };
    const lines = ops.map((op) => (op.stream.startsWith('own:') ? sealedLine(identity, op.bytes) : op));
    return { batch: encodeBatch(header, [], device).toString(), lines };
  }

  // One exchange: what neither the room nor the school has goes there in a batch, if only one without ops.
  async meet() {
    const first = Math.max(this.room.n, this.settled);
    const { batch, lines } = this.signed(first);
    const { cursors } = this.request().header;
    const reply = await this.post({
      v: 1, request: 'interop', replica: this.id, now: Date.now(), waiting: this.waiting, before: this.position(first), ops: lines.length, batch,
      settled: this.settled, cursors,
    }, lines);
    const { header } = reply;
    if (header.at) throw new Error('a hub told where the school is');
    for (const text of header.answers ?? []) this.takeAnswer(Buffer.from(text));
    this.room = header.room ?? { n: 0, c: ZERO };
    if (this.room.n >= this.links.length || this.links[this.room.n] !== this.room.c) this.becomeNew();
    // Nothing is on its way, and the school has not settled all that the hub has: it goes there again.
    if (!header.carried && this.room.n > this.settled) this.room = { n: 0, c: ZERO };
    for (const page of header.streams ?? []) {
      if (page.seal) throw new Error('a page of a hub with a seal of its own');
      for (const { items, seal, hub } of page.under ?? []) {
        const good = hub
          ? signedBy(this.profile.identity, hubKeyMessage(hub.id, hub.key), hub.signature) && signedBy(hub.key, hubSealMessage(hub.id, page.s, items), seal)
          : signedBy(this.profile.identity, sealMessage(page.s, items), seal);
        if (!good) throw new Refusal('unauthorized', 'a seal that is neither the school’s nor one of its hubs’');
        this.seals.push(hub ? { s: page.s, items, seal, hub } : { s: page.s, items, seal });
      }
    }
    this.takePages(reply);
    return header;
  }

  takeAnswer(bytes) {
    const said = readAcknowledgement(bytes, this.profile.identity);
    if (said.certificate && said.replica === this.id)
      this.profile = { ...this.profile, introduction: null, answer: { certificate: said.certificate, signature: said.certified } };
    return this.takeAcknowledgement(said);
  }

  // What a starter gave: accesses, and what the class reads under accesses of nobody.
  begin({ entry, news }) {
    this.takePages({ header: { granted: entry.granted, streams: [] }, lines: [] });
    for (const body of news) {
      const { reply } = readNews(body);
      const pages = (reply.header.streams ?? []).filter((page) => this.streams.has(page.s));
      let at = 0;
      for (const page of pages) {
        const lines = reply.lines.slice(at, (at += page.ops ?? 0));
        const items = lines.map((one) => half(one.bytes));
        if (items.length > 0 && !signedBy(entry.identity, sealMessage(page.s, items), page.seal)) throw new Refusal('unauthorized', 'a page without the seal of its school');
      }
      this.takePages({ header: { feed: reply.header.feed, streams: pages }, lines: reply.lines });
    }
  }

  // ---- on a stick

  // What waits, what was read and `files` ({ s, bytes, mime }), sealed to the school, which is asked for those that are
  // lacking here ({ s, file }). Writing it changes nothing that counts as sent.
  bundle(files = [], lacking = []) {
    this.round += 1;
    const { device, identity, answer, introduction } = this.profile;
    const papers = introduction ? {} : { certificate: answer.certificate, certified: answer.signature };
    const signed = { round: this.round, ...papers };
    const items = [];
    // Without a certificate there is always a batch: it shows who writes, and its answer brings one.
    for (let n = this.settled; n < this.own.length || (introduction && n === this.settled); n += OPS_MAX) {
      const ops = this.own.slice(n, n + OPS_MAX);
      const header = { person: this.person, replica: this.id, ...signed, ...(introduction ? { introduction } : {}), ...(n > 0 ? { before: this.position(n) } : {}), ids: ops.map((op) => op.id) };
      items.push({ kind: KIND.batch, body: encodeBatch(header, ops, device) });
    }
    const { cursors } = this.request().header;
    items.push({ kind: KIND.reading, body: encodeReading(signed, { v: 1, replica: this.id, cursors }) });
    const lost = this.notServed();
    const { returned, lines } = this.underSeals(lost, new Set(lost.map((one) => one.id)));
    if (lines.length > 0) items.push({ kind: KIND.returned, body: encodeMessage({ v: 1, replica: this.id, returned }, lines) });
    const named = files.map((one) => ({ ...one, file: sha256(one.bytes).toString('hex') }));
    const streams = [...new Set([...named, ...lacking].map((one) => one.s))].map((s) => ({
      s, has: named.filter((one) => one.s === s).map((one) => one.file), lacks: lacking.filter((one) => one.s === s).map((one) => one.file),
    }));
    if (streams.length > 0) items.push({ kind: KIND.files, body: encodeFiles({ round: this.round, replica: this.id, streams }) });
    for (const { s, file, bytes, mime } of named)
      for (let from = 0; from < bytes.length; from += PIECE_BYTES_MAX)
        items.push({ kind: KIND.file, body: encodePiece({ s, file, mime, from, total: bytes.length }, bytes.subarray(from, from + PIECE_BYTES_MAX)) });
    return sealBundle(identity, device, items);
  }

  // A file as it goes through a hub: a batch without ops that shows whose it is, the file's name, its pieces.
  parcel({ s, bytes, mime }) {
    this.round += 1;
    const { device, identity, answer } = this.profile;
    const header = { person: this.person, replica: this.id, round: this.round, certificate: answer.certificate, certified: answer.signature, ids: [] };
    const file = sha256(bytes).toString('hex');
    const items = [
      { kind: KIND.batch, body: encodeBatch(header, [], device) },
      { kind: KIND.files, body: encodeFiles({ round: this.round, replica: this.id, streams: [{ s, has: [file] }] }) },
    ];
    for (let from = 0; from < bytes.length; from += PIECE_BYTES_MAX)
      items.push({ kind: KIND.file, body: encodePiece({ s, file, mime, from, total: bytes.length }, bytes.subarray(from, from + PIECE_BYTES_MAX)) });
    return { bytes: sealBundle(identity, device, items), round: this.round };
  }

  // What the school said of a parcel: { round, streams }.
  openParcelAnswer(bytes) {
    const { device, identity } = this.profile;
    const { writer, items } = openBundle(bytes, device);
    if (writer !== identity) throw new Refusal('unauthorized', 'the answer is not of this school');
    return readFiles(items.find(({ kind }) => kind === KIND.files).body);
  }

  // The school's answer: { whole, counted, told, files, problems }: how many of its items counted here, what it told of
  // files, those that came, and why batches were not taken in.
  takeBundle(bytes) {
    const { device, identity } = this.profile;
    const { writer, items, whole } = openBundle(bytes, device);
    if (writer !== identity) throw new Refusal('unauthorized', 'the answer is not of this school');
    let counted = 0;
    const problems = [];
    for (const { kind, body } of items) {
      if (kind === KIND.problem) problems.push(JSON.parse(body.toString()).code);
      if (kind === KIND.acknowledgement) {
        if (this.takeAnswer(body)) counted += 1;
      }
      if (kind === KIND.news && this.takeNews(readNews(body))) counted += 1;
    }
    const told = items.filter(({ kind }) => kind === KIND.files).flatMap(({ body }) => readFiles(body).streams);
    return { whole, counted, told, files: filesIn(items), problems };
  }

  takeAcknowledgement({ replica, round, before = { n: 0, c: ZERO }, end = { n: 0, c: ZERO }, at = { n: 0, c: ZERO }, refused = [] }) {
    if (replica !== this.id || round < this.answered || round <= this.talked) return false;
    const own = ({ n, c }) => n < this.links.length && this.links[n] === c;
    if (!own(at)) {
      this.becomeNew();
      return true;
    }
    const newer = round > this.answered;
    this.answered = round;
    if (own(end) && before.n <= this.settled) this.settled = Math.max(this.settled, Math.min(at.n, end.n));
    for (const one of refused) if (one.n > before.n && one.n <= Math.min(at.n, end.n)) this.refuse(one);
    if (newer) this.settled = Math.min(this.settled, at.n);
    return true;
  }

  refuse(one) {
    const op = this.own[one.n - 1];
    this.refusals.set(op.id, { ...one, op });
    if (!this.known.get(op.id)?.isStub) this.known.delete(op.id);
  }

  takeNews({ header, asked, reply }) {
    if (asked.replica !== this.id) return false;
    const current = header.round > this.talked && header.round >= this.answered;
    const granted = current ? (reply.header.granted ?? []).filter((one) => this.streams.get(one.s)?.access !== one.access) : [];
    const opened = new Set((reply.header.granted ?? []).map((one) => one.s));
    const pages = [];
    const lines = [];
    let next = 0;
    for (const page of reply.header.streams ?? []) {
      const came = reply.lines.slice(next, (next += page.ops ?? 0));
      const stream = granted.some((one) => one.s === page.s) ? { seq: 0 } : this.streams.get(page.s);
      const from = asked.cursors.find((one) => one.s === page.s);
      const here = stream && (opened.has(page.s) || !from
        ? stream.seq === 0
        : from.access === stream.access && from.seq === stream.seq && (from.seq === 0 || (from.feed === this.feed && from.segment === stream.segment)));
      if (!here) continue;
      pages.push(page);
      lines.push(...came);
    }
    this.takePages({ header: { ...reply.header, granted, ended: current ? reply.header.ended : [], streams: pages }, lines });
    return pages.length + granted.length > 0;
  }

  // Exchanges until nothing waits and everything is read.
  async sync() {
    for (let turn = 0; turn < 50; turn++) {
      const renewed = this.renewed;
      this.again = false;
      const header = await this.exchange();
      if (!header.more && !this.again && this.waiting === 0 && this.renewed === renewed) return header;
    }
    throw new Error('50 exchanges and still not done');
  }
}

// ---- a hub: a reader of its classes at the school, and a carrier of batches that devices signed

export class Carrier {
  // `file` is what the school gave for it.
  constructor(file, link, spki) {
    link.token = file.token;
    Object.assign(this, { file, link, spki, key: keyOf(randomBytes(32)), version: '', addresses: [], replica: null });
    this.replica = new Replica({ link, identity: file.identity, person: file.hub });
  }

  // Its hello, signed by the school, and the people of its classes where they are others than it has.
  async greet(carrying = 0) {
    const question = { spki: this.spki, addresses: this.addresses, carrying, version: this.version };
    const told = await this.link.json('POST', '/v1/hub', question);
    this.hello = { identity: this.file.identity, spki: this.spki, signature: told.hello };
    if (!helloIsSigned(this.hello)) throw new Refusal('unauthorized', 'a hello that the identity has not signed');
    this.version = told.version;
    if (told.papers) this.papers = told.papers;
    return told;
  }

  // Batches as they came, sealed; gives { answers, problems } by what the school said of them.
  async carry(batches) {
    const bundle = sealBundle(this.file.identity, this.key, batches.map((body) => ({ kind: KIND.batch, body })));
    const reply = await this.link.send('POST', '/v1/bundles', { body: bundle, type: 'application/octet-stream' });
    if (reply.status !== 200) throw errorOf(reply);
    const { writer, items } = openBundle(reply.body, this.key);
    if (writer !== this.file.identity) throw new Refusal('unauthorized', 'an answer of somebody else');
    const of = (kind) => items.filter((one) => one.kind === kind).map((one) => one.body);
    return { answers: of(KIND.acknowledgement), problems: of(KIND.problem).map((body) => JSON.parse(body.toString())) };
  }
}
