// What a real school has keeps to the text: the client joins a school with three weeks of work in it, reads as students do,
// and finds that ids are what their scopes give and that fields refer to what docs/PROTOCOL.md says they do.

import assert from 'node:assert/strict';
import { Profile, Replica, joinComputer } from './client.mjs';
import { namesIn, parsePathway } from './pathway.mjs';
import { displayed, heads, randomId, recordOf, singleton } from './record.mjs';
import { School } from './school.mjs';

const STUDENTS = 6;

const SCOPES = {
  assessment_draft: null, // by `try`, which no field of it has: looked for below
  draft: (fields) => [fields.place],
  preferences: (fields, person) => [person],
  seen: (fields) => [Object.keys(fields)[0].replace(/^(seen|dismissed)\./, '')],
  profile: (fields, person) => [person],
  step: (fields) => [fields.project, fields.step],
  support: (fields) => [fields.project ?? ''],
  class: (fields, owner) => [owner],
  member: (fields) => [fields.person],
  school: () => [],
};

// The records of a stream by kind: { id, fields }, as they are displayed.
function recordsOf(replica, s) {
  const all = [...replica.known.values()].filter((one) => one.stream === s);
  const found = {};
  for (const key of new Set(all.map((one) => `${one.kind} ${recordOf(one)}`))) {
    const [kind, id] = key.split(' ');
    const ops = all.filter((one) => one.kind === kind && recordOf(one) === id);
    const names = new Set(ops.filter((one) => !one.isStub).flatMap((one) => one.names));
    const fields = Object.fromEntries([...names].map((name) => [name, displayed(heads(ops, name))?.fields.get(name)]));
    (found[kind] ??= []).push({ id, fields });
  }
  return found;
}

