// The references of a first sync: Automerge and Yjs, in one process, with nothing written to a disk and no network
// between. 2,000 records with random ids and the same text are created one change each and merged into a second replica
// that has nothing. node bench.mjs prints medians of five as one JSON object.
import { randomUUID } from 'node:crypto';
import * as Automerge from '@automerge/automerge';
import * as Y from 'yjs';

const RECORDS = 2_000, ROUNDS = 5;
const passage = (i) => `next I need a second source, and I will ask at the library on Thursday (${i})`;
const median = (values) => values.sort((a, b) => a - b)[values.length >> 1];
const ids = Array.from({ length: RECORDS }, () => randomUUID());

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
for (const [name, work] of Object.entries({ automerge, yjs })) {
  const runs = Array.from({ length: ROUNDS }, work);
  result[name] = Object.fromEntries(Object.keys(runs[0]).map((key) => [key, Number(median(runs.map((run) => run[key])).toFixed(1))]));
}
console.log(JSON.stringify(result));
