import type { Command } from 'commander';
import { loadConfig } from '../config/load-config.ts';
import { runProxy } from '../proxy/run-proxy.ts';
import { aborted, stopSignal } from './signals.ts';

/** `banyan proxy`. */
export function addProxy(program: Command): void {
  program
    .command('proxy')
    .description('run the proxy in front of the monolith; its routes are those of the ledger')
    .option('-c, --config <file>', 'the configuration (default: banyan.config.ts)')
    .action(async (flags: { config?: string }) => {
      const stopping = stopSignal();
      const proxy = await runProxy(await loadConfig(flags.config), (line) => {
        process.stderr.write(`${JSON.stringify({ at: new Date().toISOString(), ...line })}\n`);
      });
      process.stdout.write(`proxy listening on ${proxy.url}\n`);
      if (proxy.controlUrl !== undefined) process.stdout.write(`control API on ${proxy.controlUrl}\n`);
      await aborted(stopping);
      await proxy.close();
    });
}
