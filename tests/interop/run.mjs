// An independent client of the sync protocol against a real waymark-server with TLS.
// node tests/interop/run.mjs BIN [part of a check's name …]; BIN is the folder of programs. Ends with one line,
// "N passed, N failed, N skipped", and 1 when a check failed.

import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as zlib from 'node:zlib';
import { KIND, PIECE_BYTES_MAX, hashPin, keyOf, openBundle, openStarter, sealBundle, sealIntroduction } from './carry.mjs';
import { Link, Profile, Replica, errorOf, joinComputer, metAgain, orRefusal } from './client.mjs';
import { badLines, badRequests, checkGolden } from './golden.mjs';
import { checkHub } from './hub.mjs';
import { isPacked, pack, unpack } from './pack.mjs';
import { Refusal, ZERO, digestOf, gone, half, makeOp, nextLink, randomId, sha256 } from './record.mjs';
import { checkSample } from './sample.mjs';
import { School } from './school.mjs';
import {
  BODY_BYTES_MAX, FILE_BYTES_MAX, HAVE_MAX, HEADER_BYTES_MAX, OPS_MAX, SYNC_TYPE, codeId, encodeMessage, helloIsSigned,
  joinProof, parseMessage, plainCode, sealMessage, signedBy, zstdRepeated, zstdStored,
} from './wire.mjs';

const here = dirname(fileURLToPath(import.meta.url));
const [bin, ...only] = process.argv.slice(2);
if (!bin) {
  console.error('node tests/interop/run.mjs BIN [part of a check’s name …]');
  process.exit(2);
}

class Skipped extends Error {}
const checks = [];
const check = (name, run) => checks.push({ name, run });

const refusedWith = async (promise, code, status) => {
  try {
    await promise;
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    assert.equal(error.code, code, error.message);
    if (status !== undefined) assert.equal(error.status, status, error.message);
    return error;
  }
  return assert.fail(`it was accepted, where ${code} was expected`);
};

const school = new School(resolve(bin));
const world = {}; // what earlier checks leave to later ones

// ---- golden files: no server

checkGolden(check);

// ---- hello

check('hello is signed by the identity and speaks of the TLS key that was met', async () => {
  const link = new Link(school.port);
  const hello = await link.json('GET', '/v1/hello');
  assert.equal(hello.v, 1);
  assert.equal(hello.school, 'Escuela Garza');
  assert.deepEqual(hello.protocols, [1]);
  assert.match(hello.identity, /^[0-9a-f]{64}$/);
  assert.equal(hello.spki, link.met);
  assert.ok(helloIsSigned(hello));
  assert.ok(!helloIsSigned({ ...hello, spki: sha256('another').toString('hex') }));
  assert.equal(typeof hello.now, 'number');
  assert.equal(typeof hello.version, 'string');
  world.hello = hello;
});

check('a TLS key other than the pinned one is refused before anything is sent', async () => {
  const link = new Link(school.port, sha256('another key').toString('hex'));
  await refusedWith(link.json('GET', '/v1/hello'), 'identity_changed');
});

// ---- joining

check('a computer joins with both proofs', async () => {
  world.first = await joinComputer(school.port, world.codes[0], 'lab-01');
  const { joined } = world.first;
  assert.match(joined.computer, /^[0-9a-f]{32}$/);
  assert.equal(joined.name, 'lab-01');
  assert.equal(joined.school, 'Escuela Garza');
  assert.ok(joined.token.length >= 22);
});

check('a code may be typed small, with other dashes and with letters for digits', async () => {
  const typed = world.codes[1].replace(/-/g, ' ').toLowerCase().replace(/0/g, 'o').replace(/1/g, 'l');
  world.second = await joinComputer(school.port, typed, 'lab-02');
  assert.notEqual(world.second.joined.computer, world.first.joined.computer);
  assert.notEqual(world.second.joined.token, world.first.joined.token);
});

check('a school whose proof is wrong is refused by the client', async () => {
  // The code's last character differs, and the id of the right code is sent: what a school that only knows the id meets.
  const right = plainCode(world.codes[2]);
  const hello = world.hello;
  const link = new Link(school.port, hello.spki);
  const nonce = randomBytes(32).toString('hex');
  const begun = await link.json('POST', '/v1/join', { step: 'begin', code_id: codeId(right), nonce });
  const proof = (code) => joinProof({ code, side: 'school', identity: hello.identity, spki: hello.spki, clientNonce: nonce, schoolNonce: begun.nonce });
  const wrong = right.slice(0, 15) + (right[15] === 'A' ? 'B' : 'A');
  assert.equal(begun.proof, proof(right));
  assert.notEqual(begun.proof, proof(wrong));
  await refusedWith(joinComputer(school.port, world.codes[2], 'lab-03', { lie: { code: wrong } }), 'identity_changed');
});

check('a computer whose proof is wrong is refused by the school, and the code still works', async () => {
  const right = plainCode(world.codes[2]);
  const wrong = right.slice(0, 15) + (right[15] === 'A' ? 'B' : 'A');
  await refusedWith(joinComputer(school.port, right, 'lab-03', { lie: { code: wrong, trusting: true } }), 'code_unknown', 404);
  world.third = await joinComputer(school.port, right, 'lab-03');
});

check('a code joins one computer, and a code that nobody made is unknown', async () => {
  await refusedWith(joinComputer(school.port, world.codes[0], 'lab-09'), 'code_used');
  await refusedWith(joinComputer(school.port, 'ABCD-EFGH-JKMN-PQRS', 'lab-09'), 'code_unknown');
});

// ---- card and PIN

check('a card tells a name to a joined computer, and nothing to any other', async () => {
  const { link } = world.first;
  const card = plainCode(world.cards.Ana);
  assert.deepEqual(await link.json('POST', '/v1/join', { step: 'card', card }), { first_name: 'Ana', new_pin: true, pin_kind: '' });
  await refusedWith(link.json('POST', '/v1/join', { step: 'card', card }, null), 'unauthorized', 401);
  await refusedWith(link.json('POST', '/v1/join', { step: 'card', card }, 'A'.repeat(43)), 'unauthorized', 401);
  await refusedWith(link.json('POST', '/v1/join', { step: 'card', card: 'AAAAAAAA' }), 'card_unknown');
});

check('the first sign-in sets the PIN and gives a certificate signed by the school', async () => {
  world.ana = await Profile.signIn(world.first, world.cards.Ana, '4071');
  const { answer, device } = world.ana;
  assert.equal(answer.first_name, 'Ana');
  assert.equal(answer.pin_set, true);
  assert.equal(answer.person, world.people.Ana);
  assert.ok(signedBy(world.hello.identity, answer.certificate, answer.signature));
  assert.ok(answer.certificate.includes(device.open), answer.certificate);
  assert.ok(answer.certificate.includes(world.people.Ana), answer.certificate);
  const card = await world.second.link.json('POST', '/v1/join', { step: 'card', card: plainCode(world.cards.Ana) });
  assert.deepEqual(card, { first_name: 'Ana', new_pin: false, pin_kind: 'digits' });
});

check('a wrong PIN is told, and the right one is taken after it', async () => {
  await refusedWith(Profile.signIn(world.second, world.cards.Ana, '4072'), 'wrong_pin');
  world.anaTwo = await Profile.signIn(world.second, world.cards.Ana, '4071');
  assert.equal(world.anaTwo.person, world.people.Ana);
  assert.equal(world.anaTwo.answer.pin_set, false);
  world.ben = await Profile.signIn(world.third, world.cards.Ben, '2580');
});

check('too many wrong PINs are slowed down, with the seconds to wait', async () => {
  let refusal = null;
  for (let turn = 0; turn < 20 && refusal?.code !== 'slowed_down'; turn++)
    refusal = await Profile.signIn(world.third, world.cards.Cy, turn === 0 ? '1357' : '0000').catch((error) => error);
  assert.equal(refusal.code, 'slowed_down', refusal.message);
  assert.equal(refusal.status, 429);
  assert.match(refusal.retryAfter, /^[1-9][0-9]*$/);
});

// ---- two devices of one student

check('a first exchange grants the streams that a student reads', async () => {
  world.a = new Replica(world.ana);
  await world.a.sync();
  const roles = Object.fromEntries([...world.a.streams.values()].map((one) => [one.s, one.role]));
  const me = world.people.Ana;
  assert.deepEqual(roles, {
    [`own:${me}`]: 'owner', [`person:${me}`]: 'owner', [`class:${world.class}`]: 'member', school: 'member', [`inbox:${me}`]: 'member',
  });
  for (const stream of world.a.streams.values()) assert.equal(stream.seq, stream.head, stream.s);
});

