// What every page of the dashboard stands on: the catalogue, the server, dates in words, and the few drawn
// things (marks, the trail). A page keeps no copy of what the server said beyond what it shows.
import { h } from "preact";
import { useState, useEffect, useCallback, useRef } from "preact/hooks";
import htm from "htm";
import en from "../locale/en.json";
import es from "../locale/es.json";
import { datesIn } from "./dates.js";

export const html = htm.bind(h);
export { useState, useEffect, useCallback, useRef };

// ---- words

const catalogues = { en, es };
export const languages = [["en", "English"], ["es", "Español"]];
const remembered = (key) => { try { return localStorage.getItem(key); } catch { return null; } };
const remember = (key, value) => { try { localStorage.setItem(key, value); } catch { /* private window */ } };
export { remembered, remember };

export let language = remembered("waymark.language") ?? ((navigator.language || "en").startsWith("es") ? "es" : "en");
export function setLanguage(next) {
  language = next;
  remember("waymark.language", next);
  document.documentElement.lang = next;
}
document.documentElement.lang = language;

// t("class.more", {n: 9}): a plural picks its form by n.
export function t(key, args = {}) {
  let text = catalogues[language][key] ?? en[key];
  if (text === undefined) return key;
  if (typeof text === "object") text = text[new Intl.PluralRules(language).select(args.n ?? 0)] ?? text.other;
  return text.replace(/\{(\w+)\}/g, (whole, name) => (args[name] ?? whole));
}
// The text of a pathway in the reader's language, else in English, else in any.
export function say(texts, preferred = language) {
  if (!texts) return "";
  return texts[preferred] || texts.en || Object.values(texts).find((text) => text) || "";
}

// ---- dates in words

let ahead = 0;  // of this computer's clock the server's is
export const { longDate, dayName, moment, ago, dateText } = datesIn({ t, language: () => language, clock: () => Date.now() + ahead });
export function today() {
  const d = new Date();
  return `${d.getFullYear()}-${String(d.getMonth() + 1).padStart(2, "0")}-${String(d.getDate()).padStart(2, "0")}`;
}
// When somebody was heard from, and whose hands brought it.
export const carriedBy = (carrier) => carrier && t("when.by." + carrier);

// ---- the server

let csrf = "";
export class Refused extends Error {
  constructor(code, detail, status, wait) { super(detail || code); this.code = code; this.status = status; this.wait = wait; }
}
async function ask(method, path, type, body) {
  let response;
  try {
    response = await fetch("/api" + path, {
      method,
      headers: { ...(body === undefined ? {} : { "content-type": type }), ...(method === "GET" ? {} : { "x-waymark-csrf": csrf }) },
      body,
      credentials: "same-origin",
    });
  } catch { throw new Refused("offline", "", 0); }
  if (response.ok) return response;
  const error = (await response.json().catch(() => null))?.error ?? { code: "server_failed", detail: "" };
  if (response.status === 401 && path !== "/sign-in") window.dispatchEvent(new Event("waymark-signed-out"));
  throw new Refused(error.code, error.detail, response.status, Number(response.headers.get("retry-after") || 0));
}
// A file as it is; what is told of it stands in a header, and the body is for keeping.
export async function sendFile(path, file, told) {
  const response = await ask("POST", path, "application/octet-stream", file);
  return { read: JSON.parse(response.headers.get(told)), body: await response.blob() };
}
export async function api(method, path, body) {
  const response = await ask(method, path, "application/json", body === undefined ? undefined : JSON.stringify(body));
  if (response.status === 204) return null;
  const value = await response.json().catch(() => null);
  if (value && value.csrf) csrf = value.csrf;
  if (value && value.now_ms) ahead = value.now_ms - Date.now();
  return value;
}
export function sentence(error) {
  if (error.text) return error.text;
  const text = t("error." + (error.code ?? "internal"), { n: error.wait || 1 });
  return text.startsWith("error.") ? t("error.internal") : text;
}
// Asks when what it depends on changes; keeps what it had while it asks again.
export function useLoad(path, every = 0) {
  const [state, set] = useState({ value: null, error: null });
  const load = useCallback(async () => {
    if (!path) return;
    try { const value = await api("GET", path); set({ value, error: null, path }); }
    catch (error) { set((old) => ({ ...old, error })); }
  }, [path]);
  useEffect(() => {
    load();
    if (!every) return;
    const timer = setInterval(() => { if (!document.hidden) load(); }, every);
    return () => clearInterval(timer);
  }, [load, every]);
  return { ...state, value: state.path === path ? state.value : null, reload: load };
}

