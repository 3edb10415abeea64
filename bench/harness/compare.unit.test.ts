import { expect, test } from 'vitest';
import { type Contestant, compare } from './compare.ts';

const silent = { progress: () => undefined };

/** A contestant whose turns have these rates, the first of them for the warm-up. */
function paced(name: string, rates: readonly number[], log: string[] = []): Contestant {
  let turns = 0;
  return {
    name,
    turn: async () => {
      log.push(name);
      return { amount: rates[turns++]! * 2, seconds: 2 };
    },
  };
}

test('everybody warms up, and then the order rotates from round to round', async () => {
  const log: string[] = [];
  const [ours, b, c] = ['a', 'b', 'c'].map((name) => paced(name, [1, 1, 1], log));
  await compare({ work: 'w', unit: 'u', ours: ours!, peers: [b!, c!] }, { runs: 2, ...silent });
  expect(log.join('')).toBe('abc' + 'abc' + 'bca');
});

test('a row has medians, ratios of rounds and the spread, without the warm-up', async () => {
  const ours = paced('ours', [1, 100, 10, 90]);
  const peer = paced('peer', [999, 50, 5, 15]);
  const row = await compare({ work: 'w', unit: 'u', ours, peers: [peer] }, { runs: 3, ...silent });
  expect(row).toEqual({
    work: 'w',
    unit: 'u',
    ours: 90,
    peers: { peer: 15 },
    ratios: { peer: 2 },
    spread: { ours: [10, 100], peer: [5, 50] },
    runs: 3,
  });
});

test('timed work is told in milliseconds, and less is faster', async () => {
  const ours = paced('ours', [1, 100, 200]);
  const peer = paced('peer', [1, 10, 50]);
  const row = await compare(
    { work: 'w', unit: 'ms', timed: true, ours, peers: [peer] },
    { runs: 2, ...silent },
  );
  expect(row).toMatchObject({ ours: 7.5, peers: { peer: 60 }, ratios: { peer: 7 } });
});

test('calls and processors are told where they are known', async () => {
  const latencies = Array.from({ length: 200 }, (_, index) => index + 1);
  const ours: Contestant = { name: 'ours', turn: async () => ({ amount: 200, seconds: 1, latencies }) };
  let clock = 0;
  const processors = () => ({ client: clock++, server: 3 * clock });
  const row = await compare(
    { work: 'w', unit: 'u', ours, peers: [paced('peer', [1, 1])] },
    { runs: 1, processors, ...silent },
  );
  expect(row.latency).toEqual({ ours: [100, 198] });
  expect(row.processor).toEqual({ ours: [5000, 15_000], peer: [500_000, 1_500_000] });
});

test('a turn that fails its own check ends the comparison', async () => {
  const broken: Contestant = {
    name: 'broken',
    turn: async () => {
      throw new Error('lost 3 events');
    },
  };
  const work = { work: 'w', unit: 'u', ours: paced('ours', [1, 1]), peers: [broken] };
  await expect(compare(work, { runs: 1, ...silent })).rejects.toThrow('lost 3 events');
});

test('a turn that did nothing is an error, not a rate of 0', async () => {
  const work = { work: 'w', unit: 'u', ours: paced('ours', [1, 0]), peers: [] };
  await expect(compare(work, { runs: 1, ...silent })).rejects.toThrow('did 0');
});

test('two contestants of one name are refused', async () => {
  const work = { work: 'w', unit: 'u', ours: paced('x', [1]), peers: [paced('x', [1])] };
  await expect(compare(work, { runs: 1, ...silent })).rejects.toThrow('one name');
});
