import path from 'node:path';

const cli = path.resolve(import.meta.dirname, '../../packages/cli');

/**
 * What Node is to be given to run the command line: its source, or where `BANYAN_TEST_BUILT` says that the packages have just been
 * built, what users install. That starts in a third of the time.
 */
export function banyan(...args: readonly string[]): string[] {
  if (process.env.BANYAN_TEST_BUILT) return [path.join(cli, 'dist/main.js'), ...args];
  return ['--import', 'tsx', '--conditions=banyan-source', path.join(cli, 'src/main.ts'), ...args];
}
