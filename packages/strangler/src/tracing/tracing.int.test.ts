import * as api from '@opentelemetry/api';
import { W3CTraceContextPropagator } from '@opentelemetry/core';
import {
  BasicTracerProvider,
  InMemorySpanExporter,
  SimpleSpanProcessor,
} from '@opentelemetry/sdk-trace-base';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { send } from '../testing/send.ts';
import { startProxy, tableOf } from '../testing/test-proxy.ts';
import { startUpstream } from '../testing/test-upstream.ts';
import { openTelemetryTracing } from './open-telemetry.ts';

const exporter = new InMemorySpanExporter();
const route = {
  name: 'items',
  match: { path: '/items/*' },
  owner: 'owner',
  mode: { kind: 'owner' },
} as const;
const trace = '0af7651916cd43dd8448eb211c80319c';

beforeAll(() => {
  const provider = new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] });
  api.trace.setGlobalTracerProvider(provider);
  api.propagation.setGlobalPropagator(new W3CTraceContextPropagator());
});

afterAll(() => {
  api.trace.disable();
  api.propagation.disable();
});

describe('tracing', () => {
  it('makes a span of each request between that of the client and those of the upstream', async () => {
    await using upstream = await startUpstream((req, res) => {
      if (req.url === '/broken') res.socket!.destroy();
      else res.end('ok');
    });
    const tracing = openTelemetryTracing(api);
    await using proxy = await startProxy(tableOf({ owner: upstream.url }, [route]), { tracing });
    const headers = { Traceparent: `00-${trace}-b7ad6b7169203331-01` };
    await send(`${proxy.url}/items/1?q=secret`, { headers });
    await send(`${proxy.url}/broken`, { method: 'POST' });
    await vi.waitUntil(() => exporter.getFinishedSpans().length === 2);
    const [first, second] = exporter.getFinishedSpans();
    expect(first!.spanContext().traceId).toBe(trace);
    expect(first!.attributes).toEqual({
      'http.request.method': 'GET',
      'url.path': '/items/1',
      'http.response.status_code': 200,
      'banyan.route': 'items',
      'banyan.upstream': 'owner',
    });
    expect(upstream.requests[0]!.headers.traceparent).toBe(`00-${trace}-${first!.spanContext().spanId}-01`);
    expect(second!.attributes).toMatchObject({
      'http.response.status_code': 502,
      'error.type': 'unreachable',
    });
    expect(second!.status.code).toBe(api.SpanStatusCode.ERROR);
    expect(upstream.requests[1]!.headers.traceparent).toContain(second!.spanContext().traceId);
  });
});
