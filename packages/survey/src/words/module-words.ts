import type { UnitFacts, WordPlace } from '../code/facts.ts';
import { plainWords } from './plain-words.ts';
import { singular, splitIdentifier } from './split-identifier.ts';

/** How much a word says of what a module is about, by where it stands. */
const weights: Readonly<Record<WordPlace, number>> = {
  name: 8,
  table: 4,
  member: 1,
  type: 1,
  path: 2,
  text: 0.5,
  body: 0.5,
};

/** A text that is longer than this is prose or data, no name of anything. */
const longestText = 60;

export interface WordSource {
  readonly unit: UnitFacts;
  readonly packageWords: readonly string[];
  readonly tables: readonly string[];
}

/** The words of a module with their weights; words that any program has are left out, unless nothing else is in its name. */
export function moduleWords({ unit, packageWords, tables }: WordSource): Map<string, number> {
  const found = new Map<string, number>();
  const add = (place: WordPlace, identifier: string, times: number) => {
    for (const raw of splitIdentifier(identifier)) {
      const word = singular(raw);
      if (plainWords.has(raw) || plainWords.has(word)) continue;
      // The tenth time that a word is written says little more than the third.
      found.set(word, (found.get(word) ?? 0) + weights[place] * (1 + Math.log(times)));
    }
  };
  for (const place of ['name', 'member', 'type', 'body'] as const)
    for (const [identifier, times] of unit.identifiers[place]) add(place, identifier, times);
  for (const [text, times] of counted(unit.texts.map((each) => each.text)))
    if (text.length <= longestText) add('text', text, times);
  for (const table of new Set(tables)) add('table', table, 1);
  for (const word of packageWords) add('path', word, 1);
  return found;
}

function counted(texts: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const text of texts) counts.set(text, (counts.get(text) ?? 0) + 1);
  return counts;
}
