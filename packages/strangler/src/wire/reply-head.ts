import { connectionTokens } from './connection-tokens.ts';
import { checkLines, type Fields, readFields } from './fields.ts';
import { type Framing, framingOf } from './framing.ts';
import { Malformed } from './malformed.ts';

/** The head of a reply, checked. */
export interface ReplyHead {
  readonly status: number;
  /** The words after the status; may be empty. */
  readonly reason: string;
  readonly fields: Fields;
  /** Where the body ends. */
  readonly framing: Framing;
  /** What Content-Length says, also where there is no body (HEAD, 304). */
  readonly length: number | undefined;
  /** Whether another request may be sent on the connection. */
  readonly keepAlive: boolean;
}

const statusLine = /^HTTP\/1\.([01]) ([1-9]\d\d)(?: (.*))?$/;

/**
 * Reads the head of an HTTP/1.x reply to a request with a method, up to the empty line (not included).
 *
 * @throws Malformed
 */
export function readReplyHead(head: string, method: string): ReplyHead {
  checkLines(head);
  const end = head.indexOf('\r\n');
  const line = statusLine.exec(head.slice(0, end));
  if (line === null) throw new Malformed('a first line that is not version and status');
  const status = Number(line[2]);
  const fields = readFields(head, end + 2);
  const declared = framingOf(fields);
  const framing = hasNoBody(status, method) ? 0 : (declared ?? 'close');
  const connection = connectionTokens(fields);
  return {
    status,
    reason: line[3] ?? '',
    fields,
    framing,
    length: typeof declared === 'number' ? declared : undefined,
    keepAlive:
      framing !== 'close' &&
      (line[1] === '1'
        ? connection?.includes('close') !== true
        : connection?.includes('keep-alive') === true),
  };
}

/** Whether a reply ends with its head, whatever its fields say (RFC 9112, 6.3). */
export function hasNoBody(status: number, method: string): boolean {
  return method === 'HEAD' || status < 200 || status === 204 || status === 304;
}
