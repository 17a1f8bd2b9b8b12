// A computer that has never met a network, with the programs as they are: a class's starter file, a first sign-in with a
// card, work with a photo, to school and back on a stick. node tests/sticks/run.mjs BIN; ends with one line, "N passed,
// N failed, N skipped".
import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const bin = resolve(process.argv[2] ?? 'build/release/bin');
const photo = join(dirname(fileURLToPath(import.meta.url)), '../interface/pictures/creek.png');
const folder = mkdtempSync(join(tmpdir(), 'waymark-sticks-'));
const at = (name) => join(folder, name);
const run = (program, words, input = '') =>
  execFileSync(join(bin, program), words, { input, encoding: 'utf8', stdio: ['pipe', 'pipe', 'pipe'] });
const school = (...words) => JSON.parse(run('waymark-server', [...words, '--data', at('school'), '--json']));
const student = (computer, words, pin = '4711') =>
  JSON.parse(run('waymark', [...words, '--profile', at(computer), '--pin-stdin', '--json'], `${pin}\n`));
const refused = (computer, words, pin) => {
  try {
    student(computer, words, pin);
  } catch (error) {
    return error.stderr;
  }
  return assert.fail(`waymark ${words.join(' ')} was not refused`);
};
const profileOf = (computer, person) => JSON.parse(readFileSync(at(`${computer}/profiles/${person}/profile.json`), 'utf8'));
const cardOf = (given) => world.cards.find((one) => one.name.startsWith(given)).card;
const read = () => school('bundle', 'read', at('stick')).bundles;

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
const serve = async (port) => {
  let log = '';
  const child = spawn(join(bin, 'waymark-server'), ['serve', '--data', at('school'), '--listen', `127.0.0.1:${port}`, '--log-json']);
  child.stdout.on('data', (bytes) => (log += bytes));
  child.stderr.on('data', (bytes) => (log += bytes));
  serving.add(child);
  await until('the school serves', () => log.includes('"event":"serving"'));
  return () =>
    new Promise((done) => {
      serving.delete(child);
      child.once('exit', done);
      child.kill('SIGTERM');
    });
};

const world = {};
const checks = [];
const check = (name, does) => checks.push({ name, does });

check('a school makes a starter for a class, and it shows nothing to whoever finds it', async () => {
  mkdirSync(at('stick/WAYMARK'), { recursive: true });
  school('init', '--school', 'Alder Creek', '--admin', 'head@alder.example');
  school('class', 'add', '--title', 'Period 3');
  for (const given of ['Amira', 'Bo']) school('student', 'add', '--class', 'Period 3', '--given', given);
  school('import', 'case', join(dirname(fileURLToPath(import.meta.url)), '../data/case/good.json'));
  assert.throws(() => school('starter', '--class', 'Period 3', '--out', at('stick')), /has a card/);
  world.cards = school('invite', '--class', 'Period 3').cards;
  world.port = await freePort();
  const made = school('starter', '--class', 'Period 3', '--out', at('stick/WAYMARK'), '--address', `https://127.0.0.1:${world.port}`);
  assert.deepEqual([made.students, made.without_card], [2, 0]);
  world.starter = made.file;
  const bytes = readFileSync(made.file);
  for (const hidden of ['Amira', cardOf('Amira'), cardOf('Amira').replace('-', ''), 'standard']) assert.ok(!bytes.includes(hidden), hidden);
});

check('a computer without a network begins with it: one card opens it, and another does not', () => {
  assert.match(refused('home', ['join', cardOf('Amira')]), /\n$/);
  assert.equal(student('home', ['join', world.starter]).school, 'Alder Creek');
  assert.match(refused('home', ['join', 'ZZZZ-ZZZZ']), /card/);
  const joined = student('home', ['join', cardOf('Amira')]);
  assert.deepEqual([joined.name, joined.pin_set], ['Amira', true]);
  world.amira = joined.person;
  assert.ok(student('home', ['list', 'standard']).length > 0, 'what the class reads is here');
  assert.deepEqual(student('home', ['list', 'goal']), []);
});

check('a starter that is damaged or none is refused in one sentence', () => {
  writeFileSync(at('none.waymark-starter'), 'no starter');
  assert.match(refused('elsewhere', ['join', at('none.waymark-starter')]), /^waymark: .*\n$/);
});

check('work with a photo goes to school on a stick, and counts as there when the answer is read', () => {
  student('home', ['add', 'goal', 'want=swim a length', 'first_step=go there']);
  student('home', ['add', 'work', `project=${'a'.repeat(32)}`, 'step=plan', 'type=photo', 'title=The pool', `file=@${photo}`]);
  const written = student('home', ['bundle', 'write', at('stick')]);
  assert.ok(written.ops >= 2);
  assert.equal(written.files, 1);
  assert.equal(student('home', ['status']).people[0].files_waiting, 1);
  const [taken] = read();
  assert.deepEqual([taken.student, taken.files, taken.refused, taken.whole, taken.problem], ['Amira', 1, 0, true, undefined]);
  const heard = student('home', ['bundle', 'read', at('stick')]);
  assert.deepEqual([heard.settled, heard.waiting, heard.files_settled, heard.problem], [written.ops, 0, 1, null]);
  const now = student('home', ['status']).people[0];
  assert.deepEqual([now.waiting, now.files_waiting, now.refused], [0, 0, 0]);
  const profile = profileOf('home', world.amira);
  assert.ok(profile.certificate.length > 0 && profile.introduction === '');
  assert.ok(school('computer', 'list').computers.length >= 1);
  assert.equal(school('verify').ok ?? true, true);
});

