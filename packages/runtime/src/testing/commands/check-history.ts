import assert from 'node:assert/strict';
import { decide, type Tip } from '../../aggregate/decide.ts';
import { fold } from '../../aggregate/fold.ts';
import { loadAggregate } from '../../aggregate/load-aggregate.ts';
import { upcast } from '../../contract/upcast.ts';
import { BanyanError, Rejected } from '../../errors/errors.ts';
import type { EventStore } from '../../event-store/event-store.ts';
import { type Event, metadataAfter, type RecordedEvent, systemOrigin } from '../../message/message.ts';
import type { SnapshotStore } from '../../snapshot/snapshot.ts';
import { collectStream } from '../event-store-contract.ts';
import { type Purse, purse } from './purse.ts';
import type { Sent } from './sender.ts';

interface Stream {
  readonly events: readonly RecordedEvent[];
  /** The state after every version, from 0. */
  readonly states: readonly Purse[];
}

/** What must hold of every aggregate, whatever was sent and whatever failed. */
export async function checkHistory(
  store: EventStore,
  snapshots: SnapshotStore,
  sent: readonly Sent[],
): Promise<void> {
  for (const id of new Set(sent.map((one) => one.id))) {
    const mine = sent.filter((one) => one.id === id);
    const stream = await streamOf(store, id);
    for (const one of mine) checkAnswer(one, stream);
    checkEffects(mine, stream);
    checkOrder(mine);
    const newest = stream.states.at(-1)!;
    assert.deepEqual((await loadAggregate(store, purse, id)).state, newest);
    assert.deepEqual((await loadAggregate(store, purse, id, { snapshots })).state, newest);
  }
}

async function streamOf(store: EventStore, id: string): Promise<Stream> {
  const events = await collectStream(store, `purse-${id}`);
  const states: Purse[] = [purse.initial];
  for (const event of events) {
    assert.equal(event.version, states.length);
    states.push(fold(purse, states.at(-1)!, [upcast(purse.contract.events, event)]));
  }
  return { events, states };
}

const identity = ({ type, data, metadata }: Event) => ({ type, data, metadata });

/** The answer is what the stream says. */
function checkAnswer(sent: Sent, { events, states }: Stream): void {
  const { executed, error } = sent;
  if (executed !== undefined) {
    const { version, state } = executed;
    assert.deepEqual(state, states[version], 'the state of an answer is the fold up to its version');
    const own = executed.events.map(identity);
    assert.deepEqual(own, events.slice(version - own.length, version).map(identity));
    if (own.length > 0) return;
    assert.ok(version >= sent.knownVersion, 'who changes nothing has seen what was answered before');
    assert.equal(decidedAt(sent, { state: states[version]!, version }).kind, 'nothing');
  } else if (error instanceof Rejected) {
    const refusing = states.findIndex((state, version) => {
      if (version < sent.knownVersion) return false;
      const decided = decidedAt(sent, { state, version });
      return decided.kind === 'refused' && (decided.error as BanyanError).code === error.code;
    });
    assert.notEqual(
      refusing,
      -1,
      'a refusal was decided on a state that was committed, and not on an old one',
    );
  } else {
    assert.ok(error instanceof BanyanError, String(error));
    assert.ok(
      /^(unwritable|store-away|append-outcome-unknown|stream-conflict)$/.test(error.code),
      error.code,
    );
  }
}

function decidedAt({ id, type, data }: Sent, tip: Tip<Purse>) {
  const metadata = metadataAfter(undefined);
  const command = { type, data, metadata, expected: 'any', repeatable: false } as const;
  const decided = decide(purse, id, tip, command, systemOrigin);
  return decided instanceof Promise ? ({ kind: 'events' } as const) : decided;
}

/** Nothing acknowledged is lost, nothing takes effect twice, nothing refused takes effect. */
function checkEffects(sent: readonly Sent[], { events }: Stream): void {
  const causes = new Map<string, Set<string | undefined>>();
  for (const { data, metadata } of events) {
    const { label } = data as { label: string };
    causes.set(label, (causes.get(label) ?? new Set()).add(metadata.causationId));
  }
  for (const [label, ofLabel] of groupBy(sent, ({ data }) => data.label)) {
    const effects = causes.get(label)?.size ?? 0;
    const acknowledged = ofLabel.filter(({ executed }) => (executed?.events.length ?? 0) > 0);
    const unknown = ofLabel.some(({ error }) => (error as BanyanError)?.code === 'append-outcome-unknown');
    if (acknowledged.length > 0) assert.equal(effects, 1, `${label} takes effect once`);
    else assert.ok(effects === 0 || (unknown && effects === 1), `${label}, not acknowledged, has no effect`);
    const versions = new Set(acknowledged.map(({ executed }) => executed!.version));
    assert.ok(versions.size <= 1, 'who sends a command again gets the first answer');
  }
}

/** One process answers the commands to one aggregate in the order in which they came, as far as they were decided. */
function checkOrder(sent: readonly Sent[]): void {
  for (const ofProcess of groupBy(sent, ({ process }) => process).values()) {
    const decided = ofProcess.filter(
      ({ executed, error }) => executed !== undefined || error instanceof Rejected,
    );
    const places = decided.map(({ answered }) => answered!);
    assert.deepEqual(
      places,
      [...places].sort((a, b) => a - b),
      'answers come in order',
    );
    const first = decided.filter(({ executed, commandId }) => executed && commandId === undefined);
    const versions = first.map(({ executed }) => executed!.version);
    assert.deepEqual(
      versions,
      [...versions].sort((a, b) => a - b),
      'decisions come in order',
    );
  }
}

function groupBy<Item, Key>(items: readonly Item[], keyOf: (item: Item) => Key): Map<Key, Item[]> {
  const groups = new Map<Key, Item[]>();
  for (const item of items) groups.set(keyOf(item), [...(groups.get(keyOf(item)) ?? []), item]);
  return groups;
}
