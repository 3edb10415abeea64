import { describe, expect, it } from 'vitest';
import { Recorder } from './recorder.ts';

function recorder(requests = 10, sample = 1): Recorder {
  const one = new Recorder(() => 0.5);
  one.start({ requests, sample });
  return one;
}

describe('a recording', () => {
  it('leaves out who the client is, and whatever is named like a secret', () => {
    const one = recorder();
    const headers = [
      'Cookie',
      'a=1',
      'Authorization',
      'Bearer x',
      'X-Api-Key',
      'k',
      'Accept',
      'text/html',
      'Host',
      'h',
    ];
    const body = JSON.stringify({
      query: '{ a }',
      variables: { email: 'a@b.example', id: 7, user: { password: 'x' } },
    });
    one.offer('POST', '/graphql?token=abc&page=2', headers, Buffer.from(body));
    expect(one.recording.requests).toEqual([
      {
        method: 'POST',
        url: '/graphql?token=redacted&page=2',
        headers: { accept: 'text/html' },
        body: '{"query":"{ a }","variables":{"email":"[redacted]","id":7,"user":{"password":"[redacted]"}}}',
      },
    ]);
  });

  it('is bounded, and takes a sample', () => {
    const one = recorder(2);
    for (let n = 0; n < 5; n++) one.offer('GET', `/${n}`, [], undefined);
    expect(one.recording.requests.map(({ url }) => url)).toEqual(['/0', '/1']);
    expect(one.wants).toBe(false);
    const none = recorder(2, 0.4);
    none.offer('GET', '/', [], undefined);
    expect(none.recording.requests).toEqual([]);
    one.start({ requests: 1e9, sample: 1 });
    expect(one.recording.wanted).toBe(10_000);
  });

  it('takes nothing whose body it can’t redact, and nothing unless it is asked to', () => {
    const one = recorder();
    one.offer('POST', '/', [], Buffer.from('a=b'));
    one.offer('POST', '/', [], Buffer.alloc(100_000, '1'));
    one.stop();
    one.offer('GET', '/', [], undefined);
    expect(one.recording).toEqual({ wanted: 0, requests: [] });
  });

  it('ends where it has 64 MiB, however many requests are wanted', () => {
    const one = recorder(10_000);
    const body = Buffer.from(JSON.stringify('x'.repeat(65_000)));
    for (let n = 0; n < 1_200; n++) one.offer('POST', '/graphql', [], body);
    const { recorded, full } = one.progress;
    expect([recorded, full, one.wants]).toEqual([Math.ceil(67_108_864 / (65_002 + 8)), true, false]);
    one.start({ requests: 1, sample: 1 });
    expect([one.progress.full, one.wants]).toEqual([false, true]);
  });
});
