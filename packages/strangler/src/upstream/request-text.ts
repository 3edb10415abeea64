import { fieldText } from '../wire/head-text.ts';
import type { UpstreamRequest } from './upstream-request.ts';

/** The head of a request for an upstream. */
export function requestText(request: UpstreamRequest, authority: string): string {
  const { method, path, headers, body, upgrade, expectsContinue } = request;
  let text = `${method} ${path} HTTP/1.1\r\n`;
  if (!headers.includes('host')) text += `host: ${authority}\r\n`;
  text += fieldText(headers);
  if (body !== undefined)
    text +=
      body.length === undefined ? 'transfer-encoding: chunked\r\n' : `content-length: ${body.length}\r\n`;
  if (expectsContinue === true) text += 'expect: 100-continue\r\n';
  if (upgrade !== undefined) text += `connection: upgrade\r\nupgrade: ${upgrade}\r\n`;
  return `${text}\r\n`;
}
