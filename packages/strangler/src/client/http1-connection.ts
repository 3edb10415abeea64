import type { Socket } from 'node:net';
import { problemMessage } from '../forward/problem.ts';
import type { ProxyLimits } from '../proxy-limits.ts';
import { bodyReader } from '../wire/body-reader.ts';
import { Deadline } from '../wire/deadline.ts';
import { HeadReader, HeadTooLong } from '../wire/head-reader.ts';
import { Malformed } from '../wire/malformed.ts';
import { Output } from '../wire/output.ts';
import { type RequestHead, readRequestHead } from '../wire/request-head.ts';
import { RequestRefused } from '../wire/request-refused.ts';
import type { ClientStream } from './client-stream.ts';
import { Http1Stream, type StreamOwner } from './http1-stream.ts';
import { UploadSource } from './upload-source.ts';

/** What the connections of one proxy share. */
export interface ConnectionContext {
  readonly limits: ProxyLimits;
  /** Whether replies ask clients to close their connections. */
  readonly draining: boolean;
  /** Answers a request. */
  handle(stream: ClientStream): void;
  /** A request was answered here, for it can't be read. */
  refused(status: number): void;
  closed(connection: Http1Connection): void;
}

/**
 * A client's connection of HTTP/1.x: takes one request after the other. What a client sends ahead of its reply waits, at
 * most one read of it, so that replies come in order and memory stays flat.
 */
export class Http1Connection implements StreamOwner {
  readonly socket: Socket;
  readonly output: Output;
  readonly #context: ConnectionContext;
  readonly #heads: HeadReader;
  readonly #deadline = new Deadline(() => this.#late());
  readonly #wanted = () => this.#uploadWanted();
  #stream: Http1Stream | undefined;
  #ahead: Buffer | undefined;
  #processing = false;
  #closing = false;

