import type { IncomingMessage } from 'node:http';
import { Invalid, NotFound, Unavailable } from '@banyan/runtime';
import type { BanyanConfig } from '../config/config.ts';
import type { Said } from '../ledger/migration.ts';
import { RouteChanges, routeActions } from '../ledger/routes/change-routes.ts';
import { type Answer, addressUnknown, readBody } from './control-request.ts';
import type { FollowedRoutes } from './follow-routes.ts';
import { listedRoutes, routeHistory } from './listed-routes.ts';

/** What is asked and changed. */
export interface ControlledRoutes {
  readonly config: BanyanConfig;
  readonly routes: FollowedRoutes;
  readonly instance: string;
}

type Body = Readonly<Record<string, unknown>>;
type Change = (changes: RouteChanges, name: string, body: Body) => Promise<boolean>;

/** Answers what the control API is asked about routes, and changes them. @throws Unavailable where the ledger was never reached. */
export async function answerRoutes(
  { config, routes, instance }: ControlledRoutes,
  request: IncomingMessage,
  [name, action, ...more]: readonly string[],
): Promise<Answer> {
  const { ledger, table } = routes;
  if (more.length > 0) throw addressUnknown(request);
  if (ledger === undefined) {
    throw new Unavailable(
      'ledger-unreachable',
      `The ledger can't be reached; the routes of revision ${table.revision} go on, and nothing was changed.`,
    );
  }
  if (request.method === 'GET') {
    if (name === undefined) return [200, listedRoutes(ledger.view(), table)];
    if (action === 'history') return [200, routeHistory(ledger.view(), name)];
    if (action === undefined) return [200, found(listedRoutes(ledger.view(), table), name)];
  }
  const change = changeOf(request, action);
  if (name === undefined || name === '') throw new NotFound('route-missing', 'Name a route: /routes/<name>.');
  const changed = await change(new RouteChanges(config, ledger), name, await readBody(request));
  return [200, { route: name, changed, revision: routes.table.revision, instance }];
}

function found<Listed extends { readonly name: string }>(all: readonly Listed[], name: string): Listed {
  const one = all.find((each) => each.name === name);
  if (one !== undefined) return one;
  const known = all.map((each) => each.name).join(', ') || 'none';
  throw new NotFound('route-unknown', `There is no route ${JSON.stringify(name)}. There are: ${known}.`);
}

function changeOf(request: IncomingMessage, action: string | undefined): Change {
  const { method } = request;
  if (method === 'PUT' && action === undefined)
    return (changes, name, body) => changes.set(name, body.definition, saidOf(body));
  if (method === 'POST' && action === 'revert')
    return (changes, name, body) => changes.revert(name, saidOf(body), revisionOf(body.revision));
  const known = routeActions.find((one) => one === action);
  if (method === 'POST' && known !== undefined)
    return (changes, name, body) => changes.act(name, known, saidOf(body));
  throw addressUnknown(request);
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
