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
export function decide(
  { mode, fallback = true }: Route,
  draws: Draws,
  { read = true, sandboxed = false }: DecidedRequest = {},
): Decision {
  const byOwner = (sample: number): Decision => {
    const shadow = draws.sample < sample && (read || sandboxed);
    return { side: 'owner', shadow, fallback: false };
  };
  const byCandidate = (sample: number): Decision => {
    // Nobody asks the owner for a write again.
    const shadow = draws.sample < sample && read;
    return { side: 'candidate', shadow, fallback: read && fallback };
  };
  switch (mode.kind) {
    case 'owner':
      return byOwner(0);
    case 'shadow':
      return byOwner(mode.sample);
    case 'canary': {
      const sample = mode.sample ?? 0;
      return read && draws.place < mode.share ? byCandidate(sample) : byOwner(sample);
    }
    case 'moved':
      return byCandidate(0);
  }
}
