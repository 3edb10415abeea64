import type { Candidate } from './candidate.ts';

/** Everybody who is tortured, in the order of the table. */
export const candidateNames = ['banyan', 'banyan-lanes', 'emmett', 'naive'] as const;

/** The name of a candidate. */
export type CandidateName = (typeof candidateNames)[number];

/** Loads a candidate alone, so that ours and the naive one can be tortured where no peer is installed. */
export async function loadCandidate(name: CandidateName): Promise<Candidate> {
  if (name === 'banyan') return (await import('./banyan.ts')).banyan;
  if (name === 'banyan-lanes') return (await import('./banyan.ts')).banyanLanes;
  if (name === 'naive') return (await import('./naive.ts')).naive;
  // Named so that the types of the others can be checked where it is not installed.
  const peer = (await import(new URL('./emmett.ts', import.meta.url).href)) as { emmett: Candidate };
  return peer.emmett;
}
