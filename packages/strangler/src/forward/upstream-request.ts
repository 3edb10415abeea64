import type { Dispatcher } from 'undici';
import type { Exchange } from './exchange.ts';
import { requestBody } from './request-body.ts';

/** The request of an exchange as the HTTP client takes it. */
export function upstreamRequest(exchange: Exchange): Dispatcher.DispatchOptions {
  return {
    method: exchange.method as Dispatcher.HttpMethod,
    path: exchange.target.url,
    headers: exchange.headers,
    body: exchange.hasBody ? requestBody(exchange.req) : null,
  };
}