check('what one device writes the other reads, and both count the same digest', async () => {
  const goal = randomId();
  world.goal = goal;
  world.a.write('goal', goal, { want: 'Leer un libro entero — 📚 en español', first_step: 'Elegirlo' });
  world.a.write('checkin', ZERO, { goal, text: 'Two chapters' }, { appendOnly: true });
  const header = await world.a.sync();
  assert.deepEqual(header.at, world.a.position(2));
  assert.deepEqual(header.refused ?? [], []);
  world.b = new Replica(world.anaTwo);
  await world.b.sync();
  assert.equal(world.b.shown(goal, 'want'), 'Leer un libro entero — 📚 en español');
  assertSame(world.a, world.b, `person:${world.people.Ana}`);
  assert.equal(world.b.streams.get(`person:${world.people.Ana}`).count, 2);
  assert.equal(world.a.resets + world.b.resets, 0);
});

check('who has read everything is answered "same"', async () => {
  await world.a.sync();
  const header = await world.a.exchange({ same: true });
  assert.equal(header.same, true);
  assert.deepEqual(header.streams ?? [], []);
  world.b.write('goal', world.goal, { plan_if: 'I am tired' });
  await world.b.sync();
  const other = await world.a.exchange({ same: true });
  assert.equal(other.same ?? false, false);
  await world.a.sync();
  assert.equal(world.a.shown(world.goal, 'plan_if'), 'I am tired');
});

check('"same" with own ops: only what the request brought is new', async () => {
  world.a.write('goal', world.goal, { plan_then: 'I read one page' });
  const header = await world.a.exchange({ same: true });
  assert.equal(header.same, true);
  assert.equal(world.a.waiting, 0);
  await world.a.sync();
  await world.b.sync();
  assertSame(world.a, world.b, `person:${world.people.Ana}`);
});

check('a packed request is answered packed, with the same content and no header but the length', async () => {
  await world.a.sync();
  const { header, ops } = world.a.request({ same: true });
  const body = pack(encodeMessage(header, ops));
  assert.ok(unpack(body).equals(encodeMessage(header, ops)));
  const reply = await world.a.link.send('POST', '/v1/sync', { body });
  assert.equal(reply.status, 200);
  assert.ok(isPacked(reply.body));
  const got = parseMessage(unpack(reply.body));
  assert.equal(got.header.same, true);
  assert.equal(got.header.v, 1);
  world.a.take(got);
  assert.deepEqual(Object.keys(reply.headers).filter((name) => name !== 'connection'), ['content-length']);
  assert.ok(reply.body.length < 60, `${reply.body.length} bytes`);
});

check('a mark stands for position and cursors, and answers alone when nothing else is new', async () => {
  await world.a.sync();
  await world.b.sync();
  assert.equal((await world.a.exchange()).marks, true);
  const told = await world.a.exchange({ mark: true });
  assert.deepEqual(Object.keys(told).sort(), ['again', 'mark', 'now', 'v']);

  world.a.write('goal', world.goal, { plan_then: 'I read two pages' });
  const { header, ops } = world.a.request({ mark: true });
  const body = pack(encodeMessage(header, ops), true);
  const reply = await world.a.link.send('POST', '/v1/sync', { body });
  assert.equal(reply.status, 200);
  assert.equal(reply.body[0], 2);
  assert.ok(reply.body.length <= 32, `${reply.body.length} bytes`);
  world.a.take(parseMessage(unpack(reply.body)));
  assert.equal(world.a.waiting, 0);
  assert.equal((await world.a.exchange({ same: true })).same, true);

  // Another wrote: nothing of the marked request is taken in, and all goes the long way.
  await world.b.sync();
  world.b.write('goal', world.goal, { plan_if: 'I am very tired' });
  await world.b.sync();
  world.a.write('goal', world.goal, { plan_then: 'I read three pages' });
  const behind = await world.a.exchange({ mark: true });
  assert.equal(behind.same ?? false, false);
  assert.equal(world.a.waiting, 1);
  await world.a.sync();
  await world.b.sync();
  assertSame(world.a, world.b, `person:${world.people.Ana}`);

  // What is refused is told as ever.
  await world.a.exchange();
  world.a.write('goal', world.goal, { want: 'x'.repeat(70000) });
  const refused = await world.a.exchange({ mark: true });
  assert.equal(refused.mark, undefined);
  assert.deepEqual([refused.same, refused.refused.length], [true, 1]);
  await world.a.sync();
});

check('packed bodies that break off or hold no such code are refused, also within a zstd frame', async () => {
  for (const hex of ['01', '0102aa', '010400', '0105ffffffffffff', '0106', '28b52ffd00', '0102' + 'aa'.repeat(16) + '0401'])
    await refusedWith(world.a.link.send('POST', '/v1/sync', { body: Buffer.from(hex, 'hex') }).then(orRefusal), 'malformed', 400);
  const text = encodeMessage(...Object.values(world.a.request({ same: true })));
  const framed = await world.a.link.send('POST', '/v1/sync', { body: zstdStored(pack(text)) });
  assert.equal(framed.status, 200);
  assert.equal(parseMessage(unpack(framed.body)).header.same, true);
});

check('two edits that did not see each other: both are heads on both devices, and both show the same one', async () => {
  await world.a.sync();
  await world.b.sync();
  const now = Date.now();
  const one = world.a.write('goal', world.goal, { obstacle: 'from the first' }, { now });
  const two = world.b.write('goal', world.goal, { obstacle: 'from the second' }, { now: now + 5000 });
  await world.a.sync();
  await world.b.sync();
  await world.a.sync();
  for (const replica of [world.a, world.b]) {
    assert.deepEqual(replica.heads(world.goal, 'obstacle').map((op) => op.id).sort(), [one.id, two.id].sort());
    assert.equal(replica.shown(world.goal, 'obstacle'), 'from the second');
  }
  assertSame(world.a, world.b, `person:${world.people.Ana}`);
});

check('an edit that saw both heads is the one head on both devices', async () => {
  const settled = world.a.write('goal', world.goal, { obstacle: 'both together' });
  assert.equal(settled.base.length, 2);
  await world.a.sync();
  await world.b.sync();
  for (const replica of [world.a, world.b]) {
    assert.deepEqual(replica.heads(world.goal, 'obstacle').map((op) => op.id), [settled.id]);
    assert.equal(replica.shown(world.goal, 'obstacle'), 'both together');
  }
});

check('a clock that is a year behind changes no head', async () => {
  const later = world.b.write('goal', world.goal, { obstacle: 'written with an old clock' }, { now: Date.now() - 31536000000 });
  await world.b.sync();
  await world.a.sync();
  assert.deepEqual(world.a.heads(world.goal, 'obstacle').map((op) => op.id), [later.id]);
});

check('a deletion that saw everything holds, and one that did not brings the work back', async () => {
  const [work, me] = [randomId(), world.people.Ana];
  const goneFor = (replica) => gone(replica.ofRecord(work), 'deleted');
  const goneAtSchool = () => school.shown(me, work).deleted === true;
  const both = async () => {
    for (const replica of [world.a, world.b, world.a]) await replica.sync();
    assert.equal(goneFor(world.a), goneFor(world.b));
    assert.equal(goneFor(world.a), goneAtSchool());
    return goneAtSchool();
  };
  world.a.write('work', work, { project: randomId(), step: 'plan', type: 'text', text: 'The creek bends' });
  world.a.write('work', work, { title: 'The creek' });
  assert.equal(await both(), false);
  world.a.write('work', work, { deleted: true }); // on the heads of that field alone, of which there are none
  assert.equal(await both(), false);
  world.a.remove('work', work);
  assert.equal(await both(), true);
  // Taken back, with an edit; then deleted while the other computer edits it, with a clock that is a year behind.
  world.b.write('work', work, { deleted: false, text: 'It bends twice' });
  assert.equal(await both(), false);
  world.a.remove('work', work);
  world.b.write('work', work, { title: 'Our creek' }, { now: Date.now() - 31536000000 });
  assert.equal(await both(), false);
  assert.equal(world.a.shown(work, 'deleted'), true);
  assert.equal(world.a.shown(work, 'title'), 'Our creek');
  world.b.remove('work', work);
  assert.equal(await both(), true);
});

