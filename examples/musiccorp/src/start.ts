import { Stopped } from 'banyan';
import { CommanderError } from 'commander';
import { parseArguments } from './arguments.ts';
import { reportFailure } from './report.ts';
import { rollBackExtraction } from './rollback.ts';
import { runExample } from './run-example.ts';

const stopping = new AbortController();
for (const name of ['SIGINT', 'SIGTERM'] as const) {
  process.on(name, () => {
    if (stopping.signal.aborted) return;
    stopping.abort(new Stopped());
  });
}

try {
  const options = parseArguments(process.argv.slice(2));
  const run = options.action === 'rollback' ? rollBackExtraction : runExample;
  process.exitCode = await run(options, stopping.signal);
} catch (error) {
  if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? 0 : 2;
  else process.exitCode = reportFailure(error, process.argv.includes('--json'));
}
