// A hub in a room, with the programs as they are: a school's server, a hub and a student's computer, each of which goes
// away and comes back. node tests/room/run.mjs BIN; ends with one line, "N passed, N failed, N skipped".
import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

const bin = resolve(process.argv[2] ?? 'build/release/bin');
const folder = mkdtempSync(join(tmpdir(), 'waymark-room-'));
const at = (name) => join(folder, name);
const run = (program, words, input = '') =>
  execFileSync(join(bin, program), words, { input, encoding: 'utf8', stdio: ['pipe', 'pipe', 'pipe'] });
const school = (...words) => JSON.parse(run('waymark-server', [...words, '--data', at('school'), '--json']));
const atComputer = (computer) => (...words) =>
  JSON.parse(run('waymark', [...words, '--profile', at(computer), '--pin-stdin', '--json'], '4711\n'));
const student = atComputer('lab');
const beside = atComputer('beside');

const freePort = () =>
  new Promise((done) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => done(port));
    });
  });
const until = async (what, holds) => {
  for (let i = 0; i < 300; i++) {
    if (holds()) return;
    await new Promise((done) => setTimeout(done, 200));
  }
  assert.fail(`${what}: not within a minute`);
};

const serving = new Set();
const serve = async (data, port, more = []) => {
  let log = '';
  const child = spawn(join(bin, 'waymark-server'), ['serve', '--data', at(data), '--listen', `127.0.0.1:${port}`, '--log-json', ...more]);
  child.stdout.on('data', (bytes) => (log += bytes));
  child.stderr.on('data', (bytes) => (log += bytes));
  serving.add(child);
  const server = {
    log: () => log,
    stop: () =>
      new Promise((done) => {
        serving.delete(child);
        child.once('exit', done);
        child.kill('SIGTERM');
      }),
  };
  await until(`${data} serves`, () => log.includes('"event":"serving"'));
  return server;
};

const world = {};
const checks = [];
const check = (name, does) => checks.push({ name, does });
const hubStatus = () => JSON.parse(run('waymark-server', ['hub', 'status', '--data', at('hub'), '--json']));

check('a hub is added with one file and reaches its school', async () => {
  school('init', '--school', 'Alder Creek', '--admin', 'head@alder.example');
  school('class', 'add', '--title', 'Period 3');
  school('student', 'add', '--class', 'Period 3', '--given', 'Amira');
  world.ports = [await freePort(), await freePort()];
  world.school = await serve('school', world.ports[0]);
  school('hub', 'add', '--classes', 'Period 3', '--name', 'North room', '--out', at('hub.token'));
  world.upstream = ['--upstream', `https://127.0.0.1:${world.ports[0]}`, '--upstream-token-file', at('hub.token')];
  world.hub = await serve('hub', world.ports[1], world.upstream);
  await until('the school is reached', () => world.hub.log().includes('"event":"school reached"'));
  assert.equal(school('hub', 'list').hubs[0].name, 'North room');
});

