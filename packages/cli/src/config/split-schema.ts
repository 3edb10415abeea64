import { z } from 'zod';
import { migratedRouteSchema } from './route-schema.ts';

/** A table by its full name. */
export const tableName = z
  .string()
  .regex(/^[^.]+\.[^.]+$/, 'is a table as schema.table, for example public.items');

/** The address of a database. */
export const databaseUrl = z.url({ protocol: /^postgres(ql)?$/, error: 'is not a postgres:// address' });

const table = z.union(
  [
    tableName,
    z.strictObject({
      name: tableName,
      columns: z.array(z.string().min(1)).min(1).optional(),
      where: z.string().min(1).optional(),
    }),
  ],
  'is a table as schema.table, or { name, columns, where }',
);

const foreignKey = z.union(
  [
    z.literal('api'),
    z.strictObject({ orphans: z.enum(['allow', 'clean-up']) }),
    z.strictObject({ orphans: z.literal('mark'), column: z.string().min(1) }),
  ],
  "is 'api', { orphans: 'allow' }, { orphans: 'clean-up' } or { orphans: 'mark', column }",
);

const transaction = z.union(
  [z.enum(['saga', 'apart']), z.strictObject({ saga: z.strictObject({ open: z.string().min(1) }) })],
  "is 'saga', { saga: { open: a condition } } or 'apart'",
);

const code = z.enum(['bridge', 'rewrite', 'drop']);

const seam = z
  .strictObject({
    foreignKeys: z.record(z.string(), foreignKey),
    sharedTables: z.record(tableName, z.enum(['feed', 'code', 'leave'])),
    writers: z.record(tableName, z.enum(['one', 'columns'])),
    joins: z.record(tableName, z.enum(['api', 'read-model', 'bridge'])),
    transactions: z.record(tableName, transaction),
    triggers: z.record(z.string(), z.enum(['carry', 'convert', 'drop'])),
    views: z.record(z.string(), code),
    functions: z.record(z.string(), code),
  })
  .partial();

const sql = z.string().min(1);

const part = z.strictObject({
  from: tableName,
  into: tableName,
  key: z.record(sql, sql),
  columns: z.record(
    sql,
    z.union(
      [
        sql,
        z.strictObject({ from: sql, added: z.literal(true) }),
        z.strictObject({ forth: sql, back: z.record(sql, sql) }),
      ],
      'is an old column, { from, added: true } or { forth, back }',
    ),
  ),
});

const translator = z.custom(
  (value) => typeof value === 'function',
  'is a function from a row change to row writes',
);

const eventTranslation = z.custom(
  (value) => typeof value === 'function',
  'is a function from a row change to events of streams',
);
const inlineProjection = z.looseObject({ name: z.string().min(1), on: z.looseObject({}) }, 'is a projection');
const codec = z.looseObject({ encode: z.function(), decode: z.function() }, 'is a codec: { encode, decode }');

const events = z.strictObject({
  of: eventTranslation,
  inline: z.array(inlineProjection).min(1),
  schema: z.string().min(1).optional(),
  codec: codec.optional(),
});

const limits = z
  .strictObject({
    slotMs: z.number().positive(),
    lagMs: z.number().positive(),
    switchMs: z.number().min(100),
    drainMs: z.number().min(0),
    settleMs: z.number().min(0),
    indexesAfterRows: z.number().min(0),
    load: z.strictObject({
      sessions: z.number().min(0),
      probeMs: z.number().positive(),
      standbyLagMs: z.number().positive(),
    }),
    verifyShare: z.number().min(0.01).max(1),
    openTransactions: z.enum(['wait', 'end']),
  })
  .partial();

const plainSplitSchema = z.strictObject({
  service: z.string().min(1),
  tables: z.array(table).min(1),
  keep: z.literal('copy', "is 'copy', or left out where the tables move").optional(),
  role: z.string().min(1).optional(),
  reach: z
    .strictObject({
      source: databaseUrl.optional(),
      target: databaseUrl.optional(),
      bridge: databaseUrl.optional(),
    })
    .optional(),
  bridge: z.enum(['copy', 'foreign-tables']).optional(),
  seam: seam.optional(),
  stage: z
    .strictObject({
      schema: z.string().min(1),
      role: z.string().min(1).optional(),
      views: z.boolean().optional(),
    })
    .optional(),
  part: part.optional(),
  reshape: z
    .strictObject({
      into: z.array(tableName).min(1),
      forth: translator,
      back: translator.optional(),
      events: events.optional(),
      sequences: z.record(tableName, tableName).optional(),
    })
    .optional(),
  routes: z.array(migratedRouteSchema).optional(),
  limits: limits.optional(),
});

type PlainSplit = z.infer<typeof plainSplitSchema>;
type Refuse = (path: readonly string[], message: string) => void;

/** Tables that move or are copied, as they may be written down. */
export const splitSchema = plainSplitSchema.superRefine((split, context) => {
  const refuse: Refuse = (path, message) => context.addIssue({ code: 'custom', path: [...path], message });
  if (split.reshape !== undefined) checkReshaped(split, refuse);
  if (split.keep !== undefined) checkCopy(split, refuse);
});

function checkReshaped({ bridge, stage, part, tables }: PlainSplit, refuse: Refuse): void {
  const other = 'rows of another shape';
  if (bridge === 'foreign-tables')
    refuse(['bridge'], `leads to tables of the same shape, and not to ${other}`);
  if (stage !== undefined) refuse(['stage'], `is not known to translators: draw no seam first for ${other}`);
  if (part !== undefined) refuse(['part'], `is for columns of one row; let the translator part ${other}`);
  if (tables.some((one) => typeof one !== 'string'))
    refuse(['tables'], `are whole tables for ${other}: let the translator choose rows and columns`);
}

/** What is only for tables that get another owner. */
const ofMoves = ['role', 'routes', 'seam', 'stage', 'part', 'bridge'] as const;

function checkCopy(split: PlainSplit, refuse: Refuse): void {
  const leaveOut = "is for tables that move; leave it out of a split with keep: 'copy'";
  for (const name of ofMoves) if (split[name] !== undefined) refuse([name], leaveOut);
  for (const name of ['back', 'sequences'] as const)
    if (split.reshape?.[name] !== undefined) refuse(['reshape', name], leaveOut);
}
