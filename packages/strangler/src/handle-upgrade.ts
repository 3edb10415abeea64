import { type IncomingMessage, type Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { ProxyContext } from './forward/proxy-context.ts';
import { Tunnel } from './forward/tunnel.ts';
import { openExchange, type Routing, refuse } from './handle-request.ts';

/** Answers a request to switch protocols: WebSocket is tunnelled to the owner, any other wish is not heard. */
export function handleUpgrade(
  context: ProxyContext,
  routing: Routing,
  server: Server,
  request: { req: IncomingMessage; socket: Socket; head: Buffer; tunnels: Set<Socket> },
): void {
  const { req, socket, head, tunnels } = request;
  if (req.method !== 'GET' || req.headers.upgrade?.toLowerCase() !== 'websocket') {
    withoutUpgrade(server, req, socket, head);
    return;
  }
  context.totals.count('requests');
  tunnels.add(socket);
  socket.once('close', () => tunnels.delete(socket));
  socket.setTimeout(0);
  socket.on('error', () => socket.destroy());
  const res = new ServerResponse(req);
  res.shouldKeepAlive = false;
  res.assignSocket(socket);
  res.once('finish', () => socket.end());
  const compiled = routing.table.get();
  try {
    const exchange = openExchange(context, compiled, req, res, false);
    const name = exchange.route?.route.owner ?? compiled.table.default;
    new Tunnel(exchange, routing.upstreams.get(compiled.table, name), socket, head).start();
  } catch (error) {
    refuse(context, res, error);
  }
}

/**
 * A server may go on in HTTP/1.1 when asked to switch (RFC 9110, 7.8), and some clients ask for `h2c` on every first
 * request. Node has given the connection away by now, so the request is read again without the wish.
 */
function withoutUpgrade(server: Server, req: IncomingMessage, socket: Socket, head: Buffer): void {
  let text = `${req.method} ${req.url} HTTP/${req.httpVersion}\r\n`;
  for (let index = 0; index < req.rawHeaders.length; index += 2) {
    const name = req.rawHeaders[index]!;
    if (/^(upgrade|http2-settings)$/i.test(name)) continue;
    const value = req.rawHeaders[index + 1]!;
    text += `${name}: ${name.toLowerCase() === 'connection' ? withoutUpgradeToken(value) : value}\r\n`;
  }
  socket.unshift(Buffer.concat([Buffer.from(`${text}\r\n`, 'latin1'), head]));
  server.emit('connection', socket);
}

function withoutUpgradeToken(value: string): string {
  const tokens = value.split(',').map((token) => token.trim());
  return tokens.filter((token) => !/^(upgrade|http2-settings)$/i.test(token)).join(', ') || 'keep-alive';
}
