import { Invalid, NotFound, Rejected, Unavailable } from '@banyan/runtime';
import type { BanyanConfig } from '../config/config.ts';

const timeoutMs = 35_000;

/** Speaks to the control API of the proxy that runs on this machine with this configuration. */
export interface ControlClient {
  get<Answer>(path: string): Promise<Answer>;
  send<Answer>(method: 'PUT' | 'POST', path: string, body: object): Promise<Answer>;
}

/** @throws Invalid where the configuration has no control API. */
export function controlClient({ control }: BanyanConfig): ControlClient {
  if (control === undefined) {
    throw new Invalid(
      'control-missing',
      'The configuration has no `control: { port, token }`: add it, and start the proxy again, to look at its routes and change them.',
    );
  }
  const url = `http://127.0.0.1:${control.port}`;
  const ask = async <Answer>(method: string, path: string, body?: object): Promise<Answer> => {
    const reply = await fetch(`${url}${path}`, {
      method,
      headers: { authorization: `Bearer ${control.token}`, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(timeoutMs),
    }).catch((cause: unknown) => {
      const message = `No proxy answers at ${url}: start it on this machine with banyan proxy.`;
      throw new Unavailable('proxy-unreachable', message, { cause });
    });
    const answer = (await reply.json()) as Answer & { readonly error?: { code: string; message: string } };
    if (reply.ok) return answer;
    throw refused(reply.status, answer.error);
  };
  return {
    get: (path) => ask('GET', path),
    send: (method, path, body) => ask(method, path, body),
  };
}

function refused(status: number, error: { code: string; message: string } | undefined): Error {
  const { code, message } = error ?? { code: 'unexpected', message: `The proxy answered ${status}.` };
  if (status === 404) return new NotFound(code, message);
  if (status === 409) return new Rejected(code, message);
  if (status >= 500) return new Unavailable(code, message);
  return new Invalid(code, message);
}
