import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { analysisRules, verdict } from '@banyan/strangler';
import type { BanyanConfig } from '../config/config.ts';
import { openLedger } from '../ledger/ledger.ts';
import type { LedgerView } from '../ledger/ledger-view.ts';
import { portUnavailable } from '../port-unavailable.ts';
import { statusBody, statusPage } from './status-page.ts';

/** A status page that is being served. */
export interface StatusServer extends AsyncDisposable {
  readonly url: string;
}

/**
 * Serves the status page and its JSON, both read-only, on the address of the configuration.
 * @param shop The address that users of the application open: the proxy's.
 */
export async function serveStatus(config: BanyanConfig, shop: string): Promise<StatusServer> {
  const ledger = await openLedger(config.ledger.database);
  const services = Object.fromEntries(Object.entries(config.services).map(([name, { url }]) => [name, url]));
  const server = createServer((request, reply) => {
    const view = ledger.view();
    const answers: Record<string, [type: string, body: () => string]> = {
      '/': ['text/html; charset=utf-8', () => statusPage(view, { shop, services })],
      '/body': ['text/html; charset=utf-8', () => statusBody(view)],
      '/status.json': ['application/json', () => statusJson(view)],
    };
    const answer = answers[(request.url ?? '/').split('?')[0] ?? '/'];
    const allowed = request.method === 'GET' || request.method === 'HEAD';
    if (answer === undefined || !allowed) return reply.writeHead(allowed ? 404 : 405).end();
    const [type, body] = answer;
    reply.writeHead(200, {
      'content-type': type,
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
    });
    reply.end(request.method === 'HEAD' ? undefined : body());
  });
  const { host = '127.0.0.1', port } = config.status ?? { port: 0 };
  await listen(server, host, port).catch(async (error: unknown) => {
    await ledger[Symbol.asyncDispose]();
    throw error;
  });
  return {
    url: `http://${host}:${(server.address() as AddressInfo).port}`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await ledger[Symbol.asyncDispose]();
    },
  };
}

/** Every migration, split and route as JSON, without anything that is not in the ledger; of the analysis only what it comes to. */
export function statusJson({
  migrations,
  splits = {},
  routes = {},
  proxies = {},
}: Pick<LedgerView, 'migrations'> & Partial<LedgerView>): string {
  const shown = Object.entries(migrations).map(([name, { analysis, ...view }]) => [
    name,
    { ...view, verdict: verdict(analysis, { rules: analysisRules(view.plan?.analysis) }) },
  ]);
  const own = Object.entries(routes).map(([name, { analysis, definition, ...view }]) => {
    const rules = analysisRules(definition?.rollout?.analysis);
    return [name, { ...view, definition, verdict: verdict(analysis, { rules }) }];
  });
  return JSON.stringify(
    { migrations: Object.fromEntries(shown), splits, routes: Object.fromEntries(own), proxies },
    (_key, value) => (typeof value === 'bigint' ? String(value) : value),
    2,
  );
}

function listen(server: ReturnType<typeof createServer>, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (error) => reject(portUnavailable(error, host, port)));
    server.listen(port, host, () => resolve());
  });
}
