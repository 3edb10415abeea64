import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Route } from '../routes/route.ts';
import { seeded } from '../simulation/seeded.ts';
import { RawClient } from '../testing/raw-client.ts';
import { send } from '../testing/send.ts';
import { startProxy, type TestProxy } from '../testing/test-proxy.ts';
import { startUpstream, type TestUpstream } from '../testing/test-upstream.ts';
import { inPieces, randomRequest, spoiled } from './random-request.ts';

const seed = Number(process.env.SEED ?? Math.floor(Math.random() * 2 ** 31));

const sides = ['left', 'right', 'other'] as const;
type Side = (typeof sides)[number];

/** A request as an upstream saw it. */
interface Seen {
  readonly side: Side;
  readonly url: string;
  readonly id: string;
  readonly method: string;
  readonly body: string;
}

const seen: Seen[] = [];
const upstreams = new Map<Side, TestUpstream>();
let proxy: TestProxy;

function startSide(side: Side): Promise<TestUpstream> {
  return startUpstream((req, res) => {
    let body = '';
    req.setEncoding('latin1').on('data', (piece: string) => {
      body += piece;
    });
    req.on('error', () => undefined);
    req.on('end', () => {
      const id = String(req.headers['x-id']);
      seen.push({ side, url: req.url!, id, method: req.method!, body });
      res.setHeader('x-id', id).end(`<${side} ${id}>`);
    });
  });
}

beforeAll(async () => {
  for (const side of sides) upstreams.set(side, await startSide(side));
  const methods = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'];
  const routeTo = (owner: Side): Route => ({
    name: owner,
    match: { path: `/${owner}/*`, methods },
    owner,
    mode: { kind: 'owner' },
  });
  const urls = [...upstreams].map(([side, { url }]) => [side, { url }]);
  proxy = await startProxy(
    {
      revision: 1,
      upstreams: Object.fromEntries(urls),
      default: 'other',
      routes: [routeTo('left'), routeTo('right')],
    },
    { limits: { lingerMs: 100 } },
  );
});

afterAll(async () => {
  await proxy[Symbol.asyncDispose]();
  for (const upstream of upstreams.values()) await upstream[Symbol.asyncDispose]();
});

describe(`random requests (SEED=${seed})`, () => {
  test('arrive once, in order and whole at the upstream of their route', { timeout: 120_000 }, async () => {
    for (let n = 0; n < 60; n++) {
      const random = seeded(seed + n);
      seen.length = 0;
      const sent = Array.from({ length: 1 + Math.floor(random() * 5) }, (_, index) => {
        const side = random() < 0.5 ? 'left' : 'right';
        return { side, ...randomRequest(random, `${n}-${index}`, side) };
      });
      using client = await RawClient.to(proxy.port);
      for (const piece of inPieces(random, sent.map(({ bytes }) => bytes).join(''))) client.send(piece);
      const lastReply = new RegExp(`<${sent.at(-1)!.side} ${sent.at(-1)!.id}>`);
      const received = await client.until(lastReply);
      const about = `SEED=${seed + n}`;
      expect(received.match(/<\w+ [\d-]+>/g), about).toEqual(sent.map(({ side, id }) => `<${side} ${id}>`));
      expect(seen, about).toEqual(
        sent.map(({ side, id, path, method, body }) => ({ side, url: path, id, method, body })),
      );
    }
  });

  test('that are spoiled never reach the wrong upstream, and the proxy goes on', {
    timeout: 120_000,
  }, async () => {
    for (let n = 0; n < 150; n++) {
      const random = seeded(seed + n);
      seen.length = 0;
      const bytes = Array.from({ length: 2 }, (_, index) =>
        spoiled(random, randomRequest(random, `${n}-${index}`, random() < 0.5 ? 'left' : 'right').bytes),
      );
      using client = await RawClient.to(proxy.port);
      for (const piece of inPieces(random, bytes.join(''))) client.send(piece);
      // What is wanting comes no more, so that every request is either whole or never will be.
      client.socket.end();
      await client.end();
      for (const { side, url } of seen) {
        const meant = /^\/(left|right)(?:\/|$|\?)/.exec(url)?.[1] ?? 'other';
        // A path that could be read in two ways goes to the default upstream as it is.
        expect(
          side === meant || side === 'other',
          `SEED=${seed + n} ${side} ${url} ${JSON.stringify(bytes)}`,
        ).toBe(true);
      }
    }
    expect((await send(`${proxy.url}/left/after`)).status).toBe(200);
  });
});
