import { runCommandLine } from '../program.ts';

/** Waits for a command line, runs it, and says what its exit code is: so the moment of a kill counts from the work's own beginning. */
process.on('message', async (args: string[]) => {
  await runCommandLine(args);
  process.send?.({ code: process.exitCode ?? 0 });
  process.disconnect();
});
process.send?.('ready');
