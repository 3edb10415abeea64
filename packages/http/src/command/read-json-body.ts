import { Invalid } from '@banyan/runtime';
import type { HonoRequest } from 'hono';

/**
 * The JSON value of a request's body; `{}` where there is no body.
 * @throws Invalid `not-json` when the body is something else or says that it is.
 */
export async function readJsonBody(request: HonoRequest): Promise<unknown> {
  const text = await request.text();
  if (text === '') return {};
  const type = request.header('content-type') ?? '';
  // A page of another site can send text, but not this type, without being asked for permission first.
  if (!/^application\/(?:[\w.-]+\+)?json\s*(?:;|$)/i.test(type))
    throw new Invalid('not-json', `The content type is "${type}"; send application/json.`);
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new Invalid('not-json', `The body is not JSON: ${(cause as Error).message}.`, { cause });
  }
}
