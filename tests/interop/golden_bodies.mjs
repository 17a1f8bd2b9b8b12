// The golden files of the JSON bodies (docs/PROTOCOL.md section 6): hello, joining, errors, which files are there, a
// hub's question; of the event stream; and of how an erasure names files. Members stand in the order of their bytes.

import assert from 'node:assert/strict';
import { signature } from './carry.mjs';
import { Refusal, ZERO, half, sha256 } from './record.mjs';
import { FILES_MAX, codeId, helloIsSigned, joinProof, readBody, readEvents, readHello, signedBy } from './wire.mjs';

const sorted = (value) => {
  if (Array.isArray(value)) return value.map(sorted);
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(Object.keys(value).sort().map((name) => [name, sorted(value[name])]));
};
const text = (value) => JSON.stringify(sorted(value));

// The name of a file of a stream as an erasure has it.
export const fileMark = (stream, file) => half(`file\n${stream}\n${file}`);

// What a server says of each error: status, code, detail, and the seconds to wait, where waiting helps.
const ERRORS = [
  ['malformed', 400, '"card" is missing or is no text'], ['too_deep', 400, 'a header nested deeper than 6'], ['wrong_id', 400, 'the content is another than the name says'],
  ['unauthorized', 401, 'no token came with the request'], ['forbidden', 403, 'this is for hubs'], ['not_granted', 403, 'not a stream of yours'],
  ['wrong_pin', 403, ''], ['card_voided', 403, ''], ['not_found', 404, 'there is nothing at this address'], ['card_unknown', 404, ''],
  ['code_unknown', 404, ''], ['conflict', 409, 'the PIN was changed meanwhile'], ['code_used', 409, ''], ['too_large', 413, 'the body is larger than is taken here'],
  ['unsupported', 422, 'protocol version 2, this is 1'], ['invalid', 422, 'a nonce has 64 hexadecimal digits'], ['slowed_down', 429, '12', '12'],
  ['slowed_down', 429, 'as many listen as may', '60'], ['internal', 500, ''], ['io', 500, ''], ['database_damaged', 500, ''], ['server_busy', 503, '4', '4'],
  ['database_locked', 503, '', '5'], ['disk_full', 507, '', '300'],
];
// Those that another status than their code's own tells, and those of a code that is no other's.
const OTHER_ERRORS = [
  ['unsupported', 405, 'this address does not take PATCH'], ['unsupported', 415, 'bodies are taken plain or as zstd'], ['invalid', 416, 'the file ends before that'],
  ['too_large', 431, 'the header is larger than is taken'], ['quota_full', 507, '', '300'], ['of_a_later_version', 418, ''],
];

