import type { AppendResult, ExpectedVersion, RecordedEvent } from '@banyan/runtime';
import { labelOf, sampleEvents } from '@banyan/runtime/testing';
import pg from 'pg';
import type { PostgresEventStore } from '../postgres-event-store.ts';
import type { ModelAppend } from './model-store.fixture.ts';

/** What a client is to do. */
export type Plan =
  | { readonly do: 'append'; readonly sizes: readonly Sized[]; readonly commandId: number | undefined }
  | { readonly do: 'within'; readonly stream: string; readonly size: number; readonly commit: boolean }
  | { readonly do: 'read'; readonly stream: string }
  | { readonly do: 'head' }
  | { readonly do: 'close'; readonly stream: string }
  | { readonly do: 'cut' };

/** `known` expects the version that the client has seen last. */
export interface Sized {
  readonly stream: string;
  readonly expected: ExpectedVersion | 'known';
  readonly size: number;
}

/** When something was asked and answered, on a clock that ticks at each of both. */
interface Asked {
  readonly from: number;
  readonly to: number;
}

export interface Refused {
  readonly code: string;
  readonly streamId?: string;
  readonly actual?: number;
}

/** What a client did and what it was told. */
export type Done = Asked &
  (
    | {
        readonly did: 'append';
        readonly appends: readonly ModelAppend[];
        readonly commandId?: string;
        readonly result?: AppendResult;
        readonly refused?: Refused;
      }
    | {
        readonly did: 'within';
        readonly appends: readonly ModelAppend[];
        readonly outcome: 'committed' | 'rolled back' | 'closed' | 'unknown';
      }
    | { readonly did: 'read'; readonly stream: string; readonly seen: readonly string[] }
    | { readonly did: 'head'; readonly head: bigint }
    | { readonly did: 'close'; readonly stream: string; readonly version?: number }
  );

/** Everything that clients did side by side. */
export class History {
  readonly done: Done[] = [];
  #clock = 0;
  #labels = 0;

  tick(): number {
    this.#clock += 1;
    return this.#clock;
  }

  labels(count: number): readonly string[] {
    return Array.from({ length: count }, () => `event ${++this.#labels}`);
  }
}

/** What a client works with. */
export interface ClientOptions {
  readonly store: PostgresEventStore;
  /** For transactions of its own. */
  readonly url: string;
  /** Begins the names of all streams. */
  readonly run: string;
  readonly history: History;
  readonly cut: () => Promise<void>;
}

/** Does one thing after the other. */
export async function runClient(plans: readonly Plan[], options: ClientOptions): Promise<void> {
  const known = new Map<string, number>();
  for (const plan of plans) {
    if (plan.do === 'cut') await options.cut();
    else options.history.done.push(await perform(plan, known, options));
  }
}

type Doing = Exclude<Plan, { readonly do: 'cut' }>;

async function perform(plan: Doing, known: Map<string, number>, options: ClientOptions): Promise<Done> {
  const { history, store, run } = options;
  const from = history.tick();
  const asked = () => ({ from, to: history.tick() });
  switch (plan.do) {
    case 'append':
      return append(plan, known, options, asked);
    case 'within':
      return within(plan, options, asked);
    case 'head': {
      const head = await patiently(() => store.head());
      return { did: 'head', head, ...asked() };
    }
    case 'read': {
      const seen = await patiently(() => readAll(store, run + plan.stream));
      known.set(plan.stream, seen.length);
      return { did: 'read', stream: plan.stream, seen, ...asked() };
    }
    case 'close': {
      const { stream } = plan;
      const closing = store.closeStream(run + stream, known.get(stream) ?? 'present');
      const version = await closing.then(
        (status) => status.version,
        () => undefined,
      );
      return { did: 'close', stream, ...(version !== undefined && { version }), ...asked() };
    }
  }
}

async function append(
  { sizes, commandId: id }: Extract<Plan, { do: 'append' }>,
  known: Map<string, number>,
  { history, store, run }: ClientOptions,
  asked: () => Asked,
): Promise<Done> {
  const appends = sizes.map(({ stream, expected, size }) => ({
    stream,
    expected: expected === 'known' ? (known.get(stream) ?? 0) : expected,
    labels: history.labels(size),
  }));
  const commandId = id === undefined ? undefined : `${run} ${id}`;
  const did = { did: 'append', appends, ...(commandId !== undefined && { commandId }) } as const;
  try {
    const result = await store.append(eventsOf(appends, run), { commandId });
    if (!result.repeated)
      for (const [index, { stream }] of appends.entries()) known.set(stream, result.versions[index]!);
    return { ...did, result, ...asked() };
  } catch (error) {
    return { ...did, refused: refusedOf(error), ...asked() };
  }
}

async function within(
  { stream, size, commit }: Extract<Plan, { do: 'within' }>,
  { history, store, run, url }: ClientOptions,
  asked: () => Asked,
): Promise<Done> {
  const appends: readonly ModelAppend[] = [{ stream, expected: 'any', labels: history.labels(size) }];
  const client = new pg.Client({ connectionString: url });
  client.on('error', () => undefined);
  let outcome: 'committed' | 'rolled back' | 'closed' | 'unknown' = 'rolled back';
  try {
    await client.connect();
    await client.query('begin');
    await store.appendWithin(client, eventsOf(appends, run));
    outcome = commit ? 'unknown' : 'rolled back';
    await client.query(commit ? 'commit' : 'rollback');
    if (commit) outcome = 'committed';
  } catch (error) {
    if (refusedOf(error).code === 'stream-closed') outcome = 'closed';
  } finally {
    await client.end().catch(() => undefined);
  }
  return { did: 'within', appends, outcome, ...asked() };
}

const eventsOf = (appends: readonly ModelAppend[], run: string) =>
  appends.map(({ stream, expected, labels }) => ({
    streamId: run + stream,
    expected,
    events: sampleEvents(...labels),
  }));

function refusedOf(error: unknown): Refused {
  const { code = String(error), details = {} } = error as {
    code?: string;
    details?: { streamId?: string; actual?: number };
  };
  return { code, ...details };
}

async function readAll(store: PostgresEventStore, streamId: string): Promise<readonly string[]> {
  const seen: string[] = [];
  for await (const event of store.readStream(streamId)) seen.push(labelOf(event));
  return seen;
}

/** Reading may be tried again when its connection was cut. */
async function patiently<Result>(read: () => Promise<Result>): Promise<Result> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await read();
    } catch (error) {
      if (attempt === 50 || !(error as { retryable?: boolean }).retryable) throw error;
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  }
}

/** Follows the feed until it is aborted. */
export async function follow(
  store: PostgresEventStore,
  after: bigint,
  signal: AbortSignal,
  seen: RecordedEvent[],
): Promise<void> {
  for await (const { entries } of store.read({ after, limit: 7, signal })) seen.push(...entries);
}
