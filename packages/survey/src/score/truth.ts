import { SurveyError } from '../errors.ts';

/** A known split: each class with the contexts it belongs to; several mean that it is copied into each. */
export type Truth = ReadonlyMap<string, ReadonlySet<string>>;

/** The word for classes that no context of the split has; they are left out of every figure. */
const uncounted = 'uncounted';

/**
 * Reads a list with the columns `class full name`, `class short name` and `reference decomposition`, in any order; further columns are
 * ignored. A class stands in one line for each context that it is copied to.
 *
 * @throws SurveyError `truth-unreadable`
 */
export function readTruth(csv: string): Truth {
  const [head = [], ...rows] = csv
    .replace(/^\uFEFF/, '')
    .split(/\r?\n/)
    .filter((line) => line.trim() !== '')
    .map(cellsOf);
  const column = (pattern: RegExp) => head.findIndex((title) => pattern.test(title.trim().toLowerCase()));
  const [full, context] = [
    column(/^class full name|^class$|^module$|^path$/),
    column(/decomposition|context|service/),
  ];
  if (full < 0 || context < 0) {
    throw new SurveyError(
      'truth-unreadable',
      `The list begins with "${head.join(',')}"; its first line must name the columns "class full name" and "reference decomposition".`,
    );
  }
  const truth = new Map<string, Set<string>>();
  for (const row of rows) {
    const [name, where] = [row[full]?.trim() ?? '', row[context]?.trim() ?? ''];
    if (name === '' || where === '' || where.toLowerCase() === uncounted) continue;
    truth.set(name, (truth.get(name) ?? new Set()).add(where));
  }
  return truth;
}

function cellsOf(line: string): string[] {
  return [...line.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^,]*))/g)].map((match) =>
    (match[1]?.replace(/""/g, '"') ?? match[2] ?? '').trim(),
  );
}
