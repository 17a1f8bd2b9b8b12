// Runs the benchmarks and prints one table: each workload beside its reference in the same run, the ratio between the
// two, the target, and whether it was met. node run.mjs BIN [app|sync|NAME] [--quick]; what the figures and targets mean
// is in docs/BENCHMARKS.md. Exits with 0 whether targets are met or not: it measures, it does not judge.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { cpus, loadavg } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = dirname(fileURLToPath(import.meta.url));
const quick = process.argv.includes('--quick');
const [bin, wanted = 'all'] = process.argv.slice(2).filter((word) => word !== '--quick');

function run(program, words, what) {
  process.stderr.write(`… ${what}\n`);
  const { status, stdout, stderr } = spawnSync(program, words, { encoding: 'utf8', maxBuffer: 1 << 26 });
  if (status !== 0) throw new Error(`${program} ${words.join(' ')} ended with ${status}: ${stderr}`);
  return JSON.parse(stdout.trim().split('\n').pop());
}
const program = (name, words, what) => run(join(bin, name), words.map(String), what);

const rows = [];
const number = (value) => (value >= 1000 ? Math.round(value).toLocaleString('en') : String(Number(value.toPrecision(3))));
// ratio: ours to the reference, or the reference to ours where `times` says that we are to be so much faster.
function row(workload, ours, reference, unit, against, { most, least, times }) {
  const ratio = times ? reference / ours : ours / reference;
  const met = most !== undefined ? ratio <= most : times !== undefined ? ratio >= times : ratio >= least;
  const target = most !== undefined ? `<= ${most}x` : `>= ${times ?? least}x${times ? ' faster' : ''}`;
  rows.push([workload, `${number(ours)} ${unit}`, `${number(reference)} ${unit}`, against, `${number(ratio)}x`, target, met ? 'yes' : 'no']);
}
// Beside each other, where no target was set.
const beside = (workload, ours, reference, unit, against) =>
  rows.push([workload, `${number(ours)} ${unit}`, `${number(reference)} ${unit}`, against, `${number(ours / reference)}x`, '', '']);
const has = (what) => existsSync(join(here, what, 'node_modules'));
const pouchdb = (words, what) => (has('pouchdb') ? run(process.execPath, [join(here, 'pouchdb/bench.mjs'), ...words.map(String)], what) : undefined);
const crdts = (words, what) => (has('crdt') ? run(process.execPath, [join(here, 'crdt/bench.mjs'), ...words.map(String)], what) : undefined);
const budget = (workload, ours, most, unit, reference, against) =>
  rows.push([workload, `${number(ours)} ${unit}`, reference === undefined ? '' : `${number(reference)} ${unit}`, against ?? '', '', `<= ${most} ${unit}`, ours <= most ? 'yes' : 'no']);

