import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { stripVTControlCharacters as plain } from 'node:util';
import { connect } from '@banyan/postgres';
import { preparedDatabase, testDatabase } from '@banyan/postgres/testing';
import type pg from 'pg';
import { type Ended, runBanyan } from './run-banyan.ts';

/** A monolith, two services, and splits between them. */
export interface SplitsSystem extends AsyncDisposable {
  readonly monolith: pg.Pool;
  readonly warehouse: pg.Pool;
  readonly reporting: pg.Pool;
  readonly configFile: string;
  /** What a split is called in the configuration; slots have one name for the whole server, on which other tests are. */
  nameOf(name: string): string;
  /** Runs `banyan split ACTION NAME`. */
  banyan(action: string, name: string, ...flags: string[]): Promise<Ended>;
}

/**
 * Splits by name, as their configuration is written down: as text, because a translator is code.
 * @param module A file of this folder, whose exports the texts have as `code`.
 */
export async function splitsSystem(
  splits: Readonly<Record<string, string>>,
  module?: string,
): Promise<SplitsSystem> {
  const ledger = await preparedDatabase();
  const databases = [await testDatabase(), await testDatabase(), await testDatabase()];
  const [monolith, warehouse, reporting] = databases.map(({ url }) => connect(url)) as [
    pg.Pool,
    pg.Pool,
    pg.Pool,
  ];
  const directory = await mkdtemp(path.join(tmpdir(), 'banyan-splits-'));
  const configFile = path.join(directory, `banyan.config.${module === undefined ? 'mjs' : 'ts'}`);
  const file = module === undefined ? undefined : fileURLToPath(new URL(`./${module}`, import.meta.url));
  const imported = file === undefined ? '' : `import * as code from ${JSON.stringify(file)};\n`;
  const suffix = Math.random().toString(36).slice(2, 8);
  const nameOf = (name: string) => `${name}_${suffix}`;
  const config = {
    ledger: { database: ledger.url },
    monolith: { url: 'http://127.0.0.1:1', database: databases[0]!.url },
    proxy: { port: 0 },
    services: {
      warehouse: { url: 'http://127.0.0.1:2', database: databases[1]!.url },
      reporting: { url: 'http://127.0.0.1:3', database: databases[2]!.url },
    },
    migrations: {},
  };
  const all = Object.entries(splits).map(([name, text]) => `  ${nameOf(name)}: ${text},\n`);
  await writeFile(
    configFile,
    `${imported}const config = ${JSON.stringify(config, null, 2)};\nexport default { ...config, splits: {\n${all.join('')}} };\n`,
  );
  const banyan = async (action: string, name: string, ...flags: string[]) => {
    const ended = await runBanyan(['split', action, nameOf(name), '--config', configFile, ...flags]);
    const told = (text: string) => plain(text).replaceAll(`_${suffix}`, '');
    return { ...ended, stdout: told(ended.stdout), stderr: told(ended.stderr) };
  };
  return {
    monolith,
    warehouse,
    reporting,
    configFile,
    nameOf,
    banyan,
    async [Symbol.asyncDispose]() {
      // A subscription would follow its database's name to another, and a slot of it would keep its database from being dropped.
      const names = Object.keys(splits);
      for (const name of names) await banyan('reverse', name);
      for (const name of [...names].reverse()) await banyan('abort', name);
      await Promise.all([monolith, warehouse, reporting].map((pool) => pool.end()));
      for (const one of databases) await one[Symbol.asyncDispose]();
      await ledger[Symbol.asyncDispose]();
      await rm(directory, { recursive: true });
    },
  };
}
