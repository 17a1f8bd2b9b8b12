// The references of a first sync, of nothing to do, of an edit and of a day: Automerge and Yjs, in one process, with
// nothing written to a disk and no network between; bytes are those of their messages. Prints one JSON object.
//   node bench.mjs           2,000 records with random ids and the same text are created one change each and merged into
//                            a second replica that has nothing; medians of five
//   node bench.mjs idle N    two replicas in step with N records meet again with what they kept of the last meeting;
//                            then one field was edited before they meet; medians
//   node bench.mjs day       40 changes, half of them edits, on 1,000 records, then the other replica reads them; medians
import { randomUUID } from 'node:crypto';
import * as Automerge from '@automerge/automerge';
import * as Y from 'yjs';

const RECORDS = 2_000, ROUNDS = 5;
const passage = (i) => `next I need a second source, and I will ask at the library on Thursday (${i})`;
const median = (values) => values.sort((a, b) => a - b)[values.length >> 1];
const ids = Array.from({ length: RECORDS }, () => randomUUID());

// What both keep between meetings is kept as they say it to be: without what is on its way.
class Automerges {
  constructor() {
    this.docs = [Automerge.init(), Automerge.init()];
    this.states = [Automerge.initSyncState(), Automerge.initSyncState()];
    this.bytes = 0;
  }
  create(ids, from = 0) {
    this.docs[0] = Automerge.change(this.docs[0], (doc) => {
      doc.records ??= {};
      for (const [i, id] of ids.entries()) doc.records[id] = { kind: 'goal', want: passage(from + i) };
    });
  }
  edit(id, i) {
    this.docs[0] = Automerge.change(this.docs[0], (doc) => { doc.records[id].want = passage(i); });
  }
  meet() {
    this.states = this.states.map((state) => Automerge.decodeSyncState(Automerge.encodeSyncState(state)));
    for (let quiet = false; !quiet; ) {
      quiet = true;
      for (const [from, to] of [[0, 1], [1, 0]]) {
        let message;
        [this.states[from], message] = Automerge.generateSyncMessage(this.docs[from], this.states[from]);
        if (!message) continue;
        quiet = false;
        this.bytes += message.length;
        [this.docs[to], this.states[to]] = Automerge.receiveSyncMessage(this.docs[to], this.states[to], message);
      }
    }
  }
  there() { return Object.keys(this.docs[1].records).length; }
  wanted(id) { return this.docs[1].records[id].want; }
}

// Yjs keeps nothing between meetings: each side says what it has (y-protocols' sync steps).
class Yjss {
  constructor() {
    this.docs = [new Y.Doc(), new Y.Doc()];
    this.bytes = 0;
  }
  create(ids, from = 0) {
    const records = this.docs[0].getMap('records');
    this.docs[0].transact(() => {
      for (const [i, id] of ids.entries()) records.set(id, new Y.Map([['kind', 'goal'], ['want', passage(from + i)]]));
    });
  }
  edit(id, i) { this.docs[0].getMap('records').get(id).set('want', passage(i)); }
  meet() {
    for (const [from, to] of [[0, 1], [1, 0]]) {
      const asked = Y.encodeStateVector(this.docs[to]);
      const update = Y.encodeStateAsUpdate(this.docs[from], asked);
      this.bytes += asked.length + update.length;
      Y.applyUpdate(this.docs[to], update);
    }
  }
  there() { return this.docs[1].getMap('records').size; }
  wanted(id) { return this.docs[1].getMap('records').get(id).get('want'); }
}

