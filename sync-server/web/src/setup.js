// Setting a class up: names pasted and looked over before anything is written, students' cards and PINs, the
// cards as sheets for the printer, and codes for computers.
import { html, t, api, go, useLoad, useState, useEffect, Link, Mark, QrCode, Confirm, Problem, Loading, announce, sentence, ago, dayName, remember } from "./lib.js";
import { Teachers, BringIn } from "./people.js";
import { Sticks } from "./sticks.js";

export function SetUpPage({ session, classes, current, choose, reload: reloadSession }) {
  return html`<main id="main"><div class="title"><div><h1>${t("setup.title")}</h1><p>${session.school}</p></div>
    <div class="acts">${classes.length > 1 && html`<label class="vh" for="setup-class">${t("class.pick")}</label><select id="setup-class" value=${current?.id} onChange=${(e) => choose(e.target.value)}>${classes.map((c) => html`<option key=${c.id} value=${c.id}>${c.title}</option>`)}</select>`}<${Link} class=${current ? "b" : "b p"} href="/set-up/new">${t("setup.new")}</${Link}></div></div>
    ${session.old_backup && html`<${OldBackup} of=${session.old_backup} />`}
    <${NeedsAHome} session=${session} />
    ${!current ? html`<section class="card"><div class="empty"><h2>${t("setup.first")}</h2><p>${t("setup.first.text")}</p><${Link} class="b p" href="/set-up/new">${t("setup.first.button")}</${Link}></div></section>` : html`<${Roster} key=${current.id} current=${current} session=${session} reloadSession=${reloadSession} />`}
    <${Sticks} session=${session} reload=${reloadSession} />
    <${Computers} />
    ${session.role === "admin" && !session.hub && html`<${ClassBoxes} />`}
    ${session.role === "admin" && !session.hub && html`<section class="card" aria-labelledby="h-classes"><header><h2 id="h-classes">${t("classes.title")}</h2><p>${t("classes.text")}</p><div class="acts push"><${Link} class="b" href="/classes">${t("classes.open")}</${Link}></div></header></section>`}
    ${session.role === "admin" && html`<section class="card" aria-labelledby="h-erase"><header><h2 id="h-erase">${t("erase.title")}</h2><p>${t("erase.card")}</p><div class="acts push"><${Link} class="b" href="/erase">${t("erase.open")}</${Link}></div></header></section>`}</main>`;
}

// For the administrator, while no night has made one: what would be lost with this disk, and where to look.
function OldBackup({ of }) {
  return html`<section class="card" aria-labelledby="h-backup"><header><h2 id="h-backup">${of.last_ms ? t("backup.old", { when: dayName(of.last_ms) }) : t("backup.none")}</h2><p>${t("backup.text")} <code class="disk">${of.folder}</code></p><p>${t("backup.look")}</p></header></section>`;
}

function NeedsAHome({ session }) {
  const n = session.letters + session.newcomers;
  return html`<section class="card" aria-labelledby="h-home"><header><h2 id="h-home">${t("home.title")}</h2><p>${n > 0 ? t("home.count", { n }) : t("home.none")}</p><div class="acts push"><${Link} class=${n > 0 ? "b t" : "b"} href="/needs-a-home">${t("home.open")}</${Link}></div></header></section>`;
}

