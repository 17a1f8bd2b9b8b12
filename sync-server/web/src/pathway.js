// Writing pathways: the list of a class, and the editor with every text in its languages side by side, kept as
// the author's own draft while they write, previewed as a student sees it, published as a version with a note.
import { html, t, say, api, go, useLoad, useState, useEffect, useRef, useCallback, Link, Dialog, Problem, Loading, announce, sentence, dayName, ago, language, languages, runs, plain } from "./lib.js";

export function PathwaysPage({ current }) {
  const { value, error, reload } = useLoad(`/classes/${current.id}/pathways`);
  const [problem, setProblem] = useState(null);
  const begin = async (content) => { try { const made = await api("POST", `/classes/${current.id}/pathways`, { content }); go("/pathways/" + made.id); } catch (e) { setProblem(e); } };
  const file = async (event) => { const picked = event.target.files[0]; if (picked) await begin(await picked.text()); event.target.value = ""; };
  return html`<main id="main"><div class="title"><div><h1>${t("pathways.title")}</h1><p>${t("pathways.text", { class: current.title })}</p></div>
    <div class="acts"><label class="b file">${t("pathways.from_file")}<input type="file" accept=".json,application/json" onChange=${file} /></label><button class="b p" type="button" onClick=${() => begin("")}>${t("pathways.new")}</button></div></div>
    <${Problem} error=${problem} /><${Problem} error=${error} again=${reload} />
    ${!value ? !error && html`<${Loading} />` : value.length === 0 ? html`<section class="card"><div class="empty"><h2>${t("pathways.none")}</h2><p>${t("pathways.none.text")}</p></div></section>` : html`<ul class="pathlist">${value.map((p) => html`<li key=${p.id} class="card"><${Link} href=${"/pathways/" + p.id}><h2>${say(p.title) || t("pathways.untitled")}</h2><p class="voice">${say(p.question)}</p>
      <p class="muted sm">${[p.published ? t("pathways.version", { n: p.number }) : t("pathways.never_published"), t("pathways.steps", { n: p.steps }), p.published && t("pathways.students", { n: p.students }), p.archived && t("pathways.archived")].filter(Boolean).join(" · ")}</p>
      ${p.draft && html`<p class="sm"><span class="tagline">${t("pathways.draft", { when: ago(p.draft_ms) })}</span></p>`}${p.others_editing.length > 0 && html`<p class="muted sm">${t("pathways.others", { names: p.others_editing.join(", ") })}</p>`}</${Link}></li>`)}</ul>`}</main>`;
}

// ---- the editor's fields: a text in every language, a list as one item a line
const codes = languages.map(([code]) => code);
const at = (object, path) => path.reduce((o, key) => o?.[key], object);
function put(object, [key, ...rest], value) {
  const copy = Array.isArray(object) ? [...object] : { ...(object ?? {}) };
  copy[key] = rest.length ? put(copy[key] ?? (typeof rest[0] === "number" ? [] : {}), rest, value) : value;
  return copy;
}
// A list of texts as lines of one language, and back: the n-th line of each language is one item.
const linesOf = (list, code) => (list ?? []).map((text) => text?.[code] ?? "").join("\n").replace(/\n+$/, "");
function withLines(list, code, text) {
  const lines = text.split("\n"), count = Math.max(lines.length, (list ?? []).length), out = [];
  for (let i = 0; i < count; i++) { const item = { ...(list?.[i] ?? {}) }; if (lines[i]) item[code] = lines[i]; else delete item[code]; out.push(item); }
  while (out.length && Object.keys(out[out.length - 1]).length === 0) out.pop();
  return out;
}

