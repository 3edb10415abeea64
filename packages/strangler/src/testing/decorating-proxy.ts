// A proxy in a process of its own, for tests that kill it: decorating-proxy.ts <owner> <spool> <sink, or "none">
import { createProxy } from '../proxy.ts';
import { tableOf } from './test-proxy.ts';

const [owner, directory, sink] = process.argv.slice(2) as [string, string, string];
const orders = { path: '/orders', methods: ['POST'] };
const table = tableOf({ owner }, [
  { name: 'orders', match: orders, owner: 'owner', mode: { kind: 'owner' } },
]);
const proxy = createProxy({
  routes: () => table,
  sink: { record: async () => undefined },
  hooks: {
    orders: {
      event: ({ request, reply }) => ({
        stream: `order-${JSON.parse(reply.body).id}`,
        type: 'OrderPlaced',
        data: JSON.parse(request.body),
      }),
    },
  },
  events: {
    directory,
    sink: {
      async append(events) {
        if (sink === 'none') throw new Error('away');
        const reply = await fetch(sink, { method: 'POST', body: JSON.stringify(events) });
        if (!reply.ok) throw new Error(`answered ${reply.status}`);
      },
    },
  },
});
const { url } = await proxy.listen({ port: 0 });
process.stdout.write(`${url}\n`);
