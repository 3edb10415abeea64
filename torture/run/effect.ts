import type { Handle } from '../candidates/candidate.ts';

/** A handler whose effect is a row, in the transaction that it is given. */
export function recordEffect(by: string): Handle {
  return (label, execute) =>
    execute('insert into effects (label, by) values ($1, $2)', [label, by]).then(() => undefined);
}
