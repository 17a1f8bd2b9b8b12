// Work that needs a home: what students sent and the school could not place, read and settled one by one; and for
// an administrator, who came back after a restore and is not known yet. Nothing here is ever deleted.
import { html, t, api, useLoad, useState, Problem, Loading, Dialog, Link, announce, sentence, ago, dayName } from "./lib.js";

const kinds = ["goal", "checkin", "project", "step", "work", "self_assessment", "turn_in", "help", "reply", "profile", "review", "observation", "support", "draft"];
const kindName = (kind) => t("home.kind." + (kinds.includes(kind) ? kind : "other"));
const why = (letter) => t("home.why." + (["not_granted", "forbidden", "unauthorized"].includes(letter.code) ? letter.code : "other"), { name: letter.name || t("home.somebody") });

// Who has left hears from the school only when they are back.
const words = (key, how, letter) => (how === "hand-back" && letter.away ? key.replace(/\.text$/, "") + ".away" : key);

export function HomePage({ session, reload: reloadSession }) {
  const { value, error, reload } = useLoad("/letters");
  const [asked, setAsked] = useState(null), [problem, setProblem] = useState(null);
  const settle = async (letter, how) => {
    try { await api("POST", `/letters/${letter.n}/${how}`, { at_ms: letter.at_ms }); announce(t(words("home.done." + how, how, letter), { name: letter.name })); setProblem(null); }
    catch (e) { setProblem(e); }
    setAsked(null); reload(); reloadSession();
  };
  return html`<main id="main"><div class="title"><div><h1>${t("home.title")}</h1><p>${t("home.text")}</p></div><div class="acts"><${Link} class="b" href="/set-up">${t("nav.set-up")}</${Link}></div></div>
    ${session.role === "admin" && html`<${Newcomers} reloadSession=${reloadSession} />`}
    <${Problem} error=${error} again=${reload} /><${Problem} error=${problem} />
    <section aria-labelledby="h-waiting"><h2 id="h-waiting" class="vh">${t("home.waiting")}</h2>
    ${!value ? html`<${Loading} />` : value.waiting.length === 0 ? html`<div class="card"><div class="empty"><h3>${t("home.none")}</h3><p class="muted">${t("home.none.text")}</p></div></div>`
    : html`<div class="stack">${value.waiting.map((letter) => html`<article class="card letter" key=${letter.n} aria-labelledby=${"l" + letter.n}><header><h3 id=${"l" + letter.n}>${letter.name || t("home.somebody")}: ${kindName(letter.kind)}</h3><p>${letter.written_ms ? t("home.written", { day: dayName(letter.written_ms) }) + " · " : ""}${t("home.arrived", { when: ago(letter.at_ms) })}${letter.brought_by ? " · " + t("home.brought", { box: letter.brought_by }) : ""}</p></header>
      <div class="in stack"><p>${why(letter)}</p><${Words} letter=${letter} />
      <div class="acts end"><button class="b q" type="button" onClick=${() => setAsked({ letter, how: "set-aside" })}>${t("home.set-aside")}<span class="vh"> ${letter.name}</span></button>
        <button class="b" type="button" onClick=${() => setAsked({ letter, how: "hand-back" })}>${t("home.hand-back")}<span class="vh"> ${letter.name}</span></button>
        ${letter.can_take_in && html`<button class="b p" type="button" onClick=${() => settle(letter, "take-in")}>${t("home.take-in")}<span class="vh"> ${letter.name}</span></button>`}</div></div></article>`)}
      ${value.more > 0 && html`<p class="muted">${t("home.more", { n: value.more })}</p>`}</div>`}</section>
    ${value?.settled.length > 0 && html`<section class="card settled" aria-labelledby="h-settled"><header><h2 id="h-settled">${t("home.settled")}</h2></header><div class="in">${value.settled.map((letter) => html`<details key=${letter.n}><summary>${letter.name || t("home.somebody")}: ${kindName(letter.kind)} <span class="muted sm">${t("home.settled." + letter.settled, { name: letter.settled_by, day: dayName(letter.settled_ms) })}</span></summary><${Words} letter=${letter} /></details>`)}</div></section>`}
    ${asked && html`<${Dialog} title=${t("home." + asked.how)} onClose=${() => setAsked(null)}><div class="in stack"><p>${t(words(`home.${asked.how}.text`, asked.how, asked.letter), { name: asked.letter.name || t("home.somebody") })}</p><div class="acts end"><button class="b" type="button" onClick=${() => setAsked(null)}>${t("do.cancel")}</button><button class="b p" type="button" onClick=${() => settle(asked.letter, asked.how)}>${t("home." + asked.how)}</button></div></div></${Dialog}>`}</main>`;
}

function Words({ letter }) {
  if (letter.is_private) return html`<p class="muted">${t("home.private")}</p>`;
  if (letter.words.length === 0) return html`<p class="muted">${t("home.no_words")}</p>`;
  return html`<div class="quote voice words">${letter.words.map(([field, text], i) => html`<p key=${i + field}>${text}</p>`)}</div>`;
}

function Newcomers({ reloadSession }) {
  const { value, error, reload } = useLoad("/newcomers");
  const [problem, setProblem] = useState(null);
  const letIn = async (newcomer, same) => {
    try { const { in_class } = await api("POST", "/newcomers/" + newcomer.id, { same }); announce(t(in_class ? "newcomers.done" : "newcomers.done.nowhere", { name: newcomer.name })); setProblem(null); }
    catch (e) { setProblem(e); }
    reload(); reloadSession();
  };
  if (error) return html`<${Problem} error=${error} again=${reload} />`;
  if (!value || (value.newcomers.length === 0 && !problem)) return null;
  return html`<section class="card" aria-labelledby="h-newcomers"><header><h2 id="h-newcomers">${t("newcomers.title")}</h2><p>${t("newcomers.text")}</p></header><div class="in stack"><${Problem} error=${problem} />
    ${value.newcomers.map((n) => html`<article key=${n.id} class="stack" aria-labelledby=${"n" + n.id}><h3 id=${"n" + n.id}>${n.name}</h3><p class="muted">${t("newcomers.back", { when: ago(n.at_ms) })} · ${n.classes.length > 0 ? t("newcomers.classes", { classes: n.classes.join(", ") }) : t("newcomers.nowhere")}</p>
      ${n.same_id && html`<p>${t("newcomers.same", { name: n.same_name, class: n.same_class })}</p>`}
      <div class="acts end"><button class=${n.same_id ? "b" : "b p"} type="button" onClick=${() => letIn(n, "")}>${n.same_id ? t("newcomers.apart") : t("newcomers.let_in")}<span class="vh"> ${n.name}</span></button>
        ${n.same_id && html`<button class="b p" type="button" onClick=${() => letIn(n, n.same_id)}>${t("newcomers.merge")}<span class="vh"> ${n.name}</span></button>`}</div></article>`)}</div></section>`;
}
