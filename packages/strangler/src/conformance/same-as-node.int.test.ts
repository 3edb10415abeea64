import { createServer } from 'node:http';
import { duplexPair } from 'node:stream';
import { describe, expect, test } from 'vitest';
import { requestTarget } from '../forward/request-target.ts';
import { seeded } from '../simulation/seeded.ts';
import { bodyReader } from '../wire/body-reader.ts';
import { HeadReader } from '../wire/head-reader.ts';
import { readRequestHead } from '../wire/request-head.ts';
import { inPieces, randomRequest, spoiled } from './random-request.ts';

const seed = Number(process.env.SEED ?? Math.floor(Math.random() * 2 ** 31));

/** A request as a parser reads it. */
interface Read {
  readonly method: string;
  readonly target: string;
  readonly headers: readonly string[];
  readonly body: string;
}

/** What ours reads of the bytes of a connection, up to the first fault. */
function readByOurs(pieces: readonly string[]): Read[] {
  const found: Read[] = [];
  const heads = new HeadReader(65_536);
  let head: ReturnType<typeof readRequestHead> | undefined;
  let body: ReturnType<typeof bodyReader>;
  let content = '';
  const taker = { piece: (bytes: Buffer) => (content += bytes.toString('latin1')) };
  const finish = () => {
    found.push({ method: head!.method, target: head!.target, headers: head!.fields.pairs, body: content });
    content = '';
    const closes = !head!.keepAlive;
    head = undefined;
    return closes;
  };
  try {
    for (const piece of pieces) {
      let left = Buffer.from(piece, 'latin1');
      while (left.length > 0) {
        if (head === undefined) {
          const read = heads.read(left);
          if (read === undefined) break;
          head = readRequestHead(read.text);
          requestTarget(head.method, head.target);
          body = bodyReader(head.framing, 65_536);
          left = left.subarray(read.used);
        } else left = left.subarray(body!.read(left, taker));
        if ((body === undefined || body.done) && finish()) return found;
      }
    }
  } catch {
    // What came before the fault was read.
  }
  return found;
}

/** What Node reads of them, and its complaint where it has one. */
async function readByNode(
  bytes: string,
): Promise<{ found: (Read | undefined)[]; fault: string | undefined }> {
  const found: (Read | undefined)[] = [];
  let fault: string | undefined;
  const server = createServer({ maxHeaderSize: 65_536, requireHostHeader: false }, (req, res) => {
    const index = found.push(undefined) - 1;
    let body = '';
    req.setEncoding('latin1').on('data', (piece: string) => {
      body += piece;
    });
    req.on('end', () => {
      found[index] = { method: req.method!, target: req.url!, headers: req.rawHeaders, body };
      res.end();
    });
    req.on('error', () => undefined);
  });
  server.on('checkContinue', (req, res) => server.emit('request', req, res));
  server.on('checkExpectation', (req, res) => server.emit('request', req, res));
  server.on('clientError', (error: NodeJS.ErrnoException) => {
    fault ??= error.code;
  });
  const [client, end] = duplexPair();
  client.on('error', () => undefined).resume();
  end.on('error', () => undefined);
  server.emit('connection', end);
  client.write(bytes, 'latin1');
  // It is all in memory, so nothing comes later than a few turns.
  for (let turn = 0; turn < 25; turn++) await new Promise((resolve) => setImmediate(resolve));
  client.destroy();
  end.destroy();
  return { found, fault };
}

/** Node has a list of methods, and wants targets in ASCII. Others take what is not so, and it can't be read in two ways. */
function isNodesOwn(fault: string | undefined, { target }: Read): boolean {
  return fault === 'HPE_INVALID_METHOD' || (fault === 'HPE_INVALID_URL' && /[^ -~]/.test(target));
}

describe(`ours and Node's parser (SEED=${seed})`, () => {
  test('read every valid request in the same way', { timeout: 120_000 }, async () => {
    for (let n = 0; n < 100; n++) {
      const random = seeded(seed + n);
      const sent = Array.from({ length: 3 }, (_, index) => randomRequest(random, `${n}-${index}`, 'left'));
      const bytes = sent.map((request) => request.bytes).join('');
      const ours = readByOurs(inPieces(random, bytes));
      expect(ours.map(({ method, target, body }) => [method, target, body])).toEqual(
        sent.map(({ method, path, body }) => [method, path, body]),
      );
      const { found, fault } = await readByNode(bytes);
      expect(fault, `seed ${seed + n}`).toBeUndefined();
      expect(found, `seed ${seed + n}`).toEqual(ours);
    }
  });

  test('never differ in what they take of broken ones', { timeout: 120_000 }, async () => {
    let taken = 0;
    for (let n = 0; n < 600; n++) {
      const random = seeded(seed + n);
      const sent = Array.from({ length: 2 }, (_, index) => randomRequest(random, `${n}-${index}`, 'left'));
      const bytes = sent.map((request) => spoiled(random, request.bytes)).join('');
      const ours = readByOurs(inPieces(random, bytes));
      const { found, fault } = await readByNode(bytes);
      taken += ours.length;
      for (const [index, read] of ours.entries()) {
        if (found[index] === undefined && isNodesOwn(fault, read)) break;
        expect(found[index], `SEED=${seed + n} ${fault} ${JSON.stringify(bytes)}`).toEqual(read);
      }
    }
    expect(taken).toBeGreaterThan(50);
  });
});
