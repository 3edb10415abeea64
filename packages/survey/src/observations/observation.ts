import type { Told } from '../graph/told.ts';

/** What stands out in the graph and is no knot: where to begin, where to be careful. */
export type ObservationKind =
  | 'cycle'
  | 'chatty pair'
  | 'least depended upon'
  | 'keeps no state'
  | 'static data'
  | 'only in the database';

/** What each kind is good for, or what answers it. */
export const advice: Readonly<Record<ObservationKind, string>> = {
  cycle: 'turn one tie of the ring round by an event or an interface, or keep the members in one context',
  'chatty pair': 'join the two, move what they talk about to one side, or offer one coarser call',
  'least depended upon': 'begin there: few would notice that it has moved',
  'keeps no state': 'it can be taken out without moving any data',
  'static data': 'give each context a copy, or make it a library or a service of its own',
  'only in the database': 'give it a name, a module and an owner in the code before its tables are cut',
};

export interface Observation extends Told<ObservationKind> {
  readonly advice: string;
  /** What the sentence counts: the length of a ring, calls, modules that lean on it, lines. Observations of a kind are ordered by it. */
  readonly count: number;
}

const evidenceKept = 8;

/** An observation with what its kind is good for; lists that don't apply are empty. */
export function observation(
  kind: ObservationKind,
  says: string,
  { evidence = [], ...rest }: Partial<Omit<Observation, 'kind' | 'says' | 'advice'>>,
): Observation {
  const none = { contexts: [], modules: [], tables: [], count: 0 };
  return { kind, says, ...none, ...rest, evidence: evidence.slice(0, evidenceKept), advice: advice[kind] };
}
