import { setTimeout as sleep } from 'node:timers/promises';

/**
 * Looks every 20 ms until the condition holds.
 * @throws Error after 20 s.
 */
export async function until(what: string, holds: () => Promise<boolean> | boolean): Promise<void> {
  const deadline = Date.now() + 20_000;
  while (!(await holds())) {
    if (Date.now() > deadline) throw new Error(`It did not come about within 20 s that ${what}.`);
    await sleep(20);
  }
}
