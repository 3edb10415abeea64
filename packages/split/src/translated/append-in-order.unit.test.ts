import fc from 'fast-check';
import { expect, test } from 'vitest';
import { runs } from './append-in-order.ts';

test('events that are put together by stream are in the order that was given, and no stream comes twice in one append', () => {
  const event = fc.record({
    stream: fc.constantFrom('a', 'b', 'c'),
    type: fc.constant('Counted'),
    data: fc.nat(),
  });
  fc.assert(
    fc.property(fc.array(event, { maxLength: 50 }), (events) => {
      const all = runs(events);
      expect(all.flatMap((run) => run.flatMap(([, its]) => its))).toEqual(events);
      for (const run of all) {
        const streams = run.map(([stream]) => stream);
        expect(new Set(streams).size).toBe(streams.length);
        for (const [stream, its] of run) expect(its.every((one) => one.stream === stream)).toBe(true);
      }
    }),
  );
});

test('no append has more events than a log takes at once', () => {
  const events = Array.from({ length: 2_500 }, () => ({ stream: 'a', type: 'Counted', data: 0 }));
  expect(runs(events).map((run) => run.flatMap(([, its]) => its).length)).toEqual([1_000, 1_000, 500]);
});
