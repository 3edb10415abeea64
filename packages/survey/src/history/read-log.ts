import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Missing } from '../database/database.ts';

export interface Commit {
  readonly author: string;
  /** Seconds since 1970. */
  readonly time: number;
  readonly paths: readonly string[];
}

export interface Log {
  readonly commits: readonly Commit[];
  readonly missing: readonly Missing[];
}

/** So many commits are read, the newest. */
const most = 50_000;

/**
 * The commits that touch a folder, newest first, without merges. Only names of files are asked for: a partial clone has all trees but lacks
 * old contents, and whatever needs those (`--numstat`, renames) dies in the middle.
 */
export async function readLog(folder: string): Promise<Log> {
  const shallow = await git(folder, ['rev-parse', '--is-shallow-repository']);
  if (shallow.code !== 0) return { commits: [], missing: [none(shallow.error)] };
  const args = [
    '-c',
    'core.quotepath=off',
    'log',
    `--max-count=${most}`,
    '--no-merges',
    '--no-renames',
    '--raw',
    '--relative',
  ];
  const commits: { author: string; time: number; paths: string[] }[] = [];
  const { code, error } = await git(folder, [...args, '--format=%x01%at %aE', '--', '.'], (line) => {
    if (line.startsWith('\u0001')) {
      const [time = '', author = ''] = line.slice(1).split(' ');
      commits.push({ time: Number(time), author, paths: [] });
    } else if (line.startsWith(':')) commits.at(-1)?.paths.push(line.slice(line.indexOf('\t') + 1));
  });
  const missing: Missing[] = [];
  // A table that is cut off in the middle would mislead: what came before the error is not shown.
  if (code !== 0)
    return { commits: [], missing: [/does not have any commits/.test(error) ? notYet : none(error)] };
  if (shallow.output[0] === 'true') missing.push(partly);
  return { commits, missing };
}

const notYet: Missing = {
  what: 'history',
  why: 'this repository has no commits yet',
  remedy: 'commit the code, or survey a clone that has its history',
};

const partly: Missing = {
  what: 'older history',
  why: 'this is a shallow clone',
  remedy: 'run git fetch --unshallow --filter=blob:none',
};

function none(why: string): Missing {
  const first = why.split('\n')[0]?.replace(/^fatal: /, '') ?? '';
  return {
    what: 'history',
    why: first,
    remedy: 'survey a clone with its .git folder; a partial one is enough',
  };
}

interface Ran {
  readonly code: number | null;
  readonly output: readonly string[];
  readonly error: string;
}

function git(folder: string, args: readonly string[], onLine?: (line: string) => void): Promise<Ran> {
  return new Promise((resolve) => {
    // A partial clone must not begin to fetch what it lacks.
    const env = { ...process.env, GIT_NO_LAZY_FETCH: '1', LC_ALL: 'C' };
    const child = spawn('git', ['-C', folder, ...args], { env, stdio: ['ignore', 'pipe', 'pipe'] });
    const output: string[] = [];
    let error = '';
    child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
      error = (error + chunk).slice(0, 2_000);
    });
    const lines = createInterface({ input: child.stdout });
    lines.on('line', onLine ?? ((line) => output.push(line)));
    child.on('error', (cause) => resolve({ code: 1, output, error: cause.message }));
    let [ended, code]: [boolean, number | null] = [false, null];
    const finish = () => ended && code !== null && resolve({ code, output, error });
    lines.on('close', () => {
      ended = true;
      finish();
    });
    child.on('close', (exit) => {
      code = exit ?? 1;
      finish();
    });
  });
}
