import { Unavailable } from '@banyan/runtime';
import { type ProgramUser, runProgram } from './run-program.ts';

const createdUser = 'banyan-postgres';

/**
 * Who the server runs as. PostgreSQL refuses to run as root, so root hands it to another user: `postgres` where there is one, else
 * a system user of ours, else `nobody`. Anybody else runs it themselves.
 */
export async function findServerUser(): Promise<ProgramUser | undefined> {
  if (process.getuid?.() !== 0) return undefined;
  const found =
    (await lookUp('postgres')) ??
    (await lookUp(createdUser)) ??
    (await createUser()) ??
    (await lookUp('nobody'));
  if (found !== undefined) return found;
  throw new Unavailable(
    'no-server-user',
    'PostgreSQL refuses to run as root and no other user was found to run it: create one named "postgres", or set DATABASE_URL to a server of yours.',
  );
}

async function lookUp(name: string): Promise<ProgramUser | undefined> {
  const [uid, gid] = await Promise.all([
    runProgram('id', ['-u', name], undefined),
    runProgram('id', ['-g', name], undefined),
  ]);
  if (uid.code !== 0 || gid.code !== 0) return undefined;
  return { name, uid: Number(uid.output), gid: Number(gid.output) };
}

async function createUser(): Promise<ProgramUser | undefined> {
  const useradd = ['--system', '--user-group', '--no-create-home', '--home-dir', '/nonexistent', createdUser];
  const made = await runProgram('useradd', useradd, undefined);
  // BusyBox has only adduser.
  if (made.code !== 0) await runProgram('adduser', ['-S', '-D', '-H', createdUser], undefined);
  return lookUp(createdUser);
}

/** Whether `user` can enter the directory and list it. */
export async function canEnter(directory: string, user: ProgramUser | undefined): Promise<boolean> {
  const test = await runProgram('/bin/sh', ['-c', '[ -x "$1" ] && [ -r "$1" ]', 'sh', directory], user);
  return test.code === 0;
}
