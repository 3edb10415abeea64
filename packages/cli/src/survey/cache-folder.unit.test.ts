import { homedir } from 'node:os';
import path from 'node:path';
import { expect, test } from 'vitest';
import { cacheFolder } from './cache-folder.ts';

test('what a survey keeps is below the user’s folder for caches, apart for each folder of code', () => {
  const folder = cacheFolder('/code/shop', { XDG_CACHE_HOME: '/caches' });
  expect(folder).toMatch(/^\/caches\/banyan\/survey\/shop-[0-9a-f]{12}$/);
  expect(cacheFolder('/code/shop/', { XDG_CACHE_HOME: '/caches' })).toBe(folder);
  expect(cacheFolder('/other/shop', { XDG_CACHE_HOME: '/caches' })).not.toBe(folder);
  const own = path.join(homedir(), '.cache', 'banyan', 'survey');
  for (const useless of [undefined, '', 'relative'])
    expect(path.dirname(cacheFolder('/code/shop', { XDG_CACHE_HOME: useless }))).toBe(own);
});
