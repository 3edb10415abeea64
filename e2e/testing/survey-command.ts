import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';
import { banyan } from './banyan-command.ts';

const root = path.resolve(import.meta.dirname, '../..');

/** The code of the example's monolith. */
export const monolith = path.join(root, 'examples/musiccorp/monolith');

/** Runs `banyan survey` as users have it and returns what it says. */
export async function banyanSurvey(...args: string[]): Promise<string> {
  const { stdout } = await promisify(execFile)(process.execPath, banyan('survey', ...args), {
    cwd: root,
    maxBuffer: 64 << 20,
  });
  return stdout;
}
