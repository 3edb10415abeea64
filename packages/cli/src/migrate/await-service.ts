import { Unavailable } from '@banyan/runtime';
import { pause } from './lag-samples.ts';
import type { StepContext } from './step.ts';

/** How long a service may take to come back before the migration gives up. */
const limitMs = 120_000;

/**
 * Waits until a service answers its health check.
 * @throws Unavailable `service-down` after two minutes.
 */
export async function awaitService({ config, plan, signal, progress }: StepContext): Promise<void> {
  const url = new URL('/health/ready', config.services[plan.service]!.url);
  const deadline = Date.now() + limitMs;
  while (Date.now() < deadline) {
    signal.throwIfAborted();
    const reply = await fetch(url, { signal: AbortSignal.any([signal, AbortSignal.timeout(2_000)]) }).catch(
      () => undefined,
    );
    await reply?.body?.cancel();
    if (reply?.ok) return;
    progress(`waiting for ${plan.service} to answer at ${url}`);
    await pause(250, signal);
  }
  throw new Unavailable(
    'service-down',
    `${plan.service} did not answer ${url} within ${limitMs / 1000} s. Start it, then run the migration again.`,
  );
}
