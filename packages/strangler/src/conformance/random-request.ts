type Random = () => number;

/** A request that is valid, with what must arrive of it. */
export interface RandomRequest {
  readonly id: string;
  readonly method: string;
  readonly path: string;
  readonly body: string;
  readonly bytes: string;
}

function pick<Item>(random: Random, items: readonly Item[]): Item {
  return items[Math.floor(random() * items.length)]!;
}

const headerLines: readonly ((random: Random) => string)[] = [
  () => 'Accept: */*',
  () => 'X-Empty:',
  () => 'X-Blank: \t  a value \t ',
  (random) => `X-Long: ${'y'.repeat(Math.floor(random() * 200))}`,
  () => 'x-latin: \xe4\xf6\xfc',
  () => 'Cookie: a=1; b=2',
  () => 'TE: trailers',
  () => 'Connection: X-Private\r\nX-Private: 1',
  () => 'X-Like: Content-Length: 3',
  () => 'Keep-Alive: timeout=3',
  () => "!#$%&'*+-.^_`|~9: token",
];

/** A valid request whose path, header and body carry the same id. */
export function randomRequest(random: Random, id: string, side: string): RandomRequest {
  const method = pick(random, ['GET', 'GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']);
  const path = `/${side}/${id}${pick(random, ['', '?a=%20b', '?', '/x//y', ';p=1'])}`;
  // What looks like a request must arrive as a body and nothing else.
  const content = `${id}${pick(random, ['', ' ', '\r\n\r\nGET /smuggled HTTP/1.1\r\nHost: x\r\n\r\n', '0\r\n\r\n', 'z'.repeat(300)])}`;
  const framing =
    method === 'GET' || method === 'OPTIONS' ? 'none' : pick(random, ['none', 'length', 'chunks']);
  const lines = Array.from({ length: Math.floor(random() * 4) }, () => pick(random, headerLines)(random));
  if (framing === 'length') lines.push(`Content-Length: ${content.length}`);
  if (framing === 'chunks')
    lines.push(pick(random, ['Transfer-Encoding: chunked', 'transfer-encoding:Chunked']));
  lines.splice(Math.floor(random() * (lines.length + 1)), 0, `X-Id: ${id}`);
  const head = `${method} ${path} HTTP/1.1\r\nHost: x\r\n${lines.map((line) => `${line}\r\n`).join('')}\r\n`;
  const coded = framing === 'chunks' ? inChunks(random, content) : content;
  const body = framing === 'none' ? '' : content;
  return { id, method, path, body, bytes: head + (framing === 'none' ? '' : coded) };
}

function inChunks(random: Random, content: string): string {
  let coded = '';
  for (let at = 0; at < content.length; ) {
    const size = 1 + Math.floor(random() * Math.min(2_000, content.length - at));
    coded += `${'0'.repeat(Math.floor(random() * 3))}${size.toString(16)}${pick(random, ['', ';x', ';a="b c"'])}\r\n`;
    coded += `${content.slice(at, at + size)}\r\n`;
    at += size;
  }
  return `${coded}0\r\n${pick(random, ['', 'X-Sum: 1\r\n'])}\r\n`;
}

const spoils: readonly string[] = [
  '\r',
  '\n',
  '\r\n',
  '\r\n\r\n',
  '\0',
  ' ',
  '\t',
  ':',
  ',',
  '0',
  '-',
  'x',
  '\xff',
  'Transfer-Encoding: chunked\r\n',
  'Content-Length: 5\r\n',
  'Host: y\r\n',
  'HTTP/1.1',
  'chunked',
  ';',
  '\x0b',
  ' \r\n',
];

/** The bytes with a few changes, so that they are probably not valid any more. */
export function spoiled(random: Random, bytes: string): string {
  let text = bytes;
  for (let changes = 1 + Math.floor(random() * 3); changes > 0; changes--) {
    // Most of what matters happens in the head.
    const reach = random() < 0.8 ? Math.min(text.length, 120) : text.length;
    const at = Math.floor(random() * reach);
    const cut = Math.floor(random() * 3);
    text = text.slice(0, at) + pick(random, spoils) + text.slice(at + cut);
  }
  return text;
}

/** The bytes in pieces, as a network may deliver them. */
export function inPieces(random: Random, bytes: string): string[] {
  const pieces: string[] = [];
  for (let at = 0; at < bytes.length; ) {
    const size = random() < 0.5 ? bytes.length : 1 + Math.floor(random() * 60);
    pieces.push(bytes.slice(at, at + size));
    at += size;
  }
  return pieces;
}