check('refused ops leave stubs, tell why, and the rest goes on', async () => {
  const me = world.people.Ana;
  const good = world.a.write('goal', world.goal, { learned: 'before' });
  const teacher = world.a.write('observation', ZERO, { text: 'I praise myself' }, { appendOnly: true });
  const long = world.a.write('goal', world.goal, { want: 'x'.repeat(4001) });
  const elsewhere = world.a.write('goal', randomId(), { want: 'in Ben’s' }, { stream: `person:${world.people.Ben}` });
  const misplaced = world.a.write('goal', randomId(), { want: 'in another kind of stream' }, { stream: `own:${me}` });
  const after = world.a.write('goal', world.goal, { learned: 'after' });
  const header = await world.a.exchange();
  assert.deepEqual(header.at, world.a.position(world.a.own.length));
  const codes = Object.fromEntries((header.refused ?? []).map((one) => [world.a.own[one.n - 1].id, one.code]));
  assert.deepEqual(codes, { [teacher.id]: 'forbidden', [long.id]: 'too_large', [elsewhere.id]: 'not_granted', [misplaced.id]: 'invalid' });
  for (const one of header.refused) assert.ok(one.sentence.length > 0);
  await world.a.sync();
  await world.b.sync();
  for (const replica of [world.a, world.b]) {
    assert.equal(replica.shown(world.goal, 'learned'), 'after');
    assert.equal(replica.shown(world.goal, 'want'), 'Leer un libro entero — 📚 en español');
    for (const op of [teacher, long, misplaced]) assert.ok(replica.known.get(op.id)?.isStub, `no stub of ${op.id}`);
    assert.ok(!replica.known.get(elsewhere.id), 'an op in a stream that is not granted leaves no stub');
    assert.equal(replica.known.get(teacher.id).record, ZERO);
    const stub = replica.known.get(long.id);
    assert.deepEqual(
      { ...stub, bytes: 0 },
      { base: long.base, id: long.id, kind: 'goal', names: ['want'], reason: 'too_large', record: world.goal, stream: `person:${me}`, stub: 1, isStub: true, bytes: 0 },
    );
  }
  assert.ok(world.b.known.has(good.id));
  assert.ok(world.a.refusals.get(long.id).op.bytes.length > 4001, 'what was refused is still readable here');
  assertSame(world.a, world.b, `person:${me}`);
});

check('kinds and fields of a later version are kept and merged', async () => {
  const record = randomId();
  const poem = world.a.write('v2.poem', record, { 'verse.1': 'Roses', tags: ['red', 7, null] });
  const field = world.a.write('goal', world.goal, { from_later: true });
  await world.a.sync();
  await world.b.sync();
  const more = world.b.write('v2.poem', record, { 'verse.1': 'Violets' });
  assert.deepEqual(more.base, [poem.id]);
  await world.b.sync();
  await world.a.sync();
  assert.deepEqual(world.a.heads(record, 'verse.1').map((op) => op.id), [more.id]);
  assert.deepEqual(world.b.shown(record, 'tags'), ['red', 7, null]);
  assert.equal(world.b.shown(world.goal, 'from_later'), true);
  assert.ok(world.b.known.has(field.id));
});

check('a line that is no op is refused with its number, and the ops around it are taken', async () => {
  const line = (bytes) => ({ bytes, id: half(bytes), names: [], base: [], fields: new Map(), kind: '', record: ZERO });
  const before = world.a.write('goal', world.goal, { state: 'before' });
  const bad = badLines().map((one) => line(one.bytes));
  const replica = world.a;
  for (const one of bad) {
    replica.own.push(one);
    replica.links.push(nextLink(replica.links[replica.links.length - 1], one.id));
  }
  const after = world.a.write('goal', world.goal, { state: 'after' });
  const header = await world.a.exchange();
  assert.deepEqual(header.at, world.a.position(world.a.own.length));
  assert.deepEqual((header.refused ?? []).map((one) => one.code), badLines().map((one) => one.code));
  await world.a.sync();
  await world.b.sync();
  assert.deepEqual(world.b.heads(world.goal, 'state').map((op) => op.id), [after.id]);
  assert.ok(world.b.known.has(before.id));
  for (const one of bad) assert.ok(!world.b.known.has(one.id), 'no stub of what cannot be read');
  assertSame(world.a, world.b, `person:${world.people.Ana}`);
});

check('an edit based on a refused op links through its stub', async () => {
  const long = [...world.a.refusals.values()].find((one) => one.code === 'too_large').op;
  const op = makeOp({
    author: world.a.person, replica: world.a.id, stream: `person:${world.people.Ana}`, kind: 'goal', record: world.goal,
    fields: { want: 'A shorter one' }, base: [long.id], time: Date.now(),
  });
  world.a.own.push(op);
  world.a.known.set(op.id, op);
  world.a.links.push(nextLink(world.a.links[world.a.links.length - 1], op.id));
  await world.a.sync();
  await world.b.sync();
  for (const replica of [world.a, world.b])
    assert.deepEqual(replica.heads(world.goal, 'want').map((one) => one.id), [op.id]);
});

check('a repeated request after a lost reply is a silent duplicate', async () => {
  const op = world.a.write('goal', world.goal, { how_know: 'The reply to this was lost' });
  const { header, ops } = world.a.request();
  const first = await world.a.post(header, ops);
  const second = await world.a.post(header, ops);
  assert.deepEqual(second.header.at, first.header.at);
  assert.deepEqual(second.header.refused ?? [], []);
  assert.deepEqual(
    (second.header.streams ?? []).map((page) => [page.s, page.head, page.digest]),
    (first.header.streams ?? []).map((page) => [page.s, page.head, page.digest]),
  );
  world.a.take(second);
  await world.a.sync();
  await world.b.sync();
  assert.ok(world.b.known.has(op.id));
  assertSame(world.a, world.b, `person:${world.people.Ana}`);
});

check('what was refused is refused again with the same code when the reply was lost', async () => {
  world.a.write('goal', world.goal, { want: 'y'.repeat(4001) });
  const { header, ops } = world.a.request();
  const first = await world.a.post(header, ops);
  const second = await world.a.post(header, ops);
  assert.equal(second.header.refused.length, 1);
  assert.deepEqual(second.header.refused.map((one) => [one.n, one.code]), first.header.refused.map((one) => [one.n, one.code]));
  world.a.take(second);
  await world.a.sync();
  await world.b.sync();
  assertSame(world.a, world.b, `person:${world.people.Ana}`);
});

check('a copied profile becomes a new replica, and nothing of either is lost', async () => {
  const copy = world.a.copy();
  const here = world.a.write('goal', world.goal, { state: 'here' });
  const there = copy.write('goal', randomId(), { want: 'written in the copy' });
  const before = copy.id;
  await world.a.sync();
  await copy.sync();
  assert.equal(copy.renewed, 1);
  assert.notEqual(copy.id, before);
  assert.equal(world.a.renewed, 0);
  await world.a.sync();
  await world.b.sync();
  for (const replica of [world.a, world.b, copy]) for (const op of [here, there]) assert.ok(replica.known.has(op.id));
  assertSame(world.a, copy, `person:${world.people.Ana}`);
  assertSame(world.a, world.b, `person:${world.people.Ana}`);
});

check('a profile put back from a copy gets back what it had written since', async () => {
  const copy = world.b.copy();
  const lost = [1, 2, 3].map((n) => world.b.write('checkin', ZERO, { goal: world.goal, text: `lost ${n}` }, { appendOnly: true }));
  await world.b.sync();
  world.b = copy;
  for (const op of lost) assert.ok(!world.b.known.has(op.id));
  const since = world.b.write('goal', world.goal, { archived: true });
  await world.b.sync();
  assert.ok(world.b.renewed >= 1);
  for (const op of [...lost, since]) assert.ok(world.b.known.has(op.id));
  await world.a.sync();
  assertSame(world.a, world.b, `person:${world.people.Ana}`);
});

check('more ops than fit in one request go in several, and come in several pages', async () => {
  const all = [];
  for (let n = 0; n < 2 * OPS_MAX + 150; n++) all.push(world.a.write('checkin', ZERO, { goal: world.goal, text: `day ${n}` }, { appendOnly: true }));
  await world.a.sync();
  world.b.log = [];
  await world.b.sync();
  assert.ok(world.b.log.length >= 2 && world.b.log[0].more === true, 'it came in several pages');
  for (const op of all) assert.ok(world.b.known.has(op.id));
  assertSame(world.a, world.b, `person:${world.people.Ana}`);
});

check('long texts go in as many requests as their bytes need', async () => {
  const text = 'Ñ'.repeat(30000); // 60,000 bytes
  const works = [];
  for (let n = 0; n < 40; n++)
    works.push(world.a.write('work', randomId(), { project: randomId(), step: 'draft', type: 'text', text: `${text.slice(0, 29990)}${n}` }));
  world.a.log = [];
  await world.a.sync();
  assert.ok(world.a.log.length >= 3);
  await world.b.sync();
  for (const op of works) assert.ok(world.b.known.get(op.id)?.bytes.equals(op.bytes));
  assertSame(world.a, world.b, `person:${world.people.Ana}`);
});

