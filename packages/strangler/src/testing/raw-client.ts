import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { vi } from 'vitest';

/** A client that speaks TCP. */
export class RawClient implements Disposable {
  readonly socket: Socket;
  received = '';
  closed = false;

  private constructor(socket: Socket) {
    this.socket = socket;
    socket.setEncoding('latin1');
    socket.on('data', (data: string) => {
      this.received += data;
    });
    socket.on('error', () => undefined);
    socket.on('end', () => {
      this.closed = true;
    });
    socket.on('close', () => {
      this.closed = true;
    });
  }

  /** Connects to a port of this machine. */
  static async to(port: number): Promise<RawClient> {
    const socket = connect(port, '127.0.0.1');
    const client = new RawClient(socket);
    await once(socket, 'connect');
    return client;
  }

  /** Sends bytes as they are. */
  send(bytes: string): this {
    this.socket.write(bytes, 'latin1');
    return this;
  }

  /** Waits until what was received matches, or the other side has closed. */
  async until(pattern: RegExp): Promise<string> {
    await vi.waitUntil(() => this.closed || pattern.test(this.received), { timeout: 15_000, interval: 5 });
    return this.received;
  }

  /** Waits until the other side has closed. */
  async end(): Promise<string> {
    await vi.waitUntil(() => this.closed, { timeout: 15_000, interval: 5 });
    return this.received;
  }

  [Symbol.dispose](): void {
    this.socket.destroy();
  }
}
