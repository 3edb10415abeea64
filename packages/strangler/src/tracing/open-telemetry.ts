import type { Tracing } from './tracing.ts';

/** A span as `@opentelemetry/api` has it, as far as it is used here. */
interface Span {
  setAttribute(name: string, value: string | number): unknown;
  setStatus(status: { code: number; message?: string }): unknown;
  end(): void;
}

/** What is used of the module `@opentelemetry/api`, which Banyan does not install. */
export interface OpenTelemetryApi<Context = unknown> {
  readonly trace: {
    getTracer(name: string): {
      startSpan(
        name: string,
        options: { kind: number; attributes: Record<string, string> },
        parent: Context,
      ): Span;
    };
    setSpan(context: Context, span: never): Context;
  };
  readonly context: { active(): Context };
  readonly propagation: {
    extract(context: Context, carrier: unknown): Context;
    inject(context: Context, carrier: unknown): void;
  };
  readonly SpanKind: { readonly SERVER: number };
  readonly SpanStatusCode: { readonly ERROR: number };
}

/**
 * Spans by OpenTelemetry: `openTelemetryTracing(await import('@opentelemetry/api'))`, where the program has set up an exporter
 * and a propagator. Attributes are named by its semantic conventions for HTTP servers.
 */
export function openTelemetryTracing<Context>(api: OpenTelemetryApi<Context>): Tracing {
  const tracer = api.trace.getTracer('@banyan/strangler');
  return {
    begin({ method, path, headers }) {
      const parent = api.propagation.extract(api.context.active(), headers);
      const attributes = { 'http.request.method': method, 'url.path': path };
      const span = tracer.startSpan(method, { kind: api.SpanKind.SERVER, attributes }, parent);
      const sent: Record<string, string> = {};
      api.propagation.inject(api.trace.setSpan(parent, span as never), sent);
      return {
        headers: sent,
        end({ status, upstream, route, outcome }) {
          if (status !== undefined) span.setAttribute('http.response.status_code', status);
          if (route !== undefined) span.setAttribute('banyan.route', route);
          if (upstream !== undefined) span.setAttribute('banyan.upstream', upstream);
          if (outcome !== undefined) span.setAttribute('error.type', outcome);
          if (outcome !== undefined || (status ?? 0) >= 500)
            span.setStatus({ code: api.SpanStatusCode.ERROR });
          span.end();
        },
      };
    },
  };
}
