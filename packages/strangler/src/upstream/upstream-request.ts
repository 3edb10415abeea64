import type { Socket } from 'node:net';
import type { BodySource } from '../client/client-stream.ts';
import type { ReplyHead } from '../wire/reply-head.ts';
import type { UpstreamFailure } from './failure.ts';

/** A request as it is sent to an upstream. */
export interface UpstreamRequest {
  readonly method: string;
  /** Path and query. */
  readonly path: string;
  /** Name, value, name, value, checked by whoever made them; nothing about length, coding or connection. Without `host` the upstream's own is sent. */
  readonly headers: readonly string[];
  /** A body that comes, or that is there already. */
  readonly body?: BodySource | Buffer | undefined;
  /** Whether the body is only sent when the upstream asks for it. */
  readonly expectsContinue?: boolean;
  /** The protocol to switch to. */
  readonly upgrade?: string;
}

/**
 * What receives a reply: any number of `onInterim`, then `onHead`, pieces and `onEnd`, unless `onFailure` comes, after
 * which there is nothing. Nothing is called before `send` has returned, nor after `abort`.
 */
export interface ReplyHandler {
  onInterim?(head: ReplyHead): void;
  onHead(head: ReplyHead): void;
  /** A piece of the body, which belongs to the handler; false asks for a pause until `resume` of the attempt. */
  onData(piece: Buffer): boolean;
  /** The reply is whole; trailers as name, value, name, value. */
  onEnd(trailers: readonly string[] | undefined): void;
  onFailure(failure: UpstreamFailure): void;
  /**
   * The upstream has switched protocols: the connection is the handler's, with what was read of it already. What is read
   * from now on goes to the function that it returns, of which false asks for a pause until `resume` of the socket.
   */
  onUpgrade?(head: ReplyHead, socket: Socket, ahead: Buffer): (bytes: Buffer) => boolean;
}
