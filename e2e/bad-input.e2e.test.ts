import { once } from 'node:events';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { connect } from '@banyan/postgres';
import { type EmbeddedServer, startEmbeddedServer } from '@banyan/postgres/embedded';
import { testDatabase } from '@banyan/postgres/testing';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { banyan } from './testing/banyan-command.ts';
import { example, type Run, runPlainly } from './testing/example.ts';

/** One sentence on stderr, and no trace of where in our code it was thrown. */
async function expectRefusal(run: Run, code: number, sentence: RegExp): Promise<void> {
  expect(await run.exited).toBe(code);
  expect(run.stderr()).toMatch(sentence);
  expect(run.stderr()).not.toMatch(/^\s+at /m);
}

describe('the start of the example refuses, and leaves nothing running,', { timeout: 360_000 }, () => {
  let server: EmbeddedServer;
  beforeAll(async () => {
    const dir = mkdtempSync(path.join(tmpdir(), 'banyan-unfit-'));
    const settings = { wal_level: 'replica', max_slot_wal_keep_size: '-1' };
    server = await startEmbeddedServer({ dir, settings });
  });
  afterAll(() => server?.destroy());

  test('an option that it does not know', async () => {
    await using shop = example();
    await expectRefusal(shop.start(['--fast']), 2, /unknown option '--fast'/);
  });

  test('a number that is none', async () => {
    await using shop = example();
    await expectRefusal(shop.start(['--scale', 'huge']), 2, /'huge' is invalid.*number above 0/);
  });

  test('a server that does not answer', async () => {
    await using shop = example();
    const run = shop.start(['--once'], { DATABASE_URL: 'postgres://somebody:secret@127.0.0.1:1/x' });
    await expectRefusal(run, 1, /error: No PostgreSQL server answers there: start it, or correct/);
    expect(run.stderr() + run.stdout()).not.toContain('secret');
  });

  test('a wrong password, without telling it', async () => {
    await using shop = example();
    const url = server.url().replace(/:[^:@/]+@/, ':not-it@');
    const run = shop.start(['--once'], { DATABASE_URL: url });
    await expectRefusal(run, 1, /error: PostgreSQL refused the password/);
    expect(run.stderr() + run.stdout()).not.toContain('not-it');
  });

  test('a server whose log is not logical, or kept without a limit; both with the remedy', async () => {
    await using shop = example();
    const run = shop.start(['--once', '--scale', '0.02'], { DATABASE_URL: server.url() });
    await expectRefusal(run, 1, /wal_level is replica.*alter system set wal_level = 'logical'/);
    expect(run.stderr()).toMatch(/max_slot_wal_keep_size = '4GB'/);
    expect(Object.keys(shop.pids())).toEqual([]);
    const pool = connect(server.url('musiccorp'));
    const left = await pool.query(
      'select (select count(*) from pg_publication) + (select count(*) from pg_replication_slots) as n',
    );
    expect(Number(left.rows[0].n)).toBe(0);
    await pool.end();
  });
});

describe('the command line refuses', { timeout: 360_000 }, () => {
  test('a migration that the configuration does not have, before it connects to anything', async () => {
    await using shop = example();
    const config = path.join(shop.directory, 'banyan.config.mjs');

    writeFileSync(config, 'export default { ledger: { database: "x" } };');
    const run = runPlainly(banyan('migrate', 'stock', '--json', '-c', config));
    await expectRefusal(run, 1, /can't be used:\n {2}line 1, ledger\.database: is not a postgres/);
    expect(JSON.parse(run.stdout()).error.code).toBe('config-invalid');
  });

  test('a port that is taken, and says which', async () => {
    await using shop = example();
    await using anywhere = await testDatabase();
    const taken = createServer().listen(0, '127.0.0.1');
    await once(taken, 'listening');
    const { port } = taken.address() as AddressInfo;
    const config = path.join(shop.directory, 'banyan.config.mjs');

    const database = anywhere.url;
    const content = {
      ledger: { database },
      monolith: { url: 'http://127.0.0.1:1', database },
      proxy: { port },
      status: { port },
      services: {},
      migrations: {},
    };
    writeFileSync(config, `export default ${JSON.stringify(content)};`);
    for (const verb of ['proxy', 'console']) {
      await expectRefusal(runPlainly(banyan(verb, '-c', config)), 1, new RegExp(`${port}.*in use`));
    }
    taken.close();
  });
});
