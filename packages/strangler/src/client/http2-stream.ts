import { constants, type OutgoingHttpHeaders, type ServerHttp2Stream } from 'node:http2';
import type { Socket } from 'node:net';
import type { ProxyLimits } from '../proxy-limits.ts';
import { httpDate } from '../wire/http-date.ts';
import { hasNoBody } from '../wire/reply-head.ts';
import type { RequestHead } from '../wire/request-head.ts';
import { RequestRefused } from '../wire/request-refused.ts';
import type { BodySink, BodySource, ClientListener, ClientStream, ReplyStart } from './client-stream.ts';

/** One request of a session of HTTP/2. */
export class Http2Stream implements ClientStream, BodySource {
  readonly request: RequestHead;
  readonly remoteAddress: string;
  readonly secure: boolean;
  readonly length: number | undefined;
  listener: ClientListener | undefined;
  readonly #stream: ServerHttp2Stream;
  readonly #limits: ProxyLimits;
  #state: 'waiting' | 'begun' | 'over' = 'waiting';
  #empty = false;
  #trailers: readonly string[] | undefined;
  #sink: BodySink | undefined;
  #bytes = 0;

  constructor(
    stream: ServerHttp2Stream,
    request: RequestHead,
    from: { readonly socket: Socket; readonly limits: ProxyLimits },
  ) {
    this.#stream = stream;
    this.#limits = from.limits;
    this.request = request;
    this.remoteAddress = from.socket.remoteAddress ?? 'unknown';
    this.secure = (from.socket as { encrypted?: boolean }).encrypted === true;
    this.length = request.framing === 'chunked' ? undefined : request.framing;
    stream.on('drain', () => this.listener?.drained());
    stream.on('error', () => undefined);
    stream.on('close', () => this.#closed());
    stream.on('wantTrailers', () => this.#sendTrailers());
    stream.setTimeout(from.limits.bodyMs + from.limits.headersMs, () =>
      stream.close(constants.NGHTTP2_CANCEL),
    );
  }

  get body(): BodySource | undefined {
    return this.request.framing === 0 ? undefined : this;
  }

  get begun(): boolean {
    return this.#state !== 'waiting';
  }

  interim(status: number, _reason: string, headers: readonly string[]): void {
    if (this.#state !== 'waiting' || this.#stream.destroyed) return;
    if (status === 100 && !this.request.expectsContinue) return;
    this.#stream.additionalHeaders({ ':status': status, ...headerObject(headers) });
  }

  begin(reply: ReplyStart): void {
    if (this.#state !== 'waiting' || this.#stream.destroyed) return;
    this.#state = 'begun';
    this.#empty = hasNoBody(reply.status, this.request.method);
    const headers = headerObject(reply.headers);
    headers.date ??= httpDate();
    if (reply.length !== undefined) headers['content-length'] = String(reply.length);
    const waitForTrailers = headers.trailer !== undefined && !this.#empty;
    this.#stream.respond(
      { ':status': reply.status, ...headers },
      { endStream: this.#empty, waitForTrailers },
    );
  }

  write(piece: Buffer): boolean {
    if (this.#state !== 'begun' || this.#empty || this.#stream.destroyed) return true;
    return this.#stream.write(piece);
  }

  end(trailers?: readonly string[]): void {
    if (this.#state !== 'begun') return;
    this.#state = 'over';
    this.#trailers = trailers;
    if (!this.#stream.destroyed && !this.#empty) this.#stream.end();
    // The client may stop sending: nobody reads on (RFC 9113, 8.1).
    if (this.#sink === undefined && this.body !== undefined) this.#stream.resume();
  }

  breakOff(): void {
    this.#state = 'over';
    // Not `close`, which would end it as if it were whole.
    this.#stream.destroy(new Error('The reply broke off.'));
  }

  switchProtocols(): never {
    throw new Error('HTTP/2 has no switch of protocols.');
  }

  start(sink: BodySink): void {
    this.#sink = sink;
    this.#stream.on('data', (piece: Buffer) => this.#take(piece));
    this.#stream.on('end', () => this.#sink!.end());
  }

  resume(): void {
    this.#stream.resume();
  }

  discard(): void {
    this.#sink = { data: () => true, end: () => undefined };
    this.#stream.resume();
  }

  #take(piece: Buffer): void {
    const { requestBytes } = this.#limits;
    this.#bytes += piece.length;
    if (this.#bytes > requestBytes) {
      this.discard();
      this.#bytes = Number.NEGATIVE_INFINITY;
      const message = `The body is longer than allowed (limit \`requestBytes\`: ${requestBytes}).`;
      if (this.#state === 'waiting') this.listener?.refused(new RequestRefused(413, message));
      else this.breakOff();
    } else if (!this.#sink!.data(piece)) this.#stream.pause();
  }

  #sendTrailers(): void {
    try {
      this.#stream.sendTrailers(headerObject(this.#trailers ?? []));
    } catch {
      this.#stream.close();
    }
  }

  #closed(): void {
    if (this.#state === 'over') return;
    this.#state = 'over';
    this.listener?.gone();
  }
}

/** Those that mean a connection of HTTP/1.1, and may not be sent. */
const ofConnections = new Set([
  'connection',
  'keep-alive',
  'proxy-connection',
  'transfer-encoding',
  'upgrade',
]);
const lists = new Set([
  'set-cookie',
  'via',
  'vary',
  'link',
  'cache-control',
  'warning',
  'www-authenticate',
  'allow',
]);

/** Node takes a list for some names only; of the others the first counts where there are several. */
function headerObject(pairs: readonly string[]): OutgoingHttpHeaders {
  const headers: Record<string, string | string[]> = {};
  for (let index = 0; index < pairs.length; index += 2) {
    const name = pairs[index]!.toLowerCase();
    const value = pairs[index + 1]!;
    const before = headers[name];
    if (ofConnections.has(name)) continue;
    if (before === undefined) headers[name] = value;
    else if (name === 'set-cookie') headers[name] = [before, value].flat();
    else if (lists.has(name) || name.startsWith('x-')) headers[name] = `${before}, ${value}`;
  }
  return headers;
}
