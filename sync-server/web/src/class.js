// The class page: who needs the teacher and why, the work to answer, the computers, where the class stands;
// and "Show to class", which has no name on it.
import { Versions } from "./versions.js";
import { html, t, say, api, go, useLoad, useNews, useState, Link, Mark, ClassTrail, Dialog, Kbd, Problem, Loading, announce, sentence, ago, dayName, dateText, longDate, today, carriedBy } from "./lib.js";

const rowsMax = 7, computersMax = 5;

function reason(need) {
  const step = say(need.step_title), place = step ? t("class.step", { n: need.step_number, title: step }) : "";
  switch (need.type) {
    case "stuck": return [need.words ? t("need.stuck.words", { words: need.words }) : t("need.stuck"), place];
    case "shown": return [t("need.shown", { words: need.words || step }), place];
    case "answered": return [t("need.answered", { step: step || t("class.some_step") }), t("need.try", { n: need.try_number })];
    case "waiting": return [t("need.waiting", { step: step || t("class.some_step") }), t("need.waiting.since", { when: ago(need.since_ms) })];
    case "goal": return [t("need.goal", { when: dateText(need.date), words: need.words }), t("need.goal.detail")];
    case "quiet": return [t("need.quiet", { n: need.days }), t("need.quiet.detail", { computer: need.heard.computer || t("class.no_computer") })];
    default: return [t("need.never"), t("need.never.detail")];
  }
}

// What waits on these computers: what others carried says nothing of that, nor does a long silence.
function waits(lines, now) {
  const n = lines.reduce((sum, line) => sum + line.waiting, 0);
  return n > 0 ? t("class.things", { n }) : lines.some((line) => line.carrier || now - line.heard_ms > 86400000 * 3) ? t("class.cannot_tell") : t("class.nothing");
}

function HelpDialog({ need, onDone, onClose }) {
  const [text, setText] = useState(""), [error, setError] = useState(null);
  const phrases = ["help.coming", "help.example", "help.neighbor"].map((key) => t(key));
  const send = async (event) => {
    event.preventDefault();
    try { await api("POST", `/students/${need.student.id}/help/${need.record}`, { text }); announce(t("help.sent", { name: need.student.first_name })); onDone(); }
    catch (problem) { setError(problem); }
  };
  return html`<${Dialog} title=${t("help.title", { name: need.student.first_name })} onClose=${onClose}><form class="in stack" onSubmit=${send}>
    ${need.words && html`<p class="voice quote">“${need.words}”</p>`}
    <p class="muted sm">${[t("class.step", { n: need.step_number, title: say(need.step_title) }), ago(need.since_ms), need.heard.computer].filter(Boolean).join(" · ")}</p>
    <div class="phr" role="group" aria-label=${t("help.phrases")}>${phrases.map((phrase) => html`<button key=${phrase} type="button" class="pill" aria-pressed=${text === phrase} onClick=${() => setText(phrase)}>${phrase}</button>`)}</div>
    <label class="field"><span>${t("help.text")}</span><textarea rows="3" required value=${text} onInput=${(e) => setText(e.target.value)}></textarea></label>
    <p class="muted sm">${t("help.when")}</p><${Problem} error=${error} />
    <div class="acts end"><button class="b p" type="submit">${t("help.send")}</button></div></form></${Dialog}>`;
}

function Action({ need, first, onHelp, reload }) {
  const name = need.student.first_name, style = first ? "b t" : "b";
  const confirm = async () => {
    try { await api("POST", `/students/${need.student.id}/shown/${need.record}`); announce(t("need.confirmed", { name })); reload(); }
    catch (error) { announce(sentence(error)); }
  };
  switch (need.type) {
    case "stuck": return html`<button class=${style} type="button" onClick=${onHelp}>${t("act.help", { name })}</button>`;
    case "shown": return html`<button class="b" type="button" onClick=${confirm}>${t("act.confirm")}<span class="vh"> ${name}</span></button>`;
    case "answered": case "waiting": return html`<${Link} class="b" href=${"/answer?work=" + need.record}>${t("act.answer", { name })}</${Link}>`;
    case "goal": return html`<${Link} class="b" href=${`/students/${need.student.id}#goals`}>${t("act.goal")}<span class="vh"> ${name}</span></${Link}>`;
    case "quiet": return html`<${Link} class="b" href=${"/students/" + need.student.id}>${t("act.look", { name })}</${Link}>`;
    default: return html`<${Link} class="b" href=${"/cards?only=" + need.student.id}>${t("act.card")}<span class="vh"> ${name}</span></${Link}>`;
  }
}

