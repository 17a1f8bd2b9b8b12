// The main job, played for real: a class of 26, one lab with two computers, the network unplugged for the lesson, a
// teacher who answers in the evening, and the next day at another computer. Every step leaves a numbered picture; what
// does not happen as it should ends the tour.
// Usage: node tests/tour/tour.mjs BIN OUT
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Programs, Window, browser, freePort, sleep, until } from './programs.mjs';

const [bin, out] = process.argv.slice(2).map((path) => resolve(path));
const web = join(dirname(fileURLToPath(import.meta.url)), '../web');
mkdirSync(out, { recursive: true });
const folder = mkdtempSync(join(tmpdir(), 'waymark-tour-'));
const programs = new Programs(bin);
const captions = [];
const shot = (caption) => {
  const file = `${String(captions.length + 1).padStart(2, '0')}-${caption.toLowerCase().replace(/[^a-z0-9]+/g, '-').replace(/^-|-$/g, '').slice(0, 60)}.png`;
  captions.push([file, caption]);
  console.log(`${file}`);
  return join(out, file);
};
const pin = '2580';

const whys = ['It is about us', 'I want to find out', 'My uncle works there', 'We can do it outside', 'I have seen it and nobody does anything'];
const saw = [
  'Somebody came back three times for the same thing. I counted.',
  'The door sticks when it rains, and then a line forms. It took nineteen seconds each time.',
  'Two people read the sign and went the wrong way all the same.',
  'Nobody looked at the board after the first minute.',
  'When it is loud the small ones stop talking.',
];
const reasons = ['I wrote down what I saw, with the time', 'Somebody else saw it too', 'I am not sure yet that it is always so'];
const glows = ['I waited and watched', 'I asked before I wrote', 'I counted twice'];
let pathways, chromium;
try {
  await play();
} catch (error) {
  console.error(error);
  process.exitCode = 1;
} finally {
  await chromium?.close();
  programs.stop();
  rmSync(folder, { recursive: true, force: true });
  writeFileSync(join(out, 'README.md'), '# The tour\n\n' + captions.map(([file, caption], i) => `${i + 1}. ${caption}\n\n   ![${caption}](${file})\n`).join('\n'));
}

