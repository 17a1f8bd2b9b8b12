// What the golden files are for is that they never change: tests/data/golden.sha256 has the SHA-256 of each of them, and
// of each entry of their index, a line each. `listOf` says what such a list holds for files at hand, `faultsOf` what is
// not as the list has it, a sentence each. The generator adds to the list and the lint reads it; neither takes from it.

import { createHash } from 'node:crypto';
import { readFileSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';

export const unlisted = 'is not in tests/data/golden.sha256: node tests/interop/golden.mjs adds it';
const hash = (bytes) => createHash('sha256').update(bytes).digest('hex');

// The entries of an index by their lists; one list may hold two of a name.
function* entriesOf(index) {
  for (const [list, found] of Object.entries(index)) {
    if (Array.isArray(found)) for (const entry of found) yield [list, entry];
    else if (found instanceof Object) for (const [name, each] of entriesOf(found)) yield [`${list}.${name}`, each];
  }
}

// Every file below a folder, by its path there with "/".
export function filesIn(folder) {
  const names = readdirSync(folder, { recursive: true }).map((name) => name.replaceAll('\\', '/'));
  return new Map(names.filter((name) => statSync(join(folder, name)).isFile()).sort().map((name) => [name, readFileSync(join(folder, name))]));
}

// The lines for files by their names, sorted by what they name. index.json may grow, so its entries stand for it.
export function listOf(files) {
  const lines = [];
  for (const [file, bytes] of files) {
    if (file !== 'index.json') lines.push([file, hash(bytes)]);
    else
      for (const [list, entry] of entriesOf(JSON.parse(bytes)))
        lines.push([`index.json ${list} ${entry.name ?? entry.kind ?? ''}`.trimEnd(), hash(JSON.stringify(entry))]);
  }
  return lines.map(([what, sum]) => `${sum}  ${what}`).sort((a, b) => (a.slice(66) + a < b.slice(66) + b ? -1 : 1));
}

export function faultsOf(listed, files) {
  const nameIn = (line) => line.slice(66);
  const kept = new Set(listed.split('\n').filter(Boolean)), there = new Set(listOf(files));
  const found = new Set([...there].map(nameIn)), faults = new Map();
  for (const line of kept)
    if (!there.has(line)) faults.set(nameIn(line), `is ${found.has(nameIn(line)) ? 'changed' : 'gone'}, and golden files are kept for ever: put it back`);
  for (const line of there)
    if (!kept.has(line) && !faults.has(nameIn(line))) faults.set(nameIn(line), unlisted);
  return [...faults].map(([what, fault]) => `${what} ${fault}`);
}