function TodayDialog({ page, onClose, reload }) {
  const [pathway, setPathway] = useState(page.trail.pathway || page.pathways[0]?.id || ""), chosen = page.pathways.find((p) => p.id === pathway);
  const [step, setStep] = useState(page.trail.stops.find((s) => s.today)?.id ?? chosen?.steps[0]?.id ?? ""), [error, setError] = useState(null);
  const save = async (event) => {
    event.preventDefault();
    try { await api("POST", `/classes/${page.id}/today`, { pathway, step, saw: page.today_saw }); reload(); onClose(); } catch (problem) { setError(problem); }
  };
  return html`<${Dialog} title=${t("today.title")} onClose=${onClose}><form class="in stack" onSubmit=${save}>
    <label class="field"><span>${t("today.pathway")}</span><select value=${pathway} onChange=${(e) => { setPathway(e.target.value); setStep(page.pathways.find((p) => p.id === e.target.value)?.steps[0]?.id ?? ""); }}>${page.pathways.map((p) => html`<option key=${p.id} value=${p.id}>${say(p.title)}</option>`)}</select></label>
    <label class="field"><span>${t("today.step")}</span><select value=${step} onChange=${(e) => setStep(e.target.value)}>${chosen?.steps.map((s, i) => html`<option key=${s.id} value=${s.id}>${i + 1}. ${say(s.title)}</option>`)}</select></label>
    <${Problem} error=${error} /><div class="acts end"><button class="b p" type="submit">${t("today.save")}</button></div></form></${Dialog}>`;
}

function stepName(page, version) {
  const pathway = page.pathways.find((p) => p.id === version.pathway), step = pathway?.steps.find((s) => s.id === version.step);
  return step ? `${say(pathway.title)}: ${say(step.title)}` : t("versions.no_step");
}

