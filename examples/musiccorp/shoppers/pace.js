import { setTimeout as sleep } from 'node:timers/promises';

/** Hands out one turn every 1/rate seconds to all who ask; what a stall has cost is not caught up in a burst. */
export function paceOf(rate, signal) {
  const gap = 1000 / rate;
  let next = performance.now();
  return async function turn() {
    const at = Math.max(next, performance.now());
    next = at + gap;
    await sleep(at - performance.now(), undefined, { signal }).catch(() => {});
    return !signal.aborted;
  };
}
