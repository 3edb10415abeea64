import { once } from 'node:events';
import { testDatabase } from '@banyan/postgres/testing';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Run, until } from './testing/example.ts';
import { checkedConfig, type PageFolder, pageFolder, readPage } from './testing/page-folder.ts';
import { curlRequest, exchangesOf } from './testing/tutorial-page.ts';

const page = readPage('tutorial.md');

describe('the tutorial', () => {
  let folder: PageFolder;
  beforeAll(() => {
    folder = pageFolder(page);
  });
  afterAll(() => folder[Symbol.asyncDispose]());

  async function succeeds(program: string, ...args: string[]): Promise<string> {
    const { code, said } = await folder.finish(program, ...args);
    expect(code, said).toBe(0);
    return said;
  }

  test('has code that compiles', { timeout: 600_000 }, async () => {
    await succeeds('typescript/bin/tsc', '-p', checkedConfig);
  });

  test('has a test that passes', { timeout: 600_000 }, async () => {
    expect(await succeeds('vitest/vitest.mjs', 'run')).toMatch(/3 passed/);
  });

  test('gets the answers that it shows, also after a kill', { timeout: 600_000 }, async () => {
    await using database = await testDatabase();
    const env = { DATABASE_URL: database.url, PORT: '0' };
    const exchanges = exchangesOf(page);
    expect(exchanges.length).toBeGreaterThan(4);
    let service = await serviceOf(folder.run(['src/server.ts'], env));
    for (const [curl, shown] of exchanges) {
      const { url, init } = curlRequest(curl, service.url);
      const reply = await (await fetch(url, init)).json();
      expect(reply, curl).toMatchObject(JSON.parse(shown));
    }
    service.run.child.kill('SIGKILL');
    await once(service.run.child, 'close');
    service = await serviceOf(folder.run(['src/server.ts'], env));
    const headers = { 'banyan-wait-for': '2' };
    const ada = async () => (await fetch(`${service.url}/readers/Ada`, { headers })).json();
    await expect.poll(ada).toEqual({ copies: ['dune-1', 'dune-2'] });
    service.run.child.kill('SIGTERM');
    expect(await service.run.exited).toBe(0);
  });
});

async function serviceOf(started: Run): Promise<{ run: Run; url: string }> {
  const url = await until('the service to listen', () => {
    if (started.child.exitCode !== null) throw new Error(started.stderr());
    return /listening on (\S+)/.exec(started.stdout())?.[1];
  });
  return { run: started, url };
}
