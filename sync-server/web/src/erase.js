// For the administrator: who left how long ago, and erasing a student for good. What is gone, what is kept and what
// old copies still hold is said before anything happens; nothing is erased without the name being typed.
import { html, t, api, useLoad, useState, Link, Dialog, Problem, Loading, announce, dayName, moment, language } from "./lib.js";

const yearMs = 365 * 86400000, shownMost = 200;
const list = (items) => new Intl.ListFormat(language, { type: "conjunction" }).format(items);

export function ErasePage({ reload: reloadSession }) {
  const { value, error, reload } = useLoad("/erasable");
  const [years, setYears] = useState(3), [find, setFind] = useState(""), [asked, setAsked] = useState(null);
  if (!value) return html`<main id="main">${error ? html`<${Problem} error=${error} again=${reload} />` : html`<${Loading} />`}</main>`;
  const long = value.students.filter((s) => s.left_ms > 0 && value.now_ms - s.left_ms >= years * yearMs);
  const found = find.trim() ? value.students.filter((s) => s.name.toLowerCase().includes(find.trim().toLowerCase())) : [];
  const done = () => { setAsked(null); reload(); reloadSession(); };
  return html`<main id="main"><div class="title"><div><h1>${t("erase.title")}</h1><p>${t("erase.text")}</p></div><div class="acts"><${Link} class="b" href="/set-up">${t("nav.set-up")}</${Link}></div></div>
    <${Problem} error=${error} again=${reload} />
    <section class="card" aria-labelledby="h-left"><header><h2 id="h-left">${t("erase.left")}</h2></header><div class="in stack">
      <label class="field short"><span>${t("erase.years")}</span><select value=${years} onChange=${(e) => setYears(Number(e.target.value))}>${[0, 1, 2, 3, 4, 5, 7, 10].map((n) => html`<option key=${n} value=${n}>${n === 0 ? t("erase.any_time") : t("erase.years.n", { n })}</option>`)}</select></label>
      ${long.length === 0 ? html`<p class="muted">${years === 0 ? t("erase.nobody_left") : t("erase.nobody", { n: years })}</p>` : html`<${Students} students=${long} onErase=${(s) => setAsked([s])} />
      ${long.length > 1 && html`<div class="acts end"><button class="b" type="button" onClick=${() => setAsked(long)}>${t("erase.all", { n: long.length })}</button></div>`}`}</div></section>
    <section class="card" aria-labelledby="h-asked"><header><h2 id="h-asked">${t("erase.asked")}</h2><p>${t("erase.asked.text")}</p></header><div class="in stack">
      <label class="field short"><span>${t("students.find")}</span><input type="search" value=${find} onInput=${(e) => setFind(e.target.value)} /></label>
      ${find.trim() && (found.length === 0 ? html`<p class="muted">${t("students.nobody", { name: find })}</p>` : html`<${Students} students=${found.slice(0, shownMost)} onErase=${(s) => setAsked([s])} />`)}</div></section>
    <${Audit} />
    ${asked && html`<${Sure} students=${asked} onClose=${() => { setAsked(null); reload(); }} onDone=${done} />`}</main>`;
}

function Students({ students, onErase }) {
  return html`<ul class="erasable">${students.map((s) => html`<li key=${s.id}><div><b>${s.name}</b><span class="muted sm">${[s.left_ms > 0 && t("erase.left_on", { when: dayName(s.left_ms) }), s.classes.length > 0 ? list(s.classes) : !s.left_ms && t("erase.no_class")].filter(Boolean).join(" · ")}</span></div>
    <button class="b" type="button" onClick=${() => onErase(s)}>${t("erase.do")}<span class="vh"> ${s.name}</span></button></li>`)}</ul>`;
}

