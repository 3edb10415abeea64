import { expect, test } from 'vitest';
import { events } from './goods-events.ts';

test('given a movement, then it is booked in a stream of its own, and can be neither changed nor taken away', () => {
  const row = { id: '1', stock: '2', change: '-3', ref: null, at: '2025-01-01 00:00:00+00' };
  const table = 'public.movement';
  const { stock: article, ...others } = row;
  expect(events.of({ op: 'insert', table, row })).toEqual([
    { stream: 'movement-1', type: 'Booked', data: { article, ...others } },
  ]);
  expect(() => events.of({ op: 'update', table, row })).toThrow('no booking is changed');
  expect(() => events.of({ op: 'delete', table, old: { id: '1' } })).toThrow('nothing is taken away');
});
