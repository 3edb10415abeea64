import { aggregate, aggregateHandler, contract, InMemoryEventStore } from '@banyan/runtime';
import { z } from 'zod';
import { commandRoute } from './command-route.ts';

const counter = aggregate({
  name: 'counter',
  contract: contract({
    commands: { Add: z.object({ n: z.number() }) },
    events: { Added: z.object({ n: z.number() }) },
  }),
  initial: 0,
  decide: { Add: (_count, data) => ({ type: 'Added', data }) },
  evolve: { Added: (count, { n }) => count + n },
});
const handler = aggregateHandler({ store: new InMemoryEventStore(), aggregate: counter });

export const route = commandRoute({
  handler,
  type: 'Add',
  reply: ({ state }) => ({ count: state.toFixed() }),
});

// @ts-expect-error a command that the contract does not know
commandRoute({ handler, type: 'Subtract' });

// @ts-expect-error a reply that takes the state for something else
commandRoute({ handler, type: 'Add', reply: ({ state }) => ({ count: state.text }) });