check('one request sent twice at the same time is taken once', async () => {
  const op = world.a.write('goal', world.goal, { learned: 'sent twice' });
  const { header, ops } = world.a.request();
  const [one, two] = await Promise.all([world.a.post(header, ops), world.a.post(header, ops)]);
  assert.deepEqual(one.header.at, two.header.at);
  assert.deepEqual([...(one.header.refused ?? []), ...(two.header.refused ?? [])], []);
  world.a.take(one);
  await world.a.sync();
  await world.b.sync();
  assert.deepEqual(world.b.heads(world.goal, 'learned').map((x) => x.id), [op.id]);
  assertSame(world.a, world.b, `person:${world.people.Ana}`);
});

for (const seed of [1, 2, 3])
  check(`three devices, random edits, lost replies and copied profiles (seed ${seed}): the same everywhere in the end`, async () => {
    const random = dice(seed);
    const stream = `person:${world.people.Ana}`;
    const records = [randomId(), randomId()];
    const fields = ['want', 'obstacle', 'learned'];
    const devices = [new Replica(world.ana), new Replica(world.anaTwo), new Replica(world.anaTwo)];
    const written = [];
    for (const device of devices) await device.sync();
    for (let step = 0; step < 60; step++) {
      const device = devices[random(devices.length)];
      const turn = random(10);
      if (turn < 5) {
        const chosen = fields.filter(() => random(2) === 0);
        const values = Object.fromEntries((chosen.length > 0 ? chosen : ['want']).map((name) => [name, `step ${step}`]));
        written.push(device.write('goal', records[random(2)], values, { now: Date.now() + (random(5) - 2) * 3600000 }));
      } else if (turn < 7) {
        await device.sync();
      } else if (turn < 8) {
        await device.exchangeLost();
      } else if (turn < 9) {
        await device.exchange({ same: true });
      } else {
        // A cloned computer: both go on from here.
        if (devices.length < 5) devices.push(device.copy());
      }
    }
    // Copies learn of each other one after the other; then all read what the last of them brought.
    for (let round = 0; round < 3; round++) for (const device of devices) await device.sync();
    for (const device of devices) {
      assert.equal(device.waiting, 0);
      assertSame(device, devices[0], stream);
      for (const op of written) assert.ok(device.known.has(op.id), 'an op is lost');
      for (const record of records)
        for (const field of fields) {
          assert.deepEqual(device.heads(record, field).map((op) => op.id).sort(), devices[0].heads(record, field).map((op) => op.id).sort());
          assert.equal(device.shown(record, field), devices[0].shown(record, field));
        }
    }
  });

check('the school tells what waits on the other computer', async () => {
  const { header, ops } = world.a.request();
  await world.a.post({ ...header, waiting: 7 }, ops);
  const reply = await world.b.exchange();
  assert.deepEqual((reply.elsewhere ?? []).find((one) => one.computer === 'lab-01'), { computer: 'lab-01', waiting: 7 });
  await world.a.sync();
});

check('streams of others are never served, however they are asked for', async () => {
  const ben = new Replica(world.ben);
  await ben.sync();
  world.benReplica = ben;
  const s = `person:${world.people.Ana}`;
  assert.ok(!ben.streams.has(s));
  const { header } = ben.request();
  const access = world.a.streams.get(s).access;
  header.cursors.push({ s, access, seq: 0 });
  const reply = await ben.post(header, []);
  assert.ok(!(reply.header.streams ?? []).some((page) => page.s === s));
  assert.ok(!(reply.header.granted ?? []).some((one) => one.s === s));
  assert.deepEqual(reply.header.ended, [s]);
  assert.ok(![...ben.known.values()].some((one) => one.stream === s));
});

check('a cursor of another feed, another segment or beyond the head is read again from zero', async () => {
  const s = `person:${world.people.Ana}`;
  const good = () => world.b.request().header;
  const pageOf = async (change) => {
    const header = good();
    Object.assign(header.cursors.find((one) => one.s === s), change);
    const reply = await world.b.post(header, []);
    return (reply.header.streams ?? []).find((page) => page.s === s);
  };
  assert.equal((await pageOf({}))?.reset ?? false, false);
  assert.equal((await pageOf({ feed: randomId() })).reset, true);
  assert.equal((await pageOf({ segment: randomId() })).reset, true);
  assert.equal((await pageOf({ seq: world.b.streams.get(s).seq + 1 })).reset, true);
});

check('a whole reading gives a device its own ops with their content', async () => {
  const s = `person:${world.people.Ana}`;
  const fresh = new Replica(world.ana);
  fresh.id = world.a.id;
  const header = fresh.request().header;
  header.before = world.a.position(world.a.settled);
  header.cursors = [...world.a.streams.values()].map((one) => ({ s: one.s, access: one.access, seq: 0, whole: true }));
  const found = [];
  let cursors = header.cursors;
  for (let turn = 0; turn < 20; turn++) {
    const reply = await world.a.post({ ...header, cursors }, []);
    found.push(...reply.lines.filter((one) => one.stream === s).map((one) => one.id));
    for (const page of reply.header.streams ?? []) {
      assert.deepEqual(page.own ?? [], []);
      const cursor = cursors.find((one) => one.s === page.s);
      Object.assign(cursor, { seq: page.seq, segment: page.segment, feed: reply.header.feed });
    }
    if (!reply.header.more) break;
  }
  assert.equal(digestOf(found), world.a.streams.get(s).digest);
});

// ---- files

check('a file is put and got, its type is kept, and a stranger cannot know of it', async () => {
  const bytes = randomBytes(150000);
  const name = sha256(bytes).toString('hex');
  const path = `/v1/streams/person:${world.people.Ana}/files/${name}`;
  world.a.write('work', randomId(), { project: randomId(), step: 'plan', type: 'picture', file: name, mime: 'image/png', bytes: bytes.length });
  await world.a.sync();
  const { link } = world.ana;
  assert.equal((await link.send('HEAD', path)).status, 404);
  const put = await link.send('PUT', path, { body: bytes, type: 'image/png' });
  assert.ok(put.status >= 200 && put.status < 300, `status ${put.status}: ${put.body}`);
  const again = await link.send('PUT', path, { body: bytes, type: 'image/png' });
  assert.ok(again.status >= 200 && again.status < 300, `status ${again.status}: ${again.body}`);
  const got = await world.anaTwo.link.send('GET', path);
  assert.equal(got.status, 200);
  assert.equal(got.headers['content-type'], 'image/png');
  assert.ok(got.body.equals(bytes));
  const head = await world.anaTwo.link.send('HEAD', path);
  assert.equal(head.status, 200);
  assert.equal(head.headers['content-length'], '150000');
  assert.equal(head.body.length, 0);
  for (const stream of [`person:${world.people.Ana}`, `person:${world.people.Ben}`, 'school'])
    assert.equal(errorOf(await world.ben.link.send('GET', `/v1/streams/${stream}/files/${name}`)).code, 'not_found');
  assert.equal((await world.ben.link.send('GET', path)).status, 404);
  assert.equal((await link.send('GET', `/v1/streams/school/files/${name}`)).status, 404);
  assert.equal((await link.send('GET', `/v1/streams/own:${world.people.Ana}/files/${name}`)).status, 404);
  await refusedWith(link.send('GET', path, { token: null }).then(orRefusal), 'unauthorized', 401);
});

check('a file that is not what its name says, too large, or not the writer’s to put is refused', async () => {
  const { link } = world.ana;
  const bytes = Buffer.from('not what the name says');
  const path = (name, who = 'Ana') => `/v1/streams/person:${world.people[who]}/files/${name}`;
  const put = (where, body, more = {}) => link.send('PUT', where, { body, type: 'text/plain', ...more }).then((reply) => {
    if (reply.status >= 300) throw errorOf(reply);
  });
  await refusedWith(put(path(sha256('another').toString('hex')), bytes), 'wrong_id');
  assert.equal((await link.send('HEAD', path(sha256('another').toString('hex')))).status, 404);
  await refusedWith(put(path(sha256(bytes).toString('hex'), 'Ben'), bytes), 'not_granted', 403);
  await refusedWith(put(path('ABC'), bytes), 'wrong_id');
  const large = Buffer.alloc(FILE_BYTES_MAX + 1, 7);
  const name = sha256(large).toString('hex');
  await refusedWith(put(path(name), large, { wait: true, headers: { 'content-length': large.length } }), 'too_large', 413);
  const exact = large.subarray(0, FILE_BYTES_MAX);
  await put(path(sha256(exact).toString('hex')), exact);
});

