import type { Command } from 'commander';
import { loadConfig } from '../config/load-config.ts';
import { serveStatus } from '../status/status-server.ts';
import { aborted, stopSignal } from './signals.ts';

/** `banyan console`. */
export function addConsole(program: Command): void {
  program
    .command('console')
    .description('serve the status page: migrations, routes, shares and differences, read from the ledger')
    .option('-c, --config <file>', 'the configuration (default: banyan.config.ts)')
    .action(async (flags: { config?: string }) => {
      const stopping = stopSignal();
      const config = await loadConfig(flags.config);
      const shop = `http://${config.proxy.host ?? '127.0.0.1'}:${config.proxy.port}`;
      await using page = await serveStatus(config, shop);
      process.stdout.write(`status page listening on ${page.url}\n`);
      await aborted(stopping);
    });
}
