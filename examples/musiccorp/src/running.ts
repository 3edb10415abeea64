import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';

/** Where the parts of the example are reached. Holds passwords, so the file it is kept in is its owner's alone. */
export interface Running {
  readonly monolith: { readonly url: string; readonly database: string };
  readonly catalogue: { readonly url: string; readonly database: string };
  /** Absent in files of older versions. */
  readonly warehouse?: { readonly url: string; readonly database: string };
  readonly ledger: { readonly database: string };
  readonly proxy: { readonly url: string };
  readonly status: { readonly url: string };
  /** Where the proxy takes changes of its routes. Absent in files of older versions. */
  readonly control?: { readonly port: number; readonly token: string };
}

const root = path.resolve(import.meta.dirname, '../../..');

/** The directory of everything that the example writes. */
export const stateDirectory = path.resolve(process.env.BANYAN_DIR ?? path.join(root, '.banyan'));

/** Where the shoppers write what they met. */
export const shoppersReport = path.join(stateDirectory, 'shoppers.json');

/** Where the proxy keeps the routes that it ran last. */
export const keptRoutes = path.join(stateDirectory, 'routes.json');

/** Forgets what the parts wrote down of data that is there no more. */
export function forgetWritten(): void {
  for (const file of [shoppersReport, keptRoutes]) rmSync(file, { force: true });
}

const file = path.join(stateDirectory, 'musiccorp.json');

/** Where the parts were when they were last started; undefined before the first start. */
export function readRunning(): Running | undefined {
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Running) : undefined;
}

/** Remembers where the parts are, for the configuration and for the next start. */
export function writeRunning(running: Running): void {
  mkdirSync(stateDirectory, { recursive: true });
  writeFileSync(`${file}.new`, JSON.stringify(running, null, 2), { mode: 0o600 });
  renameSync(`${file}.new`, file);
}

/** The port of an address. */
export function portOf(url: string): number {
  return Number(new URL(url).port);
}
