import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';

const root = path.resolve(import.meta.dirname, '../..');

/** The code of the example's monolith. */
export const monolith = path.join(root, 'examples/musiccorp/monolith');

/** Runs `banyan survey` as users have it and returns what it says. */
export async function banyanSurvey(...args: string[]): Promise<string> {
  const cli = [
    '--import',
    'tsx',
    '--conditions=banyan-source',
    'packages/cli/src/main.ts',
    'survey',
    ...args,
  ];
  const { stdout } = await promisify(execFile)(process.execPath, cli, { cwd: root, maxBuffer: 64 << 20 });
  return stdout;
}
