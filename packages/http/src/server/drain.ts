import type { Server } from 'node:http';

/**
 * Closes a server: no new connections, idle ones are closed now and busy ones when their requests are answered; what is
 * left after `limitMs` milliseconds is cut off.
 */
export function drain(server: Server, limitMs: number): Promise<void> {
  return new Promise((resolve) => {
    const limit = setTimeout(() => server.closeAllConnections(), limitMs);
    server.prependListener('request', (_request, response) => {
      // A request that was already on its way over a kept connection is answered as the last one on it.
      response.setHeader('connection', 'close');
    });
    // A connection that was busy when the drain began is idle once its answer is out, and nobody else closes it then.
    const sweep = setInterval(() => server.closeIdleConnections(), 20);
    server.close(() => {
      clearTimeout(limit);
      clearInterval(sweep);
      resolve();
    });
    server.closeIdleConnections();
  });
}