// ---- what is new, heard at once
// One stream for the whole page, and only while somebody sees it: a browser has six connections to a server.
// Pages ask again when what they show has changed; without the stream they ask as often as ever.
const hearers = new Set(), newsEvery = 2000, reopenMost = 300000;
let source = null, reopen = 0, losses = 0;
const spread = (news) => hearers.forEach((hearer) => hearer(news));
function silence() { clearTimeout(reopen); source?.close(); source = null; }
function hear() {
  clearTimeout(reopen);
  if (source || document.hidden || hearers.size === 0) return;
  let opened = 0;
  source = new EventSource("/api/events");
  source.onopen = () => { opened = Date.now(); if (losses > 0) spread(null); };
  source.onmessage = (event) => { try { spread(JSON.parse(event.data)); } catch { /* not for us */ } };
  source.onerror = () => {
    silence();
    if (opened && Date.now() - opened > 60000) losses = 0;
    reopen = setTimeout(hear, 500 + Math.random() * Math.min(reopenMost, 4000 * 2 ** losses++));
  };
}
document.addEventListener("visibilitychange", () => { if (document.hidden) silence(); else if (hearers.size > 0) { spread(null); hear(); } });
// `touches` tells whether news ({classes, student}) is of what is shown.
export function useNews(on, touches, reload) {
  const latest = useRef();
  latest.current = { touches, reload };
  useEffect(() => {
    if (!on) return;
    let asked = 0, timer = 0;
    const hearer = (news) => {
      if (news && !latest.current.touches(news)) return;
      clearTimeout(timer);
      timer = setTimeout(() => { asked = Date.now(); latest.current.reload(); }, Math.max(0, asked + newsEvery - Date.now()));
    };
    hearers.add(hearer);
    hear();
    return () => { clearTimeout(timer); hearers.delete(hearer); if (hearers.size === 0) silence(); };
  }, [on]);
}

// ---- going from page to page

const listeners = new Set();
export function go(path) {
  history.pushState(null, "", path);
  listeners.forEach((listener) => listener());
  window.scrollTo(0, 0);
}
addEventListener("popstate", () => listeners.forEach((listener) => listener()));
export function useLocation() {
  const [, set] = useState(0);
  useEffect(() => { const listener = () => set((n) => n + 1); listeners.add(listener); return () => listeners.delete(listener); }, []);
  return { path: location.pathname, query: new URLSearchParams(location.search) };
}
export function Link({ href, ...rest }) {
  const click = (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
    event.preventDefault();
    go(href);
  };
  return html`<a href=${href} onClick=${click} ...${rest} />`;
}

// ---- said for a moment, and read out
export function announce(text) { window.dispatchEvent(new CustomEvent("waymark-say", { detail: text })); }

// ---- keys
export const keysOn = () => remembered("waymark.keys") !== "off";
// Single keys act only where nobody is writing, choosing or in a window over the page.
export function useKeys(map) {
  // The newest map at once, not after the next paint: two keys may come within one frame.
  const latest = useRef(map);
  latest.current = map;
  useEffect(() => {
    const down = (event) => {
      if (event.defaultPrevented || document.querySelector("dialog[open]")) return;
      const inField = /^(INPUT|TEXTAREA|SELECT)$/.test(event.target.tagName) && !/^(radio|checkbox)$/.test(event.target.type);
      if (inField && !(event.key === "Enter" && (event.ctrlKey || event.metaKey))) return;
      if (!inField && (event.ctrlKey || event.metaKey || event.altKey) && event.key !== "Enter") return;
      if (event.key.length === 1 && !keysOn() && event.key !== "?") return;
      // Enter on a button or a link is that button's.
      if (event.key === "Enter" && !event.ctrlKey && /^(BUTTON|A|SUMMARY)$/.test(event.target.tagName)) return;
      const action = latest.current[event.key.length === 1 ? event.key.toLowerCase() : event.key];
      if (action) { event.preventDefault(); action(event); }
    };
    addEventListener("keydown", down);
    return () => removeEventListener("keydown", down);
  }, []);
}

// ---- a window over the page
export function Dialog({ title, onClose, children, wide }) {
  const ref = useRef();
  useEffect(() => {
    const before = document.activeElement;
    ref.current.showModal();
    return () => before?.focus?.();
  }, []);
  return html`<dialog ref=${ref} class=${wide ? "wide" : ""} aria-label=${title}
      onCancel=${(event) => { event.preventDefault(); onClose(); }}
      onClick=${(event) => { if (event.target === ref.current) onClose(); }}>
    <div class="dialog"><header><h2>${title}</h2>
      <button class="b q" type="button" onClick=${onClose}>${t("do.close")}</button></header>${children}</div>
  </dialog>`;
}

