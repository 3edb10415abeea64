import { createProxy, type RouteTable } from '@banyan/strangler';
import { started, upstreamUrl } from './started.ts';

const upstreams = { upstream: { url: upstreamUrl }, candidate: { url: upstreamUrl } };

/** Half of the clients are answered by the candidate; a share of all that is answered is asked of the other side and compared. */
const canary = (sample: number): RouteTable['routes'] => [
  {
    name: 'canary',
    match: { path: '/*' },
    owner: 'upstream',
    candidate: 'candidate',
    mode: { kind: 'canary', share: 0.5, sample },
  },
];

const table: RouteTable = {
  revision: 1,
  upstreams,
  default: 'upstream',
  routes: process.argv[2] === 'canary' ? canary(Number(process.argv[3])) : [],
};

const proxy = createProxy({ routes: () => table, sink: { record: async () => undefined } });
started((await proxy.listen({ port: 0 })).port);
