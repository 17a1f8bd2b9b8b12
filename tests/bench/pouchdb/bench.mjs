// The reference of idle, edit, first, day and storm: PouchDB 9 on LevelDB against an express-pouchdb server of its own
// process, over plain HTTP on loopback. Prints one JSON object; bytes and requests are counted by a tap between the two.
//   node bench.mjs RECORDS      idle and one edit, medians
//   node bench.mjs first        2,000 documents written here, pushed, and pulled by a second database, at the default
//                               batch and at 1,000; the median of three
//   node bench.mjs day          40 documents of a day, half of them edits, put one by one beside 1,000, pushed, and pulled
//                               by a second database that was in step; medians
//   node bench.mjs storm N...   N clients at once, each with what replication asks of the server at least: which of 20
//                               documents are missing, the documents, and the changes since; they keep no database
import { fork } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import http from 'node:http';
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

// Runs `work` beside a server: { counted, url, folder, Here }.
async function beside(work) {
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
    await work({ counted, port, url: `http://127.0.0.1:${tap.address().port}/`, Here: PouchDB.defaults({ prefix: `${folder}/here/` }) });
  } finally {
    child.removeAllListeners('exit');
    child.kill();
    rmSync(folder, { recursive: true, force: true });
  }
}
const shown = (value, digits) => Number(value.toFixed(digits));
const documents = (count, from = 0) => Array.from({ length: count }, (_, i) => ({ _id: randomUUID(), kind: 'goal', want: passage(from + i) }));

function idleAndEdit(records) {
  return beside(async ({ counted, url, Here }) => {
    const here = new Here('here');
    const there = new PouchDB(`${url}school`);
    for (let at = 0; at < records; at += 1000)
      await there.bulkDocs(documents(Math.min(1000, records - at), at));
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
    console.log(JSON.stringify({
      records, first_ms: shown(first, 0), idle_ms: shown(idle.ms, 2), idle_bytes: shown(idle.bytes, 0), idle_requests: shown(idle.requests, 1),
      edit_ms: shown(edit.ms, 2), edit_bytes: shown(edit.bytes, 0), edit_requests: shown(edit.requests, 1),
    }));
  });
}

function first() {
  return beside(async ({ counted, url, Here }) => {
    const rounds = [];
    for (const batch of [100, 1000, 100, 1000, 100, 1000]) {
      const name = randomUUID();
      const options = { batch_size: batch };
      const [one, two, there] = [new Here(`${name}-one`), new Here(`${name}-two`), new PouchDB(url + 'w' + name)];
      await there.info();
      counted.bytes = 0;
      const from = performance.now();
      await one.bulkDocs(documents(2000));
      await one.replicate.to(there, options);
      await two.replicate.from(there, options);
      rounds.push({ batch, ms: performance.now() - from, bytes: counted.bytes });
      if ((await two.info()).doc_count !== 2000) throw new Error('not all of it arrived');
    }
    const of = (batch, what) => median(rounds.filter((one) => one.batch === batch).map((one) => one[what]));
    console.log(JSON.stringify({ default_ms: shown(of(100, 'ms'), 0), batch_1000_ms: shown(of(1000, 'ms'), 0), bytes: shown(Math.min(of(100, 'bytes'), of(1000, 'bytes')), 0) }));
  });
}

function day() {
  return beside(async ({ counted, url, Here }) => {
    const rounds = [];
    for (let round = 0; round < 7; round++) {
      const name = randomUUID(), options = { batch_size: 1000 };
      const [one, two, there] = [new Here(`${name}-one`), new Here(`${name}-two`), new PouchDB(url + 'w' + name)];
      const before = documents(1_000);
      await one.bulkDocs(before);
      // Twice, so that each has looked through what it pulled, too.
      for (const here of [one, two, one, two]) await here.sync(there, options);
      counted.bytes = 0;
      const from = performance.now();
      for (let i = 0; i < 40; i++) {
        const doc = i % 2 ? await one.get(before[i]._id) : { _id: randomUUID(), kind: 'goal' };
        doc.want = passage(1_000 + i);
        await one.put(doc);
      }
      const written = performance.now();
      await one.sync(there, options);
      const brought = performance.now();
      await two.sync(there, options);
      const read = performance.now();
      if ((await two.info()).doc_count !== 1_020) throw new Error('not all of it arrived');
      rounds.push({ write_ms: written - from, bring_ms: brought - written, read_ms: read - brought, bytes: counted.bytes });
    }
    console.log(JSON.stringify(Object.fromEntries(Object.keys(rounds[0]).map((key) => [key, shown(median(rounds.map((one) => one[key])), 2)]))));
  });
}

function storm(sizes) {
  return beside(async ({ port }) => {
    const result = {};
    for (const size of sizes) {
      const there = new PouchDB(`http://127.0.0.1:${port}/storm${size}`);
      await there.info();
      const agents = Array.from({ length: size }, () => new http.Agent({ keepAlive: true, maxSockets: 1 }));
      const ask = (agent, method, path, body) =>
        new Promise((done, fail) => {
          const request = http.request({ agent, port, host: '127.0.0.1', method, path: `/storm${size}${path}`, headers: { 'content-type': 'application/json' } }, (reply) => {
            let text = '';
            reply.on('data', (piece) => (text += piece));
            reply.on('end', () => (reply.statusCode < 300 ? done(JSON.parse(text)) : fail(new Error(`${reply.statusCode} ${text}`))));
          });
          request.on('error', fail);
          request.end(body && JSON.stringify(body));
        });
      // Connected before the clock starts.
      await Promise.all(agents.map((agent) => ask(agent, 'GET', '')));
      const times = [];
      const begun = performance.now();
      await Promise.all(agents.map(async (agent, n) => {
        const docs = documents(20, n * 20).map((doc) => {
          const hash = randomUUID().replaceAll('-', '');
          return { ...doc, _rev: `1-${hash}`, _revisions: { start: 1, ids: [hash] } };
        });
        await ask(agent, 'POST', '/_revs_diff', Object.fromEntries(docs.map((doc) => [doc._id, [doc._rev]])));
        await ask(agent, 'POST', '/_bulk_docs', { docs, new_edits: false });
        await ask(agent, 'GET', '/_changes?limit=20');
        times.push(performance.now() - begun);
      }));
      const all = performance.now() - begun;
      if ((await there.info()).doc_count !== size * 20) throw new Error('not all of it arrived');
      times.sort((a, b) => a - b);
      result[size] = { s: shown(all / 1000, 3), p99_s: shown(times[Math.ceil(times.length * 0.99) - 1] / 1000, 3) };
      for (const agent of agents) agent.destroy();
    }
    console.log(JSON.stringify(result));
  });
}

const [what = '100000', ...more] = process.argv.slice(2);
if (what === '--serve') await serve(more[0]);
else {
  if (what === 'first') await first();
  else if (what === 'day') await day();
  else if (what === 'storm') await storm(more.map(Number));
  else await idleAndEdit(Number(what));
  process.exit(0);
}
