import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { testDatabase } from '@banyan/postgres/testing';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Run, runNode, until } from './testing/example.ts';
import { curlRequest, exchangesOf, filesOf } from './testing/tutorial-page.ts';

const root = path.resolve(import.meta.dirname, '..');
const page = readFileSync(path.join(root, 'docs/tutorial.md'), 'utf8');

/** What a user has after the page's `npm install`. */
const packageJson = { name: 'library', private: true, type: 'module' };
const tsconfig = {
  extends: path.join(root, 'tsconfig.base.json'),
  compilerOptions: { noEmit: true, declaration: false },
  include: ['src'],
};
const vitestConfig = `
  const source = { conditions: ['banyan-source', 'node'], externalConditions: ['banyan-source', 'node'] };
  export default { resolve: { conditions: source.conditions }, ssr: { resolve: source } };`;

describe('the tutorial', () => {
  let folder: string;
  const runs: Run[] = [];

  beforeAll(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'banyan-tutorial-'));
    symlinkSync(path.join(root, 'node_modules'), path.join(folder, 'node_modules'));
    const own = { 'package.json': JSON.stringify(packageJson), 'tsconfig.json': JSON.stringify(tsconfig) };
    const files = { ...own, 'vitest.config.js': vitestConfig, ...filesOf(page) };
    for (const [name, text] of Object.entries(files)) {
      mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
      writeFileSync(path.join(folder, name), text);
    }
  });

  afterAll(async () => {
    for (const { child } of runs) if (child.exitCode === null) child.kill('SIGKILL');
    await Promise.all(runs.map(({ exited }) => exited));
    rmSync(folder, { recursive: true, force: true });
  });

  function run(args: readonly string[], env: Record<string, string> = {}): Run {
    const started = runNode(args, env, folder);
    runs.push(started);
    return started;
  }

  async function succeeds(program: string, ...args: string[]): Promise<string> {
    const started = run([path.join(root, 'node_modules', program), ...args]);
    const code = await started.exited;
    expect(code, started.stdout() + started.stderr()).toBe(0);
    return started.stdout() + started.stderr();
  }

  test('has code that compiles', { timeout: 60_000 }, async () => {
    await succeeds('typescript/bin/tsc', '-p', 'tsconfig.json');
  });

  test('has a test that passes', { timeout: 60_000 }, async () => {
    expect(await succeeds('vitest/vitest.mjs', 'run')).toMatch(/3 passed/);
  });

  test('gets the answers that it shows, also after a kill', { timeout: 60_000 }, async () => {
    await using database = await testDatabase();
    const env = { DATABASE_URL: database.url, PORT: '0' };
    const exchanges = exchangesOf(page);
    expect(exchanges.length).toBeGreaterThan(4);
    let service = await serviceOf(run(['src/server.ts'], env));
    for (const [curl, shown] of exchanges) {
      const { url, init } = curlRequest(curl, service.url);
      const reply = await (await fetch(url, init)).json();
      expect(reply, curl).toMatchObject(JSON.parse(shown));
    }
    service.run.child.kill('SIGKILL');
    await once(service.run.child, 'close');
    service = await serviceOf(run(['src/server.ts'], env));
    const headers = { 'banyan-wait-for': '2' };
    const reply = await fetch(`${service.url}/readers/Ada`, { headers });
    expect(await reply.json()).toEqual({ copies: ['dune-1', 'dune-2'] });
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
