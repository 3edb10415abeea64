import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { TimeOuts } from './time-outs.ts';

describe('TimeOuts', () => {
  beforeEach(
    () => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setImmediate', 'performance'] }),
  );
  afterEach(() => void vi.useRealTimers());

  it('calls each that was not cleared, when its time is over and in their order', async () => {
    const timeOuts = new TimeOuts(100);
    const due: string[] = [];
    const begin = (name: string) => timeOuts.begin(() => due.push(name));
    begin('a');
    await vi.advanceTimersByTimeAsync(30);
    const b = begin('b');
    begin('c');
    await vi.advanceTimersByTimeAsync(30);
    begin('d');
    b.clear();
    await vi.advanceTimersByTimeAsync(39);
    expect(due).toEqual([]);
    await vi.advanceTimersByTimeAsync(11);
    expect(due).toEqual(['a']);
    await vi.advanceTimersByTimeAsync(30);
    expect(due).toEqual(['a', 'c']);
    await vi.advanceTimersByTimeAsync(200);
    begin('e');
    await vi.advanceTimersByTimeAsync(90);
    expect(due).toEqual(['a', 'c', 'd']);
    await vi.advanceTimersByTimeAsync(20);
    expect(due).toEqual(['a', 'c', 'd', 'e']);
  });

  it('goes on where one that is due begins or clears others', async () => {
    const timeOuts = new TimeOuts(10);
    const due: string[] = [];
    timeOuts.begin(() => {
      due.push('first');
      later.clear();
      timeOuts.begin(() => due.push('again'));
    });
    const later = timeOuts.begin(() => due.push('cleared'));
    timeOuts.begin(() => due.push('last'));
    await vi.advanceTimersByTimeAsync(100);
    expect(due).toEqual(['first', 'last', 'again']);
  });

  it('has one timer for all of them', async () => {
    const timeOuts = new TimeOuts(1_000);
    for (let n = 0; n < 10_000; n++) {
      const one = timeOuts.begin(() => undefined);
      if (n % 3 > 0) one.clear();
    }
    expect(vi.getTimerCount()).toBe(1);
    await vi.advanceTimersByTimeAsync(2_000);
    expect(vi.getTimerCount()).toBe(0);
  });
});
