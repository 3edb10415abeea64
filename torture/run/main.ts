import { installPeers } from '../../bench/harness/install.ts';
import { banyan, banyanLanes } from '../candidates/banyan.ts';
import type { Candidate } from '../candidates/candidate.ts';
import { candidateNames, loadCandidate } from '../candidates/candidates.ts';
import { cases } from '../cases/cases.ts';
import { killWorkers } from '../processes/start-worker.ts';
import { fullScale, openLab } from './lab.ts';
import { hint, parseOptions, type TortureOptions, UsageError, usage } from './options.ts';
import { destroyAbandoned, serverVersion, startServer, type TortureServer } from './server.ts';
import { formatTable, type Outcome } from './table.ts';
import type { Finding, TortureCase } from './torture-case.ts';

let server: TortureServer | undefined;
let stopped = false;
let uncaught: Error[] = [];

/** Those that must not fail. */
const ourNames: readonly string[] = [banyan.name, banyanLanes.name];

process.exitCode = await main().catch((error: unknown) => {
  if (stopped) return new Promise<never>(() => undefined);
  note(error instanceof UsageError ? `${error.message}\n\n${hint}` : explain(error));
  return error instanceof UsageError ? 2 : 1;
});

async function main(): Promise<number> {
  const options = parseOptions(process.argv.slice(2), Math.floor(Math.random() * 1e6));
  if (options.help) {
    console.log(usage);
    return 0;
  }
  // A peer adds listeners of its own for each of its consumers.
  process.setMaxListeners(0);
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => void stop(signal));
  // Whoever read the findings has gone.
  process.stdout.on('error', () => void stop('SIGPIPE'));
  // A candidate may fail where nobody can catch it, on a connection that was cut; in an application that ends the process.
  process.on('uncaughtException', (error) => uncaught.push(error));
  await installPeers(new URL('../', import.meta.url), note);
  await destroyAbandoned();
  server = await startServer();
  try {
    return await torture(options, server);
  } finally {
    if (!stopped) {
      killWorkers();
      await server.destroy();
    }
  }
}

async function torture(options: TortureOptions, on: TortureServer): Promise<number> {
  const candidates = await Promise.all(candidateNames.map(loadCandidate));
  note(`seed ${options.seed}, PostgreSQL ${await serverVersion(on)}, Node ${process.versions.node}`);
  const outcomes: Outcome[] = [];
  for (const one of cases.filter(({ name }) => options.only.includes(name))) {
    for (const candidate of candidates) {
      const outcome = await tryOut(one, candidate, options.seed, on);
      if (stopped) throw new Error('Stopped.');
      outcomes.push(outcome);
      note(`${one.name} ${candidate.name}: ${outcome.verdict} (${outcome.seconds} s) ${outcome.finding}`);
      if (options.json) console.log(JSON.stringify({ ...outcome, seed: options.seed }));
    }
  }
  const color = process.stdout.isTTY === true && !process.env.NO_COLOR;
  if (!options.json) console.log(formatTable(outcomes, candidates, { color, seed: options.seed }));
  const ours = outcomes.filter(({ candidate }) => ourNames.includes(candidate));
  // What was not run, because a program is not installed, is told in the table and is no failure.
  const failed = ours.some(
    ({ verdict, failure }) => failure !== undefined || !['passes', 'not run'].includes(verdict),
  );
  return failed ? 1 : 0;
}

async function tryOut(
  one: TortureCase,
  candidate: Candidate,
  seed: number,
  on: TortureServer,
): Promise<Outcome> {
  const started = performance.now();
  uncaught = [];
  let found: Finding;
  let failure: string | undefined;
  try {
    await using lab = await openLab(candidate, { server: on, scale: fullScale, seed });
    found = await one.run(candidate, lab);
    if (uncaught[0] !== undefined) failure = `an error that nobody could catch: ${uncaught[0].message}`;
  } catch (error) {
    failure = error instanceof Error ? error.message : String(error);
    found = { verdict: 'not run', finding: 'it could not be found out' };
  }
  const seconds = Number(((performance.now() - started) / 1000).toFixed(1));
  const finding = failure === undefined ? found.finding : `${found.finding}; ${failure}`;
  const { name, about: version } = candidate;
  return { case: one.name, about: one.about, candidate: name, version, ...found, finding, seconds, failure };
}

async function stop(signal: NodeJS.Signals): Promise<void> {
  if (stopped) return;
  stopped = true;
  note(`Stopped by ${signal}; cleaning up.`);
  killWorkers();
  await server?.destroy().catch((error: Error) => note(`Cleaning up failed: ${error.message}`));
  process.exit(signal === 'SIGINT' ? 130 : 143);
}

function explain(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

function note(line: string): void {
  process.stderr.write(`${line}\n`);
}
