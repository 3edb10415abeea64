import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { processIdentity } from '@banyan/postgres/embedded';
import { stateDirectory } from './running.ts';

const file = path.join(stateDirectory, 'start.json');

/**
 * Makes this process the one that runs the example. One that died without tidying up is replaced.
 * @returns The pid of another living process that runs it already, or undefined when it is ours now.
 */
export async function takeStartLock(): Promise<number | undefined> {
  mkdirSync(stateDirectory, { recursive: true });
  const content = JSON.stringify({ pid: process.pid, identity: await processIdentity(process.pid) });
  for (;;) {
    try {
      writeFileSync(file, content, { flag: 'wx' });
      return undefined;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
    const holder = await livingHolder();
    if (holder !== undefined) return holder;
    rmSync(file, { force: true });
  }
}

/** Lets the next one run the example. */
export function releaseStartLock(): void {
  rmSync(file, { force: true });
}

async function livingHolder(): Promise<number | undefined> {
  try {
    const { pid, identity } = JSON.parse(readFileSync(file, 'utf8')) as { pid: number; identity: string };
    return (await processIdentity(pid)) === identity ? pid : undefined;
  } catch {
    // Cut off in the middle of writing: whoever wrote it is gone.
    return undefined;
  }
}
