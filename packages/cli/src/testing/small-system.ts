import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { applyRowWrites, changeFeed, postgresCheckpointStore } from '@banyan/postgres';
import { choosePort } from '@banyan/postgres/embedded';
import { preparedDatabase } from '@banyan/postgres/testing';
import { type RowTranslator, rowChangesOf, subscribeToChanges } from '@banyan/runtime';
import type { BanyanConfig } from '../config/config.ts';
import { runProxy } from '../proxy/run-proxy.ts';

type Database = Awaited<ReturnType<typeof preparedDatabase>>;
/** May change a reply of the service, or make it fail with a status. */
export type Fault = (note: { id: number; text: string }) => object | number;

const table = 'public.notes';

/** The honest translator of the system's one table. */
export const translateNotes: RowTranslator = (change) => {
  if (change.op === 'truncate') return [{ op: 'truncate', table }];
  const { id = null, text = null } = change.op === 'delete' ? change.old : change.row;
  return change.op === 'delete'
    ? [{ op: 'delete', table, key: { id } }]
    : [{ op: 'upsert', table, key: { id }, row: { text } }];
};

/** The smallest system that can be migrated: one table, one route, a service that follows, a proxy, and clients. */
export interface SmallSystem extends AsyncDisposable {
  readonly config: BanyanConfig;
  readonly source: Database;
  /** The faults of the service; undefined for none. */
  fault: Fault | undefined;
  /** What the clients saw that was wrong: a status other than 200, or another text than the monolith's. */
  readonly wrong: string[];
}

/** Brings it all up, under load. `translate` is what the service applies; the configuration has the honest one. */
export async function smallSystem(translate: RowTranslator = translateNotes): Promise<SmallSystem> {
  const [ledger, source, target] = [
    await preparedDatabase(),
    await preparedDatabase(),
    await preparedDatabase(),
  ];
  for (const { pool } of [source, target])
    await pool.query('create table notes (id int primary key, text text)');
  await source.pool.query(`insert into notes select g, 'note ' || g from generate_series(1, 200) g`);
  const system: Pick<SmallSystem, 'fault' | 'wrong'> = { fault: undefined, wrong: [] };
  const monolith = await serveNotes(source, () => undefined);
  const service = await serveNotes(target, () => system.fault);
  const name = `m${Math.random().toString(36).slice(2, 10)}`;
  const config = configOf(name, { ledger, source, target, monolith, service, port: await choosePort([]) });
  const following = subscribeToChanges({
    name,
    feed: changeFeed({ url: source.url, name, tables: [table] }),
    checkpoints: postgresCheckpointStore(target.pool),
    initial: 'stopped',
    reset: async (tx) => void (await tx.query('delete from notes')),
    handle: (entries, tx) => applyRowWrites(tx, entries.flatMap(rowChangesOf).flatMap(translate)),
  });
  const proxy = await runProxy(config);
  const stopping = new AbortController();
  const clients = [1, 2, 3].map((client) => read(proxy.url, client, system.wrong, stopping.signal));
  return Object.assign(system, {
    config,
    source,
    async [Symbol.asyncDispose]() {
      stopping.abort();
      await Promise.all(clients);
      await proxy.close();
      await following[Symbol.asyncDispose]();
      for (const server of [monolith, service]) server.close();
      for (const database of [target, source, ledger]) await database[Symbol.asyncDispose]();
    },
  });
}

interface Parts {
  ledger: Database;
  source: Database;
  target: Database;
  monolith: Server;
  service: Server;
  port: number;
}

function configOf(
  subscription: string,
  { ledger, source, target, monolith, service, port }: Parts,
): BanyanConfig {
  return {
    ledger: { database: ledger.url },
    monolith: { url: urlOf(monolith), database: source.url },
    proxy: { port },
    services: { notes: { url: urlOf(service), database: target.url } },
    migrations: {
      notes: {
        service: 'notes',
        subscription,
        tables: [table],
        into: [table],
        translate: translateNotes,
        routes: [{ name: 'note', match: { path: '/notes/:id' } }],
        // Everything shares two processors with other tests: being slow says nothing of the service.
        analysis: { latency: { slackMs: 5_000 }, differences: { limit: 0.02 } },
        limits: { shadowSamples: 10, canaryShares: [25, 100], canaryRequests: 10, stepTimeoutMs: 60_000 },
        measures: [{ name: 'notes', sql: 'select count(*) from notes' }],
        invariants: [{ name: 'no empty note', sql: `select count(*) from notes where text = ''` }],
      },
    },
  };
}

async function serveNotes({ pool }: Database, fault: () => Fault | undefined): Promise<Server> {
  const server = createServer(async (request, reply) => {
    if (request.url === '/health/ready') return reply.end('ok');
    const id = Number(request.url?.split('/').at(-1));
    const { rows } = await pool.query<{ id: number; text: string }>(
      'select id, text from notes where id = $1',
      [id],
    );
    const answer = rows[0] === undefined ? 404 : (fault()?.(rows[0]) ?? rows[0]);
    reply.writeHead(typeof answer === 'number' ? answer : 200, { 'content-type': 'application/json' });
    reply.end(JSON.stringify(answer));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return server;
}

function urlOf(server: Server): string {
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

async function read(url: string, client: number, wrong: string[], signal: AbortSignal): Promise<void> {
  for (let turn = 0; !signal.aborted; turn++) {
    const id = 1 + ((turn * 37 + client * 61) % 200);
    const headers = { cookie: `banyan_sticky=client-${client}-${turn >> 2}` };
    const reply = await fetch(`${url}/notes/${id}`, { headers });
    const text = await reply.text();
    if (reply.status !== 200 || JSON.parse(text).text !== `note ${id}`)
      wrong.push(`${id}: ${reply.status} ${text}`);
    // A client that reads at once again would leave the others no processor.
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
