import { setTimeout as wait } from 'node:timers/promises';
import pg from 'pg';
import { type Candidate, type Handle, type Store, VersionConflict } from './candidate.ts';
import { keepFollowing } from './keep-following.ts';

const pollMs = 100;
const batch = 100;
const attempts = 10;
const uniqueViolation = '23505';

/** What one writes first: an id from a sequence, a unique version, a poll by id, and a session lock for a single reader. */
export const naive: Candidate = {
  name: 'naive',
  about: 'a table with a bigserial id, read by `where id > $1 order by id`',
  tables: {
    events: 'naive_events',
    newLabel: 'new.label',
    committed: 'select label, stream, version from naive_events order by id',
    dumped: ['naive_events', 'naive_checkpoints'],
    setSequences: `select setval('naive_events_id_seq', (select max(id) from naive_events))`,
  },
  async prepare(url) {
    const client = new pg.Client({ connectionString: url });
    await client.connect();
    await client.query(`
      create table naive_events (
        id bigserial primary key, stream text not null, version integer not null, label text not null);
      create unique index naive_versions on naive_events (stream, version);
      create table naive_checkpoints (name text primary key, id bigint not null);`);
    await client.end();
  },
  open: async (url) => open(url),
};

const lastVersion = 'select coalesce(max(version), 0) as version from naive_events where stream = $1';

function open(url: string): Store {
  const pool = new pg.Pool({ connectionString: url });
  pool.on('error', () => undefined);
  return {
    append: (stream, labels, expected) => append(pool, stream, labels, expected),
    join: (transaction, stream, labels) => insert(transaction as Run, stream, labels, 'any'),
    async load(stream) {
      return (await pool.query(lastVersion, [stream])).rows[0].version;
    },
    follow: (name, handle) => keepFollowing((signal) => claimAndPoll(url, pool, name, handle, signal)),
    [Symbol.asyncDispose]: () => pool.end(),
  };
}

type Run = (sql: string, values: readonly unknown[]) => Promise<pg.QueryResult>;

function runIn(tx: pg.PoolClient): Run {
  return (sql, values) => tx.query(sql, [...values]);
}

async function inTransaction(pool: pg.Pool, work: (tx: pg.PoolClient) => Promise<void>): Promise<void> {
  const client = await pool.connect();
  client.on('error', () => undefined);
  let broken: Error | undefined;
  try {
    await client.query('begin');
    await work(client);
    await client.query('commit');
  } catch (error) {
    await client.query('rollback').catch((lost: Error) => {
      broken = lost;
    });
    throw error;
  } finally {
    client.removeAllListeners('error');
    client.release(broken);
  }
}

/** Tries again when somebody else was first and that does not matter. */
async function append(
  pool: pg.Pool,
  stream: string,
  labels: readonly string[],
  expected: number | 'any',
): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await inTransaction(pool, (tx) => insert(runIn(tx), stream, labels, expected));
    } catch (error) {
      const taken = (error as { code?: string }).code === uniqueViolation;
      if (taken && expected !== 'any') throw new VersionConflict(`${stream} is not at ${expected}`);
      if (!taken || attempt === attempts) throw error;
    }
  }
}

async function insert(
  run: Run,
  stream: string,
  labels: readonly string[],
  expected: number | 'any',
): Promise<void> {
  const { version } = (await run(lastVersion, [stream])).rows[0];
  if (expected !== 'any' && version !== expected) throw new VersionConflict(`${stream} is at ${version}`);
  for (const [index, label] of labels.entries()) {
    const values = [stream, version + index + 1, label];
    await run('insert into naive_events (stream, version, label) values ($1, $2, $3)', values);
  }
}

/** Whoever holds the lock of the name reads; the lock lives in a session that nobody looks at again. */
async function claimAndPoll(
  url: string,
  pool: pg.Pool,
  name: string,
  handle: Handle,
  signal: AbortSignal,
): Promise<void> {
  const claim = new pg.Client({ connectionString: url });
  claim.on('error', () => undefined);
  await claim.connect();
  try {
    const take = () => claim.query('select pg_try_advisory_lock(hashtextextended($1, 0)) as mine', [name]);
    while (!signal.aborted && !(await take()).rows[0].mine) await pause(signal);
    const found = await pool.query('select id from naive_checkpoints where name = $1', [name]);
    let id: string = found.rows[0]?.id ?? '0';
    while (!signal.aborted) {
      const select = `select id, label from naive_events where id > $1 order by id limit ${batch}`;
      const { rows } = await pool
        .query<{ id: string; label: string }>(select, [id])
        .catch(() => ({ rows: [] }));
      const last = rows.at(-1);
      if (last !== undefined) {
        await inTransaction(pool, async (tx) => {
          for (const { label } of rows) await handle(label, (sql, values) => tx.query(sql, [...values]));
          await tx.query(
            'insert into naive_checkpoints values ($1, $2) on conflict (name) do update set id = excluded.id',
            [name, last.id],
          );
        });
        id = last.id;
      }
      if (rows.length < batch) await pause(signal);
    }
  } finally {
    await claim.end().catch(() => undefined);
  }
}

function pause(signal: AbortSignal): Promise<void> {
  return wait(pollMs, undefined, { signal }).catch(() => undefined);
}