function Roster({ current, session, reloadSession }) {
  const { value: data, error, reload } = useLoad(`/classes/${current.id}/cards`);
  const { value: people, reload: reloadPeople } = useLoad(`/classes/${current.id}/people`);
  const full = Object.fromEntries((people?.students ?? []).map((p) => [p.id, p.name]));
  const [asked, setAsked] = useState(null), [bring, setBring] = useState(false);
  const again = () => { reload(); reloadPeople(); reloadSession(); };
  const act = async (method, path, text) => { try { await api(method, path); announce(text); again(); } catch (problem) { announce(sentence(problem)); } setAsked(null); };
  const ask = {
    card: (c) => ({ title: t("setup.reprint"), text: t("setup.reprint.text", { name: c.name }), button: t("setup.reprint.do"), yes: () => act("POST", `/students/${c.person}/card`, t("setup.reprint.done", { name: c.name })) }),
    pin: (c) => ({ title: t("setup.pin"), text: t("setup.pin.text", { name: c.name }), button: t("setup.pin.do"), yes: () => act("POST", `/students/${c.person}/pin`, t("setup.pin.done", { name: c.name })) }),
    leave: (c) => ({ title: t("setup.leave"), text: t("setup.leave.text", { name: c.name }), button: t("setup.leave.do"), yes: () => act("DELETE", `/classes/${current.id}/students/${c.person}`, t("setup.leave.done", { name: c.name })) }),
  };
  return html`<section class="card" aria-labelledby="h-roster"><header><h2 id="h-roster">${current.title}</h2>${data && html`<p>${t("setup.students", { n: data.cards.length })}</p>`}<div class="acts push"><${Link} class="b" href="/set-up/add">${t("setup.paste")}</${Link}>${!session.hub && html`<button class="b" type="button" onClick=${() => setBring(true)}>${t("people.bring")}</button>`}${data?.cards.length > 0 && html`<a class="b" href=${"/api/classes/" + current.id + "/starter"} download=${current.title + ".waymark-starter"} title=${t("setup.starter.text")}>${t("setup.starter")}</a><${Link} class="b p" href="/cards">${t("setup.print")}</${Link}>`}</div></header>
    <${Problem} error=${error} again=${reload} />${!data ? html`<${Loading} />` : data.cards.length === 0 ? html`<div class="empty"><p>${t("setup.no_students")}</p></div>` : html`
    <table class="roster"><thead><tr><th scope="col">${t("class.student")}</th><th scope="col">${t("setup.code")}</th><th scope="col">${t("setup.pin_state")}</th><th scope="col"><span class="vh">${t("class.action")}</span></th></tr></thead>
    <tbody>${data.cards.map((c) => html`<tr key=${c.person}><th scope="row"><span class="pn"><${Mark} of=${{ id: c.person, mark: c.mark }} /><${Link} href=${"/students/" + c.person}>${full[c.person] ?? c.name}</${Link}></span></th><td><code>${c.code}</code></td><td class="sm">${c.pin_set ? t("setup.pin.set") : t("setup.pin.none")}</td>
      <td class="acts end"><button class="b q" type="button" onClick=${() => setAsked(ask.card(c))}>${t("setup.reprint")}<span class="vh"> ${c.name}</span></button>${c.pin_set && html`<button class="b q" type="button" onClick=${() => setAsked(ask.pin(c))}>${t("setup.pin")}<span class="vh"> ${c.name}</span></button>`}<button class="b q" type="button" onClick=${() => setAsked(ask.leave(c))}>${t("setup.leave")}<span class="vh"> ${c.name}</span></button></td></tr>`)}</tbody></table>`}
    ${asked && html`<${Confirm} ...${asked} onYes=${asked.yes} onClose=${() => setAsked(null)} />`}
    ${bring && html`<${BringIn} classId=${current.id} title=${current.title} session=${session} onClose=${() => setBring(false)} onDone=${() => { setBring(false); again(); }} />`}</section>
    ${people && !session.hub && html`<${Teachers} classId=${current.id} people=${people} session=${session} reload=${reloadPeople} reloadSession=${reloadSession} />`}`;
}

