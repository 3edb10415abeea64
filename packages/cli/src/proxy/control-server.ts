import { timingSafeEqual } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { toPostgresError } from '@banyan/postgres';
import { BanyanError, Conflict, Invalid, NotFound, Rejected, Unavailable } from '@banyan/runtime';
import { jsonLine } from '../commands/print.ts';
import { portUnavailable } from '../port-unavailable.ts';
import { answerRecording } from './answer-recording.ts';
import { answerRoutes, type ControlledRoutes } from './answer-routes.ts';
import { type Answer, addressUnknown, wordsOf } from './control-request.ts';
import type { SharedRecorder } from './shared-recorder.ts';

/** Only on this address: who may reach it may move traffic. */
const host = '127.0.0.1';

/** What the control server tells of and works on. */
export interface Controlled extends ControlledRoutes {
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

async function answer(controlled: Controlled, token: string, request: IncomingMessage): Promise<Answer> {
  if (!isAllowed(request.headers.authorization, token))
    return [
      401,
      errorBody('unauthorized', 'Send the token of the configuration: authorization: Bearer <token>.'),
    ];
  const [what, ...rest] = wordsOf(request);
  switch (what) {
    case 'revision':
      return revision(controlled, request);
    case 'recording':
      return answerRecording(controlled.recorder, request, rest);
    case 'routes':
      return answerRoutes(controlled, request, rest);
    default:
      throw addressUnknown(request);
  }
}

async function revision({ routes, instance }: Controlled, request: IncomingMessage): Promise<Answer> {
  if (request.method !== 'GET') throw addressUnknown(request);
  const { ledger, table } = routes;
  const proxies = ledger?.view().proxies ?? {};
  const answers = (await ledger?.answers()) === true;
  return [200, { instance, revision: table.revision, ledger: answers ? 'followed' : 'not reached', proxies }];
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
