import { Invalid } from '@banyan/runtime';
import {
  defaultProxyLimits,
  type ProxyLimits,
  type Route,
  type Upstream,
  validateRouteTable,
} from '@banyan/strangler';
import { z } from 'zod';
import type { RouteDefinition } from '../ledger/routes/route-definition.ts';
import {
  analysisSchema,
  migratedRouteSchema,
  routeDefinitionSchema,
  routeNameSchema,
} from './route-schema.ts';
import { databaseUrl, splitSchema, tableName } from './split-schema.ts';

const httpUrl = z.url({ protocol: /^https?$/, error: 'is not an http:// or https:// address' });
const port = z.number().int().min(0).max(65_535);
const figure = z.strictObject({ name: z.string().min(1), sql: z.string().min(1) });

const limits = z
  .strictObject({
    lagMs: z.number().positive(),
    stepTimeoutMs: z.number().positive(),
    shadowSamples: z.number().int().min(1),
    canaryShares: z.array(z.number().gt(0).max(100)).min(1),
    canaryRequests: z.number().int().min(1),
    approvals: z.array(z.number().gt(0).max(100)),
    attempts: z.number().int().min(1),
  })
  .partial();

const migration = z.strictObject({
  service: z.string().min(1),
  subscription: z
    .string()
    .regex(/^[a-z0-9_]{1,50}$/, 'is at most 50 of a-z, 0-9 and _, because it names a replication slot')
    .optional(),
  tables: z.array(tableName).min(1),
  into: z.array(tableName).min(1),
  translate: z.custom(
    (value) => typeof value === 'function',
    'is a function from a row change to row writes',
  ),
  routes: z.array(migratedRouteSchema).min(1),
  limits: limits.optional(),
  analysis: analysisSchema.optional(),
  measures: z.array(figure).optional(),
  invariants: z.array(figure).optional(),
});

const listener = z.strictObject({ host: z.string().optional(), port });

const control = z.strictObject({
  port,
  token: z.string().min(16, 'has at least 16 characters: anybody who has it can move traffic'),
});

const code = z.custom((value) => typeof value === 'function', 'is a function');

const hooks = z.strictObject({
  translate: z.strictObject({ request: code.optional(), reply: code.optional() }).optional(),
  event: code.optional(),
  isRead: code.optional(),
});

const events = z.strictObject({
  spool: z.string().min(1),
  database: databaseUrl.optional(),
  maxBytes: z.number().int().min(1_024).optional(),
});

const service = z.strictObject({
  url: httpUrl,
  database: databaseUrl,
  projections: z
    .array(
      z.custom(
        (value) => typeof (value as { reset?: unknown } | null)?.reset === 'function',
        'is a projection, as projection() and rowProjection() make them',
      ),
    )
    .optional(),
  sandboxed: z.boolean().optional(),
  instances: z.record(z.string(), z.strictObject({ url: httpUrl })).optional(),
});

/** What the proxies would refuse of a route. */
function routeProblems(
  name: string,
  { rollout, ...definition }: RouteDefinition,
  services: Readonly<Record<string, Upstream>>,
): readonly string[] {
  const { owner = 'monolith', mode = rollout === undefined ? { kind: 'owner' } : { kind: 'moved' } } =
    definition;
  const upstreams = { ...services, monolith: { url: 'http://127.0.0.1' } };
  const routes = [{ ...definition, name, owner, mode }] as readonly Route[];
  try {
    validateRouteTable({ revision: 0, upstreams, default: 'monolith', routes });
    return [];
  } catch (error) {
    return error instanceof Invalid ? [error.message] : [];
  }
}

const proxyLimits = Object.keys(defaultProxyLimits) as (keyof ProxyLimits)[];

const proxy = listener.extend({
  state: z.string().min(1).optional(),
  workers: z.number().int().min(1).max(256).optional(),
  tls: z.strictObject({ key: z.string().min(1), cert: z.string().min(1) }).optional(),
  accessLog: z.string().min(1).optional(),
  operations: listener.optional(),
  tracing: z
    .custom(
      (value) => typeof (value as { begin?: unknown } | null)?.begin === 'function',
      'is what openTelemetryTracing() makes',
    )
    .optional(),
  limits: z.partialRecord(z.enum(proxyLimits), z.number().int().min(1)).optional(),
});

/** The shape of a configuration file; what `loadConfig` checks before anything is started. */
export const configSchema = z
  .strictObject({
    ledger: z.strictObject({ database: databaseUrl }),
    monolith: z.strictObject({ url: httpUrl, database: databaseUrl }),
    proxy,
    control: control.optional(),
    hooks: z.record(routeNameSchema, hooks).optional(),
    events: events.optional(),
    routes: z.record(routeNameSchema, routeDefinitionSchema).optional(),
    status: listener.optional(),
    services: z.record(z.string(), service),
    migrations: z.record(
      z.string().regex(/^[a-z0-9_]{1,50}$/, 'a migration is named with at most 50 of a-z, 0-9 and _'),
      migration,
    ),
    splits: z
      .record(
        z.string().regex(/^[a-z0-9_]{1,30}$/, 'a split is named with at most 30 of a-z, 0-9 and _'),
        splitSchema,
      )
      .optional(),
  })
  .superRefine((config, context) => {
    const ruled = Object.entries(config.hooks ?? {}).find(([, { event }]) => event !== undefined);
    if (ruled !== undefined && config.events === undefined) {
      const message = `has a rule for events, and nothing says where they go: add \`events: { spool }\``;
      context.addIssue({ code: 'custom', path: ['hooks', ruled[0], 'event'], message });
    }
    const told = [
      ...Object.entries(config.routes ?? {}).map(([name, { reads }]) => ({ name, reads })),
      ...Object.values(config.migrations).flatMap(({ routes }) => routes),
    ];
    for (const { name, reads } of told) {
      if (reads !== 'code' || config.hooks?.[name]?.isRead !== undefined) continue;
      const message = `reads by code, and there is none: add \`hooks: { ${JSON.stringify(name)}: { isRead } }\``;
      context.addIssue({ code: 'custom', path: ['routes', name], message });
    }
    for (const [name, route] of Object.entries(config.routes ?? {})) {
      for (const message of routeProblems(name, route as RouteDefinition, config.services)) {
        context.addIssue({ code: 'custom', path: ['routes', name], message });
      }
    }
    const users = [
      ...Object.entries(config.migrations).map(([name, one]) => ['migrations', name, one.service] as const),
      ...Object.entries(config.splits ?? {}).map(([name, one]) => ['splits', name, one.service] as const),
    ];
    for (const [kind, name, service] of users) {
      if (service in config.services) continue;
      const known = Object.keys(config.services).join(', ') || 'none';
      context.addIssue({
        code: 'custom',
        path: [kind, name, 'service'],
        message: `is ${JSON.stringify(service)}, which is not among the services (${known})`,
      });
    }
  });
