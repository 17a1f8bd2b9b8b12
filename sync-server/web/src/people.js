// Who teaches a class and who is in it: on a teacher's set-up page for their class, and for an administrator for
// every class of the school. The server decides who may; a page offers what it would allow.
import { html, t, api, go, useLoad, useState, useEffect, Link, Mark, Dialog, Confirm, Problem, Loading, announce, sentence, language } from "./lib.js";

const list = (items) => new Intl.ListFormat(language, { type: "conjunction" }).format(items);
const nameOf = (person) => person.name || person.email;

export function Teachers({ classId, people, session, reload, reloadSession }) {
  const [chosen, setChosen] = useState(""), [asked, setAsked] = useState(null), [problem, setProblem] = useState(null);
  const admin = session.role === "admin", only = people.teachers.length === 1;
  const add = async (event) => {
    event.preventDefault();
    const who = people.colleagues.find((one) => one.id === chosen);
    try { const { added } = await api("POST", `/classes/${classId}/teachers`, { staff: chosen }); announce(t(added ? "people.add.done" : "people.add.already", { name: nameOf(who) })); setProblem(null); setChosen(""); }
    catch (error) { setProblem(error); }
    reload(); if (who.you) reloadSession();
  };
  const takeOut = async () => {
    const who = asked;
    setAsked(null);
    try { await api("DELETE", `/classes/${classId}/teachers/${who.id}${only ? "?without=yes" : ""}`); announce(who.you ? t("people.leave.done", { class: people.title }) : t("people.out.done", { name: nameOf(who) })); setProblem(null); }
    catch (error) { setProblem(["conflict", "forbidden"].includes(error.code) ? { text: t("people.error." + error.code) } : error); reload(); return; }
    if (who.you) await reloadSession();
    if (!who.you || admin) reload();
  };
  const question = asked && (only ? t("people.out.last") : asked.you ? t("people.leave.text") : t("people.out.text", { name: nameOf(asked) }));
  return html`<section class="card" aria-labelledby="h-teachers"><header><h2 id="h-teachers">${t("people.teachers")}</h2></header><div class="in stack">
    ${people.teachers.length === 0 ? html`<p>${t("people.no_teacher")}</p>` : html`<ul class="erasable">${people.teachers.map((one) => html`<li key=${one.id}><div><b>${nameOf(one)}</b><span class="muted sm">${[one.you && t("people.you"), one.name && one.email].filter(Boolean).join(" · ")}</span></div>
      ${(admin || (one.you && !only)) && html`<button class="b q" type="button" onClick=${() => setAsked(one)}>${one.you ? t("people.leave") : html`${t("people.out")}<span class="vh"> ${nameOf(one)}</span>`}</button>`}</li>`)}</ul>`}
    ${only && !admin && html`<p class="muted sm">${t("people.only_you")}</p>`}
    ${people.colleagues.length === 0 ? html`<p class="muted sm">${t("people.everybody")}</p>` : html`<form class="inline" onSubmit=${add}><label class="field short"><span>${t("people.colleague")}</span><select required value=${chosen} onChange=${(e) => setChosen(e.target.value)}><option value="">${t("people.pick")}</option>${people.colleagues.map((one) => html`<option key=${one.id} value=${one.id}>${one.name ? `${one.name} (${one.email})` : one.email}</option>`)}</select></label><button class="b" type="submit" disabled=${!chosen}>${t("people.add")}</button></form>
    <p class="muted sm">${t("people.add.text")}</p>`}
    <${Problem} error=${problem} /></div>
    ${asked && html`<${Confirm} title=${asked.you ? t("people.leave.title", { class: people.title }) : t("people.out.title", { name: nameOf(asked) })} text=${question} button=${asked.you ? t("people.leave") : t("people.out.do")} onYes=${takeOut} onClose=${() => setAsked(null)} />`}</section>`;
}

