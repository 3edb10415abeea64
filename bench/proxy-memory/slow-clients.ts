import { connect, type Socket } from 'node:net';

/** What a slow reader takes at a time. */
const pieceBytes = 32_768;
const pieceEveryMs = 250;
const byteEveryMs = 50;

/** Clients that make a proxy wait: one takes a long reply in small pieces, the next sends its request byte by byte. */
export class SlowClients implements Disposable {
  readonly #port: number;
  readonly #sockets = new Set<Socket>();
  readonly #timers = new Set<NodeJS.Timeout>();
  /** Replies that came whole. */
  replies = 0;

  constructor(port: number, count: number) {
    this.#port = port;
    for (let client = 0; client < count; client++) client % 2 === 0 ? this.#read() : this.#send();
  }

  [Symbol.dispose](): void {
    for (const timer of this.#timers) clearInterval(timer);
    for (const socket of this.#sockets) socket.removeAllListeners().destroy();
  }

  #read(): void {
    const socket = this.#connect(() => this.#read());
    socket.write('GET /large HTTP/1.1\r\nhost: slow\r\nconnection: close\r\n\r\n');
    socket.on('readable', () => undefined);
    this.#every(socket, pieceEveryMs, () => void (socket.read(pieceBytes) ?? socket.read()));
  }

  #send(): void {
    const socket = this.#connect(() => this.#send());
    const request = `GET /body HTTP/1.1\r\nhost: slow\r\nx-filler: ${'y'.repeat(200)}\r\nconnection: close\r\n\r\n`;
    let sent = 0;
    socket.resume();
    this.#every(socket, byteEveryMs, () => void (sent < request.length && socket.write(request[sent++]!)));
  }

  /** Connects; `again` is called when the connection has ended. */
  #connect(again: () => void): Socket {
    const socket = connect({ host: '127.0.0.1', port: this.#port });
    this.#sockets.add(socket);
    socket.on('end', () => {
      this.replies++;
    });
    socket.on('error', () => undefined);
    socket.on('close', () => {
      this.#sockets.delete(socket);
      again();
    });
    return socket;
  }

  #every(socket: Socket, ms: number, act: () => void): void {
    const timer = setInterval(act, ms);
    this.#timers.add(timer);
    socket.on('close', () => {
      clearInterval(timer);
      this.#timers.delete(timer);
    });
  }
}
