import { once } from 'node:events';
import { testDatabase } from '@banyan/postgres/testing';
import { expect, test } from 'vitest';
import { type Run, until } from './testing/example.ts';
import { pageFolders, readPage } from './testing/page-folders.ts';
import { curlRequest, exchangesOf } from './testing/tutorial-page.ts';

test('the tutorial gets the answers that it shows, also after a kill', { timeout: 600_000 }, async () => {
  await using folders = pageFolders('tutorial');
  await using database = await testDatabase();
  const env = { DATABASE_URL: database.url, PORT: '0' };
  const start = () => serviceOf(folders.run('tutorial', 'src/server.ts', env));
  const exchanges = exchangesOf(readPage('tutorial'));
  expect(exchanges.length).toBeGreaterThan(4);
  let service = await start();
  for (const [curl, shown] of exchanges) {
    const { url, init } = curlRequest(curl, service.url);
    const reply = await (await fetch(url, init)).json();
    expect(reply, curl).toMatchObject(JSON.parse(shown));
  }
  service.run.child.kill('SIGKILL');
  await once(service.run.child, 'close');
  service = await start();
  const headers = { 'banyan-wait-for': '2' };
  const ada = async () => (await fetch(`${service.url}/readers/Ada`, { headers })).json();
  await expect.poll(ada).toEqual({ copies: ['dune-1', 'dune-2'] });
  service.run.child.kill('SIGTERM');
  expect(await service.run.exited).toBe(0);
});

async function serviceOf(started: Run): Promise<{ run: Run; url: string }> {
  const url = await until('the service to listen', () => {
    if (started.child.exitCode !== null) throw new Error(started.stderr());
    return /listening on (\S+)/.exec(started.stdout())?.[1];
  });
  return { run: started, url };
}
