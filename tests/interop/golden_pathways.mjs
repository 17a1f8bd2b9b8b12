// Golden contents of pathways, what of a student's records refers into them, and what is no content of a pathway.

import assert from 'node:assert/strict';
import { PATHWAY_BYTES_MAX, namesIn, parsePathway } from './pathway.mjs';

const t = (en, es) => ({ en, ...(es ? { es } : {}) });
const many = (count, one) => Array.from({ length: count }, (_, n) => one(n));

const LEAST = { id: 'creek', title: t('The creek'), driving_question: t('Why does it flood?'), steps: [{ id: 'look', title: t('Look') }] };

const criterion = (id, count, more = {}) => ({ id, title: t(id), levels: many(count, (n) => ({ name: t(`Level ${n + 1}`), text: t(`I do {${n + 1}}`) })), ...more });

const WHOLE = {
  format: 'waymark.pathway', v: 1, id: 'water-where-we-live', version: 3, title: t('Water where we live', 'El agua donde vivimos'),
  driving_question: t('Why does our creek flood?', '¿Por qué se desborda nuestro arroyo?'), summary: t('You find out.', 'Lo averiguas.'),
  why_it_matters: t('Floods reach the same houses every spring.', 'Cada primavera el agua llega a las mismas casas.'),
  subjects: ['science', 'geography'], grades: '5-8', lessons: 12, works: ['alone', 'team'], interests: [t('water', 'agua'), 'maps'], emblem: 'creek',
  standards: ['INQ.1', 'COM.2'],
  products: [{ id: 'letter', title: t('A letter to the town', 'Una carta al pueblo'), detail: t('One page.') }, { id: 'model', title: t('A model') }],
  before_you_start: { materials: [t('A notebook')], ask_an_adult: [t('to go with you')], words: [{ word: t('bank', 'orilla'), meaning: t('the side of a creek', 'el borde de un arroyo') }] },
  steps: [
    {
      id: 'walk-the-creek', title: t('Walk the creek', 'Camina junto al arroyo'), purpose: t('To see it.'), lessons: 2, standards: ['INQ.1'],
      forms: {
        example: { work: t('I saw a bend.'), thinking: [t('I looked first.')] },
        step_by_step: { intro: t('Go slowly.'), checklist: [t('Look'), t('Draw'), t('Ask')], sentence_starters: [t('I saw …')], if_stuck: [t('Go back.')] },
        on_my_own: t('Your own way.'),
      },
      what_good_looks_like: t('Others can find the place.'), evidence: [t('A drawing')], question_log: [t('Where does it begin?')],
      variants: { gentler: t('One place.'), stretch: t('Three places.') }, team_roles: [t('The one who draws')], check_my_work: 'field-work',
    },
    { id: 'tell', title: t('Tell the town'), check_my_work: null, of_a_later_version: { kept: true } },
  ],
  rubrics: [{
    id: 'field-work', title: t('Field work', 'Trabajo de campo'),
    criteria: [
      criterion('my-question', 4, { question: t('Do I ask?'), standard: 'INQ.1', aim: 3, phrases: { glow: [t('You ask well.')], grow: [t('Ask one more.')], next: [t('Ask Ana.')] } }),
      criterion('notes', 2),
    ],
  }],
  exemplar: { title: t('The mill creek'), from: t('a class before'), pieces: [{ about: t('The letter'), text: t('Dear town, …') }] },
  teacher: { overview: t('Six weeks.'), lesson_plan: [t('Walk')], look_for: [t('Drawings')], common_snags: [t('Rain')], adapt: [t('Indoors')], inquiry_question: t('What is a flood?') },
};

const step = (more) => ({ ...LEAST, steps: [{ ...LEAST.steps[0], ...more }] });
const rubric = (criteria, more = {}) => ({ ...LEAST, rubrics: [{ id: 'r', title: t('R'), criteria }], ...more });

