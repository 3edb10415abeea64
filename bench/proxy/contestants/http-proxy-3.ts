import { Agent, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createProxyServer } from 'http-proxy-3';
import { started, upstreamUrl } from './started.ts';

// Without an agent of its own it would open a connection for every request.
const agent = new Agent({ keepAlive: true, maxSockets: 64 });
const proxy = createProxyServer({ target: upstreamUrl, agent });
proxy.on('error', () => undefined);
const server = createServer((req, res) => proxy.web(req, res));
server.listen(0, '127.0.0.1', () => started((server.address() as AddressInfo).port));