export function Confirm({ title, text, button, onYes, onClose }) {
  return html`<${Dialog} title=${title} onClose=${onClose}><div class="in stack"><p>${text}</p><div class="acts end"><button class="b" type="button" onClick=${onClose}>${t("do.cancel")}</button><button class="b p" type="button" onClick=${onYes}>${button}</button></div></div></${Dialog}>`;
}

// ---- drawn things

export const hash = (text) => { let n = 2166136261; for (const c of text) n = Math.imul(n ^ c.charCodeAt(0), 16777619); return n >>> 0; };
const discs = ["#2E6E8E", "#4F7A3A", "#7A4B3A", "#7B2F5E", "#5B4B8A", "#7A6A1F", "#3F5963", "#17594A"];
const inks = ["#F5E3A8", "#CFE3EE", "#FFFDF9", "#D9EAD3"];
const outer = [
  html`<circle cx="16" cy="16" r="15" />`, html`<rect x="1.5" y="1.5" width="29" height="29" rx="7" />`,
  html`<path d="M16 1 31 16 16 31 1 16z" />`, html`<path d="M8.5 3h15L31 16l-7.5 13h-15L1 16z" />`,
  html`<path d="M3 3h26v15c0 7-6 11-13 13C9 29 3 25 3 18z" />`,
];
const inner = [
  html`<path d="M7 22 13 12l4.5 6 2.5-3.5L25 22z" />`, html`<path d="m16 8 2.4 5.5 6 .5-4.5 4 1.4 6L16 21l-5.3 3 1.4-6-4.5-4 6-.5z" />`,
  html`<circle cx="16" cy="16" r="5.5" />`, html`<path d="M9 23 16 9l7 14h-4.5L16 18l-2.5 5z" />`,
  html`<path d="M8 18c3-5 5 0 8-3s5 1 8-2v4c-3 3-5-1-8 2s-5-2-8 3z" />`, html`<path d="M10 22c0-8 5-12 13-12 0 8-5 12-13 12z" />`,
  html`<path d="M20 8a8.5 8.5 0 1 0 4 12 7 7 0 0 1-4-12z" />`, html`<path d="M14 8h4v6h6v4h-6v6h-4v-6H8v-4h6z" />`,
];
// What a student composed, "shape.ink.disc"; the names are the student's app's.
const colors = { teal: "#2D6E7E", plum: "#7A4E66", pine: "#3F7561", blue: "#35507A", brown: "#8A5A3C", ink: "#3D4F66", night: "#4A3A5C", gold: "#F2BC57", sand: "#F3E4C8", blush: "#F6E3D0", mint: "#B9CDBB", cream: "#F2E3B3" };
const shapes = {
  trefoil: html`<circle cx="16" cy="11.5" r="4.6" /><circle cx="11.5" cy="18.5" r="4.6" /><circle cx="20.5" cy="18.5" r="4.6" /><path d="M15 17h2l.6 8h-3.200z" />`,
  leaf: inner[5], waves: inner[4], star: inner[1], moon: inner[6], mountains: inner[0],
  fish: html`<path d="M6 16c5-7 11-7 15-2l5-4v12l-5-4c-4 5-10 5-15-2z" />`,
  sun: html`<circle cx="16" cy="16" r="4.6" /><path d="M15 6h2v4h-2zM15 22h2v4h-2zM6 15h4v2H6zM22 15h4v2h-4zM8.3 9.700l1.4-1.4 2.8 2.8-1.4 1.400zM19.5 20.900l1.4-1.4 2.8 2.8-1.4 1.400zM22.3 8.300l1.4 1.4-2.8 2.8-1.4-1.400zM11.1 19.500l1.4 1.4-2.8 2.8-1.4-1.400z" />`,
  drop: html`<path d="M16 6c5 7 7 9.5 7 13a7 7 0 0 1-14 0c0-3.5 2-6 7-13z" />`,
  heart: html`<path d="M16 25C8 19 6.5 16 6.5 13a4.8 4.8 0 0 1 9.5-1.200A4.8 4.8 0 0 1 25.5 13c0 3-1.5 6-9.5 12z" />`,
  bird: html`<path d="M6 18c6 1 6-7 12-7 3 0 4 1.5 5 3l4 .5-3.5 2c-1 5-5 7-9 7-4 0-7-2-8.5-5.500z" />`,
  stones: html`<ellipse cx="16" cy="22.5" rx="8" ry="3.2" /><ellipse cx="15.5" cy="16.5" rx="5.6" ry="2.8" /><ellipse cx="16.6" cy="11.2" rx="3.6" ry="2.3" />`,
};
export function Mark({ of, size = 30 }) {
  const [shape, ink, disc] = (of.mark || "").split(".");
  if (shapes[shape]) return html`<svg class="mark" width=${size} height=${size} viewBox="0 0 32 32" aria-hidden="true"><circle cx="16" cy="16" r="15" fill=${colors[disc] ?? colors.teal} /><g class="rim">${outer[0]}</g><g fill=${colors[ink] ?? colors.cream}>${shapes[shape]}</g></svg>`;
  const n = hash(of.id);
  return html`<svg class="mark" width=${size} height=${size} viewBox="0 0 32 32" aria-hidden="true">
    <g fill=${discs[n % discs.length]}>${outer[(n >>> 4) % outer.length]}</g>
    <g class="rim">${outer[(n >>> 4) % outer.length]}</g>
    <g fill=${inks[(n >>> 8) % inks.length]}>${inner[(n >>> 12) % inner.length]}</g></svg>`;
}
export const Logo = () => html`<svg width="30" height="26" viewBox="0 0 30 26" aria-hidden="true">
  <ellipse cx="15" cy="21.5" rx="13" ry="4.5" fill="var(--stone)" /><ellipse cx="14" cy="13.6" rx="9" ry="3.9" fill="var(--pine)" />
  <ellipse cx="16" cy="6.4" rx="5.6" ry="3.3" fill="var(--stone)" /></svg>`;

