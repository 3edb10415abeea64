import type { AppendResult, ExpectedVersion, RecordedEvent } from '@banyan/runtime';
import { collectStream, labelOf } from '@banyan/runtime/testing';
import fc from 'fast-check';
import { expect } from 'vitest';
import { type ModelAppend, type ModelEvent, ModelStore } from './model-store.fixture.ts';
import { codeOf, type RealStore } from './real-store.fixture.ts';

/** The model, and what the model does not decide: positions. */
export class ModelState {
  readonly store = new ModelStore();
  readonly positions = new Map<ModelEvent, bigint>();
  /** Appends in open transactions of callers, by number. */
  readonly transactions = new Map<number, readonly Pending[]>();
  /** After a connection was cut positions may have gaps. */
  cut = false;
  #labels = 0;
  #position: bigint;

  /** The last position that was taken before. */
  readonly start: bigint;

  constructor(start: bigint) {
    this.start = start;
    this.#position = start;
  }

  /** Labels that no other event has. */
  label(sizes: readonly Sized[]): readonly ModelAppend[] {
    return sizes.map(({ stream, expected, size }) => ({
      stream,
      expected,
      labels: Array.from({ length: size }, () => `event ${++this.#labels}`),
    }));
  }

  /** Reads on in the real log and compares with what the model has got since. */
  async sync(real: RealStore): Promise<void> {
    const fresh = this.store.log.filter((event) => !this.positions.has(event));
    const { events } = await real.readFeed(this.#position);
    expect(events.map(told(real))).toEqual(fresh.map(toldOf));
    for (const [index, { position }] of events.entries()) {
      if (this.cut) expect(position).toBeGreaterThan(this.#position);
      else expect(position).toBe(this.#position + 1n);
      this.positions.set(fresh[index]!, position);
      this.#position = position;
    }
  }

  removedTo(): bigint {
    const gone = this.store.log.filter(({ removed }) => removed);
    return gone.reduce((most, event) => {
      const position = this.positions.get(event)!;
      return position > most ? position : most;
    }, 0n);
  }
}

interface Pending {
  readonly appends: readonly ModelAppend[];
  readonly commandId: string | undefined;
}

interface Sized {
  readonly stream: string;
  readonly expected: ExpectedVersion;
  readonly size: number;
}

const told = (real: RealStore) => (event: RecordedEvent) =>
  `${event.streamId.slice(real.run.length)} ${event.version} ${labelOf(event)}`;
const toldOf = ({ stream, version, label }: ModelEvent) => `${stream} ${version} ${label}`;

type ModelCommand = fc.AsyncCommand<ModelState, RealStore>;

function command(name: string, run: (model: ModelState, real: RealStore) => Promise<void>): ModelCommand {
  return { check: () => true, run, toString: () => name };
}

const streams = ['a-1', 'a-2', 'b-1', 'b'];
const stream = fc.constantFrom(...streams);
const category = fc.constantFrom('a', 'b');
const expected = fc.oneof(
  { weight: 3, arbitrary: fc.constant<ExpectedVersion>('any') },
  { weight: 3, arbitrary: fc.constantFrom<ExpectedVersion[]>('absent', 'present') },
  { weight: 2, arbitrary: fc.nat({ max: 6 }) },
);
const sized = (expects: fc.Arbitrary<ExpectedVersion>): fc.Arbitrary<readonly Sized[]> =>
  fc.uniqueArray(fc.record({ stream, expected: expects, size: fc.integer({ min: 1, max: 3 }) }), {
    selector: (each) => each.stream,
    minLength: 1,
    maxLength: 3,
  });
const commandId = fc.option(fc.constantFrom('x', 'y', 'z'), { nil: undefined, freq: 2 });
const transaction = fc.constantFrom(1, 2);

const show = (...values: readonly unknown[]) => values.map((value) => JSON.stringify(value)).join(' ');
const idOf = (real: RealStore, id: string | undefined) => (id === undefined ? undefined : real.run + id);

const append = fc.tuple(sized(expected), commandId).map(([sizes, id]) =>
  command(`append ${show(sizes, id)}`, async (model, real) => {
    const appends = model.label(sizes);
    const outcome = model.store.append(appends, id);
    const attempt = real.store.append(real.appendsOf(appends), { commandId: idOf(real, id) });
    if (outcome.code !== 'appended') {
      expect(await codeOf(attempt)).toBe(outcome.code);
      return;
    }
    const result = await attempt;
    await model.sync(real);
    const { versions, last, repeated } = outcome;
    const position = model.positions.get(last)!;
    expect(result).toEqual({ versions, position, ...(repeated && { repeated }) } satisfies AppendResult);
  }),
);

const appendWithin = fc.tuple(transaction, sized(fc.constant('any')), commandId).map(([number, sizes, id]) =>
  command(`append within ${show(number, sizes, id)}`, async (model, real) => {
    const appends = model.label(sizes);
    const client = await real.transaction(number);
    const pending = model.transactions.get(number) ?? [];
    const closed = appends.some((each) => model.store.isClosed(each.stream));
    const attempt = real.store.appendWithin(client, real.appendsOf(appends), { commandId: idOf(real, id) });
    expect(await codeOf(attempt)).toBe(closed ? 'stream-closed' : undefined);
    model.transactions.set(number, closed ? pending : [...pending, { appends, commandId: id }]);
  }),
);

const end = fc
  .tuple(transaction, fc.constantFrom('commit' as const, 'rollback' as const))
  .map(([number, how]) =>
    command(`${how} ${number}`, async (model, real) => {
      await real.end(number, how);
      await real.relay();
      const pending = model.transactions.get(number) ?? [];
      model.transactions.delete(number);
      // Of a stream that was closed in the meantime nothing is appended.
      if (how === 'commit') for (const { appends, commandId: id } of pending) model.store.append(appends, id);
      await model.sync(real);
    }),
  );

const close = fc.tuple(stream, expected).map(([name, expects]) =>
  command(`close ${show(name, expects)}`, async (model, real) => {
    const outcome = model.store.close(name, expects);
    const attempt = real.store.closeStream(real.streamId(name), expects);
    expect(await codeOf(attempt)).toBe(outcome === 'closed' ? undefined : outcome);
  }),
);

const age = fc.constant(
  command('age', async (model, real) => {
    model.store.age();
    await real.age();
  }),
);

const retain = fc
  .tuple(fc.constantFrom('old', 'closed', 'old and closed'), fc.option(category, { nil: undefined }))
  .map(([what, name]) =>
    command(`retain ${show(what, name)}`, async (model, real) => {
      const [old, closed] = [what.includes('old'), what.includes('closed')];
      const policy = {
        ...(old && { olderThanMs: 24 * 60 * 60_000 }),
        ...(closed && { closedForMs: 0 }),
        ...(name !== undefined && { categories: [real.run + name] }),
      };
      // Without a category it removes what other runs have left as well.
      const counts = model.store.retain({ old, closed, ...(name && { category: name }) });
      const { events, streams: of } = await real.store.removeEvents(policy);
      if (name === undefined) expect(events).toBeGreaterThanOrEqual(counts.events);
      else expect({ events, streams: of }).toEqual(counts);
    }),
  );

const readStream = fc
  .tuple(stream, fc.integer({ min: 1, max: 8 }), fc.option(fc.nat({ max: 8 }), { nil: undefined }))
  .map(([name, from, to]) =>
    command(`read ${show(name, from, to)}`, async (model, real) => {
      const wanted = model.store.readStream(name, from, to);
      const attempt = collectStream(real.store, real.streamId(name), {
        from,
        ...(to !== undefined && { to }),
      });
      if (wanted === undefined) expect(await codeOf(attempt)).toBe('stream-events-removed');
      else expect((await attempt).map(labelOf)).toEqual(wanted);
      const status = await real.store.streamStatus(real.streamId(name));
      const { closedAt, ...rest } = status ?? {};
      expect(status && rest).toEqual(model.store.status(name));
      expect(closedAt !== undefined).toBe(model.store.isClosed(name));
    }),
  );

const readFeed = fc
  .tuple(
    fc.nat({ max: 20 }),
    fc.integer({ min: 1, max: 4 }),
    fc.option(fc.subarray(streams), { nil: undefined }),
  )
  .map(([skipped, limit, only]) =>
    command(`feed ${show(skipped, limit, only)}`, async (model, real) => {
      const { log } = model.store;
      const from = log.slice(skipped);
      const after =
        skipped === 0 ? model.start : model.positions.get(log[Math.min(skipped, log.length) - 1]!);
      if (after === undefined) return;
      const wanted = from.filter(({ stream: of, removed }) => !removed && (only?.includes(of) ?? true));
      const { events, head } = await real.readFeed(after, { limit, ...(only && { streams: only }) });
      expect(events.map(told(real))).toEqual(wanted.map(toldOf));
      const last = log.at(-1);
      if (last !== undefined) expect(head).toBe(model.positions.get(last));
      if (after >= model.removedTo()) return;
      const refused = real.store.read({ after })[Symbol.asyncIterator]().next();
      expect(await codeOf(refused)).toBe('feed-events-removed');
    }),
  );

/** Several appends at once, while all connections of the store are cut: each is there as a whole or not at all. */
const crash = fc
  .tuple(fc.array(sized(fc.constant('any')), { minLength: 1, maxLength: 3 }), fc.nat({ max: 3 }))
  .map(([batches, turns]) =>
    command(`crash ${show(batches, turns)}`, async (model, real) => {
      const all = batches.map((sizes) => model.label(sizes));
      const attempts = all.map((appends) => codeOf(real.store.append(real.appendsOf(appends))));
      for (let turn = 0; turn < turns; turn++) await new Promise((resolve) => setImmediate(resolve));
      await real.cut();
      const codes = await Promise.all(attempts);
      model.cut = true;
      await real.recovered();
      const last = model.store.log.at(-1);
      const { events } = await real.readFeed(last === undefined ? model.start : model.positions.get(last)!);
      const written = new Set(events.map(labelOf));
      const has = (appends: readonly ModelAppend[]) => written.has(appends[0]!.labels[0]!);
      // In the order of the log; what is there in part makes the comparison fail.
      const order = (appends: readonly ModelAppend[]) =>
        events.findIndex((event) => labelOf(event) === appends[0]!.labels[0]);
      for (const appends of all.filter(has).sort((one, two) => order(one) - order(two)))
        model.store.append(appends);
      all.forEach((appends, index) => {
        const code = codes[index];
        if (code === undefined) expect(has(appends)).toBe(true);
        else if (code !== 'append-outcome-unknown') expect([code, has(appends)]).toEqual([code, false]);
      });
      await model.sync(real);
    }),
  );

/** Everything that is done to the store. */
export const modelCommands = [
  { weight: 8, arbitrary: append },
  { weight: 4, arbitrary: appendWithin },
  { weight: 3, arbitrary: end },
  { weight: 2, arbitrary: close },
  { weight: 1, arbitrary: age },
  { weight: 2, arbitrary: retain },
  { weight: 3, arbitrary: readStream },
  { weight: 3, arbitrary: readFeed },
  { weight: 1, arbitrary: crash },
].flatMap(({ weight, arbitrary }) => Array<fc.Arbitrary<ModelCommand>>(weight).fill(arbitrary));
