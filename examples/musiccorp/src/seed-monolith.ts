import { spawn } from 'node:child_process';
import path from 'node:path';
import { Unavailable } from '@banyan/runtime';
import type { StartArguments } from './arguments.ts';

const script = path.resolve(import.meta.dirname, '../monolith/seed.js');

/** Fills the monolith's database if it is empty; tells the last line that the seed prints while it works. */
export function seedMonolith(
  database: string,
  { seed, scale }: StartArguments,
  progress: (text: string) => void,
  signal: AbortSignal,
): Promise<string> {
  const env = { ...process.env, DATABASE_URL: database, SEED: String(seed), SCALE: String(scale) };
  const child = spawn(process.execPath, [script], { env, stdio: ['ignore', 'pipe', 'pipe'], signal });
  let last = '';
  const listen = (chunk: Buffer) => {
    last = chunk.toString().trim().split('\n').at(-1) ?? last;
    progress(last);
  };
  child.stdout.on('data', listen);
  child.stderr.on('data', listen);
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('exit', (code) => {
      if (code === 0) resolve(last);
      else reject(new Unavailable('seed-failed', `The monolith's data could not be made: ${last}`));
    });
  });
}
