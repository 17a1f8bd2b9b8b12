// The students of a class, one student's page, and writing an observation of one or several of them.
import { Growth } from "./growth.js";
import { Hide, HiddenLine, HiddenTexts } from "./hide.js";
import { Versions, UnsentReply } from "./versions.js";
import { html, t, say, api, useLoad, useNews, useState, useEffect, Link, Mark, OwnTrail, Dialog, Problem, Loading, announce, sentence, ago, dayName, dateText, carriedBy, fieldOf, plain, remembered, remember } from "./lib.js";

export const forms = ["example", "step_by_step", "on_my_own"];

export function AboutMe({ about, goals, name, student, onHidden }) {
  if (about.hidden?.at_ms) return html`<${HiddenLine} hidden=${about.hidden} student=${{ first_name: name }} />`;
  const rows = [["good", about.strengths], ["like", about.interests], ["languages", about.languages], ["learn", about.learn_best], ["need", about.need]].filter(([, text]) => text);
  if (rows.length === 0 && !goals?.length) return html`<p class="muted">${t("about.empty", { name })}</p>`;
  return html`<dl class="kv">${rows.map(([key, text]) => html`<dt key=${key}>${t("about." + key)}</dt><dd class="voice" key=${key + "d"}>${text}</dd>`)}${goals?.length > 0 && html`<dt>${t("about.goal")}</dt>${goals.map((goal) => html`<dd class="voice" key=${goal}>“${goal}”</dd>`)}`}</dl>${onHidden && rows.length > 0 && html`<${Hide} student=${student} kind="profile" record=${about.id} what=${t("about.title")} onDone=${onHidden} />`}`;
}

// One sentence, on one or several, with a standard or without.
export function Observe({ classId, students, chosen, onClose, onDone }) {
  const { value: standards } = useLoad(`/classes/${classId}/standards`);
  const [picked, setPicked] = useState(chosen ?? []), [text, setText] = useState(""), [standard, setStandard] = useState(""), [error, setError] = useState(null);
  const toggle = (id) => setPicked(picked.includes(id) ? picked.filter((other) => other !== id) : [...picked, id]);
  const names = students.filter((s) => picked.includes(s.id)).map((s) => s.first_name);
  const save = async (event) => {
    event.preventDefault();
    try { await api("POST", `/classes/${classId}/observations`, { students: picked, text, standard }); announce(t("observe.done", { n: picked.length, name: names[0] })); onDone(); }
    catch (problem) { setError(problem); }
  };
  return html`<${Dialog} title=${t("observe.title")} onClose=${onClose} wide=${students.length > 1}><form class="in stack" onSubmit=${save}>
    ${students.length > 1 && html`<fieldset><legend>${t("observe.who")}</legend><div class="faces">${students.map((s) => html`<label key=${s.id}><input type="checkbox" checked=${picked.includes(s.id)} onChange=${() => toggle(s.id)} /><${Mark} of=${s} size="26" /><span>${s.first_name}</span><span class="tk" aria-hidden="true">✓</span></label>`)}</div></fieldset>`}
    ${standards?.length > 0 && html`<label class="field"><span>${t("observe.standard")}</span><select value=${standard} onChange=${(e) => setStandard(e.target.value)}><option value="">${t("observe.no_standard")}</option>${[true, false].map((used) => { const some = standards.filter((s) => s.used === used); return some.length > 0 && html`<optgroup key=${used} label=${used ? t("observe.used") : t("observe.others")}>${some.map((s) => html`<option key=${s.code} value=${s.code}>${s.code} ${s.text.slice(0, 80)}</option>`)}</optgroup>`; })}</select></label>`}
    <label class="field"><span>${t("observe.text")}</span><textarea rows="4" required value=${text} onInput=${(e) => setText(e.target.value)}></textarea></label>
    <p class="muted sm">${t("observe.read")}</p><${Problem} error=${error} />
    <div class="acts end"><button class="b p" type="submit" disabled=${picked.length === 0 || !text.trim()}>${names.length === 0 ? t("observe.pick") : t("observe.save", { n: names.length, name: names[0] })}</button></div></form></${Dialog}>`;
}

