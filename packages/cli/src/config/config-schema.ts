import { z } from 'zod';

const tableName = z.string().regex(/^[^.]+\.[^.]+$/, 'is a table as schema.table, for example public.items');
const httpUrl = z.url({ protocol: /^https?$/, error: 'is not an http:// or https:// address' });
const databaseUrl = z.url({ protocol: /^postgres(ql)?$/, error: 'is not a postgres:// address' });
const port = z.number().int().min(0).max(65_535);
const figure = z.strictObject({ name: z.string().min(1), sql: z.string().min(1) });

const route = z.strictObject({
  name: z.string().min(1),
  match: z.strictObject({
    methods: z.array(z.string()).optional(),
    path: z.string().startsWith('/', 'begins with a slash'),
  }),
  stickiness: z
    .union([z.strictObject({ cookie: z.string().min(1) }), z.strictObject({ header: z.string().min(1) })])
    .optional(),
  compare: z
    .strictObject({
      ignore: z.array(z.string()),
      sets: z.array(z.string()),
      tolerance: z.record(
        z.string(),
        z.union([
          z.number().min(0),
          z.string().regex(/^\d+(\.\d+)?%$/, 'is a number or per cent such as "0.5%"'),
        ]),
      ),
      headers: z.array(z.string()),
      learn: z.number().min(0).max(1),
    })
    .partial()
    .optional(),
});

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

const part = z.number().gt(0).lt(1);

const analysis = z
  .strictObject({
    falseAlarm: part,
    falseTrust: part,
    leastToRollBack: z.number().int().min(1),
    errors: z.strictObject({ limit: part, tolerated: z.number().min(1) }).partial(),
    latency: z
      .strictObject({
        quantiles: z.array(part).max(5),
        factor: z.number().min(1),
        slackMs: z.number().min(0),
        limit: z.number().gt(1),
      })
      .partial(),
    differences: z.strictObject({ tolerated: part, limit: part }).partial(),
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
  routes: z.array(route).min(1),
  limits: limits.optional(),
  analysis: analysis.optional(),
  measures: z.array(figure).optional(),
  invariants: z.array(figure).optional(),
});

const listener = z.strictObject({ host: z.string().optional(), port });

/** The shape of a configuration file; what `loadConfig` checks before anything is started. */
export const configSchema = z
  .strictObject({
    ledger: z.strictObject({ database: databaseUrl }),
    monolith: z.strictObject({ url: httpUrl, database: databaseUrl }),
    proxy: listener,
    status: listener.optional(),
    services: z.record(z.string(), z.strictObject({ url: httpUrl, database: databaseUrl })),
    migrations: z.record(
      z.string().regex(/^[a-z0-9_]{1,50}$/, 'a migration is named with at most 50 of a-z, 0-9 and _'),
      migration,
    ),
  })
  .superRefine((config, context) => {
    for (const [name, { service }] of Object.entries(config.migrations)) {
      if (service in config.services) continue;
      const known = Object.keys(config.services).join(', ') || 'none';
      context.addIssue({
        code: 'custom',
        path: ['migrations', name, 'service'],
        message: `is ${JSON.stringify(service)}, which is not among the services (${known})`,
      });
    }
  });
