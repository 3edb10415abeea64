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

/** A key whose rows differ, with what was seen of it at the last look, where that was a difference. */
export interface Suspect {
  readonly key: Key;
  readonly seen?: string;
}

/**
 * What a further look says. A difference counts only once the same was seen at two looks in a row: a commit reaches the copy as
 * soon as it is in the owner's log, which is a moment before the owner shows it to others. Pure.
 */
export function lookedAt(
  { key, seen }: Suspect,
  sighting: Sighting,
): { readonly verdict: Verdict; readonly suspect: Suspect } {
  const verdict = judge(sighting);
  if (verdict === 'equal' || verdict === 'unsettled') return { verdict, suspect: { key } };
  const now = JSON.stringify([verdict, sighting.before?.version, sighting.copy?.digest]);
  return { verdict: now === seen ? verdict : 'unsettled', suspect: { key, seen: now } };
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
