import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Attempt } from './attempt.ts';
import type { ReplyHandler } from './upstream-request.ts';
import { WaitingLine } from './waiting-line.ts';

const request = { method: 'GET', path: '/', headers: [] };
const handler: ReplyHandler = {
  onHead: () => undefined,
  onData: () => true,
  onEnd: () => undefined,
  onFailure: () => undefined,
};

describe('WaitingLine', () => {
  it('does what a list does, whoever comes and leaves', () => {
    const step = fc.record({ leaves: fc.boolean(), which: fc.nat(20) });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const line = new WaitingLine();
        let list: Attempt[] = [];
        for (const { leaves, which } of steps) {
          const leaving = list[which % Math.max(1, list.length)];
          if (leaves && leaving !== undefined) {
            line.remove(leaving);
            line.remove(leaving);
            list = list.filter((one) => one !== leaving);
          } else {
            const attempt = new Attempt(request, handler, () => undefined);
            line.add(attempt);
            list.push(attempt);
          }
          expect([line.size, line.first]).toEqual([list.length, list[0]]);
        }
        const left: Attempt[] = [];
        for (let next = line.first; next !== undefined; next = line.first) {
          left.push(next);
          line.remove(next);
        }
        expect(left.every((one, index) => one === list[index]) && left.length === list.length).toBe(true);
        expect(line.size).toBe(0);
      }),
    );
  });
});
