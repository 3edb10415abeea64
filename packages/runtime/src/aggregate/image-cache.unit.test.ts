import { describe, expect, test } from 'vitest';
import type { Image } from './image.ts';
import { ImageCache } from './image-cache.ts';
import { roughBytes } from './rough-bytes.ts';

const imageOf = <State>(state: State, version = 1): Image<State> => ({
  state,
  version,
  position: 1n,
  measured: { bytes: 0, version: 0 },
  snapshotVersion: 0,
});

describe('the memory for images', () => {
  test('gives an image to one at a time', () => {
    const cache = new ImageCache<string>(10_000);
    cache.put('a', imageOf('state'));
    expect(cache.take('a')?.state).toBe('state');
    expect(cache.take('a')).toBeUndefined();
    expect(cache.bytes).toBe(0);
  });

  test('keeps what was used last, within its limit', () => {
    const cache = new ImageCache<string>(3_000);
    for (const name of ['a', 'b', 'c', 'd', 'e', 'f']) {
      cache.put(name, imageOf('x'.repeat(200)));
      const first = cache.take('a');
      if (first !== undefined) cache.put('a', first);
      expect(cache.bytes).toBeLessThanOrEqual(3_000);
    }
    expect(['a', 'b', 'c', 'f'].map((name) => cache.take(name) !== undefined)).toEqual([
      true,
      false,
      false,
      true,
    ]);
    expect(cache.take('e')).toBeDefined();
    expect(cache.bytes).toBe(0);
  });

  test('keeps nothing that is larger than all of it, and nothing at all with a limit of 0', () => {
    const small = new ImageCache<string>(1_000);
    small.put('a', imageOf('x'.repeat(10_000)));
    expect(small.take('a')).toBeUndefined();
    const none = new ImageCache<string>(0);
    none.put('a', imageOf(''));
    expect(none.take('a')).toBeUndefined();
  });

  test('notices that a state has grown', () => {
    const cache = new ImageCache<string>(100_000);
    cache.put('a', imageOf('x'));
    const { bytes } = cache;
    const image = cache.take('a')!;
    cache.put('a', { ...image, state: 'x'.repeat(5_000), version: image.version + 64 });
    expect(cache.bytes).toBeGreaterThan(bytes + 9_000);
  });
});

describe('the estimate of a state', () => {
  test('grows with what is in it, whatever holds it', () => {
    const texts = Array.from({ length: 1_000 }, (_, index) => `text number ${index}`);
    const holders = [texts, new Set(texts), new Map(texts.map((text) => [text, 1])), { deep: { er: texts } }];
    for (const holder of holders) {
      expect(roughBytes(holder)).toBeGreaterThan(30_000);
      expect(roughBytes(holder)).toBeLessThan(300_000);
    }
  });

  test('ends also where a state refers to itself', () => {
    const circle: Record<string, unknown> = {};
    for (const key of 'abcdef') circle[key] = circle;
    expect(roughBytes(circle)).toBeGreaterThan(0);
  });
});
