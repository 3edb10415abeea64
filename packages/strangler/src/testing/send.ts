import { Agent, type IncomingHttpHeaders, type IncomingMessage, request } from 'node:http';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';

/** A reply as a test looks at it. */
export interface Received {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly rawHeaders: readonly string[];
  readonly trailers: NodeJS.Dict<string>;
  readonly body: string;
}

/** What a test sends. */
export interface Sent {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string | readonly string[]>> | readonly string[];
  readonly body?: string | Buffer;
}

const agent = new Agent({ keepAlive: false });

/** Sends a request and hands over the reply as soon as its head is there. */
export function open(url: string, sent: Sent = {}): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    // Not by URL: that would resolve dot segments before anything is sent.
    const [, host, port, path] = /^http:\/\/([^:/]+):(\d+)(.*)$/.exec(url)!;
    const { method = 'GET', headers } = sent;
    const req = request({ agent, host, port, path: path || '/', method, headers: headers as never }, resolve);
    req.on('error', reject);
    req.end(sent.body);
  });
}

/** Sends a request and reads the whole reply; rejects where it breaks off. */
export async function send(url: string, sent: Sent = {}): Promise<Received> {
  const res = await open(url, sent);
  const body = await text(res);
  const { headers, rawHeaders, trailers } = res;
  return { status: res.statusCode!, headers, rawHeaders, trailers, body };
}

/** Sends bytes as they are and reads until the other side closes. */
export function sendRaw(port: number, bytes: string): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => socket.write(bytes, 'latin1'));
    let received = '';
    socket.setEncoding('latin1');
    socket.on('data', (data: string) => {
      received += data;
    });
    socket.on('error', () => undefined);
    socket.on('close', () => resolve(received));
  });
}
