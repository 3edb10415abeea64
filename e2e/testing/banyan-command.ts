import path from 'node:path';
import { fromSource } from '../../scripts/compiled/from-source.ts';

const cli = path.resolve(import.meta.dirname, '../../packages/cli');

/**
 * What Node is to be given to run the command line: from source, or where `BANYAN_TEST_BUILT` says that the packages have just
 * been built, what users install.
 */
export function banyan(...args: readonly string[]): string[] {
  if (process.env.BANYAN_TEST_BUILT) return [path.join(cli, 'dist/main.js'), ...args];
  return fromSource(path.join(cli, 'src/main.ts'), ...args);
}

/** A configuration in TypeScript as `banyan` finds its packages: what is built needs no compiled one. */
export function configFor(file: string): string {
  return process.env.BANYAN_TEST_BUILT ? file : fromSource(file)[0]!;
}
