import { expect, test } from 'vitest';
import type { Graph, Tie } from '../graph/graph.ts';
import { qualityOf } from './quality.ts';

const tie = (from: string, to: string, calls: number): Tie => ({ from, to, kinds: { calls }, evidence: [] });
const context = (name: string, modules: string[], tables: string[]) => ({ name, modules, tables, words: [] });

/** Two contexts of two and three; a calls b three times and c once, c calls d and e. */
const graph: Graph = {
  modules: [],
  ties: [tie('a', 'b', 3), tie('a', 'c', 1), tie('c', 'd', 1), tie('c', 'e', 1)],
  tables: [],
  foreignKeys: [],
  databaseCode: [],
  tableUses: [],
  accesses: [
    { module: 'b', member: 'keep', table: 'bs', writes: true },
    { module: 'd', member: 'keep', table: 'ds', writes: true },
  ],
  joins: [],
  endpoints: [
    { kind: 'http', name: 'GET /a', module: 'a', member: 'show', evidence: [] },
    { kind: 'http', name: 'GET /c', module: 'c', member: 'show', evidence: [] },
  ],
  calls: [
    { from: 'a', fromMember: 'show', to: 'b', toMember: 'keep' },
    { from: 'a', fromMember: 'all', to: 'b', toMember: 'keep' },
    { from: 'a', fromMember: 'all', to: 'c', toMember: 'show' },
    { from: 'c', fromMember: 'show', to: 'd', toMember: 'keep' },
  ],
  transactions: [
    { module: 'a', member: 'show', evidence: [] },
    { module: 'a', member: 'all', evidence: [] },
  ],
};

test('each figure is by its formula', () => {
  const quality = qualityOf(graph, {
    contexts: [context('one', ['a', 'b'], ['bs']), context('two', ['c', 'd', 'e'], ['ds'])],
    placements: [],
    shared: [],
  });
  expect(quality).toEqual({
    bcp: 0,
    icp: 1 / 6,
    sm: (1 / 4 + 2 / 9) / 2 - 1 / (2 * 2 * 3),
    ifn: 0.5,
    ned: 1,
    transactionPurity: 0.5,
  });
});

test('a context that serves two use cases alike has the entropy of two', () => {
  const { bcp } = qualityOf(graph, {
    contexts: [context('all', ['a', 'b', 'c', 'd', 'e'], [])],
    placements: [],
    shared: [],
  });
  expect(bcp).toBeCloseTo(Math.log(2));
});

test('nothing is no error', () => {
  const nothing = { ...graph, ties: [], endpoints: [], transactions: [], calls: [] };
  expect(qualityOf(nothing, { contexts: [], placements: [], shared: [] })).toMatchObject({
    icp: 0,
    sm: 0,
    transactionPurity: undefined,
  });
});
