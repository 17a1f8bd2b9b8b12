// Growth, standard by standard: everything there is on lanes of levels, further to the right is later. Nothing is
// joined by a line and no average is made. A hollow sign is the student's own eyes, a filled one an adult's.
import { html, t, say, useState, dayName, language } from "./lib.js";

const glyphs = {
  own: html`<circle r="4.6" fill="var(--card)" stroke="var(--pine)" stroke-width="2.2" />`,
  review: html`<circle r="5.6" fill="var(--pine)" />`,
  observation: html`<rect x="-5" y="-5" width="10" height="10" fill="var(--pine)" />`,
  conference: html`<path d="M0-6 6.2 5.200H-6.200z" fill="var(--pine)" />`,
};
const kinds = Object.keys(glyphs);
const Sign = ({ kind }) => html`<svg class="sign" width="14" height="14" viewBox="-7 -7 14 14" aria-hidden="true">${glyphs[kind]}</svg>`;

const laneHeight = 15, left = 3, right = 97, apart = 4.6;

// Signs of one lane that would lie on each other are pushed to the right, as far as there is room.
function places(points, from, to) {
  const span = Math.max(1, to - from), at = points.map((p) => left + ((p.at_ms - from) / span) * (right - left));
  if (at.length * apart > right - left) return at;
  for (let i = 1; i < at.length; i++) at[i] = Math.max(at[i], at[i - 1] + apart);
  for (let i = at.length - 1, end = right; i >= 0; i--, end -= apart) at[i] = Math.min(at[i], end);
  return at;
}

function months(from, to) {
  const list = [], span = Math.max(1, to - from), first = new Date(from);
  for (let d = new Date(first.getFullYear(), first.getMonth() + 1, 1); d.getTime() <= to; d.setMonth(d.getMonth() + 1))
    list.push({ at: left + ((d.getTime() - from) / span) * (right - left), name: new Intl.DateTimeFormat(language, { month: "short" }).format(d), year: d.getMonth() === 0 ? d.getFullYear() : 0 });
  // No more than the strip has room for: every second, third … month.
  const step = Math.ceil(list.length / 6) || 1;
  return list.filter((_, i) => i % step === 0);
}

const levelName = (line, level) => (level ? say(line.levels[level - 1]) || String(level) : t("growth.no_level"));

function Strip({ line, from, to, marks, name }) {
  const unrated = line.points.some((p) => !p.level), count = line.levels.length, lanes = count + (unrated || !count ? 1 : 0), height = lanes * laneHeight + 4;
  const y = (level) => 2 + laneHeight / 2 + (level ? count - level : count) * laneHeight;
  const spoken = t("growth.strip", { title: name, n: line.points.length });
  return html`<div class="strip"><ol class="lanes" aria-hidden="true">${[...line.levels].reverse().map((text, i) => html`<li key=${i} class=${count - i === line.aim ? "aim" : ""}>${say(text)}</li>`)}${lanes > count && html`<li>${t("growth.no_level")}</li>`}</ol>
    <svg width="100%" height=${height} role="img" aria-label=${spoken}>
      ${marks.map((m, i) => html`<line key=${"m" + i} x1=${m.at + "%"} x2=${m.at + "%"} y1="0" y2=${height} stroke="var(--line)" />`)}
      ${Array.from({ length: lanes }, (_, i) => { const level = i < count ? count - i : 0, strong = level > 0 && level === line.aim; return html`<line key=${i} x1="0" x2="100%" y1=${y(level)} y2=${y(level)} stroke=${strong ? "var(--stone)" : "var(--line)"} stroke-width=${strong ? 2 : 1} />`; })}
      ${Array.from({ length: count + 1 }, (_, level) => { const points = line.points.filter((p) => p.level === level), at = places(points, from, to); return points.map((p, i) => html`<svg key=${p.id + level} x=${at[i].toFixed(2) + "%"} y=${y(level)} overflow="visible">${glyphs[p.kind]}</svg>`); })}
    </svg></div>`;
}