export function StudentsPage({ current }) {
  const { value, error, reload } = useLoad(`/classes/${current.id}/students`);
  const [find, setFind] = useState(""), [observe, setObserve] = useState(location.search.includes("observe"));
  const list = (value ?? []).filter((s) => s.name.toLowerCase().includes(find.toLowerCase()));
  return html`<main id="main"><div class="title"><div><h1>${t("students.title")}</h1><p>${current.title}${value && html`. ${t("setup.students", { n: value.length })}`}</p></div><div class="acts"><label class="vh" for="find">${t("students.find")}</label><input id="find" type="search" placeholder=${t("students.find")} value=${find} onInput=${(e) => setFind(e.target.value)} />${value?.length > 0 && html`<button class="b p" type="button" onClick=${() => setObserve(true)}>${t("observe.title")}</button>`}</div></div>
    <${Problem} error=${error} again=${reload} />${!value ? !error && html`<${Loading} />` : html`<ul class="people">${list.map((s) => html`<li key=${s.id}><${Link} class="card" href=${"/students/" + s.id}><${Mark} of=${s} size="40" /><span>${s.name}</span></${Link}></li>`)}</ul>`}
    ${value?.length === 0 && html`<section class="card"><div class="empty"><p>${t("class.empty")}</p><${Link} class="b p" href="/set-up/add">${t("setup.paste")}</${Link}></div></section>`}
    ${value?.length > 0 && list.length === 0 && html`<p class="muted">${t("students.nobody", { name: find })}</p>`}
    ${observe && value && html`<${Observe} classId=${current.id} students=${value} onClose=${() => setObserve(false)} onDone=${() => setObserve(false)} />`}</main>`;
}

function Goal({ goal, student, reload }) {
  if (goal.hidden.at_ms) return html`<div class="goal"><${HiddenLine} hidden=${goal.hidden} student=${student} /></div>`;
  const points = [[t("goal.first"), goal.first_step], [t("goal.know"), goal.how_know], [t("goal.ifthen"), goal.plan_if && t("goal.plan", { if: goal.plan_if, then: goal.plan_then })], ...goal.thread.map((c) => [`${t("goal.checkin")}, ${dayName(c.at_ms)}`, c.text || " ", c]), [t("goal.learned"), goal.learned]].filter(([, text]) => text);
  return html`<div class="goal"><p class="voice quote"><span class="cap">${t("goal.want")}</span><br />“${goal.want}”</p><p class="muted sm">${[goal.standard, goal.by && t("goal.by", { when: dateText(goal.by) }), !goal.open && t("goal.wrapped")].filter(Boolean).join(" · ")}</p>
    ${points.length > 0 && html`<ol class="thread">${points.map(([cap, text, c], i) => html`<li key=${i}>${cap && html`<span class="cap">${cap}</span>`}${c?.hidden.at_ms ? html`<${HiddenLine} hidden=${c.hidden} student=${student} />` : html`<span class="voice">${text}</span>`}${c && !c.hidden.at_ms && html` <${Hide} student=${student} kind="checkin" record=${c.id} what=${text} onDone=${reload} />`}</li>`)}</ol>`}<${Hide} student=${student} kind="goal" record=${goal.id} what=${goal.want} onDone=${reload} /></div>`;
}

function Support({ value, versions, saw, id, project, label, reload }) {
  const set = async (form) => { try { await api("POST", `/students/${id}/support`, { project, form, saw }); announce(t("support.done")); reload(); } catch (error) { announce(sentence(error)); } };
  return html`<fieldset class="opens bare"><legend>${label}</legend><div class="seg">${forms.map((form) => html`<label key=${form}><input type="radio" name=${"support" + project} checked=${value === form} onChange=${() => set(form)} />${t("form." + form)}</label>`)}<label><input type="radio" name=${"support" + project} checked=${!value} onChange=${() => set("")} />${t("form.none")}</label></div><span class="muted sm">${t("support.open")}</span></fieldset>
  <${Versions} versions=${versions} path=${`/students/${id}/support/choose`} body=${{ project }} title=${t("versions.support")} text=${t("versions.support.text")} show=${(v) => html`<p>${t("form." + (v.form || "none"))}</p>`} onDone=${reload} />`;
}

const criteria = (contents, version, rubric) => { try { return JSON.parse(contents[version]).rubrics.find((r) => r.id === rubric)?.criteria ?? []; } catch { return []; } };