function Computers() {
  const { value, error, reload } = useLoad("/computers");
  const [name, setName] = useState(""), [made, setMade] = useState([]), [problem, setProblem] = useState(null), [asked, setAsked] = useState(null);
  const add = async (event) => {
    event.preventDefault();
    try { const code = await api("POST", "/computers", { name }); setMade((list) => [...list, code]); setProblem(null); setName(name.replace(/(\d+)$/, (d) => String(Number(d) + 1).padStart(d.length, "0"))); }
    catch (e) { setProblem(e); }
  };
  return html`<section class="card" aria-labelledby="h-comps"><header><h2 id="h-comps">${t("computers.title")}</h2><p>${t("computers.text")}</p></header><div class="in stack">
    <form class="inline" onSubmit=${add}><label class="field"><span>${t("computers.name")}</span><input type="text" required maxlength="60" placeholder="lab-01" value=${name} onInput=${(e) => setName(e.target.value)} /></label><button class="b" type="submit">${t("computers.add")}</button></form>
    <${Problem} error=${problem} />
    ${made.length > 0 && html`<ul class="codes" aria-live="polite">${made.map((c) => html`<li key=${c.code}><${QrCode} square=${c.square} label=${t("card.square", { name: c.name })} /><div><b>${c.name}</b><code class="code">${c.code}</code><span class="muted sm">${t("computers.once")}</span></div></li>`)}</ul>`}
    <${Problem} error=${error} again=${reload} />
    ${value?.computers.length > 0 && html`<details open=${value.computers.length < 9}><summary>${t("computers.list", { n: value.computers.length })}</summary><table class="comp"><thead><tr><th scope="col">${t("class.where")}</th><th scope="col">${t("class.last_heard")}</th><th scope="col"><span class="vh">${t("class.action")}</span></th></tr></thead><tbody>${value.computers.map((c) => html`<tr key=${c.id}><th scope="row">${c.name}</th><td class="sm">${ago(c.heard_ms)}</td><td class="acts end"><button class="b q" type="button" onClick=${() => setAsked(c)}>${t("computers.remove")}<span class="vh"> ${c.name}</span></button></td></tr>`)}</tbody></table></details>`}</div>
    ${asked && html`<${Confirm} title=${t("computers.remove")} text=${t("computers.remove.text", { name: asked.name })} button=${t("computers.remove.do")} onClose=${() => setAsked(null)} onYes=${async () => { try { await api("DELETE", "/computers/" + asked.id); reload(); } catch (e) { announce(sentence(e)); } setAsked(null); }} />`}</section>`;
}

// For the administrator, where there are any.
function ClassBoxes() {
  const { value, error, reload } = useLoad("/hubs", 60000);
  const [asked, setAsked] = useState(null);
  if (!value) return html`<${Problem} error=${error} again=${reload} />`;
  if (value.hubs.length === 0) return null;
  const remove = async () => { try { await api("DELETE", "/hubs/" + asked.id); announce(t("boxes.removed", { name: asked.name })); } catch (e) { announce(sentence(e)); } setAsked(null); reload(); };
  const holds = (box) => (!box.heard_ms ? t("boxes.unknown") : box.carrying > 0 ? t("boxes.changes", { n: box.carrying }) : t("boxes.nothing"));
  return html`<section class="card" aria-labelledby="h-boxes"><header><h2 id="h-boxes">${t("boxes.title")}</h2><p>${t("boxes.text")}</p></header>
    <table class="comp boxes"><thead><tr><th scope="col">${t("class.where")}</th><th scope="col">${t("class.last_heard")}</th><th scope="col">${t("boxes.holds")}</th><th scope="col"><span class="vh">${t("class.action")}</span></th></tr></thead>
    <tbody>${value.hubs.map((box) => html`<tr key=${box.id}><th scope="row">${box.name}<span class="muted sm">${box.classes.join(", ")}</span>${box.left_out > 0 && html`<span class="sm">${t("boxes.left_out", { n: box.left_out })}</span>`}</th><td class="sm">${ago(box.heard_ms, value.now_ms)}</td><td class="sm">${holds(box)}</td><td class="acts end"><button class="b q" type="button" onClick=${() => setAsked(box)}>${t("boxes.remove")}<span class="vh"> ${box.name}</span></button></td></tr>`)}</tbody></table>
    ${asked && html`<${Confirm} title=${t("boxes.remove.title", { name: asked.name })} text=${t("boxes.remove.text") + (asked.carrying > 0 ? " " + t("boxes.remove.holds", { n: asked.carrying }) : "")} button=${t("boxes.remove.do")} onYes=${remove} onClose=${() => setAsked(null)} />`}</section>`;
}