export function makeBodies(index, { put, key, id, good, op, school, device, AMIRA, PERSON, TIME }) {
  const spki = sha256('golden spki').toString('hex');
  const other = key('somebody else');
  index.bodies = [];
  index.not_bodies = [];
  // `again`: how it is written where it has more than this version knows.
  const body = (kind, name, about, value, again) => {
    const file = put(`bodies/${kind}/${name}.json`, text(value));
    index.bodies.push({ kind, name, about, file, ...(again ? { again: put(`bodies/${kind}/${name}.again.json`, text(again)) } : {}) });
  };
  const bad = (kind, name, code, why, value) =>
    index.not_bodies.push({ kind, name, code, why, file: put(`not_bodies/${kind}/${name}.json`, typeof value === 'string' ? value : text(value)) });

  // Who answers.
  const signed = (key, of) => signature(key, `waymark hello 1\n${of}`);
  const hello = { v: 1, school: 'Escuela Garza', identity: school.open, spki, signature: signed(school, spki), now: TIME, protocols: [1], version: '0.1.0' };
  const hub = { id: id('hub'), name: 'North room' };
  body('hello', 'school', 'of the school’s server', hello);
  body('hello', 'hub', 'of a hub, whose TLS key the school has signed', { ...hello, hub });
  body('hello', 'plain', 'over plain HTTP there is no key', { ...hello, spki: '', signature: signed(school, '') });
  body('hello', 'later', 'a server that speaks a later version too', { ...hello, protocols: [1, 2], later: { a: [1] } }, { ...hello, protocols: [1, 2] });
  bad('hello', 'page', 'not_waymark', 'a page of somebody between', '<html>');
  bad('hello', 'array', 'not_waymark', 'no object', '[]');
  bad('hello', 'identity-short', 'not_waymark', 'an identity of 62 digits', { ...hello, identity: school.open.slice(2) });
  bad('hello', 'spki-short', 'not_waymark', 'a key of 62 digits', { ...hello, spki: spki.slice(2) });
  bad('hello', 'protocols', 'unsupported', 'version 2 alone', { ...hello, protocols: [2] });
  bad('hello', 'another-school', 'identity_changed', 'signed by another identity', { ...hello, signature: signed(other, spki) });
  bad('hello', 'another-key', 'identity_changed', 'signed for another TLS key', { ...hello, spki: '0'.repeat(64) });
  bad('hello', 'hub-not-asked', 'identity_changed', 'of a hub whose key the school has not signed yet', { ...hello, hub, signature: '0'.repeat(128) });

  // A computer joins.
  const code = '0123456789ABCDEF';
  const [clientNonce, schoolNonce] = [sha256('golden client').toString('hex'), sha256('golden school').toString('hex')];
  const proof = (side) => joinProof({ code, side, identity: school.open, spki, clientNonce, schoolNonce });
  const step = { code_id: codeId(code), nonce: clientNonce };
  const token = Buffer.from(half('golden bearer'), 'hex').toString('base64url');
  const finish = { step: 'finish', ...step, proof: proof('computer'), name: 'lab-03' };
  const joined = { computer: id('computer'), name: 'lab-03', token, school: 'Escuela Garza', places: [] };
  body('question', 'begin', 'a computer says which code it has', { step: 'begin', ...step });
  body('begun', 'begun', 'the school proves that it knows the code', { nonce: schoolNonce, proof: proof('school') });
  body('question', 'finish', 'the computer proves it too', finish);
  body('question', 'finish-unnamed', 'it takes the name that was given with the code', { ...finish, name: '' });
  body('computer_joined', 'joined', 'no hub', joined);
  body('computer_joined', 'places', 'two hubs', {
    ...joined, places: [{ hub: id('hub'), name: 'North room', addresses: ['https://192.168.4.9:8443'] }, { hub: id('hub two'), name: 'Aula — sur', addresses: [] }],
  });
  body('computer_joined', 'later', 'a member of a later version', { ...joined, later: [] }, joined);

  // A student signs in.
  const text_ = JSON.stringify({ classes: [id('class')], computer: id('computer'), key: device.open, name: 'Amira', person: AMIRA, role: 'student', school: school.open, time: TIME, v: 1 });
  const certified = signature(school, text_);
  const signIn = { step: 'student', card: 'ABCD2345', pin: '4071', pin_kind: 'digits', device_key: device.open };
  const signedIn = { person: AMIRA, first_name: 'Amira', token, certificate: text_, signature: certified, pin_set: true };
  body('question', 'card', 'a card is shown', { step: 'card', card: 'ABCD2345' });
  body('card_read', 'new', 'it was never used', { first_name: 'Amira', new_pin: true, pin_kind: '' });
  body('card_read', 'pictures', 'its PIN is of pictures', { first_name: 'Amira', new_pin: false, pin_kind: 'pictures' });
  body('question', 'student', 'with a PIN of digits', signIn);
  body('question', 'student-named', 'with a PIN of pictures, and the device names its token', { ...signIn, pin: '3.12.1.7', pin_kind: 'pictures', token });
  body('question', 'later', 'a member of a later version', { ...signIn, later: 'x' }, signIn);
  body('signed_in', 'school', 'at school, for the first time', signedIn);
  body('signed_in', 'hub', 'at a hub, which certifies nobody', { ...signedIn, certificate: '', signature: '', pin_set: false });
  const back = { step: 'return', certificate: text_, signature: certified, proof: signature(device, `waymark return 1\n${school.open}\n${text_}`) };
  body('question', 'return', 'a device whose token the school does not know', back);
  body('question', 'return-named', 'and which names its token', { ...back, token });
  body('returned', 'returned', 'it is known again', { person: AMIRA, token });
  body('question', 'pin', 'a PIN that was chosen away from school', { step: 'pin', pin_hash: '$argon2id$v=19$m=65536,t=2,p=1$c2FsdHNhbHRzYWx0c2FsdA$aGFzaA', pin_kind: 'digits' });
  bad('question', 'not-json', 'malformed', 'no JSON', 'step=card');
  bad('question', 'array', 'malformed', 'no object', '[]');
  bad('question', 'no-step', 'malformed', 'no step', { card: 'ABCD2345' });
  bad('question', 'unknown-step', 'malformed', 'a step that there is not', { step: 'leave' });
  bad('question', 'no-card', 'malformed', 'no card', { step: 'card' });
  bad('question', 'card-number', 'malformed', 'a card that is a number', { step: 'card', card: 12345678 });
  bad('question', 'key-short', 'malformed', 'a key of 62 digits', { ...signIn, device_key: device.open.slice(2) });
  bad('question', 'key-no-digits', 'malformed', 'a key that is none', { ...signIn, device_key: 'x'.repeat(64) });
  bad('question', 'no-proof', 'malformed', 'no proof', { ...finish, proof: undefined });
  bad('question', 'deep', 'too_deep', 'nested 33 deep', `{"step":"card","card":${'['.repeat(32)}${']'.repeat(32)}}`);
  bad('begun', 'no-proof', 'malformed', 'no proof', { nonce: schoolNonce });
  bad('computer_joined', 'no-token', 'malformed', 'no token', { ...joined, token: '' });
  bad('card_read', 'no-new-pin', 'malformed', 'it does not say whether a PIN is chosen', { first_name: 'Amira' });
  bad('signed_in', 'person', 'malformed', 'a person that is no id', { ...signedIn, person: 'amira' });
  bad('returned', 'no-token', 'malformed', 'no token', { person: AMIRA });

  // Which files are there.
  const names = (count) => Array.from({ length: count }, (_, n) => sha256(`golden file ${n}`).toString('hex'));
  body('files', 'three', 'three names', { files: names(3) });
  body('files', 'at-bound', '1,000 names', { files: names(FILES_MAX) });
  bad('files', 'names-1001', 'too_large', '1,001 names', { files: names(FILES_MAX + 1) });
  bad('files', 'no-list', 'malformed', 'no list', { files: names(1)[0] });
  bad('files', 'numbers', 'malformed', 'names that are numbers', { files: [1] });
  bad('files', 'parcels', 'malformed', 'a question about parcels', { parcels: names(1) });
  body('parcels', 'three', 'three names', { parcels: names(3) });
  bad('parcels', 'names-1001', 'too_large', '1,001 names', { parcels: names(FILES_MAX + 1) });
  body('lacking', 'one', 'one of them', { v: 1, lacking: names(1) });
  body('lacking', 'none', 'nothing', { v: 1, lacking: [] });
  body('parcel_news', 'one-of-each', 'one is lacking, one is answered', {
    v: 1, lacking: names(1), answers: [{ parcel: names(2)[1], answer: Buffer.from('waymark bundle 1\n…').toString('base64url') }],
  });
  body('parcel_news', 'later', 'a member of a later version', { v: 1, lacking: [], answers: [], later: 1 }, { v: 1, lacking: [], answers: [] });
  bad('lacking', 'no-list', 'malformed', 'it does not say what is lacking', { v: 1 });

  // A hub asks its school.
  const question = { spki, addresses: ['https://192.168.4.9:8443'], carrying: 3, version: id('papers') };
  const { version: _, ...first } = question;
  body('hub_question', 'first', 'it has no people yet', first);
  body('hub_question', 'again', 'it has some', question);
  body('hub_question', 'key', 'with the key that it seals with', { ...question, key: sha256('golden hub key').toString('hex') });
  body('hub_question', 'later', 'a member of a later version, and more addresses than are kept', { ...question, later: {}, addresses: Array(9).fill('https://10.0.0.9') },
    { ...question, addresses: Array(8).fill('https://10.0.0.9') });
  bad('hub_question', 'array', 'malformed', 'no object', '[]');
  bad('hub_question', 'key-short', 'malformed', 'a key to seal with of 62 digits', { ...question, key: spki.slice(2) });
  bad('hub_question', 'spki-short', 'malformed', 'a key of 62 digits', { ...question, spki: spki.slice(2) });

  // Errors.
  index.errors = [];
  const seen = new Map();
  for (const [list, own] of [[ERRORS, true], [OTHER_ERRORS, false]])
    for (const [code, status, detail, wait] of list) {
      const name = `${status}-${code}${seen.has(`${status}${code}`) ? '-2' : ''}`;
      seen.set(`${status}${code}`, name);
      index.errors.push({ name, status, code, detail, ...(wait ? { retry_after: wait } : {}), own, file: put(`errors/${name}.json`, text({ error: { code, detail } })) });
    }
  index.not_errors = ['<html>', '[]', '{}', '{"error":"busy"}', '{"error":{"code":5}}', '{"error":{"detail":"x"}}'].map((one, n) => ({ why: one, file: put(`not_errors/${n}.json`, one) }));

  // The event stream.
  index.event_streams = [];
  const events = (name, about, content, heads, rest = {}) => index.event_streams.push({ name, about, file: put(`events/${name}.txt`, content), heads, ...rest });
  const event = (s, head) => `data: ${text({ s, head })}\n\n`;
  const heads = { [PERSON]: 3, school: 12, [`class:${id('class')}`]: 0 };
  events('as-written', 'one event for each stream', Object.keys(heads).sort().map((s) => event(s, heads[s])).join(''), heads, { written: true });
  events('beats', 'beats between them, and of one stream the greater number counts', `:\n\n${event('school', 5)}:\n\n${event('school', 7)}${event('school', 6)}`, { school: 7 });
  events('later', 'lines, members and events of a later version', `retry: 100\nid: 4\nevent: told\ndata: {"s":"school","head":5,"later":[]}\n\ndata: {"later":1}\n\ndata: 7\n\ndata:{"head":1,"s":"school"}\n\n`, { school: 5 });
  events('strange', 'what is none', `data: {"s":5,"head":5}\n\ndata: {"s":"school","head":"5"}\n\ndata: {"s":"","head":5}\n\ndata: {"s":"school"\n\n`, {});
  events('unended', 'a line that has not ended yet', `${event('school', 5)}data: {"s":"school","head":9}`, { school: 5 });
  events('returns', 'lines that end as HTTP’s do', `data: {"s":"school","head":5}\r\n\r\n`, { school: 5 });
  const long = (size) => `:${'x'.repeat(size - 1)}\n${event('school', 5)}`;
  events('line-at-bound', 'a line of 4,096 bytes', long(4096), { school: 5 });
  events('line-long', 'a line of 4,097 bytes', long(4097), null);

  // How an erasure names files.
  const files = names(2);
  index.file_marks = [[PERSON, files[0]], [PERSON, files[1]], [`person:${id('person ben')}`, files[0]]].map(([s, file]) => ({ s, file, mark: fileMark(s, file) }));
  good('erasure', 'what the school writes to erase a person, two ops, and files that no op mentions',
    op({ person: AMIRA, ops: [id('op one'), id('op two')], files: index.file_marks.slice(0, 2).map((one) => one.mark), why: 'request' }, { stream: 'school', kind: 'erasure', record: ZERO }));
}