const groups = {
  app: ['store', 'window'],
  sync: ['push', 'matrix', 'idle', 'live', 'first', 'day', 'storm', 'connections'],
};
const parts = {
  store() {
    const got = program('waymark_bench_store', [], 'one local commit, and 2,000 pulled ops');
    row('one edit saved on the disk', got.commit_us, got.raw_commit_us, 'us', 'raw SQLite', { most: 1.5 });
    row('2,000 pulled ops taken in', got.pull_ms, got.raw_pull_ms, 'ms', 'raw SQLite, 500 a commit', { most: 3 });
  },
  push() {
    const got = program('waymark_bench_push', [quick ? 1 : 3], 'sustained pushes (W5)');
    row('W5 durable push, 64 connections, TLS', got.tls_64, got.raw_2000, 'ops/s', 'raw SQLite, 2,000 a commit', { least: 0.5 });
    row('W5 the same without TLS', got.plain_64, got.raw_2000, 'ops/s', 'raw SQLite, 2,000 a commit', { least: 0.6 });
    row('W5 durable push, 8 connections, TLS', got.tls_8, got.raw_20, 'ops/s', 'raw SQLite, 20 a commit', { least: 0.9 });
  },
  matrix() {
    const got = program('waymark_bench_push', ['matrix', quick ? 5 : 1], 'pushes of 1, 20 and 200 ops by 1, 50 and 500');
    for (const { ops, clients, ours, raw } of got.cells)
      beside(`push, ${ops} ${ops === 1 ? 'op' : 'ops'} a request, ${clients} ${clients === 1 ? 'client' : 'clients'}`, ours, raw, 'ops/s', `raw SQLite, ${ops} a commit`);
  },
  idle() {
    const sizes = quick ? [1_000, 10_000] : [1_000, 100_000, 1_000_000];
    const ours = new Map();
    for (const size of sizes) ours.set(size, program('waymark_bench_sync', [size], `nothing to do, and one edit, ${number(size)} records (W3, W4)`));
    const compared = quick ? 10_000 : 100_000;
    const mine = ours.get(compared);
    const theirs = pouchdb([compared], `PouchDB with ${number(compared)} records`) ?? {};
    const crdt = crdts(['idle', compared], `Automerge and Yjs with ${number(compared)} records`);
    const with_n = `${number(compared)} records`;
    const pouch = 'PouchDB 9';
    if (theirs.idle_ms) row(`W3 nothing to do, ${with_n}`, mine.idle_ms, theirs.idle_ms, 'ms', pouch, { times: 15 });
    for (const size of sizes.slice(1))
      row(`W3 nothing to do, ${number(size)} beside 1,000`, ours.get(size).idle_ms, ours.get(1_000).idle_ms, 'ms', 'Waymark, 1,000 records', { most: 1.5 });
    budget('W3 requests', mine.idle_requests, 1, '', theirs.idle_requests, pouch);
    budget('W3 bytes of both bodies', mine.idle_body, 200, 'B');
    budget('W3 bytes with headers', mine.idle_bytes, 400, 'B', theirs.idle_bytes, pouch);
    if (theirs.edit_ms) row(`W4 one edit, ${with_n}`, mine.edit_ms, theirs.edit_ms, 'ms', pouch, { times: 10 });
    budget('W4 requests', mine.edit_requests, 1, '', theirs.edit_requests, pouch);
    budget('W4 bytes with headers', mine.edit_bytes, 400, 'B', theirs.edit_bytes, pouch);
    for (const size of sizes.filter((one) => one !== compared))
      beside(`W4 one edit, ${number(size)} records`, ours.get(size).edit_ms, mine.edit_ms, 'ms', `Waymark, ${with_n}`);
    for (const [name, one] of crdt ? [['Automerge 2', crdt.automerge], ['Yjs 13', crdt.yjs]] : []) {
      const which = `${name}, in one process`;
      beside(`nothing to do, ${with_n}`, mine.idle_ms, one.idle_ms, 'ms', which);
      beside('nothing to do, bytes of both bodies', mine.idle_body, one.idle_bytes, 'B', `${name}, its sync`);
      beside(`one edit, ${with_n}`, mine.edit_ms, one.edit_ms, 'ms', which);
      beside('one edit, bytes of both bodies', mine.edit_body, one.edit_bytes, 'B', `${name}, its sync`);
    }
  },
  live() {
    const got = program('waymark_bench_sync', ['live'], 'a comment on its way to a computer that listens');
    row('a comment, saved there until saved here', got.live_ms, got.bare_ms, 'ms', 'bare TCP, one raw commit', { most: 10 });
  },
  first() {
    const got = program('waymark_bench_sync', ['first'], '2,000 records written, pushed, and read elsewhere (W1)');
    const crdt = crdts([], 'Automerge and Yjs with 2,000 records');
    const pouch = pouchdb(['first'], 'PouchDB with 2,000 records');
    if (pouch) {
      row('W1 2,000 records pushed and pulled', got.total_ms, Math.min(pouch.default_ms, pouch.batch_1000_ms), 'ms', 'PouchDB 9, the better batch', { times: 25 });
      row('W1 bytes, both ways, with headers', got.bytes, pouch.bytes, 'B', 'PouchDB 9', { most: 0.2 });
    }
    const only = (workload, ours, unit) => rows.push([workload, `${number(ours)} ${unit}`, '', '', '', '', '']);
    if (!crdt && !pouch) only('W1 2,000 records pushed and pulled', got.total_ms, 'ms');
    for (const [name, theirs] of crdt ? [['Automerge 2', crdt.automerge], ['Yjs 13', crdt.yjs]] : []) {
      row('W1 2,000 records pushed and pulled', got.total_ms, theirs.total_ms, 'ms', `${name}, in one process`, { times: 1 });
      row('W1 bytes, both ways, with headers', got.bytes, theirs.bytes, 'B', `${name}, its sync`, { most: 1 });
    }
    if (crdt) row('W1 bytes, both ways, with headers', got.bytes, crdt.automerge.file_bytes, 'B', 'Automerge 2, one file one way', { most: 1 });
    if (crdt) row('W1 pulled by the second computer', got.pull_ms, crdt.yjs.merge_ms, 'ms', 'Yjs 13, merged in memory', { most: 1 });
    only('W1 until the second has a page to show', got.usable_ms, 'ms');
  },
  day() {
    const got = program('waymark_bench_sync', ['day'], 'a day of 40 ops');
    const all = got.write_ms + got.bring_ms + got.read_ms;
    const pouch = pouchdb(['day'], 'the same day at PouchDB');
    const crdt = crdts(['day'], 'the same day with Automerge and Yjs');
    if (pouch) {
      beside('a day of 40 ops: saved one by one', got.write_ms, pouch.write_ms, 'ms', 'PouchDB 9, no fsync');
      beside('a day: brought to school', got.bring_ms, pouch.bring_ms, 'ms', 'PouchDB 9');
      beside('a day: read by the other computer', got.read_ms, pouch.read_ms, 'ms', 'PouchDB 9');
      beside('a day: bytes, both ways, with headers', got.bytes, pouch.bytes, 'B', 'PouchDB 9');
    }
    for (const [name, theirs] of crdt ? [['Automerge 2', crdt.automerge], ['Yjs 13', crdt.yjs]] : []) {
      beside('a day: saved, brought and read', all, theirs.ms, 'ms', `${name}, in one process, no disk`);
      beside('a day: bytes, both ways, with headers', got.bytes, theirs.bytes, 'B', `${name}, its sync, one way`);
    }
    if (!pouch && !crdt) rows.push(['a day of 40 ops', `${number(all)} ms`, '', `${number(got.bytes)} B`, '', '', '']);
  },
  connections() {
    for (const count of quick ? [1_000] : [1_000, 5_000]) {
      const ours = program('waymark_bench_connections', ['waymark', count], `${number(count)} idle connections`);
      const bare = program('waymark_bench_connections', ['beast', count], `the same at a bare Beast server`);
      const most = 8 * 1024;
      rows.push([`an idle connection over TLS, of ${number(count)}`, `${number(ours.bytes)} B`, `${number(bare.bytes)} B`, 'bare Beast, TLS', `${number(ours.bytes / bare.bytes)}x`, `<= ${number(most)} B`, ours.bytes <= most ? 'yes' : 'no']);
    }
  },
  storm() {
    const devices = quick ? 200 : 1_000;
    const got = program('waymark_bench_storm', [devices], 'storms (W2), and a server that lost a day');
    const few = got.storm_200;
    if (got.storm_1000) {
      row('W2 storm of 1,000 devices, each', got.storm_1000.s, few.s * 5, 's', 'five times Waymark, 200', { most: 1.3 });
      budget('W2 commits for 1,000 devices', got.storm_1000.commits, 333, '');
    }
    const pouch = pouchdb(['storm', 200], 'a storm of 200 at PouchDB')?.['200'];
    if (pouch) {
      row('W2 storm of 200 devices', few.s, pouch.s, 's', 'PouchDB 9, no fsync', { times: 18 });
      row('W2 the slowest of a hundred, of 200', few.p99_s, pouch.p99_s, 's', 'PouchDB 9, no fsync', { times: 25 });
    } else rows.push(['W2 storm of 200 devices', `${number(few.s)} s`, '', `p99 ${number(few.p99_s)} s`, '', '', '']);
    row(`a lost day is back, ${number(devices)} devices`, got.back_s, got.first_s, 's', 'the day itself', { most: 3 });
    rows.push(['the same, bytes', `${number(got.back_bytes)} B`, `${number(got.first_bytes)} B`, 'the day itself', `${number(got.back_bytes / got.first_bytes)}x`, '', '']);
    budget('the same, ops lost', got.lost, 0, '');
  },
  window() {
    const got = run(process.execPath, [join(here, 'window.mjs'), bin, quick ? '2' : '7'], 'the window');
    row('first frame, 5,000 records', got.first_ms, got.empty_first_ms, 'ms', 'empty GLFW window', { most: 1.8 });
    budget('memory above an empty window', got.mb - got.empty_mb, 40, 'MB');
    budget('idle, of one core', got.idle_percent, 0.5, '%', got.empty_idle_percent, 'empty GLFW window');
  },
};