function idle(Pair, count) {
  const all = Array.from({ length: count }, () => randomUUID());
  const pair = new Pair();
  for (let at = 0; at < count; at += 1_000) pair.create(all.slice(at, at + 1_000), at);
  pair.meet();
  if (pair.there() !== count) throw new Error('the second has not got everything');
  const cost = (work) => {
    const times = [];
    pair.bytes = 0;
    for (let i = 0; i < 5; i++) {
      const from = performance.now();
      work(i);
      times.push(performance.now() - from);
    }
    return { ms: median(times), bytes: Math.round(pair.bytes / 5) };
  };
  const nothing = cost(() => pair.meet());
  const one = cost((i) => {
    pair.edit(all[i], count + i);
    pair.meet();
    if (pair.wanted(all[i]) !== passage(count + i)) throw new Error('the edit has not arrived');
  });
  return { idle_ms: Number(nothing.ms.toFixed(3)), idle_bytes: nothing.bytes, edit_ms: Number(one.ms.toFixed(3)), edit_bytes: one.bytes };
}

function day(Pair) {
  const before = Array.from({ length: 1_000 }, () => randomUUID());
  const pair = new Pair();
  pair.create(before);
  pair.meet();
  pair.meet();
  pair.bytes = 0;
  const from = performance.now();
  for (let i = 0; i < 40; i++) i % 2 ? pair.edit(before[i], 1_000 + i) : pair.create([randomUUID()], 1_000 + i);
  pair.meet();
  const ms = performance.now() - from;
  if (pair.there() !== 1_020) throw new Error('the second has not got the day');
  return { ms, bytes: pair.bytes };
}

function automerge() {
  const from = performance.now();
  let here = Automerge.from({ records: {} });
  for (const [i, id] of ids.entries())
    here = Automerge.change(here, (doc) => { doc.records[id] = { kind: 'goal', want: passage(i) }; });
  const created = performance.now();
  let there = Automerge.init(), bytes = 0;
  const sync = () => {
    let near = Automerge.initSyncState(), far = Automerge.initSyncState();
    for (let quiet = false; !quiet; ) {
      let message, reply;
      [near, message] = Automerge.generateSyncMessage(here, near);
      if (message) { bytes += message.length; [there, far] = Automerge.receiveSyncMessage(there, far, message); }
      [far, reply] = Automerge.generateSyncMessage(there, far);
      if (reply) { bytes += reply.length; [here, near] = Automerge.receiveSyncMessage(here, near, reply); }
      quiet = !message && !reply;
    }
  };
  sync();
  const merged = performance.now();
  if (Object.keys(there.records).length !== RECORDS) throw new Error('Automerge has not got everything');
  // The same as a file, which is smaller: it is packed as a whole.
  const saved = Automerge.save(here);
  const loading = performance.now();
  Automerge.load(saved);
  return { total_ms: merged - from, merge_ms: merged - created, bytes, file_bytes: saved.length, load_ms: performance.now() - loading };
}

function yjs() {
  const from = performance.now();
  const here = new Y.Doc(), there = new Y.Doc();
  const records = here.getMap('records');
  for (const [i, id] of ids.entries())
    here.transact(() => records.set(id, new Y.Map([['kind', 'goal'], ['want', passage(i)]])));
  const created = performance.now();
  const asked = Y.encodeStateVector(there);
  const update = Y.encodeStateAsUpdate(here, asked);
  Y.applyUpdate(there, update);
  const merged = performance.now();
  if (there.getMap('records').size !== RECORDS) throw new Error('Yjs has not got everything');
  return { total_ms: merged - from, merge_ms: merged - created, bytes: asked.length + update.length };
}

const result = {};
const [what, records] = process.argv.slice(2);
if (what === 'idle') {
  for (const [name, Pair] of [['automerge', Automerges], ['yjs', Yjss]]) result[name] = idle(Pair, Number(records));
  console.log(JSON.stringify(result));
  process.exit(0);
}
const works = what === 'day' ? { automerge: () => day(Automerges), yjs: () => day(Yjss) } : { automerge, yjs };
for (const [name, work] of Object.entries(works)) {
  const runs = Array.from({ length: ROUNDS }, work);
  result[name] = Object.fromEntries(Object.keys(runs[0]).map((key) => [key, Number(median(runs.map((run) => run[key])).toFixed(1))]));
}
console.log(JSON.stringify(result));