export function ClassPage({ current, classes, choose, cover }) {
  const { value: page, error, reload } = useLoad(`/classes/${current.id}?today=${today()}`, 20000);
  const [all, setAll] = useState(false), [help, setHelp] = useState(null), [pickToday, setPickToday] = useState(false);
  useNews(true, (news) => news.classes.includes(current.id), reload);
  if (!page) return html`<main id="main">${error ? html`<${Problem} error=${error} again=${reload} />` : html`<${Loading} />`}</main>`;
  const shown = all ? page.needs : page.needs.slice(0, rowsMax), more = page.needs.length - shown.length;
  const todayStep = page.trail.stops.find((s) => s.today), number = page.trail.stops.indexOf(todayStep) + 1;
  const lines = page.computers.slice(0, page.computers.length > computersMax + 1 ? computersMax : computersMax + 1), others = page.computers.slice(lines.length);
  const heard = page.computers.filter((c) => page.now_ms - c.heard_ms < 86400000).length;
  return html`<main id="main"><div class="title"><div><h1>${page.title}</h1><p>${longDate(Date.now())}. ${todayStep ? html`${t("class.today")} <b>${say(todayStep.title)}</b>, ${t("class.today.of", { n: number, question: say(page.trail.title) })}` : page.pathways.length > 0 && t("class.no_today")} ${page.pathways.length > 0 && html`<button class="link" type="button" onClick=${() => setPickToday(true)}>${t("class.today.change")}</button>`}</p></div>
    <div class="acts">${classes.length > 1 && html`<label class="vh" for="class-pick">${t("class.pick")}</label><select id="class-pick" value=${page.id} onChange=${(e) => choose(e.target.value)}>${classes.map((c) => html`<option key=${c.id} value=${c.id}>${c.title}</option>`)}</select>`}
      <button class="b" type="button" onClick=${() => go("/show")}>${t("class.show")}</button><button class="b" type="button" onClick=${cover}>${t("class.curtain")} <kbd>Esc</kbd><kbd>Esc</kbd></button></div></div>
  <${Problem} error=${error} again=${reload} />
  <${Versions} versions=${page.today_versions} path=${`/classes/${page.id}/today/choose`} body=${{}} title=${t("versions.today")} text=${t("versions.today.text")} show=${(v) => html`<p>${stepName(page, v)}</p>`} onDone=${reload} />
  <div class="cls"><section class="card" aria-labelledby="h-needs"><header>${page.needs.length > 0 && html`<span class="blaze" aria-hidden="true"></span>`}<h2 id="h-needs">${t("class.needs")}</h2>${page.needs.length > 0 && html`<p>${t("class.needs.count", { n: page.needing, all: page.students })}</p>`}</header>
    ${page.students === 0 ? html`<div class="empty"><p>${t("class.empty")}</p><${Link} class="b p" href="/set-up/add">${t("setup.paste")}</${Link}></div>` : page.needs.length === 0 ? html`<div class="empty"><p>${t("class.nobody")}</p><p class="muted">${t("class.heard", { n: heard })}</p></div>` : html`
    <table class="needs" role="table"><colgroup><col class="s" /><col /><col class="a" /><col class="x" /></colgroup>
      <thead role="rowgroup"><tr role="row"><th scope="col" role="columnheader">${t("class.student")}</th><th scope="col" role="columnheader">${t("class.why")}</th><th scope="col" role="columnheader">${t("class.heard_from")}</th><th scope="col" role="columnheader"><span class="vh">${t("class.action")}</span></th></tr></thead>
      <tbody role="rowgroup">${shown.map((need, i) => { const [why, detail] = reason(need); return html`<tr role="row" key=${need.student.id}>
        <th scope="row" role="rowheader"><span class="pn"><${Mark} of=${need.student} /><${Link} href=${"/students/" + need.student.id}>${need.student.name}</${Link}></span></th>
        <td role="cell" class="why"><b>${why}</b><span>${[detail, need.more > 0 && t("class.also", { n: need.more })].filter(Boolean).join(" · ")}</span></td>
        <td role="cell" class="sm heard"><span class="nowrap">${need.heard.at_ms || !need.heard.begun ? ago(need.heard.at_ms, page.now_ms) : t("class.cannot_tell")}</span><br /><span class="muted">${[need.heard.computer, carriedBy(need.heard.carrier)].filter(Boolean).join(", ")}</span></td>
        <td role="cell"><${Action} need=${need} first=${i === 0} onHelp=${() => setHelp(need)} reload=${reload} /></td></tr>`; })}</tbody></table>`}
    ${page.needs.length > 0 && html`<div class="more">${(more > 0 || all) && page.needs.length > rowsMax && html`<button class="b q" type="button" aria-expanded=${all} onClick=${() => setAll(!all)}>${all ? t("class.fewer") : t("class.more", { n: more })}</button>`}<span>${t("class.fine", { n: page.students - page.needing, all: page.students })}</span></div>`}</section>
  <div class="side"><section class="card" aria-labelledby="h-answer"><header><h2 id="h-answer">${t("class.to_answer")}</h2></header><div class="in">
      <p>${page.to_answer.count === 0 ? t("class.to_answer.none") : t("class.to_answer.count", { n: page.to_answer.count, when: dayName(page.to_answer.oldest_ms, page.now_ms) })} ${page.to_answer.second_tries > 0 && t("class.to_answer.second", { n: page.to_answer.second_tries })} ${page.to_answer.several > 0 && t("class.to_answer.several", { n: page.to_answer.several })} ${page.to_answer.held > 0 && t("class.to_answer.held", { n: page.to_answer.held })}</p>
      <div class="acts">${(page.to_answer.count > 0 || page.to_answer.held > 0) && html`<${Link} class="b p" href="/answer">${page.to_answer.count > 0 ? t("class.start") : t("class.send_held")}</${Link}>`}<${Link} class="b" href="/students?observe">${t("class.observe")}</${Link}></div></div></section>
    <section class="card" aria-labelledby="h-computers"><header><h2 id="h-computers">${t("class.computers")}</h2></header>
      ${page.computers.length === 0 ? html`<div class="in"><p class="muted">${t("class.computers.none")}</p></div>` : html`<table class="comp"><thead><tr><th scope="col">${t("class.where")}</th><th scope="col">${t("class.last_heard")}</th><th scope="col">${t("class.waits")}</th></tr></thead>
      <tbody>${lines.map((line) => html`<tr key=${line.name}><th scope="row">${line.name}</th><td class="sm">${[ago(line.heard_ms, page.now_ms), carriedBy(line.carrier)].filter(Boolean).join(", ")}</td><td class="sm">${waits([line], page.now_ms)}</td></tr>`)}
      ${others.length > 0 && html`<tr><th scope="row">${t("class.others", { n: others.length })}</th><td class="sm">${ago(Math.max(...others.map((c) => c.heard_ms)), page.now_ms)}</td><td class="sm">${waits(others, page.now_ms)}</td></tr>`}</tbody></table>`}
      <p class="foot">${t("class.quiet_computer")}</p></section></div>
  ${page.trail.stops.length > 0 && html`<section class="card trailcard" aria-labelledby="h-trail"><header><h2 id="h-trail">${t("class.stands")}</h2><p>${t("class.stands.count", { n: page.trail.on_this, title: say(page.trail.title) })} ${page.trail.on_others > 0 && t("class.stands.others", { n: page.trail.on_others })} ${page.trail.without > 0 && t("class.stands.without", { n: page.trail.without })} ${t("class.stone")}</p></header>
    <${ClassTrail} stops=${page.trail.stops} seed=${page.trail.pathway} label=${t("class.trail.label", { n: page.trail.on_this })} />
    <ul class="stops">${page.trail.stops.map((stop) => html`<li key=${stop.id}><b>${say(stop.title)}</b><span>${t("class.here", { n: stop.here })}${stop.today && " · " + t("when.today")}</span></li>`)}</ul></section>`}</div>
  ${help && html`<${HelpDialog} need=${help} onClose=${() => setHelp(null)} onDone=${() => { setHelp(null); reload(); }} />`}
  ${pickToday && html`<${TodayDialog} page=${page} onClose=${() => setPickToday(false)} reload=${reload} />`}</main>`;
}

