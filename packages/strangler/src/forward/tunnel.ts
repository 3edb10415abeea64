import type { Duplex } from 'node:stream';
import type { Exchange } from './exchange.ts';
import { toUpstreamFailure, UpstreamFailure } from './failure.ts';
import type { Upstream, UpstreamHandler } from './upstream.ts';

/** Asks an upstream to switch to WebSocket; then carries bytes both ways. A refusal is answered as any other reply. */
export class Tunnel implements UpstreamHandler {
  readonly #exchange: Exchange;
  readonly #upstream: Upstream;
  readonly #client: Duplex;
  readonly #head: Buffer;
  readonly #maxTunnels: number;
  #abort: (() => void) | undefined;
  #resume: (() => void) | undefined;
  #answered = false;

  constructor(exchange: Exchange, upstream: Upstream, client: Duplex, head: Buffer) {
    this.#exchange = exchange;
    this.#upstream = upstream;
    this.#client = client;
    this.#head = head;
    this.#maxTunnels = exchange.context.limits.tunnelsPerUpstream;
  }

  start(): void {
    const { context, headers, target } = this.#exchange;
    context.totals.asked(this.#upstream.name, 'requests');
    if (this.#upstream.tunnels >= this.#maxTunnels) {
      this.#full();
      return;
    }
    let leaveQueue: (() => boolean) | undefined;
    this.#exchange.cancel = () => {
      if (!leaveQueue?.()) this.#abort?.();
    };
    const options = { method: 'GET', path: target.url, headers, body: null, upgrade: 'websocket' } as const;
    leaveQueue = this.#upstream.send(options, this);
  }

  onConnect(abort: () => void): void {
    this.#abort = abort;
    if (this.#exchange.clientGone) abort();
  }

  onUpgrade(status: number, raw: Buffer[] | string[] | null, upstreamSocket: Duplex): void {
    const upstream = this.#upstream;
    upstream.tunnels++;
    upstream.done();
    this.#exchange.res.detachSocket(this.#client as never);
    this.#exchange.context.totals.answered(status);
    this.#client.write(switchingHead(status, (raw ?? []) as readonly Buffer[]), 'latin1');
    if (this.#head.length > 0) upstreamSocket.write(this.#head);
    join(this.#client, upstreamSocket, () => {
      upstream.tunnels--;
    });
  }

  onHeaders(status: number, raw: Buffer[], resume: () => void, statusText: string): boolean {
    if (status < 200) return true;
    this.#exchange.head(this.#upstream.name, status, raw, statusText);
    this.#answered = true;
    this.#resume = resume;
    return true;
  }

  onData(chunk: Buffer): boolean {
    return this.#exchange.data(chunk, this.#resume!);
  }

  onComplete(): void {
    this.#upstream.done();
    this.#exchange.end(null);
  }

  onError(error: Error): void {
    this.#upstream.done();
    const { context, clientGone } = this.#exchange;
    if (clientGone) {
      context.totals.count('clientAborts');
      return;
    }
    context.totals.asked(this.#upstream.name, 'failures');
    if (this.#answered) this.#exchange.broken();
    else this.#exchange.problem(toUpstreamFailure(this.#upstream.name, error), this.#upstream.name);
  }

  #full(): void {
    const { name } = this.#upstream;
    const message = `The upstream "${name}" has as many upgraded connections as allowed (limit \`tunnelsPerUpstream\`: ${this.#maxTunnels}).`;
    this.#exchange.problem(new UpstreamFailure('overloaded', message), name);
  }
}

function switchingHead(status: number, raw: readonly Buffer[]): string {
  let head = `HTTP/1.1 ${status} Switching Protocols\r\n`;
  for (let index = 0; index < raw.length; index += 2) {
    head += `${raw[index]!.toString('latin1')}: ${raw[index + 1]!.toString('latin1')}\r\n`;
  }
  return `${head}\r\n`;
}

function join(client: Duplex, upstream: Duplex, ended: () => void): void {
  client.pipe(upstream).pipe(client);
  const stop = () => {
    client.destroy();
    upstream.destroy();
  };
  client.on('error', stop).on('close', stop);
  upstream.on('error', stop).on('close', stop).once('close', ended);
}
