import { toPostgresError } from '@banyan/postgres';
import pc from 'picocolors';
import { Stopped } from './signals.ts';

/** Tells of an error the way the user asked for, and returns the exit code that goes with it. */
export function reportError(error: unknown, json: boolean): number {
  if (error instanceof Stopped) {
    process.stderr.write(`\n${error.message}\n`);
    return 130;
  }
  const { code, message } = toPostgresError(error);
  const known = code !== 'unexpected';
  if (json) process.stdout.write(`${JSON.stringify({ error: { code, message } })}\n`);
  process.stderr.write(`${pc.red('error:')} ${message}\n`);
  // Without a code it is a fault of ours: where it happened is what is needed to mend it.
  if (!known && error instanceof Error) process.stderr.write(`${pc.dim(error.stack ?? '')}\n`);
  return 1;
}
