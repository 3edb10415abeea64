import { type ProxyLogLine, runWorkers } from '@banyan/strangler';
import type { Command } from 'commander';
import type { BanyanConfig } from '../config/config.ts';
import { loadConfig } from '../config/load-config.ts';
import { runProxy } from '../proxy/run-proxy.ts';
import { stopSignal } from './signals.ts';

/** `banyan proxy`. */
export function addProxy(program: Command): void {
  program
    .command('proxy')
    .description('run the proxy in front of the monolith; its routes are those of the ledger')
    .option('-c, --config <file>', 'the configuration (default: banyan.config.ts)')
    .action(async (flags: { config?: string }) => {
      const config = await loadConfig(flags.config);
      await runWorkers({
        count: config.proxy.workers ?? 1,
        signal: stopSignal(),
        log,
        async run(worker) {
          const proxy = await runProxy(ofWorker(config, worker), log);
          process.stdout.write(`proxy listening on ${proxy.url}\n`);
          if (proxy.controlUrl !== undefined) process.stdout.write(`control API on ${proxy.controlUrl}\n`);
          if (proxy.operationsUrl !== undefined)
            process.stdout.write(`metrics and health on ${proxy.operationsUrl}\n`);
          return proxy;
        },
      });
    });
}

function log(line: ProxyLogLine): void {
  process.stderr.write(`${JSON.stringify({ at: new Date().toISOString(), ...line })}\n`);
}

/** What a worker must not share with the others: its spool of events, and the port of its metrics. */
function ofWorker(config: BanyanConfig, worker: number): BanyanConfig {
  if (worker === 0) return config;
  const { events, proxy } = config;
  const { operations: first } = proxy;
  const operations = first && { ...first, port: first.port === 0 ? 0 : first.port + worker };
  return {
    ...config,
    ...(events && { events: { ...events, spool: `${events.spool}-${worker}` } }),
    proxy: { ...proxy, ...(operations && { operations }) },
  };
}
