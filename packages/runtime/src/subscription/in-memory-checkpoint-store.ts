import { systemTiming, type Timing } from '../timing/timing.ts';
import { WakeUp } from '../timing/wake-up.ts';
import type {
  Advance,
  AdvanceOutcome,
  Checkpoint,
  CheckpointStore,
  DesiredState,
  SubscriptionReport,
  Wanted,
} from './checkpoint.ts';

/** What takes effect when the checkpoint moves, and not before. */
export interface InMemoryTransaction {
  /** Runs `effect` at commit; effects run in the order in which they were given. */
  onCommit(effect: () => void): void;
}

interface Kept {
  checkpoint: Checkpoint;
  /** When the hold lapses, milliseconds since the epoch. */
  holdUntil: number;
  readonly wakeUp: WakeUp;
  /** The step under way and those that wait behind it. */
  queue: Promise<unknown>;
}

/** Checkpoints in the memory of one process, for tests and for projections that are rebuilt at every start. */
export class InMemoryCheckpointStore implements CheckpointStore<InMemoryTransaction> {
  readonly #kept = new Map<string, Kept>();
  readonly #timing: Pick<Timing, 'now'>;

  constructor(timing: Pick<Timing, 'now'> = systemTiming) {
    this.#timing = timing;
  }

  async load(name: string, initial: DesiredState = 'running'): Promise<Checkpoint> {
    return this.#checkpointOf(this.#keep(name, initial));
  }

  advance(
    name: string,
    step: Advance,
    work: (tx: InMemoryTransaction) => Promise<void>,
  ): Promise<AdvanceOutcome> {
    return this.#inTurn(name, async (kept) => {
      const refusal = refusalOf(this.#checkpointOf(kept), step);
      if (refusal !== undefined) return refusal;
      await commitAfter(work);
      this.#change(kept, { position: step.to });
      return 'advanced';
    });
  }

  reset(name: string, work: (tx: InMemoryTransaction) => Promise<void>): Promise<void> {
    return this.#inTurn(name, async (kept) => {
      await commitAfter(work);
      this.#change(kept, { position: 0n, resetWanted: undefined });
    });
  }

  control(name: string, { desired, holdAt, holdForMs, reset }: Wanted): Promise<Checkpoint> {
    return this.#inTurn(name, async (kept) => {
      if (holdForMs !== undefined) kept.holdUntil = this.#timing.now() + holdForMs;
      else if (holdAt !== undefined) kept.holdUntil = Number.POSITIVE_INFINITY;
      this.#change(kept, {
        ...(desired === undefined ? {} : { desired }),
        ...(holdAt === undefined ? {} : { holdAt: holdAt ?? undefined }),
        ...(reset === undefined ? {} : { resetWanted: reset || undefined }),
      });
      return this.#checkpointOf(kept);
    });
  }

  async report(name: string, { appliedAt, lagMs, error }: SubscriptionReport): Promise<void> {
    const kept = this.#keep(name);
    const { error: _outdated, ...before } = kept.checkpoint.reported ?? {};
    const reported = {
      ...before,
      ...(appliedAt === undefined ? {} : { appliedAt }),
      ...(lagMs === undefined ? {} : { lagMs }),
      ...(error === undefined ? {} : { error }),
      at: new Date(this.#timing.now()),
    };
    kept.checkpoint = { ...kept.checkpoint, reported };
  }

  changed(name: string, timeoutMs: number, signal?: AbortSignal): Promise<void> {
    return this.#keep(name).wakeUp.wait({ timeoutMs, signal });
  }

  #checkpointOf({ checkpoint, holdUntil }: Kept): Checkpoint {
    const { holdAt, resetWanted, ...rest } = checkpoint;
    const held = holdAt !== undefined && holdUntil > this.#timing.now();
    return { ...rest, ...(held ? { holdAt } : {}), ...(resetWanted ? { resetWanted } : {}) };
  }

  #change(kept: Kept, change: Partial<Checkpoint>): void {
    kept.checkpoint = { ...kept.checkpoint, ...change };
    kept.wakeUp.wake();
  }

  #keep(name: string, initial: DesiredState = 'running'): Kept {
    const found = this.#kept.get(name);
    if (found !== undefined) return found;
    const kept: Kept = {
      checkpoint: { position: 0n, desired: initial },
      holdUntil: Number.POSITIVE_INFINITY,
      wakeUp: new WakeUp(),
      queue: Promise.resolve(),
    };
    this.#kept.set(name, kept);
    return kept;
  }

  #inTurn<Result>(name: string, step: (kept: Kept) => Promise<Result>): Promise<Result> {
    const kept = this.#keep(name);
    const result = kept.queue.then(() => step(kept));
    kept.queue = result.catch(() => {});
    return result;
  }
}

function refusalOf(checkpoint: Checkpoint, step: Advance): AdvanceOutcome | undefined {
  if (checkpoint.position !== step.from) return 'moved';
  if (checkpoint.desired === 'stopped') return 'stopped';
  if (checkpoint.holdAt !== undefined && step.to > checkpoint.holdAt) return 'held';
  return undefined;
}

async function commitAfter(work: (tx: InMemoryTransaction) => Promise<void>): Promise<void> {
  const effects: (() => void)[] = [];
  await work({ onCommit: (effect) => void effects.push(effect) });
  for (const effect of effects) effect();
}