check('a file goes on where it was cut off, up and down, and what the school lacks is told', async () => {
  const bytes = randomBytes(200000);
  const name = sha256(bytes).toString('hex');
  const files = `/v1/streams/person:${world.people.Ana}/files`;
  const path = `${files}/${name}`;
  const { link } = world.ana;
  const lacking = async (who, hashes) => {
    const reply = await who.send('POST', files, { body: Buffer.from(JSON.stringify({ files: hashes })), type: 'application/json' });
    assert.equal(reply.status, 200);
    return JSON.parse(reply.body.toString());
  };
  const piece = (from, to, total = bytes.length) =>
    link.send('PUT', path, { body: bytes.subarray(from, to), type: 'image/png', headers: { 'content-range': `bytes ${from}-${to - 1}/${total}` } });
  const asked = () => link.send('PUT', path, { body: Buffer.alloc(0), headers: { 'content-range': `bytes */${bytes.length}` } });
  const offset = (reply, status) => {
    assert.equal(reply.status, status, reply.body.toString());
    return Number(reply.headers['upload-offset']);
  };
  world.a.write('work', randomId(), { project: randomId(), step: 'plan', type: 'picture', file: name, mime: 'image/png', bytes: bytes.length });
  await world.a.sync();
  assert.deepEqual(await lacking(link, [name]), { v: 1, lacking: [name] });
  assert.equal(offset(await asked(), 202), 0);
  assert.equal(offset(await piece(0, 1), 202), 1);
  assert.equal(offset(await piece(1, 120000), 202), 120000);
  // The reply is lost and the piece comes again; then one that leaves a gap.
  assert.equal(offset(await piece(1, 120000), 409), 120000);
  assert.equal(errorOf(await piece(130000, 200000)).code, 'conflict');
  assert.equal((await link.send('GET', path)).status, 404);
  assert.equal(offset(await asked(), 202), 120000);
  assert.equal(errorOf(await piece(120000, 200000, FILE_BYTES_MAX + 1)).code, 'too_large');
  assert.equal(offset(await piece(120000, 200000), 204), 200000);
  assert.equal(offset(await asked(), 204), 200000);
  assert.deepEqual(await lacking(link, [name]), { v: 1, lacking: [] });
  assert.deepEqual(await lacking(world.ben.link, [name]), { v: 1, lacking: [name] });

  const got = (range) => world.anaTwo.link.send('GET', path, { headers: { range } });
  const first = await got('bytes=0-69999');
  assert.equal(first.status, 206);
  assert.equal(first.headers['content-range'], 'bytes 0-69999/200000');
  const rest = await got('bytes=70000-');
  assert.equal(rest.headers['content-range'], 'bytes 70000-199999/200000');
  assert.ok(Buffer.concat([first.body, rest.body]).equals(bytes));
  const beyond = await got('bytes=200000-');
  assert.equal(beyond.status, 416);
  assert.equal(beyond.headers['content-range'], 'bytes */200000');
  assert.equal((await world.ben.link.send('GET', path, { headers: { range: 'bytes=0-9' } })).status, 404);
});

check('pieces that together are another file are thrown away, and the file begins anew', async () => {
  const bytes = randomBytes(1000);
  const path = `/v1/streams/person:${world.people.Ana}/files/${sha256(randomBytes(1000)).toString('hex')}`;
  const piece = (from, to) =>
    world.ana.link.send('PUT', path, { body: bytes.subarray(from, to), type: 'image/png', headers: { 'content-range': `bytes ${from}-${to - 1}/1000` } });
  assert.equal((await piece(0, 500)).status, 202);
  assert.equal(errorOf(await piece(500, 1000)).code, 'wrong_id');
  assert.equal((await piece(0, 500)).headers['upload-offset'], '500');
});

// ---- have

check('"have" tells which ops the school lacks', async () => {
  const there = world.a.own[0].id;
  const missing = randomId();
  const ask = async (link, value) => {
    const reply = await link.send('POST', '/v1/have', { body: encodeMessage(value), type: SYNC_TYPE });
    if (reply.status !== 200) throw errorOf(reply);
    assert.equal(reply.body[reply.body.length - 1], 10);
    return JSON.parse(reply.body.toString());
  };
  const told = await ask(world.ana.link, { v: 1, ids: [there, missing].sort() });
  assert.equal(told.v, 1);
  assert.deepEqual(told.ids, [missing]);
  assert.deepEqual((await ask(world.ana.link, { v: 1, ids: [] })).ids ?? [], []);
  assert.deepEqual((await ask(world.ben.link, { v: 1, ids: [there] })).ids, [there]);
  const many = Array.from({ length: HAVE_MAX }, (_, n) => n.toString(16).padStart(32, '0'));
  assert.equal((await ask(world.ana.link, { v: 1, ids: many })).ids.length, HAVE_MAX);
  await refusedWith(ask(world.ana.link, { v: 1, ids: [...many, randomId()] }), 'too_large');
  await refusedWith(ask(world.ana.link, { v: 1, ids: ['not an id'] }), 'malformed');
});

// ---- events

check('whoever listens is told how streams end, and at once when one has grown', async () => {
  await world.a.sync();
  const stream = `person:${world.people.Ana}`;
  const listening = await world.ana.link.listen();
  const heard = async (so) => {
    for (let i = 0; i < 600 && !listening.told.some(so); i++) await new Promise((done) => setTimeout(done, 25));
    return listening.told.find(so);
  };
  try {
    assert.equal(listening.status, 200);
    assert.equal(listening.type, 'text/event-stream');
    const { head } = await heard((event) => event.s === stream);
    assert.equal(head, world.a.streams.get(stream).seq);
    assert.ok(listening.told.every((event) => typeof event.s === 'string' && Number.isSafeInteger(event.head)));
    world.a.write('goal', randomId(), { want: 'hear it at once' });
    await world.a.sync();
    assert.ok(await heard((event) => event.s === stream && event.head === head + 1));
    assert.ok(!listening.told.some((event) => event.s.endsWith(':' + world.people.Ben)));
  } finally {
    listening.close();
  }
  assert.equal(errorOf(await world.ana.link.send('GET', '/v1/events', { token: null })).status, 401);
});

// ---- what is not a message

const raw = async (body, { link = world.ana.link, headers = {}, type = SYNC_TYPE } = {}) => {
  const reply = await link.send('POST', '/v1/sync', { body, type, headers });
  if (reply.status !== 200) throw errorOf(reply);
  return parseMessage(reply.body);
};

check('bodies that are no message are refused as malformed', async () => {
  const { header } = world.a.request();
  const line = world.a.own[0].bytes.toString();
  const bodies = {
    'nothing': '',
    'no JSON': 'hello\n',
    'a list': '[]\n',
    'no end of the header': JSON.stringify(header),
    'no replica': JSON.stringify({ ...header, replica: undefined }) + '\n',
    'a replica that is no id': JSON.stringify({ ...header, replica: 'x' }) + '\n',
    'an op that was not told': JSON.stringify(header) + '\n' + line + '\n',
    'fewer ops than told': JSON.stringify({ ...header, ops: 2 }) + '\n' + line + '\n',
    'an op with no end': JSON.stringify({ ...header, ops: 1 }) + '\n' + line,
    'bytes that are no UTF-8': Buffer.concat([Buffer.from(JSON.stringify(header).slice(0, -1) + ',"request":"'), Buffer.from([0xff]), Buffer.from('"}\n')]),
  };
  for (const [what, body] of Object.entries(bodies)) {
    const refusal = await raw(Buffer.from(body)).then(() => assert.fail(`${what} was accepted`), (error) => error);
    assert.equal(refusal.code, 'malformed', `${what}: ${refusal.message}`);
    assert.equal(refusal.status, 400, what);
  }
});

check('golden requests that are none are refused by the school with the codes told', async () => {
  for (const { name, code, why, bytes } of badRequests()) {
    const refusal = await raw(bytes).then(() => assert.fail(`${name} was accepted`), (error) => error);
    assert.equal(refusal.code, code, `${name}: ${why}: ${refusal.message}`);
    assert.ok(refusal.status >= 400 && refusal.status < 500, `${name}: ${refusal.status}`);
  }
});

check('a header nested too deep is refused, and one at the bound is read', async () => {
  const { header } = world.a.request();
  const nested = (levels) => JSON.parse('['.repeat(levels) + ']'.repeat(levels));
  await refusedWith(raw(encodeMessage({ ...header, later: nested(6) })), 'too_deep', 400);
  assert.ok((await raw(encodeMessage({ ...header, later: nested(5) }))).header.at);
  const deep = Buffer.from('['.repeat(100000) + ']'.repeat(100000) + '\n');
  const refusal = await raw(deep).then(() => assert.fail('it was accepted'), (error) => error);
  assert.ok(['too_deep', 'malformed'].includes(refusal.code), refusal.message);
});

