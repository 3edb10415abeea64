import type { InMemoryLeaseStore } from '../lease/in-memory-lease-store.ts';
import type { Lease } from '../lease/lease.ts';
import { systemTiming, type Timing } from '../timing/timing.ts';
import { WakeUp } from '../timing/wake-up.ts';
import { addUpLanes } from './add-up-lanes.ts';
import type {
  Advance,
  AdvanceOutcome,
  Checkpoint,
  CheckpointStore,
  DesiredState,
  SubscriptionReport,
  Wanted,
} from './checkpoint.ts';
import { checkLanes, type Lane, laneName, lanesOf, parseLane } from './lane.ts';
import { lanesApart, lanesChanged } from './lanes-changed.ts';
import { isOther } from './version.ts';

/** What takes effect when the checkpoint moves, and not before. */
export interface InMemoryTransaction {
  /** Runs `effect` at commit; effects run in the order in which they were given. */
  onCommit(effect: () => void): void;
}

/** What the store goes by. */
export interface InMemoryCheckpointStoreOptions {
  readonly timing?: Pick<Timing, 'now'>;
  /** Knows the leases that steps are fenced by. */
  readonly leases?: InMemoryLeaseStore;
}

interface Kept {
  checkpoint: Checkpoint;
  /** When the hold lapses, milliseconds since the epoch. */
  holdUntil: number;
  readonly wakeUp: WakeUp;
  /** The step under way and those that wait behind it. */
  queue: Promise<unknown>;
}

type Work = (tx: InMemoryTransaction) => Promise<void>;

/** Checkpoints in the memory of one process, for tests and for projections that are rebuilt at every start. */
export class InMemoryCheckpointStore implements CheckpointStore<InMemoryTransaction> {
  readonly #kept = new Map<string, Kept>();
  readonly #timing: Pick<Timing, 'now'>;
  readonly #leases: InMemoryLeaseStore | undefined;

  constructor(options: InMemoryCheckpointStoreOptions = {}) {
    this.#timing = options.timing ?? systemTiming;
    this.#leases = options.leases;
  }

  async load(name: string, initial: DesiredState = 'running'): Promise<Checkpoint> {
    return this.#checkpointOf(name, initial);
  }

