// The content of a pathway, written from docs/PROTOCOL.md section 11 alone: what it must have, and what the fields of a
// student's records are called that refer into it.

export const PATHWAY_BYTES_MAX = 409600;
const LANGUAGE = /^[A-Za-z0-9-]{2,16}$/;
const ID = /^[a-z0-9_-]{1,48}$/;
const bytes = (text) => Buffer.byteLength(text);
const isObject = (value) => value !== null && typeof value === 'object' && !Array.isArray(value);
const broken = (place, why) => {
  throw new RangeError(`${place}: ${why}`);
};

// Each reader is told a value that is there, and its place.
const textOf = (most) => (value, place) => {
  if (!isObject(value)) broken(place, 'no text by language');
  const read = {};
  for (const [language, words] of Object.entries(value)) {
    if (!LANGUAGE.test(language)) continue;
    if (typeof words !== 'string') broken(place, 'no text');
    const trimmed = words.trim();
    if (bytes(trimmed) > most) broken(place, `more than ${most} bytes`);
    if (trimmed !== '') read[language] = trimmed;
  }
  return Object.keys(read).length > 0 ? read : null;
};
const text = textOf(8000);
const title = textOf(560);
const word = (most = 64) => (value, place) => (typeof value === 'string' && bytes(value) <= most ? value || null : broken(place, `no text of at most ${most} bytes`));
const id = (value, place) => (typeof value === 'string' && ID.test(value) ? value : broken(place, 'no id'));
const number = (least, most) => (value, place) => (Number.isSafeInteger(value) && value >= least && value <= most ? value : broken(place, `not from ${least} to ${most}`));
const interest = (value, place) => title(typeof value === 'string' ? { en: value } : value, place);
const list = (item, most = 40, least = 0) => (value, place) => {
  if (!Array.isArray(value) || value.length < least || value.length > most) broken(place, `no list of ${least} to ${most}`);
  return value.map((one, at) => item(one, `${place}[${at}]`) ?? broken(`${place}[${at}]`, 'empty'));
};
// Members that begin with ! must be there.
const object = (members) => (value, place) => {
  if (!isObject(value)) broken(place, 'no object');
  const read = {};
  for (const [key, reader] of Object.entries(members)) {
    const name = key.replace('!', '');
    const found = value[name] ?? null;
    read[name] = found === null ? null : reader(found, `${place}.${name}`);
    if (key.startsWith('!') && read[name] === null) broken(`${place}.${name}`, 'missing');
  }
  return read;
};

const STEP = object({
  '!id': id, '!title': title, purpose: text, lessons: number(0, 200), standards: list(word()),
  forms: object({
    example: object({ '!work': text, thinking: list(text) }),
    step_by_step: object({ intro: text, checklist: list(text), sentence_starters: list(text), if_stuck: list(text) }),
    on_my_own: text,
  }),
  what_good_looks_like: text, evidence: list(text), question_log: list(text), variants: object({ gentler: text, stretch: text }),
  team_roles: list(text), check_my_work: word(48),
});
const CRITERION = object({
  '!id': id, '!title': title, question: title, standard: word(), '!levels': list(object({ '!name': title, '!text': text }), 8, 2), aim: number(1, 8),
  phrases: object({ glow: list(text), grow: list(text), next: list(text) }),
});
const PATHWAY = object({
  '!id': id, version: number(1, 100000), '!title': title, '!driving_question': title, summary: text, why_it_matters: text, subjects: list(word()),
  grades: word(), lessons: number(0, 1000), works: list(word()), interests: list(interest), emblem: word(), standards: list(word()),
  products: list(object({ '!id': id, '!title': title, detail: text }), 12),
  before_you_start: object({ materials: list(text), ask_an_adult: list(text), words: list(object({ '!word': title, '!meaning': text })) }),
  rubrics: list(object({ '!id': id, '!title': title, '!criteria': list(CRITERION, 12, 1) }), 12), '!steps': list(STEP, 30, 1),
  exemplar: object({ title, from: title, pieces: list(object({ '!about': text, '!text': text })) }),
  teacher: object({ overview: text, lesson_plan: list(text), look_for: list(text), common_snags: list(text), adapt: list(text), inquiry_question: text }),
});

export const fieldOf = (prefix, of) => prefix + of.replaceAll('-', '_');

const unique = (ids, place) => new Set(ids).size === ids.length || broken(place, 'an id twice');
const depthOf = (value) => (value === null || typeof value !== 'object' ? 0 : 1 + Math.max(0, ...Object.values(value).map(depthOf)));

export function parsePathway(json) {
  if (bytes(json) > PATHWAY_BYTES_MAX) broken('', 'more than 409,600 bytes');
  const value = JSON.parse(json);
  if (depthOf(value) > 24) broken('', 'nested more than 24 deep');
  if ((value.format ?? 'waymark.pathway') !== 'waymark.pathway' || (value.v ?? 1) !== 1) broken('', 'of another format');
  const read = PATHWAY(value, '');
  const rubrics = read.rubrics ?? [];
  for (const of of [read.steps, read.products ?? [], ...rubrics.map((one) => one.criteria)]) unique(of.map((one) => fieldOf('', one.id)), 'id');
  unique(rubrics.map((one) => one.id), 'rubrics');
  for (const { levels, ...criterion } of rubrics.flatMap((one) => one.criteria)) if ((criterion.aim ?? 1) > levels.length) broken('aim', 'beyond the levels');
  for (const step of read.steps) if (step.check_my_work && !rubrics.some((one) => one.id === step.check_my_work)) broken('check_my_work', 'no such rubric');
  return read;
}

// What of a student's records refers into it: by step its items, and by rubric the names of its levels, how many there are
// and which one is aimed at.
export function namesIn(pathway) {
  const steps = pathway.steps.map((step) => ({
    id: step.id, rubric: step.check_my_work ?? '', items: (step.forms?.step_by_step?.checklist ?? []).map((_, at) => `item.${at + 1}`),
  }));
  const rubrics = (pathway.rubrics ?? []).map((rubric) => ({
    id: rubric.id,
    criteria: rubric.criteria.map((one) => ({ level: fieldOf('level.', one.id), levels: one.levels.length, aim: one.aim ?? Math.max(one.levels.length - 1, 1) })),
  }));
  return { steps, rubrics, products: (pathway.products ?? []).map((one) => one.id) };
}
