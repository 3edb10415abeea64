import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import {
  createServer as createTlsServer,
  type TLSSocket,
  type TlsOptions,
  type Server as TlsServer,
} from 'node:tls';
import type { ProxyContext } from '../forward/proxy-context.ts';
import type { ProxyLimits } from '../proxy-limits.ts';
import type { ClientStream } from './client-stream.ts';
import { type ConnectionContext, Http1Connection } from './http1-connection.ts';
import { Http2Sessions } from './http2-sessions.ts';

/** How long idle connections may still bring a request when the proxy closes, so that none is lost on its way. */
const idleGraceMs = 200;

/** Where clients connect. */
export class Front implements ConnectionContext {
  readonly limits: ProxyLimits;
  readonly handle: (stream: ClientStream) => void;
  readonly #context: ProxyContext;
  readonly #server: Server;
  readonly #connections = new Set<Http1Connection>();
  readonly #sessions = new Http2Sessions(this);
  #emptied: (() => void) | undefined;

  constructor(context: ProxyContext, handle: (stream: ClientStream) => void, tls?: TlsOptions) {
    this.#context = context;
    this.limits = context.limits;
    this.handle = handle;
    this.#server = tls === undefined ? this.#plain() : this.#secure(tls);
    this.#server.maxConnections = context.limits.clientConnections;
  }

  get draining(): boolean {
    return this.#context.draining;
  }

  /** Connections of clients, those that were switched to another protocol not counted. */
  get connections(): number {
    return this.#connections.size + this.#sessions.size;
  }

  /** Takes another certificate for connections to come. */
  renew(tls: TlsOptions): void {
    (this.#server as Partial<TlsServer>).setSecureContext?.(tls);
  }

  /** Resolves with the port; rejects where it can't be had. */
  async listen(port: number, host: string): Promise<number> {
    this.#server.listen(port, host);
    await once(this.#server, 'listening');
    return (this.#server.address() as AddressInfo).port;
  }

  /**
   * Stops accepting and waits until every request under way has its reply, but no longer than a limit: then what is left is
   * cut off. Switched connections have no end of their own and are closed at once. Returns whether all ended in time.
   */
  async drain(limitMs: number): Promise<boolean> {
    if (this.#server.listening) this.#server.close();
    for (const tunnel of this.#context.tunnels) tunnel.destroy();
    const graceMs = Math.min(idleGraceMs, limitMs);
    this.#sessions.close();
    if (this.connections > 0) await this.#empty(graceMs);
    for (const connection of this.#connections) if (connection.idle) connection.destroy();
    const inTime = this.connections === 0 || (await this.#empty(limitMs - graceMs));
    for (const connection of this.#connections) connection.destroy();
    this.#sessions.destroy();
    for (const tunnel of this.#context.tunnels) tunnel.destroy();
    return inTime;
  }

  refused(status: number): void {
    this.#context.totals.count('requests');
    this.#context.totals.count('refused');
    this.#context.totals.answered(status);
  }

  closed(connection: Http1Connection): void {
    this.#connections.delete(connection);
    this.#left();
  }

  #left(): void {
    if (this.connections === 0) this.#emptied?.();
  }

  #plain(): Server {
    return createServer({ noDelay: true }, (socket) => this.#accept(socket));
  }

  /** HTTP/2 for those who ask for it in the handshake, HTTP/1.1 for all others. */
  #secure(tls: TlsOptions): Server {
    const server = createTlsServer({
      handshakeTimeout: this.limits.handshakeMs,
      ...tls,
      noDelay: true,
      ALPNProtocols: ['h2', 'http/1.1'],
    });
    server.on('secureConnection', (socket: TLSSocket) => {
      if (socket.alpnProtocol === 'h2') this.#sessions.accept(socket, () => this.#left());
      else this.#accept(socket);
    });
    // A client that can't agree on a cipher, or goes away in the handshake, is no matter of ours.
    server.on('tlsClientError', (_error, socket) => socket.destroy());
    return server;
  }

  #accept(socket: Socket): void {
    this.#connections.add(new Http1Connection(socket, this));
  }

  /** Waits for the last connection to close; false where it took too long. */
  async #empty(ms: number): Promise<boolean> {
    const late = new AbortController();
    const empty = new Promise<true>((resolve) => {
      this.#emptied = () => resolve(true);
    });
    const inTime = await Promise.race([empty, wait(ms, false, { signal: late.signal }).catch(() => false)]);
    late.abort();
    return inTime;
  }
}
