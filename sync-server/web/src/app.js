// The dashboard's frame: signing in, the bar of pages, the curtain and "Show to class" (while either is up the
// pages behind it are not in the document at all), what is said for a moment, and the list of keys.
import { render } from "preact";
import { html, t, api, go, useLocation, useNews, useState, useEffect, useCallback, useRef, Link, Logo, Dialog, sentence, languages, language, setLanguage, remembered, remember, keysOn, Loading, Problem } from "./lib.js";
import { ClassPage, ShowPage } from "./class.js";
import { AnswerPage } from "./answer.js";
import { StudentsPage, StudentPage } from "./student.js";
import { PathwaysPage, PathwayPage } from "./pathway.js";
import { ErasePage } from "./erase.js";
import { HomePage } from "./home.js";
import { ClassesPage, ClassPeoplePage } from "./people.js";
import { SetUpPage, NamesPage, CardsPage } from "./setup.js";

function applyTheme(theme) {
  if (theme === "light" || theme === "dusk") document.documentElement.dataset.theme = theme;
  else delete document.documentElement.dataset.theme;
}
applyTheme(remembered("waymark.theme"));

function SignIn({ onIn }) {
  const [email, setEmail] = useState(""), [password, setPassword] = useState(""), [error, setError] = useState(null), [busy, setBusy] = useState(false);
  const [, again] = useState(0);
  const submit = async (event) => {
    event.preventDefault();
    setBusy(true);
    try { await api("POST", "/sign-in", { email, password }); onIn(); }
    catch (problem) { setError(problem); setPassword(""); document.getElementById("password")?.focus(); }
    setBusy(false);
  };
  return html`<main id="main" class="signin"><form class="card" onSubmit=${submit}>
    <div class="brand big"><${Logo} /> Waymark</div>
    <h1>${t("signin.title")}</h1>
    <label class="field"><span>${t("signin.email")}</span><input type="email" name="email" autocomplete="username" required value=${email} onInput=${(e) => setEmail(e.target.value)} /></label>
    <label class="field"><span>${t("signin.password")}</span><input id="password" type="password" name="password" autocomplete="current-password" required value=${password} onInput=${(e) => setPassword(e.target.value)} aria-describedby=${error ? "signin-error" : undefined} /></label>
    ${error && html`<p class="problem" id="signin-error" role="alert"><span class="blaze" aria-hidden="true"></span><span>${sentence(error)}</span></p>`}
    <button class="b p wide" type="submit" disabled=${busy}>${t("signin.button")}</button>
    <p class="muted sm">${t("signin.help")}</p>
    <p class="langs">${languages.map(([code, name]) => html`<button key=${code} class="b q" type="button" lang=${code} aria-pressed=${language === code} onClick=${() => { setLanguage(code); again((n) => n + 1); }}>${name}</button>`)}</p>
  </form></main>`;
}

function Curtain({ onOpen }) {
  const ref = useRef();
  useEffect(() => ref.current.focus(), []);
  return html`<main id="main" class="curtain"><svg class="hill" viewBox="0 0 1366 900" preserveAspectRatio="xMidYMid slice" aria-hidden="true">
    ${Array.from({ length: 16 }, (_, i) => html`<path key=${i} d=${`M0 ${120 + i * 46} C 300 ${i * 46} 500 ${190 + i * 46} 760 ${90 + i * 46} S 1180 ${-10 + i * 46} 1366 ${80 + i * 46}`} fill="none" stroke="var(--contour)" stroke-width="2" />`)}</svg>
    <div><div class="brand big"><${Logo} /> Waymark</div><p class="muted">${t("curtain.text")}</p><button ref=${ref} class="b" type="button" onClick=${onOpen}>${t("curtain.open")} <kbd>Esc</kbd></button></div></main>`;
}

function Account({ session, onOut, refresh }) {
  const [open, setOpen] = useState(false);
  const theme = remembered("waymark.theme") ?? "system";
  const pick = (value) => { if (value === "system") remember("waymark.theme", ""); else remember("waymark.theme", value); applyTheme(value); refresh(); };
  return html`<button class="b q who" type="button" aria-haspopup="dialog" onClick=${() => setOpen(true)}><b>${session.name || session.email}</b></button>
    ${open && html`<${Dialog} title=${session.name || session.email} onClose=${() => setOpen(false)}>
      <div class="in stack">
      <fieldset><legend>${t("account.language")}</legend><div class="seg">${languages.map(([code, name]) => html`<label key=${code}><input type="radio" name="language" checked=${language === code} onChange=${() => { setLanguage(code); refresh(); }} /><span lang=${code}>${name}</span></label>`)}</div></fieldset>
      <fieldset><legend>${t("account.look")}</legend><div class="seg">${["system", "light", "dusk"].map((name) => html`<label key=${name}><input type="radio" name="theme" checked=${(theme || "system") === name} onChange=${() => pick(name)} />${t("account.look." + name)}</label>`)}</div></fieldset>
      <fieldset><legend>${t("keys.title")}</legend><label class="ck"><input type="checkbox" checked=${keysOn()} onChange=${(e) => { remember("waymark.keys", e.target.checked ? "on" : "off"); refresh(); }} /> ${t("keys.on")}</label></fieldset>
      <button class="b" type="button" onClick=${onOut}>${t("account.out")}</button></div></${Dialog}>`}`;
}