check('too large: a header, ops in a request, an op, a body', async () => {
  const { header } = world.a.request();
  const padded = (size) => {
    const bare = Buffer.byteLength(JSON.stringify({ ...header, later: '' }));
    return encodeMessage({ ...header, later: 'x'.repeat(size - bare) });
  };
  assert.ok((await raw(padded(HEADER_BYTES_MAX))).header.at);
  await refusedWith(raw(padded(HEADER_BYTES_MAX + 1)), 'too_large', 413);
  const lines = Array.from({ length: OPS_MAX + 1 }, () => world.a.own[0]);
  await refusedWith(raw(encodeMessage({ ...header, ops: lines.length }, lines)), 'too_large', 413);
  const wide = Buffer.from(world.a.own[0].bytes.toString().replace('"want":"', `"want":"${'x'.repeat(524288)}`));
  await refusedWith(raw(encodeMessage({ ...header, ops: 1 }, [wide])), 'too_large', 413);
  await refusedWith(raw(Buffer.alloc(BODY_BYTES_MAX + 1, 120)), 'too_large', 413);
});

check('another version is unsupported', async () => {
  const { header } = world.a.request();
  await refusedWith(raw(encodeMessage({ ...header, v: 2 })), 'unsupported');
});

check('zstd: a stored frame is read, a small body that expands beyond the bound is not', async () => {
  const { header } = world.a.request();
  const zstd = { 'content-encoding': 'zstd' };
  const reply = await raw(zstdStored(encodeMessage(header)), { headers: zstd });
  assert.deepEqual(reply.header.at, world.a.position(world.a.settled));
  await refusedWith(raw(zstdRepeated(120, BODY_BYTES_MAX + 1), { headers: zstd }), 'too_large', 413);
  await refusedWith(raw(Buffer.from('this is no frame'), { headers: zstd }), 'malformed', 400);
  const refusal = await raw(encodeMessage(header), { headers: { 'content-encoding': 'br' } }).catch((error) => error);
  assert.equal(refusal.code, 'unsupported', refusal.message);
});

check('zstd: a reply is compressed only for who asks', async () => {
  const { header } = world.a.request();
  const fresh = { ...header, cursors: [] };
  const plain = await world.ana.link.send('POST', '/v1/sync', { body: encodeMessage(fresh), type: SYNC_TYPE });
  assert.equal(plain.headers['content-encoding'], undefined);
  const packed = await world.ana.link.send('POST', '/v1/sync', { body: encodeMessage(fresh), type: SYNC_TYPE, headers: { 'accept-encoding': 'zstd' } });
  assert.equal(packed.headers['content-encoding'], 'zstd');
  assert.equal(packed.body.readUInt32LE(0), 0xfd2fb528);
  assert.ok(packed.body.length < plain.body.length);
  const expand = zlib.zstdDecompressSync ?? ((input) => execFileSync('zstd', ['-dc'], { input, maxBuffer: 2 * BODY_BYTES_MAX, stdio: ['pipe', 'pipe', 'ignore'] }));
  let expanded;
  try {
    expanded = expand(packed.body);
  } catch (error) {
    if (error.code === 'ENOENT') throw new Skipped('neither this Node.js nor a program zstd expands; magic number and size were compared');
    throw error;
  }
  assert.deepEqual(parseMessage(expanded).lines.map((one) => one.id), parseMessage(plain.body).lines.map((one) => one.id));
});

check('pages are sealed by the identity, and nothing comes in under a seal that it does not stand under', async () => {
  const fresh = new Replica(world.anaTwo);
  const { header } = fresh.request();
  const reply = await fresh.post(header, []);
  const stream = `person:${world.people.Ana}`;
  let at = 0;
  let sealed = null;
  for (const page of reply.header.streams) {
    const lines = reply.lines.slice(at, at + (page.ops ?? 0));
    at += lines.length;
    const items = [...(page.own ?? []), ...lines.map((line) => half(line.bytes))];
    assert.equal(page.seal !== undefined, items.length > 0);
    if (items.length > 0) assert.ok(signedBy(world.hello.identity, sealMessage(page.s, items), page.seal), page.s);
    if (page.s === stream) sealed = { s: page.s, items, seal: page.seal, line: lines[0] };
  }
  const forged = makeOp({
    author: world.people.Ben ?? randomId(), replica: randomId(), stream, kind: 'observation', record: ZERO,
    fields: { text: 'praise that nobody wrote' }, time: Date.now(),
  });
  const back = (items, line) =>
    fresh.post(
      { ...header, cursors: [], ops: 0, offered: [forged.id, sealed.line.id], returned: [{ s: stream, items, seal: sealed.seal, ops: 1 }] },
      [line],
    );
  assert.deepEqual((await back(sealed.items, forged)).header.lacking, [forged.id]);
  assert.deepEqual((await back([...sealed.items, forged.id], forged)).header.lacking, [forged.id]);
  assert.deepEqual((await back(sealed.items, sealed.line)).header.lacking, [forged.id]);
});

check('people of a class are told to no one but a hub', async () => {
  const asked = (token) =>
    world.ana.link.send('POST', '/v1/hub', { body: Buffer.from('{"spki":""}'), type: 'application/json', token });
  assert.equal(errorOf(await asked(null)).status, 401);
  assert.equal(errorOf(await asked()).code, 'forbidden');
});

check('what is no bundle is refused, and nobody without a computer’s token brings one', async () => {
  const bring = (token, body) =>
    world.ana.link.send('POST', '/v1/bundles', { body: Buffer.from(body), type: 'application/octet-stream', token });
  assert.equal(errorOf(await bring(null, 'waymark bundle 1\n')).status, 401);
  assert.equal(errorOf(await bring(world.first.joined.token, 'waymark bundle 1\n')).code, 'malformed');
  assert.equal(errorOf(await bring(world.first.joined.token, 'something else')).code, 'malformed');
});

check('work goes to school on a stick, and the answer comes back on it', async () => {
  await world.a.sync();
  await world.b.sync();
  const goal = randomId();
  const want = world.a.write('goal', goal, { want: 'carried in a pocket' });
  const long = world.a.write('goal', goal, { want: 'x'.repeat(4001) });
  const news = world.b.write('checkin', ZERO, { goal, text: 'meanwhile, from the other computer' }, { appendOnly: true });
  await world.b.sync();
  const stick = join(school.folder, 'WAYMARK');
  mkdirSync(stick, { recursive: true });
  writeFileSync(join(stick, `${world.a.id}.to-school`), world.a.bundle());
  assert.equal(world.a.waiting, 2, 'writing changes nothing');
  const [read] = school.readBundles(school.folder);
  assert.deepEqual([read.student, read.ops, read.refused, read.whole], ['Ana', 2, 1, true]);
  const answer = readFileSync(join(stick, `${world.a.id}.from-school`));
  await refusedWith((async () => openBundle(answer, world.ben.device))(), 'unauthorized');
  assert.deepEqual(world.a.takeBundle(answer), { whole: true, counted: 2, told: [], files: [], problems: [] });
  assert.equal(world.a.waiting, 0);
  assert.equal(world.a.refusals.get(long.id).code, 'too_large');
  assert.ok(world.a.known.has(news.id) && world.a.known.has(want.id));
  const known = world.a.known.size;
  assert.equal(world.a.takeBundle(answer).whole, true);
  assert.deepEqual([world.a.waiting, world.a.known.size], [0, known], 'a second reading changes nothing');
  await world.a.sync();
  await world.b.sync();
  assert.equal(world.a.renewed, 0);
  assertSame(world.a, world.b, `person:${world.people.Ana}`);
});

check('a bundle is brought by any joined computer, in any order, torn or twice', async () => {
  const bring = async (bytes) => {
    const reply = await world.ana.link.send('POST', '/v1/bundles', { body: bytes, type: 'application/octet-stream', token: world.third.joined.token });
    if (reply.status !== 200) throw errorOf(reply);
    return reply.body;
  };
  const ops = Array.from({ length: OPS_MAX + 5 }, (_, n) => world.a.write('checkin', ZERO, { goal: world.goal, text: `stick ${n}` }, { appendOnly: true }));
  const first = world.a.bundle();
  const last = world.a.write('goal', world.goal, { learned: 'on the second stick' });
  const second = world.a.bundle();
  const answers = [await bring(second), await bring(first.subarray(0, first.length - 300)), await bring(first)];
  await refusedWith(bring(sealBundle(world.hello.identity, world.ana.device, [{ kind: KIND.batch, body: Buffer.from('{}') }])), 'malformed', 400);
  // The older answer after the newer one takes nothing back.
  for (const answer of [answers[0], answers[2]]) world.a.takeBundle(answer);
  assert.equal(world.a.waiting, 0);
  await world.b.sync();
  for (const op of [...ops, last]) assert.ok(world.b.known.has(op.id));
  await world.a.sync();
  assert.equal(world.a.renewed, 0);
  assertSame(world.a, world.b, `person:${world.people.Ana}`);
});

