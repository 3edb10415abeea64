import { Command, CommanderError } from 'commander';
import { addConsole } from './commands/console.ts';
import { addDiff } from './commands/diff.ts';
import { addFeed } from './commands/feed.ts';
import { addLog } from './commands/log.ts';
import { addMigrate } from './commands/migrate.ts';
import { addProjection } from './commands/projection.ts';
import { addProxy } from './commands/proxy.ts';
import { reportError } from './commands/report-error.ts';
import { addRoute } from './commands/route.ts';
import { endSignals } from './commands/signals.ts';
import { addSplit } from './commands/split.ts';
import { addStream } from './commands/stream.ts';
import { addSubscription } from './commands/subscription.ts';
import { addSurvey } from './commands/survey.ts';

/** The command line with all its verbs. */
function banyan(): Command {
  const program = new Command('banyan')
    .description(
      'Takes a running monolith to microservices, one capability at a time; every step can be undone.',
    )
    .version('0.1.0')
    // The longest of the verbs leaves less room than wrapping begins with.
    .configureHelp({ minWidthToWrap: 30 })
    .showHelpAfterError('(run with --help for what there is)')
    .exitOverride();
  const verbs = [
    addSurvey,
    addMigrate,
    addSplit,
    addProxy,
    addRoute,
    addDiff,
    addConsole,
    addSubscription,
    addProjection,
    addStream,
    addFeed,
    addLog,
  ];
  for (const add of verbs) add(program);
  return program;
}

/** Runs one command line, `args` without the names of Node and of the script, and sets the process's exit code. */
export async function runCommandLine(args: readonly string[]): Promise<void> {
  try {
    await banyan().parseAsync([...args], { from: 'user' });
  } catch (error) {
    // The parser has printed its own message; asking for help is no error.
    if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? 0 : 2;
    else process.exitCode = reportError(error, args.includes('--json'));
  } finally {
    endSignals();
  }
}
