import { WakeUp } from '../timing/wake-up.ts';
import type {
  Advance,
  AdvanceOutcome,
  Checkpoint,
  CheckpointStore,
  DesiredState,
  SubscriptionReport,
} from './checkpoint.ts';

/** What takes effect when the checkpoint moves, and not before. */
export interface InMemoryTransaction {
  /** Runs `effect` at commit; effects run in the order in which they were given. */
  onCommit(effect: () => void): void;
}

interface Kept {
  checkpoint: Checkpoint;
  report: SubscriptionReport;
  readonly wakeUp: WakeUp;
  /** The step under way and those that wait behind it. */
  queue: Promise<unknown>;
}

/** Checkpoints in the memory of one process, for tests and for projections that are rebuilt at every start. */
export class InMemoryCheckpointStore implements CheckpointStore<InMemoryTransaction> {
  readonly #kept = new Map<string, Kept>();

  async load(name: string, initial: DesiredState = 'running'): Promise<Checkpoint> {
    return this.#keep(name, initial).checkpoint;
  }

  advance(
    name: string,
    step: Advance,
    work: (tx: InMemoryTransaction) => Promise<void>,
  ): Promise<AdvanceOutcome> {
    return this.#inTurn(name, async (kept) => {
      const refusal = refusalOf(kept.checkpoint, step);
      if (refusal !== undefined) return refusal;
      await commitAfter(work);
      kept.checkpoint = { ...kept.checkpoint, position: step.to };
      kept.wakeUp.wake();
      return 'advanced';
    });
  }

  reset(name: string, work: (tx: InMemoryTransaction) => Promise<void>): Promise<void> {
    return this.#inTurn(name, async (kept) => {
      await commitAfter(work);
      kept.checkpoint = { ...kept.checkpoint, position: 0n };
      kept.wakeUp.wake();
    });
  }

  control(name: string, wanted: { desired?: DesiredState; holdAt?: bigint | null }): Promise<Checkpoint> {
    return this.#inTurn(name, async (kept) => {
      const { position, desired, holdAt } = kept.checkpoint;
      const hold = wanted.holdAt === undefined ? holdAt : (wanted.holdAt ?? undefined);
      kept.checkpoint = {
        position,
        desired: wanted.desired ?? desired,
        ...(hold === undefined ? {} : { holdAt: hold }),
      };
      kept.wakeUp.wake();
      return kept.checkpoint;
    });
  }

  async report(name: string, report: SubscriptionReport): Promise<void> {
    this.#keep(name).report = report;
  }

  /** The last report of a subscription. */
  reportOf(name: string): SubscriptionReport {
    return this.#keep(name).report;
  }

  changed(name: string, timeoutMs: number, signal?: AbortSignal): Promise<void> {
    return this.#keep(name).wakeUp.wait({ timeoutMs, signal });
  }

  #keep(name: string, initial: DesiredState = 'running'): Kept {
    let kept = this.#kept.get(name);
    if (kept === undefined) {
      kept = {
        checkpoint: { position: 0n, desired: initial },
        report: {},
        wakeUp: new WakeUp(),
        queue: Promise.resolve(),
      };
      this.#kept.set(name, kept);
    }
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
