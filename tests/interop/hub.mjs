// The independent client at a real hub with a real school above it, and as a hub towards that school. A school of its own:
// it goes away and comes back.

import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { hashPin, keyOf, openBundle, readAcknowledgement, sealBundle, sealIntroduction, signature, signedLine } from './carry.mjs';
import { Carrier, Link, Profile, Replica, errorOf, joinComputer } from './client.mjs';
import { Refusal, ZERO, isHidden, makeOp, nextLink, randomId, sha256, singleton } from './record.mjs';
import { Hub, School } from './school.mjs';
import { SYNC_TYPE, encodeMessage, parseMessage, plainCode, readHello, sealMessage, signedBy } from './wire.mjs';

const until = async (what, holds) => {
  for (let turn = 0; turn < 300; turn++) {
    const found = await holds();
    if (found) return found;
    await new Promise((done) => setTimeout(done, 200));
  }
  return assert.fail(`${what}: not within a minute`);
};

export function checkHub(check, bin, refusedWith) {
  const world = {};
  const school = new School(bin);
  const wants = (holds) => () => holds().catch((error) => (error instanceof Refusal || error.code === 'ECONNREFUSED' ? false : Promise.reject(error)));

  check('hub: its hello is signed by the school for its own key and names it, and the school tells where it is', async () => {
    school.init('Colina Norte');
    world.class = school.addClass('5B').id;
    world.people = Object.fromEntries(['Ana', 'Ben'].map((name) => [name, school.addStudent('5B', name).id]));
    world.cards = Object.fromEntries(school.cards('5B').map((one) => [one.name, one.card]));
    const codes = ['lab-01', 'lab-02'].map((name) => school.addComputer(name));
    await school.start();
    school.keepPort();
    world.computers = [];
    for (const code of codes) world.computers.push(await joinComputer(school.port, code, ''));
    world.ana = await Profile.signIn(world.computers[0], world.cards.Ana, '1234');
    world.anaTwo = await Profile.signIn(world.computers[1], world.cards.Ana, '1234');
    world.left = new Replica(await Profile.signIn(world.computers[1], world.cards.Ana, '1234'));
    world.a = new Replica(world.ana);
    world.b = new Replica(world.anaTwo);
    for (const replica of [world.a, world.b]) await replica.sync();
    const file = join(school.folder, 'hub.token');
    world.file = school.addHub('5B', 'North room', file);
    assert.deepEqual([world.file.v, world.file.name, world.file.school, world.file.classes], [1, 'North room', 'Colina Norte', ['5B']]);
    assert.equal(world.file.identity, world.ana.identity);
    world.hub = new Hub(bin, school, file);
    await world.hub.start();
    world.hub.keepPort();
    const link = new Link(world.hub.port);
    const hello = await until('the hub has its hello', wants(async () => readHello((await link.send('GET', '/v1/hello')).body)));
    assert.deepEqual([hello.identity, hello.spki, hello.hub], [world.ana.identity, link.met, { id: world.file.hub, name: 'North room' }]);
    assert.notEqual(hello.spki, world.computers[0].hello.spki);
    const places = await until('the school knows where the hub is', async () => {
      const told = (await world.a.sync()).places ?? [];
      return told.some((one) => one.hub !== '') && told;
    });
    assert.deepEqual(places, [{ hub: world.file.hub, name: 'North room', addresses: [`https://127.0.0.1:${world.hub.port}`] }]);
    for (const place of places) for (const address of place.addresses) assert.match(address, /^https:\/\/([^/:[\]]+|\[[0-9a-f:]+\]):\d+$/);
    world.at = (profile) => Object.assign(new Link(world.hub.port, hello.spki), { token: profile.link.token });
  });

  check('hub: what is not signed is not taken in, and what only the school can do is unsupported', async () => {
    const link = world.at(world.ana);
    const op = makeOp({ author: world.people.Ana, replica: randomId(), stream: `person:${world.people.Ana}`, kind: 'goal', record: randomId(), fields: { want: 'unsigned' }, time: 1 });
    const ask = async (more) => {
      const reply = await link.send('POST', '/v1/sync', { body: encodeMessage({ v: 1, replica: op.replica, now: Date.now(), ops: 1, cursors: [], ...more }, [op]), type: SYNC_TYPE });
      if (reply.status !== 200) throw errorOf(reply);
      return parseMessage(reply.body);
    };
    await until('the hub knows the student', wants(() => ask({})));
    const { certificate, signature: certified } = world.ana.answer;
    const batch = { v: 1, person: world.people.Ana, replica: op.replica, round: 1, ids: [op.id], certificate, certified };
    const line = (header, key) => ({ batch: signedLine('waymark batch 1', header, key).toString() });
    for (const more of [{}, line(batch, keyOf(randomBytes(32))), line({ ...batch, ids: [randomId()] }, world.ana.device)]) {
      const { header, lines } = await ask(more);
      assert.deepEqual([header.at, header.room?.n ?? 0, header.carried ?? 0], [undefined, 0, 0]);
      assert.ok(!lines.some((one) => one.id === op.id));
    }
    const step = (value, token = link.token) => link.json('POST', '/v1/join', value, token);
    await refusedWith(step({ step: 'begin', code_id: '00000000', nonce: 'a'.repeat(32) }), 'unsupported', 422);
    await refusedWith(step({ step: 'pin', pin_hash: hashPin('1234'), pin_kind: 'digits' }), 'unsupported', 422);
    // Who comes back with a certificate is let in, as at school.
    const proof = signature(world.ana.device, `waymark return 1\n${world.ana.identity}\n${certificate}`);
    const back = await step({ step: 'return', certificate, signature: certified, proof, token: link.token }, null);
    assert.deepEqual(back, { person: world.people.Ana, token: link.token });
    await refusedWith(step({ step: 'return', certificate, signature: certified, proof: '0'.repeat(128) }, null), 'unauthorized', 401);
    const s = `person:${world.people.Ana}`;
    const put = await link.send('PUT', `/v1/streams/${s}/files/${sha256('x').toString('hex')}`, { body: Buffer.from('x'), type: 'text/plain' });
    assert.deepEqual([errorOf(put).code, put.status], ['unsupported', 422]);
  });

  check('hub: while the school is away work is in the room, and private notes are sealed to the school', async () => {
    await school.stop();
    const { a, b } = world;
    a.goTo(world.file.hub, world.at(world.ana));
    b.goTo(world.file.hub, world.at(world.anaTwo));
    world.goal = randomId();
    world.note = randomId();
    world.want = a.write('goal', world.goal, { want: 'swim a length' });
    world.secret = a.write('draft', world.note, { place: 'goal.new', 'text.want': 'nobody reads this' }, { stream: `own:${world.people.Ana}` });
    world.tooLong = a.write('goal', world.goal, { obstacle: 'x'.repeat(4001) });
    world.after = a.write('goal', world.goal, { obstacle: 'cold water' });
    const header = await a.meet();
    assert.deepEqual(header.room, a.position(a.own.length));
    assert.ok(header.carried >= 1);
    assert.equal(a.waiting, 4, 'in the room is not at school');
    const roles = Object.fromEntries([...a.streams.values()].map((one) => [one.s, one.role]));
    const me = world.people.Ana;
    assert.deepEqual(roles, { [`person:${me}`]: 'owner', [`class:${world.class}`]: 'member', [`inbox:${me}`]: 'member', school: 'member' });
    // On the other computer in the room it is read, and they are told that not everything is at school.
    const beside = await b.meet();
    assert.equal(b.shown(world.goal, 'want'), 'swim a length');
    assert.ok(!b.known.has(world.secret.id));
    assert.equal(beside.beside, 4);
    // Again: nothing is taken in twice, and nothing is settled.
    const count = b.ofRecord(world.goal).length;
    await a.meet();
    await b.meet();
    assert.deepEqual([b.ofRecord(world.goal).length, a.waiting], [count, 4]);
  });

  check('hub: a photo waits in the room in a parcel that only the school opens', async () => {
    const photo = { s: `person:${world.people.Ana}`, bytes: randomBytes(30_000), mime: 'image/jpeg' };
    world.photo = { ...photo, file: sha256(photo.bytes).toString('hex') };
    world.a.write('work', randomId(), { project: randomId(), step: 'plan', type: 'photo', file: world.photo.file, mime: 'image/jpeg', bytes: 30_000 });
    await world.a.meet();
    world.parcel = world.a.parcel(photo);
    const name = sha256(world.parcel.bytes).toString('hex');
    const put = (range, body) => world.a.link.send('PUT', `/v1/parcels/${name}`, { body, type: 'application/octet-stream', headers: { 'content-range': `bytes ${range}/${world.parcel.bytes.length}` } });
    assert.equal((await put('0-9999', world.parcel.bytes.subarray(0, 10_000))).status, 202);
    assert.equal((await put(`10000-${world.parcel.bytes.length - 1}`, world.parcel.bytes.subarray(10_000))).status, 204);
    world.parcels = (link) => link.json('POST', '/v1/parcels', { parcels: [name] });
    assert.deepEqual(await world.parcels(world.a.link), { v: 1, lacking: [], answers: [] });
  });

  check('hub: what waited on a shared computer waits in the room for that computer alone, and only the school opens it', async () => {
    const { left, a, computers } = world;
    left.write('goal', randomId(), { want: 'left when signing out' });
    world.bundle = left.bundle();
    const { link } = a;
    const [mine, another] = [computers[1].joined.token, computers[0].joined.token];
    const size = world.bundle.length;
    const path = `/v1/bundles/${sha256(world.bundle).toString('hex')}`;
    const put = (range, body) => link.send('PUT', path, { body, token: mine, type: 'application/octet-stream', headers: { 'content-range': `bytes ${range}/${size}` } });
    world.askBundle = (token = mine) => world.a.link.send('GET', path, { token });
    assert.equal((await world.askBundle()).status, 404);
    assert.equal((await put('0-99', world.bundle.subarray(0, 100))).status, 202);
    assert.equal((await put(`100-${size - 1}`, world.bundle.subarray(100))).status, 204);
    assert.equal((await put(`*`, Buffer.alloc(0))).status, 204);
    assert.deepEqual([(await world.askBundle()).status, (await world.askBundle(another)).status, (await world.askBundle('x')).status], [204, 404, 401]);
    // A computer that does not know of this takes no word of the hub's for the school's.
    const plain = await link.send('POST', '/v1/bundles', { body: world.bundle, type: 'application/octet-stream', token: mine });
    assert.deepEqual([errorOf(plain).code, plain.status], ['unsupported', 422]);
  });

  check('hub: it tells at once what came, says which ops it has, and "same" to who has read everything', async () => {
    const { a, b } = world;
    const s = `person:${world.people.Ana}`;
    const ear = await b.link.listen();
    assert.deepEqual([ear.status, ear.type], [200, 'text/event-stream']);
    const op = a.write('goal', randomId(), { want: 'heard of' });
    await a.meet();
    const { head } = a.streams.get(s);
    await until('it is told', () => ear.told.some((event) => event.s === s && event.head >= head));
    ear.close();
    const strange = randomId();
    const have = await b.link.send('POST', '/v1/have', { body: encodeMessage({ v: 1, ids: [op.id, strange, world.secret.id] }), type: SYNC_TYPE });
    assert.deepEqual(JSON.parse(have.body.toString().trim()).ids, [strange, world.secret.id]);
    await b.meet();
    const { batch } = b.signed(b.settled);
    const reply = await b.post({ v: 1, replica: b.id, now: Date.now(), batch, settled: b.settled, same: b.readHash() }, []);
    assert.equal(reply.header.same, true);
  });

  check('hub: a student signs in without the school, with a card and a PIN that becomes theirs', async () => {
    const link = Object.assign(new Link(world.hub.port, world.a.link.pin), { token: world.computers[1].joined.token });
    const card = plainCode(world.cards.Ben);
    assert.deepEqual(await link.json('POST', '/v1/join', { step: 'card', card }), { first_name: 'Ben', new_pin: true, pin_kind: '' });
    const device = keyOf(randomBytes(32));
    const token = randomBytes(16).toString('base64url');
    const answer = await link.json('POST', '/v1/join', { step: 'student', card, pin: '2468', pin_kind: 'digits', device_key: device.open, token });
    assert.deepEqual([answer.person, answer.certificate, answer.signature, answer.token], [world.people.Ben, '', '', token]);
    const introduction = sealIntroduction(world.ana.identity, {
      card, pin: '2468', pin_kind: 'digits', pin_hash: hashPin('2468'), key: device.open, computer: world.computers[1].joined.computer,
      token: sha256(token).toString('hex'),
    });
    link.token = token;
    world.ben = new Replica({ link, device, identity: world.ana.identity, person: answer.person, answer: {}, introduction });
    world.ben.goTo(world.file.hub, link);
    world.bens = world.ben.write('goal', randomId(), { want: 'float' });
    await world.ben.meet();
    assert.equal(world.ben.room.n, 1);
    assert.equal(world.ben.waiting, 1);
    const again = (pin) => Object.assign(new Link(world.hub.port, link.pin), { token: world.computers[0].joined.token }).json('POST', '/v1/join', { step: 'student', card, pin, pin_kind: 'digits', device_key: keyOf(randomBytes(32)).open });
    await refusedWith(again('9999'), 'wrong_pin', 403);
  });

  check('hub: the school is back and gets everything; its answers travel down, a rejection among them', async () => {
    await school.start();
    const { a, b, ben } = world;
    await until('everything is at school', async () => {
      await a.meet();
      await ben.meet();
      return a.waiting === 0 && ben.waiting === 0;
    });
    const answer = await until('what was left is answered', async () => {
      const reply = await world.askBundle();
      return reply.status === 200 && reply.body;
    });
    assert.equal(world.left.takeBundle(answer).counted, 2, 'an acknowledgement and news');
    assert.equal(world.left.waiting, 0);
    assert.throws(() => openBundle(answer, world.ana.device), (error) => error.code === 'unauthorized');
    assert.deepEqual([...a.refusals.values()].map((one) => [one.op.id, one.code]), [[world.tooLong.id, 'too_large']]);
    assert.ok(ben.profile.introduction === null && signedBy(ben.profile.identity, ben.profile.answer.certificate, ben.profile.answer.signature));
    // The rejection reaches who reads in the room as a stub, through which the later edit links.
    const stub = await until('the stub is in the room', async () => {
      await b.meet();
      return b.known.get(world.tooLong.id);
    });
    assert.deepEqual([stub.isStub, stub.reason, stub.names], [true, 'too_large', ['obstacle']]);
    assert.equal(b.shown(world.goal, 'obstacle'), 'cold water');
    const header = await b.meet();
    assert.equal(header.beside ?? 0, 0);
    // What the school has told is kept under its seal, though it came by the hub.
    assert.ok(b.seals.some(({ items }) => items.includes(world.want.id)));
    // At the school itself: all of it, the private note with its words.
    b.goTo('', world.anaTwo.link);
    await b.sync();
    for (const op of [world.want, world.secret, world.after]) assert.deepEqual(b.known.get(op.id)?.bytes, op.bytes);
    assert.equal(b.known.get(world.tooLong.id).isStub, true);
    assert.equal(school.shown(world.people.Ana, world.goal).fields.obstacle, 'cold water');
    a.goTo('', world.ana.link);
    await a.sync();
    const s = `person:${world.people.Ana}`;
    assert.deepEqual([a.streams.get(s).count, a.streams.get(s).digest], [b.streams.get(s).count, b.streams.get(s).digest]);
  });

  check('hub: why the school does not believe a batch travels down, and goes once the student has signed in anew', async () => {
    const link = Object.assign(new Link(world.hub.port, world.ben.link.pin), { token: world.computers[0].joined.token });
    const card = plainCode(world.cards.Ben);
    const device = keyOf(randomBytes(32));
    const token = randomBytes(16).toString('base64url');
    await link.json('POST', '/v1/join', { step: 'student', card, pin: '2468', pin_kind: 'digits', device_key: device.open, token });
    const introduced = (pin) => sealIntroduction(world.ana.identity, {
      card, pin, pin_kind: 'digits', pin_hash: hashPin(pin), key: device.open, computer: world.computers[0].joined.computer, token: sha256(token).toString('hex'),
    });
    link.token = token;
    const ben = new Replica({ link, device, identity: world.ana.identity, person: world.people.Ben, answer: {}, introduction: introduced('1357') });
    ben.goTo(world.file.hub, link);
    ben.write('goal', randomId(), { want: 'dive' });
    assert.equal((await ben.meet()).problem, undefined);
    // Asked without a batch: each would be another wrong try.
    const told = async () => (await ben.post({ v: 1, replica: ben.id, now: Date.now(), settled: 0, cursors: ben.request().header.cursors }, [])).header.problem;
    await until('it is told', async () => (await told()) === 'wrong_pin');
    assert.deepEqual([ben.room.n, ben.waiting], [1, 1]);
    ben.profile.introduction = introduced('2468');
    ben.room = { n: 0, c: ZERO };
    assert.equal((await ben.meet()).problem, undefined);
    await until('it is at school', async () => {
      await ben.meet();
      return ben.waiting === 0;
    });
    assert.equal(await told(), undefined);
  });

  check('hub: the school’s answer about the parcel opens with the device’s key alone, and the photo is at school', async () => {
    a_at_hub();
    const { answers } = await until('the parcel is answered', async () => {
      const told = await world.parcels(world.a.link);
      return told.answers.length > 0 && told;
    });
    const answer = Buffer.from(answers[0].answer, 'base64url');
    const said = world.a.openParcelAnswer(answer);
    assert.deepEqual([said.round, said.streams], [world.parcel.round, [{ s: world.photo.s, has: [world.photo.file] }]]);
    assert.throws(() => openBundle(answer, world.ben.profile.device), (error) => error.code === 'unauthorized');
    const got = await world.anaTwo.link.send('GET', `/v1/streams/${world.photo.s}/files/${world.photo.file}`);
    assert.ok(got.body.equals(world.photo.bytes));
    assert.deepEqual(await world.parcels(world.ben.link), { v: 1, lacking: [sha256(world.parcel.bytes).toString('hex')], answers: [] });
  });

  check('hub: an empty one in its place is given again what the school has not settled', async () => {
    await school.stop();
    const lost = world.a.write('goal', world.goal, { want: 'swim two lengths' });
    await world.a.meet();
    assert.equal(world.a.room.n, world.a.own.length);
    await world.hub.stop();
    world.hub.empty();
    await school.start();
    await world.hub.start();
    const hello = await until('the new hub has its hello', wants(async () => readHello((await new Link(world.hub.port).send('GET', '/v1/hello')).body)));
    world.a.link.pin = hello.spki;
    await until('what waited is at school', wants(async () => {
      await world.a.meet();
      return world.a.waiting === 0;
    }));
    world.b.goTo('', world.anaTwo.link);
    await world.b.sync();
    assert.ok(world.b.known.has(lost.id));
  });

  check('as a hub: the school signs its hello, and tells the people of its classes once', async () => {
    world.teacher = school.addTeacher('reed@example.org', 'Ada Reed', '5B');
    const link = new Link(school.port, world.computers[0].hello.spki);
    world.carrier = new Carrier(school.addHub('5B', 'South room', join(school.folder, 'south.token')), link, sha256('the key of the south room').toString('hex'));
    world.carrier.addresses = ['https://[fd00::7]:8443'];
    const { papers, school: named, v } = await world.carrier.greet();
    assert.deepEqual([v, named], [1, 'Colina Norte']);
    const rows = (list, ...columns) => papers[list].map((row) => columns.map((at) => row[at]));
    const { Ana, Ben } = world.people;
    assert.deepEqual(papers.classes, [[world.class, '5B', true]]);
    assert.deepEqual(rows('people', 0, 1).sort(), [[Ana, 'student'], [Ben, 'student'], [world.teacher, 'teacher']].sort());
    for (const person of papers.people) assert.match(person[1] === 'teacher' ? person[5] : person[6], /^\$argon2id\$/);
    assert.deepEqual(rows('enrollments', 0, 1, 2).sort(), [[world.class, Ana, 'student'], [world.class, Ben, 'student'], [world.class, world.teacher, 'teacher']].sort());
    assert.ok(papers.access.some(([person, stream, , role]) => person === Ana && stream === `person:${Ana}` && role === 'owner'));
    assert.ok(!papers.access.some(([, stream]) => stream.startsWith('own:')));
    assert.deepEqual(rows('cards', 0, 1, 2).sort(), [[plainCode(world.cards.Ana), Ana, false], [plainCode(world.cards.Ben), Ben, false]].sort());
    const tokenOf = (one) => sha256(one.joined.token).toString('hex');
    for (const one of world.computers)
      assert.deepEqual(rows('computers', 0, 1, 2, 3).find(([id]) => id === one.joined.computer), [one.joined.computer, one.joined.name, tokenOf(one), false]);
    assert.ok(papers.devices.some(([token, person, computer, key, removed]) => token === sha256(world.ana.link.token).toString('hex') && person === Ana &&
      computer === world.computers[0].joined.computer && key === world.ana.device.open && removed === false));
    assert.equal((await world.carrier.greet()).papers, undefined);
    world.a.goTo('', world.ana.link);
    const { places } = await world.a.sync();
    assert.deepEqual(places.find((one) => one.name === 'South room').addresses, ['https://[fd00::7]:8443']);
  });

  check('as a hub: it reads its classes and their students, under seals, and nothing that is private to one', async () => {
    const { replica } = world.carrier;
    await replica.sync();
    const { Ana, Ben } = world.people;
    const { hub } = world.carrier.file;
    assert.deepEqual(Object.fromEntries([...replica.streams.values()].map((one) => [one.s, one.role])), {
      [`class:${world.class}`]: 'member', [`author:${world.class}`]: 'member', school: 'member', [`own:${hub}`]: 'owner', [`inbox:${hub}`]: 'member',
      ...Object.fromEntries([Ana, Ben].flatMap((id) => ['person', 'staff', 'inbox'].map((word) => [`${word}:${id}`, 'member']))),
    });
    for (const stream of replica.streams.values()) assert.equal(stream.seq, stream.head, stream.s);
    assert.ok(replica.seals.every(({ s, items, seal }) => signedBy(replica.profile.identity, sealMessage(s, items), seal)));
    assert.ok(replica.known.has(world.want.id) && !replica.known.has(world.secret.id));
    const [theirs, ours] = [replica.streams.get(`person:${Ana}`), world.a.streams.get(`person:${Ana}`)];
    assert.deepEqual([theirs.count, theirs.digest], [ours.count, ours.digest]);
  });

  check('as a hub: batches come to school as they are, each is answered, and what is not believed is a problem', async () => {
    const { a, ben, carrier } = world;
    const note = a.write('draft', randomId(), { place: 'pack_up', 'text.line': 'sealed on the way' }, { stream: `own:${world.people.Ana}` });
    const goal = a.write('goal', randomId(), { want: 'carried' });
    const bens = ben.write('goal', randomId(), { want: 'carried too' });
    const batchOf = (replica) => {
      const { batch, lines } = replica.signed(replica.settled);
      return Buffer.concat([Buffer.from(batch), ...lines.flatMap((one) => [one.bytes ?? one, Buffer.from('\n')])]);
    };
    const batches = [batchOf(a), batchOf(ben)];
    assert.ok(!batches[0].includes('sealed on the way') && batches[0].includes('carried'));
    const false_ = Buffer.from(batches[1].toString().replace('carried too', 'changed on its way'));
    const { answers, problems } = await carrier.carry([false_, ...batches]);
    assert.deepEqual(problems.map((one) => [one.n, one.code, one.letters]), [[0, 'wrong_id', undefined]]);
    assert.equal(answers.length, 2);
    assert.equal(a.takeAnswer(answers[1]), false, 'another replica’s');
    assert.equal(a.takeAnswer(answers[0]) && ben.takeAnswer(answers[1]), true);
    assert.deepEqual([a.waiting, ben.waiting], [0, 0]);
    // Again, after an answer that was lost: the same answer, and nothing is there twice.
    const again = await carrier.carry(batches);
    assert.deepEqual(readAcknowledgement(again.answers[0], a.profile.identity).at, a.position(a.own.length));
    await carrier.replica.sync();
    assert.ok(carrier.replica.known.has(goal.id) && carrier.replica.known.has(bens.id));
    await world.b.sync();
    assert.deepEqual(world.b.known.get(note.id)?.bytes, note.bytes);
  });

  // What a hub kept for others, by its name: the reply to the last of so many pieces.
  const handUp = async (folder, bytes, { name = sha256(bytes).toString('hex'), token = world.carrier.file.token, pieces = 1 } = {}) => {
    const size = Math.ceil(bytes.length / pieces);
    for (let from = 0; ; from += size) {
      const to = Math.min(from + size, bytes.length);
      const reply = await world.carrier.link.send('PUT', `/v1/${folder}/${name}`, {
        body: bytes.subarray(from, to), token, type: 'application/octet-stream', headers: { 'content-range': `bytes ${from}-${to - 1}/${bytes.length}` },
      });
      if (reply.status >= 300) throw errorOf(reply);
      if (to === bytes.length) return reply;
      assert.deepEqual([reply.status, Number(reply.headers['upload-offset'])], [202, to]);
    }
  };
  // A device of a student's that signs in by an introduction whose PIN is wrong.
  const wrongPin = (name) => {
    const device = keyOf(randomBytes(32));
    const introduction = sealIntroduction(world.ana.identity, {
      card: plainCode(world.cards[name]), pin: '0000', pin_kind: 'digits', pin_hash: hashPin('0000'), key: device.open, computer: randomId(), token: sha256(randomId()).toString('hex'),
    });
    const replica = new Replica({ link: world.ben.link, device, identity: world.ana.identity, person: world.people[name], answer: {}, introduction });
    replica.write('goal', randomId(), { want: 'with a wrong PIN' });
    return replica;
  };
  const refusedAsHub = async (folder, name) => {
    const bytes = world.a.bundle();
    // Whoever is no hub brings none so: no student's token, and no computer's that may bring one itself.
    await refusedWith(handUp(folder, bytes, { token: world.ana.link.token }), 'forbidden', 403);
    assert.match((await handUp(folder, bytes, { token: world.computers[0].joined.token }).catch((error) => error)).code, /^(forbidden|unauthorized)$/);
    await refusedWith(handUp(folder, bytes, { token: 'A'.repeat(43) }), 'unauthorized', 401);
    await refusedWith(handUp(folder, bytes, { name: sha256('something else').toString('hex') }), 'wrong_id', 400);
    await refusedWith(handUp(folder, randomBytes(500)), 'malformed', 400);
    await refusedWith(handUp(folder, sealBundle(world.ben.profile.device.open, world.ana.device, [])), 'invalid', 422);
    const problems = [];
    for (let turn = 0; turn < 20; turn++) {
      const device = wrongPin(name);
      const reply = await handUp(folder, device.bundle()).catch((error) => error);
      if (reply.code) {
        assert.deepEqual([reply.code, reply.status], ['invalid', 422]);
        break;
      }
      assert.equal(reply.status, 200);
      problems.push(...device.takeBundle(reply.body).problems);
      assert.equal(device.waiting, 1);
    }
    assert.ok(problems.length > 0 && problems.length < 20 && problems.every((code) => code === 'wrong_pin'), problems.join());
  };

  check('as a hub: a stick goes up by its name, in pieces, and what comes back is for the device alone', async () => {
    const { a } = world;
    const op = a.write('goal', randomId(), { want: 'left on a stick in the room' });
    const bytes = a.bundle();
    const reply = await handUp('sticks', bytes, { pieces: 3 });
    assert.equal(reply.status, 200);
    assert.throws(() => openBundle(reply.body, world.carrier.key), (error) => error.code === 'unauthorized');
    assert.deepEqual(a.takeBundle(reply.body), { whole: true, counted: 2, told: [], files: [], problems: [] });
    assert.equal(a.waiting, 0);
    // Again, after an answer that was lost; and one of which nothing goes back.
    assert.equal(a.takeBundle((await handUp('sticks', bytes)).body).whole, true);
    assert.equal(a.waiting, 0);
    const nothing = await handUp('sticks', sealBundle(world.ana.identity, world.ana.device, []));
    assert.deepEqual([nothing.status, nothing.body.length], [204, 0]);
    await world.b.sync();
    assert.ok(world.b.known.has(op.id));
    await refusedAsHub('sticks', 'Ana');
  });

  check('as a hub: what a computer left in the room goes up by its name, and is answered as if that computer had brought it', async () => {
    const { a } = world;
    const op = a.write('goal', randomId(), { want: 'left when signing out in the room' });
    const bytes = a.bundle();
    const reply = await handUp('bundles', bytes, { pieces: 2 });
    assert.equal(reply.status, 200);
    assert.throws(() => openBundle(reply.body, world.carrier.key), (error) => error.code === 'unauthorized');
    assert.deepEqual(a.takeBundle(reply.body), { whole: true, counted: 2, told: [], files: [], problems: [] });
    assert.equal(a.waiting, 0);
    assert.equal((await handUp('bundles', bytes)).status, 200);
    await world.b.sync();
    assert.ok(world.b.known.has(op.id));
    await refusedWith(handUp('bundles', sealBundle(world.ana.identity, world.ana.device, [])), 'malformed', 400);
    await refusedAsHub('bundles', 'Ben');
  });

  // What its server writes for somebody.
  const write = (author, kind, fields, { record = ZERO, base = [], time = Date.now() } = {}) => {
    const { replica } = world.carrier;
    const op = makeOp({ author, replica: replica.id, stream: `person:${world.people.Ana}`, kind, record, fields, base, time });
    replica.own.push(op);
    replica.known.set(op.id, op);
    replica.links.push(nextLink(replica.links.at(-1), op.id));
    return op;
  };

  check('as a hub: it pushes what the teachers of its classes wrote, under their names, and nobody else’s', async () => {
    const { replica } = world.carrier;
    const { Ana, Ben } = world.people;
    const [hers, bens] = [world.teacher, Ben].map((author) => write(author, 'observation', { text: 'Asked two people.' }));
    await replica.sync();
    assert.deepEqual([...replica.refusals.values()].map((one) => [one.n, one.code]), [[2, 'forbidden']]);
    // Of a student's in their own stream nothing is settled, so that they do not take it for at school.
    const anas = write(Ana, 'observation', { text: 'Asked two people.' });
    const header = await replica.exchange();
    assert.deepEqual([header.at, replica.waiting], [replica.position(2), 1]);
    await world.a.sync();
    assert.equal(world.a.known.get(hers.id)?.author, world.teacher);
    for (const op of [bens, anas]) assert.ok(!world.a.known.has(op.id));
    replica.own.pop();
    replica.links.pop();
    replica.known.delete(anas.id);
    world.hers = hers;
  });

  check('as a hub: what a teacher hides is hidden here as at school, while any head says so, but for its author', async () => {
    const { Ana } = world.people;
    const hide = (kind, of, hidden, base = [], record = singleton('hidden', `${kind}\n${of}`)) => write(world.teacher, 'hidden', { kind, record: of, hidden }, { record, base });
    const hidden = async (kind, of) => {
      for (const one of [world.carrier.replica, world.a]) await one.sync();
      const here = isHidden([...world.a.known.values()], kind, of, Ana);
      return [here, school.shown(Ana, of).hidden?.by];
    };
    const of = world.hers.id;
    assert.deepEqual(await hidden('observation', of), [false, undefined]);
    hide('observation', of, true, [], randomId()); // under another id it says nothing
    assert.deepEqual(await hidden('observation', of), [false, undefined]);
    const first = hide('observation', of, true);
    assert.deepEqual(await hidden('observation', of), [true, world.teacher]);
    hide('observation', of, false); // by one who had not seen that it was hidden
    assert.deepEqual(await hidden('observation', of), [true, world.teacher]);
    hide('observation', of, false, [first.id]);
    assert.deepEqual(await hidden('observation', of), [false, undefined]);
    // A student's own words are hidden from others, not from them.
    hide('goal', world.goal, true);
    await world.carrier.replica.sync();
    await world.a.sync();
    const known = [...world.a.known.values()];
    assert.deepEqual([isHidden(known, 'goal', world.goal, Ana), isHidden(known, 'goal', world.goal, world.people.Ben)], [false, true]);
    assert.equal(school.shown(Ana, world.goal).hidden.by, world.teacher);
  });

  check('as a hub: of a computer that was removed the school keeps what it wrote for an adult, and the problem names the batch', async () => {
    school.removeComputer('lab-02');
    const { ben, carrier } = world;
    const op = ben.write('goal', randomId(), { want: 'on a lost computer' });
    const { batch, lines } = ben.signed(ben.settled);
    const { answers, problems } = await carrier.carry([Buffer.concat([Buffer.from(batch), lines[0].bytes, Buffer.from('\n')])]);
    assert.equal(answers.length, 0);
    assert.deepEqual(problems, [{ v: 1, n: 0, code: 'unauthorized', letters: { replica: ben.id, end: ben.position(ben.own.length) } }]);
    await carrier.replica.sync();
    assert.ok(!carrier.replica.known.has(op.id));
    const { papers } = await carrier.greet();
    assert.ok(papers.computers.some(([id, , , removed]) => id === world.computers[1].joined.computer && removed === true));
  });

  check('as a hub: one that the school has removed is unauthorized', async () => {
    school.removeHub('South room');
    await refusedWith(world.carrier.greet(), 'unauthorized', 401);
    await refusedWith(world.carrier.carry([]), 'unauthorized', 401);
  });

  check('hub: it and its school are as they should be in the end', async () => {
    await world.hub.stop();
    await school.stop();
    assert.equal(school.verify().ok, true);
    assert.equal(world.hub.verify().ok, true);
  });

  function a_at_hub() {
    world.a.goTo(world.file.hub, world.at(world.ana));
  }

  return async () => {
    for (const one of [world.hub, school]) {
      await one?.stop();
      one?.remove();
    }
  };
}
