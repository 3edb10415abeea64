import { aggregateHandler, InMemoryEventStore, metadataAfter } from '@banyan/runtime';
import { describe, expect, test } from 'vitest';
import type { BanyanConfig } from '../config/config.ts';
import { emptyLedger, evolveLedger, type LedgerView } from './ledger-view.ts';
import { migration } from './migration.ts';
import type { Plan } from './plan.ts';
import { routeTable } from './route-table.ts';
import type { RecordedEvidence } from './traffic.ts';

const plan: Plan = {
  service: 'catalogue',
  subscription: 'catalogue',
  tables: ['public.items'],
  into: ['catalogue.items'],
  routes: [{ name: 'item', match: { path: '/api/items/:id' } }],
  steps: ['fed', 'moved'],
  before: [],
};
const config = {
  monolith: { url: 'http://127.0.0.1:1', database: 'postgres://x/y' },
  services: { catalogue: { url: 'http://127.0.0.1:2', database: 'postgres://x/z' } },
} as unknown as BanyanConfig;

function ledger() {
  const store = new InMemoryEventStore();
  const handler = aggregateHandler({ store, aggregate: migration });
  return {
    execute: handler.execute.bind(undefined, 'catalogue'),
    async observe(revision: bigint, candidateRequests: number) {
      const side = { requests: candidateRequests, errors: 0, p50Ms: 1, p99Ms: 2, maxMs: 3, durations: [] };
      const evidence: RecordedEvidence = {
        route: 'item',
        revision: String(revision),
        from: '',
        to: '',
        owner: { ...side, requests: 0 },
        candidate: side,
        copies: { ...side, requests: 0 },
        shadow: { samples: 0, equal: 0, late: 0, different: 0, failed: 0, dropped: 0 },
        differences: [],
        fields: [],
        fallbacks: 0,
      };
      const data = { instance: 'p', totals: { requests: 10, failures: 1 }, evidence: [evidence] };
      const event = { type: 'TrafficObserved', data, schemaVersion: 1, metadata: metadataAfter(undefined) };
      await store.append([{ streamId: 'traffic-p', expected: 'any', events: [event] }]);
    },
    async view(): Promise<LedgerView> {
      const head = await store.head();
      let view = emptyLedger;
      if (head === 0n) return view;
      for await (const batch of store.read({ after: 0n })) {
        view = batch.entries.reduce(evolveLedger, view);
        if (view.position >= head) break;
      }
      return view;
    },
  };
}

describe('the view of the ledger', () => {
  test('sends a route to the service only when the ledger says so, and back when rolled back', async () => {
    const { execute, view } = ledger();
    const modes: unknown[] = [];
    const look = async () =>
      modes.push(routeTable(config, await view()).routes.map((route) => route.mode.kind));
    await look();
    await execute('Plan', { plan });
    await look();
    await execute('SetRouteMode', { mode: { kind: 'canary', share: 0.25 }, reason: 'step' });
    await look();
    await execute('RollBack', { reason: 'differences' });
    await look();
    expect(modes).toEqual([[], ['owner'], ['canary'], ['owner']]);
  });

  test('counts evidence of an older revision for the whole and not for the current mode', async () => {
    const { execute, observe, view } = ledger();
    await execute('Plan', { plan });
    const before = (await view()).migrations.catalogue!.revision;
    const { position } = await execute('SetRouteMode', { mode: { kind: 'moved' }, reason: 'step' });
    await observe(before, 5);
    await observe(position, 7);
    const { current, whole, forwarded } = (await view()).migrations.catalogue!;
    expect(current.item?.candidate.requests).toBe(7);
    expect(whole.item?.candidate.requests).toBe(12);
    expect(forwarded).toEqual({ requests: 20, failures: 2 });
  });

  test('gives a route back to the monolith when the configuration no longer knows its service', async () => {
    const { execute, view } = ledger();
    await execute('Plan', { plan });
    await execute('SetRouteMode', { mode: { kind: 'moved' }, reason: 'step' });
    const table = routeTable({ ...config, services: {} }, await view());
    expect(table.routes[0]).toMatchObject({ owner: 'monolith', mode: { kind: 'owner' } });
  });
});

describe('the migration', () => {
  test('goes on with a step that was under way without counting a new attempt', async () => {
    const { execute, view } = ledger();
    await execute('Plan', { plan });
    await execute('BeginStep', { step: 'fed', at: 'now' });
    await execute('BeginStep', { step: 'fed', at: 'later' });
    expect((await view()).migrations.catalogue?.steps.fed).toMatchObject({ attempts: 1, begunAt: 'now' });
  });

  test('counts an attempt after the step was held', async () => {
    const { execute, view } = ledger();
    await execute('Plan', { plan });
    await execute('BeginStep', { step: 'fed', at: 'now' });
    await execute('HoldStep', { step: 'fed', reason: 'down' });
    await execute('BeginStep', { step: 'fed', at: 'later' });
    expect((await view()).migrations.catalogue?.steps.fed).toMatchObject({ attempts: 2, status: 'begun' });
  });

  test('refuses to finish while a step is open, and to go on once it was rolled back', async () => {
    const { execute } = ledger();
    await execute('Plan', { plan });
    const proof = {} as never;
    await expect(execute('Finish', { proof })).rejects.toMatchObject({ code: 'step-open' });
    await execute('RollBack', { reason: 'no' });
    await expect(execute('BeginStep', { step: 'fed', at: '' })).rejects.toMatchObject({
      code: 'migration-not-running',
    });
  });

  test('begins anew when it is planned after a rollback, and stays as it is otherwise', async () => {
    const { execute, view } = ledger();
    await execute('Plan', { plan });
    await execute('BeginStep', { step: 'fed', at: 'now' });
    await execute('Plan', { plan });
    expect((await view()).migrations.catalogue).toMatchObject({
      run: 1,
      steps: { fed: { status: 'begun' } },
    });
    await execute('RollBack', { reason: 'no' });
    await execute('Plan', { plan });
    expect((await view()).migrations.catalogue).toMatchObject({ run: 2, steps: {}, status: 'running' });
  });
});