check('a computer that joins at school hears of the hub', async () => {
  const card = JSON.stringify(school('invite', '--class', 'Period 3'));
  world.card = card.match(/[0-9A-Z]{4}-[0-9A-Z]{4}(?=")/)[0];
  for (const [name, join] of [['lab-03', student], ['lab-07', beside]]) {
    const computer = JSON.stringify(school('computer', 'add', '--name', name));
    const code = computer.match(/[0-9A-Z]{4}(-[0-9A-Z]{4}){3}/)[0];
    join('join', `https://127.0.0.1:${world.ports[0]}#${code}`);
  }
  const known = JSON.parse(readFileSync(at('lab/computer.json'), 'utf8'));
  assert.equal(known.places[0].name, 'North room');
  // The hub learns of it within ten seconds.
  await until('the hub knows the computer', () =>
    JSON.parse(run('waymark-server', ['computer', 'list', '--data', at('hub'), '--json'])).computers.some((c) => c.name === 'lab-07'));
});

check('the school is away: a student signs in at the hub, and what they write is in the room', async () => {
  await world.school.stop();
  student('join', world.card);
  student('add', 'goal', 'want=swim a length', 'first_step=go there');
  const sent = student('sync');
  assert.deepEqual([sent.waiting, sent.in_room], [1, 1]);
  assert.equal(hubStatus().carrying.changes, 1);
});

check('a file that they attach is in the room too, where nobody can read it', () => {
  world.words = `what I saw at the creek ${'.'.repeat(3_000_000)}`;
  writeFileSync(at('creek.txt'), world.words);
  student('add', 'work', `project=${'a'.repeat(32)}`, 'step=plan', 'type=file', 'title=The creek', `file=@${at('creek.txt')}`);
  const sent = student('sync');
  assert.deepEqual([sent.files_waiting, sent.files_in_room], [1, 1]);
  assert.equal(hubStatus().carrying.files, 1);
  const kept = readdirSync(at('hub/parcels'));
  assert.equal(kept.length, 1);
  assert.ok(!readFileSync(join(at('hub/parcels'), kept[0])).includes('what I saw'));
});

check('at another computer of the room they are told that not everything is at school', () => {
  beside('join', world.card);
  const sent = beside('sync');
  assert.deepEqual([sent.waiting, sent.beside, sent.elsewhere], [0, 2, []]);
  assert.equal(beside('list', 'goal').length, 1);
});

check('a hub that is asked for what the school decides says so in one sentence', () => {
  let said = '';
  try {
    run('waymark-server', ['class', 'add', '--title', 'Period 5', '--data', at('hub')]);
  } catch (error) {
    said = error.stderr;
    assert.equal(error.status, 1);
  }
  assert.match(said, /^waymark-server: .*North room.*\n$/);
});

check('the school is back: it gets what was written, and the student hears of it through the hub', async () => {
  world.school = await serve('school', world.ports[0]);
  await until('the hub has carried everything', () => hubStatus().carrying.changes === 0 && hubStatus().carrying.files === 0);
  const sent = student('sync');
  assert.deepEqual([sent.waiting, sent.in_room, sent.verified], [0, 0, true]);
  assert.deepEqual([sent.files_waiting, sent.files_in_room, sent.files_sent], [0, 0, 1]);
  const kept = readdirSync(at('school/files'), { recursive: true, withFileTypes: true }).filter((file) => file.isFile());
  assert.deepEqual(kept.map((file) => readFileSync(join(file.path, file.name), 'utf8')), [world.words]);
  assert.equal(beside('sync').beside, 0);
  assert.equal(school('verify').ok ?? true, true);
});

check('the hub is dead and an empty one takes its place: the student notices nothing', async () => {
  await world.hub.stop();
  rmSync(at('hub'), { recursive: true });
  world.hub = await serve('hub', world.ports[1], world.upstream);
  await until('the new hub knows the computer', () =>
    JSON.parse(run('waymark-server', ['computer', 'list', '--data', at('hub'), '--json'])).computers.some((c) => c.name === 'lab-03'));
  await world.school.stop();
  student('add', 'goal', 'want=float', 'first_step=go there');
  const sent = student('sync');
  assert.deepEqual([sent.waiting, sent.in_room], [1, 1]);
  world.school = await serve('school', world.ports[0]);
  await until('the new hub has carried everything', () => hubStatus().carrying.changes === 0);
  assert.equal(student('sync').waiting, 0);
});

check('what is written while the school answers is at school within one exchange with the hub', async () => {
  student('add', 'goal', 'want=turn around', 'first_step=go there');
  await until('it is at school', () => student('sync').waiting === 0);
});

check('a card that was made anew meanwhile is told through the hub, and the new one mends it', async () => {
  const third = atComputer('third');
  const code = JSON.stringify(school('computer', 'add', '--name', 'lab-09')).match(/[0-9A-Z]{4}(-[0-9A-Z]{4}){3}/)[0];
  third('join', `https://127.0.0.1:${world.ports[0]}#${code}`);
  await until('the hub knows the computer', () =>
    JSON.parse(run('waymark-server', ['computer', 'list', '--data', at('hub'), '--json'])).computers.some((c) => c.name === 'lab-09'));
  await world.school.stop();
  third('join', world.card);
  third('add', 'goal', 'want=somersault', 'first_step=go there');
  assert.deepEqual([third('sync').in_room, third('sync').not_taken], [1, null]);
  const card = JSON.stringify(school('invite', '--class', 'Period 3', '--reprint')).match(/[0-9A-Z]{4}-[0-9A-Z]{4}(?=")/)[0];
  assert.notEqual(card, world.card);
  world.school = await serve('school', world.ports[0]);
  await until('it is told', () => third('sync').not_taken === 'card_voided');
  assert.equal(third('sync').waiting, 1);
  await until('the hub knows the new card', () => {
    try {
      return third('join', card);
    } catch {
      return false;
    }
  });
  await until('it is at school', () => third('sync').waiting === 0);
  assert.equal(third('sync').not_taken, null);
});

check('at home the computer finds the school by itself', async () => {
  await world.hub.stop();
  student('add', 'goal', 'want=dive', 'first_step=go there');
  const sent = student('sync');
  assert.deepEqual([sent.waiting, sent.verified], [0, true]);
  const known = JSON.parse(readFileSync(at('lab/computer.json'), 'utf8'));
  assert.equal(known.hub, '');
  assert.equal(student('list', 'goal').length, 5);
});

let passed = 0;
let failed = 0;
let skipped = 0;
for (const { name, does } of checks) {
  if (failed) {
    skipped++; // each begins where the one before it ended
    continue;
  }
  try {
    await does();
    passed++;
  } catch (error) {
    failed++;
    console.error(`${name}\n  ${error.stack}\n${error.stderr ?? ''}`);
  }
}
for (const child of serving) child.kill('SIGKILL');
rmSync(folder, { recursive: true, force: true });
console.log(`${passed} passed, ${failed} failed, ${skipped} skipped`);
process.exit(failed ? 1 : 0);
