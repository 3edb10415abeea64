import { once } from 'node:events';
import { Agent, get, type IncomingMessage } from 'node:http';
import { text } from 'node:stream/consumers';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type CatalogueUnderTest, catalogueUnderTest } from '../testing/catalogue-under-test.ts';
import { differentRows } from '../testing/compare-tables.ts';
import { anyEdit, type Edit } from '../testing/edits.ts';
import { anyRead, awkwardReads } from '../testing/read-requests.ts';
import { type Shop, startShop } from '../testing/shop.ts';

const agent = new Agent({ keepAlive: true });
let shop: Shop;
let catalogue: CatalogueUnderTest;

beforeAll(async () => {
  shop = await startShop();
  catalogue = await catalogueUnderTest(shop.databaseUrl);
  await catalogue.start();
  await catalogue.checkpoints.control(catalogue.subscription, { desired: 'running' });
  await catalogue.caughtUp(shop.pool);
});

afterAll(async () => {
  agent.destroy();
  await catalogue?.[Symbol.asyncDispose]();
  await shop?.[Symbol.asyncDispose]();
});

/** Status, type and bytes of a reply: the keys come in one order, so equal JSON is equal text. */
async function replyOf(base: string, path: string) {
  const { hostname: host, port } = new URL(base);
  // Not fetch: it would mend the path.
  const [response] = (await once(get({ host, port, path, agent }), 'response')) as [IncomingMessage];
  const type = response.headers['content-type']?.split(';')[0];
  return { path, status: response.statusCode!, type, body: await text(response) };
}

async function expectEqualReplies(path: string) {
  const [theirs, ours] = await Promise.all([replyOf(shop.url, path), replyOf(catalogue.url(), path)]);
  expect(ours).toEqual(theirs);
  return theirs;
}

describe('the service answers as the monolith does', () => {
  test.each(awkwardReads)('%s', async (path) => {
    expect((await expectEqualReplies(path)).status).toBeLessThan(500);
  });

  test('to any read', async () => {
    const statuses = new Map<number, number>();
    const sometimesFound = async (path: string) => {
      const { status } = await expectEqualReplies(path);
      statuses.set(status, (statuses.get(status) ?? 0) + 1);
    };
    await fc.assert(fc.asyncProperty(anyRead, sometimesFound), { numRuns: 300 });
    expect([...statuses.keys()].sort()).toEqual([200, 400, 404]);
  });

  test('after any edits, once it has caught up', async () => {
    const edits: Edit[] = fc.sample(anyEdit, { numRuns: 150, seed: 11 });
    for (const edit of edits) await edit.make(shop);
    await catalogue.caughtUp(shop.pool);
    expect(await differentRows(shop.pool, catalogue.pool)).toEqual([]);
    await fc.assert(
      fc.asyncProperty(anyRead, async (path) => void (await expectEqualReplies(path))),
      {
        numRuns: 150,
      },
    );
  });
});
