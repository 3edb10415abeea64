import { STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import { problemJson } from './problem.ts';

/** A socket as Node's HTTP server keeps it, with the reply under way. */
type ServerSocket = Duplex & { readonly _httpMessage?: { readonly headersSent: boolean } | null };

/**
 * Answers bytes that are no valid request, and closes. Returns the status, or undefined where nothing can be said
 * any more because the client is gone or a reply has begun.
 */
export function answerClientError(error: NodeJS.ErrnoException, socket: ServerSocket): number | undefined {
  if (!socket.writable || error.code === 'ECONNRESET' || socket._httpMessage?.headersSent === true) {
    socket.destroy(error);
    return undefined;
  }
  const { status, detail } = sayWhy(error);
  const title = STATUS_CODES[status]!;
  const body = problemJson({ status, title, detail });
  socket.end(
    `HTTP/1.1 ${status} ${title}\r\nContent-Type: application/problem+json\r\n` +
      `Content-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`,
  );
  return status;
}

function sayWhy(error: NodeJS.ErrnoException): { status: number; detail: string } {
  switch (error.code) {
    case 'HPE_HEADER_OVERFLOW':
      return { status: 431, detail: 'The head of the request is too long (limit `headerBytes`).' };
    case 'ERR_HTTP_REQUEST_TIMEOUT':
      return { status: 408, detail: 'The head of the request did not come in time.' };
    default:
      return { status: 400, detail: `The request is not valid HTTP/1.1 (${error.code ?? error.message}).` };
  }
}
