// Reads the source tree as text and tells what breaks its rules: arrows between rooms, forbidden includes, hidden
// state in screens, words outside the catalogue, catalogues that disagree, golden files that changed. Ends with
// "N passed, N failed".
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { faultsOf, filesIn } from '../interop/golden_kept.mjs';

const files = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard'], { encoding: 'utf8' }).split('\n').filter(Boolean);
const read = (file) => readFileSync(file, 'utf8');
const sources = files.filter((file) => /\.(cpp|hpp)$/.test(file) && !file.startsWith('tests/'));
const text = new Map(sources.map((file) => [file, read(file)]));

// Which rooms a room may include, beside itself. Everything in shared/ may be used by both programs.
const arrows = {
  'shared/base': [],
  'shared/record': ['shared/base'],
  'shared/domain': ['shared/base', 'shared/record'],
  'shared/wire': ['shared/base', 'shared/record'],
  'shared/store': ['shared/base', 'shared/record'],
  'shared/sync': ['shared/base', 'shared/record', 'shared/domain', 'shared/wire', 'shared/store'],
  'client/app': ['shared/'],
  'client/net': ['shared/base', 'shared/wire', 'client/app'],
  'client/ui': ['shared/base', 'client/app'],
  'client/platform': ['shared/base', 'client/ui', 'client/app'],
  'client/screens': ['shared/base', 'client/ui', 'client/app', 'client/platform', 'client/net'],
  'client/cli': ['shared/', 'client/app', 'client/net'],
  'client/main.cpp': ['shared/', 'client/'],
  'sync-server/http': ['shared/base'],
  'sync-server/net': ['shared/base', 'shared/wire', 'sync-server/http'],
  'sync-server/store': ['shared/'],
  'sync-server/service': ['shared/', 'sync-server/store'],
  'sync-server/upstream': ['shared/', 'sync-server/store', 'sync-server/service'],
  'sync-server/import': ['shared/', 'sync-server/store', 'sync-server/service'],
  'sync-server/sample': ['shared/', 'sync-server/store', 'sync-server/service', 'sync-server/import'],
  'sync-server/routes': ['shared/', 'sync-server/http', 'sync-server/service', 'sync-server/store', 'sync-server/web', 'sync-server/import'],
  'sync-server/web': ['shared/base', 'sync-server/http'],
  'sync-server/cli': ['shared/', 'sync-server/'],
};
const roomOf = (file) => Object.keys(arrows).filter((room) => file === room || file.startsWith(room + '/')).sort((a, b) => b.length - a.length)[0];

const faults = [];
let checks = 0;
const check = (name, find) => {
  checks++;
  const found = [...find()];
  if (found.length) faults.push({ name, found });
};
function* eachLine(wanted) {
  for (const [file, body] of text) {
    if (!wanted(file)) continue;
    const lines = body.split('\n');
    for (let i = 0; i < lines.length; i++) yield [file, i + 1, lines[i]];
  }
}

