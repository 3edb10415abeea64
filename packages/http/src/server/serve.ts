import type { Server } from 'node:http';
import { createAdaptorServer } from '@hono/node-server';
import type { Hono } from 'hono';
import { drain } from './drain.ts';
import { listen } from './listen.ts';

/** Where to listen and when to end. */
export interface ServeOptions {
  /** Default 0: any free one. */
  readonly port?: number;
  /** Default 127.0.0.1: this machine only. */
  readonly host?: string;
  /** Begins the drain. */
  readonly signal?: AbortSignal;
  /** Milliseconds that requests under way may take after that, default 10000; then they are cut off. */
  readonly drainMs?: number;
}

/** A server that answers. */
export interface Serving extends AsyncDisposable {
  /** `http://host:port`, without a slash at the end. */
  readonly url: string;
  readonly port: number;
  /** Resolves when the last connection is closed. */
  readonly closed: Promise<void>;
  /** Takes no more connections, lets requests under way finish, closes idle ones; resolves when all are closed. */
  stop(): Promise<void>;
}

/**
 * Serves an application over HTTP.
 * @throws Unavailable `port-in-use` when somebody else listens there, `cannot-listen` when the address is not ours to use.
 */
export async function serve(app: Pick<Hono, 'fetch'>, options: ServeOptions = {}): Promise<Serving> {
  const { port = 0, host = '127.0.0.1', signal, drainMs = 10_000 } = options;
  const server = createAdaptorServer({ fetch: app.fetch }) as Server;
  const taken = await listen(server, port, host);
  const closed = new Promise<void>((resolve) => server.once('close', resolve));
  let drained: Promise<void> | undefined;
  const stop = () => {
    drained ??= drain(server, drainMs);
    return drained;
  };
  if (signal?.aborted) void stop();
  signal?.addEventListener('abort', stop, { once: true });
  void closed.then(() => signal?.removeEventListener('abort', stop));
  return { url: urlOf(host, taken), port: taken, closed, stop, [Symbol.asyncDispose]: stop };
}

function urlOf(host: string, port: number): string {
  return `http://${host.includes(':') ? `[${host}]` : host}:${port}`;
}
