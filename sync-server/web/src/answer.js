// Answering: the oldest work first, beside its rubric and the student's own view. Enter agrees with the student,
// with a glow from the pathway's phrases, and goes on; replies are held until they are sent together. What is
// shown of a reply is a draft of this page until it is held.
import { html, t, say, api, useLoad, useState, useEffect, useRef, useKeys, Link, Mark, Dialog, Kbd, Problem, Loading, announce, sentence, ago, dayName, runs, plain, fieldOf, hash } from "./lib.js";
import { Hide, HiddenLine } from "./hide.js";
import { Versions, ReplyVersion } from "./versions.js";
import { AboutMe, forms } from "./student.js";

function rubricOf(queue, item) {
  try {
    const content = JSON.parse(queue.contents[item.version]);
    return { content, step: content.steps.find((s) => s.id === item.step), rubric: content.rubrics?.find((r) => r.id === item.rubric) };
  } catch { return {}; }
}
// The words a student of that language reads: a reply goes in the language the teacher works in.
const phrasesOf = (criterion, kind) => (criterion?.phrases?.[kind] ?? []).map((text) => say(text));

// The glow is about what the student did best; of its phrases each student gets another one.
function fresh(item, rubric) {
  const levels = { ...item.levels };
  const criteria = rubric?.criteria ?? [];
  const best = [...criteria].sort((a, b) => (levels[fieldOf(b.id)] ?? 0) - (levels[fieldOf(a.id)] ?? 0))[0];
  const glows = phrasesOf(best, "glow");
  return { levels, glow: glows.length ? glows[hash(item.turn_in) % glows.length] : "", grow: "", next: "", outcome: "ready", about: best ? criteria.indexOf(best) : 0 };
}
function beginning(item, rubric) {
  if (item.reply.outcome) return { ...fresh(item, rubric), ...item.reply, levels: { ...item.reply.levels } };
  return fresh(item, rubric);
}

function File({ piece, item, atHub, onLarge }) {
  const at = (hash) => `/api/students/${item.student.id}/files/${hash}`, src = at(piece.file);
  // The small copy; where it has not come, the whole picture; where that has not come either, a word.
  const failed = (e) => {
    if (piece.small && e.target.src.endsWith(piece.small)) e.target.src = src;
    else e.target.closest("figure").classList.add("missing");
  };
  if (piece.mime.startsWith("image/")) return html`<figure><button class="picture" type="button" onClick=${() => onLarge(piece)}><img src=${at(piece.small || piece.file)} alt=${piece.title || piece.name || t("piece.photo")} width=${piece.width || undefined} height=${piece.height || undefined} loading="lazy" onError=${failed} /></button>
    <p class="muted gone">${t(atHub ? "piece.at_hub" : "piece.coming")}</p><figcaption>${piece.title || piece.name} · <button class="link" type="button" onClick=${() => onLarge(piece)}>${t("piece.larger")}</button> <${Kbd}>Z</${Kbd}></figcaption></figure>`;
  return html`<p><a href=${src} download=${piece.name}>${piece.title || piece.name}</a> <span class="muted sm">${Math.max(1, Math.round(piece.bytes / 1024))} kB</span></p>`;
}