function Both({ edit, path, label, rows = 1, list = false, hint }) {
  const id = "f-" + path.join("-"), value = at(edit.content, path);
  return html`<fieldset class="both"><legend>${label}</legend>${hint && html`<p class="muted sm" id=${id + "-hint"}>${hint}</p>`}<div class="two">${languages.map(([code, name]) => {
    const text = list ? linesOf(value, code) : value?.[code] ?? "", missing = !text && (list ? linesOf(value, "en") : value?.en);
    const input = (e) => edit.set(path, list ? withLines(value, code, e.target.value) : { ...(value ?? {}), [code]: e.target.value });
    const props = { id: id + code, lang: code, "aria-label": `${label}, ${name}`, value: text, onInput: input, placeholder: missing && code !== "en" ? t("edit.missing", { language: name }) : "", "aria-describedby": hint ? id + "-hint" : undefined };
    return html`<div key=${code}><span class="cap" aria-hidden="true">${name}</span>${rows > 1 ? html`<textarea rows=${rows} ...${props}></textarea>` : html`<input type="text" ...${props} />`}</div>`;
  })}</div></fieldset>`;
}
function One({ edit, path, label, type = "text", ...rest }) {
  const value = at(edit.content, path);
  return html`<label class="field"><span>${label}</span><input type=${type} value=${value ?? ""} onInput=${(e) => edit.set(path, type === "number" ? Math.max(1, Number(e.target.value) || 1) : e.target.value)} ...${rest} /></label>`;
}
// A list of words keeps what is typed until the field is left, so that a comma can be typed at all.
function Words({ edit, path, label }) {
  const value = (at(edit.content, path) ?? []).join(", ");
  return html`<label class="field"><span>${label}</span><input type="text" defaultValue=${value} key=${path.join("-")} onChange=${(e) => edit.set(path, e.target.value.split(",").map((x) => x.trim()).filter(Boolean))} /></label>`;
}

const freeId = (list, stem) => { let n = list.length + 1; while (list.some((x) => x.id === `${stem}-${n}`)) n++; return `${stem}-${n}`; };
const newStep = (content) => ({ id: freeId(content.steps, "step"), title: { en: "New step", es: "Paso nuevo" }, purpose: { en: "What this step is for.", es: "Para qué sirve este paso." }, lessons: 1, standards: [], forms: { on_my_own: { en: "Do this your own way.", es: "Hazlo a tu manera." } }, what_good_looks_like: { en: "Good work here shows …", es: "Un buen trabajo aquí muestra …" }, evidence: [], question_log: [], variants: {}, team_roles: [], check_my_work: null });
const levelNames = [["Just starting", "Empezando"], ["Getting there", "En camino"], ["On target", "En la meta"], ["Going further", "Más allá"]];
const newCriterion = (list) => ({ id: freeId(list, "criterion"), title: { en: "New criterion", es: "Criterio nuevo" }, question: { en: "How well …?", es: "¿Qué tan bien …?" }, standard: "", aim: 3, levels: levelNames.map(([en, es]) => ({ name: { en, es }, text: { en: "I …", es: "Yo …" } })), phrases: { glow: [], grow: [], next: [] } });
const newRubric = (content) => ({ id: freeId(content.rubrics, "rubric"), title: { en: "Check my work", es: "Reviso mi trabajo" }, criteria: [newCriterion([])] });

function missingIn(content, code) {
  let count = 0;
  const walk = (node) => {
    if (Array.isArray(node)) return node.forEach(walk);
    if (!node || typeof node !== "object") return;
    if (typeof node.en === "string" && node.en) { if (!node[code]) count++; return; }
    Object.values(node).forEach(walk);
  };
  walk(content);
  return count;
}
function differences(before, after) {
  if (!before) return [];
  const list = [], same = (a, b) => JSON.stringify(a) === JSON.stringify(b);
  if (!same([before.title, before.driving_question, before.summary, before.why_it_matters], [after.title, after.driving_question, after.summary, after.why_it_matters])) list.push(t("diff.words"));
  if (!same(before.products, after.products)) list.push(t("diff.products"));
  for (const step of after.steps ?? []) { const old = before.steps?.find((s) => s.id === step.id); if (!old) list.push(t("diff.step_new", { title: say(step.title) })); else if (!same(old, step)) list.push(t("diff.step", { title: say(step.title) })); }
  for (const step of before.steps ?? []) if (!after.steps?.some((s) => s.id === step.id)) list.push(t("diff.step_gone", { title: say(step.title) }));
  if (!same(before.steps?.map((s) => s.id), after.steps?.map((s) => s.id)) && before.steps?.length === after.steps?.length) list.push(t("diff.order"));
  for (const rubric of after.rubrics ?? []) { const old = before.rubrics?.find((r) => r.id === rubric.id); if (!old) list.push(t("diff.rubric_new", { title: say(rubric.title) })); else if (!same(old, rubric)) list.push(t("diff.rubric", { title: say(rubric.title) })); }
  return list;
}