// Found as the name is written; where the student is now stands beside it, since two may have one name.
export function BringIn({ classId, title, session, onClose, onDone }) {
  const [name, setName] = useState(""), [wanted, setWanted] = useState(""), [problem, setProblem] = useState(null), [busy, setBusy] = useState(false);
  useEffect(() => { const timer = setTimeout(() => setWanted(name.trim()), 200); return () => clearTimeout(timer); }, [name]);
  const { value: found, error } = useLoad(wanted ? `/classes/${classId}/find?name=${encodeURIComponent(wanted)}` : "");
  const bring = async (one) => {
    const full = `${one.given} ${one.family}`.trim();
    setBusy(true);
    try { const { added } = await api("POST", `/classes/${classId}/enroll`, { student: one.person }); announce(t(added ? "people.bring.done" : "people.bring.already", { name: full })); onDone(); }
    catch (e) { setProblem(e); }
    setBusy(false);
  };
  const where = (one) => (one.classes.length ? t("people.is_in", { class: list(one.classes) }) : one.left.length ? t("people.was_in", { class: list(one.left) }) : t(one.gone ? "people.was_here" : "people.here"));
  return html`<${Dialog} title=${t("people.bring.title", { class: title })} onClose=${onClose}><div class="in stack"><p class="muted sm">${t(session.role === "admin" ? "people.bring.all" : "people.bring.own")}</p>
    <label class="field"><span>${t("students.find")}</span><input type="search" autocomplete="off" value=${name} onInput=${(e) => setName(e.target.value)} /></label>
    <${Problem} error=${problem ?? error} />
    <div aria-live="polite">${wanted && found && (found.students.length === 0 ? html`<p class="muted">${t("people.bring.nobody")}</p>` : html`<ul class="erasable">${found.students.map((one) => html`<li key=${one.person}><div><b>${`${one.given} ${one.family}`.trim()}</b><span class="muted sm">${where(one)}</span></div><button class="b" type="button" disabled=${busy} onClick=${() => bring(one)}>${t("people.bring.do")}<span class="vh"> ${one.given}</span></button></li>`)}</ul>`)}
      ${wanted && found?.more > 0 && html`<p class="muted sm">${t("people.bring.more", { n: found.more })}</p>`}</div></div></${Dialog}>`;
}

// ---- for an administrator

export function ClassesPage() {
  const { value, error, reload } = useLoad("/school/classes");
  return html`<main id="main"><div class="title"><div><h1>${t("classes.title")}</h1><p>${t("classes.text")}</p></div><div class="acts"><${Link} class="b" href="/set-up">${t("nav.set-up")}</${Link}></div></div>
    <${Problem} error=${error} again=${reload} />${!value ? !error && html`<${Loading} />` : value.classes.length === 0 ? html`<section class="card"><div class="empty"><p>${t("classes.none")}</p><${Link} class="b p" href="/set-up/new">${t("setup.new")}</${Link}></div></section>`
    : html`<section class="card"><ul class="lines">${value.classes.map((one) => html`<li key=${one.id}><${Link} href=${"/classes/" + one.id}>${one.title}</${Link}><span class="sm">${one.teachers.length ? list(one.teachers) : html`<span class="blaze" aria-hidden="true"></span> ${t("classes.nobody")}`}</span><span class="muted sm">${t("setup.students", { n: one.students })}</span></li>`)}</ul></section>`}</main>`;
}

export function ClassPeoplePage({ id, session, reload: reloadSession }) {
  const { value: people, error, reload } = useLoad(`/classes/${id}/people`);
  const [bring, setBring] = useState(false), [asked, setAsked] = useState(null);
  if (!people) return html`<main id="main">${error ? html`<${Problem} error=${error} again=${reload} />` : html`<${Loading} />`}</main>`;
  const leave = async () => {
    try { await api("DELETE", `/classes/${id}/students/${asked.id}`); announce(t("setup.leave.done", { name: asked.name })); } catch (problem) { announce(sentence(problem)); }
    setAsked(null); reload(); reloadSession();
  };
  return html`<main id="main"><div class="title"><div><h1>${people.title}</h1><p>${t("setup.students", { n: people.students.length })}</p></div><div class="acts"><button class="b" type="button" onClick=${() => go("/classes")}>${t("classes.title")}</button></div></div>
    <${Problem} error=${error} again=${reload} />
    <${Teachers} classId=${id} people=${people} session=${session} reload=${reload} reloadSession=${reloadSession} />
    <section class="card" aria-labelledby="h-in"><header><h2 id="h-in">${t("people.students")}</h2><div class="acts push"><button class="b p" type="button" onClick=${() => setBring(true)}>${t("people.bring")}</button></div></header>
    ${people.students.length === 0 ? html`<div class="empty"><p>${t("setup.no_students")}</p></div>` : html`<div class="in"><ul class="erasable">${people.students.map((one) => html`<li key=${one.id}><div class="pn"><${Mark} of=${one} /><b>${one.name}</b></div><button class="b q" type="button" onClick=${() => setAsked(one)}>${t("people.out")}<span class="vh"> ${one.name}</span></button></li>`)}</ul></div>`}</section>
    ${asked && html`<${Confirm} title=${t("people.out.title", { name: asked.name })} text=${t("setup.leave.text", { name: asked.name })} button=${t("setup.leave.do")} onYes=${leave} onClose=${() => setAsked(null)} />`}
    ${bring && html`<${BringIn} classId=${id} title=${people.title} session=${session} onClose=${() => setBring(false)} onDone=${() => { setBring(false); reload(); reloadSession(); }} />`}</main>`;
}
