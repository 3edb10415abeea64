import { setTimeout as wait } from 'node:timers/promises';

/** Whether the condition came true within the time; asks again and again. A condition that fails is not true yet. */
export async function until(
  condition: () => Promise<boolean> | boolean,
  timeoutMs: number,
  everyMs = 50,
): Promise<boolean> {
  const deadline = Date.now() + timeoutMs;
  for (;;) {
    if (await Promise.resolve(condition()).catch(() => false)) return true;
    if (Date.now() > deadline) return false;
    await wait(everyMs);
  }
}

/** Waits for what the case itself has to bring about; that it does not come is no finding but a failure of the suite. */
export async function must(
  what: string,
  condition: () => Promise<boolean> | boolean,
  timeoutMs = 60_000,
): Promise<void> {
  if (!(await until(condition, timeoutMs)))
    throw new Error(`${what} did not happen within ${timeoutMs / 1000} s.`);
}
