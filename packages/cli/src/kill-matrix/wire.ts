import { type AddressInfo, createServer, connect as dial, type Socket } from 'node:net';

/** A stretch of network that can be cut. */
export interface Wire extends AsyncDisposable {
  /** The same address, over the wire. */
  over(url: string): string;
  /** Breaks every connection and lets none through for so long, in milliseconds. */
  cut(ms: number): Promise<void>;
}

/** Lays a wire to the server of an address; where that is, is asked for with each connection. */
export async function layWire(port: () => number): Promise<Wire> {
  const sockets = new Set<Socket>();
  let broken = false;
  const server = createServer((near) => {
    if (broken) return void near.destroy();
    const far = dial(port(), '127.0.0.1');
    for (const [one, other] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(one);
      one.on('error', () => other.destroy());
      one.on('close', () => {
        sockets.delete(one);
        other.destroy();
      });
      one.pipe(other);
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const breakAll = () => {
    for (const socket of sockets) socket.destroy();
  };
  return {
    over(url) {
      const there = new URL(url);
      there.port = String((server.address() as AddressInfo).port);
      return there.href;
    },
    async cut(ms) {
      broken = true;
      breakAll();
      await new Promise((resolve) => setTimeout(resolve, ms));
      broken = false;
    },
    async [Symbol.asyncDispose]() {
      breakAll();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
