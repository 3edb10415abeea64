import { isExpectedVersionConflictError } from '@event-driven-io/emmett';
import { banyan as ours } from '../event-store/banyan.ts';
import type { Contender } from '../event-store/contender.ts';
import { emmett as theirs } from '../event-store/emmett.ts';
import type { Lab } from '../harness/lab.ts';

/** How long an order has grown is left to the work here. */
const unchecked = () => undefined;

/** Ours with its defaults: aggregates stay in memory, and commands that come together are committed together. */
export function banyan(lab: Lab): Promise<Contender> {
  return ours(lab, 'banyan_commands', unchecked);
}

/** Emmett's command handler; a caller who loses a race sends again at once. */
export async function emmett(lab: Lab): Promise<Contender> {
  const contender = await theirs(lab, 'emmett_commands', unchecked);
  return {
    ...contender,
    async change(id, lines) {
      for (;;) {
        try {
          return await contender.change(id, lines);
        } catch (error) {
          if (!isExpectedVersionConflictError(error)) throw error;
        }
      }
    },
  };
}