function Sure({ students, onClose, onDone }) {
  const one = students.length === 1 ? students[0] : null;
  const { value: what, error } = useLoad(`/erasable/${students[0].id}`);
  const [typed, setTyped] = useState(""), [problem, setProblem] = useState(null), [at, setAt] = useState(-1);
  const wanted = one ? one.name : String(students.length), same = typed.trim() === wanted;
  const erase = async (event) => {
    event.preventDefault();
    setProblem(null);
    let pieces = 0;
    for (let i = Math.max(0, at); i < students.length; i++) {
      setAt(i);
      try { pieces += (await api("POST", `/erasable/${students[i].id}`, { name: students[i].name })).ops; } catch (e) { setProblem(e); return; }
    }
    announce(one ? t("erase.done", { name: one.name, n: pieces }) : t("erase.done.all", { n: students.length }));
    onDone();
  };
  return html`<${Dialog} title=${one ? t("erase.sure", { name: one.name }) : t("erase.sure.all", { n: students.length })} onClose=${onClose}><form class="in stack" onSubmit=${erase}>
    ${!what ? html`<${Problem} error=${error} />${!error && html`<${Loading} />`}` : html`
    ${!one && html`<p>${list(students.slice(0, 12).map((s) => s.name).concat(students.length > 12 ? [t("erase.more", { n: students.length - 12 })] : []))}</p>`}
    <div><h3>${t("erase.gone")}</h3><p>${one && what.ops === 0 ? t("erase.gone.none") : one ? t("erase.gone.one", { n: what.ops }) : t("erase.gone.all")} ${one && what.files > 0 && t("erase.gone.files", { n: what.files })} ${t("erase.gone.everywhere")}</p></div>
    <div><h3>${t("erase.still")}</h3><ul class="plainlist">${what.old_copies.map((path) => html`<li key=${path}>${t("erase.still.copy")} <code class="disk">${path}</code></li>`)}
      ${what.backups && html`<li>${t("erase.still.nightly", { n: what.backup_days })} <code class="disk">${what.backups}</code></li>`}<li>${t("erase.still.other")}</li></ul><p class="muted sm">${t("erase.still.restore")}</p></div>
    <div><h3>${t("erase.kept")}</h3><p>${t("erase.kept.text")}</p></div>
    ${one && one.classes.length > 0 && html`<p class="problem"><span class="blaze" aria-hidden="true"></span><span>${t("erase.still_here", { name: one.name, class: list(one.classes) })}</span></p>`}
    <label class="field"><span>${one ? t("erase.type", { name: one.name }) : t("erase.type.all", { n: students.length })}</span><input type="text" autocomplete="off" value=${typed} onInput=${(e) => setTyped(e.target.value)} /></label>
    <${Problem} error=${problem} />
    <div class="acts end"><button class="b" type="button" onClick=${onClose}>${t("do.cancel")}</button><button class="b t" type="submit" disabled=${!same || (at >= 0 && !problem)}>${at >= 0 && !problem ? t("erase.doing", { n: at + 1, all: students.length }) : t("erase.for_ever")}</button></div>`}</form></${Dialog}>`;
}

// Who read and changed what, the latest first; asked for only when somebody opens it.
function Audit() {
  const [open, setOpen] = useState(false), { value, error, reload } = useLoad(open ? "/audit" : "");
  const word = (action) => { const key = "audit." + action.toLowerCase().replace(/[^a-z]+/g, "_"), said = t(key); return said === key ? action : said; };
  return html`<section class="card" aria-labelledby="h-audit"><header><h2 id="h-audit">${t("audit.title")}</h2><p>${t("audit.text")}</p><div class="acts push"><button class="b" type="button" aria-expanded=${open} onClick=${() => setOpen(!open)}>${t(open ? "audit.close" : "audit.open")}</button></div></header>
    ${open && html`<div class="in"><${Problem} error=${error} again=${reload} />${!value ? !error && html`<${Loading} />` : html`<div class="auditbox" role="group" tabindex="0" aria-label=${t("audit.title")}><ul class="erasable audit">${value.map((line, i) => html`<li key=${i}><div><b>${word(line.action)}</b><span class="sm">${line.subject}</span></div><p class="muted sm">${[line.by || t("audit.program"), moment(line.at_ms)].join(" · ")}</p></li>`)}</ul></div>`}</div>`}</section>`;
}