export function makePathways(index, put) {
  index.pathways = [];
  const good = (name, about, content) => {
    const text = JSON.stringify(content);
    index.pathways.push({ name, about, file: put(`pathways/${name}.json`, Buffer.from(text)), ...namesIn(parsePathway(text)) });
  };
  good('least', 'what must be there only', LEAST);
  good('whole', 'every member, two languages, and members of a later version', WHOLE);
  good('at-bounds', '30 steps, 12 rubrics, 12 criteria, 8 levels, 40 things to do, texts of 560 and of 8,000 bytes, ids of 48 characters', {
    ...LEAST, later: many(23, () => 0).reduce((inner) => [inner], 0), title: { 'en-GB': 'x'.repeat(560) }, summary: t(`  ${'x'.repeat(8000)}\n`),
    steps: many(30, (n) => ({ id: `${'s'.repeat(46)}${10 + n}`, title: t('S'), ...(n === 0 ? { forms: { step_by_step: { checklist: many(40, () => t('do')) } } } : {}) })),
    rubrics: many(12, (n) => ({ id: `r${n}`, title: t('R'), criteria: n === 0 ? many(12, (m) => criterion(`c${m}`, 8)) : [criterion('c', 2)] })),
  });
  const wide = (size) => {
    const rest = JSON.stringify(LEAST).slice(1);
    return ['{"later":"', { repeat: 'x', times: size - rest.length - 12 }, `",${rest}`];
  };
  index.pathways.push({ name: 'size-at-bound', about: '409,600 bytes', parts: wide(PATHWAY_BYTES_MAX), ...namesIn(parsePathway(JSON.stringify(LEAST))) });
  index.not_pathways = [{ name: 'size', why: '409,601 bytes', parts: wide(PATHWAY_BYTES_MAX + 1) }];
  const bad = (name, why, content) =>
    index.not_pathways.push({ name, why, file: put(`not_pathways/${name}.json`, Buffer.from(typeof content === 'string' ? content : JSON.stringify(content))) });
  bad('not-json', 'no JSON', '{');
  bad('array', 'no object', []);
  bad('format', 'another format', { ...LEAST, format: 'another.pathway' });
  bad('version', 'a later version of the format', { ...LEAST, v: 2 });
  bad('no-title', 'no title', { ...LEAST, title: undefined });
  bad('title-empty', 'white space is no title', { ...LEAST, title: t('  ') });
  bad('title-of-no-language', 'a plain text where one by language must be', { ...LEAST, title: 'The creek' });
  bad('title-561', 'a title of 561 bytes', { ...LEAST, title: t('x'.repeat(561)) });
  bad('text-8001', 'a text of 8,001 bytes', { ...LEAST, summary: t('x'.repeat(8001)) });
  bad('id-capital', 'an id with a capital', { ...LEAST, id: 'Creek' });
  bad('id-49', 'an id of 49 characters', { ...LEAST, id: 'x'.repeat(49) });
  bad('no-steps', 'no step', { ...LEAST, steps: [] });
  bad('steps-31', '31 steps', { ...LEAST, steps: many(31, (n) => ({ id: `s${n}`, title: t('S') })) });
  bad('step-twice', 'two steps whose ids give one name', { ...LEAST, steps: [{ id: 'a-b', title: t('S') }, { id: 'a_b', title: t('S') }] });
  bad('lessons-201', 'more lessons than a step has', step({ lessons: 201 }));
  bad('lessons-decimal', 'half a lesson', step({ lessons: 1.5 }));
  bad('list-41', '41 things to do', step({ forms: { step_by_step: { checklist: many(41, () => t('do')) } } }));
  bad('item-empty', 'a thing to do without words', step({ forms: { step_by_step: { checklist: [{}] } } }));
  bad('example-no-work', 'an example without work', step({ forms: { example: { thinking: [] } } }));
  bad('rubric-unknown', 'a rubric that is not there', step({ check_my_work: 'r' }));
  bad('rubrics-13', '13 rubrics', { ...LEAST, rubrics: many(13, (n) => ({ id: `r${n}`, title: t('R'), criteria: [criterion('c', 2)] })) });
  bad('rubric-twice', 'a rubric twice', { ...LEAST, rubrics: many(2, () => ({ id: 'r', title: t('R'), criteria: [criterion('c', 2)] })) });
  bad('criteria-none', 'a rubric without criteria', rubric([]));
  bad('criteria-13', '13 criteria', rubric(many(13, (n) => criterion(`c${n}`, 2))));
  bad('criterion-twice', 'two criteria whose ids give one name', rubric([criterion('a-b', 2), criterion('a_b', 2)]));
  bad('levels-1', 'one level', rubric([criterion('c', 1)]));
  bad('levels-9', 'nine levels', rubric([criterion('c', 9)]));
  bad('aim-beyond', 'an aim beyond the levels', rubric([criterion('c', 3, { aim: 4 })]));
  bad('products-13', '13 products', { ...LEAST, products: many(13, (n) => ({ id: `p${n}`, title: t('P') })) });
  bad('standard-65', 'a code of 65 bytes', { ...LEAST, standards: ['x'.repeat(65)] });
  bad('deep', 'nested 25 deep', `{"later":${'['.repeat(24)}${']'.repeat(24)},${JSON.stringify(LEAST).slice(1)}`);
  index.school_rubrics = [{
    name: 'imported', about: 'a rubric of the school, with a weight, scores and feedback',
    file: put('rubrics/imported.json', Buffer.from(JSON.stringify({
      criteria: [{
        id: 'a1c1ddd2-6a8c-4c4c-8a3e-7f6f3f1f0004', title: 'Evidence', question: 'Is it shown?', standard: 'INQ.1',
        item: 'a1c1ddd2-6a8c-4c4c-8a3e-7f6f3f1f0002', weight: 1.5,
        levels: [{ name: 'Begun', text: 'Some of it.', score: 1 }, { name: 'There', text: 'All of it.', feedback: 'Well shown.', score: 2.5 }],
      }, { id: '', title: 'Language', question: '', standard: '', item: '', levels: [] }],
    }))),
    levels: [2, 0],
  }];
}

export function checkPathways(check, { index, bytesOf }) {
  check('golden pathways have the steps, items and criteria told, and what is none is refused', () => {
    const { pathways, not_pathways, school_rubrics } = index();
    for (const one of pathways) {
      const { steps, rubrics, products } = one;
      assert.deepEqual(namesIn(parsePathway(bytesOf(one).toString())), { steps, rubrics, products }, one.name);
    }
    assert.ok(not_pathways.length >= 30);
    for (const one of not_pathways) assert.throws(() => parsePathway(bytesOf(one).toString()), (error) => error instanceof RangeError || error instanceof SyntaxError, `${one.name}: ${one.why}`);
    assert.equal(bytesOf(pathways.find((one) => one.name === 'size-at-bound')).length, PATHWAY_BYTES_MAX);
    for (const one of school_rubrics) assert.deepEqual(JSON.parse(bytesOf(one)).criteria.map((each) => each.levels.length), one.levels);
  });
}
