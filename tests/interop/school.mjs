// A real waymark-server in a folder of its own: made, given a class, students and computers, started on a free port
// with TLS, stopped and put back. It knows the programs' command line and nothing of the protocol.

import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const START_MS = 60000;

export class School {
  constructor(bin) {
    this.program = join(bin, 'waymark-server');
    this.folder = mkdtempSync(join(tmpdir(), 'waymark-interop-'));
    this.data = join(this.folder, 'school');
  }

  run(args, input = '') {
    const text = execFileSync(this.program, [...args, '--data', this.data, '--json'], { input, stdio: ['pipe', 'pipe', 'pipe'] });
    return JSON.parse(text.toString());
  }

  init(name) {
    const made = this.run(['init', '--school', name, '--admin', 'office@example.org', '--password-stdin'], 'seven gray herons wade\n');
    this.phrase = made.recovery_phrase;
  }
  sample() {
    return this.run(['sample']);
  }
  addClass(title) {
    return this.run(['class', 'add', '--title', title]);
  }
  addStudent(title, given) {
    return this.run(['student', 'add', '--class', title, '--given', given]);
  }
  cards(title) {
    return this.run(['invite', '--class', title]).cards;
  }
  newCard(title, student) {
    return this.run(['invite', '--class', title, '--student', student, '--reprint']).cards[0].card;
  }
  removeComputer(name) {
    this.run(['computer', 'remove', name]);
  }
  addComputer(name) {
    return this.run(['computer', 'add', '--name', name]).code;
  }
  erase(...what) {
    this.run(['erase', ...what]);
  }
  importStandards(file) {
    return this.run(['import', 'case', file]);
  }
  starter(title, out, address) {
    return this.run(['starter', '--class', title, '--out', out, '--address', address]).file;
  }
  readBundles(where) {
    return this.run(['bundle', 'read', where]).bundles;
  }
  // What the school shows of one record of a student.
  shown(student, record) {
    const out = join(this.folder, 'export');
    rmSync(out, { recursive: true, force: true });
    this.run(['export', out, '--student', student]);
    const { streams } = JSON.parse(readFileSync(join(out, `student-${student}.json`)));
    return streams.flatMap((one) => one.records).find((one) => one.id === record);
  }
  verify() {
    return this.run(['verify']);
  }
  addTeacher(email, name, title) {
    return this.run(['staff', 'add', '--email', email, '--name', name, '--class', title, '--password-stdin'], 'nine brown owls sit\n').id;
  }
  removeHub(name) {
    this.run(['hub', 'remove', name]);
  }
  addHub(title, name, out) {
    this.run(['hub', 'add', '--classes', title, '--name', name, '--out', out]);
    return JSON.parse(readFileSync(out));
  }

  async start() {
    this.said = '';
    const words = ['serve', '--data', this.data, '--listen', `127.0.0.1:${this.kept ?? 0}`, '--log-json', ...(this.more ?? [])];
    this.child = spawn(this.program, words, { stdio: ['ignore', 'pipe', 'pipe'] });
    const child = this.child;
    this.ended = new Promise((done) => child.once('exit', done));
    await new Promise((done, fail) => {
      const timer = setTimeout(() => fail(new Error(`the server did not start: ${this.said}`)), START_MS);
      const hear = (bytes) => {
        this.said += bytes;
        for (const line of this.said.split('\n')) {
          if (!line.includes('"serving"')) continue;
          try {
            this.serving = JSON.parse(line);
          } catch {
            continue;
          }
          clearTimeout(timer);
          done();
        }
      };
      child.stdout.on('data', hear);
      child.stderr.on('data', hear);
      child.once('error', fail);
      child.once('exit', (code) => fail(new Error(`the server ended with ${code}: ${this.said}`)));
    });
    this.port = this.serving.port;
  }

  // From now on always there, so that others find it again.
  keepPort() {
    this.kept = this.port;
  }

  async stop() {
    if (!this.child || this.child.exitCode !== null || this.child.signalCode !== null) return;
    this.child.kill('SIGTERM');
    const hard = setTimeout(() => this.child.kill('SIGKILL'), 20000);
    await this.ended;
    clearTimeout(hard);
  }

  // As an administrator does, while the school is served or not.
  backUp() {
    rmSync(join(this.folder, 'monday.waymark-backup'), { force: true });
    this.run(['backup', join(this.folder, 'monday.waymark-backup')]);
  }
  restore() {
    this.run(['restore', join(this.folder, 'monday.waymark-backup')]);
  }
  // The disk died: a directory that is empty, and the phrase that was written down.
  restoreAnew(phrase = this.phrase) {
    rmSync(this.data, { recursive: true, force: true });
    this.run(['restore', join(this.folder, 'monday.waymark-backup'), '--phrase-stdin'], `${phrase}\n`);
  }

  // The next start makes another TLS key; the identity stays.
  forgetTlsKey() {
    rmSync(join(this.data, 'tls'), { recursive: true });
  }

  remove() {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

// A server in a room, whose school is above it.
export class Hub extends School {
  constructor(bin, school, file) {
    super(bin);
    this.data = join(this.folder, 'hub');
    this.more = ['--upstream', `https://127.0.0.1:${school.port}`, '--upstream-token-file', file];
  }
  empty() {
    rmSync(this.data, { recursive: true, force: true });
  }
}