  constructor(socket: Socket, context: ConnectionContext) {
    this.socket = socket;
    this.#context = context;
    this.output = new Output(socket);
    this.#heads = new HeadReader(context.limits.headerBytes);
    this.#deadline.set(context.limits.clientKeepAliveMs);
    socket.on('data', this.#onData).on('drain', this.#onDrain).on('end', this.#onEnd);
    socket.on('error', this.#onError).on('close', this.#onClose);
  }

  get draining(): boolean {
    return this.#context.draining;
  }

  /** Whether no request is under way and every reply is out. */
  get idle(): boolean {
    const { writableLength } = this.socket;
    return (
      this.#stream === undefined && !this.#heads.begun && this.#ahead === undefined && writableLength === 0
    );
  }

  /** Cuts it off. */
  destroy(): void {
    this.socket.destroy();
  }

  blocked(): void {
    this.#deadline.set(this.#context.limits.bodyMs);
  }

  replied(reusable: boolean): void {
    const upload = this.#stream?.upload;
    if (!reusable) this.#close();
    else if (upload !== undefined && !upload.done) {
      this.#deadline.set(this.#context.limits.lingerMs);
      upload.discard();
    } else this.#ready();
  }

  detach(): Buffer {
    const { socket } = this;
    socket.off('data', this.#onData).off('drain', this.#onDrain).off('end', this.#onEnd);
    socket.off('error', this.#onError).off('close', this.#onClose);
    // Nothing is read until somebody listens again.
    socket.pause();
    this.#deadline.close();
    this.#context.closed(this);
    return this.#ahead ?? Buffer.alloc(0);
  }

  readonly #onData = (bytes: Buffer): void => {
    if (this.#closing) return;
    this.#ahead = this.#ahead === undefined ? bytes : Buffer.concat([this.#ahead, bytes]);
    this.#process();
  };

  readonly #onDrain = (): void => {
    if (this.#closing) return;
    const stream = this.#stream;
    if (stream?.upload?.flowing !== true) this.#deadline.clear();
    if (stream === undefined) {
      this.#deadline.set(this.#context.limits.clientKeepAliveMs);
      this.#process();
    } else stream.listener?.drained();
  };

  readonly #onEnd = (): void => {
    // A client that has hung up looks the same as one that only has no more to say. As other proxies do, the first is meant.
    if (!this.#closing) this.socket.destroy();
  };

  readonly #onError = (): void => {
    this.socket.destroy();
  };

  readonly #onClose = (): void => {
    this.#deadline.close();
    this.#closing = true;
    const stream = this.#stream;
    this.#stream = undefined;
    this.#context.closed(this);
    stream?.gone();
  };

  /** Takes what was read as far as somebody wants it; what is left waits, and no more is read until then. */
  #process(): void {
    if (this.#processing) return;
    this.#processing = true;
    while (this.#ahead !== undefined && this.#step(this.#ahead));
    this.#processing = false;
    if (this.#ahead !== undefined) this.socket.pause();
    else if (this.socket.isPaused()) this.socket.resume();
  }

  /** Takes some of the bytes; false where they have to wait. */
  #step(bytes: Buffer): boolean {
    try {
      if (this.#closing) this.#ahead = undefined;
      else if (this.#stream === undefined) return this.#takeHead(bytes);
      else return this.#takeBody(bytes, this.#stream.upload);
    } catch (error) {
      this.#ahead = undefined;
      this.#refuse(refusalOf(error, this.#context.limits));
    }
    return false;
  }

  #takeHead(bytes: Buffer): boolean {
    // Whoever does not take replies gets no more of them.
    if (this.output.full) return false;
    const begun = this.#heads.begun;
    const head = this.#heads.read(bytes);
    this.#ahead = head === undefined ? undefined : rest(bytes, head.used);
    if (head !== undefined) this.#begin(readRequestHead(head.text));
    else if (!begun && this.#heads.begun) this.#deadline.set(this.#context.limits.requestHeadMs);
    return head !== undefined;
  }

  #begin(request: RequestHead): void {
    this.#deadline.clear();
    const { headerBytes, requestBytes } = this.#context.limits;
    const reader = bodyReader(request.framing, headerBytes);
    const length = request.framing === 'chunked' ? undefined : request.framing;
    if (length !== undefined && length > requestBytes) {
      const limit = `limit \`requestBytes\`: ${requestBytes}`;
      throw new RequestRefused(413, `The body is longer than allowed (${limit}).`);
    }
    const upload = reader && new UploadSource(reader, length, requestBytes, this.#wanted);
    this.#stream = new Http1Stream(this, request, upload);
    this.#context.handle(this.#stream);
  }

  #takeBody(bytes: Buffer, upload: UploadSource | undefined): boolean {
    if (upload === undefined || upload.done || !upload.flowing) return false;
    const lingering = this.#stream!.over;
    const used = upload.take(bytes);
    this.#ahead = rest(bytes, used);
    if (lingering) {
      if (upload.done) this.#ready();
    } else if (upload.done || !upload.flowing) this.#deadline.clear();
    else this.#deadline.set(this.#context.limits.bodyMs);
    return true;
  }

  #uploadWanted(): void {
    if (this.#stream?.over === false) this.#deadline.set(this.#context.limits.bodyMs);
    this.#process();
  }

  /** The next request may come. */
  #ready(): void {
    this.#stream = undefined;
    if (this.draining) {
      this.#close();
      return;
    }
    this.#deadline.set(this.#context.limits.clientKeepAliveMs);
    this.#process();
  }

  #late(): void {
    if (this.#stream === undefined) {
      if (this.#heads.begun && !this.#closing)
        this.#refuse(
          new RequestRefused(408, 'The head of the request did not come in time (limit `requestHeadMs`).'),
        );
      else this.socket.destroy();
    } else if (!this.output.full && this.#stream.upload?.flowing === true && !this.#stream.over)
      this.#refuse(new RequestRefused(408, 'The rest of the body did not come in time (limit `bodyMs`).'));
    else this.socket.destroy();
  }

  #refuse(reason: RequestRefused): void {
    const stream = this.#stream;
    if (stream?.listener !== undefined && !stream.begun) {
      stream.refuse(reason);
      return;
    }
    if (stream !== undefined) {
      // In the middle of a reply there is no way to say it.
      this.socket.destroy();
      return;
    }
    this.#context.refused(reason.status);
    this.output.add(problemMessage({ status: reason.status, detail: reason.message }));
    this.#close();
  }

  /** Says that nothing more comes, and reads away what does, so that the reply is not lost in a reset. */
  #close(): void {
    this.output.flush();
    this.#closing = true;
    this.#ahead = undefined;
    this.#stream = undefined;
    this.socket.end();
    this.socket.resume();
    this.#deadline.set(this.#context.limits.lingerMs);
  }
}

function rest(bytes: Buffer, used: number): Buffer | undefined {
  return used < bytes.length ? bytes.subarray(used) : undefined;
}

function refusalOf(error: unknown, { headerBytes }: ProxyLimits): RequestRefused {
  if (error instanceof RequestRefused) return error;
  if (error instanceof HeadTooLong)
    return new RequestRefused(
      431,
      `The head of the request is too long (limit \`headerBytes\`: ${headerBytes}).`,
    );
  if (error instanceof Malformed)
    return new RequestRefused(400, `The request is not valid HTTP/1.1: ${error.message}.`);
  throw error;
}