function Preview({ content, step }) {
  const [code, setCode] = useState(language), [form, setForm] = useState("step_by_step");
  const available = step ? [["example", step.forms?.example?.work], ["step_by_step", step.forms?.step_by_step], ["on_my_own", step.forms?.on_my_own]].filter(([, there]) => there).map(([name]) => name) : [];
  const shown = available.includes(form) ? form : available[0], words = (text) => say(text, code);
  return html`<section class="card prev" aria-labelledby="h-prev"><header><h2 id="h-prev">${t("edit.preview")}</h2><fieldset class="bare push"><legend class="vh">${t("edit.preview.language")}</legend><div class="seg">${languages.map(([c, name]) => html`<label key=${c}><input type="radio" name="preview-language" checked=${code === c} onChange=${() => setCode(c)} /><span lang=${c}>${name}</span></label>`)}</div></fieldset></header>
    <div class="screen voice" lang=${code}>${step ? html`<p class="cap">${t("class.step", { n: content.steps.indexOf(step) + 1, title: words(content.title) })}</p><h3>${words(step.title)}</h3><p>${words(step.purpose)}</p>
      <div class="tabs" role="group" aria-label=${t("support.title")}>${available.map((name) => html`<button type="button" key=${name} aria-pressed=${name === shown} onClick=${() => setForm(name)}>${t("form." + name)}</button>`)}</div>
      ${shown === "example" && html`<p class="words">${words(step.forms.example.work)}</p><ul>${(step.forms.example.thinking ?? []).map((x, i) => html`<li key=${i}>${words(x)}</li>`)}</ul>`}
      ${shown === "step_by_step" && html`<p>${words(step.forms.step_by_step.intro)}</p><ol>${(step.forms.step_by_step.checklist ?? []).map((x, i) => html`<li key=${i}>${words(x)}</li>`)}</ol>`}
      ${shown === "on_my_own" && html`<p class="words">${words(step.forms.on_my_own)}</p>`}
      ${words(step.what_good_looks_like) && html`<div class="good"><span class="cap">${t("show.good")}</span><p>${words(step.what_good_looks_like)}</p></div>`}` : html`<h3>${words(content.title)}</h3><p><b>${words(content.driving_question)}</b></p><p>${words(content.summary)}</p><p>${words(content.why_it_matters)}</p><ul>${(content.products ?? []).map((p) => html`<li key=${p.id}><b>${words(p.title)}</b>: ${words(p.detail)}</li>`)}</ul>`}</div></section>`;
}

