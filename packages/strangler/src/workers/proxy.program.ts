// A proxy with workers for tests: node proxy.program.ts <url of the upstream> <port> <workers>
import { createProxy } from '../proxy.ts';
import { runWorkers } from './run-workers.ts';

const [url, port, count] = process.argv.slice(2) as [string, string, string];
const table = { revision: 1, upstreams: { owner: { url } }, default: 'owner', routes: [] };
const stopping = new AbortController();
process.on('SIGTERM', () => stopping.abort());
process.on('disconnect', () => process.exit());

await runWorkers({
  count: Number(count),
  signal: stopping.signal,
  log: ({ event }) => void process.send?.(event),
  async run(worker) {
    const proxy = createProxy({ routes: () => table, sink: { record: async () => undefined } });
    await proxy.listen({ port: Number(port) });
    process.stdout.write(`${worker} ${process.pid}\n`);
    return proxy;
  },
});

// The channel to the test would keep it.
process.exit();
