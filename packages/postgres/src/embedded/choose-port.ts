import { createServer } from 'node:net';

/** The first of `wanted` that is free on 127.0.0.1, else any free port. */
export async function choosePort(wanted: readonly (number | undefined)[]): Promise<number> {
  for (const port of wanted) {
    if (port !== undefined && port > 0 && (await tryPort(port)) !== undefined) return port;
  }
  const free = await tryPort(0);
  if (free === undefined) throw new Error('127.0.0.1 has no free port');
  return free;
}

function tryPort(port: number): Promise<number | undefined> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(undefined));
    server.listen({ port, host: '127.0.0.1', exclusive: true }, () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : undefined));
    });
  });
}
