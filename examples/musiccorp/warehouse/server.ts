import { createServer, type IncomingMessage } from 'node:http';
import { connect } from '@banyan/postgres';
import { prepareStock } from './prepare.ts';

const { DATABASE_URL, PORT = '0', HOST = '127.0.0.1' } = process.env;
if (!DATABASE_URL) {
  console.error("musiccorp warehouse: set DATABASE_URL to the warehouse's database");
  process.exit(1);
}
await prepareStock(DATABASE_URL);
const pool = connect(DATABASE_URL, { max: 8, applicationName: 'musiccorp-warehouse' });

const columns = 'item_id as "itemId", on_hand as "onHand", reorder_level as "reorderLevel", shelf';
const find = `select ${columns} from stock_levels where item_id = $1`;
// What a count finds is taken for what was there from the beginning, so that the books of the shop still agree with its shelves.
const count = `
  update stock_levels set on_hand = $2, opening = opening + $2 - on_hand where item_id = $1 returning ${columns}`;

async function answer(request: IncomingMessage): Promise<[status: number, body: unknown]> {
  const { method, url = '/' } = request;
  if (url === '/health/ready') return [200, (await pool.query('select true as ok')).rows[0]];
  const [, item, verb] = /^\/api\/stock\/([1-9]\d{0,8})(?:\/(count))?$/.exec(url) ?? [];
  if (item === undefined) return [404, { error: 'not found' }];
  if (method === 'GET' && verb === undefined) return found(await pool.query(find, [item]));
  if (method !== 'POST' || verb !== 'count') return [405, { error: 'not allowed' }];
  const counted = Number(new TextDecoder().decode(await bodyOf(request)));
  if (!Number.isInteger(counted) || counted < 0 || counted > 1e6)
    return [400, { error: 'the body is what was counted, a whole number from 0 to 1000000' }];
  return found(await pool.query(count, [item, counted]));
}

function found({ rows }: { rows: unknown[] }): [status: number, body: unknown] {
  return rows.length === 0 ? [404, { error: 'no such item' }] : [200, rows[0]];
}

async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const pieces: Buffer[] = [];
  let bytes = 0;
  for await (const piece of request) {
    pieces.push(piece as Buffer);
    bytes += (piece as Buffer).length;
    if (bytes > 100) break;
  }
  return Buffer.concat(pieces);
}

const server = createServer(async (request, reply) => {
  const [status, body] = await answer(request).catch(
    (error: Error) => [500, { error: error.message }] as const,
  );
  reply.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
});
// Longer than the proxy keeps its connections.
server.keepAliveTimeout = 10_000;
server.listen(Number(PORT), HOST, () => console.log(`warehouse listening on ${HOST}:${PORT}`));
for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  process.once(signal, () => {
    server.close(() => void pool.end());
    server.closeIdleConnections();
  });
}
