import { z } from 'zod';

const part = z.number().gt(0).lt(1);
const share = z.number().min(0).max(1);
const percent = z.number().gt(0).max(100);
const upstream = z.string().min(1);

/** What counts as worse, as it may be written down. */
export const analysisSchema = z
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

const tolerance = z.union([
  z.number().min(0),
  z.templateLiteral([z.number().min(0), '%'], 'is a number or per cent such as "0.5%"'),
]);

const match = z.strictObject({
  methods: z.array(z.string()).min(1).optional(),
  path: z.string().startsWith('/', 'begins with a slash'),
  host: z.string().optional(),
  headers: z.record(z.string(), z.string()).optional(),
  graphql: z
    .strictObject({
      operation: z.enum(['query', 'mutation', 'subscription']).optional(),
      fields: z.array(z.string()).min(1).optional(),
    })
    .optional(),
});

const stickiness = z.union([
  z.strictObject({ cookie: z.string().min(1) }),
  z.strictObject({ header: z.string().min(1) }),
  z.strictObject({ user: z.literal('bearer') }),
]);

const compare = z
  .strictObject({
    ignore: z.array(z.string()),
    sets: z.array(z.string()),
    tolerance: z.record(z.string(), tolerance),
    headers: z.array(z.string()),
    learn: share,
  })
  .partial();

/** What every route says, whoever moves it. */
const common = {
  match,
  reads: z.enum(['method', 'graphql', 'all', 'none', 'code']).optional(),
  fallback: z.boolean().optional(),
  stickiness: stickiness.optional(),
  compare: compare.optional(),
};

/** A route that a migration moves. */
export const migratedRouteSchema = z.strictObject({ name: z.string().min(1), ...common });

const mode = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('owner') }),
  z.strictObject({ kind: z.literal('shadow'), sample: share }),
  z.strictObject({ kind: z.literal('canary'), share, sample: share.optional() }),
  z.strictObject({ kind: z.literal('moved') }),
]);

const growing = (shares: readonly number[]) =>
  shares.every((one, index) => index === 0 || one > shares[index - 1]!);

const rollout = z
  .strictObject({
    shares: z.array(percent).max(50).refine(growing, 'grows from one share to the next'),
    compareFirst: z.boolean().optional(),
    sample: share.optional(),
    approvals: z.array(percent).optional(),
    leastCompared: z.number().int().min(1).optional(),
    leastRequests: z.number().int().min(1).optional(),
    analysis: analysisSchema.optional(),
  })
  .refine(({ shares, approvals = [] }) => approvals.every((one) => shares.includes(one)), {
    path: ['approvals'],
    message: 'names a share that is not among the shares: nothing would wait for it',
  });

/** What is said of a route that stands for itself. */
export const routeDefinitionSchema = z
  .strictObject({
    ...common,
    owner: upstream.optional(),
    candidate: upstream.optional(),
    mode: mode.optional(),
    rollout: rollout.optional(),
  })
  .refine((route) => route.mode === undefined || route.rollout === undefined, {
    message: 'has a mode and a rollout: a rollout sets the mode itself, so leave one out',
  })
  .refine((route) => route.rollout === undefined || route.candidate !== undefined, {
    message: 'has a rollout and no candidate: name the upstream that it leads to',
  });

/** The name of a route. */
export const routeNameSchema = z
  .string()
  .regex(/^[a-z0-9][a-z0-9._-]{0,63}$/i, 'a route is named with at most 64 letters, digits, dots, - and _');
