import { NotFound } from '@banyan/runtime';
import type { Survey } from '@banyan/survey';
import { type PlannedRoute, plannedRoutes } from './planned-routes.ts';
import { type PlannedTable, plannedTables } from './planned-tables.ts';

const knotsTold = 8;

/**
 * The configuration to begin with when this context is taken out: its reads as the routes of a migration, its tables with a translator that
 * takes rows over as they are, and its writes as routes that stay where they are. What no route leads to, and what each cut costs, is in comments.
 *
 * @throws NotFound `context-unknown`
 */
export function planConfig(found: Survey, context: string): string {
  const { contexts } = found.proposal;
  const proposed = contexts.find(({ name }) => name === context);
  if (proposed === undefined) {
    const known = contexts.map(({ name }) => name).join(', ') || 'none';
    throw new NotFound(
      'context-unknown',
      `The survey proposes no context "${context}". It proposes: ${known}.`,
    );
  }
  const own = new Set(proposed.modules);
  const { routes, others } = plannedRoutes(found.graph.endpoints.filter(({ module }) => own.has(module)));
  const tables = plannedTables(found, proposed.tables);
  const reads = routes.filter(({ isRead }) => isRead);
  const isMigration = tables.length > 0 && reads.length > 0;
  const standing = isMigration ? routes.filter(({ isRead }) => !isRead) : routes;
  const service = serviceName(context);
  return [
    `import type { RowTranslator } from '@banyan/runtime';`,
    `import { defineConfig } from 'banyan';`,
    '',
    ...comments(found, context, others),
    ...(isMigration ? translator(tables) : []),
    'export default defineConfig({',
    `  ledger: { database: process.env.BANYAN_DATABASE ?? 'postgres://127.0.0.1:5432/banyan' },`,
    '  monolith: {',
    `    url: process.env.MONOLITH_URL ?? 'http://127.0.0.1:3000',`,
    `    database: process.env.MONOLITH_DATABASE ?? 'postgres://127.0.0.1:5432/monolith',`,
    '  },',
    '  proxy: { port: 8080 },',
    '  services: {',
    `    ${service}: {`,
    `      url: process.env.${env(service)}_URL ?? 'http://127.0.0.1:4000',`,
    `      database: process.env.${env(service)}_DATABASE ?? 'postgres://127.0.0.1:5432/${service}',`,
    '    },',
    '  },',
    ...standingRoutes(standing, service),
    ...(isMigration ? migration(service, tables, reads) : ['  migrations: {},']),
    '});',
    '',
  ]
    .filter((line, at) => at !== 0 || isMigration || !line.includes('RowTranslator'))
    .join('\n');
}

function comments({ knots, candidates }: Survey, context: string, others: readonly string[]): string[] {
  const holding = knots.filter(({ contexts }) => contexts.includes(context));
  const candidate = candidates.find((each) => each.context === context)!;
  const kinds = [...new Set(holding.map(({ kind }) => kind))];
  const lines = [
    `${context}: ease ${candidate.ease}, benefit ${candidate.benefit}. Written by banyan survey plan: read it, correct it, commit it.`,
    ...(kinds.length === 0 ? [] : ['', 'To be answered before the rows move:']),
    ...kinds.flatMap((kind) => {
      const mine = holding.filter((knot) => knot.kind === kind);
      const all = [...new Set(mine.map(({ says }) => says))];
      const more = all.length - knotsTold;
      return [
        `${kind}: ${mine[0]!.remedy}`,
        ...all.slice(0, knotsTold).map((says) => `  - ${says}`),
        ...(more > 0 ? [`  - and ${more} more`] : []),
      ];
    }),
    ...(others.length === 0 ? [] : ['', 'No route leads to these; move them by hand:']),
    ...others.map((name) => `  - ${name}`),
  ];
  return [...lines.map((line) => (line === '' ? '//' : `// ${oneLine(line)}`)), ''];
}

function translator(tables: readonly PlannedTable[]): string[] {
  return [
    '// What identifies a row of each table. Rows are taken over as they are: say here what differs in the tables of the service.',
    'const keys: Readonly<Record<string, readonly string[]>> = {',
    ...tables.map(
      ({ name, key, isKeyKnown }) =>
        `  ${text(name)}: [${key.map(text).join(', ')}],${isKeyKnown ? '' : ' // a guess: survey with --database or --schema to know it'}`,
    ),
    '};',
    '',
    'const translate: RowTranslator = (change) => {',
    '  const { table } = change;',
    '  const key = keys[table];',
    '  if (key === undefined) return [];',
    `  if (change.op === 'truncate') return [{ op: 'truncate', table }];`,
    '  const keyOf = (row: Readonly<Record<string, string | null>>) =>',
    '    Object.fromEntries(key.map((column) => [column, row[column] ?? null]));',
    `  if (change.op === 'delete') return [{ op: 'delete', table, key: keyOf(change.old) }];`,
    '  const row = Object.fromEntries(Object.entries(change.row).filter(([column]) => !key.includes(column)));',
    `  const upsert = { op: 'upsert', table, key: keyOf(change.row), row } as const;`,
    `  if (change.op === 'insert' || change.old === undefined) return [upsert];`,
    '  const old = keyOf(change.old);',
    '  const moved = key.some((column) => old[column] !== upsert.key[column]);',
    `  return moved ? [{ op: 'delete', table, key: old }, upsert] : [upsert];`,
    '};',
    '',
  ];
}

function standingRoutes(routes: readonly PlannedRoute[], service: string): string[] {
  if (routes.length === 0) return [];
  return [
    '  // They stay with the monolith until they are turned with banyan route, writes not before the service owns the rows.',
    '  routes: {',
    ...routes.map(
      ({ name, match }) => `    ${text(name)}: { match: ${matchText(match)}, candidate: ${text(service)} },`,
    ),
    '  },',
  ];
}

function migration(
  service: string,
  tables: readonly PlannedTable[],
  reads: readonly PlannedRoute[],
): string[] {
  const names = tables.map(({ name }) => `        ${text(name)},`);
  return [
    '  migrations: {',
    `    ${service}: {`,
    `      service: ${text(service)},`,
    '      tables: [',
    ...names,
    '      ],',
    '      into: [',
    ...names,
    '      ],',
    '      translate,',
    '      routes: [',
    ...reads.map(({ name, match }) => `        { name: ${text(name)}, match: ${matchText(match)} },`),
    '      ],',
    '    },',
    '  },',
  ];
}

function matchText({ methods, path }: PlannedRoute['match']): string {
  const which = methods === undefined ? '' : `methods: [${methods.map(text).join(', ')}], `;
  return `{ ${which}path: ${text(path)} }`;
}

/** A name for a service, a migration and a part of environment variables. */
function serviceName(context: string): string {
  const plain = context
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '_')
    .replace(/^[_\d]+|_+$/g, '');
  return plain.slice(0, 40) || 'service';
}

function env(service: string): string {
  return service.toUpperCase();
}

/** A string of TypeScript. */
function text(value: string): string {
  const plain = JSON.stringify(value);
  return /['\\]/.test(plain) || plain.slice(1, -1).includes('"') ? plain : `'${plain.slice(1, -1)}'`;
}

function oneLine(value: string): string {
  return value.replace(/[\p{Cc}\u2028\u2029]+/gu, ' ');
}
