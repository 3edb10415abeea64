import type { Exchange } from '../forward/exchange.ts';
import type { Tracing } from './tracing.ts';

const contextHeaders = ['traceparent', 'tracestate', 'baggage'];

/** Begins a span for a request, whose context upstreams then get. */
export function traced(exchange: Exchange, tracing: Tracing): void {
  const { fields } = exchange.stream.request;
  const headers: Record<string, string> = {};
  for (const name of contextHeaders) {
    const value = fields.get(name);
    if (value !== undefined) headers[name] = value;
  }
  const span = tracing.begin({ method: exchange.method, path: exchange.target.path, headers });
  exchange.span = span;
  for (const [name, value] of Object.entries(span.headers)) setHeader(exchange.headers, name, value);
}

function setHeader(headers: string[], name: string, value: string): void {
  for (let index = 0; index < headers.length; index += 2) {
    if (headers[index]!.toLowerCase() !== name) continue;
    headers[index + 1] = value;
    return;
  }
  headers.push(name, value);
}