check('what docs/LOSSES.md names is a test or a sabotage', function* () {
  const tests = new Set(files.filter((file) => /^tests\/.*\.cpp$/.test(file)).map(read).flatMap((body) =>
    [...body.matchAll(/TEST_CASE\(\s*((?:"[^"]*"\s*)+)\)/g)].map((found) => found[1].trim().replace(/"\s*"/g, '').slice(1, -1))));
  const sabotages = new Set([...read('tests/simulation/world.hpp').matchAll(/^  (\w+),? +\/\//gm)].map((found) => found[1]));
  for (const row of read('docs/LOSSES.md').split('\n').filter((line) => line.startsWith('| ') && !line.startsWith('| what'))) {
    const shown = row.split(' | ').pop();
    const names = [...shown.matchAll(/"([^"]+)"/g)].map((found) => found[1]);
    const taken = [...shown.matchAll(/`Sabotage::(\w+)`/g)].map((found) => found[1]);
    if (names.length + taken.length === 0) yield `nothing shows: ${row.slice(0, 60)}`;
    for (const name of names) if (!tests.has(name)) yield `no test is called: ${name}`;
    for (const name of taken) if (!sabotages.has(name)) yield `no sabotage is called: ${name}`;
  }
});

check('golden files are as tests/data/golden.sha256 has them', () => faultsOf(read('tests/data/golden.sha256'), filesIn('tests/data/golden')));

check('./dev test runs every test program', function* () {
  const run = new Set([...read('dev').matchAll(/^(?:unit|interface)_programs="([^"]+)"/gm)].flatMap((found) => found[1].split(' ')));
  for (const file of files.filter((name) => /^tests\/.*CMakeLists\.txt$/.test(name)))
    for (const [, name] of read(file).matchAll(/^\s*waymark_test\((\w+) /gm))
      if (!run.has(name) && name !== 'simulation') yield `${file}: ${name}`;
});

check('a room includes only the rooms it may', function* () {
  for (const [file, line, words] of eachLine(() => true)) {
    const include = words.match(/^#include "((?:client|shared|sync-server|tests)\/[^"]+)"/)?.[1];
    if (!include) continue;
    const room = roomOf(file);
    if (!room) yield `${file}:${line}: in no known room`;
    else if (!include.startsWith(room) && !arrows[room].some((to) => include.startsWith(to))) yield `${file}:${line}: ${room} may not include ${include}`;
  }
});
check('the network is in net, the window in platform, Beast in sync-server/net', function* () {
  const only = [
    [/#include <(curl\/)/, /^(client\/net|sync-server\/upstream)\//],
    [/#include <boost\/(beast|asio)/, /^sync-server\/(net|cli)\//],
    [/#include <GLFW\//, /^client\/platform\//],
    [/#include [<"]imgui/, /^client\/(ui|platform)\//],
    [/#include <sqlite3\.h>/, /^shared\/store\//],
  ];
  for (const [file, line, words] of eachLine(() => true))
    for (const [what, where] of only)
      if (what.test(words) && !where.test(file)) yield `${file}:${line}: ${words}`;
});
check('screens do no input or output and read no clock', function* () {
  for (const [file, line, words] of eachLine((f) => f.startsWith('client/screens/') && !f.includes('/window.')))
    if (/#include <(fstream|filesystem|thread|ctime|sqlite3\.h|curl)|_clock::now|\btime\(nullptr\)/.test(words)) yield `${file}:${line}: ${words}`;
});
check('screens hide no state in statics', function* () {
  for (const [file, line, words] of eachLine((f) => f.startsWith('client/screens/')))
    if (/^\s+static (?!constexpr|const |inline|Result|Status|bool |void |std::|int |float )\w/.test(words) || /^\s+static (bool|int|float|std::string) \w+( =|;)/.test(words))
      yield `${file}:${line}: ${words.trim()}`;
});
check('every file says first what it is', function* () {
  for (const [file, body] of text) {
    const paired = file.endsWith('.cpp') && text.has(file.replace(/\.cpp$/, '.hpp'));
    if (!paired && !body.startsWith('//')) yield file;
  }
});
check('nothing is left for later in a comment', function* () {
  for (const file of files)
    if (/\.(cpp|hpp|sql|mjs|js|css|cmake)$/.test(file) && !file.startsWith('tests/tidy/'))
      for (const [at, words] of read(file).split('\n').entries())
        if (/\b(TODO|FIXME|XXX|HACK)\b/.test(words)) yield `${file}:${at + 1}`;
});
check('SQL lives in .sql files', function* () {
  for (const [file, line, words] of eachLine(() => true))
    if (/"(SELECT|INSERT|UPDATE|DELETE) [^"]*(FROM|INTO|SET|WHERE) /.test(words)) yield `${file}:${line}`;
});

// ---- the catalogues of the student's app

const unquote = (words) => words.replace(/^"|"$/g, '').replace(/\\n/g, '\n').replace(/\\(.)/g, '$1');
function catalogue(language) {
  const entries = new Map();
  for (const file of files.filter((f) => f.startsWith(`assets/locale/${language}/`) && f.endsWith('.po'))) {
    let entry = null, field = null;
    const done = () => { if (entry?.msgid) { if (entries.has(entry.msgid)) entry.twice = true; entries.set(entry.msgid, entry); } entry = null; };
    for (const line of read(file).split('\n')) {
      const begins = line.match(/^(msgid|msgid_plural|msgstr(?:\[\d\])?) (".*")$/);
      if (begins) {
        if (begins[1] === 'msgid') { done(); entry = { file }; }
        field = begins[1];
        entry[field] = unquote(begins[2]);
      } else if (line.startsWith('"') && field) entry[field] += unquote(line);
      else field = null;
    }
    done();
  }
  return entries;
}
const languages = ['en', 'es'];
const catalogues = Object.fromEntries(languages.map((language) => [language, catalogue(language)]));
const holes = (entry) => [...new Set(Object.entries(entry).filter(([k]) => k.startsWith('msgstr')).flatMap(([, words]) => words.match(/\{[a-z_]+\}/g) ?? []))].sort().join(' ');
check('both languages have the same keys with the same holes', function* () {
  for (const [key, entry] of catalogues.en) {
    const other = catalogues.es.get(key);
    if (!other) yield `es lacks ${key}`;
    // The clock has twelve hours in one language and twenty-four in the other.
    else if (key !== 'kit.clock' && holes(entry) !== holes(other)) yield `${key}: en has ${holes(entry) || 'none'}, es has ${holes(other) || 'none'}`;
  }
  for (const key of catalogues.es.keys()) if (!catalogues.en.has(key)) yield `en lacks ${key}`;
});
check('no key stands twice and none is empty', function* () {
  for (const language of languages)
    for (const [key, entry] of catalogues[language]) {
      if (entry.twice) yield `${language}: ${key} stands twice`;
      if (Object.entries(entry).some(([k, words]) => k.startsWith('msgstr') && !words)) yield `${language}: ${key} is empty`;
    }
});
check('every key that code names is in the catalogue', function* () {
  if (!catalogues.en.size) return;
  const areas = new Set([...catalogues.en.keys()].map((key) => key.split('.')[0]));
  for (const [file, line, words] of eachLine((f) => /^client\/(app|screens|ui|cli)\//.test(f)))
    for (const [, key] of words.replace(/locals\.\w+\("[^"]*"/g, '').matchAll(/(?:word|text|Phrase|phrase|say|_key)\(?\{?\(?"([a-z_]+(?:\.[a-z0-9_]+)+)"/g))
      if (areas.has(key.split('.')[0]) && !catalogues.en.has(key)) yield `${file}:${line}: ${key}`;
});

for (const { name, found } of faults) {
  console.log(`not so: ${name}`);
  for (const line of found.slice(0, 40)) console.log(`  ${line}`);
  if (found.length > 40) console.log(`  … and ${found.length - 40} more`);
}
console.log(`${checks - faults.length} passed, ${faults.length} failed`);
process.exit(faults.length ? 1 : 0);
