import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What operators ask a proxy. */
export interface Operated {
  /** Whether it takes requests. */
  readonly ready: boolean;
  /** In the text format of Prometheus. */
  metrics(): string | Promise<string>;
}

/**
 * Serves `/metrics`, `/healthz` (200 while the process lives) and `/readyz` (200 while requests are taken, 503 while not) on an
 * address of its own, which is not for clients.
 */
export async function serveOperations(
  proxy: Operated,
  at: { readonly port: number; readonly host?: string },
): Promise<{ readonly url: string } & AsyncDisposable> {
  const { port, host = '127.0.0.1' } = at;
  const server = createServer((req, res) => {
    const answer = (status: number, text: string, type = 'text/plain; charset=utf-8') =>
      void res.writeHead(status, { 'content-type': type, 'cache-control': 'no-store' }).end(text);
    if (req.method !== 'GET' && req.method !== 'HEAD') answer(405, 'Only GET is answered here.\n');
    else if (req.url === '/metrics') {
      Promise.resolve(proxy.metrics()).then(
        (text) => answer(200, text, 'text/plain; version=0.0.4; charset=utf-8'),
        (cause: unknown) => answer(503, `The metrics can't be had: ${cause}\n`),
      );
    } else if (req.url === '/healthz') answer(200, 'ok\n');
    else if (req.url === '/readyz') answer(proxy.ready ? 200 : 503, proxy.ready ? 'ready\n' : 'not ready\n');
    else answer(404, 'There are /metrics, /healthz and /readyz.\n');
  });
  server.listen(port, host);
  await once(server, 'listening');
  const address = server.address() as AddressInfo;
  return {
    url: `http://${host.includes(':') ? `[${host}]` : host}:${address.port}`,
    async [Symbol.asyncDispose]() {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}
