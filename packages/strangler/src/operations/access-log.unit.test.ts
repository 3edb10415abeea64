import { Writable } from 'node:stream';
import { describe, expect, it, vi } from 'vitest';
import type { ProxyLogLine } from '../proxy-log.ts';
import { AccessLog } from './access-log.ts';
import type { FinishedRequest } from './finished-request.ts';

const request: FinishedRequest = {
  at: new Date(0),
  client: '127.0.0.1',
  method: 'GET',
  path: '/items/"1"\n',
  version: '1.1',
  status: 200,
  bytes: 5,
  ms: 1.25,
};

describe('AccessLog', () => {
  it('writes one line of JSON for each request, whatever is in it', () => {
    let text = '';
    const out = new Writable({
      decodeStrings: false,
      write(piece, _encoding, done) {
        text += piece;
        done();
      },
    });
    const log = new AccessLog(out, 10_000);
    log.add(request);
    log.add({ ...request, route: 'items' });
    log.flush();
    const lines = text.trimEnd().split('\n');
    expect(lines.map((line) => JSON.parse(line))).toEqual([
      { ...request, at: '1970-01-01T00:00:00.000Z' },
      { ...request, at: '1970-01-01T00:00:00.000Z', route: 'items' },
    ]);
  });

  it('keeps no more than its limit while nobody takes the lines, and says how many it left out', () => {
    let taken = '';
    let release = () => {};
    const out = new Writable({
      highWaterMark: 1,
      decodeStrings: false,
      write(piece, _encoding, done) {
        taken += piece;
        release = done;
      },
    });
    const log = new AccessLog(out, 1_000);
    log.add(request);
    log.flush();
    for (let n = 0; n < 1_000; n++) log.add(request);
    log.flush();
    expect(taken.split('\n').length - 1).toBe(1);
    release();
    log.flush();
    release();
    log.add(request);
    log.flush();
    const last = JSON.parse(taken.trimEnd().split('\n').at(-1)!) as { dropped?: number };
    expect(taken.length).toBeLessThan(2_000);
    expect(taken.trimEnd().split('\n').length + last.dropped!).toBe(1_002);
  });

  it('is opened anew after a failure, keeps the lines of the meantime, and says how many it lost', async () => {
    const places: { text: string; out: Writable }[] = [];
    const isFull = () => places.length < 3;
    const open = () => {
      const place = { text: '', out: undefined as unknown as Writable };
      place.out = new Writable({
        decodeStrings: false,
        write(piece, _encoding, done) {
          if (isFull()) return done(new Error('no space left'));
          place.text += piece;
          done();
        },
      });
      places.push(place);
      return place.out;
    };
    const said: ProxyLogLine[] = [];
    const log = new AccessLog(open(), 10_000, {
      reopen: open,
      reopenMs: 5,
      log: (line) => void said.push(line),
    });
    log.add(request);
    log.add(request);
    log.flush();
    await vi.waitUntil(() => places.length === 2);
    log.add(request);
    log.flush();
    await vi.waitUntil(() => places.length === 3);
    log.add(request);
    await log.end();
    expect(
      places
        .at(-1)!
        .text.trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line).dropped),
    ).toEqual([3]);
    expect(said.map(({ event }) => event)).toEqual(['access-log-broken', 'access-log-mended']);
    expect(said[0]!.message).toContain('no space left');
  });

  it('takes no more where its place is gone for good', async () => {
    const out = new Writable();
    const said: ProxyLogLine[] = [];
    const log = new AccessLog(out, 10_000, { log: (line) => void said.push(line) });
    out.destroy(new Error('nobody reads'));
    await vi.waitUntil(() => said.length === 1);
    log.add(request);
    await log.end();
    expect(said[0]).toMatchObject({
      event: 'access-log-broken',
      message: expect.stringContaining('no more'),
    });
  });

  it('goes on in a new place where the old one was moved away', async () => {
    const texts = ['', ''];
    const place = (index: number) =>
      new Writable({
        decodeStrings: false,
        write(piece, _encoding, done) {
          texts[index] += piece;
          done();
        },
      });
    const log = new AccessLog(place(0), 10_000, { reopen: () => place(1) });
    log.add({ ...request, path: '/before' });
    log.flush();
    log.reopen();
    log.add({ ...request, path: '/after' });
    await log.end();
    expect(texts.map((text) => JSON.parse(text).path)).toEqual(['/before', '/after']);
  });
});
