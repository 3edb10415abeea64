import { Rejected } from '@banyan/runtime';
import type { SplitView } from '../ledger/splits/split-view.ts';

/** Why a split can't be gone on with, and what can be done about one that is on its way to its end. */
export function notRunning(name: string, status: SplitView['status'] | undefined): Rejected {
  const ending = { aborting: 'abort', finishing: 'finish' }[String(status)];
  const next =
    ending === undefined
      ? `see: banyan split status ${name}`
      : `it was begun and did not end; go on with: banyan split ${ending} ${name}`;
  return new Rejected('split-not-running', `The split ${name} is ${status}; ${next}`);
}
