import type { Key } from './range-statements.ts';

/** A row as one side has it. */
export interface RowVersion {
  readonly key: Key;
  readonly digest: string;
  /** Which version of the row it is: changes with every update. */
  readonly version: string;
}

/** What was seen of one key: at the owner before and after, and between them at the copy, once it had caught up with the first. */
export interface Sighting {
  readonly before: RowVersion | undefined;
  readonly copy: RowVersion | undefined;
  readonly after: RowVersion | undefined;
}

/** What a sighting says. A row that was changed while it was looked at says nothing. */
export type Verdict = 'equal' | 'unsettled' | 'missing' | 'different' | 'extra';

/**
 * Judges one key. Where the owner's row is the same version before and after, the copy must have had exactly this row in between. Pure.
 */
export function judge({ before, copy, after }: Sighting): Verdict {
  if (before?.version !== after?.version) return 'unsettled';
  if (before === undefined) return copy === undefined ? 'equal' : 'extra';
  if (copy === undefined) return 'missing';
  return copy.digest === before.digest ? 'equal' : 'different';
}

/** Keys of which the two sides' rows differ, or that only one has. Pure. */
export function suspects(owner: readonly RowVersion[], copy: readonly RowVersion[]): Key[] {
  const there = new Map(copy.map((row) => [keyText(row.key), row]));
  const found: Key[] = [];
  for (const row of owner) {
    const text = keyText(row.key);
    if (there.get(text)?.digest !== row.digest) found.push(row.key);
    there.delete(text);
  }
  return [...found, ...[...there.values()].map(({ key }) => key)];
}

/** A key as a name in maps and messages. */
export function keyText(key: Key): string {
  return JSON.stringify(key);
}