check('the second stick is believed by the certificate, and a torn one is told', () => {
  student('home', ['add', 'goal', 'want=dive', 'first_step=look down']);
  const { file } = student('home', ['bundle', 'write', at('stick')]);
  copyFileSync(file, at('whole'));
  truncateSync(file, 700);
  assert.equal(read()[0].whole ?? false, false);
  copyFileSync(at('whole'), file);
  assert.equal(read()[0].ops, 1);
  assert.equal(student('home', ['bundle', 'read', at('stick')]).waiting, 0);
});

check('a class is collected on one stick, and each reads their own answer', () => {
  assert.equal(student('home', ['join', cardOf('Bo')], '1234').name, 'Bo');
  student('home', ['add', 'goal', 'want=float', 'first_step=lie down', '--person', 'Bo'], '1234');
  student('home', ['add', 'goal', 'want=crawl', 'first_step=kick', '--person', 'Amira']);
  student('home', ['bundle', 'write', at('stick'), '--person', 'Bo'], '1234');
  student('home', ['bundle', 'write', at('stick'), '--person', 'Amira']);
  assert.equal(readdirSync(at('stick/WAYMARK')).filter((name) => name.endsWith('.to-school')).length, 2);
  assert.deepEqual(read().map((one) => one.student).sort(), ['Amira', 'Bo']);
  assert.equal(student('home', ['bundle', 'read', at('stick'), '--person', 'Bo'], '1234').waiting, 0);
  assert.equal(student('home', ['bundle', 'read', at('stick'), '--person', 'Amira']).waiting, 0);
});

check('another computer: a wrong PIN is told by the answer, and after the right one everything arrives', () => {
  const starter = school('starter', '--class', 'Period 3', '--out', at('second')).file;
  student('attic', ['join', starter]);
  const joined = student('attic', ['join', cardOf('Amira')], '9999');
  assert.equal(joined.pin_set, false);
  student('attic', ['add', 'goal', 'want=climb', 'first_step=stairs'], '9999');
  rmSync(at('stick/WAYMARK'), { recursive: true });
  student('attic', ['bundle', 'write', at('stick')], '9999');
  assert.match(read()[0].problem, /PIN/);
  assert.equal(student('attic', ['bundle', 'read', at('stick')], '9999').problem, 'wrong_pin');
  assert.equal(student('attic', ['status'], '9999').people[0].waiting, 1);
  student('attic', ['join', cardOf('Amira')]);
  student('attic', ['bundle', 'write', at('stick')]);
  assert.equal(read()[0].ops, 1);
  const heard = student('attic', ['bundle', 'read', at('stick')]);
  assert.deepEqual([heard.waiting, heard.problem], [0, null]);
  assert.ok(heard.news > 0, 'what was written at home is here now');
  assert.equal(student('attic', ['list', 'goal']).length, 4);
  // The photo that was sent from home comes with the next stick.
  student('attic', ['bundle', 'write', at('stick')]);
  read();
  assert.equal(student('attic', ['bundle', 'read', at('stick')]).files_came, 1);
});

check('a school that is put back from its backup gets again by stick what it lost and a computer has', async () => {
  const carry = () => {
    student('attic', ['bundle', 'write', at('stick')]);
    const [row] = read();
    student('attic', ['bundle', 'read', at('stick')]);
    return row.brought_back;
  };
  school('backup', at('monday.waymark-backup'));
  school('import', 'case', join(dirname(fileURLToPath(import.meta.url)), '../data/case/newer.json'));
  assert.equal(carry(), 0);
  const stop = await serve(world.port);
  school('restore', at('monday.waymark-backup'));
  await stop();
  const brought = [carry(), carry(), carry()];
  assert.ok(brought[0] === 0 && brought[1] > 0 && brought[2] === 0, String(brought));
  assert.equal(school('verify').ok ?? true, true);
});

check('a computer that began so finds the school when it has a network', async () => {
  const stop = await serve(world.port);
  student('home', ['add', 'goal', 'want=race', 'first_step=train', '--person', 'Amira']);
  const sent = student('home', ['sync', '--person', 'Amira']);
  assert.deepEqual([sent.waiting, sent.verified, sent.files_waiting], [0, true, 0]);
  // A stick is read while the school serves, too.
  student('home', ['add', 'goal', 'want=rest', 'first_step=sit', '--person', 'Bo'], '1234');
  rmSync(at('stick/WAYMARK'), { recursive: true });
  student('home', ['bundle', 'write', at('stick'), '--person', 'Bo'], '1234');
  assert.equal(read()[0].ops, 1);
  await stop();
  assert.ok(existsSync(at('school/school.db')));
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
