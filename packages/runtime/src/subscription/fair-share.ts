/** What an instance sees of the others: all lanes, those it has, those that somebody has, and how many instances live. */
export interface LaneHolding {
  readonly lanes: readonly string[];
  readonly own: readonly string[];
  readonly held: readonly string[];
  readonly instances: number;
}

/** What to do about it: lanes to let go of, and lanes to try to get, in this order, `most` of them at most. */
export interface LaneMoves {
  readonly release: readonly string[];
  readonly acquire: readonly string[];
  readonly most: number;
}

/**
 * Nobody takes more than his share, the lanes divided by the instances and rounded up, so that all lanes are taken and nobody who
 * comes goes without for long. `offset` makes instances that look at the same moment begin at different lanes.
 */
export function fairShare({ lanes, own, held, instances }: LaneHolding, offset: number): LaneMoves {
  const share = Math.ceil(lanes.length / Math.max(1, instances));
  const free = lanes.filter((lane) => !held.includes(lane) && !own.includes(lane));
  const start = free.length === 0 ? 0 : offset % free.length;
  return {
    release: own.slice(share),
    acquire: [...free.slice(start), ...free.slice(0, start)],
    most: Math.max(0, share - own.length),
  };
}
