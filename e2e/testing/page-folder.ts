import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type Run, runNode, runPlainly } from './example.ts';
import { filesOf } from './tutorial-page.ts';

const root = path.resolve(import.meta.dirname, '../..');

const tsconfig = {
  extends: path.join(root, 'tsconfig.base.json'),
  compilerOptions: { noEmit: true, declaration: false },
  include: ['src'],
};
/** What to compile with: the page's own settings, with the packages as they are in the repository, which need not be built. */
export const checkedConfig = 'tsconfig.checked.json';
const fromSource = { extends: './tsconfig.json', compilerOptions: { customConditions: ['banyan-source'] } };
const vitestConfig = `
  const source = { conditions: ['banyan-source', 'node'], externalConditions: ['banyan-source', 'node'] };
  export default { resolve: { conditions: source.conditions }, ssr: { resolve: source } };`;

/** A folder with the files of a page in it, as a user has it who has followed the page. */
export interface PageFolder extends AsyncDisposable {
  /** Runs Node there. */
  run(args: readonly string[], env?: Record<string, string>): Run;
  /** Runs a program of `node_modules` to its end; gives its exit code and all that it said. */
  finish(
    program: string,
    ...args: string[]
  ): Promise<{ readonly code: number | null; readonly said: string }>;
}

/** A page of `docs`. */
export function readPage(name: string): string {
  return readFileSync(path.join(root, 'docs', name), 'utf8');
}

/** Makes the folder; what was started there ends with it. */
export function pageFolder(page: string): PageFolder {
  const folder = mkdtempSync(path.join(tmpdir(), 'banyan-page-'));
  const runs: Run[] = [];
  symlinkSync(path.join(root, 'node_modules'), path.join(folder, 'node_modules'));
  const packageJson = { name: 'page', private: true, type: 'module' };
  const own = {
    'package.json': JSON.stringify(packageJson),
    'tsconfig.json': JSON.stringify(tsconfig),
    [checkedConfig]: JSON.stringify(fromSource),
    'vitest.config.js': vitestConfig,
  };
  for (const [name, text] of Object.entries({ ...own, ...filesOf(page) })) {
    mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
    writeFileSync(path.join(folder, name), text);
  }
  const kept = (started: Run) => {
    runs.push(started);
    return started;
  };
  return {
    run: (args, env = {}) => kept(runNode(args, env, folder)),
    async finish(program, ...args) {
      const started = kept(runPlainly([path.join(root, 'node_modules', program), ...args], {}, folder));
      const code = await started.exited;
      return { code, said: started.stdout() + started.stderr() };
    },
    async [Symbol.asyncDispose]() {
      for (const { child } of runs) if (child.exitCode === null) child.kill('SIGKILL');
      await Promise.all(runs.map(({ exited }) => exited));
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
