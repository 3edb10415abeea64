import type { Bridge, SeamKey, SplitTable } from '@banyan/split';
import type { RouteToMove } from '../../config/config.ts';

/** What a split set out to do; written down once so that a later change of the configuration can't bend it. */
export interface KeptSplitPlan {
  /** By which the split knows on the servers what it has made itself. */
  readonly id?: string;
  readonly service: string;
  readonly tables: readonly SplitTable[];
  readonly bridge?: Bridge;
  /** Present where the service only ever has a copy. */
  readonly keep?: 'copy';
  /** The target's tables, where a translator makes their rows. */
  readonly into?: readonly string[];
  /** Present where the translator makes events: the schema of the event store that they go to, where it is named. */
  readonly events?: { readonly schema?: string };
  /** Foreign keys across the seam whose rows are looked at, also when the keys are gone. */
  readonly keys?: readonly SeamKey[];
  /** The routes that change sides together with the tables. */
  readonly routes: readonly RouteToMove[];
}
