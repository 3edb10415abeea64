import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { Work } from '../harness/compare.ts';
import type { Lab } from '../harness/lab.ts';
import { isOnPath } from '../harness/program.ts';
import { median } from '../harness/statistics.ts';
import { startUpstream } from '../proxy/nginx.ts';
import { type RunningContestant, startContestant } from '../proxy/running.ts';
import { wrk } from '../proxy/wrk.ts';
import { SlowClients } from './slow-clients.ts';

const connections = 198;
const slowClients = 2;
const largeBytes = 4 * 1024 * 1024;

/** How often it is looked, but at least ten times. */
const everySeconds = 30;
const leastMarks = 10;
/** What the last third may have more of than the first one. */
const mostGrowth = 1.1;

const nothingToCompare: readonly Work[] = [];

const clients = fileURLToPath(new URL('../proxy/clients.lua', import.meta.url));

/** The memory of the proxy at one moment, in MiB. */
interface Mark {
  readonly second: number;
  readonly requestsPerSecond: number;
  readonly rss: number;
  /** What is alive of the heap of JavaScript. */
  readonly heap: number;
  /** Buffers outside of that heap. */
  readonly buffers: number;
}

/** Keeps the proxy under load for `--seconds`, with one slow client in a hundred, and looks whether its memory grows. */
export default async function* proxyMemory(lab: Lab): AsyncGenerator<Work> {
  for (const program of ['nginx', 'wrk']) {
    if (!isOnPath(program)) throw new Error(`Install ${program}: this benchmark can't do without it.`);
  }
  const upstream = await startUpstream(lab.directory);
  try {
    await writeFile(join(lab.directory, 'files', 'large'), Buffer.alloc(largeBytes, 'l'));
    const proxy = await startContestant('ours', upstream, 'ours', ['canary', '0.1']);
    try {
      await watch(lab, proxy);
      yield* nothingToCompare;
    } finally {
      await proxy.close();
    }
  } finally {
    await upstream.close();
  }
}

async function watch(lab: Lab, proxy: RunningContestant): Promise<void> {
  const { seconds } = lab.options;
  const every = Math.min(everySeconds, seconds / leastMarks);
  using slow = new SlowClients(proxy.port, slowClients);
  lab.report('second  requests/s  RSS MiB  heap MiB  buffers MiB');
  const marks: Mark[] = [];
  for (let second = every; second <= seconds + every / 2 && !lab.signal.aborted; second += every) {
    const mark = await markAfter(lab, proxy, every, second);
    marks.push(mark);
    lab.report(line(mark), mark);
  }
  const growth = { rss: grown(marks, 'rss'), heap: grown(marks, 'heap'), slowReplies: slow.replies };
  lab.report(
    `From the first third to the last: RSS x ${growth.rss}, heap x ${growth.heap}; slow clients had ${slow.replies} replies.`,
    growth,
  );
  if (growth.heap > mostGrowth || growth.rss > mostGrowth) throw new Error('The memory of the proxy grows.');
}

/** Loads the proxy for a while; it is looked at shortly before the end, with the load still on. */
async function markAfter(
  { signal }: Lab,
  proxy: RunningContestant,
  seconds: number,
  second: number,
): Promise<Mark> {
  const url = `http://127.0.0.1:${proxy.port}/body`;
  const load = wrk(url, { connections, seconds, signal, script: clients });
  const memory = wait(seconds * 900, undefined, { signal }).then(() => proxy.memory());
  const [{ requests, seconds: took }, { rss, heapUsed, external }] = await Promise.all([load, memory]);
  return {
    second: Math.round(second),
    requestsPerSecond: Math.round(requests / took),
    rss: mebibytes(rss),
    heap: mebibytes(heapUsed),
    buffers: mebibytes(external),
  };
}

/** How many times as much there was in the last third as in the first. */
function grown(marks: readonly Mark[], what: 'rss' | 'heap'): number {
  const third = Math.ceil(marks.length / 3);
  const of = (some: readonly Mark[]) => median(some.map((mark) => mark[what]));
  return Number((of(marks.slice(-third)) / of(marks.slice(0, third))).toFixed(3));
}

function line({ second, requestsPerSecond, rss, heap, buffers }: Mark): string {
  const cells = [
    [second, 6],
    [requestsPerSecond, 12],
    [rss, 9],
    [heap, 10],
    [buffers, 13],
  ] as const;
  return cells.map(([value, width]) => value.toLocaleString('en').padStart(width)).join('');
}

function mebibytes(bytes: number): number {
  return Math.round((bytes / 2 ** 20) * 10) / 10;
}
