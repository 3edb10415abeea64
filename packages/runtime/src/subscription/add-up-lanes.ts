import type { Checkpoint, SubscriptionReport } from './checkpoint.ts';

type Reported = SubscriptionReport & { readonly at: Date };

/** A subscription as its lanes are: as far as the slowest, and with the worst that any of them tells. */
export function addUpLanes(whole: Checkpoint, lanes: readonly Checkpoint[]): Checkpoint {
  const position = lanes.reduce(
    (least, lane) => (lane.position < least ? lane.position : least),
    lanes[0]!.position,
  );
  const { reported: _own, ...rest } = whole;
  const version = lanes.find((lane) => lane.version !== undefined)?.version;
  const reports = lanes.flatMap(({ reported }) => reported ?? []);
  const ofVersion = version === undefined ? {} : { version };
  return { ...rest, position, ...ofVersion, ...(reports.length === 0 ? {} : { reported: worstOf(reports) }) };
}

function worstOf(reports: readonly Reported[]): Reported {
  const slowest = reports.reduce((worst, each) => ((each.lagMs ?? -1) > (worst.lagMs ?? -1) ? each : worst));
  const failing = reports.find(({ error }) => error !== undefined);
  const { appliedAt, lagMs } = slowest;
  return {
    ...(appliedAt === undefined ? {} : { appliedAt }),
    ...(lagMs === undefined ? {} : { lagMs }),
    ...(failing?.error === undefined ? {} : { error: failing.error }),
    at: new Date(Math.max(...reports.map(({ at }) => at.getTime()))),
  };
}