function Evidence({ item, step, atHub, onLarge, onHidden }) {
  return html`${item.work.length === 0 && html`<p class="muted">${t("answer.no_work")}</p>`}
    ${item.work.map((piece) => html`<div class="piece" key=${piece.id}>
      ${piece.hidden.at_ms > 0 && html`<${HiddenLine} hidden=${piece.hidden} student=${item.student} />`}
      ${piece.file ? html`<${File} piece=${piece} item=${item} atHub=${atHub} onLarge=${onLarge} />` : piece.title && html`<p class="cap">${piece.title}</p>`}
      ${piece.type.startsWith("shown") && html`<p class="muted sm">${piece.confirmed ? t("piece.confirmed") : t("piece.shown")}</p>`}
      ${piece.type === "link" && /^https?:\/\//.test(piece.text) ? html`<p><a href=${piece.text} target="_blank" rel="noreferrer noopener">${piece.text}</a></p>` : piece.text && html`<p class="voice words">${piece.text}</p>`}
      ${piece.changed_since && html`<p class="muted sm">${t("piece.changed")}</p>`}
      ${!piece.hidden.at_ms && html`<${Hide} student=${item.student} kind="work" record=${piece.id} what=${piece.title || piece.name} onDone=${() => onHidden(piece.id)} />`}</div>`)}
    ${item.hidden.at_ms > 0 && html`<${HiddenLine} hidden=${item.hidden} student=${item.student} />`}
    ${item.note && html`<p class="voice quote">“${item.note}” <${Hide} student=${item.student} kind="turn_in" record=${item.turn_in} what=${item.note} onDone=${() => onHidden(item.turn_in)} /></p>`}`;
}

function Levels({ criterion, item, reply, set }) {
  const field = fieldOf(criterion.id), own = item.levels[field], mine = reply.levels[field];
  return html`<div class="rub" role="radiogroup" aria-label=${say(criterion.question) || say(criterion.title)}>${criterion.levels.map((level, i) => html`<label class="lv" key=${i}>
    <input type="radio" name=${"level-" + field} checked=${mine === i + 1} onChange=${() => set(field, i + 1)} />
    <span class="cap">${say(level.name)} <${Kbd}>${i + 1}</${Kbd}></span><span class="text">${runs(say(level.text))}</span>
    <span class="vw">${own === i + 1 && html`<span><span class="ring" aria-hidden="true"></span>${item.student.first_name}${item.confidence ? ", " + t("confidence." + item.confidence) : ""}</span>`}${mine === i + 1 && html`<span><span class="disc" aria-hidden="true"></span>${t("answer.yours")}</span>`}</span></label>`)}</div>`;
}

function Phrases({ list, text, pick, label }) {
  if (!list.length) return null;
  return html`<div class="phr" role="group" aria-label=${label}>${list.map((phrase) => html`<button key=${phrase} type="button" class="pill" aria-pressed=${text === phrase} title=${phrase} onClick=${() => pick(phrase)}>${phrase.length > 22 ? phrase.slice(0, phrase.lastIndexOf(" ", 22)) + " …" : phrase}</button>`)}</div>`;
}

// Held, and only one answer to it.
const isDone = (item) => item.held && item.versions.length === 0;

function ReadOver({ queue, onClose, onChange, onBack, onSend }) {
  const held = queue.items.filter(isDone);
  return html`<${Dialog} title=${t("held.title", { n: held.length })} onClose=${onClose} wide><div class="in"><ol class="reviews">${held.map((item) => { const { rubric } = rubricOf(queue, item); return html`<li key=${item.turn_in}><p><b>${item.student.name}</b> <span class="muted sm">${say(item.step_title)} · ${t("outcome." + item.reply.outcome)}${item.held_by ? " · " + item.held_by : ""}</span></p>
    ${rubric && html`<p class="sm muted">${rubric.criteria.map((c) => item.reply.levels[fieldOf(c.id)] && `${say(c.title)}: ${say(c.levels[item.reply.levels[fieldOf(c.id)] - 1]?.name)}`).filter(Boolean).join(" · ")}</p>`}
    ${["glow", "grow", "next"].map((part) => item.reply[part] && html`<p key=${part}><span class="cap">${t("reply." + part)}</span> ${item.reply[part]}</p>`)}
    <div class="acts"><button class="b q" type="button" onClick=${() => onChange(item)}>${t("held.change")}<span class="vh"> ${item.student.first_name}</span></button><button class="b q" type="button" onClick=${() => onBack(item)}>${t("held.back")}<span class="vh"> ${item.student.first_name}</span></button></div></li>`; })}</ol>
    <div class="acts end"><button class="b t" type="button" disabled=${held.length === 0} onClick=${onSend}>${t("held.send", { n: held.length })}</button></div></div></${Dialog}>`;
}

export function AnswerPage({ current, session, start, openKeys, reload: reloadSession }) {
  const { value: loaded, error, reload } = useLoad(`/classes/${current.id}/queue`);
  const [queue, setQueue] = useState(null), [at, setAt] = useState(0), [chosen, setChosen] = useState({});
  const [drafts, setDrafts] = useState({}), [large, setLarge] = useState(null), [over, setOver] = useState(false), [problem, setProblem] = useState(null), [sent, setSent] = useState(0);
  const order = useRef([]), nextField = useRef(), heading = useRef(), sending = useRef(Promise.resolve());
  useEffect(() => {
    if (!loaded) return;
    setQueue(loaded);
    order.current = loaded.items.filter(isDone).map((item) => item.turn_in);
    const wanted = loaded.items.findIndex((item) => item.turn_in === start), first = loaded.items.findIndex((item) => !isDone(item));
    setAt(wanted >= 0 ? wanted : first >= 0 ? first : 0);
  }, [loaded]);
  const items = queue?.items ?? [], item = items[at], { content, step, rubric } = item ? rubricOf(queue, item) : {};
  // What is shown is always this student's, from the first frame on: the next key may come before any effect runs.
  const reply = item ? (drafts[item.turn_in] ?? beginning(item, rubric)) : null;
  const at_criterion = chosen.turn_in === item?.turn_in ? (chosen.criterion ?? 0) : (reply?.about ?? 0), setCriterion = (criterion) => setChosen({ turn_in: item.turn_in, criterion });
  const criteria = rubric?.criteria ?? [], criterion = criteria[at_criterion], heldCount = items.filter(isDone).length, several = items.filter((i) => i.versions.length > 0).length;

  const change = (part) => setDrafts((old) => ({ ...old, [item.turn_in]: { ...(old[item.turn_in] ?? beginning(item, rubric)), ...part } }));
  const move = (to) => { if (to >= 0 && to < items.length) { setAt(to); setChosen({}); setProblem(null); heading.current?.focus(); scrollTo(0, 0); } };
  const lower = item && reply && criteria.some((c) => (reply.levels[fieldOf(c.id)] ?? 0) !== (item.levels[fieldOf(c.id)] ?? 0));
  const needsNext = reply && !reply.next.trim() && (reply.outcome === "another_look" || (lower && Object.keys(item.levels).length > 0));
  const mark = (id, part) => setQueue((old) => ({ ...old, items: old.items.map((i) => (i.turn_in === id ? { ...i, ...part } : i)) }));

  const hold = () => {
    if (!item || !reply) return;
    if (item.versions.length > 0) { setProblem({ code: "choose_first" }); document.querySelector(".versions")?.focus(); return; }
    if (needsNext) { setProblem({ code: "next_wanted" }); nextField.current?.focus(); return; }
    const { levels, glow, grow, next, outcome } = reply, body = { levels, glow, grow, next, outcome, saw: item.saw }, id = item.turn_in;
    // Held at once on the page; if the server refuses, it is open again and says why.
    mark(id, { held: true, reply: body });
    order.current = [...order.current.filter((other) => other !== id), id];
    sending.current = sending.current.then(() => api("PUT", `/classes/${current.id}/held/${id}`, body)).catch((e) => { mark(id, { held: false }); setProblem(e); announce(t("answer.not_held", { name: item.student.first_name }) + " " + sentence(e)); });
    const next_at = items.findIndex((other, i) => i > at && !isDone(other)), wrap = items.findIndex((other) => !isDone(other) && other.turn_in !== id);
    move(next_at >= 0 ? next_at : wrap >= 0 ? wrap : at);
  };
  const takeBack = async (which) => {
    const id = which?.turn_in ?? order.current[order.current.length - 1];
    if (!id) return;
    try { await sending.current; await api("DELETE", `/classes/${current.id}/held/${id}`); order.current = order.current.filter((other) => other !== id); mark(id, { held: false }); move(items.findIndex((i) => i.turn_in === id)); announce(t("answer.taken_back", { name: items.find((i) => i.turn_in === id)?.student.first_name })); }
    catch (e) { setProblem(e); }
  };
  const send = async () => {
    try { await sending.current; const done = await api("POST", `/classes/${current.id}/send`); announce(t("held.sent", { n: done.sent })); setSent(done.sent); setOver(false); setDrafts({}); setQueue(null); await reload(); reloadSession(); }
    catch (e) { setProblem(e); setOver(false); }
  };
  // Which of several is held: the queue as it is then, at the same student.
  const chose = async () => {
    const id = item.turn_in, fresh = await api("GET", `/classes/${current.id}/queue`);
    setDrafts((old) => { const { [id]: gone, ...rest } = old; return rest; });
    setQueue(fresh); setAt(Math.max(0, fresh.items.findIndex((i) => i.turn_in === id))); setProblem(null); reloadSession();
  };
  // Out of this page at once, without losing the place in the queue.
  const hid = (id, own) => {
    const hidden = { by: session.name, at_ms: Date.now() };
    const without = (i) => (i.turn_in !== id ? {} : own ? { because: {}, glow: "", grow: "", next: "", own_hidden: hidden } : { note: "", hidden });
    const empty = { title: "", text: "", file: "", small: "", name: "", mime: "", hidden };
    setQueue((old) => ({ ...old, items: old.items.map((i) => ({ ...i, ...without(i), work: i.work.map((p) => (p.id === id ? { ...p, ...empty } : p)) })) }));
  };
  const cycle = (kind) => {
    const list = phrasesOf(criterion, kind);
    if (list.length) change({ [kind]: list[(list.indexOf(reply[kind]) + 1) % list.length] });
  };
  const opens = async () => {
    const form = forms[(forms.indexOf(item.opens_first) + 1) % forms.length];
    try { await api("POST", `/students/${item.student.id}/support`, { project: item.project, form, saw: item.opens_saw }); setQueue((old) => ({ ...old, items: old.items.map((i) => (i.student.id === item.student.id && i.project === item.project ? { ...i, opens_first: form } : i)) })); announce(t("support.done")); }
    catch (e) { announce(sentence(e)); }
  };
  const level = (n) => { if (criterion && n <= criterion.levels.length) change({ levels: { ...reply.levels, [fieldOf(criterion.id)]: n } }); };
  const done = items.length > 0 && items.every(isDone);
  const keys = item && reply ? { Enter: hold, g: () => cycle("glow"), x: () => change({ glow: "" }), r: () => cycle("grow"), n: () => (phrasesOf(criterion, "next").length ? cycle("next") : nextField.current?.focus()), a: () => change({ outcome: reply.outcome === "ready" ? "another_look" : "ready" }), h: opens, c: () => setCriterion((at_criterion + 1) % Math.max(1, criteria.length)), j: () => move(at + 1), k: () => move(at - 1), u: () => takeBack(), z: () => { const picture = item.work.find((p) => p.mime.startsWith("image/")); if (picture) setLarge(picture); } } : {};
  for (let n = 1; n <= 8; n++) keys[String(n)] = () => level(n);
  useKeys(keys);

  if (!queue) return html`<main id="main">${error ? html`<${Problem} error=${error} again=${reload} />` : html`<${Loading} />`}</main>`;
  if (items.length === 0) return html`<main id="main"><div class="title"><div><h1>${t("answer.title", { class: current.title })}</h1></div></div><section class="card"><div class="empty"><h2>${sent > 0 ? t("held.sent", { n: sent }) : t("answer.nothing")}</h2><p>${sent > 0 ? t("answer.they_read") : t("answer.nothing.text")}</p><${Link} class="b p" href="/">${t("answer.to_class")}</${Link}></div></section></main>`;
  if (!reply) return html`<main id="main"><${Loading} /></main>`;
  const own = criterion && item.levels[fieldOf(criterion.id)], because = criterion ? item.because[fieldOf(criterion.id)] : "", evidence = criterion ? (item.evidence[fieldOf(criterion.id)] ?? []).map((id) => item.work.find((p) => p.id === id)).filter(Boolean) : [];
  const changed = criteria.find((c) => reply.levels[fieldOf(c.id)] && reply.levels[fieldOf(c.id)] !== item.levels[fieldOf(c.id)]);
  const button = reply.outcome === "another_look" ? t("answer.another_go") : changed ? t("answer.send_as", { level: say(changed.levels[reply.levels[fieldOf(changed.id)] - 1].name) }) : criteria.length === 0 ? t("answer.ready_go") : reply.glow ? t("answer.agree_glow") : t("answer.agree");
  return html`<main id="main" class="full"><div class="bar"><h1>${t("answer.title", { class: current.title })}</h1>
      <ol class="tick" aria-hidden="true">${items.map((i, k) => html`<li key=${i.turn_in} class=${(isDone(i) ? "h" : "") + (k === at ? " c" : "")}></li>`)}</ol><p class="sm"><b>${t("answer.of", { n: at + 1, all: items.length })}</b> <span class="muted">${t("answer.oldest")}</span></p>
      <div class="acts push"><button class="b q" type="button" disabled=${at === 0} onClick=${() => move(at - 1)}><${Kbd}>K</${Kbd}> ${t("answer.back")}</button><button class="b q" type="button" disabled=${at === items.length - 1} onClick=${() => move(at + 1)}>${t("answer.skip")} <${Kbd}>J</${Kbd}></button><button class="b q" type="button" onClick=${openKeys}>${t("keys.short")} <kbd>?</kbd></button></div></div>
    <div class="ans"><div class="left"><section class="card" aria-labelledby="h-who"><header><${Mark} of=${item.student} size="38" /><div><h2 id="h-who" ref=${heading} tabindex="-1">${item.student.name}</h2><p class="muted sm">${[say(item.step_title), t("need.try", { n: item.try_number }), dayName(item.at_ms), isDone(item) && t("answer.is_held")].filter(Boolean).join(" · ")}</p></div></header>
        <div class="work"><${Evidence} item=${item} step=${step} atHub=${Boolean(session.hub)} onLarge=${setLarge} onHidden=${hid} /></div></section>
      <section class="card" aria-labelledby="h-me"><header><h2 id="h-me">${t("about.title")}</h2>${item.about.written_ms > 0 && html`<p>${item.student.first_name}, ${dayName(item.about.written_ms)}</p>`}</header><div class="in"><${AboutMe} about=${item.about} goals=${item.goals} name=${item.student.first_name} /></div></section></div>
    <section class="card right" aria-label=${t("answer.reply")}><${Versions} key=${item.turn_in} versions=${item.versions} path=${`/students/${item.student.id}/replies/${item.turn_in}/choose`} title=${t("versions.reply", { name: item.student.first_name })} text=${t("versions.reply.text")} both show=${(v) => html`<${ReplyVersion} reply=${v.reply} criteria=${criteria} fieldOf=${fieldOf} />`} onDone=${chose} /><header class="crit"><div><h2 class=${criteria.length > 1 ? "vh" : ""}>${criterion ? say(criterion.title) : say(item.step_title)}</h2><p class="sm">${criterion ? [criterion.standard, criteria.length > 1 && t("answer.criterion", { n: at_criterion + 1, all: criteria.length }), t("answer.underlined")].filter(Boolean).join(" · ") : t("answer.no_rubric")}</p></div>
        <p class="sm push">${t("answer.opens", { name: item.student.first_name })} <button class="link strong" type="button" onClick=${opens}>${t("form." + (item.opens_first || "none"))}</button> <${Kbd}>H</${Kbd}></p></header>
      ${criteria.length > 1 && html`<div class="crits" role="tablist" aria-label=${t("answer.criteria")}>${criteria.map((c, i) => { const f = fieldOf(c.id), mine = reply.levels[f], theirs = item.levels[f]; return html`<button key=${c.id} role="tab" type="button" aria-selected=${i === at_criterion} onClick=${() => setCriterion(i)}><b>${say(c.title)}</b><span>${theirs ? html`<span class="ring" aria-hidden="true"></span> ${say(c.levels[theirs - 1]?.name)}` : ""}${mine && mine !== theirs ? html` <span class="disc" aria-hidden="true"></span> ${say(c.levels[mine - 1]?.name)}` : ""}</span></button>`; })}</div>`}
      ${criterion ? html`<${Levels} criterion=${criterion} item=${item} reply=${reply} set=${(field, n) => change({ levels: { ...reply.levels, [field]: n } })} />
      ${(because || item.glow || item.next || evidence.length > 0 || item.own_hidden.at_ms > 0) && html`<div class="because">${item.own_hidden.at_ms > 0 && html`<${HiddenLine} hidden=${item.own_hidden} student=${item.student} />`}${because && html`<div><span class="cap">${t("answer.because", { name: item.student.first_name })}</span><p class="voice">“${because}”</p></div>`}${evidence.length > 0 && html`<div><span class="cap">${t("answer.evidence")}</span><p class="sm">${evidence.map((p) => p.title || p.name || plain(p.text).slice(0, 60)).join(" · ")}</p></div>`}${item.glow && html`<div><span class="cap">${t("answer.own_glow", { name: item.student.first_name })}</span><p class="voice">“${item.glow}”</p></div>`}${item.next && html`<div><span class="cap">${t("answer.own_next")}</span><p class="voice">“${item.next}”</p></div>`}${!item.own_hidden.at_ms && (because || item.glow || item.next) && html`<${Hide} student=${item.student} kind="self_assessment" record=${item.self_assessment} what=${t("hide.kind.self_assessment")} onDone=${() => hid(item.turn_in, true)} />`}</div>`}` : step && html`<div class="because"><div><span class="cap">${t("show.good")}</span><p>${say(step.what_good_looks_like)}</p></div></div>`}
      ${item.earlier.length > 0 && html`<details class="tries"><summary>${t("answer.earlier", { n: item.earlier.length })}</summary>${item.earlier.map((e) => html`<p class="sm" key=${e.number}><b>${t("need.try", { n: e.number })}, ${dayName(e.at_ms)}.</b> ${criteria.map((c) => e.levels[fieldOf(c.id)] && `${say(c.title)}: ${say(c.levels[e.levels[fieldOf(c.id)] - 1]?.name)}`).filter(Boolean).join(" · ")} ${e.review.next && html`<br />${t("answer.you_asked")} “${e.review.next}”`}</p>`)}</details>`}
      <div class="reply"><div><div class="lab"><label for="glow">${t("reply.glow")}</label><span class="sm"><${Kbd}>G</${Kbd}> ${t("answer.next_phrase")} <${Kbd}>X</${Kbd}> ${t("answer.none")}</span></div><${Phrases} list=${phrasesOf(criterion, "glow")} text=${reply.glow} pick=${(glow) => change({ glow })} label=${t("answer.glow_phrases")} /><textarea id="glow" rows="2" value=${reply.glow} onInput=${(e) => change({ glow: e.target.value })}></textarea></div>
        <div><div class="lab"><label for="grow">${t("reply.grow")}</label><span class="sm">${t("answer.if_needed")} <${Kbd}>R</${Kbd}></span></div><textarea id="grow" rows="2" value=${reply.grow} onInput=${(e) => change({ grow: e.target.value })}></textarea></div>
        <div><div class="lab"><label for="next">${t("reply.next")}</label><span class="sm">${needsNext ? t("answer.wanted") : ""} <${Kbd}>N</${Kbd}></span></div><textarea id="next" ref=${nextField} rows="2" aria-invalid=${problem?.code === "next_wanted" && needsNext ? "true" : undefined} value=${reply.next} onInput=${(e) => change({ next: e.target.value })}></textarea></div></div>
      ${problem && !(problem.code === "next_wanted" && !needsNext) && html`<div class="in"><${Problem} error=${problem} /></div>`}
      <div class="decide"><fieldset class="bare"><legend class="vh">${t("answer.outcome")}</legend><div class="seg"><label><input type="radio" name="outcome" checked=${reply.outcome === "ready"} onChange=${() => change({ outcome: "ready" })} />${t("outcome.ready")}</label><label><input type="radio" name="outcome" checked=${reply.outcome === "another_look"} onChange=${() => change({ outcome: "another_look" })} />${t("outcome.another_look")} <${Kbd}>A</${Kbd}></label></div></fieldset>
        <p class="muted sm">${t("answer.may_reply", { name: item.student.first_name })}</p><button class="b p push" type="button" onClick=${hold}>${button} <${Kbd}>Enter</${Kbd}></button></div></section></div>
    <div class="hold">${heldCount > 0 && html`<span class="blaze" aria-hidden="true"></span>`}<p><b>${heldCount === 0 ? t("held.none") : t("held.count", { n: heldCount })}</b> <span class="muted">${heldCount === 0 ? t("held.first") : done ? t("held.all") : t("held.nobody")} ${several > 0 && t("held.several", { n: several })}</span></p>
      <div class="acts push"><button class="b q" type="button" disabled=${heldCount === 0} onClick=${() => takeBack()}>${t("held.back_last")} <${Kbd}>U</${Kbd}></button><button class="b" type="button" disabled=${heldCount === 0} onClick=${() => setOver(true)}>${t("held.read")}</button><button class="b t" type="button" disabled=${heldCount === 0} onClick=${send}>${heldCount === 0 ? t("held.send_none") : t("held.send", { n: heldCount })}</button></div></div>
    ${large && html`<${Dialog} title=${large.title || large.name || t("piece.photo")} wide onClose=${() => setLarge(null)}><div class="in"><img class="large" src=${`/api/students/${item.student.id}/files/${large.file}`} alt=${large.title || large.name} /></div></${Dialog}>`}
    ${over && html`<${ReadOver} queue=${queue} onClose=${() => setOver(false)} onSend=${send} onBack=${(i) => { setOver(false); takeBack(i); }} onChange=${(i) => { setOver(false); move(items.findIndex((x) => x.turn_in === i.turn_in)); }} />`}</main>`;
}
