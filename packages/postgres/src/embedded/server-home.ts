import { createHash } from 'node:crypto';
import { chmod, chown, mkdir, realpath, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ProgramUser } from './run-program.ts';
import { canEnter } from './server-user.ts';

/** Where the parts of one server lie. */
export interface ServerHome {
  /** The directory that the caller named: lock, password and port. */
  readonly directory: string;
  /** What the server itself reads and writes; below `directory` where its user can get there. */
  readonly state: string;
  /** PostgreSQL's data directory. */
  readonly data: string;
  /** Where binaries are copied to when they can't be used where they are installed. */
  readonly shelf: string;
  readonly user: ProgramUser | undefined;
}

const systemShelf = '/var/lib/banyan';

/**
 * Makes the directories. When `directory` lies where the server's user can't go (root's home, a private temporary directory),
 * the data lies in /var/lib/banyan and the file `location` in `directory` says where.
 */
export async function openServerHome(named: string, user: ProgramUser | undefined): Promise<ServerHome> {
  await mkdir(named, { recursive: true });
  const directory = await realpath(named);
  const state = await chooseState(directory, user);
  const shelf = user === undefined ? join(directory, 'bin') : systemShelf;
  return { directory, state, data: join(state, 'data'), shelf, user };
}

async function chooseState(directory: string, user: ProgramUser | undefined): Promise<string> {
  if (user === undefined) return directory;
  const below = join(directory, 'server');
  if (await canEnter(directory, user)) return await makeState(below, user);
  const hash = createHash('sha256').update(directory).digest('hex').slice(0, 16);
  await mkdir(systemShelf, { recursive: true });
  await chmod(systemShelf, 0o755);
  const state = await makeState(join(systemShelf, hash), user);
  // For people: where the state lies follows from the path alone, so that a copied directory never shares a server.
  await writeFile(join(directory, 'location'), `${state}\n`);
  return state;
}

/** As root, a place that belongs to the server's user, so that PostgreSQL can make its data directory there. */
async function makeState(state: string, user: ProgramUser): Promise<string> {
  await mkdir(state, { recursive: true });
  await chmod(state, 0o755);
  await chown(state, user.uid, user.gid);
  return state;
}
