// What students brought on a stick: the files are chosen here, taken in one after the other, told of in words, and
// each answer goes back onto the stick. The page keeps the answers until it is left.
import { html, t, sendFile, useState, Problem, announce } from "./lib.js";

const bytesMax = 67108864;  // of a bundle
const torn = (one) => one.read && !one.whole && !one.problem;

async function readOne(file) {
  const one = { file: file.name };
  if (file.size > bytesMax) return { ...one, problem: "too_large" };
  const { read, body } = await sendFile("/sticks?file=" + encodeURIComponent(file.name), file, "waymark-read");
  return { ...one, ...read, read: true, answer: body.size > 0 ? body : null };
}

function words(one) {
  if (one.kept) return [t(one.known ? "sticks.kept.known" : "sticks.kept")];
  const some = [
    one.student && t(one.ops === 0 ? "sticks.asks" : one.known >= one.ops ? "sticks.known.all" : "sticks.ops", { n: one.ops }),
    one.known > 0 && one.known < one.ops && t("sticks.known", { n: one.known }),
    one.refused > 0 && t("sticks.refused", { n: one.refused }),
    one.files > 0 && t("sticks.files", { n: one.files }),
    one.brought_back > 0 && t("sticks.brought_back", { n: one.brought_back }),
    one.problem && t("sticks.problem." + one.problem),
    torn(one) && t("sticks.torn"),
  ];
  return some.filter(Boolean);
}

function save(one) {
  const link = document.createElement("a"), url = URL.createObjectURL(one.answer);
  link.href = url; link.download = one.reader + ".from-school"; link.click();
  setTimeout(() => URL.revokeObjectURL(url), 60000);
}
// Where the browser can write into a folder: the stick's own, or the one chosen.
async function saveAll(list) {
  const chosen = await window.showDirectoryPicker({ mode: "readwrite" });
  const folder = await chosen.getDirectoryHandle("WAYMARK").catch(() => chosen);
  for (const one of list) {
    const to = await (await folder.getFileHandle(one.reader + ".from-school", { create: true })).createWritable();
    await to.write(one.answer);
    await to.close();
  }
}

export function Sticks({ session, reload }) {
  const [list, setList] = useState([]), [busy, setBusy] = useState(null), [problem, setProblem] = useState(null);
  const choose = async (event) => {
    const input = event.target, files = [...input.files], read = [];
    setProblem(null); setList([]);
    for (const [i, file] of files.entries()) {
      setBusy({ n: i + 1, all: files.length });
      try { read.push(await readOne(file)); setList([...read]); }
      catch (e) { setProblem(e); break; }
    }
    setBusy(null); input.value = "";
    const students = new Set(read.filter((one) => one.student || one.kept).map((one) => one.student || one.file)).size;
    announce(t("sticks.done", { n: students })); reload();
  };
  const answers = list.filter((one) => one.answer);
  const all = async () => { try { await saveAll(answers); announce(t("sticks.saved", { n: answers.length })); setProblem(null); } catch (e) { if (e.name !== "AbortError") setProblem({ text: t("sticks.not_saved") }); } };
  return html`<section class="card" aria-labelledby="h-sticks"><header><h2 id="h-sticks">${t("sticks.title")}</h2><p>${t(session.hub ? "sticks.text.hub" : "sticks.text")}</p><div class="acts push"><label class="b file">${t("sticks.choose")}<input type="file" multiple accept=".to-school" disabled=${Boolean(busy)} onChange=${choose} /></label></div></header>
    ${(busy || problem || list.length > 0) && html`<div class="in stack">${busy && html`<p role="status">${t("sticks.reading", busy)}</p>`}<${Problem} error=${problem} />
      ${list.length > 0 && html`<ul class="erasable">${list.map((one, i) => html`<li key=${i}><div><b>${one.student || one.file}</b><span class="muted sm">${words(one).join(" ")}</span></div>
        ${one.answer && html`<button class="b" type="button" onClick=${() => save(one)}>${t("sticks.save")}<span class="vh"> ${one.student}</span></button>`}</li>`)}</ul>`}
      ${answers.length > 0 && html`<p class="muted sm">${t("sticks.answers")}</p>`}
      ${answers.length > 0 && window.showDirectoryPicker && html`<div class="acts end"><button class="b p" type="button" onClick=${all}>${t("sticks.save_all", { n: answers.length })}</button></div>`}</div>`}</section>`;
}
