import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { preparedDatabase } from '@banyan/postgres/testing';
import { type Ledger, openLedger } from '../ledger/ledger.ts';
import type { Plan } from '../ledger/plan.ts';
import type { RecordedEvidence } from '../ledger/traffic.ts';

const side = { requests: 0, errors: 0, p50Ms: 0, p99Ms: 0, maxMs: 0, durations: [] };

/** A window of evidence in which nothing happened, but for what is given. */
export function quietEvidence(change: Partial<RecordedEvidence> & { revision: string }): RecordedEvidence {
  return {
    route: 'item',
    from: '2026-01-01T00:00:00.000Z',
    to: '2026-01-01T00:00:01.000Z',
    owner: side,
    candidate: side,
    copies: side,
    shadow: { samples: 0, equal: 0, late: 0, different: 0, failed: 0, dropped: 0 },
    differences: [],
    fields: [],
    fallbacks: 0,
    ...change,
  };
}

const plan: Plan = {
  service: 'catalogue',
  subscription: 'catalogue',
  tables: ['public.items'],
  into: ['catalogue.items'],
  routes: [{ name: 'item', match: { path: '/api/items/:id' } }],
  steps: ['fed', 'approved-5', 'canary-5', 'moved'],
  before: [],
};

/** A ledger in a database of its own, and a configuration file that names it. */
export interface LedgerUnderTest extends AsyncDisposable {
  readonly ledger: Ledger;
  readonly configFile: string;
}

/** Opens a ledger that has planned the migration `catalogue` with the route `item`. */
export async function plannedLedger(extra: Readonly<Record<string, unknown>> = {}): Promise<LedgerUnderTest> {
  const database = await preparedDatabase();
  const ledger = await openLedger(database.url);
  await ledger.execute('catalogue', 'Plan', { plan });
  const directory = await mkdtemp(path.join(tmpdir(), 'banyan-ledger-'));
  const configFile = path.join(directory, 'banyan.config.mjs');
  const config = {
    ledger: { database: database.url },
    monolith: { url: 'http://127.0.0.1:1', database: database.url },
    proxy: { port: 0 },
    services: { catalogue: { url: 'http://127.0.0.1:2', database: database.url } },
    migrations: {
      catalogue: { ...plan, translate: 'TRANSLATE', steps: undefined, before: undefined },
    },
    ...extra,
  };
  const source = JSON.stringify(config, null, 2).replace('"TRANSLATE"', '() => []');
  await writeFile(configFile, `export default ${source};\n`);
  return {
    ledger,
    configFile,
    async [Symbol.asyncDispose]() {
      await ledger[Symbol.asyncDispose]();
      await rm(directory, { recursive: true });
      await database[Symbol.asyncDispose]();
    },
  };
}
