import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type Run, runPlainly } from './example.ts';
import { filesOf } from './tutorial-page.ts';

const root = path.resolve(import.meta.dirname, '../..');

const tsconfig = {
  extends: path.join(root, 'tsconfig.base.json'),
  compilerOptions: { noEmit: true, declaration: false },
  include: ['src'],
};
// Each test file in a process of its own would load the packages again.
const vitestConfig = `
  const source = { conditions: ['banyan-source', 'node'], externalConditions: ['banyan-source', 'node'] };
  const test = { isolate: false, maxWorkers: 1, minWorkers: 1 };
  export default { resolve: { conditions: source.conditions }, ssr: { resolve: source }, test };`;

/** A folder for each of some pages with the files of the page in it, as a user has them who has followed it. */
export interface PageFolders extends AsyncDisposable {
  /** Checks the types of all, each by its own settings; gives the mistakes. */
  typeErrors(): Promise<string>;
  /** Runs the tests of all. */
  test(env: Record<string, string>): Run;
  /** Runs a program of a page. */
  run(page: string, program: string, env: Record<string, string>): Run;
}

/** A page of `docs`. */
export function readPage(name: string): string {
  return readFileSync(path.join(root, 'docs', `${name}.md`), 'utf8');
}

/** Makes the folders; what was started there ends with them. */
export function pageFolders(...pages: readonly string[]): PageFolders {
  const folder = mkdtempSync(path.join(tmpdir(), 'banyan-pages-'));
  symlinkSync(path.join(root, 'node_modules'), path.join(folder, 'node_modules'));
  writeFileSync(path.join(folder, 'vitest.config.js'), vitestConfig);
  for (const page of pages) write(path.join(folder, page), filesOf(readPage(page)));
  const runs: Run[] = [];
  const start = (args: readonly string[], env: Record<string, string> = {}, at = folder) => {
    const run = runPlainly(args, env, at);
    runs.push(run);
    return run;
  };
  return {
    async typeErrors() {
      const checker = start([path.join(import.meta.dirname, 'check-types.mjs'), folder, ...pages]);
      const code = await checker.exited;
      if (code !== 0) throw new Error(checker.stderr());
      return checker.stdout();
    },
    test: (env) => start(['node_modules/vitest/vitest.mjs', 'run'], env),
    run: (page, program, env) =>
      start(['--import', 'tsx', '--conditions=banyan-source', program], env, path.join(folder, page)),
    async [Symbol.asyncDispose]() {
      for (const { child } of runs) if (child.exitCode === null) child.kill('SIGKILL');
      await Promise.all(runs.map(({ exited }) => exited));
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function write(folder: string, files: Record<string, string>): void {
  const own = {
    'package.json': JSON.stringify({ name: 'page', private: true, type: 'module' }),
    'tsconfig.json': JSON.stringify(tsconfig),
  };
  for (const [name, text] of Object.entries({ ...own, ...files })) {
    mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
    writeFileSync(path.join(folder, name), text);
  }
}