// Paste, look over, and only then write. Every line can be put right or left out before.
export function NamesPage({ fresh, current, choose, reload }) {
  const [title, setTitle] = useState(""), [text, setText] = useState(""), [order, setOrder] = useState("given_first");
  const [lines, setLines] = useState(null), [sums, setSums] = useState(null), [error, setError] = useState(null), [busy, setBusy] = useState(false);
  const look = async (event) => {
    event?.preventDefault();
    try {
      const read = await api("POST", "/roster/preview", { text, order, ...(fresh ? {} : { class: current.id }) });
      setLines(read.lines.map((line) => ({ ...line, take: ["new", "known", "left"].includes(line.state) })));
      setSums(read); setError(null);
    } catch (problem) { setError(problem); }
  };
  useEffect(() => { if (lines) look(); }, [order]);
  useEffect(() => { if (lines) document.getElementById("h-preview")?.focus(); }, [Boolean(lines)]);
  const change = (i, part) => setLines(lines.map((line, k) => (k === i ? { ...line, ...part } : line)));
  const taken = (lines ?? []).filter((line) => line.take && line.given.trim());
  const count = (...states) => lines.filter((line) => states.includes(line.state)).length, known = lines ? count("known", "left", "several") : 0;
  const save = async () => {
    setBusy(true);
    const names = taken.map((line) => ({ given: line.given, family: line.family, person: line.state === "here" || line.person === "new" ? "" : (line.person ?? "") }));
    try {
      const made = await api("POST", fresh ? "/classes" : `/classes/${current.id}/students`, fresh ? { title, names } : { names });
      remember("waymark.class", made.class_id); choose(made.class_id); await reload();
      announce(t("names.done", { n: made.students })); go("/cards");
    } catch (problem) { setError(problem); }
    setBusy(false);
  };
  return html`<main id="main"><div class="title"><div><h1>${fresh ? t("names.title.new") : t("names.title.add", { class: current.title })}</h1><p>${t("names.promise")}</p></div></div>
    <div class="names"><form class="card" onSubmit=${look}><header><h2>${t("names.paste")}</h2></header><div class="in stack">
      ${fresh && html`<label class="field"><span>${t("names.class")}</span><input type="text" required maxlength="120" placeholder=${t("names.class.example")} value=${title} onInput=${(e) => setTitle(e.target.value)} /></label>`}
      <label class="field"><span>${t("names.list")}</span><textarea id="names" rows="14" required spellcheck="false" aria-describedby="names-hint" placeholder=${"Haddad, Amira\nLeo Marchetti\nMaría de la Cruz"} value=${text} onInput=${(e) => setText(e.target.value)}></textarea></label>
      <p class="muted sm" id="names-hint">${t("names.hint")}</p>
      <fieldset><legend>${t("names.order")}</legend><div class="seg"><label><input type="radio" name="order" checked=${order === "given_first"} onChange=${() => setOrder("given_first")} />${t("names.given_first")}</label><label><input type="radio" name="order" checked=${order === "family_first"} onChange=${() => setOrder("family_first")} />${t("names.family_first")}</label></div></fieldset>
      <${Problem} error=${error} /><div class="acts end"><button class=${lines ? "b" : "b p"} type="submit">${lines ? t("names.look_again") : t("names.look")}</button></div></div></form>
    <section class="card" aria-labelledby="h-preview"><header><h2 id="h-preview" tabindex="-1">${t("names.preview")}</h2>${sums && html`<p>${[t("names.fresh", { n: count("new") }), known > 0 && t("names.known", { n: known }), sums.twice && t("names.twice", { n: sums.twice }), sums.here && t("names.here", { n: sums.here }), sums.empty && t("names.empty", { n: sums.empty }), sums.unreadable && t("names.unreadable", { n: sums.unreadable })].filter(Boolean).join(" · ")}</p>`}</header>
      ${!lines ? html`<div class="empty"><p class="muted">${t("names.nothing_yet")}</p></div>` : html`<table class="preview"><thead><tr><th scope="col">${t("names.take")}</th><th scope="col">${t("names.given")}</th><th scope="col">${t("names.family")}</th><th scope="col">${t("names.note")}</th></tr></thead><tbody>
        ${lines.map((line, i) => line.state === "heading" ? html`<tr key=${i} class="off"><td></td><td colspan="2">${line.text}</td><td class="sm">${t("names.heading")}</td></tr>` : html`<tr key=${i} class=${line.take ? "" : "off"}><td><input type="checkbox" aria-label=${t("names.take.line", { n: line.line, name: line.given })} checked=${line.take} disabled=${line.state === "several" && !line.person} onChange=${(e) => change(i, { take: e.target.checked })} /></td>
          <td><input type="text" aria-label=${t("names.given.line", { n: line.line })} value=${line.given} placeholder=${line.text} onInput=${(e) => change(i, { given: e.target.value, take: line.state !== "several" || Boolean(line.person) })} /></td><td><input type="text" aria-label=${t("names.family.line", { n: line.line })} value=${line.family} onInput=${(e) => change(i, { family: e.target.value })} /></td>
          <td class="sm">${line.state === "several" ? html`<select aria-label=${t("names.which.line", { n: line.line })} value=${line.person ?? ""} onChange=${(e) => change(i, { person: e.target.value, take: Boolean(e.target.value) })}>
            <option value="">${t("names.state.several")}</option>${line.choices.map((one) => html`<option key=${one.person} value=${one.person}>${t(one.classes.length ? "names.which.in" : one.left.length ? "names.which.left" : "names.which.gone", { class: (one.classes.length ? one.classes : one.left).join(", ") })}</option>`)}<option value="new">${t("names.which.new")}</option></select>` : t("names.state." + line.state)}</td></tr>`)}</tbody></table>
        <div class="decide"><p class="muted sm">${t("names.not_yet")}</p><button class="b p push" type="button" disabled=${busy || (fresh && !title.trim()) || (!fresh && taken.length === 0)} onClick=${save}>${fresh ? t("names.make", { n: taken.length }) : t("names.add", { n: taken.length })}</button></div>`}</section></div></main>`;
}