function Keys({ onClose, refresh }) {
  const rows = [["Esc Esc", "keys.curtain"], ["?", "keys.list"], ["Enter", "keys.agree"], ["1 – 4", "keys.level"], ["C", "keys.criterion"], ["G", "keys.glow"], ["X", "keys.noglow"], ["R", "keys.grow"], ["N", "keys.next"], ["A", "keys.another"], ["H", "keys.opens"], ["Z", "keys.larger"], ["J, K", "keys.move"], ["U", "keys.back"], ["Ctrl+Enter", "keys.field"]];
  return html`<${Dialog} title=${t("keys.title")} onClose=${onClose}><div class="in">
    <label class="ck"><input type="checkbox" checked=${keysOn()} onChange=${(e) => { remember("waymark.keys", e.target.checked ? "on" : "off"); refresh(); }} /> ${t("keys.on")}</label>
    <table class="keytable"><tbody>${rows.map(([key, what]) => html`<tr key=${key}><th scope="row"><kbd>${key}</kbd></th><td>${t(what)}</td></tr>`)}</tbody></table></div></${Dialog}>`;
}

function Toast() {
  const [text, setText] = useState("");
  useEffect(() => {
    let timer;
    const say = (event) => { setText(event.detail); clearTimeout(timer); timer = setTimeout(() => setText(""), 6000); };
    addEventListener("waymark-say", say);
    return () => removeEventListener("waymark-say", say);
  }, []);
  return html`<div class="toast" role="status" aria-live="polite">${text && html`<p>${text}</p>`}</div>`;
}

