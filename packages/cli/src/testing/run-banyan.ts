import { type ChildProcess, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { fromSource } from '../../../../scripts/compiled/from-source.ts';
import { runCommandLine } from '../program.ts';

const main = fileURLToPath(new URL('../main.ts', import.meta.url));

/** What a command printed and how it ended. */
export interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** The command line in a process of its own, as users have it. */
export function startBanyan(args: readonly string[], env: Record<string, string>): ChildProcess {
  return spawn(process.execPath, fromSource(main, ...args), {
    env: { PATH: process.env.PATH, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

/** Runs a command to its end within this process, one at a time, because starting one takes longer than the work. */
export async function runBanyan(args: readonly string[]): Promise<Ended> {
  const [stdout, stderr] = [process.stdout.write, process.stderr.write];
  const codeBefore = process.exitCode;
  const printed = { stdout: '', stderr: '' };
  try {
    process.exitCode = 0;
    process.stdout.write = (chunk: unknown) => {
      printed.stdout += String(chunk);
      return true;
    };
    process.stderr.write = (chunk: unknown) => {
      printed.stderr += String(chunk);
      return true;
    };
    await runCommandLine(args);
    return { code: Number(process.exitCode), ...printed };
  } finally {
    process.stdout.write = stdout;
    process.stderr.write = stderr;
    process.exitCode = codeBefore;
  }
}
