import { Invalid, NotFound, Rejected, Unavailable } from '@banyan/runtime';
import type { BanyanConfig } from '../config/config.ts';

const timeoutMs = 35_000;

/** Speaks to the control API of the proxy that runs on this machine with this configuration. */
export interface ControlClient {
  get<Answer>(path: string): Promise<Answer>;
  send<Answer>(method: 'PUT' | 'POST', path: string, body: object): Promise<Answer>;
}

type ControlAnswer<Answer> = Answer & {
  readonly error?: { readonly code: string; readonly message: string };
};

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
    const answer = (await reply.json().catch(() => undefined)) as ControlAnswer<Answer> | undefined;
    if (answer === undefined || (!reply.ok && answer.error === undefined)) {
      const message = `What answers at ${url} is not the control API of a proxy: correct control.port, or end what has that port.`;
      throw new Invalid('control-strange', message);
    }
    if (reply.ok) return answer;
    throw refused(reply.status, answer.error!);
  };
  return {
    get: (path) => ask('GET', path),
    send: (method, path, body) => ask(method, path, body),
  };
}

function refused(
  status: number,
  { code, message }: { readonly code: string; readonly message: string },
): Error {
  if (status === 401) {
    const remedy = 'The proxy has another token: it was started with another `control.token`.';
    return new Rejected(code, `${remedy} Start it again with this configuration, or name the right one.`);
  }
  if (status === 404) return new NotFound(code, message);
  if (status === 409) return new Rejected(code, message);
  if (status >= 500) return new Unavailable(code, message);
  return new Invalid(code, message);
}
