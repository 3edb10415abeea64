import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Contestant, Turn } from '../harness/compare.ts';
import type { Lab } from '../harness/lab.ts';
import { query } from '../harness/server.ts';
import type { Follower } from './follower.ts';

/** Events that are appended in a second, whether or not the answers to the last ones have come. */
export const eventsPerSecond = 1000;
const everyMs = 10;
/** A follower that has projected nothing new for so long has left out what is missing. */
const patienceMs = 5_000;

const slowest = `select count(*) as count,
  percentile_disc(0.99) within group (order by extract(epoch from seen) * 1000 - sent) as p99 from seen`;

/**
 * The slowest hundredth of the times between asking for an append and its row in the projection. What a follower leaves out
 * can't be late and is not counted against it here, but said.
 */
export function lagging(follower: Follower, { options, note }: Lab): Contestant {
  return {
    name: follower.name,
    async turn(): Promise<Turn> {
      await query(follower.url, 'truncate seen');
      await query(follower.url, 'checkpoint');
      const sent = await appendSteadily(follower, options.seconds);
      const { count, p99 } = await settled(follower, sent);
      if (count < sent) note(`  ${follower.name} has skipped ${sent - count} of ${sent} events`);
      return { amount: 1, seconds: p99 / 1000 };
    },
  };
}

/** Waits until everything is projected, or nothing more comes. */
async function settled(follower: Follower, sent: number): Promise<{ count: number; p99: number }> {
  let before = -1;
  for (let since = performance.now(); ; await sleep(20)) {
    const [row] = await query(follower.url, slowest);
    const count = Number(row!.count);
    if (count !== before) since = performance.now();
    before = count;
    if (count === sent || performance.now() - since > patienceMs) return { count, p99: Number(row!.p99) };
  }
}

async function appendSteadily(follower: Follower, seconds: number): Promise<number> {
  const appends: Promise<unknown>[] = [];
  const start = performance.now();
  const wanted = Math.round(seconds * eventsPerSecond);
  while (appends.length < wanted) {
    const due = Math.min(wanted, Math.ceil(((performance.now() - start) / 1000) * eventsPerSecond));
    while (appends.length < due) {
      const at = performance.timeOrigin + performance.now();
      appends.push(follower.append(`sent-${randomUUID()}`, { at }));
    }
    await sleep(everyMs);
  }
  await Promise.all(appends);
  return appends.length;
}
