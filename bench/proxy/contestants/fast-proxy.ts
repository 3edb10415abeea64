import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import fastProxy from 'fast-proxy';
import { started, upstreamUrl } from './started.ts';

// Its own page calls undici the faster of its clients.
const { proxy } = fastProxy({ base: upstreamUrl, undici: { connections: 64, pipelining: 1 } } as never);
const server = createServer((req, res) => proxy(req, res, req.url!, {}));
server.listen(0, '127.0.0.1', () => started((server.address() as AddressInfo).port));