export function PathwayPage({ id, current }) {
  const { value: page, error, reload } = useLoad(`/classes/${current.id}/pathways/${id}`);
  const [content, setContent] = useState(null), [part, setPart] = useState("words"), [state, setState] = useState({}), [publish, setPublish] = useState(null), [problem, setProblem] = useState(null), [versions, setVersions] = useState(false);
  const saw = useRef(""), timer = useRef(0), latest = useRef(null), busy = useRef(Promise.resolve());
  useEffect(() => { if (!page) return; const parsed = JSON.parse(page.content || "{}"); saw.current = page.saw; setContent(parsed); latest.current = null; setState({ saved: page.saved_ms, draft: page.has_draft }); }, [page]);
  const save = useCallback((keep) => {
    clearTimeout(timer.current);
    const body = latest.current;
    if (!body) return busy.current;
    latest.current = null;
    busy.current = busy.current.then(async () => {
      try { const done = await api("PUT", `/classes/${current.id}/pathways/${id}/draft`, { content: JSON.stringify(body), saw: saw.current, keep_mine: keep === true }); saw.current = done.saw; setState({ saved: done.saved_ms, draft: true, problem: done.problem }); setProblem(null); }
      catch (e) { if (!latest.current) latest.current = body; setProblem(e); setState((old) => ({ ...old, saving: false })); }
    });
    return busy.current;
  }, [id, current.id]);
  useEffect(() => { const leave = () => save(); addEventListener("pagehide", leave); return () => { removeEventListener("pagehide", leave); save(); }; }, [save]);
  if (!page || !content) return html`<main id="main">${error ? html`<${Problem} error=${error} again=${reload} />` : html`<${Loading} />`}</main>`;
  const change = (next) => { setContent(next); latest.current = next; setState((old) => ({ ...old, saving: true })); clearTimeout(timer.current); timer.current = setTimeout(save, 900); };
  const edit = { content, set: (path, value) => change(put(content, path, value)) };
  const steps = content.steps ?? [], rubrics = content.rubrics ?? [], [kind, index] = part.split(":"), i = Number(index);
  const step = kind === "step" ? steps[i] : null, rubric = kind === "rubric" ? rubrics[i] : null;
  const before = page.published_content ? JSON.parse(page.published_content) : null, changes = differences(before, content), missing = missingIn(content, "es");
  const shift = (by) => { const list = [...steps], [moved] = list.splice(i, 1); list.splice(i + by, 0, moved); change({ ...content, steps: list }); setPart("step:" + (i + by)); };
  const removeStep = () => { const list = steps.filter((_, k) => k !== i); change({ ...content, steps: list }); setPart(list.length ? "step:" + Math.min(i, list.length - 1) : "words"); announce(t("edit.removed", { title: say(step.title) })); };
  const doPublish = async (event) => {
    event.preventDefault();
    if (!state.draft && !latest.current) latest.current = content;
    await save();
    try { const done = await api("POST", `/classes/${current.id}/pathways/${id}/publish`, { note: publish.note }); announce(t("edit.published", { n: done.number })); setPublish(null); reload(); }
    catch (e) { setPublish({ ...publish, error: e }); }
  };
  const download = () => { const link = document.createElement("a"); link.href = URL.createObjectURL(new Blob([JSON.stringify(content, null, 1)], { type: "application/json" })); link.download = `${content.id || "pathway"}.json`; link.click(); URL.revokeObjectURL(link.href); };
  const status = problem ? "" : state.saving ? t("edit.saving") : state.draft ? t("edit.saved", { when: ago(state.saved) }) : t("edit.as_published", { n: page.number });
  const with_students = page.versions.find((v) => v.id === page.published)?.students ?? 0;
  const item = (key, mark, title) => html`<li key=${key}><button type="button" aria-current=${part === key ? "true" : undefined} onClick=${() => setPart(key)}><span class="st" aria-hidden="true">${mark}</span>${title}</button></li>`;
  return html`<main id="main"><div class="title"><div><h1>${say(content.title) || t("pathways.untitled")}</h1><p role="status">${[status, with_students > 0 && t("edit.with", { v: page.number, n: with_students })].filter(Boolean).join(". ")}</p></div>
      <div class="acts"><button class="b q" type="button" onClick=${() => setVersions(true)}>${t("edit.versions")}</button><button class="b q" type="button" onClick=${download}>${t("edit.share")}</button><button class="b p" type="button" onClick=${() => setPublish({ note: "" })}>${t("edit.publish", { n: (page.versions[0]?.number ?? 0) + 1 })}</button></div></div>
    <${Problem} error=${problem} again=${problem?.code === "conflict" ? undefined : () => save()} />${problem?.code === "conflict" && html`<div class="acts conflict"><button class="b" type="button" onClick=${() => { latest.current = null; setProblem(null); reload(); }}>${t("edit.load_other")}</button><button class="b" type="button" onClick=${() => { latest.current = latest.current ?? content; save(true); }}>${t("edit.keep_mine")}</button></div>`}
    ${state.problem && html`<p class="problem" role="status"><span class="blaze" aria-hidden="true"></span><span>${t("edit.cannot_publish")} <code>${state.problem}</code></span></p>`}
    ${page.newer_published && html`<p class="problem"><span class="blaze" aria-hidden="true"></span><span>${t("edit.newer")}</span></p>`}
    <div class="path"><nav class="card outline" aria-label=${t("edit.parts")}><h2 class="in">${t("edit.parts")}</h2><ol>${item("words", "?", t("edit.words"))}${item("products", "◇", t("edit.products"))}</ol><p class="cap in">${t("edit.steps")}</p><ol>${steps.map((s, k) => item("step:" + k, k + 1, say(s.title)))}<li><button type="button" onClick=${() => { change({ ...content, steps: [...steps, newStep(content)] }); setPart("step:" + steps.length); }}><span class="st add" aria-hidden="true">+</span>${t("edit.add_step")}</button></li></ol><p class="cap in">${t("edit.rubrics")}</p><ol>${rubrics.map((r, k) => item("rubric:" + k, "≡", say(r.title)))}<li><button type="button" onClick=${() => { change({ ...content, rubrics: [...rubrics, newRubric({ ...content, rubrics })] }); setPart("rubric:" + rubrics.length); }}><span class="st add" aria-hidden="true">+</span>${t("edit.add_rubric")}</button></li></ol>
        ${page.others_editing.length > 0 && html`<p class="foot">${t("pathways.others", { names: page.others_editing.join(", ") })}</p>`}</nav>
      <div class="stack">
        ${kind === "words" && html`<section class="card" aria-labelledby="h-part"><header><h2 id="h-part">${t("edit.words")}</h2></header><div class="in stack"><${Both} edit=${edit} path=${["title"]} label=${t("edit.title")} /><${Both} edit=${edit} path=${["driving_question"]} label=${t("edit.question")} rows=${2} /><${Both} edit=${edit} path=${["summary"]} label=${t("edit.summary")} rows=${3} /><${Both} edit=${edit} path=${["why_it_matters"]} label=${t("edit.why")} rows=${3} /><${Words} edit=${edit} path=${["standards"]} label=${t("edit.standards")} /></div></section>`}
        ${kind === "products" && html`<section class="card" aria-labelledby="h-part"><header><h2 id="h-part">${t("edit.products")}</h2></header><div class="in stack">${(content.products ?? []).map((p, k) => html`<div class="box" key=${p.id}><${Both} edit=${edit} path=${["products", k, "title"]} label=${t("edit.product", { n: k + 1 })} /><${Both} edit=${edit} path=${["products", k, "detail"]} label=${t("edit.detail")} rows=${2} /><button class="b q" type="button" onClick=${() => change({ ...content, products: content.products.filter((_, x) => x !== k) })}>${t("edit.remove")}<span class="vh"> ${say(p.title)}</span></button></div>`)}<div><button class="b" type="button" onClick=${() => change({ ...content, products: [...(content.products ?? []), { id: freeId(content.products ?? [], "product"), title: { en: "New way", es: "Otra manera" }, detail: { en: "What it is.", es: "Qué es." } }] })}>${t("edit.add_product")}</button></div></div></section>`}
        ${step && html`<section class="card" aria-labelledby="h-part"><header><h2 id="h-part">${t("class.step", { n: i + 1, title: say(step.title) })}</h2><div class="acts push"><button class="b q" type="button" disabled=${i === 0} onClick=${() => shift(-1)}>${t("edit.up")}</button><button class="b q" type="button" disabled=${i === steps.length - 1} onClick=${() => shift(1)}>${t("edit.down")}</button><button class="b q" type="button" disabled=${steps.length === 1} onClick=${removeStep}>${t("edit.remove")}</button></div></header><div class="in stack" key=${step.id}>
          <${Both} edit=${edit} path=${["steps", i, "title"]} label=${t("edit.step_title")} /><${Both} edit=${edit} path=${["steps", i, "purpose"]} label=${t("edit.purpose")} rows=${2} />
          <div class="two"><${One} edit=${edit} path=${["steps", i, "lessons"]} label=${t("edit.lessons")} type="number" min="1" max="60" /><${Words} edit=${edit} path=${["steps", i, "standards"]} label=${t("edit.standards")} /></div>
          <label class="field"><span>${t("edit.check")}</span><select value=${step.check_my_work ?? ""} onChange=${(e) => edit.set(["steps", i, "check_my_work"], e.target.value || null)}><option value="">${t("edit.no_check")}</option>${rubrics.map((r) => html`<option key=${r.id} value=${r.id}>${say(r.title)}</option>`)}</select></label>
          <h3>${t("form.example")}</h3><${Both} edit=${edit} path=${["steps", i, "forms", "example", "work"]} label=${t("edit.example")} rows=${6} /><${Both} edit=${edit} path=${["steps", i, "forms", "example", "thinking"]} label=${t("edit.thinking")} hint=${t("edit.lines")} rows=${3} list />
          <h3>${t("form.step_by_step")}</h3><${Both} edit=${edit} path=${["steps", i, "forms", "step_by_step", "intro"]} label=${t("edit.intro")} rows=${2} /><${Both} edit=${edit} path=${["steps", i, "forms", "step_by_step", "checklist"]} label=${t("edit.checklist")} hint=${t("edit.lines")} rows=${5} list /><${Both} edit=${edit} path=${["steps", i, "forms", "step_by_step", "sentence_starters"]} label=${t("edit.starters")} hint=${t("edit.lines")} rows=${3} list /><${Both} edit=${edit} path=${["steps", i, "forms", "step_by_step", "if_stuck"]} label=${t("edit.stuck")} hint=${t("edit.lines")} rows=${2} list />
          <h3>${t("form.on_my_own")}</h3><${Both} edit=${edit} path=${["steps", i, "forms", "on_my_own"]} label=${t("edit.own_task")} rows=${4} />
          <h3>${t("show.good")}</h3><${Both} edit=${edit} path=${["steps", i, "what_good_looks_like"]} label=${t("show.good")} rows=${3} /><${Both} edit=${edit} path=${["steps", i, "variants", "gentler"]} label=${t("edit.gentler")} rows=${2} /><${Both} edit=${edit} path=${["steps", i, "variants", "stretch"]} label=${t("edit.stretch")} rows=${2} /></div></section>`}
        ${rubric && html`<section class="card" aria-labelledby="h-part"><header><h2 id="h-part">${t("edit.rubric", { title: say(rubric.title) })}</h2></header><div class="in stack"><${Both} edit=${edit} path=${["rubrics", i, "title"]} label=${t("edit.title")} /><p class="muted sm">${t("edit.braces")}</p></div></section>
          ${rubric.criteria.map((c, k) => { const path = ["rubrics", i, "criteria", k]; return html`<section class="card" key=${c.id} aria-label=${say(c.title)}><header><h3>${say(c.title)}</h3><button class="b q push" type="button" disabled=${rubric.criteria.length === 1} onClick=${() => edit.set(["rubrics", i, "criteria"], rubric.criteria.filter((_, x) => x !== k))}>${t("edit.remove")}<span class="vh"> ${say(c.title)}</span></button></header><div class="in stack"><${Both} edit=${edit} path=${[...path, "title"]} label=${t("edit.criterion")} /><${Both} edit=${edit} path=${[...path, "question"]} label=${t("edit.criterion_question")} />
            <div class="two"><${One} edit=${edit} path=${[...path, "standard"]} label=${t("edit.standard")} /><label class="field"><span>${t("edit.aim")}</span><select value=${c.aim} onChange=${(e) => edit.set([...path, "aim"], Number(e.target.value))}>${c.levels.map((l, n) => html`<option key=${n} value=${n + 1}>${say(l.name)}</option>`)}</select></label></div>
            ${c.levels.map((l, n) => html`<div class="box" key=${n}><${Both} edit=${edit} path=${[...path, "levels", n, "name"]} label=${t("edit.level", { n: n + 1 })} /><${Both} edit=${edit} path=${[...path, "levels", n, "text"]} label=${t("edit.level_text", { level: say(l.name) })} rows=${4} /></div>`)}
            ${["glow", "grow", "next"].map((name) => html`<${Both} key=${name} edit=${edit} path=${[...path, "phrases", name]} label=${t("edit.phrases." + name)} hint=${t("edit.lines")} rows=${4} list />`)}</div></section>`; })}
          <div><button class="b" type="button" onClick=${() => edit.set(["rubrics", i, "criteria"], [...rubric.criteria, newCriterion(rubric.criteria)])}>${t("edit.add_criterion")}</button></div>`}</div>
      <div class="stack"><${Preview} content=${content} step=${step} /><section class="card" aria-labelledby="h-since"><header><h2 id="h-since">${before ? t("edit.since", { n: page.number }) : t("edit.state")}</h2></header><div class="in stack">${before && (changes.length === 0 ? html`<p class="muted">${t("edit.no_changes")}</p>` : html`<ul class="chg">${changes.map((text) => html`<li key=${text}>${text}</li>`)}</ul>`)}<p class="muted sm">${missing > 0 ? t("edit.missing_count", { n: missing }) : t("edit.complete")}</p><p class="muted sm">${t("edit.keep")}</p></div></section></div></div>
    ${publish && html`<${Dialog} title=${t("edit.publish", { n: (page.versions[0]?.number ?? 0) + 1 })} onClose=${() => setPublish(null)}><form class="in stack" onSubmit=${doPublish}><p>${t("edit.publish.text")}</p><label class="field"><span>${t("edit.note")}</span><textarea rows="3" value=${publish.note} onInput=${(e) => setPublish({ ...publish, note: e.target.value })}></textarea></label><${Problem} error=${publish.error} />${publish.error?.code === "invalid" && html`<p class="sm"><code>${publish.error.message}</code></p>`}<div class="acts end"><button class="b p" type="submit">${t("edit.publish.do")}</button></div></form></${Dialog}>`}
    ${versions && html`<${Dialog} title=${t("edit.versions")} onClose=${() => setVersions(false)}><div class="in">${page.versions.length === 0 ? html`<p>${t("pathways.never_published")}</p>` : html`<ol class="reviews">${page.versions.map((v) => html`<li key=${v.id}><p><b>${t("pathways.version", { n: v.number })}</b> <span class="muted sm">${v.by} · ${dayName(v.at_ms)} · ${t("pathways.students", { n: v.students })}</span></p>${v.note && html`<p>${v.note}</p>`}</li>`)}</ol>`}
      <div class="acts">${state.draft && page.published && html`<button class="b" type="button" onClick=${async () => { clearTimeout(timer.current); latest.current = null; try { await api("DELETE", `/classes/${current.id}/pathways/${id}/draft`); setVersions(false); reload(); } catch (e) { setProblem(e); } }}>${t("edit.drop")}</button>`}${page.published && html`<button class="b" type="button" onClick=${async () => { try { await api("POST", `/classes/${current.id}/pathways/${id}/archive`, { archived: !page.archived }); setVersions(false); reload(); } catch (e) { setProblem(e); } }}>${page.archived ? t("edit.unarchive") : t("edit.archive")}</button>`}</div></div></${Dialog}>`}</main>`;
}
