import { compare, type Work } from './compare.ts';
import { installPeers } from './install.ts';
import type { Benchmark, Lab } from './lab.ts';
import { describeMachine } from './machine.ts';
import { type BenchOptions, parseOptions, UsageError, usage } from './options.ts';
import { processorTime } from './processor-time.ts';
import { type BenchServer, openServer } from './server.ts';
import { formatRow } from './table.ts';

const stopped = new AbortController();
let opening: Promise<BenchServer> | undefined;

process.exitCode = await main().catch((error: unknown) => {
  // What breaks because it is being stopped is not worth a word; the signal's handler ends the process.
  if (stopped.signal.aborted) return new Promise<never>(() => undefined);
  if (error instanceof UsageError) {
    note(`${error.message}\n\n${usage}`);
    return 2;
  }
  note(explain(error));
  return 1;
});

async function main(): Promise<number> {
  const options = parseOptions(process.argv.slice(2));
  if (options.name === undefined) {
    console.log(usage);
    return 0;
  }
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => void stop(signal));
  process.on('uncaughtException', crash);
  await installPeers(new URL('../', import.meta.url), note);
  opening = openServer();
  const server = await opening;
  try {
    note(await describeMachine(server));
    await measure(options, server);
  } finally {
    if (!stopped.signal.aborted) await server.close();
  }
  return 0;
}

async function measure(options: BenchOptions, server: BenchServer): Promise<void> {
  const module = (await import(`../${options.name}/bench.ts`)) as { default: Benchmark };
  const { directory } = server;
  let measured = 0;
  const report = (line: string, value?: object) => {
    measured += 1;
    if (!options.json) console.log(line);
    else if (value !== undefined) console.log(JSON.stringify(value));
  };
  const processors = () => processorTime(server.postmaster);
  const { database } = server;
  const lab: Lab = { options, directory, note, report, processors, signal: stopped.signal, database };
  const wanted = ({ work }: Work) => options.only?.some((word) => work.includes(word)) ?? true;
  const passed: string[] = [];
  for await (const work of module.default(lab)) {
    if (!wanted(work)) {
      passed.push(work.work);
      continue;
    }
    measured += 1;
    const row = await compare(work, { runs: options.runs, progress: note, processors });
    console.log(options.json ? JSON.stringify(row) : `\n${formatRow(row)}`);
  }
  if (measured === 0 && options.only !== undefined)
    throw new UsageError(`Nothing has "${options.only.join('" or "')}" in its title: ${passed.join('; ')}.`);
}

/** Ends at once, and leaves no server, database or file behind. */
async function stop(signal: NodeJS.Signals): Promise<void> {
  if (stopped.signal.aborted) return;
  note(`Stopped by ${signal}; cleaning up.`);
  stopped.abort();
  await closeServer();
  process.exit(signal === 'SIGINT' ? 130 : 143);
}

function crash(error: Error): void {
  if (stopped.signal.aborted) return;
  note(error.stack ?? error.message);
  stopped.abort();
  void closeServer().then(() => process.exit(1));
}

async function closeServer(): Promise<void> {
  try {
    await (await opening)?.close();
  } catch (error) {
    note(`Cleaning up failed: ${error instanceof Error ? error.message : error}`);
  }
}

/** Where it happened matters for what nobody expected; a sentence that was written for the user says enough. */
function explain(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.constructor === Error ? error.message : (error.stack ?? error.message);
}

function note(line: string): void {
  process.stderr.write(`${line}\n`);
}