// The line of a trail over `count` places, the same for the same seed.
function trailShape(seed, count, width, height) {
  const at = [];
  for (let i = 0; i < count; i++) {
    const wave = (i % 2 ? 1 : -1) * (0.4 + (hash(seed + "-" + i * 7) % 60) / 100);
    at.push([((i + 0.5) / count) * width, height * 0.68 + wave * height * 0.11 - (i / Math.max(1, count - 1)) * height * 0.08]);
  }
  const step = width / count;
  const points = [[-step / 2, height * 0.78], ...at, [width + step / 2, height * 0.55]];
  const piece = (i) => {
    const [ax, ay] = points[i], [bx, by] = points[i + 1], third = (bx - ax) / 2;
    return `C ${(ax + third).toFixed(1)} ${ay.toFixed(1)} ${(bx - third).toFixed(1)} ${by.toFixed(1)} ${bx.toFixed(1)} ${by.toFixed(1)}`;
  };
  const start = `M ${points[0][0].toFixed(1)} ${points[0][1].toFixed(1)} `;
  const path = (from, to) => { // between places; -1 is before the first
    const [x, y] = points[from + 1];
    let text = `M ${x.toFixed(1)} ${y.toFixed(1)} `;
    for (let i = from + 1; i < to + 1; i++) text += piece(i) + " ";
    return text;
  };
  return { at, whole: start + points.slice(1).map((_, i) => piece(i)).join(" "), path };
}
function Contours({ width, height, seed }) {
  return [0, 1, 2, 3, 4].map((i) => {
    const y = 18 + i * 15, bend = 12 + (hash(seed) % 12);
    return html`<path key=${i} d=${`M0 ${y + 22} C ${width * 0.2} ${y - bend} ${width * 0.34} ${y + 40} ${width * 0.5} ${y + 12} S ${width * 0.85} ${y - bend} ${width} ${y + 14}`} fill="none" stroke="var(--contour)" stroke-width="1.5" />`;
  });
}
const Flag = ({ x, y }) => html`<g><path d=${`M${x} ${y + 4}v-54`} stroke="var(--trail)" stroke-width="3" stroke-linecap="round" /><path d=${`M${x + 1.5} ${y - 50}l24 8-24 9z`} fill="var(--trail)" /></g>`;