function App() {
  const { path, query } = useLocation();
  const [session, setSession] = useState(null), [state, setState] = useState("asking"), [error, setError] = useState(null);
  const [classId, setClassId] = useState(remembered("waymark.class") ?? "");
  const [curtain, setCurtain] = useState(() => { try { return sessionStorage.getItem("waymark.curtain") === "1"; } catch { return false; } });
  const [keys, setKeys] = useState(false), [, redraw] = useState(0);
  const refresh = () => redraw((n) => n + 1);
  const load = useCallback(async () => {
    try { setSession(await api("GET", "/session")); setState("in"); setError(null); }
    catch (problem) { if (problem.status === 401) setState("out"); else { setError(problem); setState((was) => (was === "asking" ? "broken" : was)); } }
  }, []);
  useEffect(() => { load(); }, [load]);
  useNews(state === "in", (news) => news.classes.length > 0, load);
  useEffect(() => { const out = () => { setSession(null); setState("out"); }; addEventListener("waymark-signed-out", out); return () => removeEventListener("waymark-signed-out", out); }, []);
  const cover = (on) => { setCurtain(on); try { sessionStorage.setItem("waymark.curtain", on ? "1" : "0"); } catch { /* private window */ } };

  // Esc twice draws the curtain, once opens it again; it must work from anywhere, a text field too.
  const last = useRef(-Infinity);
  useEffect(() => {
    const down = (event) => {
      if (event.key === "?" && state === "in" && !curtain && !/^(INPUT|TEXTAREA|SELECT)$/.test(event.target.tagName) && !document.querySelector("dialog[open]")) { setKeys(true); return; }
      if (event.key !== "Escape" || state !== "in") return;
      if (curtain) { event.preventDefault(); cover(false); last.current = -Infinity; return; }
      if (event.timeStamp - last.current < 700) { event.preventDefault(); cover(true); last.current = -Infinity; return; }
      last.current = event.timeStamp;
      if (path === "/show" && !document.querySelector("dialog[open]")) go("/");
    };
    addEventListener("keydown", down, true);
    return () => removeEventListener("keydown", down, true);
  }, [state, curtain, path]);

  const classes = session?.classes ?? [];
  const current = classes.find((c) => c.id === (query.get("class") || classId)) ?? classes[0];
  const choose = (id) => { remember("waymark.class", id); setClassId(id); };
  // On a phone the page one is on is in sight among the others.
  useEffect(() => {
    const link = document.querySelector(".nav [aria-current]"), nav = link?.closest("nav");
    if (nav) nav.scrollLeft = link.offsetLeft - (nav.clientWidth - link.offsetWidth) / 2;
  }, [path, state]);
  useEffect(() => { document.title = curtain || path === "/show" || state !== "in" ? "Waymark" : `${t("nav." + (path.split("/")[1] || "class"))} · Waymark`; });

  if (state === "asking") return html`<${Loading} />`;
  if (state === "broken") return html`<main id="main"><${Problem} error=${error} again=${load} /></main>`;
  if (state === "out") return html`<${SignIn} onIn=${load} /><${Toast} />`;
  if (curtain) return html`<${Curtain} onOpen=${() => cover(false)} />`;
  if (path === "/show") return current ? html`<${ShowPage} key=${current.id} classId=${current.id} />` : html`<${Loading} />`;

  const context = { session, classes, current, choose, reload: load, cover: () => cover(true), openKeys: () => setKeys(true), refresh };
  const key = current?.id ?? "none";
  let page;
  if (path === "/set-up/new") page = html`<${NamesPage} key="new" ...${context} fresh />`;
  else if (path === "/needs-a-home") page = html`<${HomePage} key="home" ...${context} />`;
  else if (path === "/erase" && session.role === "admin") page = html`<${ErasePage} key="erase" ...${context} />`;
  else if (path === "/classes" && session.role === "admin") page = html`<${ClassesPage} key="classes" ...${context} />`;
  else if (path.startsWith("/classes/") && session.role === "admin") page = html`<${ClassPeoplePage} key=${path} ...${context} id=${path.split("/")[2]} />`;
  else if (!current || path === "/set-up") page = html`<${SetUpPage} key=${"s" + key} ...${context} />`;
  else if (path === "/set-up/add") page = html`<${NamesPage} key=${"a" + key} ...${context} />`;
  else if (path === "/cards") page = html`<${CardsPage} key=${"p" + key} ...${context} only=${query.get("only")} />`;
  else if (path === "/answer") page = html`<${AnswerPage} key=${"q" + key} ...${context} start=${query.get("work")} />`;
  else if (path === "/students") page = html`<${StudentsPage} key=${"l" + key} ...${context} />`;
  else if (path.startsWith("/students/")) page = html`<${StudentPage} key=${path} ...${context} id=${path.split("/")[2]} />`;
  else if (path === "/pathways") page = html`<${PathwaysPage} key=${"w" + key} ...${context} />`;
  else if (path.startsWith("/pathways/")) page = html`<${PathwayPage} key=${path} ...${context} id=${path.split("/")[2]} />`;
  else page = html`<${ClassPage} key=${"c" + key} ...${context} />`;

  const links = [["/", "class"], ["/answer", "answer"], ["/students", "students"], ["/pathways", "pathways"], ["/set-up", "set-up"]];
  const here = (href) => (href === "/" ? path === "/" : path.startsWith(href) || (href === "/set-up" && ["cards", "needs-a-home", "erase", "classes"].includes(path.split("/")[1])));
  return html`<a class="skip" href="#main">${t("nav.skip")}</a>
    <header class="top"><${Link} class="brand" href="/"><${Logo} />Waymark</${Link}>
      <nav aria-label=${t("nav.main")}><ul class="nav">${links.map(([href, name]) => html`<li key=${href}><${Link} href=${href} aria-current=${here(href) ? "page" : undefined}>${t("nav." + name)}${name === "answer" && current?.to_answer > 0 && html` <span class="n">${current.to_answer}<span class="vh"> ${t("nav.waiting")}</span></span>`}${name === "set-up" && session.letters + session.newcomers > 0 && html` <span class="n">${session.letters + session.newcomers}<span class="vh"> ${t("nav.homeless")}</span></span>`}</${Link}></li>`)}</ul></nav>
      <${Account} session=${session} refresh=${refresh} onOut=${async () => { await api("POST", "/sign-out").catch(() => null); setSession(null); setState("out"); }} /></header>
    ${session.hub && html`<aside class="room" aria-label=${session.hub.name}><b>${session.hub.name}</b> ${session.hub.waiting > 0 ? t("hub.waiting", { n: session.hub.waiting }) : t("hub.all", { school: session.school })}${session.hub.line && html` <span class="line">${t("hub.line." + session.hub.line)}</span>`}</aside>`}
    ${page}<${Toast} />
    ${keys && html`<${Keys} onClose=${() => setKeys(false)} refresh=${refresh} />`}`;
}
render(html`<${App} />`, document.getElementById("app"));
