// What teachers wrote of one thing without seeing each other: every version whole, with who, where and when, to
// choose one or, of words, to keep both. What was chosen stands here until the page is left, so that the choice
// can be taken back by choosing the other.
import { html, t, say, api, useState, Problem, announce, moment } from "./lib.js";

const place = (v) => t("versions." + v.where, { place: v.place });

export function Versions({ versions, path, body, title, text, both, show, onDone }) {
  const [kept, setKept] = useState(null), [problem, setProblem] = useState(null), [busy, setBusy] = useState(false);
  const open = versions.length > 0, list = open ? versions : (kept?.list ?? []), taken = open ? null : kept?.taken;
  if (list.length === 0) return null;
  const choose = async (take) => {
    setBusy(true);
    try { await api("POST", path, { ...body, saw: list.map((v) => v.op), take }); setKept({ list, taken: take || "both" }); setProblem(null); announce(t(take ? "versions.chosen" : "versions.kept")); await onDone(); }
    catch (error) { setProblem(error); }
    setBusy(false);
  };
  return html`<section class="versions" aria-label=${title} tabindex="-1"><p class="top-line">${open && html`<span class="blaze" aria-hidden="true"></span>`}<b>${title}</b></p><p class="muted sm">${text}</p>
    <ul>${list.map((v) => html`<li key=${v.op} class=${taken === v.op ? "taken" : ""}><p class="sm"><b>${v.by || t("hide.someone")}</b> <span class="muted">${[place(v), moment(v.at_ms)].join(" · ")}</span></p>${show(v)}
      ${taken === v.op ? html`<p class="sm"><span class="disc" aria-hidden="true"></span> ${t("versions.this")}</p>` : html`<button class="b" type="button" disabled=${busy} onClick=${() => choose(v.op)}>${t(kept && !open ? "versions.instead" : "versions.take")}<span class="vh"> ${v.by}</span></button>`}</li>`)}</ul>
    ${both && taken !== "both" && html`<div class="acts"><button class="b" type="button" disabled=${busy} onClick=${() => choose("")}>${t("versions.both")}</button><span class="muted sm">${t("versions.both.text")}</span></div>`}
    <p class="muted sm">${t("versions.history")}</p><${Problem} error=${problem} /></section>`;
}

// A reply's words and levels, by the names that its rubric gives them.
export function ReplyVersion({ reply, criteria, fieldOf }) {
  const levels = criteria.map((c) => reply.levels[fieldOf(c.id)] && `${say(c.title)}: ${say(c.levels[reply.levels[fieldOf(c.id)] - 1]?.name)}`).filter(Boolean);
  return html`<div class="said"><p class="sm">${[t("outcome." + (reply.outcome || "ready")), ...levels].join(" · ")}</p>${["glow", "grow", "next"].map((part) => reply[part] && html`<p key=${part} class="words"><span class="cap">${t("reply." + part)}</span> ${reply[part]}</p>`)}</div>`;
}

// A reply that was written without seeing the one that was sent: sent as its correction, or left; while the page is
// open, what was left can still be sent.
export function UnsentReply({ unsent, settled, path, step, sent, criteria, fieldOf, onCorrect, onLeft }) {
  const [problem, setProblem] = useState(null);
  const isSent = (v) => ["glow", "grow", "next", "outcome"].every((part) => v.reply[part] === sent.judgement[part]) && JSON.stringify(v.reply.levels) === JSON.stringify(sent.judgement.levels);
  const leave = async () => {
    const take = (unsent.versions.find(isSent) ?? unsent.versions[0]).op;
    try { await api("POST", path, { saw: unsent.versions.map((v) => v.op), take }); setProblem(null); announce(t("versions.left")); onLeft(); }
    catch (error) { setProblem(error); }
  };
  const title = t("versions.unsent", { step });
  return html`<section class="versions" aria-label=${title}><p class="top-line">${!settled && html`<span class="blaze" aria-hidden="true"></span>`}<b>${title}</b></p><p class="muted sm">${t(settled ? "versions.left.text" : "versions.unsent.text")}</p>
    <ul>${unsent.versions.filter((v) => !isSent(v)).map((v) => html`<li key=${v.op}><p class="sm"><b>${v.by || t("hide.someone")}</b> <span class="muted">${[place(v), moment(v.at_ms)].join(" · ")}</span></p><${ReplyVersion} reply=${v.reply} criteria=${criteria} fieldOf=${fieldOf} />
      <button class="b" type="button" onClick=${() => onCorrect(v)}>${t("versions.correct")}<span class="vh"> ${v.by}</span></button></li>`)}</ul>
    ${!settled && html`<div class="acts"><button class="b q" type="button" onClick=${leave}>${t("versions.leave")}</button><span class="muted sm">${t("versions.history")}</span></div>`}<${Problem} error=${problem} /></section>`;
}
