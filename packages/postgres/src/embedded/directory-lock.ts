import { link, mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { Unavailable } from '@banyan/runtime';
import { processIdentity } from './process-identity.ts';

/** A lock that is held until it is disposed of, or until its process ends. */
export interface DirectoryLock {
  [Symbol.asyncDispose](): Promise<void>;
}

/**
 * Waits until this caller alone works on `directory`, also among processes. Each holder takes the next number with an exclusive create, and only
 * after the one before has released it or has died; so a lock is never deleted to be taken over, which is what makes
 * take-over by pid race elsewhere.
 */
export async function lockDirectory(directory: string, timeoutMs: number): Promise<DirectoryLock> {
  const locks = join(directory, 'locks');
  await mkdir(locks, { recursive: true });
  const identity = await processIdentity(process.pid);
  const deadline = Date.now() + timeoutMs;
  for (;;) {
    const newest = await newestLock(locks);
    if (await isFree(locks, newest)) {
      const taken = await take(locks, newest + 1, identity ?? `${process.pid}`);
      if (taken !== undefined) return taken;
    }
    if (Date.now() > deadline) {
      const holder = await readFile(join(locks, `${newest}`), 'utf8').catch(() => 'unknown');
      throw new Unavailable(
        'server-directory-locked',
        `Another process (${holder.split(' ')[0]}) has been starting or stopping the server in ${directory} for too long; end it and try again.`,
      );
    }
    await wait(50);
  }
}

async function newestLock(locks: string): Promise<number> {
  const names = await readdir(locks);
  return names
    .map(Number)
    .reduce((most, number) => (Number.isInteger(number) ? Math.max(most, number) : most), 0);
}

async function isFree(locks: string, number: number): Promise<boolean> {
  if (number === 0) return true;
  const content = await readFile(join(locks, `${number}`), 'utf8').catch(() => '');
  if (content === '') return false;
  if (content === 'released') return true;
  return (await processIdentity(Number(content.split(' ')[0]))) !== content;
}

async function take(locks: string, number: number, identity: string): Promise<DirectoryLock | undefined> {
  const file = join(locks, `${number}`);
  const draft = join(locks, `draft-${process.pid}-${Math.random().toString(36).slice(2)}`);
  await writeFile(draft, identity);
  try {
    // A link appears with its content, or not at all.
    await link(draft, file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return undefined;
    throw error;
  } finally {
    await rm(draft, { force: true });
  }
  // Older numbers get deleted, so ours may have been one that a newer holder had already cleared away.
  if ((await newestLock(locks)) !== number) {
    await rm(file, { force: true });
    return undefined;
  }
  await clearOlder(locks, number);
  return { [Symbol.asyncDispose]: () => release(file, draft) };
}

async function clearOlder(locks: string, number: number): Promise<void> {
  for (const name of await readdir(locks)) {
    if (Number(name) < number) await rm(join(locks, name), { force: true });
  }
}

async function release(file: string, draft: string): Promise<void> {
  try {
    await writeFile(draft, 'released');
    await rename(draft, file);
  } catch (error) {
    // The directory is gone when it was deleted under the lock.
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
}
