import { Unavailable } from '@banyan/runtime';

/** What is told when an address can't be listened on. */
export function portUnavailable(caught: unknown, host: string, port: number): Unavailable {
  const { code, message } = caught as NodeJS.ErrnoException;
  const why = code === 'EADDRINUSE' ? 'it is in use; name another in the configuration' : message;
  return new Unavailable('port-unavailable', `Can't listen on ${host}:${port}: ${why}.`, { cause: caught });
}
