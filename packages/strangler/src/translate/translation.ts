import { decodeBody } from '../compare/decode-body.ts';
import type { Reply } from '../compare/reply.ts';
import type { UpstreamRequest } from '../upstream/upstream-request.ts';
import type { TranslatedRequest, Translator } from './translator.ts';

/** Headers that belong to a body as it was, and not to the translated one. */
const ofTheBody = new Set(['content-encoding', 'content-length', 'transfer-encoding', 'etag', 'content-md5']);

/** A request to be translated: headers as name, value, name, value. */
export interface RequestParts {
  readonly method: string;
  readonly url: string;
  readonly headers: readonly string[];
  readonly body: Buffer | undefined;
}

/** A request for a candidate, and how to read its reply. */
export interface Translation {
  readonly request: UpstreamRequest;
  /** Undefined where the reply can't be read; throws what the translator throws. */
  reply(reply: Reply, maxBytes: number): Promise<Reply | undefined>;
}

/** Translates a request. Throws what the translator throws. */
export function translate(translator: Translator, parts: RequestParts): Translation {
  const original = asText(parts);
  const { method, url, headers, body } = translator.request?.(original) ?? original;
  const names = Object.entries(headers).filter(
    ([name]) => name !== 'accept-encoding' && name !== 'content-length',
  );
  const request: UpstreamRequest = {
    method,
    path: url,
    headers: [...names.flat(), 'accept-encoding', 'identity'],
    body: body === '' ? undefined : Buffer.from(body),
  };
  return {
    request,
    async reply(reply, maxBytes) {
      const decoded = await decodeBody(reply, maxBytes);
      if (decoded === undefined) return undefined;
      const kept = [...reply.headers].filter(([name]) => !ofTheBody.has(name));
      const seen = {
        status: reply.status,
        headers: Object.fromEntries(kept),
        body: decoded.toString('utf8'),
      };
      const told = translator.reply?.(seen, original) ?? seen;
      return {
        status: told.status,
        headers: new Map(Object.entries(told.headers)),
        body: Buffer.from(told.body),
      };
    },
  };
}

/** A request with its body as text and its headers by name. */
export function asText({ method, url, headers, body }: RequestParts): TranslatedRequest {
  const named: Record<string, string> = {};
  for (let index = 0; index < headers.length; index += 2) {
    const name = headers[index]!.toLowerCase();
    const value = headers[index + 1]!;
    const before = named[name];
    named[name] = before === undefined ? value : `${before}${name === 'cookie' ? '; ' : ', '}${value}`;
  }
  return { method, url, headers: named, body: body?.toString('utf8') ?? '' };
}
