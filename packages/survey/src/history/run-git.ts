import { spawn } from 'node:child_process';

export interface Ran {
  readonly code: number | null;
  readonly output: string;
  readonly error: string;
  /** Git itself could not be started. */
  readonly isAbsent: boolean;
}

const mostError = 2_000;

/** What a hook is told of its repository would go before the folder that is asked for. */
const ofHooks = ['GIT_DIR', 'GIT_WORK_TREE', 'GIT_INDEX_FILE', 'GIT_PREFIX', 'GIT_COMMON_DIR'];

/** Runs git in a folder; `onPart` gets what it prints in pieces that end with NUL, else it is kept as `output`. */
export function runGit(
  folder: string,
  args: readonly string[],
  onPart?: (part: string) => void,
): Promise<Ran> {
  return new Promise((resolve) => {
    // A partial clone must not begin to fetch what it lacks.
    const env: NodeJS.ProcessEnv = { ...process.env, GIT_NO_LAZY_FETCH: '1', LC_ALL: 'C' };
    for (const name of ofHooks) delete env[name];
    const child = spawn('git', ['-C', folder, ...args], { env, stdio: ['ignore', 'pipe', 'pipe'] });
    let [output, error] = ['', ''];
    child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
      error = (error + chunk).slice(0, mostError);
    });
    child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
      output += chunk;
      if (onPart === undefined || !chunk.includes('\0')) return;
      const parts = output.split('\0');
      output = parts.pop()!;
      for (const part of parts) onPart(part);
    });
    child.on('error', (cause) => resolve({ code: null, output, error: cause.message, isAbsent: true }));
    child.on('close', (code) => {
      if (onPart !== undefined && output !== '') onPart(output);
      resolve({ code, output, error, isAbsent: false });
    });
  });
}
