import { randomUUID } from 'node:crypto';
import { toBanyanError, Unavailable } from '@banyan/runtime';
import { type Context, Hono } from 'hono';
import { HTTPException } from 'hono/http-exception';
import { limitBody } from './limit-body.ts';
import { problem, problemDetails } from './problem/problem-details.ts';
import { problemResponse } from './problem/problem-response.ts';

const MEBIBYTE = 1024 * 1024;

/** A request that failed for a reason that its client is not told. */
export interface Failure {
  readonly error: unknown;
  /** What the client was given to name it by. */
  readonly instance: string;
  readonly method: string;
  readonly path: string;
}

/** What a service's application is made of. */
export interface ServiceAppOptions {
  /** The service's name, told by its health pages. */
  readonly name: string;
  /**
   * Throws while the service cannot do its work; it is alive all the same. What it returns, if anything, is told by
   * `/health/ready`.
   */
  readonly health?: () => unknown;
  /** Bytes of a request's body at most, default 1 MiB; more is answered with 413. */
  readonly bodyLimit?: number;
  /** Told of every answer with 500; writes to the standard error by default. */
  readonly onFailure?: (failure: Failure) => void;
}

/**
 * An application that answers every error as a problem, has `/health/live` and `/health/ready`, and limits bodies. Add
 * the service's own routes to it.
 */
export function serviceApp(options: ServiceAppOptions): Hono {
  const { name, health, onFailure = writeFailure } = options;
  const app = new Hono();
  app.onError((error, context) => errorResponse(error, context, onFailure));
  app.notFound(({ req }) => {
    const detail = `There is nothing at ${req.method} ${req.path}.`;
    return problemResponse(problem(404, 'no-such-route', 'Not found', detail));
  });
  app.get('/health/live', (context) => context.json({ name, status: 'live' }));
  app.get('/health/ready', async (context) => {
    const told = await ready(name, health);
    return context.json({ ...told, name, status: 'ready' });
  });
  app.use(limitBody(options.bodyLimit ?? MEBIBYTE));
  return app;
}

async function ready(name: string, health: ServiceAppOptions['health']): Promise<object> {
  try {
    return Object(await health?.());
  } catch (caught) {
    const cause = toBanyanError(caught);
    throw new Unavailable('not-ready', `${name} is not ready; ask again.`, {
      cause,
      details: { reason: cause.code },
    });
  }
}

function errorResponse(error: unknown, { req }: Context, onFailure: (failure: Failure) => void): Response {
  if (error instanceof HTTPException) {
    const { status, message } = error;
    return problemResponse(problem(status, `http-${status}`, 'The request was not served', message));
  }
  const instance = `urn:uuid:${randomUUID()}`;
  const details = problemDetails(error, instance);
  if (details.status === 500) onFailure({ error, instance, method: req.method, path: req.path });
  return problemResponse(details);
}

function writeFailure({ error, instance, method, path }: Failure): void {
  console.error(`${method} ${path} failed (${instance}):`, error);
}
