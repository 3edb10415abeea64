import { z } from 'zod';
import { contract } from '../contract/contract.ts';
import { InMemoryEventStore } from '../event-store/in-memory-event-store.ts';
import { aggregate } from './aggregate.ts';
import { aggregateHandler } from './execute.ts';

const reviews = contract({
  commands: {
    WriteReview: z.object({ text: z.string(), stars: z.number().default(5) }),
    Withdraw: z.object({}),
  },
  events: { ReviewWritten: z.object({ text: z.string(), stars: z.number() }), ReviewWithdrawn: z.object({}) },
});
const initial: { readonly text?: string } = {};
const decide = {
  WriteReview: (_: typeof initial, data: { text: string; stars: number }) => ({
    type: 'ReviewWritten' as const,
    data,
  }),
  Withdraw: () => [],
};
const evolve = {
  ReviewWritten: (_: typeof initial, data: { text: string }) => ({ text: data.text }),
  ReviewWithdrawn: () => ({}),
};

export const whole = aggregate({
  name: 'review',
  contract: reviews,
  initial,
  decide: {
    WriteReview: (state, data) => (state.text === data.text ? [] : { type: 'ReviewWritten', data }),
    Withdraw: (state) => (state.text === undefined ? [] : [{ type: 'ReviewWithdrawn', data: {} }]),
  },
  evolve: { ReviewWritten: (_state, { text }) => ({ text }), ReviewWithdrawn: () => ({}) },
});

aggregate({
  name: 'review',
  contract: reviews,
  initial,
  decide,
  // @ts-expect-error an event without an evolve case
  evolve: { ReviewWritten: evolve.ReviewWritten },
});

aggregate({
  name: 'review',
  contract: reviews,
  initial,
  // @ts-expect-error a command without a handler
  decide: { WriteReview: decide.WriteReview },
  evolve,
});

aggregate({
  name: 'review',
  contract: reviews,
  initial,
  // @ts-expect-error an event that the contract does not know
  decide: { ...decide, Withdraw: () => ({ type: 'ReviewBurnt' as const, data: {} }) },
  evolve,
});

aggregate({
  name: 'review',
  contract: reviews,
  initial,
  decide: {
    ...decide,
    // @ts-expect-error a payload that breaks the event's schema
    WriteReview: (_state, { text }) => ({ type: 'ReviewWritten', data: { text, stars: 'five' } }),
  },
  evolve,
});

aggregate({
  name: 'review',
  contract: reviews,
  initial,
  decide,
  evolve: {
    ...evolve,
    // @ts-expect-error a state of the wrong shape
    ReviewWithdrawn: () => ({ text: 5 }),
  },
});

aggregate({
  name: 'review',
  contract: reviews,
  initial,
  decide,
  evolve: {
    ReviewWritten: evolve.ReviewWritten,
    ReviewWithdrawn: evolve.ReviewWithdrawn,
    // @ts-expect-error a case for an event that the contract does not know
    ReviewBurnt: () => ({}),
  },
});

const handler = aggregateHandler({ store: new InMemoryEventStore(), aggregate: whole });
export const written: Promise<{ state: { readonly text?: string } }> = handler.execute('1', 'WriteReview', {
  text: 'good',
});
// @ts-expect-error a command that the contract does not know
handler.execute('1', 'Burn', {});
// @ts-expect-error data that breaks the command's schema
handler.execute('1', 'WriteReview', { text: 1 });
