/** What a simulated candidate does with one request. */
export interface CandidateReply {
  readonly failed: boolean;
  readonly different: boolean;
  readonly ms: number;
}

/** One request of a simulated user. */
export interface SimulatedRequest {
  readonly country: number;
  /** Fresh for every request, in [0, 1). */
  readonly draw: number;
  /** What the owner takes for it. */
  readonly ownerMs: number;
  /** What an equally fast candidate takes for it. */
  readonly ms: number;
}

/** A candidate with one fault, or with none. */
export interface Scenario {
  readonly name: string;
  readonly correct: boolean;
  readonly answer: (request: SimulatedRequest) => CandidateReply;
}

const good = { failed: false, different: false };

/** Above this the owner's durations are its slowest twentieth; see `ownerMs`. */
const slowTail = 20 * Math.exp(0.5 * 1.645);

/** The planted faults, and candidates that have none. */
export const scenarios: readonly Scenario[] = [
  { name: 'correct', correct: true, answer: ({ ms }) => ({ ...good, ms }) },
  {
    name: 'correct, a fifth slower and failing as rarely as the owner',
    correct: true,
    answer: ({ ms, draw }) => ({ ...good, failed: draw < 0.001, ms: ms * 1.2 }),
  },
  {
    name: 'wrong price in 1 of 200 replies',
    correct: false,
    answer: ({ ms, draw }) => ({ ...good, different: draw < 1 / 200, ms }),
  },
  {
    name: 'p99 twice as slow',
    correct: false,
    answer: ({ ms }) => ({ ...good, ms: ms > slowTail ? ms * 2 : ms }),
  },
  {
    name: '500s for one country (3 % of the users)',
    correct: false,
    answer: ({ ms, country }) => ({ ms, failed: country < 0.03, different: country < 0.03 }),
  },
  {
    name: 'missing field on 1 item of 20',
    correct: false,
    answer: ({ ms, draw }) => ({ ...good, different: draw < 0.05, ms }),
  },
  {
    name: 'extra null on 1 item of 50',
    correct: false,
    answer: ({ ms, draw }) => ({ ...good, different: draw < 0.02, ms }),
  },
];

/** What an owner takes whose median is 20 ms: log-normal, as durations of servers about are. */
export function ownerMs(random: () => number): number {
  const normal = Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  return 20 * Math.exp(0.5 * normal);
}
