import type { Socket } from 'node:net';
import { fieldText, headText } from '../wire/head-text.ts';
import { httpDate } from '../wire/http-date.ts';
import type { Output } from '../wire/output.ts';
import { hasNoBody } from '../wire/reply-head.ts';
import type { RequestHead } from '../wire/request-head.ts';
import type { RequestRefused } from '../wire/request-refused.ts';
import type { BodySource, ClientListener, ClientStream, ReplyStart } from './client-stream.ts';
import type { UploadSource } from './upload-source.ts';

/** What a stream needs of its connection. */
export interface StreamOwner {
  readonly socket: Socket;
  readonly output: Output;
  readonly draining: boolean;
  /** The client must take some of the reply before there is more. */
  blocked(): void;
  /** The reply is on its way; whether the connection may be used again. */
  replied(reusable: boolean): void;
  /** Gives the socket away; returns what was read of it already. */
  detach(): Buffer;
}

/** One request on a connection of HTTP/1.x. */
export class Http1Stream implements ClientStream {
  readonly request: RequestHead;
  readonly upload: UploadSource | undefined;
  listener: ClientListener | undefined;
  readonly #owner: StreamOwner;
  #state: 'waiting' | 'begun' | 'over' = 'waiting';
  #framing: 'none' | 'sized' | 'chunked' | 'close' = 'none';
  #reusable = false;
  #continued = false;

  constructor(owner: StreamOwner, request: RequestHead, upload: UploadSource | undefined) {
    this.#owner = owner;
    this.request = request;
    this.upload = upload;
  }

  get body(): BodySource | undefined {
    return this.upload;
  }

  get remoteAddress(): string {
    return this.#owner.socket.remoteAddress ?? 'unknown';
  }

  get secure(): boolean {
    return (this.#owner.socket as { encrypted?: boolean }).encrypted === true;
  }

  get begun(): boolean {
    return this.#state !== 'waiting';
  }

  get over(): boolean {
    return this.#state === 'over';
  }

  /** The connection is gone. */
  gone(): void {
    if (this.#state === 'over') return;
    this.#state = 'over';
    this.listener?.gone();
  }

  /** The body can't be taken. */
  refuse(reason: RequestRefused): void {
    this.listener?.refused(reason);
  }

  interim(status: number, reason: string, headers: readonly string[]): void {
    if (this.#state !== 'waiting' || this.request.version === '1.0') return;
    if (status === 100) {
      if (this.#continued || !this.request.expectsContinue) return;
      this.#continued = true;
    }
    this.#owner.output.add(`${headText(status, reason, headers)}\r\n`);
  }

  begin(reply: ReplyStart): void {
    if (this.#state !== 'waiting') return;
    this.#state = 'begun';
    this.#framing = this.#framingOf(reply);
    this.#reusable = this.#mayReuse(reply);
    let text = headText(reply.status, reply.reason, reply.headers);
    if (!hasDate(reply.headers)) text += `date: ${httpDate()}\r\n`;
    if (reply.length !== undefined) text += `content-length: ${reply.length}\r\n`;
    if (this.#framing === 'chunked') text += 'transfer-encoding: chunked\r\n';
    if (!this.#reusable) text += 'connection: close\r\n';
    else if (this.request.version === '1.0') text += 'connection: keep-alive\r\n';
    this.#owner.output.add(`${text}\r\n`);
  }

  write(piece: Buffer): boolean {
    if (this.#state !== 'begun' || this.#framing === 'none' || piece.length === 0) return true;
    const { output } = this.#owner;
    if (this.#framing === 'chunked') {
      output.add(`${piece.length.toString(16)}\r\n`);
      output.add(piece);
      output.add('\r\n');
    } else output.add(piece);
    if (!output.full) return true;
    this.#owner.blocked();
    return false;
  }

  end(trailers?: readonly string[]): void {
    if (this.#state !== 'begun') return;
    this.#state = 'over';
    if (this.#framing === 'chunked') {
      this.#owner.output.add(`0\r\n${trailers === undefined ? '' : fieldText(trailers)}\r\n`);
    }
    this.#owner.output.flush();
    this.#owner.replied(this.#reusable);
  }

  breakOff(): void {
    if (this.#state === 'over') return;
    this.#state = 'over';
    const { socket } = this.#owner;
    // Without a length or chunks only a reset tells a broken reply from a whole one.
    if (this.#framing === 'close') socket.resetAndDestroy();
    else socket.destroy();
  }

  switchProtocols(reason: string, headers: readonly string[]): { socket: Socket; ahead: Buffer } {
    this.#state = 'over';
    const { socket, output } = this.#owner;
    const ahead = this.#owner.detach();
    output.add(`${headText(101, reason, headers)}\r\n`);
    output.flush();
    return { socket, ahead };
  }

  #framingOf({ status, length }: ReplyStart): 'none' | 'sized' | 'chunked' | 'close' {
    if (hasNoBody(status, this.request.method)) return 'none';
    if (length !== undefined) return 'sized';
    return this.request.version === '1.0' ? 'close' : 'chunked';
  }

  #mayReuse({ close = false }: ReplyStart): boolean {
    if (close || this.#framing === 'close' || !this.request.keepAlive || this.#owner.draining) return false;
    // Nobody can tell whether a client that was not told to go on sends its body all the same.
    return !this.request.expectsContinue || this.#continued || this.upload?.begun === true;
  }
}

function hasDate(headers: readonly string[]): boolean {
  for (let index = 0; index < headers.length; index += 2) {
    const name = headers[index]!;
    if (name.length === 4 && name.toLowerCase() === 'date') return true;
  }
  return false;
}
