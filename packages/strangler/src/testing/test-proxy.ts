import type { Evidence } from '../evidence/evidence.ts';
import { createProxy, type ProxyOptions, type StranglerProxy } from '../proxy.ts';
import type { ProxyLogLine } from '../proxy-log.ts';
import type { Route, RouteTable } from '../routes/route.ts';

/** A proxy for tests that keeps its evidence and log. */
export interface TestProxy extends AsyncDisposable {
  readonly proxy: StranglerProxy;
  readonly url: string;
  readonly port: number;
  readonly evidence: readonly Evidence[];
  readonly log: readonly ProxyLogLine[];
  /** Puts another table into effect. */
  use(table: RouteTable): void;
}

/** A table with one owner and, where its URL is given, one candidate. */
export function tableOf(
  urls: { owner: string; candidate?: string },
  routes: readonly Route[] = [],
): RouteTable {
  const { owner, candidate } = urls;
  return {
    revision: 1n,
    upstreams: {
      owner: { url: owner },
      ...(candidate === undefined ? {} : { candidate: { url: candidate } }),
    },
    default: 'owner',
    routes,
  };
}

/** Starts a proxy on a free port, with short windows of evidence. */
export async function startProxy(
  table: RouteTable,
  options: Partial<Omit<ProxyOptions, 'routes'>> = {},
): Promise<TestProxy> {
  let current = table;
  const evidence: Evidence[] = [];
  const log: ProxyLogLine[] = [];
  const proxy = createProxy({
    routes: () => current,
    sink: { record: async (windows) => void evidence.push(...windows) },
    log: (line) => log.push(line),
    ...options,
    limits: { evidenceMs: 20, drainMs: 2_000, ...options.limits },
  });
  const { url, port } = await proxy.listen({ port: 0 });
  return {
    proxy,
    url,
    port,
    evidence,
    log,
    use(next) {
      current = next;
    },
    [Symbol.asyncDispose]: () => proxy.close(),
  };
}
