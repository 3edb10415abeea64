import { createServer, type IncomingMessage, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A real server for tests, on a free port. */
export interface TestUpstream extends AsyncDisposable {
  readonly url: string;
  readonly port: number;
  readonly server: Server;
  /** Every request it took, in order. */
  readonly requests: readonly IncomingMessage[];
}

/** Starts a server with a handler. */
export async function startUpstream(handler: RequestListener): Promise<TestUpstream> {
  const requests: IncomingMessage[] = [];
  const server = createServer({ maxHeaderSize: 262_144 }, (req, res) => {
    requests.push(req);
    handler(req, res);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    port,
    server,
    requests,
    async [Symbol.asyncDispose]() {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
    },
  };
}

/** Starts a server that answers every request with a value as JSON. */
export function startJsonUpstream(answer: (req: IncomingMessage) => unknown): Promise<TestUpstream> {
  return startUpstream((req, res) => {
    res.setHeader('content-type', 'application/json');
    res.end(JSON.stringify(answer(req)));
  });
}
