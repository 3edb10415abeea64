import { describe, expect, it } from 'vitest';
import { seeded } from '../simulation/seeded.ts';
import { compareReplies } from './compare-replies.ts';
import { NoiseLearner, noisyFields, withNoise } from './noise.ts';
import type { Reply } from './reply.ts';

const maxBytes = 100_000;

function json(value: unknown): Reply {
  const headers = new Map([['content-type', 'application/json']]);
  return { status: 200, headers, body: Buffer.from(JSON.stringify(value)) };
}

/** A reply with a time, random ids, and items in any order. */
function noisyReply(random: () => number, price = 5): Reply {
  const items = [
    { sku: 'a', price, id: random() },
    { sku: 'b', price: 6, id: random() },
    { sku: 'c', price: 7, id: random() },
  ];
  const shuffled = items.map((item) => [random(), item] as const).sort(([a], [b]) => a - b);
  return json({ at: random(), items: shuffled.map(([, item]) => item) });
}

async function learnt(replies: (random: () => number) => Reply, times = 20): Promise<NoiseLearner> {
  const random = seeded(7);
  const learner = new NoiseLearner();
  for (let n = 0; n < times; n++) {
    const found = await compareReplies(replies(random), replies(random), { maxBytes, learning: true });
    learner.learn(found!);
  }
  return learner;
}

describe('noise', () => {
  it('is learnt: values that differ from themselves, and arrays in any order', async () => {
    const { noise } = await learnt(noisyReply);
    expect(noisyFields(noise)).toEqual(['at', 'items (order)', 'items[*].id']);
  });

  it('hides itself and nothing else', async () => {
    const { noise } = await learnt(noisyReply);
    const random = seeded(8);
    for (let n = 0; n < 50; n++) {
      const compare = (price: number) =>
        compareReplies(noisyReply(random), noisyReply(random, price), { maxBytes, noise });
      expect(await compare(5)).toEqual([]);
      expect((await compare(5.5))!.map(({ at }) => at.replace(/\d/, '*'))).toEqual(['items[*].price']);
    }
  });

  it('excuses another value and not a missing one, a null or another type', async () => {
    const { noise } = await learnt((random) => json({ at: random(), a: 1 }));
    for (const at of [undefined, null, 'x']) {
      const found = await compareReplies(json({ at: 1, a: 1 }), json({ at, a: 1 }), { maxBytes, noise });
      expect(found).toMatchObject([{ at: 'at', shape: true }]);
    }
  });

  it('learns fields that come and go', async () => {
    const { noise } = await learnt((random) => json(random() < 0.5 ? { a: 1, hint: 2 } : { a: 1 }));
    expect(await compareReplies(json({ a: 1 }), json({ a: 1, hint: 3 }), { maxBytes, noise })).toEqual([]);
  });

  it('does not take a field for noise that changed once in a hundred times', async () => {
    const learner = new NoiseLearner();
    for (let n = 0; n < 300; n++) learner.learn(n % 100 === 50 ? [{ at: 'items[3].price' }] : []);
    expect(noisyFields(learner.noise)).toEqual([]);
  });

  it('forgets what is noise no longer', async () => {
    const learner = new NoiseLearner();
    for (let n = 0; n < 100; n++) learner.learn([{ at: 'at' }]);
    expect(noisyFields(learner.noise)).toEqual(['at']);
    for (let n = 0; n < 3_000; n++) learner.learn([]);
    expect(noisyFields(learner.noise)).toEqual([]);
  });

  it('keeps a bounded number of fields', () => {
    const learner = new NoiseLearner();
    for (let n = 0; n < 3; n++) learner.learn(Array.from({ length: 1_000 }, (_, k) => ({ at: `k${k}` })));
    expect(noisyFields(learner.noise)).toHaveLength(200);
  });

  it('of one request is added to what is known', () => {
    const { noise } = new NoiseLearner();
    const more = withNoise(noise, [
      { at: 'items[1].id' },
      { at: 'x', shape: true },
      { at: 'items', order: true },
    ]);
    expect(noisyFields(more)).toEqual(['items (order)', 'items[*].id', 'x']);
    expect(withNoise(noise, [])).toBe(noise);
  });
});
