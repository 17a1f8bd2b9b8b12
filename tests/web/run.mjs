// The teacher's journeys in a real browser against a real server with a small school, each page checked by axe.
// node tests/web/run.mjs [--build DIR] [--pictures DIR] [--files DIR] [name …]; --files takes script and styles
// from a folder that build.mjs wrote instead of from the program; ends with "N passed, N failed, N skipped".
import { createRequire } from "node:module";
import { connect, createServer } from "node:net";
import { spawn, execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, dirname, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import assert from "node:assert/strict";
import { datesIn } from "../../sync-server/web/src/dates.js";

const here = dirname(fileURLToPath(import.meta.url));
const args = process.argv.slice(2);
const option = (name, other) => { const at = args.indexOf(name); return at < 0 ? other : args.splice(at, 2)[1]; };
const build = resolve(option("--build", join(here, "../../build/quick"))), pictures = option("--pictures", ""), files = option("--files", "");
const only = args;
if (pictures) mkdirSync(pictures, { recursive: true });

let passed = 0, failed = 0, skipped = 0;
const end = () => { console.log(`${passed} passed, ${failed} failed, ${skipped} skipped`); process.exit(failed ? 1 : 0); };
const chromium = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"].find(existsSync);
if (!chromium) { console.log("skipped - the teacher's pages: no browser was found"); skipped = 1; end(); }
if (!existsSync(join(here, "node_modules/playwright-core")))
  execFileSync("npm", ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"], { cwd: here, stdio: "inherit" });
const require = createRequire(join(here, "package.json"));
const { chromium: browsers } = require("playwright-core");
const axe = require("axe-core").source;

const folder = mkdtempSync(join(tmpdir(), "waymark-web-"));
let server, browser, base, ids;
const freePort = () => new Promise((found) => {
  const probe = createServer().listen(0, "127.0.0.1", () => { const { port } = probe.address(); probe.close(() => found(port)); });
});
// A server of this folder, once it answers; `base` is its address.
async function serve(name, more = []) {
  const port = await freePort();
  const child = spawn(join(build, "bin/waymark-server"), ["serve", "--data", join(folder, name), "--plain-http", "--listen", `127.0.0.1:${port}`, ...more], { stdio: ["ignore", "pipe", "pipe"] });
  let said = "";
  child.stdout.on("data", (d) => (said += d)); child.stderr.on("data", (d) => (said += d));
  const base = `http://127.0.0.1:${port}`;
  for (let i = 0; i < 100; i++) { try { if ((await fetch(base + "/healthz")).ok) return { child, base }; } catch { /* not yet */ } await new Promise((r) => setTimeout(r, 100)); }
  throw new Error("the server did not start: " + said);
}
async function start() {
  const [class_id, amira, ada] = execFileSync(join(build, "bin/waymark_web_school"), [join(folder, "school")]).toString().trim().split(" ");
  ids = { class_id, amira, ada };
  ({ child: server, base } = await serve("school"));
  browser = await browsers.launch({ executablePath: chromium, args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"] });
}

const problems = [];
async function open({ width = 1366, height = 900, dark = false, lang = "en-US", email = "rivera@alder.example", password = "creek-and-stone", path = "/", at = base } = {}) {
  const context = await browser.newContext({ viewport: { width, height }, colorScheme: dark ? "dark" : "light", locale: lang, reducedMotion: "reduce" });
  const page = await context.newPage();
  page.setDefaultTimeout(15000);
  if (files) for (const name of ["app.js", "style.css"]) await page.route("**/" + name, (route) => route.fulfill({ path: join(files, name) }));
  page.on("pageerror", (error) => problems.push(String(error)));
  page.on("console", (m) => { if (m.type() === "error" && !/401|403|404|409|413|429|507|ERR_FAILED/.test(m.text())) problems.push(m.text()); });
  page.on("request", (r) => { if (!r.url().startsWith(at) && !r.url().startsWith("data:") && !r.url().startsWith("blob:")) problems.push("asked another host: " + r.url()); });
  await page.goto(at + path);
  if (email) {
    await page.fill('input[type="email"]', email);
    await page.fill('input[type="password"]', password);
    await page.keyboard.press("Enter");
    await page.waitForSelector("nav");
  }
  return page;
}
async function axeClean(page, what) {
  await page.evaluate(() => document.fonts.ready);
  await page.evaluate(axe);
  const found = await page.evaluate(() => window.axe.run(document, { runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"] }));
  assert.deepEqual(found.violations.map((v) => `${v.id}: ${v.nodes.slice(0, 3).map((n) => n.target + " " + n.failureSummary).join(" | ")}`), [], "axe on " + what);
  const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  assert.ok(wide <= 0, `${what} scrolls sideways by ${wide}px`);
}
const shot = async (page, name, full = false) => { if (pictures) { await page.waitForTimeout(150); await page.screenshot({ path: join(pictures, name + ".png"), fullPage: full }); } };
const heading = (page, text) => page.getByRole("heading", { level: 1, name: text }).waitFor();

const tests = {
  async "both catalogues have the same keys, plurals and arguments"() {
    const [en, es] = ["en", "es"].map((code) => JSON.parse(readFileSync(join(here, `../../sync-server/web/locale/${code}.json`), "utf8")));
    assert.deepEqual(Object.keys(es), Object.keys(en));
    const shape = (words) => (typeof words === "string" ? words : Object.keys(words).join() + words.other).match(/\{\w+\}|^(one|two|few|other|,)+/g)?.filter((x) => !/braces|llaves/.test(x)).sort() ?? [];
    for (const key of Object.keys(en)) assert.deepEqual([...new Set(shape(es[key]))], [...new Set(shape(en[key]))], key);
  },
  async "the dashboard and the app call the same thing by the same word"() {
    const root = join(here, "../.."), app = (code) => Object.fromEntries(readdirSync(join(root, "assets/locale", code)).flatMap((file) => [...readFileSync(join(root, "assets/locale", code, file), "utf8").matchAll(/msgid "([^"]+)"\nmsgstr "((?:[^"\\]|\\.)*)"/g)].map((m) => [m[1], m[2]])));
    const pairs = { "reply.glow": "screen.finish.glow", "reply.grow": "screen.finish.grow", "outcome.ready": "screen.answer.is_ready", "form.example": "screen.form.example", "form.step_by_step": "screen.form.step_by_step", "form.on_my_own": "screen.form.on_my_own", "about.title": "screen.about.title", "growth.title": "screen.nav.growth", "growth.as_table": "screen.growth.as_table" };
    for (const code of ["en", "es"]) {
      const words = app(code), mine = JSON.parse(readFileSync(join(root, `sync-server/web/locale/${code}.json`), "utf8"));
      assert.ok(Object.keys(words).length > 500);
      for (const [key, id] of Object.entries(pairs)) assert.equal(mine[key], words[id], `${key} and ${id} in ${code}`);
    }
  },
  async "days that come have their date, what a clock far ahead wrote has none, in both languages"() {
    const now = new Date(2026, 10, 26, 9, 30).getTime(), hour = 3600000, at = (days, hours = 0) => now + (days * 24 + hours) * hour;
    const said = (code) => { const words = JSON.parse(readFileSync(join(here, `../../sync-server/web/locale/${code}.json`), "utf8")); return datesIn({ t: (key, args = {}) => words[key].replace(/\{(\w+)\}/g, (_, name) => args[name]), language: () => code, clock: () => now }); };
    const en = said("en"), es = said("es");
    assert.deepEqual(["2026-11-24", "2026-11-25", "2026-11-26", "2026-11-27", "2026-11-28", "2027-01-08", "soon"].map((day) => en.dateText(day)),
      ["Tuesday, November 24", "yesterday", "today", "tomorrow", "Saturday, November 28", "Friday, January 8, 2027", "soon"]);
    assert.deepEqual(["2026-11-26", "2026-11-27", "2026-12-04"].map((day) => es.dateText(day)), ["hoy", "mañana", "el viernes, 4 de diciembre"]);
    // A day ahead is a clock that differs; more is one that is wrong.
    assert.deepEqual([0, at(0), at(0, -0.5), at(0, -3), at(-1), at(-3), at(-30), at(1), at(1) + 1, -5].map((ms) => en.ago(ms)),
      ["never", "just now", "30 min ago", "today", "yesterday", "Monday", "October 27", "just now", "date unknown", "date unknown"]);
    assert.deepEqual([0, at(0), at(1), at(1) + 1, at(400)].map((ms) => en.dayName(ms)), ["date unknown", "today", "today", "date unknown", "date unknown"]);
    assert.deepEqual([at(-1), at(2)].map((ms) => es.moment(ms)), ["ayer, 9:30", "fecha desconocida"]);
  },
  async "whatever the server writes down of who did what has words in both languages"() {
    const sources = execFileSync("grep", ["-rhoE", 'audit\\([^,]+, *"[^"]+"', join(here, "../../sync-server"), "--include=*.cpp"]).toString();
    const keys = [...new Set([...sources.matchAll(/"([^"]+)"/g)].map((m) => "audit." + m[1].toLowerCase().replace(/[^a-z]+/g, "_")))];
    assert.ok(keys.length > 25);
    for (const code of ["en", "es"]) { const words = JSON.parse(readFileSync(join(here, `../../sync-server/web/locale/${code}.json`), "utf8")); assert.deepEqual(keys.filter((key) => !words[key]), [], code); }
  },
  async "whatever a class box's line meets has words in both languages"() {
    const source = readFileSync(join(here, "../../sync-server/service/hubs.cpp"), "utf8"), between = readFileSync(join(here, "../../shared/base/way.hpp"), "utf8");
    const words = [...source.slice(source.indexOf("line_word(")).split("\n}\n")[0].matchAll(/return "(\w+)"/g), ...between.match(/between_names = \{(.*)\}/)[1].matchAll(/"(\w+)"/g)].map((m) => "hub.line." + m[1]);
    assert.equal(words.length, 7);
    for (const code of ["en", "es"]) { const said = JSON.parse(readFileSync(join(here, `../../sync-server/web/locale/${code}.json`), "utf8")); assert.deepEqual(words.filter((key) => !said[key]), [], code); }
  },
  async "people read class box and never hub"() {
    for (const code of ["en", "es"]) {
      const words = readFileSync(join(here, `../../sync-server/web/locale/${code}.json`), "utf8");
      assert.deepEqual(Object.entries(JSON.parse(words)).filter(([, text]) => /\b(hubs?|nodos?)\b/i.test(JSON.stringify(text))).map(([key]) => key), [], code);
    }
  },
  async "whatever the server refuses with has a sentence of its own"() {
    const source = readFileSync(join(here, "../../shared/base/error.cpp"), "utf8"), names = [...source.slice(source.indexOf("kNames"), source.indexOf("static_assert")).matchAll(/"([a-z_]+)"/g)].map((m) => m[1]);
    assert.ok(names.length > 30);
    // Said by the app alone, which has its own words for them.
    const apps = ["wrong_pin", "card_unknown", "card_voided", "code_unknown", "code_used", "timeout", "identity_changed", "not_waymark", "not_an_image", "cancelled", "unknown_kind"];
    for (const code of ["en", "es"]) {
      const words = JSON.parse(readFileSync(join(here, `../../sync-server/web/locale/${code}.json`), "utf8"));
      const said = names.filter((name) => !apps.includes(name)).map((name) => [name, words["error." + name]]);
      assert.deepEqual(said.filter(([, text]) => !text).map(([name]) => name), []);
      assert.equal(new Set(said.filter(([name]) => !/not_granted|forbidden/.test(name)).map(([, text]) => JSON.stringify(text))).size, said.length - 2);
    }
  },
  async "a full disk, a server that is gone and a long text are told where the work stands, and nothing typed is lost"() {
    const page = await open({ path: "/students/" + ids.amira });
    let answer = null;
    await page.route("**/api/classes/*/observations", (route) => (answer === "gone" ? route.abort() : route.fulfill({ status: answer === "disk_full" ? 507 : 413, contentType: "application/json", body: JSON.stringify({ error: { code: answer, detail: "" } }) })));
    await page.getByRole("button", { name: "Write an observation" }).click();
    await page.getByLabel("What you saw").fill("Counted twice without being asked.");
    for (const [code, sentence] of [["disk_full", "The server’s disk is full"], ["too_large", "That is too long"], ["gone", "The server cannot be reached"]]) {
      answer = code;
      await page.getByRole("button", { name: "Keep it for Amira" }).click();
      await page.locator("dialog").getByText(sentence).waitFor();
      assert.equal(await page.getByLabel("What you saw").inputValue(), "Counted twice without being asked.");
    }
    await page.unroute("**/api/classes/*/observations");
    await page.getByRole("button", { name: "Keep it for Amira" }).click();
    await page.locator(".reviews").getByText("Counted twice without being asked.").waitFor();
    await page.context().close();
  },
  async "a wrong password is told kindly, then slowed down, never locked"() {
    const page = await open({ email: "" });
    await axeClean(page, "sign-in"); await shot(page, "sign-in");
    // The wait doubles with every wrong try, so that a slow machine comes to it too.
    for (let i = 0; i < 8 && !(i > 3 && /Wait /.test(await page.getByRole("alert").innerText())); i++) {
      await page.fill('input[type="email"]', "okafor@alder.example"); await page.fill('input[type="password"]', "wrong-one");
      await page.getByRole("button", { name: "Sign in" }).click();
      await page.getByRole("alert").waitFor();
      await page.waitForFunction(() => !document.querySelector("button[type=submit]").disabled);
    }
    const told = await page.getByRole("alert").innerText();
    assert.match(told, /Wait .* your account is not locked/);
    await page.waitForTimeout(Number(told.match(/Wait (\d+)/)?.[1] ?? 1) * 1000 + 200);
    await page.fill('input[type="password"]', "another-teacher"); await page.keyboard.press("Enter");
    await heading(page, "Period 5");
    await page.context().close();
  },
  async "the class page says who needs the teacher, and why"() {
    const page = await open();
    await heading(page, "Period 3, 7th grade");
    const rows = page.locator("table.needs tbody tr");
    assert.equal(await rows.count(), 7);
    assert.match(await rows.nth(0).innerText(), /Noor Siddiqui[\s\S]*Stuck: “I can’t find anybody/);
    await axeClean(page, "class"); await shot(page, "class-light");
    const fits = await page.evaluate(() => document.documentElement.scrollHeight);
    assert.ok(fits <= 910, `the class page is ${fits}px high at 1366 x 900`);
    await page.getByRole("button", { name: /^\d+ more$/ }).click();
    assert.ok((await rows.count()) >= 20);
    const quiet = await page.locator("tr", { hasText: "Jamal Price" }).innerText();
    assert.match(quiet, /Not heard from for \d+ days[\s\S]*says nothing about the work/);
    await rows.nth(0).getByRole("button", { name: "Help Noor" }).click();
    await axeClean(page, "help dialog"); await shot(page, "class-help");
    await page.getByRole("button", { name: "I’m coming to you." }).click();
    await page.getByRole("button", { name: "Send the answer" }).click();
    await page.waitForFunction(() => !document.querySelector("table.needs").innerText.includes("Stuck"));
    await rows.first().getByRole("button", { name: /Confirm it/ }).click();
    await page.waitForFunction(() => !document.querySelector("table.needs").innerText.includes("Shown in person"));
    await page.context().close();
  },
  async "what a class box or a stick brought is heard from, and days that come are told by their dates"() {
    const mendez = { email: "mendez@alder.example", password: "two-small-classes", path: "/students/" + ids.ada };
    const page = await open(mendez);
    await heading(page, "Ada Brook");
    assert.match(await page.locator(".title p").innerText(), /Heard from .*, on cart-04, by the class box; what waits there can’t be told yet\./);
    const far = new Intl.DateTimeFormat("en", { weekday: "long", day: "numeric", month: "long" }).format(Date.now() + 9 * 86400000);
    const goals = await page.locator("#goals").innerText();
    for (const words of ["by yesterday", "by tomorrow", "by " + far, "date unknown"]) assert.ok(goals.toLowerCase().includes(words.toLowerCase()), words + " in " + goals);
    await axeClean(page, "heard by a class box"); await shot(page, "heard-student");
    await page.goto(base + "/"); await page.getByLabel("Class", { exact: true }).selectOption({ label: "Period 4" }); await heading(page, "Period 4");
    const computers = await page.locator("#h-computers").locator("xpath=ancestor::section").innerText();
    assert.match(computers, /cart-04[\s\S]*by the class box[\s\S]*can’t tell yet/); assert.match(computers, /kitchen laptop[\s\S]*by a stick/);
    assert.match(await page.locator("table.needs").innerText(), /cart-04, by the class box/);
    await axeClean(page, "a class of which others bring"); await shot(page, "heard-class");
    await page.context().close();
    const dusk = await open({ ...mendez, dark: true, lang: "es-MX", width: 360, height: 740 });
    await dusk.getByText("por la caja de clase").waitFor(); await axeClean(dusk, "heard, dusk"); await shot(dusk, "heard-student-es-dusk", true);
    await dusk.context().close();
  },
  async "what changes is seen at once by who looks on, and neither what is being typed nor the place is lost"() {
    // Sooner than any page asks by itself (20 s), also where the machine is slow.
    const soon = { timeout: 8000 };
    const looks = await open({ path: "/students/" + ids.amira }), acts = await open({ path: "/students/" + ids.amira });
    await looks.waitForSelector("main h1"); await looks.waitForFunction(() => !document.querySelector(".loading"));
    await looks.getByRole("button", { name: "Write an observation" }).click();
    await looks.getByLabel("What you saw").fill("Half a sentence");
    const place = await looks.evaluate(() => { window.scrollTo(0, 200); return window.scrollY; });
    assert.ok(place > 100);
    await acts.getByRole("button", { name: "Write an observation" }).click();
    await acts.getByLabel("What you saw").fill("Seen from the other desk.");
    await acts.getByRole("button", { name: "Keep it for Amira" }).click();
    const begun = Date.now();
    await looks.getByText("Seen from the other desk.").waitFor({ ...soon, state: "attached" });
    console.log(`      an observation was on the other page after ${Date.now() - begun} ms`);
    assert.equal(await looks.getByLabel("What you saw").inputValue(), "Half a sentence");
    assert.equal(await looks.evaluate(() => document.activeElement.tagName), "TEXTAREA");
    assert.equal(await looks.evaluate(() => window.scrollY), place);
    // The class page, with a choice half made; and a page that nobody saw meanwhile.
    await looks.goto(base + "/?class=" + ids.class_id); await heading(looks, "Period 3, 7th grade");
    const steps = await looks.locator(".stops li b").allInnerTexts();
    const today = await looks.locator(".title b").innerText(), other = steps.find((step) => step !== today);
    await looks.getByRole("button", { name: /^\d+ more$/ }).click();
    const rows = await looks.locator("table.needs tbody tr").count();
    await acts.goto(base + "/?class=" + ids.class_id); await heading(acts, "Period 3, 7th grade");
    for (const step of [other, today]) {
      await acts.locator(".title button.link").click();
      await acts.locator("dialog select").last().selectOption({ label: `${steps.indexOf(step) + 1}. ${step}` });
      await acts.locator("dialog button[type=submit]").click();
      await looks.locator(".title b", { hasText: step }).waitFor(soon);
    }
    assert.equal(await looks.locator("table.needs tbody tr").count(), rows);
    await looks.context().close(); await acts.context().close();
  },
  async "the curtain and Show to class have no name in the document"() {
    const page = await open();
    await heading(page, "Period 3, 7th grade");
    await page.keyboard.press("Escape"); await page.keyboard.press("Escape");
    await page.getByRole("button", { name: /Open/ }).waitFor();
    const names = ["Amira", "Noor", "Jamal", "Haddad"];
    for (const name of names) assert.ok(!(await page.content()).includes(name), name + " is behind the curtain");
    await shot(page, "curtain"); await axeClean(page, "curtain");
    await page.reload(); await page.getByRole("button", { name: /Open/ }).waitFor();
    // The page listens to keys a moment after it is drawn.
    for (let i = 0; i < 20 && await page.getByRole("button", { name: /Open/ }).isVisible(); i++) { await page.keyboard.press("Escape"); await page.waitForTimeout(250); }
    await heading(page, "Period 3, 7th grade");
    await page.getByRole("button", { name: "Show to class" }).click();
    await page.getByText("What good looks like").waitFor();
    for (const name of names) assert.ok(!(await page.content()).includes(name), name + " is shown to the class");
    await axeClean(page, "show"); await shot(page, "show");
    await page.keyboard.press("Escape"); await heading(page, "Period 3, 7th grade");
    await page.context().close();
  },
  async "work is answered with keys, held, read over, taken back and sent together"() {
    const page = await open({ path: "/answer" });
    await page.getByRole("button", { name: /go on/ }).waitFor();
    await axeClean(page, "answer without a rubric"); await shot(page, "answer-no-rubric");
    // The first ten are steps without a rubric: Enter alone.
    for (let i = 0; i < 10; i++) { await page.keyboard.press("Enter"); await page.getByText(i === 0 ? "One reply is held." : `${i + 1} replies are held.`).waitFor(); }
    await page.locator(".lv").first().waitFor();
    await page.getByText("Because, in Amira’s words").waitFor();
    await shot(page, "answer-light"); await axeClean(page, "answer");
    assert.equal(await page.locator(".lv input:checked").count(), 1);
    assert.ok((await page.inputValue("#glow")).length > 10, "a glow stands there already");
    await page.keyboard.press("g");
    const glow = await page.inputValue("#glow");
    await page.keyboard.press("Enter");
    await page.getByText("11 replies are held.").waitFor();
    // Another level asks for a next step: 2, N, Enter.
    await page.keyboard.press("2");
    await page.getByRole("button", { name: /Answer as Getting there, go on/ }).waitFor();
    await page.keyboard.press("Enter");
    await page.getByText("the student needs a next step").waitFor();
    await page.locator("h2").first().focus();
    await page.keyboard.press("n"); await page.keyboard.press("Enter");
    await page.getByText("12 replies are held.").waitFor();
    // Typing in a field is typing.
    await page.locator("#glow").fill(""); await page.locator("#glow").pressSequentially("aux 123"); assert.equal(await page.inputValue("#glow"), "aux 123");
    await page.keyboard.press("Control+Enter");
    await page.getByText("13 replies are held.").waitFor();
    await page.keyboard.press("u");
    await page.getByText("12 replies are held.").waitFor();
    assert.equal(await page.inputValue("#glow"), "aux 123");
    await page.reload(); await page.getByText("12 replies are held.").waitFor();
    await page.getByRole("button", { name: "Read them over" }).click();
    await page.getByRole("heading", { name: "12 held replies" }).waitFor();
    assert.ok((await page.locator("dialog").innerText()).includes(glow));
    await axeClean(page, "held replies"); await shot(page, "answer-held");
    await page.locator("dialog").getByRole("button", { name: "Send 12 replies" }).click();
    await page.getByText("12 replies are sent.").first().waitFor();
    await page.getByText("No reply is held yet.").waitFor();
    await page.context().close();
  },
  async "on a low screen the answer's decision stays in sight, and nothing of the class page is cut off"() {
    for (const [width, height] of [[1280, 720], [1366, 768]]) {
      const page = await open({ width, height, path: "/answer", email: "rivera@alder.example" });
      await page.waitForSelector("main h2");
      if (await page.locator(".decide").count()) {
        const box = await page.locator(".decide .b.p").boundingBox(), hold = await page.locator(".hold").boundingBox();
        assert.ok(box.y + box.height <= hold.y + 1, `the button ends at ${box.y + box.height}, the bar begins at ${hold.y}`);
      }
      await page.goto(base + "/"); await heading(page, "Period 3, 7th grade");
      const cut = await page.evaluate(() => [...document.querySelectorAll(".needs .why span, .needs th a, .comp th, .stops b, .nav a, .b")].filter((e) => e.scrollWidth > e.clientWidth + 1 && getComputedStyle(e).overflow === "hidden").map((e) => e.innerText));
      assert.deepEqual(cut, []);
      await page.context().close();
    }
  },
  async "a sent answer is corrected on the student's page, and the one before stays to be read"() {
    const page = await open({ path: "/students/" + ids.amira });
    const first = page.locator(".reviews > li", { hasText: "Watch" }).first();
    await first.getByRole("button", { name: /Correct/ }).click();
    const dialog = page.locator("dialog");
    assert.ok(await dialog.getByRole("button", { name: "Send the correction" }).isDisabled(), "nothing is changed yet");
    await dialog.getByLabel("Glow").fill("You watched at two different times.");
    await dialog.getByRole("radio", { name: "Another look" }).check({ force: true });
    await dialog.getByLabel("Next step").fill("");
    await dialog.getByRole("button", { name: "Send the correction" }).click();
    await dialog.getByText("needs a next step, so that Amira knows what to do").waitFor();
    await dialog.getByLabel("Next step").fill("Ask one person who did not turn back.");
    await axeClean(page, "correcting"); await shot(page, "student-correct");
    await dialog.getByRole("button", { name: "Send the correction" }).click();
    await page.getByText("Amira reads it at the next sync.").waitFor();
    await first.getByText("You watched at two different times.").waitFor();
    assert.match(await first.innerText(), /Another look · corrected/);
    await first.getByText("The answer before").click();
    assert.match(await first.locator(".before").innerText(), /Ready/);
    await axeClean(page, "corrected"); await shot(page, "student-corrected", true);
    await page.context().close();
  },
  async "an abusive text is hidden from every page, who hid it is told, and it comes back"() {
    const page = await open({ path: "/answer" });
    const words = () => page.locator(".work .voice").first();
    await page.locator("main h2").first().waitFor();
    while (!(await words().count())) await page.keyboard.press("j");
    const text = await words().innerText(), student = await page.locator("main h2").first().innerText();
    await page.locator(".work").getByRole("button", { name: /^Hide this/ }).first().click();
    await page.getByText(/It is hidden\./).waitFor();
    await page.locator(".work").getByText(/^Hidden by Elena Rivera, today\./).waitFor();
    assert.ok(!(await page.locator(".work").innerText()).includes(text));
    await axeClean(page, "a hidden text"); await shot(page, "hidden-answer");
    await page.goto(base + "/students?class=" + ids.class_id);
    await page.getByRole("link", { name: student }).click(); await heading(page, student);
    assert.ok(!(await page.content()).includes(text));
    await page.getByRole("button", { name: "One text is hidden" }).click();
    const dialog = page.locator("dialog");
    await dialog.getByText("A piece of work").waitFor();
    assert.ok(!(await dialog.innerText()).includes(text), "its words are shown before anybody asks");
    await dialog.getByRole("button", { name: "Read it" }).click(); await dialog.getByText(text).waitFor();
    await axeClean(page, "what is hidden"); await shot(page, "hidden-texts");
    for (const [name, options] of [["360", { width: 360, height: 740 }], ["dusk", { dark: true }], ["es", { lang: "es-MX" }]]) {
      const one = await open({ ...options, path: page.url().slice(base.length) });
      await one.locator(".title .acts button").first().click(); await one.locator("dialog .reviews .b").first().click();
      await one.locator("dialog .quote").waitFor(); await axeClean(one, "what is hidden " + name); await shot(one, name + "-hidden-texts");
      await one.goto(base + "/answer?class=" + ids.class_id); await one.locator("main h2").first().waitFor();
      while (!(await one.locator(".hidden-line").count())) await one.keyboard.press("j");
      await axeClean(one, "a hidden text " + name); await shot(one, name + "-hidden-answer", true);
      await one.context().close();
    }
    await dialog.getByRole("button", { name: "Show it again" }).click(); await dialog.getByText("Nothing is hidden now.").waitFor();
    await dialog.getByRole("button", { name: "Close" }).click();
    await page.goto(base + "/answer?class=" + ids.class_id); await page.locator("main h2").first().waitFor();
    while (!(await words().count())) await page.keyboard.press("j");
    assert.equal(await words().innerText(), text);
    await page.context().close();
  },
  async "growth stands standard by standard, as strips and as a table"() {
    const page = await open({ path: "/students/" + ids.amira });
    const strips = page.locator(".strips > li:not(.months)");
    await strips.first().waitFor();
    assert.equal(await strips.count(), 3);
    assert.match(await page.locator(".strips svg[role=img]").first().getAttribute("aria-label"), /: 2 pieces of evidence$/);
    assert.match(await strips.first().innerText(), /Rests on 2 kinds of evidence\. Latest answer: .*, today\./);
    const inside = await page.evaluate(() => [...document.querySelectorAll(".strip svg[role=img]")].every((strip) => { const box = strip.getBoundingClientRect(); return [...strip.querySelectorAll("svg")].every((sign) => { const at = sign.getBoundingClientRect(); return at.left >= box.left - 8 && at.right <= box.right + 8; }); }));
    assert.ok(inside, "a sign lies outside of its strip");
    await page.getByRole("button", { name: "As a table" }).click();
    assert.equal(await page.locator(".points tbody tr").count(), 6);
    await axeClean(page, "growth as a table"); await shot(page, "growth-table", true);
    await page.context().close();
  },
  async "an observation of two students stands on their pages"() {
    const page = await open({ path: "/students" });
    await page.getByRole("button", { name: "Write an observation" }).click();
    await page.getByRole("checkbox", { name: "Amira" }).check({ force: true }); await page.getByRole("checkbox", { name: "Andre" }).check({ force: true });
    await page.getByLabel("Standard").selectOption("COM.2");
    assert.equal(await page.locator("optgroup").first().getAttribute("label"), "In this class’s pathways");
    await page.getByLabel("What you saw").fill("Asked each other before asking me.");
    await axeClean(page, "observation"); await shot(page, "observation");
    await page.getByRole("button", { name: "Keep it for 2 students" }).click();
    await page.getByRole("link", { name: "Amira Haddad" }).click();
    await page.getByText("Asked each other before asking me.").waitFor();
    assert.match(await page.locator("section", { hasText: "Observations" }).last().innerText(), /COM\.2/);
    await page.getByText("If it rains, then I use Friday’s tally").waitFor();
    await page.getByRole("radio", { name: "See an example" }).check({ force: true });
    await page.getByText("All three forms stay open.").waitFor();
    await axeClean(page, "student"); await shot(page, "student-light", true);
    await page.context().close();
  },
  async "names are pasted, looked over, put right, and only then written; cards print"() {
    const page = await open({ path: "/set-up/new" });
    await page.getByLabel("Name of the class").fill("Period 6");
    await page.getByLabel("Names", { exact: true }).fill("Last name, First name\nMüller, Zoë\nLudwig van Beethoven\n\nZoë Müller\nAmira Haddad\n12345");
    await page.getByRole("button", { name: "Look them over" }).click();
    await page.getByText("2 new · one known already · one twice · one empty line · one not read").waitFor();
    assert.equal(await page.getByLabel("Family name, line 3").inputValue(), "van Beethoven");
    await page.getByText("your student in another class").waitFor();
    await axeClean(page, "names"); await shot(page, "names");
    await page.getByLabel("First name, line 7").fill("Kim");
    await page.getByRole("button", { name: "Make the class with 4 students" }).click();
    await page.locator(".jc").nth(3).waitFor();
    assert.match(await page.locator(".jc .code").first().innerText(), /^[0-9A-Z]{4}-[0-9A-Z]{4}$/);
    await axeClean(page, "cards"); await shot(page, "cards");
    // Printed: one sheet of each paper, and every square read back as the code beside it.
    for (const [paper, size] of [["Letter", [612, 792]], ["A4", [595, 842]]]) {
      await page.getByText(paper, { exact: true }).click();
      const pdf = await page.pdf({ preferCSSPageSize: true, format: paper, ...(pictures ? { path: join(pictures, `cards-${paper}.pdf`) } : {}) });
      const boxes = [...pdf.toString("latin1").matchAll(/\/MediaBox\s*\[0 0 ([\d.]+) ([\d.]+)\]/g)].map((m) => [Math.floor(Number(m[1])), Math.floor(Number(m[2]))]);
      assert.deepEqual(boxes, [size], "sheets of " + paper);
    }
    await page.emulateMedia({ media: "print" });
    const cards = join(folder, "cards.png");
    await page.locator(".sheet").first().screenshot({ path: cards });
    await page.emulateMedia({ media: "screen" });
    const squares = execFileSync("zbarimg", ["--quiet", "--raw", "-Sdisable", "-Sqrcode.enable", cards], { stdio: ["ignore", "pipe", "ignore"] }).toString().trim().split("\n").sort();
    assert.deepEqual(squares, (await page.locator(".jc .code").allInnerTexts()).sort());
    await page.goto(base + "/set-up");
    await heading(page, "Set-up"); await page.getByRole("heading", { name: "Period 6" }).waitFor();
    await page.getByText("4 students").waitFor();
    const row = page.locator("tr", { hasText: "Kim" }), before = await row.locator("code").innerText();
    await row.getByRole("button", { name: /New card/ }).click();
    await page.getByRole("button", { name: "Void and make a new one" }).click();
    await page.waitForFunction((old) => !document.body.innerText.includes(old), before);
    await page.getByLabel("Name of the computer").fill("lab-31"); await page.getByRole("button", { name: "Make a code" }).click();
    assert.match(await page.locator(".codes .code").innerText(), /^([0-9A-Z]{4}-){3}[0-9A-Z]{4}$/);
    await axeClean(page, "set-up"); await shot(page, "set-up", true);
    await page.context().close();
  },
  async "pasted names of students who are known, who left and who share a name come back as who they were"() {
    const mendez = { email: "mendez@alder.example", password: "two-small-classes" };
    const page = await open({ ...mendez, path: "/set-up" });
    const code = async (name) => { const row = page.locator("table.roster tr", { hasText: name }); await row.waitFor(); return row.locator("code").innerText(); };
    await page.getByRole("heading", { name: "Period 1" }).waitFor();
    const noa = await code("Noa"), samOf1 = await code("Sam");
    await page.getByLabel("Class", { exact: true }).selectOption({ label: "Period 2" });
    await page.getByRole("heading", { name: "Period 2" }).waitFor();
    const samOf2 = await code("Sam");
    await page.goto(base + "/set-up/new");
    await page.getByLabel("Name of the class").fill("Period 8");
    await page.getByLabel("Names", { exact: true }).fill("Noa Lind\nIvy Stone\nSam Ortega\nNew Person");
    await page.getByRole("button", { name: "Look them over" }).click();
    const line = (n) => page.locator(".preview tbody tr").nth(n - 1);
    await line(1).getByText("your student in another class").waitFor();
    await line(2).getByText("your student before; comes back with all their work").waitFor();
    const which = page.getByLabel("Line 3: which student is this?");
    assert.deepEqual(await which.locator("option").allInnerTexts(), ["more than one student has this name: which?", "the one in Period 1", "the one in Period 2", "somebody new"]);
    await page.getByText("one new · 3 known already").waitFor();
    // Nobody is guessed: the line is not taken before somebody chose, and cannot be.
    assert.equal(await line(3).getByRole("checkbox").isChecked(), false);
    assert.ok(await line(3).getByRole("checkbox").isDisabled());
    await page.getByLabel("First name, line 3").fill("Sam"); assert.equal(await line(3).getByRole("checkbox").isChecked(), false);
    await page.getByRole("button", { name: "Make the class with 3 students" }).waitFor();
    await axeClean(page, "names of who is known"); await shot(page, "names-known");
    await which.selectOption({ label: "the one in Period 2" });
    assert.equal(await line(3).getByRole("checkbox").isChecked(), true);
    for (const [name, options] of [["360", { width: 360, height: 740 }], ["dusk", { dark: true }], ["es", { lang: "es-MX" }]]) {
      const one = await open({ ...mendez, ...options, path: "/set-up/new" });
      await one.locator(".names input").first().fill("Period 9"); await one.locator("#names").fill("Noa Lind\nIvy Stone\nSam Ortega");
      await one.locator(".names button[type=submit]").click(); await one.locator(".preview select").waitFor();
      await axeClean(one, "names of who is known " + name); await shot(one, name + "-names-known", name !== "dusk");
      await one.context().close();
    }
    await page.getByRole("button", { name: "Make the class with 4 students" }).click();
    await page.locator(".jc").nth(3).waitFor();
    const cards = Object.fromEntries(await page.locator(".jc").evaluateAll((all) => all.map((card) => [card.querySelector("h2").innerText.trim(), card.querySelector(".code").innerText])));
    assert.deepEqual([cards.Noa, cards.Sam], [noa, samOf2]);
    assert.notEqual(samOf1, samOf2);
    assert.ok(cards.Ivy && cards.New);
    await page.context().close();
  },
  async "a teacher adds a colleague and leaves; the only one stays; an administrator does so in every class"() {
    const page = await open({ email: "mendez@alder.example", password: "two-small-classes", path: "/set-up" });
    await page.getByRole("heading", { name: "Period 1" }).waitFor();
    const card = page.locator("section", { has: page.getByRole("heading", { name: "Who teaches this class" }) });
    await card.getByText("You are the only one. To leave the class, add a colleague first.").waitFor();
    assert.equal(await card.getByRole("button", { name: "Leave the class" }).count(), 0);
    await card.getByLabel("Colleague").selectOption({ label: "Daniel Okafor (okafor@alder.example)" });
    await card.getByRole("button", { name: "Add to the class" }).click();
    await page.getByText("Daniel Okafor teaches this class too.").waitFor();
    await card.locator("li", { hasText: "Daniel Okafor" }).waitFor();
    assert.equal(await card.getByRole("button", { name: /^Take out/ }).count(), 0, "a teacher takes no colleague out");
    await axeClean(page, "who teaches"); await shot(page, "people-teachers", true);
    await card.getByRole("button", { name: "Leave the class" }).click();
    await axeClean(page, "leaving a class"); await shot(page, "people-leave");
    await page.locator("dialog").getByRole("button", { name: "Leave the class" }).click();
    await page.getByText("You no longer teach Period 1.").waitFor();
    await page.getByRole("heading", { name: "Period 2" }).waitFor();
    // The server's word where the page's is old: nobody else is left meanwhile.
    const status = (path, method) => page.evaluate(async ([at, how]) => { const { csrf } = await (await fetch("/api/session")).json(); return (await fetch(at, { method: how, headers: { "x-waymark-csrf": csrf } })).status; }, [path, method]);
    const own = await page.evaluate(async () => (await (await fetch("/api/session")).json()).classes.find((c) => c.title === "Period 2").id);
    const me = await page.evaluate(async (id) => (await (await fetch(`/api/classes/${id}/people`)).json()).teachers[0].id, own);
    assert.equal(await status(`/api/classes/${own}/teachers/${me}`, "DELETE"), 409);
    assert.equal(await status("/api/school/classes", "GET"), 403);
    await page.context().close();

    const admin = { email: "head@alder.example", password: "head-of-school" };
    const head = await open({ ...admin, path: "/set-up" });
    await head.getByRole("link", { name: "Look at them" }).click(); await heading(head, "Classes of the school");
    assert.match(await head.locator("li", { hasText: "Period 1" }).innerText(), /Daniel Okafor[\s\S]*2 students/);
    await axeClean(head, "classes of the school"); await shot(head, "people-classes");
    await head.getByRole("link", { name: "Period 1" }).click(); await heading(head, "Period 1");
    const teachers = head.locator("section", { has: head.getByRole("heading", { name: "Who teaches this class" }) });
    await teachers.getByRole("button", { name: "Take out Daniel Okafor" }).click();
    await head.locator("dialog").getByText("Nobody else teaches this class.").waitFor();
    await head.locator("dialog").getByRole("button", { name: "Take out of the class" }).click();
    await teachers.getByText("Nobody teaches this class now.").waitFor();
    await axeClean(head, "a class without a teacher"); await shot(head, "people-class", true);
    await teachers.getByLabel("Colleague").selectOption({ label: "Inés Mendez (mendez@alder.example)" });
    await teachers.getByRole("button", { name: "Add to the class" }).click();
    await teachers.locator("li", { hasText: "Inés Mendez" }).waitFor();
    // A student, found by name, brought in and taken out.
    await head.getByRole("button", { name: "Bring a student in" }).click();
    const dialog = head.locator("dialog");
    await dialog.getByLabel("Find a student").fill("zz"); await dialog.getByText("Nobody of that name.").waitFor();
    await dialog.getByLabel("Find a student").fill("sam o");
    await dialog.getByText("in Period 2").waitFor();
    assert.equal(await dialog.locator("li").count(), 1, "who is in the class is not offered");
    await axeClean(head, "bringing a student in"); await shot(head, "people-bring");
    await dialog.getByRole("button", { name: "Bring in Sam" }).click();
    await head.getByText("Sam Ortega is in the class, with all their work.").waitFor();
    await head.locator("main li", { hasText: "Sam Ortega" }).nth(1).waitFor();
    await head.getByRole("button", { name: "Take out Noa Lind" }).click();
    await head.locator("dialog").getByRole("button", { name: "Take out of the class" }).click();
    await head.getByText("Noa Lind has left the class.").waitFor();
    await head.locator("main li", { hasText: "Noa Lind" }).waitFor({ state: "detached" });
    const path = head.url().slice(base.length);
    await head.context().close();
    for (const [name, options] of [["360", { width: 360, height: 740 }], ["320", { width: 320, height: 640 }], ["dusk", { dark: true }], ["es", { lang: "es-MX" }]]) {
      const one = await open({ ...admin, ...options, path: "/classes" });
      await one.locator(".lines li").first().waitFor(); await axeClean(one, "/classes " + name); await shot(one, name + "-people-classes", name !== "dusk");
      await one.goto(base + path); await one.locator("#h-in").waitFor(); await axeClean(one, "/classes/one " + name); await shot(one, name + "-people-class", name !== "dusk");
      await one.locator("section:has(#h-in) header .b").click(); await one.locator("dialog input").fill("a"); await one.locator("dialog li").first().waitFor();
      await axeClean(one, "bringing a student in " + name); await shot(one, name + "-people-bring");
      await one.context().close();
    }
    const teacher = await open({ path: "/set-up?class=" + ids.class_id });
    await teacher.getByRole("heading", { name: "Who teaches this class" }).waitFor();
    assert.equal(await teacher.getByText("Classes of the school").count(), 0);
    await teacher.context().close();
  },
  async "what two teachers wrote without seeing each other is shown whole, chosen, kept both and taken back"() {
    const mendez = { email: "mendez@alder.example", password: "two-small-classes" };
    const page = await open(mendez);
    const classes = await page.evaluate(async () => (await (await fetch("/api/session")).json()).classes), period4 = classes.find((c) => c.title === "Period 4").id;
    await page.goto(base + "/?class=" + period4); await heading(page, "Period 4");
    await page.getByText("One has several answers to choose from.").waitFor();
    const box = page.locator(".versions");
    await box.getByText("More than one step was set for today.").waitFor();
    assert.match(await box.locator("li").nth(0).innerText(), /Tomás Vidal[\s\S]*at school · today, \d+:\d\d|Tomás Vidal/);
    await axeClean(page, "two steps for today"); await shot(page, "versions-today", true);
    // The answer: nothing is sent by Enter before one was chosen, and both are there whole.
    await page.goto(base + "/answer?class=" + period4); await box.first().waitFor();
    assert.deepEqual(await box.locator("li b").allInnerTexts(), ["Tomás Vidal", "Inés Mendez"]);
    const [first, second] = await box.locator("li").allInnerTexts();
    assert.match(first, /Another look[\s\S]*Your tally is easy to read\.[\s\S]*Watch once more, with a friend\./);
    assert.match(second, /Ready[\s\S]*You watched at two different times\./); assert.ok(!second.includes("with a friend"));
    assert.equal(await page.inputValue("#next"), "Watch once more, with a friend.");
    await page.keyboard.press("Enter");
    await page.getByText("This has more than one answer. Choose one, or keep both, before you go on.").waitFor();
    await page.getByText("No reply is held yet.").waitFor();
    await axeClean(page, "two answers"); await shot(page, "versions-answer", true);
    await box.getByRole("button", { name: "Use this one Inés Mendez" }).click();
    await box.getByText("This one is used.").waitFor();
    await page.getByText("One reply is held.").waitFor();
    assert.equal(await page.inputValue("#glow"), "You watched at two different times."); assert.equal(await page.inputValue("#next"), "");
    await axeClean(page, "one chosen"); await shot(page, "versions-chosen", true);
    await box.getByRole("button", { name: "Use this one instead Tomás Vidal" }).click();
    await page.waitForFunction(() => document.querySelector("#next").value === "Watch once more, with a friend.");
    await box.getByRole("button", { name: "Keep both" }).click();
    await page.waitForFunction(() => document.querySelector("#glow").value === "You watched at two different times.\n\nYour tally is easy to read.");
    await page.getByText("No reply is held yet.").waitFor();
    await page.locator("#glow").fill("You watched twice, and your tally is easy to read.");
    await page.keyboard.press("Control+Enter"); await page.getByText("One reply is held.").waitFor();
    await page.reload(); await page.getByText("One reply is held.").waitFor(); assert.equal(await box.count(), 0);
    // What opens first.
    const people = await page.evaluate(async (id) => (await (await fetch(`/api/classes/${id}/people`)).json()).students, period4);
    const [ada, ben] = ["Ada Brook", "Ben Ito"].map((name) => people.find((p) => p.name === name).id);
    await page.goto(`${base}/students/${ada}?class=${period4}`); await heading(page, "Ada Brook");
    await box.getByText("More than one choice was made of what opens first.").waitFor();
    await axeClean(page, "two forms"); await shot(page, "versions-support", true);
    await box.getByRole("button", { name: "Use this one Inés Mendez" }).click();
    await box.getByText("This one is used.").waitFor();
    // A reply that was not sent, beside the one that was.
    for (const [name, options] of [["360", { width: 360, height: 740 }], ["dusk", { dark: true }], ["es", { lang: "es-MX" }]]) {
      const one = await open({ ...mendez, ...options, path: `/students/${ben}?class=${period4}` });
      await one.locator(".versions").waitFor(); await axeClean(one, "an unsent reply " + name); await shot(one, name + "-versions-unsent", true);
      await one.goto(base + "/?class=" + period4); await one.locator(".versions").waitFor(); await axeClean(one, "two steps for today " + name); await shot(one, name + "-versions-today", name !== "dusk");
      await one.context().close();
    }
    await page.goto(`${base}/students/${ben}?class=${period4}`); await heading(page, "Ben Ito");
    await box.getByText("There is another answer for").waitFor();
    assert.match(await box.innerText(), /Tomás Vidal[\s\S]*You drew the door well\./); assert.ok(!(await box.innerText()).includes("You waited for the quiet ones."));
    await axeClean(page, "an unsent reply"); await shot(page, "versions-unsent", true);
    await box.getByRole("button", { name: "Leave it unsent" }).click(); await box.getByText("Left unsent. It can still be sent").waitFor();
    await box.getByRole("button", { name: /Send it as a correction/ }).click();
    const dialog = page.locator("dialog");
    assert.equal(await dialog.getByLabel("Glow").inputValue(), "You drew the door well."); assert.equal(await dialog.getByLabel("Next step").inputValue(), "Ask one person why.");
    await dialog.getByRole("button", { name: "Send the correction" }).click();
    await page.locator(".reviews").getByText("You drew the door well.").waitFor();
    await box.waitFor({ state: "detached" });
    // Today's step, chosen at last.
    await page.goto(base + "/?class=" + period4); await box.waitFor();
    await box.getByRole("button", { name: "Use this one Inés Mendez" }).click(); await box.getByText("This one is used.").waitFor();
    await page.reload(); await heading(page, "Period 4"); await page.getByText("Today:").waitFor(); assert.equal(await box.count(), 0);
    await page.context().close();
  },
  async "an administrator sees what each class box holds for the school, and removes one"() {
    const admin = { email: "head@alder.example", password: "head-of-school", path: "/set-up" };
    for (const [name, options] of [["360", { width: 360, height: 740 }], ["320", { width: 320, height: 640 }], ["dusk", { dark: true }], ["es", { lang: "es-MX" }]]) {
      const one = await open({ ...admin, ...options });
      // As after a year in which its classes grew to more than it carries.
      await one.route("**/api/hubs", async (route) => {
        const response = await route.fetch(), body = await response.json();
        assert.deepEqual(body.hubs.map((hub) => hub.left_out), [0, 0]);
        await route.fulfill({ response, json: { ...body, hubs: body.hubs.map((hub) => ({ ...hub, left_out: hub.name === "Library" ? 4 : 0 })) } });
      });
      await one.reload();
      const rows = one.locator(".boxes tbody tr");
      await rows.filter({ hasText: name === "es" ? "4 estudiantes de sus clases ya no caben en ella" : "4 students of its classes are too many for it" }).filter({ hasText: "Library" }).waitFor();
      assert.doesNotMatch(await rows.filter({ hasText: "North room" }).innerText(), /too many|no cabe/);
      await axeClean(one, "class boxes " + name); await shot(one, name + "-boxes", true);
      await one.context().close();
    }
    const page = await open(admin);
    const card = page.locator("section", { has: page.getByRole("heading", { name: "Class boxes" }) });
    assert.doesNotMatch(await card.innerText(), /too many/);
    assert.match(await card.locator("tr", { hasText: "North room" }).innerText(), /Period 3, 7th grade[\s\S]*12 changes, as it last said/);
    assert.match(await card.locator("tr", { hasText: "Library" }).innerText(), /never[\s\S]*start it with its file/);
    await card.getByRole("button", { name: "Remove North room" }).click();
    await page.locator("dialog").getByText("It last said that it holds 12 changes: keep its disk until they are at school.").waitFor();
    await axeClean(page, "removing a class box"); await shot(page, "boxes-remove");
    await page.locator("dialog").getByRole("button", { name: "Remove this class box" }).click();
    await page.getByText("North room is removed.").waitFor();
    await card.locator("tr", { hasText: "North room" }).waitFor({ state: "detached" });
    await page.context().close();
    const teacher = await open({ path: "/set-up" });
    await heading(teacher, "Set-up"); assert.equal(await teacher.getByText("Class boxes").count(), 0);
    await teacher.context().close();
  },
  async "a teacher chooses the files of a stick, reads what came, and the answers go back onto it"() {
    const stick = join(folder, "school-stick"), named = (part) => readdirSync(stick).filter((file) => file.endsWith(".to-school") && part(file)).map((file) => join(stick, file));
    const whole = named((file) => /^[0-9a-f]{32}/.test(file)), mendez = { email: "mendez@alder.example", password: "two-small-classes", path: "/set-up" };
    assert.equal(whole.length, 2);
    const page = await open(mendez), card = page.locator("section", { has: page.getByRole("heading", { name: "Work on a stick" }) }), row = (name) => card.locator("li", { hasText: name }).first();
    await card.locator("input[type=file]").setInputFiles([...whole, ...named((file) => file.startsWith("torn")), ...named((file) => file.startsWith("homework"))]);
    await page.getByText("The work of 2 students was read.").waitFor();
    assert.match(await row("Noa Lind").innerText(), /One change\./);
    assert.match(await row("Sam Ortega").innerText(), /3 changes\./);
    assert.match(await card.locator("li", { hasText: "homework.to-school" }).innerText(), /is damaged, or is no work from a stick/);
    // A part of what was read already: known, and said to be without its end.
    assert.match(await card.locator("li", { hasText: "The end of the file is missing" }).innerText(), /were here already/);
    await axeClean(page, "a stick that was read"); await shot(page, "sticks", true);
    const [download] = await Promise.all([page.waitForEvent("download"), row("Noa Lind").getByRole("button", { name: "Save the answer Noa Lind" }).click()]);
    assert.ok(whole.some((file) => file.endsWith(download.suggestedFilename().replace(".from-school", ".to-school"))));
    assert.equal(readFileSync(await download.path()).subarray(0, 17).toString(), "waymark bundle 1\n");
    // Where the browser writes into folders, all at once; here into one of its own.
    await page.evaluate(async () => { const root = await navigator.storage.getDirectory(); await root.getDirectoryHandle("WAYMARK", { create: true }); window.showDirectoryPicker = async () => root; });
    await card.getByRole("button", { name: "Save 3 answers on the stick" }).click(); await page.getByText("3 answers are on the stick.").waitFor();
    const saved = await page.evaluate(async () => { const names = [], folder = await (await navigator.storage.getDirectory()).getDirectoryHandle("WAYMARK"); for await (const [name, file] of folder.entries()) names.push([name, (await file.getFile()).size]); return names; });
    assert.equal(saved.length, 2); assert.ok(saved.every(([name, size]) => /^[0-9a-f]{32}\.from-school$/.test(name) && size > 100));
    // A file that is larger than any is not sent; a server that is gone is told, and what was read stays told.
    const sent = []; page.on("request", (r) => r.url().includes("/api/sticks") && sent.push(r.url()));
    const large = join(folder, "large.to-school"); writeFileSync(large, Buffer.alloc(67108865));
    await card.locator("input[type=file]").setInputFiles(large); await card.getByText("This file is larger than any that Waymark writes.").waitFor(); assert.equal(sent.length, 0);
    await page.route("**/api/sticks**", (route) => route.abort());
    await card.locator("input[type=file]").setInputFiles(whole); await card.getByText("The server cannot be reached").waitFor();
    await page.context().close();
    for (const [name, options] of [["360", { width: 360, height: 740 }], ["dusk", { dark: true }], ["es", { lang: "es-MX" }]]) {
      const one = await open({ ...mendez, ...options });
      await one.locator("#h-sticks").waitFor(); await one.locator("#h-sticks").locator("xpath=ancestor::section").locator("input[type=file]").setInputFiles([...whole, ...named((file) => file.startsWith("homework"))]);
      await one.locator(".erasable").getByText("homework.to-school").waitFor(); await axeClean(one, "sticks " + name); await shot(one, "sticks-" + name, true);
      await one.context().close();
    }
  },
  async "a class's file for computers without a network is one click, and has a place for each student with a card"() {
    const page = await open({ path: "/set-up?class=" + ids.class_id });
    const link = page.getByRole("link", { name: "File for no network" });
    await link.waitFor();
    const students = Number((await page.getByText(/^\d+ students$/).first().innerText()).split(" ")[0]);
    const [download] = await Promise.all([page.waitForEvent("download", { timeout: 60000 }), link.click()]);
    assert.match(download.suggestedFilename(), /\.waymark-starter$/);
    const bytes = readFileSync(await download.path());
    assert.equal(bytes.subarray(0, 18).toString(), "waymark starter 1\n");
    const head = JSON.parse(bytes.subarray(18, bytes.indexOf(10, 18)).toString());
    assert.equal(head.entries.length, students);
    // Nobody's name stands in it for who has no card.
    assert.ok(!bytes.includes("Amira"));
    await page.context().close();
  },
  async "a pathway is changed as a draft, previewed, and published as a version"() {
    const page = await open({ path: "/pathways?class=" + ids.class_id });
    await axeClean(page, "pathways"); await shot(page, "pathways");
    await page.getByRole("link", { name: /One small thing/ }).click();
    await heading(page, "One small thing");
    await page.getByRole("textbox", { name: "Title, English" }).fill("One smaller thing");
    await page.getByText(/Draft saved/).waitFor();
    await heading(page, "One smaller thing");
    await page.getByRole("button", { name: /Watch/ }).first().click();
    await page.getByRole("textbox", { name: "What the step is for, English" }).waitFor();
    await axeClean(page, "pathway step"); await shot(page, "pathway-light", true);
    await page.reload(); await heading(page, "One smaller thing");
    await page.getByText("Title, question or summary changed").waitFor();
    await page.getByRole("button", { name: "One small thing: check my work" }).click();
    await page.getByText("What we aim for").first().waitFor(); await axeClean(page, "pathway rubric"); await shot(page, "pathway-rubric");
    await page.getByRole("button", { name: "Publish version 2" }).click();
    await page.getByLabel(/What is new/).fill("A smaller title."); await axeClean(page, "publish");
    await page.getByRole("button", { name: "Publish", exact: true }).click();
    await page.getByText("As published, version 2").waitFor();
    await page.getByText(/with 25 students|Publish version 3/).first().waitFor();
    await page.goto(base + "/pathways?class=" + ids.class_id);
    await page.getByRole("button", { name: "New pathway" }).click();
    await heading(page, "New pathway");
    await page.getByRole("button", { name: "Publish version 1" }).click(); await page.getByRole("button", { name: "Publish", exact: true }).click();
    await page.getByText("As published, version 1").waitFor();
    await page.context().close();
  },
  async "work that needs a home is read, taken in, handed back and set aside, and stays readable"() {
    const page = await open({ path: "/set-up" });
    await page.getByText("3 things wait for you.").waitFor();
    await page.getByRole("link", { name: "Look at it" }).click(); await heading(page, "Work that needs a home");
    await page.getByText("Ask the caretaker how the door was made").waitFor();
    await axeClean(page, "work that needs a home"); await shot(page, "needs-a-home", true);
    await page.getByRole("button", { name: /^Take it in/ }).first().click(); await page.getByText(/It is in its place, as Amira/).waitFor();
    await page.getByRole("button", { name: /^Hand it back/ }).first().click(); await axeClean(page, "handing back"); await shot(page, "needs-a-home-hand-back");
    await page.getByRole("dialog").getByRole("button", { name: "Hand it back" }).click(); await page.getByText(/gets it back\.$/).waitFor();
    // Who has left gets nothing before they are back, and the page promises no more.
    await page.route("**/api/letters", async (route) => { const answer = await route.fetch(), letters = await answer.json(); letters.waiting.forEach((l) => (l.away = true)); await route.fulfill({ response: answer, json: letters }); });
    await page.reload(); await page.getByRole("button", { name: /^Hand it back/ }).first().click();
    await page.getByRole("dialog").getByText(/has left the school, and gets it back .* when they are back\./).waitFor(); await shot(page, "needs-a-home-hand-back-away");
    await page.getByRole("dialog").getByRole("button", { name: "Cancel" }).click(); await page.unroute("**/api/letters"); await page.reload();
    await page.getByRole("button", { name: /^Set aside/ }).first().click(); await page.getByRole("dialog").getByRole("button", { name: "Set aside" }).click();
    await page.getByText("Everything that arrived has its place.").waitFor();
    await page.getByText(/set aside by/).click(); await page.locator("details[open] .quote").getByText(/Ask the caretaker|Measure how loud|half a sentence/).waitFor();
    await axeClean(page, "settled"); await shot(page, "needs-a-home-settled", true);
    await page.context().close();
  },
  async "an administrator reads what erasing takes and leaves, and nothing goes before the name is typed"() {
    const admin = { email: "head@alder.example", password: "head-of-school", path: "/erase" };
    const page = await open(admin);
    await heading(page, "Erase and keep");
    await page.getByText("Nobody left more than 3 years ago.").waitFor();
    await page.getByLabel("Left more than").selectOption("0");
    await page.getByText("Ruth Vega").first().waitFor();
    await axeClean(page, "erase and keep"); await shot(page, "erase", true);
    await page.getByLabel("Find a student").fill("zoe");
    await page.getByRole("button", { name: "Erase … Zoe Elsewhere" }).click();
    const dialog = page.locator("dialog"), go = dialog.getByRole("button", { name: "Erase for ever" });
    await dialog.getByText("The nightly backups, encrypted, for 30 more days:").waitFor();
    await dialog.getByText("Zoe Elsewhere is still in Period 5.").waitFor();
    await axeClean(page, "erasing"); await shot(page, "erase-sure");
    assert.ok(await go.isDisabled());
    await dialog.getByRole("textbox").fill("Zoe"); assert.ok(await go.isDisabled());
    await dialog.getByRole("button", { name: "Cancel" }).click();
    await page.getByRole("button", { name: "Look who" }).click();
    await page.locator(".audit li").first().waitFor(); assert.match(await page.locator(".audit").innerText(), /Signed in/);
    await axeClean(page, "who did what"); await shot(page, "audit");
    await page.getByRole("button", { name: "Erase … Ruth Vega" }).click();
    await dialog.getByRole("textbox").fill("Ruth Vega"); await go.click();
    await page.getByText("Ruth Vega is erased.").waitFor();
    await page.getByText("Nobody has left yet.").waitFor();
    await page.context().close();
    for (const [name, options] of [["360", { width: 360, height: 740 }], ["320", { width: 320, height: 640 }], ["dusk", { dark: true }], ["es", { lang: "es-MX" }]]) {
      const one = await open({ ...admin, ...options });
      await one.waitForSelector("main select"); await one.locator('input[type="search"]').fill("Zoe");
      await axeClean(one, "/erase " + name); await shot(one, name + "-erase", name !== "dusk");
      await one.locator(".erasable .b").first().click(); await one.locator("dialog input").waitFor();
      await axeClean(one, "erasing " + name); await shot(one, name + "-erase-sure");
      await one.context().close();
    }
    const teacher = await open({ path: "/set-up" });
    await heading(teacher, "Set-up"); assert.equal(await teacher.getByText("Erase and keep").count(), 0);
    await teacher.context().close();
  },
  async "every page works at 360 px, in dusk, and in Spanish"() {
    for (const [name, options] of [["360", { width: 360, height: 740 }], ["320", { width: 320, height: 640 }], ["768", { width: 768, height: 1024 }], ["dusk", { dark: true }], ["es", { lang: "es-MX" }]]) {
      const page = await open(options);
      for (const path of ["/", "/answer", "/students", "/students/" + ids.amira, "/pathways", "/set-up", "/set-up/add", "/needs-a-home", "/cards", "/show"]) {
        await page.goto(`${base}${path}${path.includes("?") ? "&" : "?"}class=${ids.class_id}`);
        await page.waitForSelector("main h1, main h2"); await page.waitForFunction(() => !document.querySelector(".loading"));
        const missing = await page.evaluate(() => document.body.innerText.match(/\b[a-z]+\.[a-z_]+\.?[a-z_]*\b(?=$|\n)/gm)?.filter((x) => !/example|lan$|json|local/.test(x)) ?? []);
        assert.deepEqual(missing, [], "a key instead of words on " + path);
        await axeClean(page, `${path} ${name}`);
        await shot(page, `${name}-${path.split("/")[1] || "class"}${path.split("/")[2] ? "-one" : ""}`, name !== "dusk");
      }
      await page.context().close();
    }
  },
  async "everything can be done with the keyboard, and the focus is seen"() {
    const page = await open();
    await heading(page, "Period 3, 7th grade");
    await page.keyboard.press("Tab");
    assert.equal(await page.evaluate(() => document.activeElement.className), "skip");
    const seen = new Set();
    for (let i = 0; i < 40; i++) {
      await page.keyboard.press("Tab");
      const [name, outline] = await page.evaluate(() => { const e = document.activeElement; return [e === document.body ? "" : e.innerText || e.id, getComputedStyle(e).outlineStyle + " " + getComputedStyle(e).outlineWidth]; });
      if (name) { seen.add(name.split("\n")[0]); assert.equal(outline, "solid 3px", "the focus on " + name); }
    }
    for (const wanted of ["Answer", "Set-up", "Show to class", "Start answering"]) assert.ok([...seen].some((name) => name.startsWith(wanted)), wanted + " was not reached with Tab");
    await page.keyboard.press("?"); await page.getByRole("heading", { name: "Keys" }).waitFor();
    await axeClean(page, "keys"); await page.keyboard.press("Escape");
    await page.context().close();
  },
  async "a sitting is answered with Enter and nothing else, up to the empty page"() {
    const page = await open({ path: "/answer" });
    await page.getByRole("button", { name: /go on/ }).waitFor();
    const left = Number((await page.locator(".bar p b").innerText()).match(/\d+$/)[0]);
    assert.equal(left, 16);
    for (let i = 1; i <= 8; i++) { await page.keyboard.press("Enter"); await page.getByText(i === 1 ? "One reply is held." : `${i} replies are held.`).waitFor(); }
    // The others as a fast hand on a slow computer does it: the next key comes before the page has painted.
    const shown = await page.evaluate(async () => {
      const seen = [];
      while (!document.querySelector(".hold").innerText.includes("All are answered")) {
        seen.push([document.querySelector("#h-who").innerText, document.querySelector("#glow").value]);
        document.body.dispatchEvent(new KeyboardEvent("keydown", { key: "Enter", bubbles: true, cancelable: true }));
        for (let i = 0; i < 20; i++) await null;
        if (seen.length > 16) break;
      }
      return seen;
    });
    assert.equal(shown.length, left - 8, "every key answered one student");
    assert.ok(shown.every(([, glow]) => glow), "each with a phrase of its own");
    await page.getByText("All are answered. Read them over, then send.").waitFor();
    await page.getByRole("button", { name: "Send 16 replies" }).click();
    await page.getByRole("heading", { name: "16 replies are sent." }).waitFor();
    await axeClean(page, "nothing to answer"); await shot(page, "answer-empty");
    await page.context().close();
  },
  async "a class box's own page says what waits there, and that all is at school once the school has answered"() {
    // The school is behind a line into which a network's own page may come.
    const school = new URL(base), joined = new Set();
    let whole = true;
    const page302 = "HTTP/1.1 302 Found\r\nlocation: http://portal.example/\r\ncontent-length: 0\r\nconnection: close\r\n\r\n";
    const line = createServer((here) => {
      if (!whole) return here.on("error", () => {}).once("data", () => here.end(page302));
      const there = connect(school.port, school.hostname);
      for (const [one, other] of [[here, there], [there, here]]) { joined.add(one); one.on("error", () => {}); one.on("close", () => { joined.delete(one); other.destroy(); }); one.pipe(other); }
    });
    await new Promise((ready) => line.listen(0, "127.0.0.1", ready));
    const file = join(folder, "music-room.token");
    execFileSync(join(build, "bin/waymark-server"), ["hub", "add", "--data", join(folder, "school"), "--classes", ids.class_id, "--name", "Music room", "--out", file]);
    const hub = await serve("hub", ["--upstream", `http://127.0.0.1:${line.address().port}`, "--upstream-token-file", file]);
    try {
      const told = (page) => page.locator("aside.room").innerText();
      const until = async (page, holds) => { for (let i = 0; i < 60; i++) { await page.reload(); await page.locator("aside.room").waitFor(); if (holds(await told(page))) return; await page.waitForTimeout(500); } assert.fail(await told(page)); };
      for (let i = 0; (await fetch(hub.base + "/v1/hello")).status !== 200; i++) { assert.ok(i < 60, "the class box has no hello"); await new Promise((r) => setTimeout(r, 500)); }
      const page = await open({ at: hub.base, path: "/students/" + ids.amira });
      await heading(page, "Amira Haddad");
      await until(page, (text) => text.includes("Everything"));
      assert.equal(await told(page), "Music room is a class box of Alder Creek. Everything written here is at school.");
      await axeClean(page, "a class box"); await shot(page, "class-box-all");
      whole = false; for (const one of joined) one.destroy();
      const write = async (text) => {
        await page.getByRole("button", { name: "Write an observation" }).click(); await page.getByLabel("What you saw").fill(text);
        await page.getByRole("button", { name: "Keep it for Amira" }).click(); await page.locator(".reviews").getByText(text).waitFor();
      };
      await write("Helped the cellos tune.");
      await until(page, (text) => text.includes("1 change or file is on its way there, and counts as at school when the school has answered."));
      await write("Counted the bars aloud.");
      await until(page, (text) => text.includes("2 changes and files are on their way there") && text.endsWith("This network answers with a page of its own instead of the school. Tell a technician: this box has to be signed in to it, or let through."));
      await axeClean(page, "a class box that carries"); await shot(page, "class-box-waiting");
      for (const [name, options] of [["360", { width: 360, height: 740 }], ["dusk", { dark: true }], ["es", { lang: "es-MX" }]]) {
        const one = await open({ at: hub.base, ...options }); await one.locator("aside.room").waitFor();
        if (name === "es") assert.match(await told(one), /^Music room es una caja de clase de la escuela\. 2 cambios y archivos van en camino.* Esta red responde con una página propia/);
        await axeClean(one, "a class box " + name); await shot(one, "class-box-" + name);
        await one.context().close();
      }
      whole = true;
      await until(page, (text) => text.endsWith("Everything written here is at school."));
      await page.context().close();
      const at = await open({ path: "/students/" + ids.amira });
      await at.locator(".reviews").getByText("Counted the bars aloud.").waitFor(); assert.equal(await at.locator("aside.room").count(), 0);
      await at.context().close();
    } finally { hub.child.kill("SIGTERM"); line.close(); for (const one of joined) one.destroy(); }
  },
  async "nothing went wrong in the browser, and no other host was asked"() { assert.deepEqual(problems, []); },
};

try {
  await start();
  for (const [name, run] of Object.entries(tests)) {
    if (only.length && !only.some((part) => name.includes(part))) { continue; }
    try { await run(); passed++; console.log("ok    " + name); }
    catch (error) { failed++; console.log("FAILED " + name + "\n  " + String(error.stack ?? error).split("\n").slice(0, 14).join("\n  ")); for (const c of browser.contexts()) { const p = c.pages()[0]; if (p && pictures) await p.screenshot({ path: join(pictures, "failed.png") }).catch(() => {}); await c.close(); } }
  }
} catch (error) { failed++; console.log(String(error.stack ?? error)); }
await browser?.close();
// It writes to the folder until it has stopped.
if (server?.kill("SIGTERM")) await new Promise((stopped) => server.once("exit", stopped));
rmSync(folder, { recursive: true, force: true });
end();
