import type { Socket } from 'node:net';
import type { Attempt } from '../upstream/attempt.ts';
import { UpstreamFailure } from '../upstream/failure.ts';
import type { Upstream } from '../upstream/upstream.ts';
import type { ReplyHandler } from '../upstream/upstream-request.ts';
import type { ReplyHead } from '../wire/reply-head.ts';
import type { Exchange } from './exchange.ts';
import { replyHeaders } from './reply-headers.ts';

/** Asks an upstream to switch to WebSocket; then carries bytes both ways. A refusal is answered as any other reply. */
export class Tunnel implements ReplyHandler {
  readonly #exchange: Exchange;
  readonly #upstream: Upstream;
  #attempt: Attempt | undefined;
  #answered = false;

  constructor(exchange: Exchange, upstream: Upstream) {
    this.#exchange = exchange;
    this.#upstream = upstream;
  }

  start(): void {
    const { context, upstreamRequest } = this.#exchange;
    const { name, tunnels } = this.#upstream;
    context.totals.asked(name, 'requests');
    if (tunnels >= context.limits.tunnelsPerUpstream) {
      this.#exchange.problem(this.#full(), name, true);
      return;
    }
    this.#exchange.cancel = () => this.#gone();
    this.#exchange.resume = () => this.#attempt?.resume();
    this.#attempt = this.#upstream.send({ ...upstreamRequest, upgrade: 'websocket' }, this);
  }

  onUpgrade(head: ReplyHead, upstreamSocket: Socket, ahead: Buffer): (bytes: Buffer) => boolean {
    const { context, stream } = this.#exchange;
    const upstream = this.#upstream;
    context.totals.answered(head.status);
    const switching = ['connection', 'upgrade', 'upgrade', 'websocket'];
    const client = stream.switchProtocols(head.reason, [...replyHeaders(head, false), ...switching]);
    this.#exchange.switched(upstream.name);
    upstream.tunnels++;
    const ended = () => {
      upstream.tunnels--;
      context.tunnels.delete(client.socket);
    };
    context.tunnels.add(client.socket);
    if (client.ahead.length > 0) upstreamSocket.write(client.ahead);
    if (ahead.length > 0) client.socket.write(ahead);
    return join(client.socket, upstreamSocket, ended);
  }

  onHead(head: ReplyHead): void {
    this.#answered = true;
    // Nothing may follow on this connection: what the client has sent since may be no request any more.
    this.#exchange.head(this.#upstream.name, head, true);
  }

  onData(piece: Buffer): boolean {
    return this.#exchange.data(piece);
  }

  onEnd(trailers: readonly string[] | undefined): void {
    this.#exchange.end(trailers);
  }

  onFailure(failure: UpstreamFailure): void {
    this.#exchange.context.totals.asked(this.#upstream.name, 'failures');
    if (this.#answered) this.#exchange.broken();
    else this.#exchange.problem(failure, this.#upstream.name, true);
  }

  #gone(): void {
    this.#attempt?.abort();
    this.#exchange.context.totals.count('clientAborts');
  }

  #full(): UpstreamFailure {
    const limit = `limit \`tunnelsPerUpstream\`: ${this.#exchange.context.limits.tunnelsPerUpstream}`;
    const message = `The upstream "${this.#upstream.name}" has as many upgraded connections as allowed (${limit}).`;
    return new UpstreamFailure('overloaded', message);
  }
}

/** Carries bytes both ways until one end closes; returns what takes those that come from upstream. */
function join(client: Socket, upstream: Socket, ended: () => void): (bytes: Buffer) => boolean {
  client.setTimeout(0);
  client.on('data', (bytes: Buffer) => {
    if (!upstream.write(bytes)) client.pause();
  });
  upstream.on('drain', () => client.resume());
  client.on('drain', () => upstream.resume());
  client.on('end', () => upstream.end());
  upstream.on('end', () => client.end());
  const stop = () => {
    client.destroy();
    upstream.destroy();
  };
  client.on('error', stop).on('close', stop);
  upstream.on('error', stop).on('close', stop).once('close', ended);
  client.resume();
  return (bytes) => client.write(bytes);
}
