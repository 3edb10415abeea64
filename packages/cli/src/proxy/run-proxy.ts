import { randomUUID } from 'node:crypto';
import { createProxy, type Evidence } from '@banyan/strangler';
import type { BanyanConfig } from '../config/config.ts';
import { openLedger } from '../ledger/ledger.ts';
import { routeTable } from '../ledger/route-table.ts';
import { recordable } from '../ledger/traffic.ts';
import { pause } from '../migrate/lag-samples.ts';
import { portUnavailable } from '../port-unavailable.ts';

/** How often a proxy tells the ledger what it forwarded. */
const observeEveryMs = 1_000;

/** A proxy that follows the ledger. */
export interface RunningProxy {
  readonly url: string;
  /** Stops accepting, answers what is under way, tells the ledger the rest. */
  close(): Promise<void>;
}

/**
 * Starts a proxy whose routes are those of the ledger and whose evidence goes there. While the ledger can't be reached it goes
 * on with the last routes it knew.
 */
export async function runProxy(config: BanyanConfig): Promise<RunningProxy> {
  const ledger = await openLedger(config.ledger.database);
  const changes = new AbortController();
  const instance = `proxy-${randomUUID().slice(0, 8)}`;
  let table = routeTable(config, ledger.view());
  ledger.onChange((view) => {
    const next = routeTable(config, view);
    if (next.revision !== table.revision) table = next;
  }, changes.signal);

  let told = { requests: 0, failures: 0 };
  const send = async (evidence: readonly Evidence[]) => {
    const { requests, failures } = proxy.totals();
    if (requests === told.requests && evidence.length === 0) return;
    const totals = { requests: requests - told.requests, failures: failures - told.failures };
    await ledger.observe({ instance, totals, evidence: evidence.map(recordable) });
    told = { requests, failures };
  };
  // One after the other, so that no request is counted by two of them.
  let turn: Promise<unknown> = Promise.resolve();
  const tell = (evidence: readonly Evidence[]) => {
    const mine = turn.then(() => send(evidence));
    turn = mine.catch(() => undefined);
    return mine;
  };
  const proxy = createProxy({ routes: () => table, instance, sink: { record: tell } });
  const telling = repeat(() => tell([]), changes.signal);
  const close = async () => {
    await proxy.close();
    changes.abort();
    await telling;
    await tell([]).catch(() => undefined);
    await ledger[Symbol.asyncDispose]();
  };
  const { host = '127.0.0.1', port } = config.proxy;
  try {
    const { url } = await proxy.listen({ host, port });
    return { url, close };
  } catch (error) {
    await close();
    throw portUnavailable(error, host, port);
  }
}

async function repeat(act: () => Promise<void>, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    await pause(observeEveryMs, signal);
    // Nothing is lost by a failure: what could not be told is told with the next one.
    await act().catch(() => undefined);
  }
}
