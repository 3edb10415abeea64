import type { Server } from 'node:http';
import type { Socket } from 'node:net';

const lookAgainMs = 25;

/**
 * Stops accepting and waits until every request under way has its reply, but no longer than a limit: then what is
 * left is cut off. Upgraded connections have no end of their own and are closed at once. Returns whether all ended
 * in time.
 */
export async function drain(server: Server, tunnels: ReadonlySet<Socket>, limitMs: number): Promise<boolean> {
  if (!server.listening) return true;
  let inTime = true;
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  for (const tunnel of tunnels) tunnel.destroy();
  // A connection that was busy when the server closed is only idle later.
  const idle = setInterval(() => server.closeIdleConnections(), lookAgainMs);
  const cut = setTimeout(() => {
    inTime = false;
    server.closeAllConnections();
    for (const tunnel of tunnels) tunnel.destroy();
  }, limitMs);
  await closed;
  clearInterval(idle);
  clearTimeout(cut);
  return inTime;
}
