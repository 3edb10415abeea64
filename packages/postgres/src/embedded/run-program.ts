import { spawn } from 'node:child_process';

/** Who a program runs as; undefined is whoever we are. */
export interface ProgramUser {
  readonly name: string;
  readonly uid: number;
  readonly gid: number;
}

/** How a program ended. */
export interface ProgramResult {
  /** Null when it was ended by a signal or never began. */
  readonly code: number | null;
  /** Standard output and error, in the order they came. */
  readonly output: string;
}

/** The environment for a PostgreSQL program: without the PG* variables, which would redirect it. */
export function postgresEnvironment(): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(
    ([name]) => !name.startsWith('PG') && !name.startsWith('LC_'),
  );
  return { ...Object.fromEntries(kept), LANG: 'C', LC_ALL: 'C' };
}

/** Runs a program to its end. Never rejects: a program that can't begin is a result without a code. */
export function runProgram(
  program: string,
  args: readonly string[],
  user: ProgramUser | undefined,
  cwd = '/',
): Promise<ProgramResult> {
  return new Promise((resolve) => {
    const identity = user === undefined ? {} : { uid: user.uid, gid: user.gid };
    const child = spawn(program, args, {
      ...identity,
      cwd: process.platform === 'win32' ? undefined : cwd,
      env: postgresEnvironment(),
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let output = '';
    const collect = (chunk: Buffer): void => {
      output = (output + chunk.toString('utf8')).slice(-16_384);
    };
    child.stdout.on('data', collect);
    child.stderr.on('data', collect);
    child.on('error', (error) => resolve({ code: null, output: `${output}${error.message}` }));
    child.on('close', (code) => resolve({ code, output: output.trim() }));
  });
}