check('a photo goes to school on a stick in pieces, and comes from there to a computer that lacks it', async () => {
  const s = `person:${world.people.Ana}`;
  const bring = async (bytes) => (await world.ana.link.send('POST', '/v1/bundles', { body: bytes, type: 'application/octet-stream', token: world.first.joined.token })).body;
  const photo = { s, bytes: randomBytes(PIECE_BYTES_MAX + 1000), mime: 'image/jpeg' };
  const file = sha256(photo.bytes).toString('hex');
  world.a.write('work', randomId(), { project: randomId(), step: 'plan', type: 'picture', file, mime: 'image/jpeg', bytes: photo.bytes.length });
  const bundle = world.a.bundle([photo]);
  const torn = world.a.takeBundle(await bring(bundle.subarray(0, bundle.length - 1500)));
  assert.deepEqual(torn.told, [{ s, lacks: [file] }]);
  const taken = world.a.takeBundle(await bring(bundle));
  assert.deepEqual(taken.told, [{ s, has: [file] }]);
  assert.equal(world.a.waiting, 0);
  const got = await world.anaTwo.link.send('GET', `/v1/streams/${s}/files/${file}`);
  assert.ok(got.body.equals(photo.bytes));
  await world.b.sync();
  const { files } = world.b.takeBundle(await bring(world.b.bundle([], [{ s, file }])));
  assert.ok(files.length === 1 && files[0].bytes.equals(photo.bytes));
  // Nobody gets another student's, or puts one there.
  const ben = new Replica(world.ben);
  await ben.sync();
  const strange = { s, bytes: randomBytes(10), mime: 'image/png' };
  const answer = ben.takeBundle(await bring(ben.bundle([strange], [{ s, file }])));
  assert.deepEqual([answer.files, answer.told], [[], [{ s, lacks: [sha256(strange.bytes).toString('hex')] }]]);
  await world.a.sync();
});

check('a photo goes to school in a parcel, sealed and in pieces, and the last piece is answered for its device alone', async () => {
  const s = `person:${world.people.Ana}`;
  const photo = { s, bytes: randomBytes(50_000), mime: 'image/jpeg' };
  const file = sha256(photo.bytes).toString('hex');
  const parcel = world.a.parcel(photo);
  const name = sha256(parcel.bytes).toString('hex');
  const { length } = parcel.bytes;
  // Whoever brings it: here another student's computer.
  const put = (range, body, at = name) =>
    world.ben.link.send('PUT', `/v1/parcels/${at}`, { body, type: 'application/octet-stream', headers: { 'content-range': `bytes ${range}/${length}` } });
  const come = (reply) => [reply.status, Number(reply.headers['upload-offset'])];
  assert.deepEqual(come(await put('*', Buffer.alloc(0))), [202, 0]);
  assert.deepEqual(come(await put('0-19999', parcel.bytes.subarray(0, 20_000))), [202, 20_000]);
  assert.deepEqual(come(await put('0-9', parcel.bytes.subarray(0, 10))), [409, 20_000]);
  const last = await put(`20000-${length - 1}`, parcel.bytes.subarray(20_000));
  assert.equal(last.status, 200);
  await refusedWith((async () => openBundle(last.body, world.ben.device))(), 'unauthorized');
  const said = world.a.openParcelAnswer(last.body);
  assert.deepEqual([said.round, said.replica, said.streams], [parcel.round, world.a.id, [{ s, has: [file] }]]);
  const got = await world.anaTwo.link.send('GET', `/v1/streams/${s}/files/${file}`);
  assert.ok(got.body.equals(photo.bytes));
  assert.equal((await world.ben.link.send('GET', `/v1/streams/${s}/files/${file}`)).status, 404);
  // A school keeps no parcel, and one that nobody can read is refused.
  const news = await world.ana.link.send('POST', '/v1/parcels', { body: Buffer.from(JSON.stringify({ parcels: [name] })), type: 'application/json' });
  assert.deepEqual(JSON.parse(news.body), { v: 1, lacking: [name], answers: [] });
  const noise = randomBytes(100);
  const refused = await world.ben.link.send('PUT', `/v1/parcels/${sha256(noise).toString('hex')}`, { body: noise, type: 'application/octet-stream' });
  assert.equal(errorOf(refused).code, 'malformed');
  const wrong = await world.ben.link.send('PUT', `/v1/parcels/${name}`, { body: noise, type: 'application/octet-stream' });
  assert.equal(errorOf(wrong).code, 'wrong_id');
});

check('a device that has never met the school begins with a starter and a card, and is known by its first bundle', async () => {
  school.addStudent('5B', 'Dina');
  const card = plainCode(school.cards('5B').find((one) => one.name.startsWith('Dina')).card);
  const starter = openStarter(readFileSync(school.starter('5B', join(school.folder, 'class'), `https://127.0.0.1:${school.port}`)), card);
  const { entry } = starter;
  assert.deepEqual([entry.given, entry.new_pin, entry.identity, starter.whole], ['Dina', true, world.hello.identity, true]);
  assert.equal(codeOfCard(readFileSync(join(school.folder, 'class.waymark-starter')), 'ZZZZ2345'), 'card_unknown');
  const device = keyOf(randomBytes(32));
  const token = randomBytes(16).toString('base64url');
  const papers = (pin) => sealIntroduction(entry.identity, {
    card, pin, pin_kind: 'digits', pin_hash: hashPin(pin), key: device.open, computer: randomId(), computer_name: 'at home',
    token: sha256(token).toString('hex'),
  });
  const link = new Link(school.port, world.hello.spki);
  const dina = new Replica({ link, device, identity: entry.identity, person: entry.person, answer: {}, introduction: papers('1928') });
  dina.begin(starter);
  assert.ok([...dina.known.values()].some((one) => one.stream === 'school'));
  const op = dina.write('goal', randomId(), { want: 'written without a network' });
  const bring = async (bytes) => {
    const reply = await world.ana.link.send('POST', '/v1/bundles', { body: bytes, type: 'application/octet-stream', token: world.first.joined.token });
    if (reply.status !== 200) throw errorOf(reply);
    return reply.body;
  };
  const answer = dina.takeBundle(await bring(dina.bundle()));
  assert.ok(answer.counted >= 2 && answer.problems.length === 0);
  assert.equal(dina.waiting, 0);
  assert.ok(signedBy(entry.identity, dina.profile.answer.certificate, dina.profile.answer.signature));
  // Another device with a wrong PIN is told so, and takes nothing from this one.
  const other = new Replica({ link, device: keyOf(randomBytes(32)), identity: entry.identity, person: entry.person, answer: {} });
  other.profile.introduction = sealIntroduction(entry.identity, {
    card, pin: '0000', pin_kind: 'digits', key: other.profile.device.open, computer: randomId(), token: sha256('another').toString('hex'),
  });
  other.begin(starter);
  const wrong = other.bundle();
  await refusedWith(bring(wrong), 'wrong_pin', 403);
  // On a stick the answer tells it to the device.
  mkdirSync(join(school.folder, 'pin'));
  writeFileSync(join(school.folder, 'pin', `${other.id}.to-school`), wrong);
  assert.match(school.readBundles(join(school.folder, 'pin'))[0].problem, /PIN/);
  assert.deepEqual(other.takeBundle(readFileSync(join(school.folder, 'pin', `${other.id}.from-school`))).problems, ['wrong_pin']);
  // The token that the introduction named lets the device in when it has a network, too.
  dina.link.token = token;
  await dina.sync();
  const fresh = new Replica(dina.profile);
  fresh.link = dina.link;
  fresh.person = entry.person;
  await fresh.sync();
  assert.ok(fresh.known.has(op.id));
  assertSame(dina, fresh, `person:${entry.person}`);
});

check('a batch signed by another device than its certificate’s is not taken in from a stick', async () => {
  const op = world.a.write('goal', randomId(), { want: 'signed by another' });
  const profile = world.a.profile;
  world.a.profile = { ...profile, device: world.ben.device };
  const forged = world.a.bundle();
  world.a.profile = profile;
  const reply = await profile.link.send('POST', '/v1/bundles', { body: forged, type: 'application/octet-stream', token: world.first.joined.token });
  assert.equal(errorOf(reply).code, 'unauthorized');
  await world.b.sync();
  assert.ok(!world.b.known.has(op.id));
  await world.a.sync();
});

check('who has no token, or a computer’s, gets nothing', async () => {
  const { header } = world.a.request();
  for (const token of [null, 'A'.repeat(43), world.first.joined.token]) {
    const reply = await world.ana.link.send('POST', '/v1/sync', { body: encodeMessage(header), type: SYNC_TYPE, token });
    assert.equal(errorOf(reply).code, 'unauthorized');
    assert.equal(reply.status, 401);
  }
});

