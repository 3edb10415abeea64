import { fileURLToPath } from 'node:url';
import type { Contestant, Work } from '../harness/compare.ts';
import type { Lab } from '../harness/lab.ts';
import { treeTime } from '../harness/processor-time.ts';
import { isOnPath } from '../harness/program.ts';
import { startNginxProxy, startUpstream } from './nginx.ts';
import { type Running, startContestant } from './running.ts';
import { wrk } from './wrk.ts';

/** Connections that each proxy opens to the upstream. */
const pool = 64;

const clients = fileURLToPath(new URL('clients.lua', import.meta.url));

const peers = ['http-proxy-3', 'fastify-http-proxy', 'fast-proxy'];

export default async function* proxies(lab: Lab): AsyncGenerator<Work> {
  for (const program of ['nginx', 'wrk']) {
    if (!isOnPath(program)) throw new Error(`Install ${program}: this benchmark can't do without it.`);
  }
  const running: Running[] = [];
  const start = async (starting: Promise<Running>) => {
    const server = await starting;
    running.push(server);
    return server;
  };
  try {
    const upstream = await start(startUpstream(lab.directory));
    const ours = await start(startContestant('ours', upstream));
    const others: Running[] = [];
    for (const name of peers) others.push(await start(startContestant(name, upstream)));
    const nginx = await start(startNginxProxy(lab.directory, upstream));
    others.push(nginx);
    for (const connections of [32, 128]) {
      yield {
        work: `1 KiB through a proxy, ${connections} connections`,
        unit: 'requests/s',
        ours: loaded(ours, lab, connections),
        peers: others.map((other) => loaded(other, lab, connections)),
      };
    }
    yield {
      work: `1 KiB through ours, ${10 * pool} connections on ${pool} of its own`,
      unit: 'requests/s',
      ours: loaded(ours, lab, 10 * pool),
      peers: [
        loaded({ ...ours, name: `${pool} connections` }, lab, pool),
        // What so many clients cost whoever serves them, on the same processors as these.
        loaded({ ...nginx, name: 'nginx' }, lab, 10 * pool),
        loaded({ ...nginx, name: `nginx, ${pool} connections` }, lab, pool),
      ],
    };
    const canary = await start(startContestant('ours', upstream, 'ours', ['canary', '0.1']));
    const uncompared = await start(startContestant('nothing compared', upstream, 'ours', ['canary', '0']));
    yield {
      work: '1 KiB through ours, canary of half and a tenth compared, 64 connections',
      unit: 'requests/s',
      ours: loaded(canary, lab, pool, clients),
      peers: [
        loaded({ ...ours, name: 'without' }, lab, pool, clients),
        loaded(uncompared, lab, pool, clients),
      ],
    };
  } finally {
    for (const server of running) await server.close();
  }
}

/** Keeps a proxy under load for the time of a turn; every reply must be a success. */
function loaded({ name, port, pid }: Running, lab: Lab, connections: number, script?: string): Contestant {
  const { options, signal } = lab;
  const url = `http://127.0.0.1:${port}/body`;
  return {
    name,
    async turn() {
      const length = (await (await fetch(url)).arrayBuffer()).byteLength;
      if (length !== 1024) throw new Error(`${name} gave ${length} bytes in place of 1024.`);
      const before = treeTime(pid);
      const load = await wrk(url, {
        connections,
        seconds: options.seconds,
        signal,
        ...(script && { script }),
      });
      const after = treeTime(pid);
      return {
        amount: load.requests,
        seconds: load.seconds,
        quantiles: [load.p50Ms, load.p99Ms],
        ...(before !== undefined && after !== undefined && { processorSeconds: after - before }),
      };
    },
  };
}
