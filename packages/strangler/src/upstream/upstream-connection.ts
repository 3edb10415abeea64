import type { Socket } from 'node:net';
import type { BodySink } from '../client/client-stream.ts';
import type { ProxyLimits } from '../proxy-limits.ts';
import { type BodyReader, bodyReader } from '../wire/body-reader.ts';
import { Deadline } from '../wire/deadline.ts';
import { HeadReader } from '../wire/head-reader.ts';
import { fieldText } from '../wire/head-text.ts';
import { Malformed } from '../wire/malformed.ts';
import { Output } from '../wire/output.ts';
import { type ReplyHead, readReplyHead } from '../wire/reply-head.ts';
import type { Attempt } from './attempt.ts';
import { ConnectionLost, type LostWhile } from './connection-lost.ts';
import { idleMs } from './idle-time.ts';
import { openSocket } from './open-socket.ts';
import { requestText } from './request-text.ts';

/** What a connection tells its pool. */
export interface ConnectionOwner {
  readonly limits: ProxyLimits;
  /** The authority of the upstream, for requests that name no host. */
  readonly authority: string;
  /** The next request may be sent. */
  free(connection: UpstreamConnection): void;
  /** It is closed; an attempt that was under way on it gets the error. */
  lost(connection: UpstreamConnection, attempt: Attempt | undefined, error: ConnectionLost): void;
  /** It was given away after a switch of protocols. */
  switched(connection: UpstreamConnection): void;
}

/** A connection of HTTP/1.1 to an upstream: one request at a time. */
export class UpstreamConnection implements BodySink {
  readonly #owner: ConnectionOwner;
  readonly #socket: Socket;
  readonly #output: Output;
  readonly #heads: HeadReader;
  readonly #deadline = new Deadline(() => this.#late());
  readonly #taker = { piece: (bytes: Buffer) => this.#give(bytes) };
  #phase: LostWhile = 'connecting';
  #attempt: Attempt | undefined;
  #head: ReplyHead | undefined;
  #body: BodyReader | undefined;
  /** Whether all of the request has been sent. */
  #sent = true;
  #paused = false;
  #used = false;
  #error: Error | undefined;
  /** Takes what is read once protocols were switched. */
  #tunnel: ((bytes: Buffer) => boolean) | undefined;

  constructor(url: URL, owner: ConnectionOwner) {
    this.#owner = owner;
    this.#heads = new HeadReader(owner.limits.headerBytes);
    this.#socket = openSocket(url, (bytes) => this.#onBytes(bytes), this.#onConnect);
    this.#output = new Output(this.#socket);
    this.#socket.on('drain', this.#onDrain).on('end', this.#onEnd);
    this.#socket.on('error', this.#onError).on('close', this.#onClose);
    this.#deadline.set(owner.limits.connectMs);
  }

