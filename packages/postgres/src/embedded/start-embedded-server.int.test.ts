import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type EmbeddedServer, startEmbeddedServer } from './start-embedded-server.ts';

let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'banyan-embedded-'));
});
afterEach(async () => {
  const server = await start();
  await server.destroy();
});

const start = (options: { fresh?: boolean; port?: number } = {}) =>
  startEmbeddedServer({ dir, settings: { fsync: false, shared_buffers: '32MB' }, ...options });

async function query(server: EmbeddedServer, text: string, database = 'postgres'): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: server.url(database) });
  await client.connect();
  const { rows } = await client.query(text);
  await client.end();
  return rows;
}

const dataOf = async (server: EmbeddedServer) =>
  ((await query(server, 'show data_directory')) as { data_directory: string }[])[0]!.data_directory;

// Making a cluster is a second of work, and some tests make three.
describe('an embedded server', { timeout: 180_000 }, () => {
  test('keeps its data, port and password over a restart, and forgets the data when asked to', async () => {
    const first = await start();
    await first.createDatabase('shop');
    await first.createDatabase('shop');
    await query(first, 'create table kept as select 1 as one', 'shop');
    await first.stop();
    await first.stop();
    const second = await start();
    expect([second.url(), second.adopted]).toEqual([first.url(), false]);
    expect(await query(second, 'select one from kept', 'shop')).toEqual([{ one: 1 }]);
    const third = await start({ fresh: true });
    expect(third.adopted).toBe(false);
    await expect(query(third, 'select one from kept', 'shop')).rejects.toMatchObject({ code: '3D000' });
  });

  test('decodes its log, bounds what it retains, and speaks UTF-8 to 127.0.0.1 only', async () => {
    const server = await start();
    const wanted = {
      wal_level: 'logical',
      max_slot_wal_keep_size: '2GB',
      server_encoding: 'UTF8',
      listen_addresses: '127.0.0.1',
    };
    const names = Object.keys(wanted).map((name) => `current_setting('${name}') as ${name}`);
    expect(await query(server, `select ${names.join(', ')}`)).toEqual([wanted]);
    await expect(
      query({ ...server, url: (name) => server.url(name).replace(/:[^:@]+@/, ':wrong@') }, 'select 1'),
    ).rejects.toMatchObject({
      code: '28P01',
    });
  });

  test('outlives kill -9 of the process that started it, and is found by the next', async () => {
    const script = `
      import { startEmbeddedServer } from ${JSON.stringify(new URL('./index.ts', import.meta.url).href)};
      await startEmbeddedServer({ dir: process.argv[1] });
      process.kill(process.pid, 'SIGKILL');`;
    const flags = [
      '--import',
      'tsx',
      '--conditions=banyan-source',
      '--input-type=module',
      '--eval',
      script,
      dir,
    ];
    const [, signal] = await once(spawn(process.execPath, flags, { stdio: 'inherit' }), 'exit');
    expect(signal).toBe('SIGKILL');
    const found = await start();
    expect(found.adopted).toBe(true);
    expect(await query(found, 'select 1 as one')).toEqual([{ one: 1 }]);
  });

  test('two starts at the same time give one server', async () => {
    const servers = await Promise.all([start(), start()]);
    expect(servers.map(({ adopted }) => adopted).sort()).toEqual([false, true]);
    expect(servers[0].url()).toBe(servers[1].url());
  });

  test('a taken port is replaced by a free one, which is remembered', async () => {
    const taken = createServer().listen(0, '127.0.0.1');
    await once(taken, 'listening');
    const { port } = taken.address() as { port: number };
    const server = await start({ port });
    expect(server.port).not.toBe(port);
    await server.stop();
    expect((await start()).port).toBe(server.port);
    taken.close();
  });

  test('a pid file that a crashed machine left is not taken for a server', async () => {
    const server = await start();
    const file = join(await dataOf(server), 'postmaster.pid');
    const text = await readFile(file, 'utf8');
    await server.stop();
    // A process that is alive and isn't a server, as after a restart of the machine.
    await writeFile(file, text.replace(/^\d+/, `${process.pid}`));
    expect((await start()).adopted).toBe(false);
  });

  test('a start that fails says why, in the words of the server', async () => {
    const wrong = startEmbeddedServer({ dir, settings: { wal_level: 'nonsense' } });
    await expect(wrong).rejects.toMatchObject({ code: 'server-not-starting' });
    await expect(wrong).rejects.toThrow(/wal_level.*nonsense/s);
  });

  test('works where its user may go and where it may not', async () => {
    await chmod(dir, 0o755);
    const open = await start();
    expect(await query(open, 'select 1 as one')).toEqual([{ one: 1 }]);
    await open.destroy();
    await rm(dir, { recursive: true, force: true });
    dir = await mkdtemp(join(tmpdir(), 'banyan-embedded-'));
    expect(await query(await start(), 'select 1 as one')).toEqual([{ one: 1 }]);
  });
});