  async advance(name: string, step: Advance, work?: Work): Promise<AdvanceOutcome> {
    const kept = this.#find(name);
    return this.#inTurn([kept], async () => {
      const refusal = this.#refusalOf(name, kept, step);
      if (refusal !== undefined) return refusal;
      await commitAfter(work);
      const { version } = step;
      this.#change(name, kept, { position: step.to, ...(version === undefined ? {} : { version }) });
      return 'advanced';
    });
  }

  async reset(name: string, work: Work, fence?: Lease): Promise<'reset' | 'fenced'> {
    this.#find(name);
    const parts = this.#partsOf(name);
    return this.#inTurn(
      parts.map(([, kept]) => kept),
      async () => {
        if (this.#isFenced(fence)) return 'fenced';
        await commitAfter(work);
        for (const [part, kept] of parts) this.#change(part, kept, { position: 0n, resetWanted: undefined });
        return 'reset';
      },
    );
  }

  async control(name: string, { desired, holdAt, holdForMs, reset, version }: Wanted): Promise<Checkpoint> {
    this.#find(name);
    const parts = this.#partsOf(name);
    return this.#inTurn(
      parts.map(([, kept]) => kept),
      async () => {
        for (const [part, kept] of parts) {
          if (holdForMs !== undefined) kept.holdUntil = this.#timing.now() + holdForMs;
          else if (holdAt !== undefined) kept.holdUntil = Number.POSITIVE_INFINITY;
          this.#change(part, kept, {
            ...(desired === undefined ? {} : { desired }),
            ...(holdAt === undefined ? {} : { holdAt: holdAt ?? undefined }),
            ...(reset === undefined ? {} : { resetWanted: reset || undefined }),
            ...(version === undefined || this.#ownCheckpointOf(kept).version !== undefined
              ? {}
              : { version }),
          });
        }
        return this.#checkpointOf(name);
      },
    );
  }

  async lanes(name: string, lanes: number, initial?: DesiredState): Promise<readonly Lane[]> {
    checkLanes(name, lanes);
    const whole = this.#find(name, initial);
    return this.#inTurn([whole], async () => {
      const { position, lanes: divided } = whole.checkpoint;
      const begun = divided !== undefined || position > 0n;
      return begun ? lanesOf(name, divided ?? 1) : this.#divide(name, lanes);
    });
  }

  async divide(name: string, lanes: number): Promise<readonly Lane[]> {
    checkLanes(name, lanes);
    this.#find(name);
    return this.#inTurn(
      this.#partsOf(name).map(([, kept]) => kept),
      async () => this.#divide(name, lanes),
    );
  }

  async report(name: string, { appliedAt, lagMs, error }: SubscriptionReport): Promise<void> {
    const kept = this.#find(name);
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

  async changed(name: string, timeoutMs: number, signal?: AbortSignal): Promise<void> {
    return this.#find(name).wakeUp.wait({ timeoutMs, signal });
  }

  #divide(name: string, lanes: number): readonly Lane[] {
    const whole = this.#find(name);
    const parts = this.#partsOf(name);
    const old = parts.length === 1 ? parts : parts.slice(1);
    const positions = old.map(([, { checkpoint }]) => checkpoint.position).sort(ascending);
    const [lowest, highest] = [positions[0]!, positions.at(-1)!];
    if (lowest !== highest) throw lanesApart(name, lowest, highest);
    for (const [part] of parts.slice(1)) this.#kept.delete(part);
    const { reported: _ofOthers, lanes: _before, ...checkpoint } = whole.checkpoint;
    const now = { ...checkpoint, position: lowest };
    const divided = lanesOf(name, lanes);
    whole.checkpoint = lanes === 1 ? now : { ...now, lanes };
    if (lanes > 1)
      for (const lane of divided) this.#kept.set(laneName(lane), newlyKept(now, whole.holdUntil));
    for (const [, { wakeUp }] of parts) wakeUp.wake();
    return divided;
  }

  #refusalOf(name: string, kept: Kept, step: Advance): AdvanceOutcome | undefined {
    if (this.#isFenced(step.fence)) return 'fenced';
    const { position, desired, holdAt, lanes, version } = this.#ownCheckpointOf(kept);
    // Divided otherwise while the step waited for its turn.
    const gone = this.#kept.get(name) !== kept || lanes !== undefined;
    if (gone || position !== step.from) return 'moved';
    if (isOther(version, step.version)) return 'superseded';
    if (desired === 'stopped') return 'stopped';
    return holdAt !== undefined && step.to > holdAt ? 'held' : undefined;
  }

  #isFenced(fence: Lease | undefined): boolean {
    return fence !== undefined && this.#leases?.isCurrent(fence) !== true;
  }

  #checkpointOf(name: string, initial?: DesiredState): Checkpoint {
    const whole = this.#ownCheckpointOf(this.#find(name, initial));
    if (whole.lanes === undefined) return whole;
    const lanes = this.#partsOf(name).slice(1);
    return addUpLanes(
      whole,
      lanes.map(([, lane]) => this.#ownCheckpointOf(lane)),
    );
  }

  #ownCheckpointOf({ checkpoint, holdUntil }: Kept): Checkpoint {
    const { holdAt, resetWanted, ...rest } = checkpoint;
    const held = holdAt !== undefined && holdUntil > this.#timing.now();
    return { ...rest, ...(held ? { holdAt } : {}), ...(resetWanted ? { resetWanted } : {}) };
  }

  /** The whole and, where it is divided, its lanes. */
  #partsOf(name: string): readonly (readonly [string, Kept])[] {
    const whole = this.#find(name);
    const { lanes } = whole.checkpoint;
    const names = lanes === undefined ? [] : lanesOf(name, lanes).map(laneName);
    return [[name, whole], ...names.map((lane) => [lane, this.#find(lane)] as const)];
  }

  #change(name: string, kept: Kept, change: Partial<Checkpoint>): void {
    kept.checkpoint = { ...kept.checkpoint, ...change };
    kept.wakeUp.wake();
    const lane = parseLane(name);
    if (lane !== undefined) this.#kept.get(lane.subscription)?.wakeUp.wake();
  }

  #find(name: string, initial: DesiredState = 'running'): Kept {
    const found = this.#kept.get(name);
    if (found !== undefined) return found;
    const lane = parseLane(name);
    if (lane !== undefined) throw lanesChanged(lane);
    const kept = newlyKept({ position: 0n, desired: initial }, Number.POSITIVE_INFINITY);
    this.#kept.set(name, kept);
    return kept;
  }

  /** Runs the step when all that came before it for any of these is done. */
  #inTurn<Result>(all: readonly Kept[], step: () => Promise<Result>): Promise<Result> {
    const result = Promise.all(all.map(({ queue }) => queue)).then(step);
    const settled = result.catch(() => {});
    for (const kept of all) kept.queue = settled;
    return result;
  }
}

function newlyKept(checkpoint: Checkpoint, holdUntil: number): Kept {
  return { checkpoint, holdUntil, wakeUp: new WakeUp(), queue: Promise.resolve() };
}

function ascending(a: bigint, b: bigint): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

async function commitAfter(work: Work | undefined): Promise<void> {
  const effects: (() => void)[] = [];
  await work?.({ onCommit: (effect) => void effects.push(effect) });
  for (const effect of effects) effect();
}
