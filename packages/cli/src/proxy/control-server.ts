import { timingSafeEqual } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { toPostgresError } from '@banyan/postgres';
import { BanyanError, Conflict, Invalid, NotFound, Rejected, Unavailable } from '@banyan/runtime';
import { jsonLine } from '../commands/print.ts';
import type { BanyanConfig } from '../config/config.ts';
import type { Said } from '../ledger/migration.ts';
import { RouteChanges, routeActions } from '../ledger/routes/change-routes.ts';
import { portUnavailable } from '../port-unavailable.ts';
import type { FollowedRoutes } from './follow-routes.ts';
import { listedRoutes, routeHistory } from './listed-routes.ts';
import type { SharedRecorder } from './shared-recorder.ts';

const longestBody = 262_144;
/** Only on this address: who may reach it may move traffic. */
const host = '127.0.0.1';

/** What the control server tells of and works on. */
export interface Controlled {
  readonly config: BanyanConfig;
  readonly routes: FollowedRoutes;
  readonly instance: string;
  readonly recorder: SharedRecorder;
}

/** Serves the control API of a proxy on 127.0.0.1. @throws Unavailable where the port is taken. */
export async function serveControl(
  controlled: Controlled,
): Promise<AsyncDisposable & { readonly url: string }> {
  const { port, token } = controlled.config.control!;
  const server = createServer((request, reply) => {
    void answer(controlled, token, request).then(
      ([status, body]) => send(reply, status, body),
      (error: unknown) => send(reply, ...problemOf(error)),
    );
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error) => reject(portUnavailable(error, host, port)));
    server.listen(port, host, resolve);
  });
  const address = server.address() as { readonly port: number };
  return {
    url: `http://${host}:${address.port}`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

type Answer = readonly [status: number, body: unknown];

async function answer(
  { config, routes, instance, recorder }: Controlled,
  token: string,
  request: IncomingMessage,
): Promise<Answer> {
  if (!isAllowed(request.headers.authorization, token))
    return [
      401,
      errorBody('unauthorized', 'Send the token of the configuration: authorization: Bearer <token>.'),
    ];
  const [what, name, action] = new URL(request.url ?? '/', 'http://x').pathname
    .slice(1)
    .split('/')
    .map(decodeURIComponent);
  const { ledger, table } = routes;
  if (what === 'revision' && request.method === 'GET') {
    const proxies = ledger?.view().proxies ?? {};
    return [
      200,
      {
        instance,
        revision: table.revision,
        ledger: ledger === undefined ? 'not reached' : 'followed',
        proxies,
      },
    ];
  }
  if (what === 'recording') return recordingOf(recorder, request, name);
  if (what !== 'routes') throw new NotFound('address-unknown', `There is nothing at ${request.url}.`);
  if (ledger === undefined) {
    throw new Unavailable(
      'ledger-unreachable',
      `The ledger can't be reached; the routes of revision ${table.revision} go on, and nothing was changed.`,
    );
  }
  if (request.method === 'GET') {
    if (name === undefined) return [200, listedRoutes(ledger.view(), table)];
    if (action === 'history') return [200, routeHistory(ledger.view(), name)];
  }
  const body = await readBody(request);
  const changed = await change(new RouteChanges(config, ledger), [request.method, name, action], body);
  return [200, { route: name, changed, revision: routes.table.revision, instance }];
}

async function recordingOf(
  recorder: SharedRecorder,
  request: IncomingMessage,
  name: string | undefined,
): Promise<Answer> {
  if (request.method === 'PUT') {
    const { requests, sample } = await readBody(request);
    if (!(Number(requests) >= 1 && Number(sample) >= 0 && Number(sample) <= 1)) {
      throw new Invalid('recording-invalid', 'Say how many `requests` (from 1) and which `sample` (0 to 1).');
    }
    await recorder.start({ requests: Number(requests), sample: Number(sample) });
  } else if (request.method === 'POST') await recorder.stop();
  else return [200, name === 'progress' ? await recorder.progress() : await recorder.recording()];
  return [200, { recording: request.method === 'PUT' }];
}

async function change(
  changes: RouteChanges,
  [method, name, action]: readonly (string | undefined)[],
  body: Readonly<Record<string, unknown>>,
): Promise<boolean> {
  if (name === undefined || name === '') throw new NotFound('route-missing', 'Name a route: /routes/<name>.');
  const said = saidOf(body);
  if (method === 'PUT' && action === undefined) return changes.set(name, body.definition, said);
  if (method === 'POST' && action === 'revert') return changes.revert(name, said, revisionOf(body.revision));
  const known = routeActions.find((one) => one === action);
  if (method === 'POST' && known !== undefined) return changes.act(name, known, said);
  throw new NotFound('address-unknown', `There is no ${method} of ${action ?? 'a route'}.`);
}

function saidOf({ by, reason }: Readonly<Record<string, unknown>>): Said {
  if (typeof by !== 'string' || by === '') throw new Invalid('by-missing', 'Say who changes it: "by".');
  if (typeof reason !== 'string' || reason === '') throw new Invalid('reason-missing', 'Say why: "reason".');
  return { by, reason, at: new Date().toISOString() };
}

function revisionOf(value: unknown): bigint | undefined {
  if (value === undefined) return undefined;
  if (/^\d{1,18}$/.test(String(value))) return BigInt(String(value));
  throw new Invalid(
    'revision-invalid',
    `${JSON.stringify(value)} is not a revision: a whole number, see the history.`,
  );
}

async function readBody(request: IncomingMessage): Promise<Readonly<Record<string, unknown>>> {
  const pieces: Buffer[] = [];
  let bytes = 0;
  for await (const piece of request as AsyncIterable<Buffer>) {
    bytes += piece.length;
    if (bytes > longestBody)
      throw new Invalid('body-too-long', `The body is longer than ${longestBody} bytes.`);
    pieces.push(piece);
  }
  try {
    const body: unknown = JSON.parse(Buffer.concat(pieces).toString('utf8') || '{}');
    if (typeof body === 'object' && body !== null) return body as Record<string, unknown>;
  } catch {
    // Said below.
  }
  throw new Invalid('body-invalid', 'The body must be one JSON object.');
}

function isAllowed(authorization: string | undefined, token: string): boolean {
  const given = Buffer.from(authorization ?? '');
  const wanted = Buffer.from(`Bearer ${token}`);
  return given.length === wanted.length && timingSafeEqual(given, wanted);
}

function problemOf(caught: unknown): Answer {
  const error = toPostgresError(caught);
  const statuses = [
    [Invalid, 400],
    [NotFound, 404],
    [Rejected, 409],
    [Conflict, 409],
    [Unavailable, 503],
  ] as const;
  const status = statuses.find(([type]) => error instanceof type)?.[1] ?? 500;
  return [status, errorBody(error instanceof BanyanError ? error.code : 'unexpected', error.message)];
}

function errorBody(code: string, message: string): object {
  return { error: { code, message } };
}

function send(reply: ServerResponse, status: number, body: unknown): void {
  reply.writeHead(status, { 'content-type': 'application/json', 'cache-control': 'no-store' });
  reply.end(jsonLine(body));
}
