import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
} from 'node:fs';
import path from 'node:path';

const root = path.resolve(import.meta.dirname, '../..');
const compiler = path.join(import.meta.dirname, 'compile.mjs');
/** Below `node_modules`, so that what is compiled finds what is installed. */
const cache = path.join(root, 'node_modules/.cache/banyan-compiled');
const parts = ['packages', 'examples', 'torture', 'bench/harness'];
const left = /(^|\/)(node_modules|dist|\.[^/]*)(\/|$)|\.test(-d)?\.ts$|\.d\.ts$/;

const waitMs = 180_000;
const keepMs = 3_600_000;

let compiled: string | undefined;

/**
 * What Node is to be given to run a TypeScript program of the repository by itself: what was compiled of it, which starts in a third
 * of the time that its source takes. The first to ask after a change compiles everything, once for all processes.
 */
export function fromSource(program: string, ...args: readonly string[]): string[] {
  compiled ??= compiledTree();
  // What is used is kept: a run of hours goes on to start programs while others change theirs and compile.
  utimesSync(compiled, new Date(), new Date());
  return [path.join(compiled, path.relative(root, program)).replace(/\.ts$/, '.js'), ...args];
}

function compiledTree(): string {
  const files = parts.flatMap(filesIn).filter((file) => !left.test(file));
  const tree = path.join(cache, hashOf(files));
  const draft = `${tree}.draft`;
  const deadline = Date.now() + waitMs;
  while (!existsSync(tree)) {
    if (taken(draft)) compile(files, draft, tree);
    else if (Date.now() > deadline) throw new Error(`Nobody has finished ${draft}: delete it.`);
    else Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 20);
  }
  return tree;
}

function filesIn(part: string): string[] {
  const entries = readdirSync(path.join(root, part), { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(root, path.join(entry.parentPath, entry.name)))
    .sort();
}

/** Of all that what is compiled depends on. */
function hashOf(files: readonly string[]): string {
  const hash = createHash('sha256');
  const typescript = path.join(root, 'node_modules/typescript/package.json');
  for (const file of [compiler, typescript, ...files.map((name) => path.join(root, name))])
    hash.update(`${file}\0`).update(/\.(ts|json|mjs)$/.test(file) ? readFileSync(file) : '');
  return hash.digest('hex').slice(0, 16);
}

function taken(draft: string): boolean {
  mkdirSync(cache, { recursive: true });
  // Of a run that was killed.
  if (existsSync(draft) && ageOf(draft) > waitMs) rmSync(draft, { recursive: true, force: true });
  try {
    mkdirSync(draft);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

function compile(files: readonly string[], draft: string, tree: string): void {
  try {
    // Somebody else may have been done in between.
    if (existsSync(tree)) return;
    for (const name of readdirSync(cache))
      if (ageOf(path.join(cache, name)) > keepMs) rmSync(path.join(cache, name), { recursive: true });
    const words = [compiler, root, draft, ...files];
    const { status, stderr } = spawnSync(process.execPath, words, { encoding: 'utf8' });
    if (status !== 0) throw new Error(`The programs could not be compiled: ${stderr}`);
    renameSync(draft, tree);
  } finally {
    rmSync(draft, { recursive: true, force: true });
  }
}

function ageOf(folder: string): number {
  return Date.now() - statSync(folder).mtimeMs;
}
