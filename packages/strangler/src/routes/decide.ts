import type { Route } from './route.ts';

/** Numbers in [0, 1) that a decision is made from, passed in so that it is repeatable. */
export interface Draws {
  /** Place of the client: the same for every request of one client. See `stickyPlace`. */
  readonly place: number;
  /** Fresh for every request: whether it belongs to the sample. */
  readonly sample: number;
}

/** What is known of a request beside its route. */
export interface DecidedRequest {
  /** See `isRead`. Default true. */
  readonly read?: boolean;
  /** Whether what the candidate does has no effect that anybody could see. Default false. */
  readonly sandboxed?: boolean;
}

/** Who answers a request, and whether the other side is asked as well. */
export interface Decision {
  readonly side: 'owner' | 'candidate';
  /** Whether the other side is asked the same as well, and the replies are compared. */
  readonly shadow: boolean;
  /** Whether the owner answers where the candidate can't. Never for writes: they may have had their effect. */
  readonly fallback: boolean;
}

/**
 * Decides one request of a route. A client on the candidate at one share is there at every greater share. Writes go to one
 * side, whole: only a sandboxed candidate gets copies of them. A canary compares a sample of all reads, whoever answers
 * them: evidence about the replies must not run dry as the share grows.
 */
export function decide(route: Route, draws: Draws, request: DecidedRequest = {}): Decision {
  const { mode } = route;
  const { read = true, sandboxed = false } = request;
  switch (mode.kind) {
    case 'owner':
      return byOwner;
    case 'shadow':
      return draws.sample < mode.sample && (read || sandboxed) ? byOwnerCompared : byOwner;
    case 'canary': {
      const sampled = draws.sample < (mode.sample ?? 0);
      if (read && draws.place < mode.share) return byCandidate(route, read, sampled);
      return sampled && (read || sandboxed) ? byOwnerCompared : byOwner;
    }
    case 'moved':
      return byCandidate(route, read, false);
  }
}

const byOwner: Decision = { side: 'owner', shadow: false, fallback: false };
const byOwnerCompared: Decision = { side: 'owner', shadow: true, fallback: false };

function byCandidate({ fallback = true }: Route, read: boolean, sampled: boolean): Decision {
  // Nobody asks the owner for a write again.
  return { side: 'candidate', shadow: sampled && read, fallback: read && fallback };
}
