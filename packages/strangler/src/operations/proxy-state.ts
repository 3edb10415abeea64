import type { ProxyTotals } from '../proxy-totals.ts';
import type { CountedDurations } from './duration-counts.ts';

/** What one upstream does at the moment. */
export interface UpstreamState {
  readonly name: string;
  readonly active: number;
  readonly idle: number;
  readonly queued: number;
  readonly tunnels: number;
  /** Whether its breaker lets nothing through. */
  readonly open: boolean;
}

/** What a proxy has done and does, of one worker or of several together. It can be sent from process to process as JSON. */
export interface ProxyState {
  readonly totals: ProxyTotals;
  readonly durations: CountedDurations;
  readonly upstreams: readonly UpstreamState[];
  readonly clientConnections: number;
  /** Writes that wait for another owner of their route. */
  readonly heldRequests: number;
  /** How many workers run each revision of the routes. */
  readonly revisions: Readonly<Record<string, number>>;
}

/** Two workers as one. */
export function addStates(one: ProxyState, other: ProxyState): ProxyState {
  return {
    totals: added(one.totals, other.totals),
    durations: added(one.durations, other.durations),
    upstreams: addUpstreams([...one.upstreams, ...other.upstreams]),
    clientConnections: one.clientConnections + other.clientConnections,
    heldRequests: one.heldRequests + other.heldRequests,
    revisions: added(one.revisions, other.revisions),
  };
}

/** What is left of a worker that has ended: its counts, so that no sum ever shrinks. */
export function countsOf({ totals, durations }: ProxyState): ProxyState {
  return { totals, durations, upstreams: [], clientConnections: 0, heldRequests: 0, revisions: {} };
}

function addUpstreams(all: readonly UpstreamState[]): UpstreamState[] {
  const byName = new Map<string, UpstreamState>();
  for (const each of all) {
    const before = byName.get(each.name);
    byName.set(
      each.name,
      before === undefined
        ? each
        : {
            name: each.name,
            active: before.active + each.active,
            idle: before.idle + each.idle,
            queued: before.queued + each.queued,
            tunnels: before.tunnels + each.tunnels,
            open: before.open || each.open,
          },
    );
  }
  return [...byName.values()];
}

/** The sum of all numbers of the same name; what only one has counts for itself. */
function added<Counts>(one: Counts, other: Counts): Counts {
  if (typeof one === 'number') return (one + Number(other ?? 0)) as Counts;
  const [a, b] = [one, other] as [Record<string, unknown>, Record<string, unknown>];
  const sums = Object.fromEntries(
    [...new Set([...Object.keys(a), ...Object.keys(b)])].map((key) => [
      key,
      a[key] === undefined ? b[key] : b[key] === undefined ? a[key] : added(a[key], b[key]),
    ]),
  );
  return (Array.isArray(one) ? Object.values(sums) : sums) as Counts;
}