// Only the pathway's own words: whoever looks at the wall learns nothing about anybody.
export function ShowPage({ classId }) {
  const { value: page, error, reload } = useLoad(`/classes/${classId}?today=${today()}`);
  if (!page) return html`<main id="main">${error ? html`<${Problem} error=${error} again=${reload} />` : html`<${Loading} />`}</main>`;
  const stops = page.trail.stops, stop = stops.find((s) => s.today) ?? stops[0], number = stops.indexOf(stop) + 1;
  return html`<main id="main" class="show"><div>
    ${stop ? html`<p class="cap">${t("show.step", { n: number, all: stops.length })}</p><h1 class="q">${say(page.trail.question) || say(page.trail.title)}</h1>
    <p class="today"><b>${say(stop.title)}.</b> ${t("show.bell")}</p>
    <div class="two"><section class="card"><h2>${t("show.good")}</h2><p>${say(stop.good)}</p></section><section class="card"><h2>${t("show.stuck")}</h2><p>${say(stop.stuck) || t("show.stuck.default")}</p></section></div>
    <div class="showtrail"><${ClassTrail} stops=${stops.map((s) => ({ ...s, today: s === stop }))} seed=${page.trail.pathway} stones=${false} label=${t("show.trail", { n: number, all: stops.length })} /><ul class="stops">${stops.map((s) => html`<li key=${s.id}><b>${say(s.title)}</b></li>`)}</ul></div>` : html`<h1>${t("show.none")}</h1>`}
    <button class="b" type="button" onClick=${() => go("/")}>${t("show.back")} <kbd>Esc</kbd></button></div></main>`;
}
