import { Invalid } from '@banyan/runtime';
import { expect, test } from 'vitest';
import { settingsFrom } from './settings.ts';

const DATABASE_URL = 'postgres://catalogue:secret@db/catalogue';
const MONOLITH_DATABASE_URL = 'postgresql://reader:secret@db/musiccorp';
const urls = { DATABASE_URL, MONOLITH_DATABASE_URL };

test('two URLs are enough: any free port of this machine, and the usual subscription', () => {
  expect(settingsFrom(urls)).toEqual({
    databaseUrl: DATABASE_URL,
    monolithUrl: MONOLITH_DATABASE_URL,
    port: 0,
    host: '127.0.0.1',
    subscription: 'catalogue',
  });
  expect(settingsFrom({ ...urls, PORT: '4002', HOST: '::1', SUBSCRIPTION: 'second' })).toMatchObject({
    port: 4002,
    host: '::1',
    subscription: 'second',
  });
});

test.each([
  [{}, 'Set DATABASE_URL'],
  [{ DATABASE_URL }, 'Set MONOLITH_DATABASE_URL'],
  [{ ...urls, DATABASE_URL: 'secret@localhost:5432' }, 'DATABASE_URL must be a URL'],
  [
    { ...urls, MONOLITH_DATABASE_URL: 'mysql://root:secret@localhost/x' },
    'MONOLITH_DATABASE_URL must be a URL',
  ],
  [{ ...urls, PORT: '70000' }, 'PORT must be a number from 0 to 65535, not 70000.'],
  [{ ...urls, PORT: '-1' }, 'PORT must be'],
  [{ ...urls, PORT: '1e3' }, 'PORT must be'],
  [{ ...urls, SUBSCRIPTION: 'a b' }, 'SUBSCRIPTION must be'],
])('%j is refused in a sentence without a password', (env, sentence) => {
  const read = () => settingsFrom(env);
  expect(read).toThrow(Invalid);
  expect(read).toThrow(sentence);
  expect(read).not.toThrow('secret');
});
