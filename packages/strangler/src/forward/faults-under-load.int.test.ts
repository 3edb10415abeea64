import { setTimeout as wait } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { type Behaviour, IdUpstream } from '../testing/id-upstream.ts';
import { Shoppers, type Told } from '../testing/shoppers.ts';
import { startProxy, tableOf } from '../testing/test-proxy.ts';

const clients = 12;

/** What must hold of requests that are not idempotent, whatever happened. */
function check(told: readonly Told[], taken: readonly (readonly [string, string])[]): void {
  const times = new Map<string, number>();
  const latest = new Map<string, number>();
  for (const [method, id] of taken) {
    times.set(id, (times.get(id) ?? 0) + 1);
    if (method === 'GET') continue;
    const [client, n] = id.split('-') as [string, string];
    expect(Number(n), `${id} came after a later one of its client`).toBeGreaterThan(latest.get(client) ?? -1);
    latest.set(client, Number(n));
  }
  for (const { id, method, status, right } of told) {
    if (status === 200) {
      expect(right, `${id} got the reply of another`).toBe(true);
      expect(times.get(id) ?? 0, `${id} was acknowledged`).toBeGreaterThanOrEqual(1);
    }
    if (method !== 'GET') expect(times.get(id) ?? 0, `${id} was doubled`).toBeLessThanOrEqual(1);
  }
  expect(told.filter(({ status }) => status === 200).length).toBeGreaterThan(100);
}

/** Runs clients against an upstream to which something is done. */
async function under(
  behaviour: Behaviour,
  harm: (upstream: IdUpstream, told: readonly Told[]) => Promise<void>,
  limits: Parameters<typeof startProxy>[1] = {},
): Promise<readonly Told[]> {
  await using upstream = await IdUpstream.start(behaviour);
  await using proxy = await startProxy(tableOf({ owner: upstream.url }), limits);
  const shoppers = new Shoppers(() => proxy.url, clients);
  await harm(upstream, shoppers.told);
  const told = await shoppers.stop();
  check(told, await upstream.taken());
  return told;
}

/** Waits until so many more requests were answered with success, or were not. */
async function answers(told: readonly Told[], more: number, success = true): Promise<void> {
  const count = () => told.filter(({ status }) => (status === 200) === success).length;
  const goal = count() + more;
  while (count() < goal) await wait(5);
}

describe('what is not idempotent is neither lost without a word, nor doubled, nor reordered', {
  timeout: 120_000,
}, () => {
  test('while the upstream is killed and started again', async () => {
    const told = await under(
      {},
      async (upstream, told) => {
        for (let n = 0; n < 4; n++) {
          await answers(told, 40);
          await upstream.kill();
          await answers(told, 5, false);
          await upstream.restart();
        }
        await answers(told, 40);
      },
      { limits: { guardMs: 20 } },
    );
    expect(told.some(({ status }) => status === 502)).toBe(true);
  });

  test('while the upstream freezes and thaws', async () => {
    const told = await under(
      {},
      async (upstream, told) => {
        for (let n = 0; n < 3; n++) {
          await answers(told, 40);
          upstream.freeze();
          await answers(told, 5, false);
          upstream.thaw();
        }
        await answers(told, 40);
      },
      { limits: { headersMs: 150, guardMs: 20 } },
    );
    expect(told.some(({ status }) => status === 504)).toBe(true);
  });

  test('while the upstream is slow', async () => {
    const told = await under({ slowMs: 20 }, (_upstream, told) => answers(told, 150), {
      limits: { connectionsPerUpstream: 3 },
    });
    expect(told.every(({ status }) => status === 200)).toBe(true);
  });

  test('while the upstream breaks off in the middle of replies', async () => {
    const told = await under({ resetEvery: 7 }, (_upstream, told) => answers(told, 200));
    expect(told.some(({ status }) => status === 0)).toBe(true);
    expect(told.every(({ status }) => status === 200 || status === 0)).toBe(true);
  });

  test('while the upstream closes idle connections all the time', async () => {
    const told = await under({}, (_upstream, told) => answers(told, 300), {
      limits: { connectionsPerUpstream: 30 },
    });
    expect(told.every(({ status }) => status === 200)).toBe(true);
  });

  test('while routes and upstreams change many times a second', async () => {
    await using first = await IdUpstream.start();
    await using second = await IdUpstream.start();
    const tableAt = (revision: number) => ({
      ...tableOf({ owner: revision % 2 ? first.url : second.url, candidate: first.url }),
      revision,
    });
    await using proxy = await startProxy(tableAt(1));
    const shoppers = new Shoppers(() => proxy.url, clients);
    for (let revision = 2; revision < 40; revision++) {
      proxy.use(tableAt(revision));
      await wait(25);
    }
    const told = await shoppers.stop();
    expect(told.every(({ status }) => status === 200)).toBe(true);
    const taken = [...(await first.taken()), ...(await second.taken())].map(([, id]) => id);
    expect(new Set(taken).size).toBe(taken.length);
    expect(taken.length).toBe(told.length);
  });

  test('while one proxy takes over from another on a machine that starts anew', async () => {
    await using upstream = await IdUpstream.start({ slowMs: 5 });
    let proxy = await startProxy(tableOf({ owner: upstream.url }));
    const shoppers = new Shoppers(() => proxy.url, clients);
    for (let n = 0; n < 4; n++) {
      await answers(shoppers.told, 200);
      const before = proxy;
      proxy = await startProxy(tableOf({ owner: upstream.url }));
      await before.proxy.close();
    }
    await answers(shoppers.told, 200);
    const told = await shoppers.stop();
    await proxy.proxy.close();
    expect(told.filter(({ status }) => status !== 200)).toEqual([]);
    check(told, await upstream.taken());
  });
});
