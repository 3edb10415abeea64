import type { Graph } from '../graph/graph.ts';
import { singular, splitIdentifier } from '../words/split-identifier.ts';
import { nameWords } from './support.ts';

const ofTables = 2;
const ofColumnsOrEntries = 1.4;
/** A part of what the whole program is called; a prefix of the tables says even less. */
const ofEverything = 0.3;
const ofAllTables = 0.05;
/** What stands in more than this share of the names of so many tables is a prefix and tells none from the others. */
const prefixShare = 0.6;
const fewTables = 6;
/** What stands in more than this share of the packages is what the program is called. */
const projectShare = 0.5;
/** Abbreviations. */
const short = 0.5;

/**
 * How far a word may be believed to be one of the domain: most where tables are named by it, somewhat where a column or an entry point is.
 * What all packages are called by is never believed. The data outlive the programs that are written around them, and requests speak the language of those who send them.
 */
export function domainWords({ modules, tables, endpoints }: Graph): (word: string) => number {
  const project = projectWords(modules);
  const inTables = new Map<string, number>();
  const spoken = new Set<string>();
  for (const { name, columns } of tables) {
    for (const word of new Set(nameWords(name))) inTables.set(word, (inTables.get(word) ?? 0) + 1);
    for (const column of columns) for (const word of nameWords(column)) spoken.add(word);
  }
  for (const { kind, name } of endpoints)
    if (kind === 'http') for (const word of nameWords(name)) spoken.add(word);
  return (word) => {
    const times = inTables.get(word) ?? 0;
    const isPrefix = tables.length >= fewTables && times > prefixShare * tables.length;
    const known = isPrefix ? ofAllTables : times > 0 ? ofTables : spoken.has(word) ? ofColumnsOrEntries : 1;
    if (project.includes(word)) return 0;
    const isProject = project.some((name) => name.startsWith(word) || name.endsWith(word));
    return known * (isProject ? ofEverything : 1) * (word.length < 3 ? short : 1);
  };
}

function projectWords(modules: Graph['modules']): string[] {
  const times = new Map<string, number>();
  for (const { package: name } of modules)
    for (const word of new Set(splitIdentifier(name).map((each) => singular(each))))
      times.set(word, (times.get(word) ?? 0) + 1);
  return [...times].filter(([, count]) => count > projectShare * modules.length).map(([word]) => word);
}
