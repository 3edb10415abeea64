import type { Schemas } from '../contract/contract.ts';
import { Invalid, NotFound } from '../errors/errors.ts';
import type { EventStore } from '../event-store/event-store.ts';
import type { RecordedEvent } from '../message/message.ts';
import type { SnapshotStore } from '../snapshot/snapshot.ts';
import { type Aggregate, streamOf } from './aggregate.ts';
import { type Folded, replay, unborn } from './fold.ts';
import { Snapshots } from './snapshots.ts';

/** Which state of an aggregate is asked for, default the newest; of several limits the narrowest counts. */
export interface LoadAggregateOptions {
  /** After exactly this version; 0 is the state before the first event. */
  readonly version?: number;
  /** As it was at this time: ends before the first event that the store recorded later, by the store's clock. */
  readonly at?: Date | string;
  /** As a reader sees it who has reached this position. */
  readonly position?: bigint;
  /** Saves reading, where a snapshot is old enough; not used with `at` and `position`. */
  readonly snapshots?: SnapshotStore;
}

/** An aggregate at one version. */
export interface LoadedAggregate<State> {
  readonly state: State;
  /** 0 when there is no event yet. */
  readonly version: number;
  /** Position of the newest event that is part of it, 0n when there is none. */
  readonly position: bigint;
  /** How many events were read for it; fewer than `version` with a snapshot. */
  readonly events: number;
}

/**
 * The state of an aggregate now, at any version, or at any time, from its events.
 * @throws NotFound `no-such-version` when the stream has not come so far.
 * @throws Invalid `version` or `time` when that is none.
 * @throws Terminal `unknown-event`, `event-too-new`, `upcast-failed` or `events-missing` when the events can't be folded.
 */
export async function loadAggregate<State, Commands extends Schemas, Events extends Schemas>(
  store: Pick<EventStore, 'readStream'>,
  aggregate: Aggregate<State, Commands, Events>,
  id: string,
  options: LoadAggregateOptions = {},
): Promise<LoadedAggregate<State>> {
  const { version, at, position } = options;
  const streamId = streamOf(aggregate.name, id);
  if (version !== undefined) checkVersion(version);
  const time = at === undefined ? undefined : timeOf(at);
  const start = await startOf(aggregate, streamId, options);
  if (version === start.version) return { ...start, events: 0 };
  const folded = await replay(store, aggregate, streamId, start, {
    ...(version === undefined ? {} : { to: version }),
    while: (event) =>
      (position === undefined || event.position <= position) &&
      (time === undefined || recordedAt(event) <= time),
  });
  const narrower = time !== undefined || position !== undefined;
  if (version !== undefined && folded.version < version && !narrower)
    throw new NotFound(
      'no-such-version',
      `Stream ${streamId} is at version ${folded.version}; it has no version ${version} yet.`,
      { details: { streamId, version: folded.version } },
    );
  return { ...folded, events: folded.version - start.version };
}

async function startOf<State>(
  aggregate: Aggregate<State, Schemas, Schemas>,
  streamId: string,
  { version, at, position, snapshots }: LoadAggregateOptions,
): Promise<Folded<State>> {
  if (snapshots === undefined || at !== undefined || position !== undefined) return unborn(aggregate);
  const snapshot = await new Snapshots(aggregate, { store: snapshots }).load(streamId, version);
  return snapshot ?? unborn(aggregate);
}

function recordedAt({ recordedAt: at, metadata }: RecordedEvent): number {
  return at === undefined ? Date.parse(metadata.at) : at.getTime();
}

function checkVersion(version: number): void {
  if (Number.isSafeInteger(version) && version >= 0) return;
  throw new Invalid('version', `Version ${version} is not a whole number from 0.`);
}

function timeOf(at: Date | string): number {
  const time = typeof at === 'string' ? Date.parse(at) : at.getTime();
  if (!Number.isNaN(time)) return time;
  throw new Invalid('time', `"${at}" is no time; give one as 2026-01-31T12:00:00Z.`);
}
