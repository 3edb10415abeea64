import { brotliCompressSync, gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { areSame, compareReplies } from './compare-replies.ts';
import type { Reply } from './reply.ts';

const maxBytes = 100_000;
const limit = { maxBytes };

function reply(body: string | Buffer, headers: Record<string, string> = {}, status = 200): Reply {
  return {
    status,
    headers: new Map(Object.entries({ 'content-type': 'application/json; charset=utf-8', ...headers })),
    body: Buffer.from(body),
  };
}

describe('compareReplies', () => {
  it('finds JSON of equal structure equal, however it is written or compressed', async () => {
    const owner = reply(gzipSync('{"a":1,"b":[1,2]}'), {
      'content-encoding': 'gzip',
      etag: '"1"',
      date: 'now',
    });
    const candidate = reply(brotliCompressSync('{ "b": [1, 2.0], "a": 1 }'), {
      'content-encoding': 'br',
      etag: '"2"',
    });
    expect(await compareReplies(owner, candidate, limit)).toEqual([]);
  });

  it('reports status, the headers that are named, and the body', async () => {
    const owner = reply('{"a":1}', { 'cache-control': 'no-store', server: 'x' });
    const candidate = reply('{"a":2}', { server: 'y' }, 201);
    expect(
      await compareReplies(owner, candidate, { maxBytes, rules: { headers: ['Cache-Control'] } }),
    ).toEqual([
      { at: 'status', owner: '200', candidate: '201' },
      { at: 'header Cache-Control', owner: 'no-store' },
      { at: 'a', owner: '1', candidate: '2' },
    ]);
  });

  it('shows text from shortly before the first difference, and only the size of bytes', async () => {
    const text = { 'content-type': 'text/plain' };
    const [found] = (await compareReplies(
      reply(`${'x'.repeat(500)}A`, text),
      reply(`${'x'.repeat(500)}B`, text),
      limit,
    ))!;
    expect(found).toEqual({ at: 'body', owner: `${'x'.repeat(30)}A`, candidate: `${'x'.repeat(30)}B` });
    const bytes = { 'content-type': 'image/png' };
    expect(await compareReplies(reply('abc', bytes), reply('abcd', bytes), limit)).toEqual([
      { at: 'body', owner: '3 bytes', candidate: '4 bytes' },
    ]);
  });

  it('hides what smells of a secret and shortens the rest', async () => {
    const owner = reply(
      JSON.stringify({ password: 'hunter2', user: { email: 'a@b.example', n: 1 }, long: 'l'.repeat(500) }),
    );
    const found = (await compareReplies(owner, reply('{}'), limit))!;
    const shown = JSON.stringify(found);
    expect(shown).not.toContain('hunter2');
    expect(shown).not.toContain('a@b.example');
    expect(found.every((difference) => (difference.owner?.length ?? 0) <= 140)).toBe(true);
  });

  it('compares what only claims to be JSON as text, also when it is nested too deeply to walk', async () => {
    expect(await compareReplies(reply('{"a":'), reply('{"a": '), limit)).toHaveLength(1);
    const deep = (end: string) => reply(`${'['.repeat(40_000)}${end}${']'.repeat(40_000)}`);
    expect(await compareReplies(deep('1'), deep('2'), limit)).toHaveLength(1);
  });

  it('says that it can’t tell where a body can’t be read', async () => {
    const unknown = reply('x', { 'content-encoding': 'zstd' });
    expect(await compareReplies(unknown, reply('{}'), limit)).toBeUndefined();
    const bomb = reply(gzipSync(Buffer.alloc(maxBytes * 2)), { 'content-encoding': 'gzip' });
    expect(await compareReplies(bomb, reply('{}'), limit)).toBeUndefined();
  });
});

describe('areSame', () => {
  it('knows replies that are equal to the byte, where status, encoding and named headers are equal as well', () => {
    const rules = { headers: ['ETag'] };
    const owner = reply('{"a":1}', { etag: '1' });
    expect(areSame(owner, reply('{"a":1}', { etag: '1', date: 'now' }), rules)).toBe(true);
    expect(areSame(owner, reply('{"a":1}', { etag: '2' }), undefined)).toBe(true);
    expect(areSame(owner, reply('{"a":1}', { etag: '2' }), rules)).toBe(false);
    expect(areSame(owner, reply('{"a": 1}', { etag: '1' }), rules)).toBe(false);
    expect(areSame(owner, reply('{"a":1}', { etag: '1' }, 201), rules)).toBe(false);
    expect(areSame(owner, reply('{"a":1}', { etag: '1', 'content-encoding': 'gzip' }), rules)).toBe(false);
  });
});
