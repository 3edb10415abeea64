import type { StandardSchemaV1 } from '@standard-schema/spec';
import { aggregate } from '../../aggregate/aggregate.ts';
import { contract } from '../../contract/contract.ts';
import { versioned } from '../../contract/versioned.ts';
import { Rejected } from '../../errors/errors.ts';

/** A schema that takes everything: this package has no other. */
function plain<Data>(): StandardSchemaV1<Data> {
  return {
    '~standard': { version: 1, vendor: 'banyan-testing', validate: (value) => ({ value: value as Data }) },
  };
}

/** One that takes its time. */
function slow<Data>(): StandardSchemaV1<Data> {
  const validate = async (value: unknown) => ({ value: value as Data });
  return { '~standard': { version: 1, vendor: 'banyan-testing', validate } };
}

interface Labelled {
  /** Of the command, so that its events can be found. */
  readonly label: string;
}

interface Counted extends Labelled {
  readonly amount: number;
}

/** What is in it, and who put something in or took something out last. */
export interface Purse {
  readonly amount: number;
  readonly changes: number;
  readonly last?: string;
}

const most = 20;

/** An aggregate whose answers depend on the order of its commands: it can be too full, too empty, or as it should be. */
export const purse = aggregate({
  name: 'purse',
  contract: contract({
    commands: {
      Put: plain<Counted>(),
      Take: plain<Counted>(),
      Fill: plain<Labelled>(),
      Empty: plain<Labelled>(),
    },
    events: {
      Put: plain<Counted>(),
      Taken: versioned(plain<Counted>(), {
        version: 2,
        upcast: { 1: ({ count, ...data }: Labelled & { count: number }) => ({ ...data, amount: count }) },
      }),
      Emptied: slow<Labelled>(),
    },
  }),
  initial: { amount: 0, changes: 0 } as Purse,
  decide: {
    Put: (state, data) => {
      if (state.amount + data.amount > most) throw new Rejected('too-full', `It holds ${most} at most.`);
      return { type: 'Put', data };
    },
    Take: (state, data) => {
      if (state.amount < data.amount) throw new Rejected('too-empty', `It holds ${state.amount}.`);
      return { type: 'Taken', data };
    },
    /** One event for every coin. */
    Fill: (state, { label }) =>
      Array.from({ length: most - state.amount }, () => ({
        type: 'Put' as const,
        data: { label, amount: 1 },
      })),
    Empty: (state, data) => (state.amount === 0 ? [] : { type: 'Emptied', data }),
  },
  evolve: {
    Put: (state, data) => changed(state, data, data.amount),
    Taken: (state, data) => changed(state, data, -data.amount),
    Emptied: (state, data) => changed(state, data, -state.amount),
  },
});

function changed({ amount, changes }: Purse, { label }: Labelled, by: number): Purse {
  return { amount: amount + by, changes: changes + 1, last: label };
}
