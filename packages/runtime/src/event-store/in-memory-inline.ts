import type { RecordedEvent } from '../message/message.ts';
import { inlineGap, mayRunInline } from '../projection/inline.ts';
import { type Projection, planEvents } from '../projection/projection.ts';
import type {
  InMemoryCheckpointStore,
  InMemoryTransaction,
} from '../subscription/in-memory-checkpoint-store.ts';

/** Projections that an in-memory event store takes along, and where they keep how far they are. */
export interface InMemoryInline {
  // biome-ignore lint/suspicious/noExplicitAny: of any contracts; their handlers are typed where they are declared.
  readonly projections: readonly Projection<any, InMemoryTransaction>[];
  readonly checkpoints: InMemoryCheckpointStore;
}

/**
 * Takes projections from their checkpoints to `to` and appends, all or nothing. Each one's step is within that of the one before, and
 * the append within the last.
 */
export async function takeInline<Result>(
  { projections, checkpoints }: InMemoryInline,
  before: bigint,
  to: bigint,
  unseen: (after: bigint) => readonly RecordedEvent[],
  append: () => Result,
): Promise<Result> {
  const [projection, ...rest] = projections;
  if (projection === undefined) return append();
  const others = () => takeInline({ projections: rest, checkpoints }, before, to, unseen, append);
  const { name, version = 1 } = projection;
  const checkpoint = await checkpoints.load(name);
  const { position } = checkpoint;
  if (before - position > inlineGap || !mayRunInline(checkpoint, version, to)) return others();
  const handle = (from: bigint, upTo: bigint, then: () => Promise<void>) =>
    checkpoints.advance(name, { from, to: upTo, version }, async (tx) => {
      const events = unseen(from).filter((event) => event.position <= upTo);
      await planEvents(projection, events, { rebuilding: false }).apply(tx);
      await then();
    });
  if (position < before) {
    // What fails on earlier events is its follower's to report, and no reason to refuse these.
    const caughtUp = await handle(position, before, async () => {}).catch(() => 'failed');
    if (caughtUp !== 'advanced') return others();
  }
  let result: { readonly of: Result } | undefined;
  const outcome = await handle(position < before ? before : position, to, async () => {
    result = { of: await others() };
  });
  // Somebody else has moved it in the meantime: it is with its follower.
  return outcome === 'advanced' ? result!.of : others();
}
