import { setTimeout as sleep } from 'node:timers/promises';
import { loadConfig, migrate, terminalReporter } from 'banyan';
import type { StartArguments } from './arguments.ts';
import { extractWarehouse } from './extract-warehouse.ts';
import { chooseAddresses, configFile, neededProcesses, processNames, processSpecs } from './parts.ts';
import { ensureProcess, type ProcessSpec, stopProcess } from './processes.ts';
import { outputOf, partReporter, readShoppersReport, reportAddresses, reportProof } from './report.ts';
import { forgetWritten, writeRunning } from './running.ts';
import { seedMonolith } from './seed-monolith.ts';
import { type DatabaseServer, openServer } from './server.ts';
import { releaseStartLock, takeStartLock } from './start-lock.ts';
import { supervise } from './supervise.ts';

/** Runs the example to its proof; stays up until the signal aborts, unless it was asked to run once. */
export async function runExample(options: StartArguments, signal: AbortSignal): Promise<number> {
  const other = await takeStartLock();
  if (other !== undefined) {
    outputOf(options).write(
      `MusicCorp is run by process ${other} already. End it with Ctrl-C there, or: kill ${other}\n`,
    );
    return 1;
  }
  let server: DatabaseServer | undefined;
  const watching = new AbortController();
  try {
    if (options.fresh) {
      await stopProcesses();
      forgetWritten();
    }
    server = await startServer(options);
    const specs = await startParts(options, server, signal);
    const watched = supervise(specs, (name, restarts) => restarted(options, name, restarts), watching.signal);
    const extract = options.extract === 'warehouse' ? extractWarehouse : extractCatalogue;
    const holds = await extract(options, signal);
    if (!options.once) await stayUp(options, signal);
    watching.abort();
    await watched;
    return holds ? 0 : 1;
  } finally {
    watching.abort();
    await stopProcesses();
    await server?.stop();
    releaseStartLock();
  }
}

async function startServer(options: StartArguments): Promise<DatabaseServer> {
  const report = partReporter(options)('postgres');
  report(process.env.DATABASE_URL ? 'connecting' : 'starting the embedded server');
  const server = await openServer(options.fresh);
  report(server.description, true);
  return server;
}

async function startParts(
  options: StartArguments,
  server: DatabaseServer,
  signal: AbortSignal,
): Promise<ProcessSpec[]> {
  const running = await chooseAddresses(server);
  writeRunning(running);
  const part = partReporter(options);
  const data = part('data');
  data(await seedMonolith(running.monolith.database, options, data, signal), true);
  const specs = processSpecs(running, options);
  const told: Record<string, string> = {
    monolith: `MusicCorp on ${running.monolith.url}`,
    catalogue: `the service that is to take over, on ${running.catalogue.url}`,
    warehouse: `the service that is to own the stock, on ${running.warehouse?.url}`,
    proxy: `in front of MusicCorp, on ${running.proxy.url}`,
    status: `page on ${running.status.url}`,
    shoppers: `${options.rate} requests per second through the proxy, seed ${options.seed}`,
  };
  const needed = neededProcesses(options);
  for (const name of needed) {
    const report = part(name);
    report('starting');
    const found = await ensureProcess(specs[name], signal);
    report(`${told[name]}${found ? ', found running' : ''}`, true);
  }
  return needed.map((name) => specs[name]);
}

async function extractCatalogue(options: StartArguments, signal: AbortSignal): Promise<boolean> {
  const config = await loadConfig(configFile);
  const onProgress = terminalReporter(outputOf(options));
  const proof = await migrate({ config, name: 'catalogue', onProgress, signal });
  return reportProof(proof, readShoppersReport(), options);
}

async function stayUp(options: StartArguments, signal: AbortSignal): Promise<void> {
  const { readRunning } = await import('./running.ts');
  reportAddresses(readRunning()!, options);
  outputOf(options).write(
    `  Ctrl-C ends everything; the data stays. npm start -- rollback${options.extract === 'warehouse' ? ' --extract warehouse' : ''} puts everything back.\n`,
  );
  // The timer keeps the process alive; only the signal ends it.
  while (!signal.aborted) await sleep(3_600_000, undefined, { signal }).catch(() => undefined);
}

async function stopProcesses(): Promise<void> {
  for (const name of [...processNames].reverse()) await stopProcess(name);
}

function restarted(options: StartArguments, name: string, restarts: number): void {
  outputOf(options).write(`  ! ${name} had ended and is started again (${restarts})\n`);
}