async function play() {
  // ---- before the lesson: a school, a class, two computers
  programs.itIs('2026-11-20T13:30');
  const data = join(folder, 'school'), port = await freePort();
  const school = programs.json('waymark-server', ['sample', '--data', data, '--demo', '--without-work']);
  const card = (name) => school.cards.find((c) => c.name.startsWith(name)).card;
  let server = await programs.serve(data, port);
  const address = `https://127.0.0.1:${port}`;
  const codes = Object.fromEntries(['lab-03', 'lab-07'].map((name) => [name, programs.json('waymark-server', ['computer', 'add', '--data', data, '--name', name]).code]));

  const lab3 = join(folder, 'lab-03'), lab7 = join(folder, 'lab-07');
  let window = new Window(programs, lab3, { shot });
  await window.see('Who are you?');
  await window.picture('A new computer asks for its school');
  await window.press('Join this computer to your school');
  await window.text('The school’s address', `127.0.0.1:${port}`);
  await window.text('The computer’s code', codes['lab-03']);
  await window.picture('The computer joins with a code from the teacher');
  await window.press('Join');
  await window.see('Your card');
  await window.text('The card’s code', card('Amira'));
  await window.picture('Amira types the code of her card');
  await window.press('Go on');
  await enterPin(window, 'Choose four digits that you remember', 'Amira chooses a PIN');
  await enterPin(window, 'The same four digits once more');
  await window.see('Choose your first project');
  await window.picture('Her first day: one thing to do');
  await window.press('Lock');
  await window.see('Who are you?');
  await window.close();

  // The other computer, and everybody else's card: without the window, through the same commands and checks.
  programs.run('waymark', ['join', '--profile', lab7, codes['lab-07'], '--server', address]);
  const others = school.cards.filter((c) => !c.name.startsWith('Amira'));
  for (const [i, student] of others.entries()) {
    const profile = i % 2 ? lab3 : lab7;
    student.person = programs.json('waymark', ['join', '--profile', profile, student.card, '--card', '--pin-stdin'], { input: pin + '\n' }).person;
    programs.run('waymark', ['sync', '--profile', profile, '--person', student.person, '--pin-stdin'], { input: pin + '\n' });
  }
  const seat = (name) => { const i = others.findIndex((c) => c.name === name); return i % 2 ? lab3 : lab7; };

  // ---- Monday's lesson: nobody can be reached
  await server.stop();
  programs.itIs('2026-11-23T09:05');
  window = new Window(programs, lab3, { shot });
  await window.see('Who are you?');
  await window.picture('Monday. The network is unplugged, and the lab opens all the same');
  await signIn(window, 'Amira');
  await window.see('Choose your first project');
  await window.press('Ideas');
  await window.see('Project ideas');
  await window.picture('Project ideas, with a reason beside each');
  await window.pressLike(/Mark for comparing: What one small/);
  await window.pressLike(/Mark for comparing: How did our street/);
  await window.press('Compare 2 ideas');
  await window.see('Two ideas side by side');
  await window.picture('Two ideas side by side');
  await window.pressLike(/radio button "What one small/);
  await window.press('The thing and its card');
  await window.text('I choose this because …', 'I like making things and the line at the water tap is too long');
  await window.picture('She chooses, and says why');
  await window.press('Choose this project');
  await window.see('Step by step');
  await window.picture('The project: a trail, and the first step');
  await window.press('See an example');
  await sleep(400);
  await window.picture('An example, with the thinking shown');
  await window.press('Step by step');
  await firstItem(window);
  await window.press('Add work');
  await window.press('Write something');
  await window.text('What I wrote', 'I stood there for ten minutes. Eleven people came. Four of them waited for somebody who filled two bottles. Nobody knew whose turn it was.');
  await window.picture('She writes what she saw; it saves itself');
  await window.press('Done');
  await window.press('I’m stuck');
  await sleep(400);
  await window.picture('I’m stuck: ways on that need no network');
  await window.text('What I am stuck at', 'I do not know if ten minutes are enough to say something');
  await window.press('Send it');
  await window.see('Saved here, not sent yet. It goes by itself.');
  await window.picture('Her question waits, and says so');
  await window.pressLike(/button "Watch and improve/);
  await window.see('Write down what you will count');
  await window.press('Add work');
  await window.press('Write something');
  await window.text('What I wrote', 'First try: two of five stood at the wrong end. I turned the arrow round. Second try: one of five.');
  await sleep(2_300);
  await window.press('Done');
  await checkAndTurnIn(window);
  await window.press('Goals');
  await window.see('A goal is two lines.');
  await window.text('I want to get better at …', 'watching without making up my mind first');
  await window.text('First I will …', 'write down ten things I see before I say what I think');
  await window.press('Save');
  await sleep(800);
  await window.picture('A goal is two lines');
  await window.press('Pack up');
  await window.text('Next time I …', 'ask the fourth graders what they think');
  await window.picture('The bell is near: one line for tomorrow');
  await window.press('Lock and go');
  await window.see('Who are you?');
  await window.close();

  others.forEach((student, i) => everybodyElse(student, seat(student.name), i));

  // ---- the evening: the school can be reached, everything arrives, the teacher answers
  programs.itIs('2026-11-23T18:30');
  server = await programs.serve(data, port);
  for (const profile of [lab3, lab7])
    for (const student of [{ name: 'Amira Haddad', person: 'Amira' }, ...others].filter((s) => (s.name.startsWith('Amira') ? lab3 : seat(s.name)) === profile)) {
      const sent = programs.json('waymark', ['sync', '--profile', profile, '--person', student.person, '--pin-stdin'], { input: pin + '\n' });
      assert.equal(sent.waiting, 0, `${student.name} still has something waiting`);
    }
  chromium = await browser(web);
  const context = await chromium.newContext({ viewport: { width: 1366, height: 900 }, ignoreHTTPSErrors: true, reducedMotion: 'reduce', locale: 'en-US' });
  await context.clock.setSystemTime(programs.now());
  const page = await context.newPage();
  const paged = async (caption) => { await page.evaluate(() => document.fonts.ready); await sleep(250); await page.screenshot({ path: shot(caption) }); };
  await page.goto(address);
  await paged('Evening. Ms Rivera signs in on the school’s own pages');
  await page.fill('input[type="email"]', school.teacher.email);
  await page.fill('input[type="password"]', school.teacher.password);
  await page.keyboard.press('Enter');
  await page.waitForSelector('nav');
  await page.getByRole('heading', { level: 1, name: school.class }).waitFor();
  await paged('Her class: who needs her, why, and how old the news is');
  await page.goto(address + '/answer');
  await page.getByRole('button', { name: /go on/ }).waitFor();
  await paged('Work to answer: what was made, beside the rubric');
  for (let held = 0; held < 26; held++) {
    // Keys alone: Enter agrees and takes the glow that stands there; for Amira another level, with a next step.
    if ((await page.locator('main').innerText()).includes('in Amira’s words')) {
      await page.keyboard.press('2');
      await page.keyboard.press('n');
      await paged('For Amira: one criterion seen otherwise, with a next step');
    }
    await page.keyboard.press('Enter');
    await page.getByText(held === 0 ? 'One reply is held.' : `${held + 1} replies are held.`).waitFor();
  }
  await paged('26 replies are held, so that a slip can be taken back');
  await page.getByRole('button', { name: /Send 26 replies/ }).click();
  await page.getByText('26 replies are sent.').first().waitFor();
  await paged('Sent together');

  // ---- Tuesday, another computer; meanwhile something still waits on the first
  await server.stop();
  programs.itIs('2026-11-24T09:05');
  window = new Window(programs, lab3, { shot });
  await signIn(window, 'Amira');
  await window.press('Goals');
  await window.press('Change it');
  await window.text('First I will …', 'write down ten things at the tap, morning and noon');
  await sleep(2_500);
  await window.press('Done');
  await window.press('Lock');
  await window.see('Who are you?');
  await window.close();
  server = await programs.serve(data, port);
  window = new Window(programs, lab7, { shot });
  await window.press('New here? Use your card');
  await window.text('The card’s code', card('Amira'));
  await window.press('Go on');
  await enterPin(window, 'Your four digits, please', 'Tuesday, at another computer: card and PIN');
  await window.see('Elena Rivera answered');
  await sleep(2_000);
  await window.picture('Everything is there, and the answer too');
  await window.press('Read the answer');
  await sleep(800);
  await window.picture('The answer: glow, then the next step');
  await window.pressLike(/button "Compare our views/);
  await sleep(800);
  await window.picture('Both views, with the words that differ');
  await window.press('Goals');
  await window.press('Change it');
  await window.text('First I will …', 'write down ten things I see in the lunch line');
  await sleep(2_500);
  await window.press('Done');
  await window.see('Saved on this computer');
  await sleep(4_000);
  await window.press('Lock');
  await window.close();
  programs.run('waymark', ['sync', '--profile', lab7, '--person', 'Amira', '--pin-stdin'], { input: pin + '\n' });

  for (const student of others) findsTheAnswer(student, seat(student.name) === lab3 ? lab7 : lab3);

  // ---- back at the first computer: what waited there arrives, and nothing is overwritten
  window = new Window(programs, lab3, { shot });
  await signIn(window, 'Amira');
  await window.see('written in two places');
  await window.picture('Back at the first computer: written in two places, and said so');
  await window.press('Goals');
  await window.pressLike(/(button|link) "[^"]*written in two places/i);
  await window.see('Carry on with which?');
  await window.picture('Both are there; she chooses');
  await window.press('Keep both');
  await sleep(2_500);
  await window.picture('Nothing was lost');
  await window.press('Lock');
  await window.close();
  await server.stop();
  programs.run('waymark-server', ['verify', '--data', data]);
  console.log(`${captions.length} pictures, ${school.cards.length} students; nothing was lost`);
}

// The app without its window, for one student.
function as(student, profile) {
  return (...words) => programs.json('waymark', [...words, '--profile', profile, '--person', student.person, '--pin-stdin'], { input: pin + '\n' });
}

async function enterPin(window, title, caption) {
  await window.see(title);
  if (caption) await window.picture(caption);
  await window.type(pin);
}
async function signIn(window, name) {
  await window.see('Who are you?');
  await window.press(name);
  await enterPin(window, 'Your four digits, please');
}
async function firstItem(window) {
  await window.pressLike(/check ?box "Choose two places/i);
}
// Levels, reasons, how sure, glow, grow, next step; then turned in.
async function checkAndTurnIn(window) {
  await window.press('Check my work');
  await sleep(500);
  await window.picture('Check my work: the very rubric, nothing chosen yet');
  const reasons = ['They used it twice without asking me', 'I changed the arrow after the second try', 'One person still asked where the end is'];
  const levels = ['On target', 'Going further', 'Getting there'];
  for (const [i, reason] of reasons.entries()) {
    await window.pressLike(new RegExp(`radio button "${levels[i]}`));
    await window.text('I chose this because …', reason);
    await sleep(2_300);
    if (i === 0) await window.picture('One criterion chosen, and why');
    await window.pressLike(/button "Next: /);
    await sleep(300);
  }
  await window.press('I can see most of it');
  await window.ask('text glow_card/glow I waited and watched instead of telling them');
  await window.ask('text grow_card/grow my label needs bigger letters');
  await window.ask('text next_card/next ask two people who did not see me make it');
  await sleep(2_300);
  await window.picture('Glow, grow, next, and what happens then');
  await window.press('Turn in');
  await sleep(1_000);
  await window.picture('Turned in. It waits here and goes by itself');
}

// The other 25 do the same without the window: choose, tick, write, check it against the rubric, turn in.
function everybodyElse(student, profile, i) {
  const waymark = as(student, profile);
  pathways ??= waymark('list', 'pathway').map((record) => {
    const version = waymark('show', record.fields.published);
    return { id: record.id, version: record.fields.published, content: JSON.parse(version.fields.content) };
  });
  const chosen = pathways[i % pathways.length];
  const { content } = chosen;
  const step = content.steps.find((each) => each.check_my_work);
  assert.ok(step, `"${content.title.en}" has no step with Check my work`);
  const rubric = content.rubrics.find((each) => each.id === step.check_my_work);
  const where = () => [`project=${student.project}`, `step=${step.id}`];
  student.project = waymark('add', 'project', `pathway=${chosen.id}`, `version=${chosen.version}`, `why=${whys[i % whys.length]}`).id;
  waymark('add', 'step', ...where(), 'item.1=true');
  const work = waymark('add', 'work', ...where(), 'type=text', 'title=What I saw', `text=${saw[i % saw.length]}`).id;
  const views = rubric.criteria.flatMap((criterion, k) => {
    const name = criterion.id.replaceAll('-', '_');  // as fields of a record are called
    return [`level.${name}=${1 + ((i + k) % criterion.levels.length)}`, `because.${name}=${reasons[(i + k) % reasons.length]}`, `evidence.${name}=["${work}"]`];
  });
  const view = waymark('add', 'self_assessment', ...where(), `version=${chosen.version}`, `rubric=${rubric.id}`, 'try=1', ...views,
    `confidence=${['foggy', 'most', 'clear'][i % 3]}`, `glow=${glows[i % glows.length]}`, 'grow=say where exactly', 'next=look once more at another hour').id;
  student.turnIn = waymark('add', 'turn_in', ...where(), 'try=1', `works=["${work}"]`, `self_assessment=${view}`).id;
  student.criteria = rubric.criteria.length;
}

// Tuesday: at the computer where they did not sit on Monday, with card and PIN; the answer to the very work is there.
function findsTheAnswer(student, profile) {
  student.person = programs.json('waymark', ['join', '--profile', profile, student.card, '--card', '--pin-stdin'], { input: pin + '\n' }).person;
  const waymark = as(student, profile);
  waymark('sync');
  const [review, ...more] = waymark('list', 'review');
  assert.ok(review, `${student.name} finds no answer`);
  assert.equal(more.length, 0, `${student.name} finds more than one answer`);
  assert.equal(review.fields.turn_in, student.turnIn, `the answer is not to the work of ${student.name}`);
  assert.ok(['ready', 'another_look'].includes(review.fields.outcome), `${student.name}: ${review.fields.outcome}`);
  const levels = Object.keys(review.fields).filter((name) => name.startsWith('level.'));
  assert.equal(levels.length, student.criteria, `${student.name} is not told a level for each criterion`);
}
