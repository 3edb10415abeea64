import { loadConfig, openMigration, rollBack, terminalReporter } from 'banyan';
import type { StartArguments } from './arguments.ts';
import { returnWarehouse } from './extract-warehouse.ts';
import { configFile } from './parts.ts';
import { outputOf } from './report.ts';
import { readRunning } from './running.ts';
import { openServer } from './server.ts';
import { releaseStartLock, takeStartLock } from './start-lock.ts';

/** Puts back to the monolith what was extracted, whether the example runs or not. */
export async function rollBackExtraction(options: StartArguments): Promise<number> {
  const output = outputOf(options);
  if (readRunning() === undefined) {
    output.write('MusicCorp was never started here; there is nothing to put back.\n');
    return 0;
  }
  const other = await takeStartLock();
  const server = await openServer(false);
  try {
    if (options.extract === 'warehouse') return await returnWarehouse(options);
    await using open = await openMigration(await loadConfig(configFile), 'catalogue');
    const changed = await rollBack(open, 'asked for on the command line', terminalReporter(output));
    if (!changed) output.write('The reads are at the monolith already; there was nothing to put back.\n');
    if (options.json)
      process.stdout.write(`${JSON.stringify({ migration: 'catalogue', rolledBack: changed })}\n`);
    return 0;
  } finally {
    // Whoever else runs the example needs the server still.
    if (other === undefined) {
      await server.stop();
      releaseStartLock();
    }
  }
}
