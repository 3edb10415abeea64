#!/usr/bin/env node
import { Command, CommanderError } from 'commander';
import { addConsole } from './commands/console.ts';
import { addMigrate } from './commands/migrate.ts';
import { addProxy } from './commands/proxy.ts';
import { reportError } from './commands/report-error.ts';

const program = new Command('banyan')
  .description(
    'Takes a running monolith to microservices, one capability at a time; every step can be undone.',
  )
  .version('0.1.0')
  .showHelpAfterError('(run with --help for what there is)')
  .exitOverride();

addMigrate(program);
addProxy(program);
addConsole(program);

try {
  await program.parseAsync();
} catch (error) {
  // The parser has printed its own message; asking for help is no error.
  if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? 0 : 2;
  else process.exitCode = reportError(error, process.argv.includes('--json'));
}
