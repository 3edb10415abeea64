import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';

/** Answers a request of which the head and perhaps more has come; `received` grows. */
export type Script = (socket: Socket, message: { received: string }) => void;

/** An upstream that speaks TCP: what it says is up to the test, and what it hears is kept as it came. */
export interface RawUpstream extends AsyncDisposable {
  readonly port: number;
  readonly url: string;
  /** Every message that came, with all bytes up to the next one, as latin1. */
  readonly messages: { received: string }[];
  /** Connections that are open. */
  readonly sockets: ReadonlySet<Socket>;
  script: Script;
}

/** A script that answers with bytes as they are. */
export function says(bytes: string): Script {
  return (socket) => void socket.write(bytes, 'latin1');
}

/** Starts one on a free port. */
export async function startRawUpstream(script: Script = says(ok())): Promise<RawUpstream> {
  const messages: { received: string }[] = [];
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    let message: { received: string } | undefined;
    socket.on('error', () => undefined).on('close', () => sockets.delete(socket));
    socket.on('data', (bytes) => {
      const text = bytes.toString('latin1');
      // A request of the next exchange begins a new message; anything else belongs to the one under way.
      if (message === undefined || /^[A-Z]+ \S+ HTTP\/1\.[01]\r\n/.test(text)) {
        message = { received: '' };
        messages.push(message);
      }
      const had = message.received.includes('\r\n\r\n');
      message.received += text;
      if (!had && message.received.includes('\r\n\r\n')) upstream.script(socket, message);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  const upstream: RawUpstream = {
    port,
    url: `http://127.0.0.1:${port}`,
    messages,
    sockets,
    script,
    async [Symbol.asyncDispose]() {
      server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
  return upstream;
}

/** A reply with a body and further header lines. */
export function ok(body = 'ok', lines: readonly string[] = []): string {
  const more = lines.map((line) => `${line}\r\n`).join('');
  return `HTTP/1.1 200 OK\r\n${more}Content-Length: ${body.length}\r\n\r\n${body}`;
}