function Rests({ line }) {
  const used = kinds.filter((kind) => line.points.some((p) => p.kind === kind)), last = line.points.filter((p) => p.kind === "review").pop(), newest = line.points[line.points.length - 1];
  const forms = line.forms.map((form) => t("form." + form).toLowerCase());
  return html`<b>${line.points.length === 1 ? t("growth.single", { kind: t("growth.kind." + newest.kind).toLowerCase() }) : t("growth.rests", { n: used.length })}</b> ${last ? t("growth.latest", { level: levelName(line, last.level), when: dayName(last.at_ms) }) : t("growth.no_answer")}${last && newest.kind === "own" && newest.at_ms > last.at_ms ? " " + t("growth.since", { level: levelName(line, newest.level), when: dayName(newest.at_ms) }) : ""}${forms.length > 0 && html`<br />${t("growth.how", { forms: forms.join(", ") })}`}`;
}

export function Growth({ lines, name }) {
  const [table, setTable] = useState(false);
  if (lines.length === 0) return html`<section class="card" id="growth" aria-labelledby="h-growth"><header><h2 id="h-growth">${t("growth.title")}</h2></header><div class="in"><p class="muted">${t("growth.none", { name })}</p></div></section>`;
  const all = lines.flatMap((line) => line.points.map((p) => p.at_ms)), from = Math.min(...all), to = Math.max(...all), marks = months(from, to);
  const used = kinds.filter((kind) => lines.some((line) => line.points.some((p) => p.kind === kind)));
  const titleOf = (line) => say(line.title) || line.text || line.standard;
  return html`<section class="card growth" id="growth" aria-labelledby="h-growth"><header><div><h2 id="h-growth">${t("growth.title")}</h2><p class="muted sm">${t("growth.text")}</p></div><button class="b q push" type="button" onClick=${() => setTable(!table)}>${table ? t("growth.as_strips") : t("growth.as_table")}</button></header>
    <ul class="signs">${used.map((kind) => html`<li key=${kind}><${Sign} kind=${kind} /> ${t("growth.kind." + kind)}</li>`)}</ul>
    ${table ? html`<table class="points"><thead><tr><th scope="col">${t("growth.standard")}</th><th scope="col">${t("growth.when")}</th><th scope="col">${t("growth.what")}</th><th scope="col">${t("growth.level")}</th></tr></thead><tbody>${lines.flatMap((line) => line.points.map((p, i) => html`<tr key=${line.standard + p.id}>${i === 0 && html`<th scope="row" rowspan=${line.points.length}>${titleOf(line)}<br /><span class="muted sm">${line.standard}</span></th>`}<td>${dayName(p.at_ms)}</td><td><${Sign} kind=${p.kind} /> ${t("growth.kind." + p.kind)}</td><td>${levelName(line, p.level)}</td></tr>`))}</tbody></table>`
    : html`<ul class="strips"><li class="months" aria-hidden="true"><span></span><div class="strip"><span class="lanes"></span><svg width="100%" height="16">${marks.length === 0 && to > from && html`<text x=${left + "%"} y="12">${dayName(from)}</text><text x="100%" y="12" text-anchor="end">${dayName(to)}</text>`}${marks.map((m, i) => html`<text key=${i} x=${m.at + "%"} y="12" text-anchor="middle">${m.name}${m.year ? " " + m.year : ""}</text>`)}</svg></div><span></span></li>
      ${lines.map((line) => html`<li key=${line.standard}><p><b>${titleOf(line)}</b><br /><span class="muted sm">${line.standard}</span></p><${Strip} line=${line} from=${from} to=${to} marks=${marks} name=${titleOf(line)} /><p class="sm"><${Rests} line=${line} /></p></li>`)}</ul>`}
    <p class="foot">${t("growth.foot")}</p></section>`;
}
