import type { LedgerView } from '../ledger/ledger-view.ts';
import type { OpenSplit } from './open-split.ts';

/** A proxy that forwards anything tells the ledger so every second; one that has been silent for longer has nothing under way. */
const quietMs = 5_000;
/** What a change of the owner takes beside its limits. */
const spareMs = 2_000;

/**
 * Lets the proxies make writes of the split's routes wait, and waits until those that they had sent before have ended. Where that takes
 * too long, or a proxy is gone, the change goes on: the fence waits for transactions itself, and who comes to it then is refused.
 * @returns Proxies that have said that nothing is under way, and those that have not.
 */
export async function holdRoutes(
  { ledger, name, limits }: OpenSplit,
  token: string,
  signal: AbortSignal,
): Promise<{ readonly drained: number; readonly silent: number }> {
  const now = Date.now();
  const routes = ledger.split(name)?.plan?.routes ?? [];
  if (routes.length === 0) return { drained: 0, silent: 0 };
  const { settleMs, drainMs, switchMs } = limits;
  const forMs = settleMs + drainMs + switchMs + spareMs;
  await ledger.executeSplit(name, 'HoldRoutes', { token, forMs, at: new Date().toISOString() });
  const isAwaited = ([, proxy]: ProxyEntry) =>
    proxy.drained !== token && Date.parse(proxy.at) > now - quietMs;
  const look = ({ proxies }: LedgerView) => (Object.entries(proxies).some(isAwaited) ? undefined : true);
  await ledger.until(look, { timeoutMs: settleMs, what: 'the proxies', signal }).catch((error: unknown) => {
    if (signal.aborted) throw error;
  });
  const proxies = Object.entries(ledger.view().proxies);
  return {
    drained: proxies.filter(([, proxy]) => proxy.drained === token).length,
    silent: proxies.filter(isAwaited).length,
  };
}

type ProxyEntry = [string, LedgerView['proxies'][string]];

/** Lets them go on, to whoever owns the tables now. */
export async function releaseRoutes({ ledger, name }: OpenSplit): Promise<void> {
  const change = ledger.split(name)?.change;
  if (change?.hold === undefined) return;
  await ledger.executeSplit(name, 'ReleaseRoutes', { token: change.token, at: new Date().toISOString() });
}