check('an op of another author, or of another replica’s name, is not taken for the sender’s', async () => {
  const op = makeOp({
    author: world.people.Ben, replica: world.a.id, stream: `person:${world.people.Ana}`, kind: 'goal', record: randomId(),
    fields: { want: 'forged' }, time: Date.now(),
  });
  const forger = new Replica(world.ana);
  forger.own.push(op);
  forger.links.push(nextLink(ZERO, op.id));
  const { header, ops } = forger.request();
  const reply = await forger.post(header, ops);
  assert.deepEqual((reply.header.refused ?? []).map((one) => [one.n, one.code]), [[1, 'forbidden']]);
  await world.b.sync();
  assert.ok(!world.b.known.get(op.id) || world.b.known.get(op.id).isStub);
});

// ---- cards, computers and keys that are withdrawn

check('a card that was printed anew voids the old one, and who is signed in stays so', async () => {
  const old = world.cards.Ben;
  const card = school.newCard('5B', 'Ben');
  await refusedWith(Profile.signIn(world.third, old, '2580'), 'card_voided', 403);
  const again = await Profile.signIn(world.third, card, '2580');
  assert.equal(again.person, world.people.Ben);
  await world.benReplica.sync();
});

check('a computer that was removed is turned away, and what waits on it stays there', async () => {
  const op = world.benReplica.write('goal', randomId(), { want: 'written on a lost computer' });
  school.removeComputer('lab-03');
  await refusedWith(world.benReplica.sync(), 'unauthorized', 401);
  await refusedWith(world.third.link.json('POST', '/v1/join', { step: 'card', card: plainCode(world.cards.Ana) }), 'unauthorized', 401);
  assert.equal(world.benReplica.waiting, 1);
  assert.ok(world.benReplica.known.has(op.id));
});

check('another TLS key is taken when the known identity signed for it, and only then', async () => {
  await school.stop();
  school.forgetTlsKey();
  await school.start();
  const links = [world.ana.link, world.anaTwo.link];
  for (const link of links) link.port = school.port;
  await refusedWith(world.a.sync(), 'identity_changed');
  for (const link of links) await metAgain(link, world.hello.identity);
  await world.a.sync();
  const other = new School(resolve(bin));
  try {
    other.init('Another school');
    await other.start();
    await refusedWith(metAgain(new Link(other.port, links[0].pin), world.hello.identity), 'identity_changed');
  } finally {
    await other.stop();
    other.remove();
  }
});

// ---- the school itself is put back

check('a school restored while it is served gets again what it had lost', async () => {
  await world.a.sync();
  await world.b.sync();
  school.backUp();
  const kept = world.a.write('goal', randomId(), { want: 'written after the copy was made' });
  await world.a.sync();
  await world.b.sync();
  school.restore();
  const other = world.b.write('goal', randomId(), { want: 'written after it was put back' });
  await world.b.sync();
  await world.a.sync();
  await world.b.sync();
  for (const replica of [world.a, world.b]) for (const op of [kept, other]) assert.ok(replica.known.has(op.id));
  assert.equal(world.a.renewed, 0);
  assertSame(world.a, world.b, `person:${world.people.Ana}`);
  const fresh = new Replica(world.ana);
  await fresh.sync();
  assertSame(fresh, world.a, `person:${world.people.Ana}`);
});

check('a school restored while it stands still gets again what it wrote itself, from a student’s computer', async () => {
  await world.a.sync();
  const before = new Set(world.a.known.keys());
  await school.stop();
  school.backUp();
  school.importStandards(join(here, '../data/case/good.json'));
  await school.start();
  world.ana.link.port = school.port;
  await world.a.sync();
  const written = [...world.a.known.values()].filter((one) => !before.has(one.id));
  assert.ok(written.length > 3);
  await school.stop();
  school.restore();
  await school.start();
  const links = [world.ana.link, world.anaTwo.link];
  for (const link of links) link.port = school.port;
  await world.a.sync();
  assert.equal(await world.a.refill(), written.length);
  await world.a.sync();
  assert.equal(await world.a.refill(), 0);
  const fresh = new Replica(world.anaTwo);
  await fresh.sync();
  for (const op of written) assert.ok(fresh.known.has(op.id));
  assertSame(fresh, world.a, 'school');
});

check('a school whose disk died is restored with its phrase, and gets again by a stick what it lost, under its own seal', async () => {
  await world.a.sync();
  const before = new Set(world.a.known.keys());
  await school.stop();
  school.backUp();
  school.importStandards(join(here, '../data/case/newer.json'));
  await school.start();
  world.ana.link.port = school.port;
  await world.a.sync();
  const written = [...world.a.known.values()].filter((one) => !before.has(one.id));
  assert.ok(written.length > 0);
  await school.stop();
  const anotherPhrase = school.phrase.split('-').reverse().join('-');
  assert.throws(() => school.restoreAnew(anotherPhrase), /a slip in it|another school/);
  school.restoreAnew();
  const stick = join(school.folder, 'WAYMARK');
  const carry = () => {
    writeFileSync(join(stick, `${world.a.id}.to-school`), world.a.bundle());
    const [read] = school.readBundles(stick).filter((one) => one.file.startsWith(world.a.id));
    world.a.takeBundle(readFileSync(join(stick, `${world.a.id}.from-school`)));
    return read.brought_back;
  };
  // The first tells that the school has less, the second brings it, and the third has nothing more to bring.
  const brought = [carry(), carry(), carry()];
  assert.deepEqual(brought, [0, written.length, 0]);
  await school.start();
  // The backup has the TLS key too: what the devices have pinned is met again, and nobody needs to trust anew.
  for (const link of [world.ana.link, world.anaTwo.link]) {
    const { pin } = link;
    link.port = school.port;
    assert.equal((await link.json('GET', '/v1/hello')).spki, pin);
    assert.equal(link.met, pin);
  }
  const fresh = new Replica(world.anaTwo);
  await fresh.sync();
  for (const op of written) assert.ok(fresh.known.has(op.id));
  assertSame(fresh, world.a, 'school');
});

check('every record of the school is as it should be in the end', async () => {
  await school.stop();
  assert.equal(school.verify().ok, true);
});

const closeOthers = [checkHub(check, resolve(bin), refusedWith), checkSample(check, resolve(bin), refusedWith)];

function codeOfCard(bytes, card) {
  try {
    openStarter(bytes, card);
  } catch (error) {
    return error.code;
  }
  return 'opened';
}

// A small generator of its own, so that a seed means the same everywhere.
function dice(seed) {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

function assertSame(one, other, s) {
  const [left, right] = [one.streams.get(s), other.streams.get(s)];
  assert.equal(left.seq, left.head);
  assert.equal(right.seq, right.head);
  assert.deepEqual([left.count, left.digest], [right.count, right.digest]);
  const served = (replica) => [...replica.known.values()].filter((x) => x.stream === s).map((x) => x.id);
  assert.equal(digestOf(served(one)), left.digest, 'the digest is that of what is known');
  assert.equal(digestOf(served(other)), right.digest, 'the digest is that of what is known');
}

// ---- running

let [passed, failed, skipped] = [0, 0, 0];
async function main() {
  if (!existsSync(join(resolve(bin), 'waymark-server'))) {
    console.log(`not ok - there is no waymark-server in ${bin}`);
    failed += 1;
    return;
  }
  school.init('Escuela Garza');
  world.class = school.addClass('5B').id;
  world.people = {};
  for (const name of ['Ana', 'Ben', 'Cy']) world.people[name] = school.addStudent('5B', name).id;
  world.cards = Object.fromEntries(school.cards('5B').map((one) => [one.name, one.card]));
  world.codes = ['lab-01', 'lab-02', 'lab-03'].map((name) => school.addComputer(name));
  await school.start();
  for (const { name, run } of checks) {
    if (only.length > 0 && !only.some((part) => name.includes(part))) continue;
    try {
      await run();
      passed += 1;
      console.log(`ok - ${name}`);
    } catch (error) {
      if (error instanceof Skipped) {
        skipped += 1;
        console.log(`skipped - ${name}: ${error.message}`);
      } else {
        failed += 1;
        console.log(`not ok - ${name}\n    ${String(error.stack ?? error).split('\n').slice(0, 12).join('\n    ')}`);
      }
    }
  }
}

for (const signal of ['SIGINT', 'SIGTERM'])
  process.once(signal, async () => {
    await school.stop();
    school.remove();
    for (const close of closeOthers) await close();
    process.exit(1);
  });

try {
  await main();
} catch (error) {
  failed += 1;
  console.log(`not ok - the school could not be made\n    ${error.stack}`);
} finally {
  await school.stop();
  school.remove();
  for (const close of closeOthers) await close();
  console.log(`${passed} passed, ${failed} failed, ${skipped} skipped`);
}
process.exitCode = failed > 0 ? 1 : 0;
