import type { Socket } from 'node:net';
import type { RequestHead } from '../wire/request-head.ts';
import type { RequestRefused } from '../wire/request-refused.ts';

/** Takes a body as it comes. */
export interface BodySink {
  /** False asks for a pause until `resume` of the source. The bytes belong to the sink. */
  data(piece: Buffer): boolean;
  /** The body is whole; trailers as name, value, name, value. */
  end(trailers?: readonly string[]): void;
}

/** A body that comes. */
export interface BodySource {
  /** In bytes, where it is known beforehand. */
  readonly length: number | undefined;
  /** Begins to hand it over. Once only. */
  start(sink: BodySink): void;
  /** Goes on after a pause. */
  resume(): void;
  /** Nobody wants the rest: it is read away. */
  discard(): void;
}

/** How a reply begins. */
export interface ReplyStart {
  readonly status: number;
  readonly reason: string;
  /** Name, value, name, value; nothing about length, coding or connection, which are the stream's business. */
  readonly headers: readonly string[];
  /** In bytes; undefined where the body ends by itself. Where there is no body, it is what one would have. */
  readonly length: number | undefined;
  /** Whether the connection must not be used again. */
  readonly close?: boolean;
}

/** Who is told what happens at the client's end. */
export interface ClientListener {
  /** The client has taken what `write` made wait. */
  drained(): void;
  /** The client is gone before its reply was whole. Nothing that is sent arrives. */
  gone(): void;
  /** What the client sends of the body can't be taken: not valid, too much, or too late. */
  refused(reason: RequestRefused): void;
}

/** The client's end of one request and its reply, whatever the version of HTTP. */
export interface ClientStream {
  readonly request: RequestHead;
  readonly remoteAddress: string;
  readonly secure: boolean;
  /** Undefined where the request has none. */
  readonly body: BodySource | undefined;
  /** Set by whoever answers. */
  listener: ClientListener | undefined;
  /** Whether a reply has begun. */
  readonly begun: boolean;
  /** Sends an interim reply: 100 or another below 200. */
  interim(status: number, reason: string, headers: readonly string[]): void;
  begin(reply: ReplyStart): void;
  /** Sends a piece of the reply's body; false asks for a pause until `drained`. */
  write(piece: Buffer): boolean;
  /** Ends the reply. */
  end(trailers?: readonly string[]): void;
  /** Breaks the reply off, so that nobody takes what has come for the whole. */
  breakOff(): void;
  /** Gives the connection away after the head of a reply 101, with what the client has sent already. */
  switchProtocols(
    reason: string,
    headers: readonly string[],
  ): { readonly socket: Socket; readonly ahead: Buffer };
}
