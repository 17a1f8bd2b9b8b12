// The programs as the tour uses them: the server started and stopped, the app's window driven by lines, the app without
// its window, and a teacher's browser.
import { spawn, spawnSync } from 'node:child_process';
import { createInterface } from 'node:readline';
import { createRequire } from 'node:module';
import { existsSync, readdirSync } from 'node:fs';
import net from 'node:net';

// The lesson is on a Monday and the answer on a Tuesday: the programs run as they are, under a clock that libfaketime
// (Debian's package faketime) shifts. Their time goes on as it does; only the date is another.
const shifter = readdirSync('/usr/lib').map((name) => `/usr/lib/${name}/faketime/libfaketimeMT.so.1`).find(existsSync);

export class Programs {
  constructor(bin) {
    this.bin = bin;
    this.children = new Set();
    this.shift_s = 0;
    if (!shifter) throw new Error('The tour needs another date than today’s: install Debian’s package faketime.');
  }
  // From here on it is that time: "2026-11-23T09:05".
  itIs(time) { this.shift_s = Math.round((Date.parse(time) - Date.now()) / 1000); }
  now() { return new Date(Date.now() + this.shift_s * 1000); }
  environment() {
    return { ...process.env, LD_PRELOAD: shifter, FAKETIME: `${this.shift_s < 0 ? '' : '+'}${this.shift_s}`, FAKETIME_DONT_FAKE_MONOTONIC: '1',
      DONT_FAKE_MONOTONIC: '1', FAKETIME_DISABLE_SHM: '1', NO_FAKE_STAT: '1' };
  }
  // Runs to its end; gives standard output, and what it said where it failed.
  run(name, words, { input = '', fails = false } = {}) {
    const done = spawnSync(`${this.bin}/${name}`, words, { input, encoding: 'utf8', maxBuffer: 64 << 20, env: this.environment() });
    if (done.error) throw done.error;
    if ((done.status !== 0) !== fails) throw new Error(`${name} ${words.join(' ')} ended with ${done.status}: ${done.stderr}${done.stdout}`);
    return fails ? done.stderr : done.stdout;
  }
  json(name, words, options) {
    return JSON.parse(this.run(name, [...words, '--json'], options));
  }
  start(name, words, stdio) {
    const child = spawn(`${this.bin}/${name}`, words, { stdio, env: this.environment() });
    this.children.add(child);
    child.ended = new Promise((resolve) => child.on('exit', (code) => { this.children.delete(child); resolve(code); }));
    return child;
  }
  async serve(data, port) {
    const child = this.start('waymark-server', ['serve', '--data', data, '--listen', `127.0.0.1:${port}`], ['ignore', 'ignore', 'pipe']);
    let said = '';
    child.stderr.on('data', (bytes) => { said += bytes; });
    for (let i = 0; i < 200; i++) {
      if (await reachable(port)) return { stop: async () => { child.kill('SIGTERM'); await child.ended; } };
      if (child.exitCode !== null) break;
      await sleep(50);
    }
    throw new Error(`the server did not start: ${said}`);
  }
  stop() {
    for (const child of this.children) child.kill('SIGKILL');
  }
}

// One window of the student's app.
export class Window {
  constructor(programs, profile, { size = '1280x800', shot } = {}) {
    this.child = programs.start('waymark', ['--profile', profile, '--size', size, '--drive'], ['pipe', 'pipe', 'inherit']);
    this.answers = [];
    this.waiting = [];
    this.shot = shot;
    createInterface({ input: this.child.stdout }).on('line', (line) => {
      const next = this.waiting.shift();
      if (next) next(line); else this.answers.push(line);
    });
    this.child.on('exit', () => this.waiting.splice(0).forEach((next) => next('no: the window is gone')));
  }
  line() {
    return this.answers.length ? Promise.resolve(this.answers.shift()) : new Promise((resolve) => this.waiting.push(resolve));
  }
  async ask(words) {
    this.child.stdin.write(words + '\n');
    const answer = await this.line();
    if (answer === 'ok') return;
    const tree = await this.tree().catch(() => '');
    throw new Error(`"${words}" was answered "${answer}"\n${tree}`);
  }
  async tree() {
    this.child.stdin.write('tree\n');
    const lines = [];
    for (;;) {
      const line = await this.line();
      if (line === '.' || line.startsWith('no:')) return lines.join('\n');
      lines.push(line);
    }
  }
  press(name) { return this.ask(`press "${name}"`); }
  // By what its name matches, where the name is a long one: the first such thing that can be pressed.
  async pressLike(pattern) {
    const where = await this.find(pattern);
    await this.ask(`press ${where}`);
  }
  async find(pattern) {
    for (let i = 0; i < 50; i++) {
      const lines = (await this.tree()).split('\n');
      const line = lines.find((l) => pattern.test(l) && /<\S+>$/.test(l));
      if (line) return line.match(/<(\S+)>$/)[1];
      await sleep(200);
    }
    throw new Error(`nothing matches ${pattern}\n${await this.tree()}`);
  }
  text(name, words) { return this.ask(`text "${name}" ${words}`); }
  type(words) { return this.ask(`type ${words}`); }
  key(name) { return this.ask(`key ${name}`); }
  see(words) { return this.ask(`see ${words}`); }
  async picture(caption) { await this.ask(`picture ${this.shot(caption)}`); }
  async close() {
    this.child.stdin.write('quit\n');
    await this.child.ended;
  }
}

export async function browser(folder) {
  const require = createRequire(`${folder}/package.json`);
  const { chromium } = require('playwright-core');
  return chromium.launch({
    executablePath: '/usr/bin/chromium',
    args: ['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
      '--disable-component-update', '--disable-sync'],
  });
}

export const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
export async function freePort() {
  return new Promise((resolve) => {
    const server = net.createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}
const reachable = (port) => new Promise((resolve) => {
  const socket = net.connect(port, '127.0.0.1', () => { socket.destroy(); resolve(true); }).on('error', () => resolve(false));
});
export async function until(what, test, seconds = 30) {
  for (let i = 0; i < seconds * 5; i++) {
    if (await test()) return;
    await sleep(200);
  }
  throw new Error(`waited ${seconds} s in vain until ${what}`);
}
