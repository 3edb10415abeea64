import { type Metadata, metadataAfter, type Origin, systemOrigin } from '@banyan/runtime';
import type { HonoRequest } from 'hono';

const TRACEPARENT = /^[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$/;
const CORRELATION_ID = /^[\x21-\x7e]{1,200}$/;

/**
 * The request as the first message of a chain: correlated by `x-correlation-id`, traced by `traceparent`. A header that
 * is malformed is passed over, as the trace context standard wants it.
 */
export function requestMetadata(request: HonoRequest, origin: Origin = systemOrigin): Metadata {
  const metadata = metadataAfter(undefined, origin);
  const correlationId = request.header('x-correlation-id') ?? '';
  const traceparent = request.header('traceparent') ?? '';
  return {
    ...metadata,
    ...(CORRELATION_ID.test(correlationId) ? { correlationId } : {}),
    ...(TRACEPARENT.test(traceparent) ? { traceparent } : {}),
  };
}
