import type { StranglerProxy } from '@banyan/strangler';
import type { Ledger } from '../ledger/ledger.ts';
import { pause } from '../migrate/lag-samples.ts';

/** How often it is looked whether what is under way has ended. */
const lookEveryMs = 5;

/** Tells the ledger of each change of an owner for which the proxy holds writes, as soon as nothing is under way that it sent before. */
export function tellDrained(
  ledger: Ledger,
  proxy: Pick<StranglerProxy, 'drained'>,
  instance: string,
  signal: AbortSignal,
): void {
  const holds = () => Object.values(ledger.view().splits).flatMap(({ change }) => change?.hold?.id ?? []);
  const seen = new Set<string>();
  const tell = async (hold: string) => {
    do {
      await pause(lookEveryMs, signal);
      if (!holds().includes(hold)) return;
    } while (!proxy.drained(hold));
    await ledger.observe({ instance, totals: { requests: 0, failures: 0 }, evidence: [], drained: hold });
  };
  const look = () => {
    const now = holds();
    for (const one of seen) if (!now.includes(one)) seen.delete(one);
    for (const one of now) {
      if (seen.has(one)) continue;
      seen.add(one);
      // Whoever waits for it does not wait for ever.
      tell(one).catch(() => undefined);
    }
  };
  ledger.onChange(look, signal);
  look();
}