  /** Sends a request now, or as soon as the connection stands. */
  send(attempt: Attempt): void {
    this.#attempt = attempt;
    attempt.connection = this;
    if (this.#phase !== 'connecting') this.#write(attempt);
  }

  /** Goes on handing the reply over. */
  resume(): void {
    if (!this.#paused) return;
    this.#paused = false;
    this.#deadline.set(this.#owner.limits.bodyMs);
    this.#socket.resume();
  }

  /** Closes it without a word. */
  destroy(): void {
    this.#socket.destroy();
  }

  data(piece: Buffer): boolean {
    const output = this.#output;
    if (this.#chunked) {
      output.add(`${piece.length.toString(16)}\r\n`);
      output.add(piece);
      output.add('\r\n');
    } else output.add(piece);
    if (this.#phase === 'body') return !output.full;
    // While the upstream takes what comes, the time-out of the client is the one that counts.
    if (output.full) this.#deadline.set(this.#owner.limits.bodyMs);
    else this.#deadline.clear();
    return !output.full;
  }

  end(trailers?: readonly string[]): void {
    if (this.#chunked) this.#output.add(`0\r\n${trailers === undefined ? '' : fieldText(trailers)}\r\n`);
    this.#sent = true;
    if (this.#phase === 'sending') this.#phase = 'waiting';
    if (this.#phase !== 'body') this.#deadline.set(this.#owner.limits.headersMs);
  }

  get #chunked(): boolean {
    return this.#attempt?.request.body?.length === undefined;
  }

  #write(attempt: Attempt): void {
    const { body, expectsContinue } = attempt.request;
    this.#output.add(requestText(attempt.request, this.#owner.authority));
    this.#phase = 'waiting';
    this.#deadline.set(this.#owner.limits.headersMs);
    if (body === undefined || Buffer.isBuffer(body)) {
      if (body !== undefined) this.#output.add(body);
      this.#output.flush();
      this.#sent = true;
      return;
    }
    this.#phase = 'sending';
    this.#sent = false;
    if (expectsContinue !== true) this.#deadline.clear();
    body.start(this);
  }

  readonly #onConnect = (): void => {
    if (this.#attempt !== undefined) this.#write(this.#attempt);
    else this.#rest(this.#owner.limits.upstreamIdleMs);
  };

  readonly #onDrain = (): void => {
    const body = this.#attempt?.request.body;
    if (body === undefined || Buffer.isBuffer(body) || this.#sent) return;
    if (this.#phase !== 'body') this.#deadline.clear();
    body.resume();
  };

  /** Takes what was read; false asks for a pause. */
  #onBytes(bytes: Buffer): boolean {
    if (this.#tunnel !== undefined) return this.#tunnel(Buffer.from(bytes));
    try {
      this.#take(bytes);
    } catch (error) {
      this.#fail(error as Error);
    }
    return !this.#paused;
  }

  #take(bytes: Buffer): void {
    let left = bytes;
    while (left.length > 0) {
      if (this.#attempt === undefined) throw new Malformed('bytes that nobody asked for');
      const used = this.#phase === 'body' ? this.#body!.read(left, this.#taker) : this.#readHead(left);
      if (this.#attempt === undefined) return;
      left = left.subarray(used);
      if (this.#phase === 'body' && (this.#body === undefined || this.#body.done)) {
        this.#finish(left.length === 0);
        return;
      }
    }
  }

  #readHead(bytes: Buffer): number {
    const attempt = this.#attempt!;
    this.#phase = 'head';
    const read = this.#heads.read(bytes);
    if (read === undefined) return bytes.length;
    const head = readReplyHead(read.text, attempt.request.method);
    if (head.status === 101) this.#switch(attempt, head, bytes.subarray(read.used));
    else if (head.status < 200) attempt.handler.onInterim?.(head);
    else this.#begin(attempt, head);
    return read.used;
  }

  #begin(attempt: Attempt, head: ReplyHead): void {
    this.#head = head;
    this.#phase = 'body';
    this.#body = bodyReader(head.framing, this.#owner.limits.headerBytes);
    if (this.#body === undefined) this.#deadline.clear();
    else this.#deadline.set(this.#owner.limits.bodyMs);
    if (!attempt.over) attempt.handler.onHead(head);
  }

  #give(bytes: Buffer): void {
    const attempt = this.#attempt!;
    if (attempt.over) return;
    // A copy, because the bytes lie where the next read goes.
    if (attempt.handler.onData(Buffer.from(bytes))) this.#deadline.set(this.#owner.limits.bodyMs);
    else {
      this.#paused = true;
      this.#deadline.clear();
    }
  }

  /** The reply is whole; `clean` says that nothing was read beyond it, which would belong to nobody. */
  #finish(clean: boolean): void {
    const attempt = this.#attempt!;
    const trailers = this.#body?.trailers?.pairs;
    const restMs = idleMs(this.#head!, this.#owner.limits.upstreamIdleMs);
    const reusable = this.#head!.keepAlive && this.#sent && clean && restMs > 0 && !this.#socket.destroyed;
    this.#attempt = undefined;
    this.#head = undefined;
    this.#body = undefined;
    this.#paused = false;
    this.#used = true;
    if (reusable) this.#rest(restMs);
    else this.#socket.destroy();
    if (attempt.over) return;
    attempt.over = true;
    attempt.handler.onEnd(trailers);
  }

  #rest(ms: number): void {
    this.#phase = 'idle';
    this.#deadline.set(ms);
    this.#owner.free(this);
  }

  #switch(attempt: Attempt, head: ReplyHead, ahead: Buffer): void {
    if (attempt.handler.onUpgrade === undefined || attempt.request.upgrade === undefined)
      throw new Malformed('a switch of protocols that nobody asked for');
    if (attempt.over) return;
    attempt.over = true;
    this.#attempt = undefined;
    this.#deadline.close();
    const socket = this.#socket;
    socket
      .off('drain', this.#onDrain)
      .off('end', this.#onEnd)
      .off('error', this.#onError)
      .off('close', this.#onClose);
    this.#owner.switched(this);
    this.#tunnel = attempt.handler.onUpgrade(head, socket, Buffer.from(ahead));
  }

  #late(): void {
    if (this.#phase === 'idle') this.#socket.destroy();
    else this.#fail(new ConnectionLost(this.#phase, 'late', this.#used));
  }

  readonly #onEnd = (): void => {
    if (this.#phase === 'body' && this.#body?.end() === true) this.#finish(true);
    this.#socket.destroy();
  };

  readonly #onError = (error: Error): void => {
    this.#error ??= error;
  };

  readonly #onClose = (): void => {
    this.#deadline.close();
    const attempt = this.#attempt;
    const cause = this.#error;
    this.#attempt = undefined;
    const how = cause === undefined ? 'closed' : 'error';
    const error =
      cause instanceof ConnectionLost ? cause : new ConnectionLost(this.#phase, how, this.#used, cause);
    this.#owner.lost(this, attempt, error);
  };

  #fail(error: Error): void {
    this.#error ??= error;
    this.#socket.destroy();
  }
}