const per = 6;
export function CardsPage({ current, only }) {
  const { value, error, reload } = useLoad(`/classes/${current.id}/cards`);
  const [paper, setPaper] = useState(navigator.language === "en-US" || navigator.language === "es-MX" ? "letter" : "a4");
  if (!value) return html`<main id="main">${error ? html`<${Problem} error=${error} again=${reload} />` : html`<${Loading} />`}</main>`;
  const cards = only ? value.cards.filter((c) => c.person === only) : value.cards, sheets = [];
  for (let i = 0; i < cards.length; i += per) sheets.push(cards.slice(i, i + per));
  return html`<main id="main" class=${"cardpage " + paper}><div class="title noprint"><div><h1>${t("cards.title", { n: cards.length })}</h1><p>${t("cards.text", { n: sheets.length })}</p></div><div class="acts">
      ${only && html`<${Link} class="b" href="/cards">${t("cards.all")}</${Link}>`}
      <fieldset class="bare"><legend class="vh">${t("cards.paper")}</legend><div class="seg"><label><input type="radio" name="paper" checked=${paper === "letter"} onChange=${() => setPaper("letter")} />Letter</label><label><input type="radio" name="paper" checked=${paper === "a4"} onChange=${() => setPaper("a4")} />A4</label></div></fieldset>
      <button class="b p" type="button" onClick=${() => print()}>${t("cards.print")}</button></div></div>
    <div class="sheets" tabindex="0" role="region" aria-label=${t("cards.title", { n: cards.length })}>${sheets.map((sheet, s) => html`<section class="sheet" key=${s} aria-label=${t("cards.sheet", { n: s + 1 })}>${sheet.map((c) => html`<article class="jc" key=${c.person}><div><h2><${Mark} of=${{ id: c.person, mark: c.mark }} size="34" /> ${c.name}</h2><p class="code">${c.code}</p>
      <ol><li>${t("card.one")}</li><li>${t("card.two")}</li><li>${c.pin_set ? t("card.three.pin") : t("card.three")}</li></ol></div><${QrCode} square=${c.square} quiet=${2} label=${t("card.square", { name: c.name })} />
      <p class="ft">${t("card.foot", { school: value.school })}<br />${value.address && html`${t("card.server")} <code>${value.address}</code><br />`}${t("card.fingerprint")} <code>${value.fingerprint}</code></p></article>`)}</section>`)}</div></main>`;
}
