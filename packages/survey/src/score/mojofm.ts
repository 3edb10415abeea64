import { compareWithTruth, type Placement } from './assignment.ts';
import type { Truth } from './truth.ts';

/**
 * MoJoFM, 0 to 100: 100 less the share of moves and joins that turn the proposed partition into the known one, of the most that any
 * partition would need. Z. Wen and V. Tzerpos, "An effectiveness measure for software clustering algorithms", IWPC 2004; the distance
 * as in "An optimal algorithm for MoJo distance", IWPC 2003.
 *
 * A class that the known split copies into several contexts needs no move in any of them, and none where it is proposed as shared. A
 * class that is proposed as shared and known to be of one context needs a move, wherever the rest is.
 */
export function mojoFm(placement: Placement, truth: Truth): number {
  const { counted } = compareWithTruth(placement, truth);
  if (counted.length === 0) return 0;
  const isShared = (name: string) => placement.get(name)!.size > 1;
  const single = counted.filter((name) => !isShared(name));
  const sharedWrongly = counted.filter((name) => isShared(name) && truth.get(name)!.size === 1).length;
  const distance =
    sharedWrongly + movesAndJoins(new Map(single.map((name) => [name, placement.get(name)!])), truth);
  const most = mostMoves(truth, counted);
  return most === 0 ? 100 : Math.max(0, (1 - distance / most) * 100);
}

function movesAndJoins(placement: Placement, truth: Truth): number {
  const { overlap, proposed, known, counted } = compareWithTruth(placement, truth);
  const best = overlap.map((row) => Math.max(0, ...row));
  const stay = best.reduce((sum, each) => sum + each, 0);
  // Each proposed context becomes the known one that it has most of; ties are broken so that most known ones are reached.
  const wishes = overlap.map((row, index) =>
    known.map((_, at) => at).filter((at) => row[at] === best[index] && best[index]! > 0),
  );
  return counted.length - stay + (proposed.length - matching(wishes));
}

/** The size of a greatest matching in a bipartite graph, by augmenting paths. */
function matching(wishes: readonly (readonly number[])[]): number {
  const takenBy = new Map<number, number>();
  const place = (one: number, seen: Set<number>): boolean =>
    wishes[one]!.some((wish) => {
      if (seen.has(wish)) return false;
      seen.add(wish);
      const holder = takenBy.get(wish);
      if (holder !== undefined && !place(holder, seen)) return false;
      takenBy.set(wish, one);
      return true;
    });
  return wishes.filter((_, one) => place(one, new Set())).length;
}

/** The most moves and joins that any partition of these classes needs: all but as many as can be told apart by their number. */
function mostMoves(truth: Truth, counted: readonly string[]): number {
  const sizes = new Map<string, number>();
  for (const name of counted) {
    const [first] = [...truth.get(name)!].sort();
    sizes.set(first!, (sizes.get(first!) ?? 0) + 1);
  }
  let apart = 0;
  for (const size of [...sizes.values()].sort((a, b) => a - b)) if (size > apart) apart++;
  return counted.length - apart;
}
