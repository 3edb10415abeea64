import type { Route } from './route.ts';

/** Numbers in [0, 1) that a decision is made from, passed in so that it is repeatable. */
export interface Draws {
  /** Place of the client: the same for every request of one client. See `stickyPlace`. */
  readonly place: number;
  /** Fresh for every request: whether it belongs to the sample. */
  readonly sample: number;
}

/** Who answers a request, and whether the other side is asked as well. */
export interface Decision {
  readonly side: 'owner' | 'candidate';
  /** Whether the read is copied to the candidate and compared. Only where the owner answers. */
  readonly shadow: boolean;
}

const byOwner: Decision = { side: 'owner', shadow: false };
const byOwnerShadowed: Decision = { side: 'owner', shadow: true };
const byCandidate: Decision = { side: 'candidate', shadow: false };

/** Decides one request of a route. A client on the candidate at one share is there at every greater share. */
export function decide(route: Route, draws: Draws): Decision {
  const { mode } = route;
  switch (mode.kind) {
    case 'owner':
      return byOwner;
    case 'shadow':
      return draws.sample < mode.sample ? byOwnerShadowed : byOwner;
    case 'canary':
      if (draws.place < mode.share) return byCandidate;
      return draws.sample < (mode.sample ?? 0) ? byOwnerShadowed : byOwner;
    case 'moved':
      return byCandidate;
  }
}
