// An abusive text that a teacher hides: the quiet button beside what a student wrote, the line that stands in its
// place, and the list of what is hidden, whose words are fetched only when somebody opens them.
import { html, t, api, useLoad, useState, Dialog, Problem, Loading, announce, sentence, dayName } from "./lib.js";

async function set(student, kind, record, hidden) {
  await api("POST", `/students/${student.id}/hidden`, { kind, record, hidden });
  announce(t(hidden ? "hide.done" : "hide.shown_again", { name: student.first_name }));
}

export function Hide({ student, kind, record, what, onDone }) {
  const [busy, setBusy] = useState(false);
  const hide = async () => {
    setBusy(true);
    try { await set(student, kind, record, true); onDone(); } catch (error) { announce(sentence(error)); }
    setBusy(false);
  };
  return html`<button class="link hide" type="button" disabled=${busy} onClick=${hide}>${t("hide.do")}<span class="vh"> ${what}</span></button>`;
}

export function HiddenLine({ hidden, student }) {
  return html`<p class="muted sm hidden-line">${t("hide.line", { by: hidden.by || t("hide.someone"), when: dayName(hidden.at_ms), name: student.first_name })}</p>`;
}

// What it is by kind; a file is fetched like any other of the student.
function HiddenText({ text, student, onShow }) {
  const [open, setOpen] = useState(false), { file, small, title, ...others } = text.words, words = title ? { title, ...others } : others, picture = text.mime.startsWith("image/");
  return html`<li><p><b>${t("hide.kind." + text.kind)}</b> <span class="muted sm">${t("hide.by", { by: text.by || t("hide.someone"), when: dayName(text.at_ms) })}</span></p>
    ${open && html`<div class="quote voice words">${Object.entries(words).map(([name, said]) => html`<p key=${name}>${said}</p>`)}
      ${file && (picture ? html`<img src=${`/api/students/${student.id}/files/${small || file}`} alt=${words.title || words.name || t("piece.photo")} />` : html`<p><a href=${`/api/students/${student.id}/files/${file}`} download=${words.name}>${words.name}</a></p>`)}</div>`}
    <div class="acts"><button class="b q" type="button" aria-expanded=${open} onClick=${() => setOpen(!open)}>${t(open ? "hide.close" : "hide.read")}</button><button class="b" type="button" onClick=${onShow}>${t("hide.show")}</button></div></li>`;
}

export function HiddenTexts({ student, onClose, onDone }) {
  const { value: texts, error, reload } = useLoad(`/students/${student.id}/hidden`);
  const show = async (text) => {
    try { await set(student, text.kind, text.record, false); await reload(); onDone(); } catch (problem) { announce(sentence(problem)); }
  };
  return html`<${Dialog} title=${t("hide.title")} onClose=${onClose} wide><div class="in stack"><p class="muted sm">${t("hide.text", { name: student.first_name })}</p><${Problem} error=${error} again=${reload} />
    ${!texts ? !error && html`<${Loading} />` : texts.length === 0 ? html`<p class="muted">${t("hide.none")}</p>` : html`<ol class="reviews">${texts.map((text) => html`<${HiddenText} key=${text.kind + text.record} text=${text} student=${student} onShow=${() => show(text)} />`)}</ol>`}</div></${Dialog}>`;
}
