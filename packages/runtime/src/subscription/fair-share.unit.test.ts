import fc from 'fast-check';
import { expect, test } from 'vitest';
import { fairShare } from './fair-share.ts';

const names = (count: number) => Array.from({ length: count }, (_, index) => `lane ${index + 1}`);

test('an instance that is alone takes all lanes, and gives up half when a second comes', () => {
  const lanes = names(4);
  const alone = fairShare({ lanes, own: [], held: [], instances: 1 }, 6);
  expect(alone).toEqual({ release: [], acquire: ['lane 3', 'lane 4', 'lane 1', 'lane 2'], most: 4 });
  const joined = fairShare({ lanes, own: lanes, held: lanes, instances: 2 }, 0);
  expect(joined).toEqual({ release: ['lane 3', 'lane 4'], acquire: [], most: 0 });
});

test('however many come and go, all lanes find an owner and nobody has more than his share', () => {
  const sizes = fc.record({
    lanes: fc.integer({ min: 1, max: 64 }),
    turns: fc.array(fc.integer({ min: 1, max: 9 })),
  });
  fc.assert(
    fc.property(sizes, ({ lanes: count, turns }) => {
      const lanes = names(count);
      let owned: string[][] = [];
      for (const instances of [...turns, 3]) {
        owned = Array.from({ length: instances }, (_, index) => owned[index] ?? []);
        // First all let go, then all take.
        for (let round = 0; round < 2; round++) {
          owned.forEach((own, index) => {
            const moves = fairShare({ lanes, own, held: owned.flat(), instances }, index * 7);
            owned[index] = own
              .filter((lane) => !moves.release.includes(lane))
              .concat(moves.acquire.slice(0, moves.most));
          });
        }
        expect(owned.flat().sort()).toEqual([...lanes].sort());
        expect(Math.max(...owned.map((own) => own.length))).toBeLessThanOrEqual(Math.ceil(count / instances));
      }
    }),
  );
});
