import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Missing } from '../database/database.ts';
import { compare } from '../graph/tie-collector.ts';
import { type Ran, runGit } from './run-git.ts';

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

/** Settings of the user that would change what is printed are overruled. */
const logArgs = [
  ...['-c', 'log.showRoot=true', '-c', 'log.showSignature=false', 'log', '-z', '--no-color', '--no-ext-diff'],
  ...['--no-merges', '--no-renames', '--raw', '--relative', `--max-count=${most}`, '--format=%x01%at %aE'],
];

/**
 * The commits that touch a folder, newest first, without merges. Only names of files are asked for: a partial clone has all trees but lacks
 * old contents, and whatever needs those (`--numstat`, renames) dies in the middle.
 */
export async function readLog(folder: string): Promise<Log> {
  const shallow = await runGit(folder, ['rev-parse', '--is-shallow-repository']);
  if (shallow.code !== 0) return { commits: [], missing: [none(shallow)] };
  const reader = new LogReader();
  const log = await runGit(folder, [...logArgs, '--', '.'], (part) => reader.part(part));
  // A table that is cut off in the middle would mislead: what came before the error is not shown.
  if (log.code !== 0) return { commits: [], missing: [none(log)] };
  const missing: Missing[] = [];
  if (shallow.output.trim() === 'true') missing.push(partly);
  if (reader.commits.length === most) missing.push(cutOff);
  const apart = await checkedOut(folder, reader.submodules);
  if (apart.length > 0) missing.push(ofSubmodules(apart));
  return { commits: reader.commits, missing };
}

/** Takes the log apart: a commit begins with U+0001, and a name follows what is said of its change. */
class LogReader {
  readonly commits: { author: string; time: number; paths: string[] }[] = [];
  readonly submodules = new Set<string>();
  #change: string | undefined;

  part(part: string): void {
    const change = this.#change;
    this.#change = undefined;
    if (change !== undefined) {
      if (/^:(?:160000 |\d+ 160000 )/.test(change)) this.submodules.add(part);
      else this.commits.at(-1)?.paths.push(part);
      return;
    }
    const text = part.trimStart();
    if (text.startsWith(':')) this.#change = text;
    else if (text.startsWith('\u0001')) {
      const [time = '', author = ''] = text.slice(1).split(' ');
      this.commits.push({ time: Number(time), author, paths: [] });
    }
  }
}

async function checkedOut(folder: string, submodules: ReadonlySet<string>): Promise<string[]> {
  const there = await Promise.all(
    [...submodules].map(async (path) => {
      const isThere = await stat(join(folder, path, '.git')).then(
        () => true,
        () => false,
      );
      return isThere ? [path] : [];
    }),
  );
  return there.flat().sort(compare);
}

function ofSubmodules(paths: readonly string[]): Missing {
  return {
    what: `the history of ${paths.slice(0, 5).join(', ')}${paths.length > 5 ? ` and ${paths.length - 5} more` : ''}`,
    why: 'a submodule has one of its own',
    remedy: 'survey it alone with --repo',
  };
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

const cutOff: Missing = {
  what: 'older history',
  why: `the newest ${most} commits are read`,
  remedy: 'survey one of its folders with --repo',
};

function none({ error, isAbsent }: Ran): Missing {
  const what = 'history';
  if (isAbsent)
    return { what, why: `git can't be started: ${error}`, remedy: 'install git, or put it on the PATH' };
  if (error.includes('does not have any commits')) return notYet;
  const why = error.split('\n')[0]?.replace(/^(fatal|error): /, '') ?? '';
  const [remedy] = /git config --global --add safe\.directory .*/.exec(error) ?? [];
  if (remedy !== undefined) return { what, why, remedy: `if it is yours, run ${remedy}` };
  if (/not a git repository/.test(error))
    return { what, why, remedy: 'survey a clone with its .git folder; a partial one is enough' };
  return { what, why, remedy: 'run git fsck there, or survey a fresh clone; a partial one is enough' };
}
