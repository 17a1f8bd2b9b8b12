// The reference of idle and edit: PouchDB 9 on LevelDB against an express-pouchdb server of its own process, over
// plain HTTP on loopback. node bench.mjs RECORDS prints medians as one JSON object; bytes and requests are counted by
// a tap between the two.
import { fork } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import net from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { randomUUID } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import PouchDB from 'pouchdb';

const TIMES = 41;
const passage = (i) => `next I need a second source, and I will ask at the library on Thursday (${i})`;
const median = (values) => values.sort((a, b) => a - b)[values.length >> 1];

async function serve(folder) {
  const { default: express } = await import('express');
  const { default: pouchdbServer } = await import('express-pouchdb');
  const Here = PouchDB.defaults({ prefix: `${folder}/server/` });
  const app = express();
  app.use('/', pouchdbServer(Here, { logPath: `${folder}/log.txt`, configPath: `${folder}/config.json`, mode: 'minimumForPouchDB' }));
  const listener = app.listen(0, '127.0.0.1', () => process.send(listener.address().port));
}

async function measure(records) {
  const folder = mkdtempSync(join(tmpdir(), 'waymark-pouchdb-'));
  mkdirSync(`${folder}/server`);
  mkdirSync(`${folder}/here`);
  const child = fork(fileURLToPath(import.meta.url), ['--serve', folder]);
  try {
    const port = await new Promise((done, fail) => {
      child.once('message', done);
      child.once('exit', () => fail(new Error('the server ended')));
    });
    const counted = { bytes: 0, requests: 0 };
    const tap = net.createServer({ noDelay: true }, (near) => {
      const far = net.connect({ port, host: '127.0.0.1', noDelay: true });
      near.on('data', (piece) => {
        counted.bytes += piece.length;
        counted.requests += (piece.toString('latin1').match(/^(GET|POST|PUT|HEAD|DELETE) \S+ HTTP\/1\.1/gm) ?? []).length;
      });
      far.on('data', (piece) => (counted.bytes += piece.length));
      near.pipe(far).pipe(near);
      for (const one of [near, far]) one.on('error', () => { near.destroy(); far.destroy(); });
    });
    await new Promise((done) => tap.listen(0, '127.0.0.1', done));
    const Here = PouchDB.defaults({ prefix: `${folder}/here/` });
    const here = new Here('here');
    const there = new PouchDB(`http://127.0.0.1:${tap.address().port}/school`);
    for (let at = 0; at < records; at += 1000)
      await there.bulkDocs(Array.from({ length: Math.min(1000, records - at) }, (_, i) => ({ _id: randomUUID(), kind: 'goal', want: passage(at + i) })));
    const options = { batch_size: 1000, batches_limit: 2 };
    const begun = performance.now();
    await here.sync(there, options);
    const first = performance.now() - begun;
    await here.sync(there, options);
    const { rows } = await here.allDocs({ limit: TIMES * 2 });
    const cost = async (work) => {
      const times = [];
      counted.bytes = counted.requests = 0;
      for (let i = 0; i < TIMES; i++) {
        const from = performance.now();
        await work(i);
        times.push(performance.now() - from);
      }
      return { ms: median(times), bytes: counted.bytes / TIMES, requests: counted.requests / TIMES };
    };
    const idle = await cost(() => here.sync(there, options));
    const edit = await cost(async (i) => {
      const doc = await here.get(rows[i].id);
      doc.want = passage(1_000_000 + i);
      await here.put(doc);
      await here.sync(there, options);
    });
    const shown = (value, digits) => Number(value.toFixed(digits));
    console.log(JSON.stringify({
      records, first_ms: shown(first, 0), idle_ms: shown(idle.ms, 2), idle_bytes: shown(idle.bytes, 0), idle_requests: shown(idle.requests, 1),
      edit_ms: shown(edit.ms, 2), edit_bytes: shown(edit.bytes, 0), edit_requests: shown(edit.requests, 1),
    }));
  } finally {
    child.removeAllListeners('exit');
    child.kill();
    rmSync(folder, { recursive: true, force: true });
  }
}

if (process.argv[2] === '--serve') await serve(process.argv[3]);
else {
  await measure(Number(process.argv[2] ?? 100_000));
  process.exit(0);
}
