import type { EventRule } from './events/event-rule.ts';
import type { ReadPredicate } from './routes/read-predicate.ts';
import type { Translator } from './translate/translator.ts';

/** What code a route carries, beside its data. */
export interface RouteHooks {
  /** For a candidate that speaks another protocol. */
  readonly translate?: Translator;
  /** Turns successful requests, whoever answers them, into events. */
  readonly event?: EventRule;
  /** Tells which requests only read, where the route says `reads: 'code'`. */
  readonly isRead?: ReadPredicate;
}