const codeOf = (run) => {
  try {
    run();
  } catch (error) {
    if (error instanceof Refusal) return error.code;
    throw error;
  }
  return 'accepted';
};

export function checkBodies(check, { index, bytesOf }) {
  check('golden bodies are read as what they say, and what is none is refused with the code told', () => {
    const { bodies, not_bodies } = index();
    assert.ok(bodies.length >= 30);
    for (const one of bodies) {
      const bytes = bytesOf(one);
      const read = one.kind === 'hello' ? readHello(bytes) : readBody(one.kind, bytes);
      assert.equal(text(read), bytesOf({ file: one.again ?? one.file }).toString(), `${one.kind} ${one.name}`);
    }
    for (const one of not_bodies) {
      const read = () => (one.kind === 'hello' ? readHello(bytesOf(one)) : readBody(one.kind, bytesOf(one)));
      assert.equal(codeOf(read), one.code, `${one.kind} ${one.name}: ${one.why}`);
    }
    const found = (kind, name) => JSON.parse(bytesOf(bodies.find((one) => one.kind === kind && one.name === name)));
    const [hello, begin, begun, finish] = [found('hello', 'school'), found('question', 'begin'), found('begun', 'begun'), found('question', 'finish')];
    assert.ok(helloIsSigned(hello));
    const proof = (side) => joinProof({ code: '0123456789ABCDEF', side, identity: hello.identity, spki: hello.spki, clientNonce: begin.nonce, schoolNonce: begun.nonce });
    assert.deepEqual([begun.proof, finish.proof], [proof('school'), proof('computer')]);
    const back = found('question', 'return');
    assert.ok(signedBy(found('question', 'student').device_key, `waymark return 1\n${hello.identity}\n${back.certificate}`, back.proof));
  });
  check('golden errors are read, and what is none is not', () => {
    const { errors, not_errors } = index();
    for (const one of errors) assert.deepEqual(JSON.parse(bytesOf(one)), { error: { code: one.code, detail: one.detail } }, one.name);
    for (const one of not_errors) assert.notEqual(typeof codeIn(bytesOf(one)), 'string', one.why);
  });
  check('golden event streams tell the heads told, in pieces of any length', () => {
    for (const one of index().event_streams) {
      const bytes = bytesOf(one);
      for (const size of [bytes.length, 7, 1]) {
        const pieces = Array.from({ length: Math.ceil(bytes.length / size) }, (_, n) => bytes.subarray(n * size, (n + 1) * size));
        assert.deepEqual(readEvents(pieces), one.heads, one.name);
      }
    }
  });
  check('golden marks of files are those of an erasure', () => {
    for (const one of index().file_marks) assert.equal(fileMark(one.s, one.file), one.mark);
  });
}

function codeIn(bytes) {
  try {
    return JSON.parse(bytes).error?.code;
  } catch {
    return undefined;
  }
}
