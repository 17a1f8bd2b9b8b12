// The golden files of what others carry (docs/PROTOCOL.md sections 7 and 8), of packed bodies and of "have". What is
// sealed has fresh keys each time: a file that still opens to the content wanted is kept as it is.

import assert from 'node:assert/strict';
import { INTRODUCTION_DIGITS_MAX, KIND, encodeAcknowledgement, encodeBatch, encodeFiles, encodeNews, encodePiece, encodeReading, filesIn, keyOf, openBundle,
  openIntroduction, openSealed, openStarter, readAcknowledgement, readBatch, readCertificate, readFiles, readNews, readPiece, readReading, sealBundle,
  sealIntroduction, sealStarter, sealTo, signature, signedLine } from './carry.mjs';
import { pack, unpack } from './pack.mjs';
import { Refusal, canonical, half, parseOp, sha256, stubBytes } from './record.mjs';
import { FILE_BYTES_MAX, OPS_MAX, encodeMessage } from './wire.mjs';

const newline = Buffer.from('\n');
const same = (left, right) => {
  try {
    assert.deepEqual(left, right);
    return true;
  } catch {
    return false;
  }
};

// `tools`: put(file, bytes), kept(file) gives what was there before or null, key(label), id(label), op(fields, more),
// school and device (keys), chain (three ops of Amira), links (their positions' c), AMIRA, PROFILE, PERSON, TIME.
export function makeCarried(index, tools) {
  const { put, kept, key, id, op, chain, links, school, device, AMIRA, PROFILE, PERSON, TIME } = tools;
  const other = key('somebody else');
  const seed = school.seed.toString('hex');
  const position = (n) => ({ n, c: links[n] });

  const once = (file, good, make) => {
    const before = kept(file);
    let still = false;
    try {
      still = before !== null && good(before);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
    }
    const bytes = still ? before : make();
    assert.ok(good(bytes), file);
    return bytes;
  };

  // Certificates: the text is canonical JSON, its members in the order of their bytes.
  const certificate = (more = {}) => {
    const text = {
      classes: [id('class')], computer: id('computer'), key: device.open, name: 'Amira', person: AMIRA, role: 'student',
      school: school.open, time: TIME, v: 1, ...more,
    };
    return JSON.stringify(text);
  };
  const text = certificate();
  const certified = signature(school, text);
  const own = { certificate: text, certified };
  index.certificates = [
    { name: 'student', about: 'of a device, and the proof with which it comes back to a restored school', school: school.open,
      file: put('certificates/student.json', text), signature: certified, person: AMIRA, computer: id('computer'), key: device.open,
      role: 'student', classes: [id('class')], seed: device.seed.toString('hex'),
      proof: signature(device, `waymark return 1\n${school.open}\n${text}`) },
    (() => {
      const later = certificate({ classes: [], later: { a: [1] } });
      return { name: 'later-members', about: 'in no class; a member of a later version is read over', school: school.open,
        file: put('certificates/later-members.json', later), signature: signature(school, later), person: AMIRA,
        computer: id('computer'), key: device.open, role: 'student', classes: [], seed: device.seed.toString('hex'),
        proof: signature(device, `waymark return 1\n${school.open}\n${later}`) };
    })(),
  ];

  // Introductions: digits of a sealed box.
  const content = {
    card: 'ABCD2345', pin: '4071', pin_kind: 'digits', pin_hash: '$argon2id$v=19$m=65536,t=2,p=1$c2FsdHNhbHRzYWx0c2FsdA$aGFzaA',
    key: device.open, computer: id('computer'), computer_name: 'Garza kitchen — 📚', token: sha256('golden token').toString('hex'),
  };
  index.introductions = [];
  index.not_introductions = [];
  const introduction = (name, about, wanted) => {
    const file = `introductions/${name}.txt`;
    const opens = (bytes) => same(openIntroduction(school, bytes.toString()), { v: 1, ...wanted });
    const bytes = once(file, opens, () => Buffer.from(sealIntroduction(school.open, wanted)));
    index.introductions.push({ name, about, seed, file: put(file, bytes), content: { v: 1, ...wanted } });
    return bytes.toString();
  };
  const introduced = introduction('first-sign-in', 'of a student whose PIN it may become', content);
  introduction('least', 'with what must be there only', (({ pin_hash, computer_name, ...rest }) => rest)(content));
  introduction('later-members', 'a member of a later version is read over', { ...content, later: ['x'] });
  // `says`: the JSON within, of those that are sealed at all.
  const badIntroduction = (name, code, why, opener, says, make) => {
    const file = `not_introductions/${name}.txt`;
    const good = (bytes) => (says === null ? bytes.equals(make()) : openSealed(school, Buffer.from(bytes.toString(), 'hex')).toString() === says);
    const bytes = once(file, good, make);
    index.not_introductions.push({ name, code, why, seed: opener.seed.toString('hex'), file: put(file, bytes) });
  };
  const badContent = (name, code, why, value) => {
    const says = JSON.stringify(value);
    badIntroduction(name, code, why, school, says, () => Buffer.from(sealTo(school.open, Buffer.from(says)).toString('hex')));
  };
  badIntroduction('of-another-school', 'malformed', 'sealed to somebody else', other, null, () => Buffer.from(introduced));
  badContent('version', 'unsupported', 'version 2', { ...content, v: 2 });
  badContent('no-card', 'malformed', 'without a card', { v: 1, ...content, card: undefined });
  badContent('key-short', 'malformed', 'a key of 62 digits', { v: 1, ...content, key: device.open.slice(2) });
  badIntroduction('changed', 'malformed', 'a digit changed', school, null, () => Buffer.from(introduced.slice(0, -1) + (introduced.endsWith('0') ? '1' : '0')));
  badIntroduction('large', 'too_large', '4,098 digits', school, null, () => Buffer.from('0'.repeat(INTRODUCTION_DIGITS_MAX + 2)));
  const room = (length) => ({ ...content, pin_hash: 'x'.repeat(length) });
  const padding = INTRODUCTION_DIGITS_MAX / 2 - 48 - Buffer.byteLength(JSON.stringify({ v: 1, ...room(0) }));
  introduction('at-bound', '4,096 digits', room(padding));

  // Batches.
  index.batches = [];
  index.not_batches = [];
  const head = (list, from = 0) => ({
    person: AMIRA, replica: PROFILE, round: 7, ...(from > 0 ? { before: position(from) } : {}), ids: list.map((one) => one.id), ...own,
  });
  const batch = (name, about, header, lines, ids = header.ids) => {
    const bytes = encodeBatch(header, lines, device);
    const read = readBatch(bytes, school);
    assert.deepEqual(read.header.ids, ids, name);
    index.batches.push({
      name, about, seed, file: put(`batches/${name}.txt`, bytes), person: header.person, replica: header.replica, round: header.round,
      before: header.before ?? { n: 0, c: links[0] }, ids, key: device.open, introduced: header.introduction !== undefined,
    });
    return bytes;
  };
  const two = batch('two-ops', 'two ops after the first, with a certificate', head(chain.slice(1), 1), chain.slice(1));
  batch('no-ops', 'which asks only how far the school is', head([]), []);
  batch('later-members', 'members of a later version are read over, and signed', { ...head([chain[0]]), later: { a: [] } }, [chain[0]]);
  const { certificate: _text, certified: _signature, ...bare } = head([chain[0]]);
  batch('introduced', 'of a device to which the school has given no certificate yet', { ...bare, introduction: introduced }, [chain[0]]);
  const stub = stubBytes({ base: chain[1].base, id: chain[1].id, kind: chain[1].kind, names: chain[1].names, reason: 'erased', record: chain[1].record, stream: chain[1].stream });
  batch('erased', 'an op whose text was erased goes as its stub, and counts as itself', head([chain[0], chain[1]]), [chain[0], stub]);
  const draft = parseOp(canonical(op({ text: 'a draft' }, { stream: `own:${AMIRA}`, kind: 'draft', record: id('record draft') })));
  const closed = (bytes) => {
    const inside = /^\{"sealed":"([A-Za-z0-9_-]+)"\}$/.exec(bytes.toString())?.[1] ?? '';
    return openSealed(school, Buffer.from(inside, 'base64url')).equals(draft.bytes);
  };
  const sealedDraft = once('sealed/draft.txt', closed, () => Buffer.from(`{"sealed":"${sealTo(school.open, draft.bytes).toString('base64url')}"}`));
  put('sealed/draft.txt', sealedDraft);
  batch('sealed', 'an op that its carrier may not read', head([draft]), [sealedDraft]);
  const many = Array.from({ length: OPS_MAX + 1 }, (_, n) => parseOp(canonical(op({ n }))));
  batch('ops-at-bound', '200 ops', head(many.slice(0, OPS_MAX)), many.slice(0, OPS_MAX));

  const badBatch = (name, code, why, bytes) =>
    index.not_batches.push({ name, code, why, seed, file: put(`not_batches/${name}.txt`, Buffer.from(bytes)) });
  const made = (header, lines, by = device) => encodeBatch(header, lines, by);
  badBatch('empty', 'malformed', 'nothing', '');
  badBatch('signature-missing', 'malformed', 'a line and no signature', Buffer.concat([two.subarray(0, two.indexOf(10) + 1)]));
  badBatch('signature-short', 'malformed', 'a signature of 126 digits', two.toString().replace(/\n[0-9a-f]{2}/, '\n'));
  badBatch('signed-by-another', 'unauthorized', 'another device’s signature', made(head(chain), chain, other));
  badBatch('changed', 'unauthorized', 'another round than was signed', two.toString().replace('"round":7', '"round":8'));
  badBatch('another-school', 'unauthorized', 'a certificate that another identity signed', made({ ...head(chain), certified: signature(other, text) }, chain));
  badBatch('another-person', 'unauthorized', 'another person than the certificate’s', made({ ...head([]), person: id('person ben') }, []));
  badBatch('ids-order', 'wrong_id', 'ids in another order than the ops', made(head([chain[1], chain[0]]), chain.slice(0, 2)));
  const bens = parseOp(canonical(op({ want: 'forged' }, { author: id('person ben') })));
  badBatch('another-author', 'forbidden', 'an op by somebody else', made(head([bens]), [bens]));
  badBatch('ops-201', 'too_large', '201 ops', made(head(many), many));
  badBatch('ops-fewer', 'malformed', 'fewer lines than ids', made(head(chain), chain.slice(0, 2)));
  badBatch('ops-more', 'malformed', 'more lines than ids', made(head(chain.slice(0, 2)), chain));
  badBatch('ops-cut', 'malformed', 'a last line without an end', two.subarray(0, -1));
  badBatch('round-negative', 'malformed', 'a round before the first', made({ ...head([]), round: -1 }, []));
  badBatch('version', 'unsupported', 'version 2', signedLine('waymark batch 1', { v: 2, ...head([]) }, device));
  badBatch('word', 'unauthorized', 'signed as something else', signedLine('waymark acknowledgement 1', { v: 1, ...head([]) }, device));

  // Acknowledgements.
  index.acknowledgements = [];
  index.not_acknowledgements = [];
  const acknowledgement = (name, about, header) => {
    const bytes = encodeAcknowledgement(header, school);
    index.acknowledgements.push({ name, about, school: school.open, file: put(`acknowledgements/${name}.txt`, bytes), header: { v: 1, ...header } });
    return bytes;
  };
  const answer = {
    replica: PROFILE, round: 7, before: position(1), end: position(3), at: position(3), now: TIME,
    refused: [{ n: 2, code: 'too_large', sentence: 'want: longer than 4000 bytes' }],
  };
  const whole = acknowledgement('whole', 'of the batch "two-ops", one of them refused', answer);
  acknowledgement('least', 'of a batch without ops, at a school that has none', { replica: PROFILE, round: 0, now: TIME });
  acknowledgement('certified', 'to a device that came by an introduction', { ...answer, ...own });
  acknowledgement('later-members', 'a member of a later version is read over', { ...answer, later: [{}] });
  const badAnswer = (name, code, why, bytes) =>
    index.not_acknowledgements.push({ name, code, why, school: school.open, file: put(`not_acknowledgements/${name}.txt`, Buffer.from(bytes)) });
  badAnswer('another-school', 'unauthorized', 'signed by another identity', encodeAcknowledgement(answer, other));
  badAnswer('changed', 'unauthorized', 'another round than was signed', whole.toString().replace('"round":7', '"round":8'));
  badAnswer('more', 'malformed', 'a line more', Buffer.concat([whole, Buffer.from('{}\n')]));
  badAnswer('end', 'malformed', 'it ends before it begins', encodeAcknowledgement({ ...answer, end: position(0) }, school));
  badAnswer('refused-201', 'too_large', '201 refusals', encodeAcknowledgement({ ...answer, refused: many.map((_, n) => ({ n, code: 'invalid', sentence: '' })) }, school));
  badAnswer('version', 'unsupported', 'version 2', signedLine('waymark acknowledgement 1', { v: 2, ...answer }, school));

  // Readings, news, problems.
  const asked = {
    v: 1, replica: PROFILE, cursors: [
      { s: PERSON, access: id('access person'), seq: 12, feed: id('feed'), segment: id('segment') }, { s: 'school', access: id('access school'), seq: 0, whole: true },
    ],
  };
  const reading = encodeReading({ round: 7, ...own }, asked);
  index.readings = [{ name: 'two-streams', about: 'what a device asks on a stick', file: put('readings/two-streams.txt', reading), header: { v: 1, round: 7, ...own }, asked }];
  const reply = {
    v: 1, now: TIME, feed: id('feed'), again: 60000, more: true, granted: [{ s: `class:${id('class')}`, access: id('access class'), role: 'member' }],
    ended: [`class:${id('class before')}`],
    streams: [{ s: PERSON, segment: id('segment'), seq: 14, head: 20, own: [chain[0].id], ops: 1, seal: signature(school, `waymark seal 1\n${PERSON}\n${chain[0].id}\n${chain[1].id}\n`) }],
  };
  const news = encodeNews({ round: 7 }, asked, reply, [chain[1]]);
  index.news = [{ name: 'page', about: 'a grant, an end and a page that begins where the question stood', file: put('news/page.txt', news), header: { v: 1, round: 7 }, asked, reply, lines: [chain[1].id] }];
  index.readings.push({ name: 'introduced', about: 'of a device whose batch beside it shows who it is', file: put('readings/introduced.txt', encodeReading({ round: 7 }, asked)), header: { v: 1, round: 7 }, asked });
  index.not_readings = [];
  index.not_news = [];
  const badOne = (list, name, code, why, bytes) => index[list].push({ name, code, why, file: put(`${list}/${name}.txt`, Buffer.from(bytes)) });
  badOne('not_readings', 'request-missing', 'malformed', 'one line alone', `${JSON.stringify({ v: 1, round: 7, ...own })}\n`);
  badOne('not_readings', 'more', 'malformed', 'a line more', Buffer.concat([reading, Buffer.from('{}\n')]));
  badOne('not_readings', 'ops', 'malformed', 'a request that pushes', Buffer.concat([encodeReading({ round: 7, ...own }, { ...asked, ops: 1 }), chain[0].bytes, newline]));
  badOne('not_readings', 'version', 'unsupported', 'version 2', encodeReading({ v: 2, round: 7, ...own }, asked));
  badOne('not_readings', 'round-negative', 'malformed', 'a round before the first', encodeReading({ round: -1, ...own }, asked));
  badOne('not_news', 'round-missing', 'malformed', 'without a round', encodeNews({}, asked, reply, [chain[1]]));
  badOne('not_news', 'round-negative', 'malformed', 'a round before the first', encodeNews({ round: -1 }, asked, reply, [chain[1]]));
  badOne('not_news', 'reply-missing', 'malformed', 'a question and no answer', encodeReading({ round: 7 }, asked));
  badOne('not_news', 'cut', 'malformed', 'a last line without an end', news.subarray(0, -1));
  badOne('not_news', 'version', 'unsupported', 'a reply of version 2', encodeNews({ round: 7 }, asked, { ...reply, v: 2 }, [chain[1]]));
  const problem = Buffer.from(`${JSON.stringify({ v: 1, n: 2, code: 'wrong_pin' })}\n`);
  index.problems = [{ name: 'wrong-pin', about: 'the third batch was not taken in', file: put('problems/wrong-pin.txt', problem), n: 2, code: 'wrong_pin' }];
  const letters = { replica: PROFILE, end: { n: 3, c: links[3] } };
  const withLetters = Buffer.from(`${JSON.stringify({ v: 1, n: 0, code: 'unauthorized', letters })}\n`);
  index.problems.push({ name: 'letters', about: 'the first was not taken in, and the school has all of it as dead letters', file: put('problems/letters.txt', withLetters), n: 0, code: 'unauthorized', letters });
  const some = { ...letters, here: [0, 2] };
  const withSome = Buffer.from(`${JSON.stringify({ v: 1, n: 0, code: 'unauthorized', letters: some })}\n`);
  index.problems.push({ name: 'letters-and-some-here', about: 'the first was not taken in; its first and third op the school has in their place, the second as a dead letter', file: put('problems/letters-and-some-here.txt', withSome), n: 0, code: 'unauthorized', letters: some });

  // Files.
  const photo = Buffer.from(Array.from({ length: 300 }, (_, n) => n % 256));
  const photoName = sha256(photo).toString('hex');
  const pieceHead = { s: PERSON, file: photoName, mime: 'image/jpeg', from: 0, total: photo.length };
  index.pieces = [];
  index.not_pieces = [];
  const piece = (name, about, header, bytes) =>
    index.pieces.push({ name, about, file: put(`pieces/${name}.bin`, encodePiece(header, bytes)), header: { v: 1, ...header }, size: bytes.length });
  piece('first', 'the first 200 bytes of 300, of which some are newlines', pieceHead, photo.subarray(0, 200));
  piece('last', 'the rest; a member of a later version is read over', { ...pieceHead, from: 200, later: [] }, photo.subarray(200));
  piece('empty', 'a file of no byte', { s: PERSON, file: sha256('').toString('hex'), from: 0, total: 0 }, Buffer.alloc(0));
  const badPiece = (name, code, why, header, bytes) => badOne('not_pieces', name, code, why, encodePiece(header, bytes));
  badPiece('empty', 'malformed', 'no byte of a file that has some', pieceHead, Buffer.alloc(0));
  badPiece('beyond', 'malformed', 'more bytes than the file has', { ...pieceHead, from: 1 }, photo);
  badPiece('from-negative', 'malformed', 'before the first byte', { ...pieceHead, from: -1 }, photo.subarray(0, 1));
  badPiece('name', 'malformed', 'a name of 62 digits', { ...pieceHead, file: photoName.slice(2) }, photo);
  badPiece('stream', 'malformed', 'no stream', { ...pieceHead, s: '../school' }, photo);
  badPiece('file-large', 'too_large', 'a file of 20,971,521 bytes', { ...pieceHead, total: FILE_BYTES_MAX + 1 }, photo);
  badPiece('version', 'unsupported', 'version 2', { ...pieceHead, v: 2 }, photo);
  badOne('not_pieces', 'line-missing', 'malformed', 'no line', JSON.stringify({ v: 1, ...pieceHead }));
  const fileNames = Array.from({ length: 1001 }, (_, n) => sha256(`golden file ${n}`).toString('hex'));
  const files = { round: 7, replica: PROFILE, streams: [{ s: PERSON, has: [photoName], lacks: fileNames.slice(0, 2) }, { s: 'school' }] };
  index.files = [{ name: 'one-here', about: 'one is here, two are not', file: put('files/one-here.txt', encodeFiles(files)), header: { v: 1, ...files } }];
  index.files.push({ name: 'at-bound', about: '1,000 names', file: put('files/at-bound.txt', encodeFiles({ ...files, streams: [{ s: PERSON, has: fileNames.slice(1) }] })), header: { v: 1, ...files, streams: [{ s: PERSON, has: fileNames.slice(1) }] } });
  const sent = { round: 7, replica: PROFILE, streams: [{ s: PERSON, has: [photoName] }] };
  index.files.push({ name: 'one-sent', about: 'of a parcel, and the answer to it', file: put('files/one-sent.txt', encodeFiles(sent)), header: { v: 1, ...sent } });
  index.not_files = [];
  badOne('not_files', 'names-1001', 'too_large', '1,001 names', encodeFiles({ ...files, streams: [{ s: PERSON, lacks: fileNames }] }));
  badOne('not_files', 'name', 'malformed', 'a name that is none', encodeFiles({ ...files, streams: [{ s: PERSON, has: ['photo.jpg'] }] }));
  badOne('not_files', 'more', 'malformed', 'a line more', Buffer.concat([encodeFiles(files), newline]));
  badOne('not_files', 'version', 'unsupported', 'version 2', encodeFiles({ ...files, v: 2 }));

  // Bundles.
  index.bundles = [];
  index.not_bundles = [];
  const bundle = (name, about, reader, writer, items) => {
    const file = `bundles/${name}.bin`;
    const opens = (bytes) => same(openBundle(bytes, reader), { writer: writer.open, items: items.map(({ kind, body }) => ({ kind, body })), whole: true });
    const bytes = once(file, opens, () => sealBundle(reader.open, writer, items));
    index.bundles.push({
      name, about, seed: reader.seed.toString('hex'), file: put(file, bytes), writer: writer.open, whole: true,
      items: items.map(({ kind, body, file: where }) => (where ? { kind, file: where } : { kind, text: body.toString() })),
    });
    return bytes;
  };
  const item = (kind, list, name) => {
    const found = index[list].find((one) => one.name === name);
    return { kind, file: found.file, body: kept.now(found.file) };
  };
  const toSchool = [item(KIND.batch, 'batches', 'two-ops'), item(KIND.reading, 'readings', 'two-streams')];
  const full = bundle('to-school', 'a batch and a reading', school, device, toSchool);
  bundle('photo', 'what is there of files, and one in two pieces', school, device,
    [item(KIND.files, 'files', 'one-here'), item(KIND.file, 'pieces', 'first'), item(KIND.file, 'pieces', 'last')]);
  bundle('brought-back', 'a reading, and what the school lost', school, device, [toSchool[1], item(KIND.returned, 'requests', 'brought-back')]);
  bundle('from-school', 'an acknowledgement and news', device, school, [item(KIND.acknowledgement, 'acknowledgements', 'whole'), item(KIND.news, 'news', 'page')]);
  bundle('to-hub', 'the answer to a hub: an acknowledgement and a problem', other, school, [item(KIND.acknowledgement, 'acknowledgements', 'whole'), item(KIND.problem, 'problems', 'wrong-pin')]);
  bundle('later-kind', 'an item of a kind that is not known is read over, also an empty one', school, device, [{ kind: 200, body: Buffer.from('later') }, { kind: 0, body: Buffer.alloc(0) }, toSchool[0]]);
  bundle('empty', 'without items', school, device, []);
  bundle('parcel', 'a parcel: whose it is, which file it is about, and its pieces', school, device,
    [item(KIND.batch, 'batches', 'no-ops'), item(KIND.files, 'files', 'one-sent'), item(KIND.file, 'pieces', 'first'), item(KIND.file, 'pieces', 'last')]);
  bundle('parcel-answer', 'the school’s answer to a parcel', device, school, [item(KIND.files, 'files', 'one-sent'), item(KIND.acknowledgement, 'acknowledgements', 'whole')]);
  const lengths = (bytes) => {
    const ends = [153];
    while (ends[ends.length - 1] < bytes.length) ends.push(ends[ends.length - 1] + 4 + bytes.readUInt32BE(ends[ends.length - 1]));
    return ends;
  };
  const ends = lengths(full); // of the head, the writer's frame, and each item's
  const torn = (name, about, bytes, items) =>
    index.bundles.push({ name, about, seed, file: put(`bundles/${name}.bin`, bytes), writer: device.open, whole: false, items: items.map(({ kind, file }) => ({ kind, file })) });
  torn('torn-in-an-item', 'the second item breaks off', full.subarray(0, ends[2] + 100), toSchool.slice(0, 1));
  torn('torn-before-the-end', 'its last frame is missing', full.subarray(0, ends[3]), toSchool);
  const changed = Buffer.from(full);
  changed[ends[2] + 50] ^= 1;
  torn('changed', 'a byte of the second item is another', changed, toSchool.slice(0, 1));
  torn('order', 'the second item stands before the first', Buffer.concat([full.subarray(0, ends[1]), full.subarray(ends[2], ends[3]), full.subarray(ends[1], ends[2])]), []);
  const badBundle = (name, code, why, bytes, opener = school) =>
    index.not_bundles.push({ name, code, why, seed: opener.seed.toString('hex'), file: put(`not_bundles/${name}.bin`, bytes) });
  badBundle('empty', 'malformed', 'nothing', Buffer.alloc(0));
  badBundle('magic', 'malformed', 'another word at its beginning', Buffer.concat([Buffer.from('waymark bundle 9\n'), full.subarray(17)]));
  badBundle('cut-in-head', 'malformed', '152 bytes', full.subarray(0, 152));
  badBundle('cut-before-writer', 'malformed', 'it breaks off before its writer is named', full.subarray(0, ends[1] - 1));
  badBundle('another-reader', 'unauthorized', 'sealed to somebody else', full, other);
  const renamed = Buffer.from(full);
  Buffer.from(other.open, 'hex').copy(renamed, 17);
  badBundle('renamed', 'malformed', 'another reader’s key than the one it is sealed to', renamed, other);
  badBundle('signed-by-another', 'malformed', 'its writer has not signed it', once('not_bundles/signed-by-another.bin', (bytes) => bytes.subarray(0, 49).equals(full.subarray(0, 49)), () => sealBundle(school.open, device, [], other)));

  // Starters.
  const schoolOp = parseOp(canonical(op({ name: 'Escuela Garza' }, { stream: 'school', kind: 'school', record: id('record school') })));
  const salt = id('salt');
  const freshKey = sha256('golden starter key').toString('hex');
  const classHead = { school: 'Escuela Garza', class: 'Period 3' };
  const entryOf = (given, more = {}) => ({
    person: id(`person ${given}`), given, new_pin: true, pin_kind: '', identity: school.open, addresses: ['https://garza.example:8443'],
    granted: [{ s: 'school', access: id(`access school of ${given}`), role: 'member' }, { s: `person:${id(`person ${given}`)}`, access: id(`access of ${given}`), role: 'owner' }], ...more,
  });
  const students = [
    { card: 'ABCD2345', entry: entryOf('amira') },
    { card: 'WXYZ6789', entry: entryOf('bo', { new_pin: false, pin_kind: 'pictures', addresses: [], later: [1] }) },
  ];
  const classNews = [encodeNews({ round: 0 }, { v: 1, replica: id('nobody'), cursors: [] }, {
    v: 1, now: TIME, feed: id('feed'), granted: [{ s: 'school', access: id('access of nobody'), role: 'member' }],
    streams: [{ s: 'school', segment: id('segment'), seq: 1, head: 1, digest: half(schoolOp.bytes), ops: 1, seal: signature(school, `waymark seal 1\nschool\n${half(schoolOp.bytes)}\n`) }],
  }, [schoolOp])];
  index.starters = [];
  index.not_starters = [];
  const starterOpens = (bytes, count) => students.every(({ card, entry }) => {
    const read = openStarter(bytes, card);
    return same(read.entry, { v: 1, ...entry, key: freshKey }) && read.news.length === count && read.news.every((one, at) => one.equals(classNews[at]));
  });
  const starter = (name, about, whole, bytes) => {
    index.starters.push({
      name, about, file: put(`starters/${name}.bin`, bytes), ...classHead, whole, news: whole ? ['starters/news.txt'] : [],
      students: students.map(({ card, entry }) => ({ card, entry })), not_card: 'ZZZZ2345',
    });
    return bytes;
  };
  put('starters/news.txt', classNews[0]);
  const wholeStarter = starter('class', 'two students, and what their class reads', true,
    once('starters/class.bin', (bytes) => starterOpens(bytes, 1), () => sealStarter({ ...classHead, later: {} }, students, classNews, salt, freshKey)));
  starter('torn', 'it breaks off in the news: whose it is, and what may be read, is told', false, wholeStarter.subarray(0, -60));
  const badStarter = (name, code, why, bytes) => index.not_starters.push({ name, code, why, file: put(`not_starters/${name}.bin`, Buffer.from(bytes)) });
  const headLine = (more) => `waymark starter 1\n${JSON.stringify({ v: 1, ...classHead, salt, entries: [], ...more })}\n`;
  badStarter('empty', 'malformed', 'nothing', '');
  badStarter('bundle', 'malformed', 'a bundle', full.subarray(0, 200));
  badStarter('head-cut', 'malformed', 'a head without an end', headLine().slice(0, -1));
  badStarter('salt', 'malformed', 'a salt of 30 digits', headLine({ salt: salt.slice(2) }));
  badStarter('entries-201', 'too_large', '201 entries', headLine({ entries: Array.from({ length: 201 }, () => 'AAAA') }));
  badStarter('version', 'unsupported', 'version 2', headLine({ v: 2 }));

  // A hub: the file that makes one, and what the school tells it of people.
  const hubFile = { v: 1, hub: id('hub'), name: 'North room', school: 'Escuela Garza', identity: school.open, token: 'goldengoldengoldengoldengoldengoldengolden12', classes: ['Period 3'] };
  index.hub_files = [{ name: 'hub', about: 'what `hub add` writes', file: put('hubs/hub.json', `${JSON.stringify(hubFile)}\n`), content: hubFile }];
  const spki = sha256('golden spki').toString('hex');
  const [teacher, token] = [id('person okafor'), sha256('golden token').toString('hex')];
  const papers = {
    access: [[AMIRA, `person:${AMIRA}`, id('access of amira'), 'owner'], [teacher, `person:${AMIRA}`, id('access of okafor'), 'staff']],
    cards: [['ABCD2345', AMIRA, false], ['ZZZZ2345', AMIRA, true]],
    classes: [[id('class'), 'Period 3', true]],
    computers: [[id('computer'), 'lab-03', sha256('golden computer').toString('hex'), false]],
    devices: [[token, AMIRA, id('computer'), device.open, false]],
    enrollments: [[id('class'), AMIRA, 'student'], [id('class'), teacher, 'teacher']],
    people: [
      [AMIRA, 'student', 'Amira', 'Haddad', '', '', '$argon2id$v=19$m=65536,t=2,p=1$c2FsdHNhbHRzYWx0c2FsdA$aGFzaA', 'digits', true],
      [teacher, 'teacher', 'Ada', 'Okafor', 'okafor@garza.example', '', '', '', true],
    ],
  };
  const paperReply = (more = {}, content = papers) => JSON.stringify({
    v: 1, school: 'Escuela Garza', hello: signature(school, `waymark hello 1\n${spki}`), now: TIME, version: id('papers'), papers: content, ...more,
  });
  index.papers = [
    { name: 'a-class', about: 'a student, a teacher, a computer and a device', spki, file: put('papers/a-class.json', paperReply()) },
    { name: 'later-columns', about: 'columns and lists of a later version are read over', spki,
      file: put('papers/later-columns.json', paperReply({ later: 1 }, { ...papers, people: papers.people.map((row) => [...row, 'later']), rooms: [['x']] })) },
  ];
  index.papers.push({
    name: 'key-signed', about: 'and the school’s signature of the key that the hub seals with', spki,
    file: put('papers/key-signed.json', paperReply({ key_signature: signature(school, `waymark hub key 1\n${id('hub')}\n${device.open}\n`) })),
  });
  index.not_papers = [
    { name: 'another-school', code: 'identity_changed', why: 'a hello that another identity signed', spki, file: put('not_papers/another-school.json', paperReply({ hello: signature(other, `waymark hello 1\n${spki}`) })) },
    { name: 'version', code: 'unsupported', why: 'version 2', spki, file: put('not_papers/version.json', paperReply({ v: 2 })) },
    { name: 'column-missing', code: 'malformed', why: 'a row that is too short', spki, file: put('not_papers/column-missing.json', paperReply({}, { ...papers, cards: [['ABCD2345', AMIRA]] })) },
    { name: 'list-missing', code: 'malformed', why: 'no devices', spki, file: put('not_papers/list-missing.json', paperReply({}, { ...papers, devices: undefined })) },
  ];

  // Packed bodies, and "have".
  index.packed = index.requests.filter((one) => one.file).map((one) => {
    const plain = kept.now(one.file);
    return { name: one.name, file: put(`packed/${one.name}.bin`, pack(plain, one.name === 'marked')), text: one.file };
  });
  index.packed.push({ name: 'reply-marked', file: put('packed/reply-marked.bin', pack(kept.now('replies/marked.txt'), true)), text: 'replies/marked.txt' });
  index.not_packed = ['0102aa', '010400', '0105ffffffffffff', '0106', `0102${'aa'.repeat(16)}0401`, '0100', '017b01', '0109', '0200', '027b01', '020202aa', '020400'].map((hex) => ({ hex, code: 'malformed' }));
  const haves = encodeMessage({ v: 1, ids: chain.map((one) => one.id) });
  index.haves = [{ name: 'three', about: 'three ids', file: put('haves/three.txt', haves), ids: chain.map((one) => one.id) }];
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

export function checkCarried(check, { index, bytesOf }) {
  const keyIn = (one) => keyOf(Buffer.from(one.seed, 'hex'));
  const refused = (list, run) => {
    const found = index()[list];
    assert.ok(found.length > 0);
    for (const one of found) assert.equal(codeOf(() => run(bytesOf(one), one)), one.code, `${one.name}: ${one.why}`);
  };
  check('golden certificates and proofs of coming back', () => {
    for (const one of index().certificates) {
      const text = bytesOf(one).toString();
      assert.deepEqual((({ person, computer, key, role, classes }) => ({ person, computer, key, role, classes }))(readCertificate(one.school, text, one.signature)),
        (({ person, computer, key, role, classes }) => ({ person, computer, key, role, classes }))(one));
      assert.equal(signature(keyIn(one), `waymark return 1\n${one.school}\n${text}`), one.proof);
    }
  });
  check('golden introductions are opened by the school alone', () => {
    for (const one of index().introductions) assert.deepEqual(openIntroduction(keyIn(one), bytesOf(one).toString()), one.content, one.name);
    refused('not_introductions', (bytes, one) => openIntroduction(keyIn(one), bytes.toString()));
  });
  check('golden batches are read as what they say, and what is none is refused with the code told', () => {
    for (const one of index().batches) {
      const { header, who } = readBatch(bytesOf(one), keyIn(one));
      assert.deepEqual([header.ids, header.round, who.key], [one.ids, one.round, one.key], one.name);
    }
    refused('not_batches', (bytes, one) => {
      const { header } = readBatch(bytes, keyIn(one));
      if (header.round < 0) throw new Refusal('malformed', 'a round before the first');
    });
  });
  check('golden acknowledgements are believed by the school’s signature alone', () => {
    for (const one of index().acknowledgements) assert.deepEqual(readAcknowledgement(bytesOf(one), one.school), one.header);
  });
  check('golden readings and news are read as what they say', () => {
    for (const one of index().readings) {
      const { header, asked } = readReading(bytesOf(one));
      assert.deepEqual([header, asked], [one.header, one.asked]);
    }
    for (const one of index().news) {
      const { header, asked, reply } = readNews(bytesOf(one));
      assert.deepEqual([header, asked, reply.header, reply.lines.map((line) => line.id)], [one.header, one.asked, one.reply, one.lines]);
    }
  });
  check('golden pieces and lists of files are read as what they say', () => {
    for (const one of index().pieces) {
      const { header, bytes } = readPiece(bytesOf(one));
      assert.deepEqual([header, bytes.length], [one.header, one.size], one.name);
    }
    for (const one of index().files) assert.deepEqual(readFiles(bytesOf(one)), one.header);
    refused('not_pieces', (bytes) => readPiece(bytes));
    refused('not_files', (bytes) => readFiles(bytes));
    const photo = index().bundles.find((one) => one.name === 'photo');
    const [found] = filesIn(openBundle(bytesOf(photo), keyIn(photo)).items);
    assert.equal(found.bytes.length, 300);
  });
  check('golden bundles are opened, torn ones as far as they go, and what is none is refused', () => {
    for (const one of index().bundles) {
      const read = openBundle(bytesOf(one), keyIn(one));
      assert.deepEqual([read.writer, read.whole], [one.writer, one.whole], one.name);
      const wanted = one.items.map(({ kind, file, text }) => ({ kind, body: file ? bytesOf({ file }) : Buffer.from(text) }));
      assert.deepEqual(read.items.map(({ kind, body }) => ({ kind, body: Buffer.from(body) })), wanted, one.name);
    }
    refused('not_bundles', (bytes, one) => openBundle(bytes, keyIn(one)));
  });
  check('golden starters open with a card of theirs, and with no other', () => {
    for (const one of index().starters) {
      for (const { card, entry } of one.students) {
        const read = openStarter(bytesOf(one), card);
        const { key, v, ...found } = read.entry;
        assert.deepEqual([found, read.whole, v, key.length], [entry, one.whole, 1, 64], one.name);
        assert.deepEqual(read.news, one.news.map((file) => bytesOf({ file })));
      }
      assert.equal(codeOf(() => openStarter(bytesOf(one), one.not_card)), 'card_unknown');
    }
    refused('not_starters', (bytes) => openStarter(bytes, 'ABCD2345'));
  });
  check('golden packed bodies give the texts told', () => {
    for (const one of index().packed) assert.ok(unpack(bytesOf(one)).equals(bytesOf({ file: one.text })), one.name);
    for (const one of index().not_packed) assert.equal(codeOf(() => unpack(Buffer.from(one.hex, 'hex'))), one.code, one.hex);
  });
}
