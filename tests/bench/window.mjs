// The app's window beside an empty one, in turn: the time from the start of the program to its first frame, with 5,000
// records in the student's store; then, signed in and on Today, its memory and what it takes of a core while nobody
// touches it. node window.mjs BIN ROUNDS, where there is a display; prints one JSON object.
import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { Programs, Window, freePort, sleep } from '../tour/programs.mjs';

const bin = resolve(process.argv[2]);
const rounds = Number(process.argv[3] ?? 7);
const records = 5_000, idleSeconds = 5, pin = '2580';
const folder = mkdtempSync(join(tmpdir(), 'waymark-window-'));
const programs = new Programs(bin);
const median = (values) => values.sort((a, b) => a - b)[values.length >> 1];
const megabytes = (pid) => Number(readFileSync(`/proc/${pid}/status`, 'utf8').match(/VmRSS:\s+(\d+)/)[1]) / 1024;
const ticks = Number(execFileSync('getconf', ['CLK_TCK']));
function cpuSeconds(pid) {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1].split(' ');
  return (Number(fields[11]) + Number(fields[12])) / ticks;
}
async function idlePercent(pid) {
  await sleep(1500);
  const from = cpuSeconds(pid), begun = performance.now();
  await sleep(idleSeconds * 1000);
  return ((cpuSeconds(pid) - from) / ((performance.now() - begun) / 1000)) * 100;
}

async function makeProfile() {
  const data = join(folder, 'school'), profile = join(folder, 'lab-03'), port = await freePort();
  const school = programs.json('waymark-server', ['sample', '--data', data, '--demo', '--without-work']);
  const server = await programs.serve(data, port);
  const code = programs.json('waymark-server', ['computer', 'add', '--data', data, '--name', 'lab-03']).code;
  programs.json('waymark', ['join', code, '--profile', profile, '--server', `127.0.0.1:${port}`]);
  const card = school.cards.find((one) => one.name.startsWith('Amira')).card;
  const { person } = programs.json('waymark', ['join', card, '--card', '--profile', profile, '--pin-stdin'], { input: `${pin}\n` });
  programs.run('waymark', ['sync', '--profile', profile, '--pin-stdin'], { input: `${pin}\n` });
  await server.stop();
  const file = readdirSync(profile, { recursive: true }).find((name) => name.endsWith('records.db'));
  programs.run('waymark_bench_fill', [join(profile, file), person, String(records)]);
  return profile;
}

async function ours(profile, result) {
  const begun = performance.now();
  const window = new Window(programs, profile);
  await window.see('Who are you?');
  result.first.push(performance.now() - begun);
  await window.press('Amira');
  await window.ask('gone "Who are you?"');  // the only student here is not asked for the PIN
  await sleep(500);
  result.mb.push(megabytes(window.child.pid));
  if (result.idle.length < 3) result.idle.push(await idlePercent(window.child.pid));
  await window.close();
}

async function empty(result) {
  const begun = performance.now();
  const child = spawn(join(bin, 'waymark_bench_window'), { stdio: ['pipe', 'pipe', 'inherit'] });
  await new Promise((done, fail) => {
    createInterface({ input: child.stdout }).once('line', done);
    child.once('exit', () => fail(new Error('no empty window')));
  });
  result.first.push(performance.now() - begun);
  await sleep(500);
  result.mb.push(megabytes(child.pid));
  if (result.idle.length < 3) result.idle.push(await idlePercent(child.pid));
  child.removeAllListeners('exit');
  child.stdin.end();
  await new Promise((done) => child.on('exit', done));
}

try {
  const profile = await makeProfile();
  const mine = { first: [], mb: [], idle: [] }, theirs = { first: [], mb: [], idle: [] };
  for (let i = 0; i < rounds; i++) {
    await ours(profile, mine);
    await empty(theirs);
  }
  const shown = (values, digits) => Number(median(values).toFixed(digits));
  console.log(JSON.stringify({
    first_ms: shown(mine.first, 0), empty_first_ms: shown(theirs.first, 0), mb: shown(mine.mb, 1), empty_mb: shown(theirs.mb, 1),
    idle_percent: shown(mine.idle, 2), empty_idle_percent: shown(theirs.idle, 2),
  }));
} finally {
  programs.stop();
  rmSync(folder, { recursive: true, force: true });
}