export function checkSample(check, bin, refusedWith) {
  const school = new School(bin);
  const read = [];
  let computer;
  let cards;

  check('sample: students of a school with three weeks of work read all of it', async () => {
    const made = school.sample();
    await school.start();
    computer = await joinComputer(school.port, school.addComputer('interop'), '');
    cards = made.cards.filter((one) => one.pin).slice(0, STUDENTS);
    for (const { card, pin } of cards) {
      const replica = new Replica(await Profile.signIn(computer, card, pin));
      await replica.sync();
      for (const stream of replica.streams.values()) assert.equal(stream.seq, stream.head, stream.s);
      read.push(replica);
    }
    assert.equal(read.length, STUDENTS);
  });

  check('sample: the ids of records that there is one of are what their scopes give', () => {
    const met = new Set();
    for (const replica of read)
      for (const s of replica.streams.keys())
        for (const [kind, list] of Object.entries(recordsOf(replica, s)))
          for (const { id, fields } of list) {
            if (!(kind in SCOPES)) continue;
            met.add(kind);
            const owner = s.split(':')[1];
            if (SCOPES[kind]) assert.equal(id, singleton(kind, SCOPES[kind](fields, owner).join('\n')), `${kind} in ${s}`);
            else assert.ok([1, 2, 3, 4].some((attempt) => id === singleton(kind, [fields.project, fields.step, attempt].join('\n'))), `${kind} in ${s}`);
          }
    for (const kind of ['profile', 'step', 'class', 'member', 'school', 'seen']) assert.ok(met.has(kind), `no ${kind} was met`);
  });

  check('sample: fields refer to what they are said to, and contents of pathways are as they should be', () => {
    const versions = new Map();
    const codes = new Set();
    let levels = 0;
    for (const replica of read) {
      const school_ = recordsOf(replica, 'school');
      for (const { fields } of school_.standard) codes.add(fields.code);
      for (const s of replica.streams.keys())
        if (s.startsWith('class:')) for (const { id, fields } of recordsOf(replica, s).pathway_version ?? []) versions.set(id, namesIn(parsePathway(fields.content)));
    }
    assert.ok(versions.size > 0 && codes.size > 0);
    for (const replica of read) {
      const mine = recordsOf(replica, `person:${replica.person}`);
      const own = recordsOf(replica, `own:${replica.person}`);
      const ids = (kind) => new Set((mine[kind] ?? []).map((one) => one.id));
      const projects = new Map(mine.project.map((one) => [one.id, one.fields]));
      const refers = { project: ids('project'), goal: ids('goal'), work: ids('work'), turn_in: ids('turn_in'), self_assessment: ids('self_assessment'), review: ids('review'), help: ids('help') };
      for (const [kind, list] of [...Object.entries(mine), ...Object.entries(own)])
        for (const { fields } of list) {
          for (const [name, known] of Object.entries(refers))
            if (fields[name] && kind !== 'hidden') assert.ok(known.has(fields[name]), `${kind}.${name}`);
          for (const work of [...(fields.works ?? []), ...Object.entries(fields).filter(([name]) => name.startsWith('evidence.')).flatMap(([, works]) => works)]) assert.ok(refers.work.has(work), `${kind} names a work`);
          for (const op of fields.saw ?? []) assert.ok(replica.known.has(op), `${kind}.saw`);
          if (fields.standard) assert.ok(codes.has(fields.standard), `${kind}.standard`);
          if (!fields.project || !fields.step) continue;
          const content = versions.get(fields.version ?? projects.get(fields.project).version);
          const step = content.steps.find((one) => one.id === fields.step);
          assert.ok(step, `${kind}.step`);
          for (const name of Object.keys(fields)) if (name.startsWith('item.')) assert.ok(step.items.includes(name), `${kind} ${name}`);
          const judged = Object.entries(fields).filter(([name]) => name.startsWith('level.'));
          for (const [name, level] of judged) {
            const criterion = content.rubrics.find((one) => one.id === fields.rubric)?.criteria.find((one) => one.level === name);
            assert.ok(criterion && level >= 1 && level <= criterion.levels, `${kind} ${name} ${level}`);
            levels += 1;
          }
        }
      for (const { fields } of mine.project) if (fields.product) assert.ok(versions.get(fields.version).products.includes(fields.product));
    }
    assert.ok(levels > 10, 'hardly anything was judged');
  });

  check('sample: an op that is erased is a stub everywhere, and the rest stays', async () => {
    const one = read[1];
    const s = `person:${one.person}`;
    const goal = randomId();
    const op = one.write('goal', goal, { want: 'what must go' });
    const after = one.write('goal', goal, { want: 'what stays' });
    await one.sync();
    const { digest, count } = one.streams.get(s);
    school.erase('--op', op.id);
    await one.sync();
    assert.deepEqual([one.known.get(op.id).reason, one.shown(goal, 'want')], ['erased', 'what stays']);
    assert.deepEqual([one.streams.get(s).digest, one.streams.get(s).count], [digest, count]);
    const anew = new Replica(one.profile);
    await anew.sync();
    assert.deepEqual(anew.known.get(op.id).bytes, one.known.get(op.id).bytes);
    assert.deepEqual(anew.known.get(after.id).bytes, after.bytes);
    assert.deepEqual([anew.streams.get(s).digest, anew.streams.get(s).count], [digest, count]);
  });

  check('sample: of a student who is erased stubs are left, here as at school, and nothing more is taken in', async () => {
    const one = read[0];
    const { person } = one;
    const s = `person:${person}`;
    const theirs = () => [...one.known.values()].filter(({ stream }) => stream.endsWith(`:${person}`));
    one.write('goal', randomId(), { want: 'not for ever' });
    one.write('draft', singleton('draft', 'goal.new'), { place: 'goal.new' }, { stream: `own:${person}` });
    await one.sync();
    const file = theirs().map((each) => each.fields?.get('file')).find((hash) => hash);
    const before = theirs().length;
    const get = () => one.link.send('GET', `/v1/streams/${s}/files/${file}`);
    assert.equal((await get()).status, 200);
    school.erase('--student', person);
    const late = one.write('goal', randomId(), { want: 'written before it was heard' });
    await one.sync();
    assert.deepEqual(one.refusals.get(late.id).code, 'erased');
    assert.ok(theirs().length > before && theirs().every((each) => each.isStub && each.reason === 'erased'));
    assert.ok(one.own.every((each) => each.isStub));
    assert.equal((await get()).status, 404);
    // Whoever reads their stream anew finds the very stubs that were made here.
    const anew = new Replica(one.profile);
    await anew.sync();
    for (const each of theirs()) assert.deepEqual(anew.known.get(each.id)?.bytes, each.bytes);
    assert.deepEqual([anew.streams.get(s).digest, anew.streams.get(s).count], [one.streams.get(s).digest, one.streams.get(s).count]);
    // Offered again by a new replica they are stubs too, and are answered.
    one.becomeNew();
    const header = await one.sync();
    assert.deepEqual([header.at, header.refused.map((each) => each.code)], [one.position(3), ['erased', 'erased', 'erased']]);
    await refusedWith(Profile.signIn(computer, cards[0].card, cards[0].pin), 'card_unknown', 404);
  });

  check('sample: every record is as it should be in the end', async () => {
    await school.stop();
    assert.equal(school.verify().ok, true);
  });

  return async () => {
    await school.stop();
    school.remove();
  };
}