// One stone a student, no names; the flag stands at today's step.
export function ClassTrail({ stops, seed, label, stones = true }) {
  const width = 1284, height = 112, shape = trailShape(seed || "class", stops.length, width, height);
  return html`<svg class="trail" viewBox=${`0 0 ${width} ${height}`} role="img" aria-label=${label}>
    <${Contours} width=${width} height=${height} seed=${seed || "class"} />
    <path d=${shape.whole} fill="none" stroke="var(--stone)" stroke-width="3" stroke-dasharray="2 8" stroke-linecap="round" />
    ${stops.map((stop, i) => {
      const [x, y] = shape.at[i], here = stones ? Math.min(stop.here, 28) : 0, drawn = [];
      const rows = here > 15 ? 7 : here > 6 ? 4 : here > 3 ? 3 : Math.max(1, here);
      let left = here, row = 0;
      while (left > 0) {
        const inRow = Math.min(left, Math.max(1, rows - row));
        for (let k = 0; k < inRow; k++) drawn.push([x + (k - (inRow - 1) / 2) * 21, y - row * 13]);
        left -= inRow; row++;
      }
      return html`<g key=${stop.id}>${here === 0 && html`<ellipse cx=${x} cy=${y} rx="9" ry="6.5" fill="var(--card)" stroke="var(--stone)" stroke-width="2" />`}
        ${drawn.map(([sx, sy], k) => html`<ellipse key=${k} cx=${sx} cy=${sy} rx="10.4" ry="6.6" fill="var(--stone)" stroke="var(--card)" stroke-width="1.5" />`)}
        ${stop.today && html`<${Flag} x=${x + (here ? Math.min(here, rows) * 10.5 + 12 : 0)} y=${y} />`}</g>`;
    })}</svg>`;
}
// A student's own: solid behind, dotted ahead; a cairn for ready, a ring for turned in.
export function OwnTrail({ steps, seed, label }) {
  const width = 948, height = 112, shape = trailShape(seed, steps.length, width, height);
  const reached = steps.reduce((last, step, i) => (step.state === "ready" || step.state === "turned_in" ? i : last), -1);
  const far = steps.reduce((last, step, i) => (step.state === "todo" ? last : step.state === "ready" ? i + 1 : i), 0);
  const here = Math.min(far, steps.length - 1);
  return html`<svg class="trail" viewBox=${`0 0 ${width} ${height}`} role="img" aria-label=${label}>
    <${Contours} width=${width} height=${height} seed=${seed} />
    <path d=${shape.whole} fill="none" stroke="var(--stone)" stroke-width="3" stroke-dasharray="2 8" stroke-linecap="round" />
    ${reached >= 0 && html`<path d=${shape.path(-1, reached)} fill="none" stroke="var(--pine)" stroke-width="4" />`}
    ${steps.map((step, i) => {
      const [x, y] = shape.at[i];
      if (step.state === "ready") return html`<g key=${step.id} fill="var(--pine)" stroke="var(--card)" stroke-width="1.5"><ellipse cx=${x} cy=${y} rx="14" ry="6.5" /><ellipse cx=${x - 1} cy=${y - 11} rx="9.5" ry="5.5" /><ellipse cx=${x + 1} cy=${y - 20} rx="6" ry="4.5" /></g>`;
      const ring = step.state === "turned_in" || step.state === "another_look" || step.state === "doing";
      return html`<g key=${step.id}><ellipse cx=${x} cy=${y} rx=${ring ? 12 : 10} ry=${ring ? 7.5 : 6.5} fill="var(--card)" stroke=${ring ? "var(--pine)" : "var(--stone)"} stroke-width=${ring ? 3.5 : 2} />${i === here && html`<${Flag} x=${x + 15} y=${y} />`}</g>`;
    })}</svg>`;
}
// On white paper the card itself is most of the quiet zone.
export function QrCode({ square, label, quiet = 4 }) {
  const size = square.size + quiet * 2;
  return html`<svg class="qr" viewBox=${`${-quiet} ${-quiet} ${size} ${size}`} role="img" aria-label=${label} shape-rendering="crispEdges"><rect x=${-quiet} y=${-quiet} width=${size} height=${size} fill="#fff" /><path d=${square.path} fill="#1E2A2E" /></svg>`;
}
export const Kbd = ({ children }) => (keysOn() ? html`<kbd>${children}</kbd>` : null);
export function Problem({ error, again }) {
  if (!error) return null;
  return html`<p class="problem" role="alert"><span class="blaze" aria-hidden="true"></span><span>${sentence(error)}</span>${again && html`<button class="b" type="button" onClick=${again}>${t("do.again")}</button>`}</p>`;
}
export const Loading = () => html`<p class="loading" role="status">${t("state.loading")}</p>`;
// Words of the reader: a criterion's field has no hyphen.
export const fieldOf = (id) => id.replaceAll("-", "_");
// {what differs} as marked runs.
export function runs(text) {
  return (text || "").split(/(\{[^}]*\})/).map((part, i) => (part.startsWith("{") ? html`<em key=${i}>${part.slice(1, -1)}</em>` : part));
}
export const plain = (text) => (text || "").replace(/[{}]/g, "");