const chosen = wanted === 'all' ? Object.keys(parts) : groups[wanted] ?? [wanted];
if (!bin || chosen.some((name) => !parts[name])) {
  console.error(`node run.mjs BIN [${['all', ...Object.keys(groups), ...Object.keys(parts)].join('|')}] [--quick]`);
  process.exit(2);
}
const load = () => loadavg()[0].toFixed(1);
const before = load();
let failed = false;
for (const name of chosen) {
  try {
    parts[name]();
  } catch (error) {
    failed = true;
    console.error(error.message);
    rows.push([name, '', '', '', '', '', 'not run']);
  }
}
const head = ['workload', 'Waymark', 'reference', 'which', 'ratio', 'target', 'met'];
const widths = head.map((title, i) => Math.max(title.length, ...rows.map((cells) => cells[i].length)));
const shown = (cells) => `| ${cells.map((cell, i) => (i === 0 || i === 3 ? cell.padEnd(widths[i]) : cell.padStart(widths[i]))).join(' | ')} |`;
console.log(shown(head));
console.log(`|${widths.map((width, i) => (i === 0 || i === 3 ? '-'.repeat(width + 2) : `${'-'.repeat(width + 1)}:`)).join('|')}|`);
for (const cells of rows) console.log(shown(cells));
console.log(`\n${cpus().length} cores, load ${before} before and ${load()} after; medians of runs in turn.`);
process.exit(failed ? 1 : 0);