// What was answered, the student's view beside it; an answer that was corrected folds away under the one that stands.
function Review({ review: r, page, onCorrect, reload }) {
  const s = page.student, before = page.reviews.filter((other) => other.replaced_by === r.id);
  return html`<li><p class="top-line"><b>${say(r.step_title) || t("class.some_step")}</b> <span class="muted sm">${[r.by, dayName(r.at_ms), r.try_number > 1 && t("need.try", { n: r.try_number }), t("outcome." + r.judgement.outcome), before.length > 0 && t("reviews.corrected")].filter(Boolean).join(" · ")}</span>
      ${onCorrect && html`<button class="b q push" type="button" onClick=${onCorrect}>${t("correct.do")}<span class="vh"> ${say(r.step_title)}</span></button>`}</p>
    <${Levels} review=${r} page=${page} />
    ${["glow", "grow", "next"].map((part) => r.judgement[part] && html`<p key=${part}><span class="cap">${t("reply." + part)}</span> ${r.judgement[part]}</p>`)}
    ${[...before.flatMap((b) => b.replies), ...r.replies].map((reply) => (reply.hidden.at_ms ? html`<${HiddenLine} key=${reply.id} hidden=${reply.hidden} student=${s} />` : html`<p class="voice quote" key=${reply.id}>${t("reviews.change", { name: s.first_name })} ${reply.text} <${Hide} student=${s} kind="reply" record=${reply.id} what=${reply.text} onDone=${reload} /></p>`))}
    ${before.length > 0 && html`<details><summary>${t("reviews.before", { n: before.length })}</summary>${before.map((b) => html`<div class="before" key=${b.id}><p class="muted sm">${[b.by, dayName(b.at_ms), t("outcome." + b.judgement.outcome)].join(" · ")}</p><${Levels} review=${b} page=${page} />${["glow", "grow", "next"].map((part) => b.judgement[part] && html`<p key=${part}><span class="cap">${t("reply." + part)}</span> ${b.judgement[part]}</p>`)}</div>`)}</details>`}</li>`;
}
function Levels({ review: r, page }) {
  const rated = criteria(page.contents, r.version, r.rubric).filter((c) => r.own[fieldOf(c.id)] || r.judgement.levels[fieldOf(c.id)]);
  if (rated.length === 0) return null;
  return html`<ul class="levels sm">${rated.map((c) => { const field = fieldOf(c.id), own = r.own[field], mine = r.judgement.levels[field]; return html`<li key=${c.id}><span>${say(c.title)}</span><span>${own && html`<span class="ring" aria-hidden="true"></span> ${page.student.first_name}: ${say(c.levels[own - 1]?.name)}`}</span><span>${mine && html`<span class="disc" aria-hidden="true"></span> ${t("reviews.yours")}: ${say(c.levels[mine - 1]?.name)}`}</span></li>`; })}</ul>`;
}
// A sent answer is not changed: another takes its place, and the student reads that one.
function Correct({ review: r, page, onClose, onDone }) {
  const [reply, setReply] = useState({ ...(r.initial ?? r.judgement), levels: { ...(r.initial ?? r.judgement).levels } }), [error, setError] = useState(null), [busy, setBusy] = useState(false);
  const change = (part) => { setReply((old) => ({ ...old, ...part })); setError(null); }, same = JSON.stringify(reply) === JSON.stringify(r.judgement), list = criteria(page.contents, r.version, r.rubric), name = page.student.first_name;
  const save = async (event) => {
    event.preventDefault();
    if (reply.outcome === "another_look" && !reply.next.trim()) { setError({ code: "next_wanted" }); document.getElementById("correct-next")?.focus(); return; }
    setBusy(true);
    try { await api("POST", `/students/${page.student.id}/reviews/${r.id}`, reply); announce(t("correct.done", { name })); onDone(); }
    catch (problem) { setError(problem); setBusy(false); }
  };
  return html`<${Dialog} title=${t("correct.title", { step: say(r.step_title) })} onClose=${onClose} wide><form class="in stack" onSubmit=${save}><p class="muted sm">${t("correct.text", { name })}</p>
    ${list.length > 0 && html`<div class="two">${list.map((c) => { const field = fieldOf(c.id); return html`<label class="field" key=${c.id}><span>${say(c.title)}</span><select value=${reply.levels[field] ?? ""} onChange=${(e) => { const levels = { ...reply.levels }; if (e.target.value) levels[field] = Number(e.target.value); else delete levels[field]; change({ levels }); }}><option value="">${t("correct.no_level")}</option>${c.levels.map((level, i) => html`<option key=${i} value=${i + 1}>${say(level.name)}${r.own[field] === i + 1 ? ` (${name})` : ""}</option>`)}</select></label>`; })}</div>`}
    ${["glow", "grow", "next"].map((part) => html`<label class="field" key=${part}><span>${t("reply." + part)}</span><textarea id=${"correct-" + part} rows="2" value=${reply[part]} onInput=${(e) => change({ [part]: e.target.value })}></textarea></label>`)}
    <fieldset class="bare"><legend>${t("answer.outcome")}</legend><div class="seg">${["ready", "another_look"].map((outcome) => html`<label key=${outcome}><input type="radio" name="correct-outcome" checked=${reply.outcome === outcome} onChange=${() => change({ outcome })} />${t("outcome." + outcome)}</label>`)}</div></fieldset>
    ${error?.code === "next_wanted" ? html`<p class="problem" role="alert"><span class="blaze" aria-hidden="true"></span><span>${t("correct.next_wanted", { name })}</span></p>` : html`<${Problem} error=${error} />`}<div class="acts end"><button class="b p" type="submit" disabled=${busy || same}>${t("correct.send")}</button></div></form></${Dialog}>`;
}

