import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { checkConfig, loadConfig, migrationOf } from './load-config.ts';

const good = {
  ledger: { database: 'postgres://127.0.0.1/ledger' },
  monolith: { url: 'http://127.0.0.1:1', database: 'postgres://127.0.0.1/mono' },
  proxy: { port: 0 },
  services: { catalogue: { url: 'http://127.0.0.1:2', database: 'postgres://127.0.0.1/cat' } },
  migrations: {
    catalogue: {
      service: 'catalogue',
      tables: ['public.items'],
      into: ['catalogue.items'],
      translate: () => [],
      routes: [{ name: 'item', match: { path: '/api/items/:id' } }],
    },
  },
};
const withMigration = (change: object) => ({
  ...good,
  migrations: { catalogue: { ...good.migrations.catalogue, ...change } },
});

describe('a configuration', () => {
  test('that is right is taken as it is', () => {
    expect(checkConfig(good, 'x')).toBe(good);
  });

  test.each([
    [
      'a table without a schema',
      withMigration({ tables: ['items'] }),
      /migrations\.catalogue\.tables\.0: .*public\.items/,
    ],
    [
      'a service nobody knows',
      withMigration({ service: 'stock' }),
      /"stock", which is not among the services \(catalogue\)/,
    ],
    ['a misspelt limit', withMigration({ limits: { canaryShare: [5] } }), /canaryShare/],
    ['a share over 100', withMigration({ limits: { canaryShares: [5, 120] } }), /limits\.canaryShares\.1/],
    [
      'a path without a slash',
      withMigration({ routes: [{ name: 'a', match: { path: 'api' } }] }),
      /begins with a slash/,
    ],
    [
      'a database that is none',
      { ...good, ledger: { database: 'mysql://x/y' } },
      /ledger\.database: .*postgres/,
    ],
    ['nothing at all', undefined, /default export/],
    ['no proxy', { ...good, proxy: undefined }, /proxy: is missing \(object\)/],
  ])('with %s is refused with the place and the reason', (_name, config, message) => {
    expect(() => checkConfig(config, 'banyan.config.ts')).toThrow(message);
  });

  test.each([
    ['a mistake in its syntax', 'export default {', /bad\.mjs can't be loaded: ./],
    ['a module that is not installed', "import 'not-installed-here';", /install it there/],
    ['code that throws', "\nthrow new TypeError('no url')", /can't be loaded: no url \(at .*bad\.mjs:2/],
  ])('with %s is refused in one line', async (_name, text, message) => {
    const directory = await mkdtemp(path.join(tmpdir(), 'banyan-config-'));
    try {
      await writeFile(path.join(directory, 'bad.mjs'), text);
      const refused = await loadConfig('bad.mjs', directory).catch((error: unknown) => error);
      expect(refused).toMatchObject({ code: 'config-not-loaded', message: expect.stringMatching(message) });
      expect((refused as Error).message).not.toContain('\n');
    } finally {
      await rm(directory, { recursive: true });
    }
  });

  test('is read from a TypeScript file', async () => {
    const directory = await mkdtemp(path.join(tmpdir(), 'banyan-config-'));
    try {
      const text = JSON.stringify(good).replace(
        '"catalogue","tables"',
        '"catalogue","translate":TRANSLATE,"tables"',
      );
      const source = `const translate = (change: { op: string }) => [] as string[];\nexport default ${text.replace('TRANSLATE', 'translate')};`;
      await writeFile(path.join(directory, 'banyan.config.ts'), source);
      const config = await loadConfig(undefined, directory);
      expect(migrationOf(config, 'catalogue').tables).toEqual(['public.items']);
      expect(() => migrationOf(config, 'toString')).toThrow(/no migration "toString".*It has: catalogue/);
    } finally {
      await rm(directory, { recursive: true });
    }
  });

  test('with a mistake is refused with the line that it is on', async () => {
    const directory = await mkdtemp(path.join(tmpdir(), 'banyan-config-'));
    try {
      const routes = {
        a: { match: { path: '/a/*/b' } },
        b: { match: { path: '/b' }, mode: { kind: 'canry' } },
      };
      const source = `export default ${JSON.stringify({ ...good, port: 1, routes }, null, 1)};`;
      const file = path.join(directory, 'banyan.config.mjs');
      await writeFile(file, source.replace('"tables"', '"translate": () => [], "tables"'));
      const lineWith = (text: string) => source.slice(0, source.indexOf(text)).split('\n').length;
      const refused = loadConfig(undefined, directory);
      await expect(refused).rejects.toThrow(`line ${lineWith('canry')}, routes.b.mode`);
      await expect(refused).rejects.toThrow(`line ${lineWith('"port": 1')}, (the default export)`);
    } finally {
      await rm(directory, { recursive: true });
    }
  });

  test.each([
    [
      'a star in the middle',
      { a: { match: { path: '/a/*/b' } } },
      /routes\.a: Route "a": .*only as the whole last segment/,
    ],
    [
      'a candidate nobody knows',
      { a: { match: { path: '/a' }, candidate: 'x', mode: { kind: 'moved' } } },
      /upstream "x"/,
    ],
    [
      'a mode and a rollout',
      {
        a: {
          match: { path: '/a' },
          candidate: 'catalogue',
          mode: { kind: 'moved' },
          rollout: { shares: [5] },
        },
      },
      /leave one out/,
    ],
    [
      'reads by code and no code',
      { a: { match: { path: '/a' }, reads: 'code' } },
      /hooks: \{ "a": \{ isRead/,
    ],
  ])('whose route has %s is refused before anything starts', (_what, routes, message) => {
    expect(() => checkConfig({ ...good, routes }, 'x')).toThrow(message);
  });

  const splitWith = (change: object) => ({
    ...good,
    splits: { countries: { service: 'catalogue', tables: ['public.countries'], ...change } },
  });

  test('may have a split that keeps a copy, of some rows and columns or of another shape', () => {
    const part = { tables: [{ name: 'public.countries', columns: ['code'], where: "code < 'b'" }] };
    const reshape = { into: ['reading.countries'], forth: () => [] };
    const events = { of: () => [], inline: [{ name: 'levels', on: {}, reset: () => undefined }] };
    for (const change of [{}, part, { reshape }, { reshape: { ...reshape, events } }]) {
      const config = splitWith({ keep: 'copy', ...change });
      expect(checkConfig(config, 'x')).toBe(config);
    }
  });

  test.each([
    ['another word', { keep: 'it' }, /countries\.keep: is 'copy', or left out where the tables move/],
    [
      'routes',
      { keep: 'copy', routes: [] },
      /countries\.routes: .*leave it out of a split with keep: 'copy'/,
    ],
    ['a bridge', { keep: 'copy', bridge: 'copy' }, /countries\.bridge: is for tables that move/],
    ['a stage', { keep: 'copy', stage: { schema: 'a' } }, /countries\.stage: is for tables that move/],
    [
      'events without a projection',
      { reshape: { into: ['a.b'], forth: () => [], events: { of: () => [], inline: [] } } },
      /countries\.reshape\.events\.inline: /,
    ],
    [
      'events that are no function',
      { reshape: { into: ['a.b'], forth: () => [], events: { of: [], inline: [{ name: 'a', on: {} }] } } },
      /countries\.reshape\.events\.of: is a function from a row change to events/,
    ],
    [
      'a way back',
      { keep: 'copy', reshape: { into: ['a.b'], forth: () => [], back: () => [] } },
      /countries\.reshape\.back: is for tables that move/,
    ],
  ])('whose split has %s is refused', (_what, change, message) => {
    expect(() => checkConfig(splitWith(change), 'x')).toThrow(message);
  });

  test('with something else than a tracing is refused', () => {
    const proxy = { port: 0, tracing: {} };
    expect(() => checkConfig({ ...good, proxy }, 'x')).toThrow(/tracing: is what openTelemetryTracing/);
  });

  test('that is not there is asked for by name', async () => {
    await expect(loadConfig('nowhere.ts', '/')).rejects.toThrow(/no nowhere\.ts in \/.*--config/);
  });
});
