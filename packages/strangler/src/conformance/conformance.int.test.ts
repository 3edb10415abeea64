import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { hasNginx, type NginxProxy, startNginxProxy } from '../testing/nginx.ts';
import { ok, type RawUpstream, says, startRawUpstream } from '../testing/raw-upstream.ts';
import { startProxy, type TestProxy, tableOf } from '../testing/test-proxy.ts';
import { ambiguousRequests } from './ambiguous-requests.ts';
import { chunkCases } from './chunk-cases.ts';
import type { Trial } from './conformance-case.ts';
import { flowCases } from './flow-cases.ts';
import { headerCases } from './header-cases.ts';
import { replyCases } from './reply-cases.ts';

const cases = [...ambiguousRequests, ...chunkCases, ...headerCases, ...flowCases, ...replyCases];

if (!hasNginx && process.env.BANYAN_REQUIRE_NGINX)
  throw new Error('nginx is not installed, and BANYAN_REQUIRE_NGINX is set.');
if (!hasNginx) console.warn('The conformance cases were not run against nginx: it is not installed.');

let upstream: RawUpstream;
let proxy: TestProxy;
let nginx: NginxProxy | undefined;

beforeAll(async () => {
  upstream = await startRawUpstream();
  proxy = await startProxy(tableOf({ owner: upstream.url }));
  if (hasNginx) nginx = await startNginxProxy(upstream.port);
});

afterAll(async () => {
  await proxy[Symbol.asyncDispose]();
  await nginx?.[Symbol.asyncDispose]();
  await upstream[Symbol.asyncDispose]();
});

function fresh(port: number): Trial {
  for (const socket of upstream.sockets) socket.destroy();
  upstream.messages.length = 0;
  upstream.script = says(ok());
  return { port, upstream };
}

function failed(results: Readonly<Record<string, boolean>>): string[] {
  return Object.entries(results).flatMap(([name, holds]) => (holds ? [] : [name]));
}

describe('the proxy', () => {
  test.each(cases.map((one) => [one.name, one] as const))('%s', async (_name, one) => {
    expect(failed(await one.run(fresh(proxy.port)))).toEqual([]);
  });
});

describe.skipIf(!hasNginx)('nginx, which shows that the cases ask for what is usual', () => {
  const alike = cases.filter(({ nginx: otherwise }) => otherwise === undefined);
  test.each(alike.map((one) => [one.name, one] as const))('%s', async (_name, one) => {
    expect(failed(await one.run(fresh(nginx!.port)))).toEqual([]);
  });
});
