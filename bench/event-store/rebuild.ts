import {
  connect,
  postgresEventStore,
  prepareDatabase,
  rebuildProjection,
  rowProjection,
  rows,
} from '@banyan/postgres';
import { metadataAfter } from '@banyan/runtime';
import type { StandardSchemaV1 } from '@standard-schema/spec';
import type { Contestant, Work } from '../harness/compare.ts';
import type { Lab } from '../harness/lab.ts';
import { callEach } from '../harness/run-callers.ts';
import { query } from '../harness/server.ts';
import { type Lines, newOrderId, payloads } from './order.ts';

const tableOf = (name: string) => `create table ${name} (
  id text primary key, customer text not null, currency text not null, total numeric not null, lines integer not null,
  placed_at timestamptz not null
)`;

/** A row for each order, as an application would write it. */
const orders = rowProjection<{ readonly LinesAdded: StandardSchemaV1<Lines> }>({
  name: 'orders',
  tables: ['orders'],
  lanes: 2,
  create: async (tx) => {
    await tx.query(tableOf('orders'));
  },
  on: {
    LinesAdded: ({ streamId, data, metadata }) =>
      rows.upsert(
        'orders',
        { id: streamId },
        {
          customer: data.customer,
          currency: data.currency,
          total: data.total,
          lines: data.lines.length,
          placed_at: metadata.at,
        },
      ),
  },
});

/** What a statement does that knows how to read the events. */
const selected = (
  events: string,
) => `select stream_id, data->>'customer', data->>'currency', (data->>'total')::numeric,
  jsonb_array_length(data->'lines'), (metadata->>'at')::timestamptz from ${events} order by position`;

/** The same projection, which leaves what there is to the server and handles what comes then. */
const filled: typeof orders = {
  ...orders,
  fill: async (tx, events) => {
    await tx.query(`insert into orders ${selected(events)}`);
  },
};

/** Rebuilds a projection that has a row for each event, beside SQL that writes as many rows. */
export async function* rebuilding(lab: Lab): AsyncGenerator<Work> {
  const { rows: amount } = lab.options;
  const url = await lab.database('rebuild');
  const pool = connect(url);
  try {
    await prepareDatabase(pool);
    await query(url, tableOf('orders'));
    await query(url, tableOf('plain'));
    await append(lab, postgresEventStore(pool));
    await rebuildProjection(pool, { projection: orders });
    const insert = (name: string, select: string): Contestant => ({
      name,
      turn: async () => {
        await query(url, 'truncate plain');
        return timed(url, 'plain', amount, () => query(url, `insert into plain ${select}`));
      },
    });
    for (const [how, projection] of [
      ['by its handlers', orders],
      ['by its fill', filled],
    ] as const)
      yield {
        work: `rebuild of a projection ${how}, ${amount.toLocaleString('en')} events and rows`,
        unit: 'rows/s',
        ours: {
          name: 'ours',
          turn: () => timed(url, 'orders', amount, () => rebuildProjection(pool, { projection })),
        },
        peers: [
          insert('insert-select', 'select * from orders'),
          insert('select-events', selected('banyan.events')),
        ],
      };
  } finally {
    await pool.end();
  }
}

async function append({ options }: Lab, store: ReturnType<typeof postgresEventStore>): Promise<void> {
  const payload = payloads(options.seed);
  await callEach(1_000, Array.from({ length: options.rows }, newOrderId), (id) => {
    const event = {
      type: 'LinesAdded',
      schemaVersion: 1,
      data: payload(),
      metadata: metadataAfter(undefined),
    };
    return store.append([{ streamId: `order-${id}`, expected: 'absent', events: [event] }]);
  });
}

async function timed(url: string, table: string, amount: number, work: () => Promise<unknown>) {
  await query(url, 'vacuum analyze banyan.events');
  await query(url, 'checkpoint');
  const start = performance.now();
  await work();
  const seconds = (performance.now() - start) / 1000;
  const [found] = await query(url, `select count(*) from ${table}`);
  if (Number(found!.count) !== amount)
    throw new Error(`${table} has ${found!.count} rows and not ${amount}.`);
  return { amount, seconds };
}
