import { randomUUID } from 'node:crypto';
import { Unavailable } from '@banyan/runtime';
import {
  Alone,
  createProxy,
  type Evidence,
  metricsText,
  type ProxyLog,
  type Siblings,
  type StranglerProxy,
  serveOperations,
} from '@banyan/strangler';
import type { BanyanConfig } from '../config/config.ts';
import { recordable } from '../ledger/traffic.ts';
import { pause } from '../migrate/lag-samples.ts';
import { portUnavailable } from '../port-unavailable.ts';
import { takeConfiguredRoutes } from './configured-routes.ts';
import { serveControl } from './control-server.ts';
import { eventLog } from './event-log.ts';
import { type FollowedRoutes, followRoutes } from './follow-routes.ts';
import { governRoutes } from './govern-routes.ts';
import { proxyParts, readTls } from './proxy-parts.ts';
import { recordingAnswers, SharedRecorder } from './shared-recorder.ts';
import { tellDrained } from './tell-drained.ts';

/** How often a proxy tells the ledger what it forwarded, at most. */
const observeEveryMs = 1_000;
/** How soon it tells of the first request after a pause: who changes an owner asks the proxies that forward anything to wait. */
const lookEveryMs = 50;

/** A proxy that follows the ledger. */
export interface RunningProxy {
  readonly url: string;
  /** Where it takes changes of its routes, if the configuration says so. */
  readonly controlUrl?: string;
  /** Where it serves metrics and health, if the configuration says so. */
  readonly operationsUrl?: string;
  /**
   * Opens the access log anew, and reads key and certificate anew for connections to come; where that fails, the log says so and
   * those in use stay.
   */
  reload(): void;
  /** Stops accepting, answers what is under way, tells the ledger the rest. */
  close(): Promise<void>;
}

/**
 * Starts a proxy whose routes are those of the ledger and whose evidence goes there. While the ledger can't be reached it goes
 * on with the last routes it knew, also over a restart where the configuration names a file to keep them in. Where it is one of
 * several workers, the control API and the metrics are those of all of them, whichever answers.
 */
export async function runProxy(
  config: BanyanConfig,
  log: ProxyLog = () => undefined,
  siblings: Siblings = new Alone(),
): Promise<RunningProxy> {
  const parts = proxyParts(config.proxy, log);
  const routes = await followRoutes(config, log);
  const stopping = new AbortController();
  const instance = `proxy-${randomUUID().slice(0, 8)}`;
  routes.onLedger((ledger) => {
    governRoutes(ledger, instance, stopping.signal);
    tellDrained(ledger, { drained: (hold) => proxy.drained(hold) }, instance, stopping.signal);
    takeConfiguredRoutes(config, ledger).catch((cause: Error) => {
      log({
        level: 'error',
        event: 'routes-refused',
        message: `The configured routes can't be used: ${cause.message}`,
      });
    });
  });
  const tell = teller(routes, instance, () => proxy.totals());
  const events = eventLog(config);
  const proxy = createProxy({
    routes: () => routes.table,
    instance,
    sink: { record: async (evidence) => void (await tell(evidence)) },
    log,
    hooks: config.hooks ?? {},
    ...parts.options,
    ...(events === undefined ? {} : { events: events.spool }),
  });
  siblings.answerBy({ state: () => proxy.state(), ...recordingAnswers(proxy.recorder) });
  const telling = tellAsItGoes(() => tell([]), stopping.signal);
  const opened: { control?: AsyncDisposable | undefined; operations?: AsyncDisposable | undefined } = {};
  const close = async () => {
    await opened.control?.[Symbol.asyncDispose]();
    await proxy.close();
    // Until here it says that it is not ready any more.
    await opened.operations?.[Symbol.asyncDispose]();
    await parts.close();
    stopping.abort();
    await telling;
    await tell([]).catch(() => undefined);
    await routes[Symbol.asyncDispose]();
    await events?.close();
  };
  const { host = '127.0.0.1', port } = config.proxy;
  try {
    const control =
      config.control === undefined
        ? undefined
        : await serveControl({ config, routes, instance, recorder: new SharedRecorder(siblings) });
    opened.control = control;
    const { url } = await proxy.listen({ host, port }).catch((error: unknown) => {
      throw portUnavailable(error, host, port);
    });
    const operations = await openOperations(config.proxy, proxy, siblings);
    opened.operations = operations;
    return {
      url,
      ...(control === undefined ? {} : { controlUrl: control.url }),
      ...(operations === undefined ? {} : { operationsUrl: operations.url }),
      reload() {
        parts.reopen();
        renew(config.proxy, proxy, log);
      },
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

function renew({ tls }: BanyanConfig['proxy'], proxy: StranglerProxy, log: ProxyLog): void {
  try {
    if (tls !== undefined) proxy.renewTls(readTls(tls));
    const message =
      'The certificate was read and the access log opened anew. Anything else takes a restart, or `workers` of 2 or more, which are replaced one by one.';
    log({ level: 'info', event: 'reloaded', message });
  } catch (cause) {
    const message = `The certificate can't be read anew, and the one in use stays: ${(cause as Error).message}`;
    log({ level: 'error', event: 'not-reloaded', message });
  }
}

function openOperations({ operations }: BanyanConfig['proxy'], proxy: StranglerProxy, siblings: Siblings) {
  if (operations === undefined) return undefined;
  const { host = '127.0.0.1', port } = operations;
  const all = {
    get ready() {
      return proxy.ready;
    },
    metrics: async () => metricsText(await siblings.state()),
  };
  return serveOperations(all, { host, port }).catch((error: unknown) => {
    throw portUnavailable(error, host, port);
  });
}

type Totals = { readonly requests: number; readonly failures: number };

/**
 * Tells the ledger what was seen since it was last told, one after the other, so that no request is counted twice. Gives whether there
 * was anything to tell.
 */
function teller(
  routes: FollowedRoutes,
  instance: string,
  totalsNow: () => Totals,
): (evidence: readonly Evidence[]) => Promise<boolean> {
  let told: Totals & { readonly revision?: string } = { requests: 0, failures: 0 };
  let turn: Promise<unknown> = Promise.resolve();
  const send = async (evidence: readonly Evidence[]) => {
    const { requests, failures } = totalsNow();
    const revision = String(routes.table.revision);
    if (requests === told.requests && evidence.length === 0 && revision === told.revision) return false;
    if (routes.ledger === undefined)
      throw new Unavailable('ledger-unreachable', "The ledger can't be reached.");
    const totals = { requests: requests - told.requests, failures: failures - told.failures };
    await routes.ledger.observe({ instance, revision, totals, evidence: evidence.map(recordable) });
    told = { requests, failures, revision };
    return true;
  };
  return (evidence) => {
    const mine = turn.then(() => send(evidence));
    turn = mine.catch(() => undefined);
    return mine;
  };
}

async function tellAsItGoes(tell: () => Promise<boolean>, signal: AbortSignal): Promise<void> {
  let toldAt = Number.NEGATIVE_INFINITY;
  while (!signal.aborted) {
    await pause(lookEveryMs, signal);
    if (performance.now() - toldAt < observeEveryMs) continue;
    // Nothing is lost by a failure: what could not be told is told with the next one.
    if (await tell().catch(() => true)) toldAt = performance.now();
  }
}
