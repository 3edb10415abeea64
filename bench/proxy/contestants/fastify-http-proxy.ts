import type { AddressInfo } from 'node:net';
import proxy from '@fastify/http-proxy';
import fastify from 'fastify';
import { started, upstreamUrl } from './started.ts';

const app = fastify();
await app.register(proxy, { upstream: upstreamUrl, undici: { connections: 64 } });
await app.listen({ port: 0, host: '127.0.0.1' });
started((app.server.address() as AddressInfo).port);
