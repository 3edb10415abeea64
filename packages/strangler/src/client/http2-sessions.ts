import {
  constants,
  performServerHandshake,
  type ServerHttp2Session,
  type ServerHttp2Stream,
} from 'node:http2';
import type { Socket } from 'node:net';
import { problemReply } from '../forward/problem.ts';
import { RequestRefused } from '../wire/request-refused.ts';
import type { ConnectionContext } from './http1-connection.ts';
import { http2RequestHead } from './http2-request.ts';
import { Http2Stream } from './http2-stream.ts';

/** Sessions of HTTP/2. They are Node's; their requests go where those of HTTP/1.1 go. */
export class Http2Sessions {
  readonly #context: ConnectionContext;
  readonly #sessions = new Set<ServerHttp2Session>();

  constructor(context: ConnectionContext) {
    this.#context = context;
  }

  get size(): number {
    return this.#sessions.size;
  }

  /** Begins a session on a connection whose client has asked for it. */
  accept(socket: Socket, closed: () => void): void {
    const { clientKeepAliveMs, headerBytes, streamsPerClient } = this.#context.limits;
    const session = performServerHandshake(socket, {
      settings: { maxConcurrentStreams: streamsPerClient, maxHeaderListSize: headerBytes },
    });
    this.#sessions.add(session);
    session.on('error', () => session.destroy());
    session.on('close', () => {
      this.#sessions.delete(session);
      closed();
    });
    session.setTimeout(clientKeepAliveMs, () => session.close());
    session.on('stream', (stream, _headers, flags, raw) => {
      this.#begin(
        socket,
        stream,
        (flags & constants.NGHTTP2_FLAG_END_STREAM) !== 0,
        raw as unknown as string[],
      );
    });
  }

  /** Lets requests under way end, and asks for no more. */
  close(): void {
    for (const session of this.#sessions) session.close();
  }

  destroy(): void {
    for (const session of this.#sessions) session.destroy();
  }

  #begin(socket: Socket, stream: ServerHttp2Stream, endsHere: boolean, raw: readonly string[]): void {
    const context = this.#context;
    try {
      const request = http2RequestHead(raw, endsHere);
      if (typeof request.framing === 'number' && request.framing > context.limits.requestBytes)
        throw new RequestRefused(
          413,
          `The body is longer than allowed (limit \`requestBytes\`: ${context.limits.requestBytes}).`,
        );
      context.handle(new Http2Stream(stream, request, { socket, limits: context.limits }));
    } catch (error) {
      if (!(error instanceof RequestRefused)) throw error;
      context.refused(error.status);
      const { start, body } = problemReply({ status: error.status, detail: error.message });
      stream.on('error', () => undefined);
      stream.respond({ ':status': start.status, 'content-type': 'application/problem+json' });
      stream.end(body);
    }
  }
}
