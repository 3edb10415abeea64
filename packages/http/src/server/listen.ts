import { once } from 'node:events';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Unavailable } from '@banyan/runtime';

/**
 * Listens and answers with the port.
 * @throws Unavailable `port-in-use` or `cannot-listen`.
 */
export async function listen(server: Server, port: number, host: string): Promise<number> {
  try {
    server.listen(port, host);
    await once(server, 'listening');
  } catch (cause) {
    throw listenError(cause as NodeJS.ErrnoException, port, host);
  }
  return (server.address() as AddressInfo).port;
}

function listenError(cause: NodeJS.ErrnoException, port: number, host: string): Unavailable {
  const details = { port, host };
  if (cause.code === 'EADDRINUSE') {
    const remedy = 'stop the other one, or choose another port (0 takes a free one)';
    return new Unavailable('port-in-use', `Port ${port} of ${host} is in use; ${remedy}.`, {
      cause,
      details,
    });
  }
  const message = `Cannot listen on port ${port} of ${host}: ${cause.message}. Choose another address.`;
  return new Unavailable('cannot-listen', message, { cause, details });
}
