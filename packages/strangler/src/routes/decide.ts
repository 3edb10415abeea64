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
  /** Whether the request is copied to the candidate and compared. Only where the owner answers. */
  readonly shadow: boolean;
  /** Whether the owner answers where the candidate can't. Never for writes: they may have had their effect. */
  readonly fallback: boolean;
}

const byOwner: Decision = { side: 'owner', shadow: false, fallback: false };
const byOwnerShadowed: Decision = { side: 'owner', shadow: true, fallback: false };
const byCandidate: Decision = { side: 'candidate', shadow: false, fallback: true };
const byCandidateAlone: Decision = { side: 'candidate', shadow: false, fallback: false };

/**
 * Decides one request of a route. A client on the candidate at one share is there at every greater share. Writes go to one
 * side, whole: only a sandboxed candidate gets copies of them.
 */
export function decide(
  { mode, fallback = true }: Route,
  draws: Draws,
  { read = true, sandboxed = false }: DecidedRequest = {},
): Decision {
  const alone = !read || !fallback ? byCandidateAlone : byCandidate;
  const copied = (sample: number) =>
    draws.sample < sample && (read || sandboxed) ? byOwnerShadowed : byOwner;
  switch (mode.kind) {
    case 'owner':
      return byOwner;
    case 'shadow':
      return copied(mode.sample);
    case 'canary':
      return read && draws.place < mode.share ? alone : copied(mode.sample ?? 0);
    case 'moved':
      return alone;
  }
}