// What others carried says nothing of what still waits there.
function heardWords({ heard, now_ms }) {
  if (!heard.at_ms) return t(heard.begun ? "student.not_heard" : "need.never");
  const computer = [heard.computer, carriedBy(heard.carrier)].filter(Boolean).join(", ");
  return `${t("student.heard", { when: ago(heard.at_ms, now_ms), computer })} ${heard.waiting > 0 ? t("student.waits", { n: heard.waiting }) : t(heard.carrier ? "student.cannot_tell" : "student.no_waits")}`;
}

export function StudentPage({ id, current }) {
  const { value: page, error, reload } = useLoad(`/students/${id}`, 30000);
  const [observe, setObserve] = useState(false), [correct, setCorrect] = useState(null), [hidden, setHidden] = useState(false), [left, setLeft] = useState([]);
  const chooses = (unsent) => `/students/${id}/replies/${unsent.turn_in}/choose`, keep = (unsent) => setLeft((list) => [...list.filter((l) => l.turn_in !== unsent.turn_in), unsent]);
  const corrected = async ({ of }) => {
    setCorrect(null);
    // Its words were sent: they are no question any more.
    if (of) { setLeft((list) => list.filter((l) => l.turn_in !== of.unsent.turn_in)); await api("POST", chooses(of.unsent), { saw: of.unsent.versions.map((v) => v.op), take: of.version.op }).catch((error) => announce(sentence(error))); }
    reload();
  };
  useNews(true, (news) => (news.student ? news.student === id : news.classes.includes(current.id)), reload);
  useEffect(() => { if (page && location.hash) document.querySelector(location.hash)?.scrollIntoView(); }, [Boolean(page)]);
  if (!page) return html`<main id="main">${error ? html`<${Problem} error=${error} again=${reload} />` : html`<${Loading} />`}</main>`;
  const waiting = page.projects.some((p) => p.steps.some((s) => s.state === "turned_in")), s = page.student;
  const open = page.goals.filter((g) => g.open), closed = page.goals.filter((g) => !g.open);
  return html`<main id="main"><div class="title"><div class="withmark"><${Mark} of=${s} size="54" /><div><h1>${s.name}</h1><p>${page.classes.join(", ")}. ${heardWords(page)}</p></div></div>
    <div class="acts">${page.hidden > 0 && html`<button class="b" type="button" onClick=${() => setHidden(true)}>${t("hide.list", { n: page.hidden })}</button>`}<button class=${waiting ? "b" : "b p"} type="button" onClick=${() => setObserve(true)}>${t("observe.title")}</button>${waiting && html`<${Link} class="b p" href="/answer">${t("act.answer", { name: s.first_name })}</${Link}>`}</div></div>
  <${Problem} error=${error} again=${reload} />
  <div class="stu"><div><section class="card" aria-labelledby="h-about"><header><h2 id="h-about">${t("about.title")}</h2>${page.about.written_ms > 0 && html`<p>${t("about.wrote", { name: s.first_name, when: dayName(page.about.written_ms) })}</p>`}</header><div class="in"><${AboutMe} about=${page.about} name=${s.first_name} student=${s} onHidden=${reload} /></div></section>
    <section class="card" id="goals" aria-labelledby="h-goals"><header><h2 id="h-goals">${t("goals.title")}</h2>${page.goals.length > 0 && html`<p>${t("goals.count", { n: open.length })}</p>`}</header><div class="in stack">${page.goals.length === 0 ? html`<p class="muted">${t("goals.none", { name: s.first_name })}</p>` : [...open, ...closed].map((goal) => html`<${Goal} key=${goal.id} goal=${goal} student=${s} reload=${reload} />`)}</div></section></div>
  <div>${page.projects.length === 0 && html`<section class="card"><div class="empty"><p>${t("projects.none", { name: s.first_name })}</p></div><div class="in"><${Support} value=${page.support} versions=${page.support_versions} saw=${page.support_saw} id=${id} project="" label=${t("support.title")} reload=${reload} /></div></section>`}
    ${page.projects.length > 0 && html`<${Versions} versions=${page.support_versions} path=${`/students/${id}/support/choose`} body=${{ project: "" }} title=${t("versions.support")} text=${t("versions.support.text")} show=${(v) => html`<p>${t("form." + (v.form || "none"))}</p>`} onDone=${reload} />`}
    ${page.projects.map((p) => html`<section class="card" key=${p.id} aria-label=${say(p.title)}><header><div><h2>${p.question || say(p.title)}</h2><p class="muted sm">${[p.question && say(p.title), p.why && `“${p.why}”`, p.product && t("project.product", { product: p.product })].filter(Boolean).join(" · ")} ${!p.hidden.at_ms && (p.question || p.why) && html`<${Hide} student=${s} kind="project" record=${p.id} what=${p.question || p.why} onDone=${reload} />`}</p>${p.hidden.at_ms > 0 && html`<${HiddenLine} hidden=${p.hidden} student=${s} />`}</div></header>
      ${p.steps.length > 0 && html`<${OwnTrail} steps=${p.steps} seed=${p.id} label=${t("project.trail", { n: p.steps.filter((x) => x.state === "ready").length, all: p.steps.length })} /><ul class="stops">${p.steps.map((step) => html`<li key=${step.id}><b>${say(step.title)}</b><span>${t("step." + step.state)}${step.at_ms ? ", " + dayName(step.at_ms) : step.planned ? ", " + dateText(step.planned) : ""}${step.tries > 1 ? " · " + t("need.try", { n: step.tries }) : ""}</span></li>`)}</ul>`}
      <div class="foot"><${Support} value=${p.support} versions=${p.support_versions} saw=${p.support_saw} id=${id} project=${p.id} label=${t("support.title")} reload=${reload} /></div></section>`)}
    <${Growth} lines=${page.growth} name=${s.first_name} />
    <section class="card" aria-labelledby="h-reviews"><header><h2 id="h-reviews">${t("reviews.title")}</h2><p>${t("reviews.text")}</p></header>${[...page.unsent, ...left.filter((l) => !page.unsent.some((u) => u.turn_in === l.turn_in))].map((u) => { const sent = page.reviews.find((r) => r.id === u.review); return sent && html`<${UnsentReply} key=${u.turn_in} unsent=${u} settled=${!page.unsent.includes(u)} path=${chooses(u)} step=${say(u.step_title) || t("class.some_step")} sent=${sent} criteria=${criteria(page.contents, u.version, u.rubric)} fieldOf=${fieldOf} onCorrect=${(version) => setCorrect({ ...sent, initial: version.reply, of: { unsent: u, version } })} onLeft=${() => { keep(u); reload(); }} />`; })}${page.reviews.length === 0 ? html`<div class="in"><p class="muted">${t("reviews.none")}</p></div>` : html`<ol class="reviews">${page.reviews.filter((r) => !r.replaced_by).map((r) => html`<${Review} key=${r.id} review=${r} page=${page} reload=${reload} onCorrect=${() => setCorrect(r)} />`)}</ol>`}</section>
    <section class="card" aria-labelledby="h-obs"><header><h2 id="h-obs">${t("observations.title")}</h2></header>${page.observations.length === 0 ? html`<div class="in"><p class="muted">${t("observations.none", { name: s.first_name })}</p></div>` : html`<ol class="reviews">${page.observations.map((o) => html`<li key=${o.id}><p>${o.text}</p><p class="muted sm">${[o.by, dayName(o.at_ms), o.standard].filter(Boolean).join(" · ")}</p></li>`)}</ol>`}</section></div></div>
  ${hidden && html`<${HiddenTexts} student=${s} onClose=${() => setHidden(false)} onDone=${reload} />`}
  ${correct && html`<${Correct} review=${correct} page=${page} onClose=${() => setCorrect(null)} onDone=${() => corrected(correct)} />`}
  ${observe && html`<${Observe} classId=${current.id} students=${[s]} chosen=${[s.id]} onClose=${() => setObserve(false)} onDone=${() => { setObserve(false); reload(); }} />`}</main>`;
}
