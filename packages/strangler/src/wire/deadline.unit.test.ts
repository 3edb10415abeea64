import { setTimeout as wait } from 'node:timers/promises';
import { describe, expect, it, vi } from 'vitest';
import { Deadline } from './deadline.ts';

/** Keeps the process from doing anything else. */
function standStill(ms: number): void {
  const end = performance.now() + ms;
  while (performance.now() < end);
}

describe('Deadline', () => {
  it('is due once, and not before its time', async () => {
    let times = 0;
    const started = performance.now();
    const deadline = new Deadline(() => {
      times++;
      expect(performance.now() - started).toBeGreaterThanOrEqual(30);
    });
    deadline.set(30);
    await vi.waitUntil(() => times > 0);
    await wait(40);
    expect(times).toBe(1);
  });

  it('can be moved to later, to earlier, and away', async () => {
    const due: string[] = [];
    const later = new Deadline(() => due.push('later'));
    later.set(20);
    later.set(60_000);
    const earlier = new Deadline(() => due.push('earlier'));
    earlier.set(60_000);
    earlier.set(20);
    const away = new Deadline(() => due.push('away'));
    away.set(20);
    away.clear();
    await vi.waitUntil(() => due.length > 0);
    await wait(40);
    expect(due).toEqual(['earlier']);
    later.close();
  });

  it('looks first at what came while the process stood still', async () => {
    let due = false;
    const deadline = new Deadline(() => {
      due = true;
    });
    deadline.set(20);
    // Comes with the input of the same turn, after the timers.
    const { MessageChannel } = await import('node:worker_threads');
    const { port1, port2 } = new MessageChannel();
    port2.on('message', () => deadline.set(60_000));
    port1.postMessage('it came');
    standStill(60);
    await wait(50);
    port1.close();
    deadline.close();
    expect(due).toBe(false);
  });

  it('takes more than a timer can wait', async () => {
    let due = false;
    const deadline = new Deadline(() => {
      due = true;
    });
    deadline.set(2 ** 40);
    await wait(30);
    deadline.close();
    expect(due).toBe(false);
  });
});
