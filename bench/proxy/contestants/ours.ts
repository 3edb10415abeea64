import { createProxy, type RouteTable } from '@banyan/strangler';
import { started, upstreamUrl } from './started.ts';

const upstreams = { upstream: { url: upstreamUrl }, candidate: { url: upstreamUrl } };

/** Half of the clients are answered by the candidate; of what the owner answers, a tenth is compared. */
const canary: RouteTable['routes'] = [
  {
    name: 'canary',
    match: { path: '/*' },
    owner: 'upstream',
    candidate: 'candidate',
    mode: { kind: 'canary', share: 0.5, sample: 0.1 },
  },
];

const table: RouteTable = {
  revision: 1,
  upstreams,
  default: 'upstream',
  routes: process.argv.includes('canary') ? canary : [],
};

const proxy = createProxy({ routes: () => table, sink: { record: async () => undefined } });
started((await proxy.listen({ port: 0 })).port);
