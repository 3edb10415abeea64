import { Writable } from 'node:stream';
import { describe, expect, it } from 'vitest';
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
});
