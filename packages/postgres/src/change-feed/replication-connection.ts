import { Unavailable } from '@banyan/runtime';
import pg from 'pg';
import { toPostgresError } from '../errors.ts';
import { CopyStream, type OnCopyData } from './copy-stream.ts';
import { textSettings } from './text-settings.ts';

/** The part of the client's own connection that speaks the copy protocol; it is public there and has no types. */
interface CopyConnection {
  readonly stream: NodeJS.ReadWriteStream & {
    readonly destroyed: boolean;
    end(data: Buffer, sent: () => void): void;
    destroy(): void;
  };
  sendCopyFromChunk(chunk: Buffer): void;
}

/** A connection on which the server sends its log. */
export interface ReplicationConnection {
  readonly client: pg.Client;
  /** Number of the server process that serves it. */
  readonly pid: number;
  /** Hears what the server copies from now on; call it when no query is under way. */
  onData(listener: OnCopyData): void;
  send(chunk: Buffer): void;
  pause(): void;
  resume(): void;
  /** Ends the connection; the server lets go of the slot at once. */
  close(): Promise<void>;
}

/**
 * Opens a connection in replication mode.
 * @throws Unavailable or Terminal, from `toPostgresError`.
 */
export async function openReplication(url: string, applicationName: string): Promise<ReplicationConnection> {
  const config = {
    connectionString: url,
    application_name: applicationName,
    replication: 'database',
    connectionTimeoutMillis: 10_000,
    keepAlive: true,
  };
  const client = new pg.Client(config);
  // Heard here so that it does not end the process; a reader hears of the end of the connection by itself.
  client.on('error', () => undefined);
  const { connection } = client as unknown as { connection: CopyConnection };
  try {
    await client.connect();
    await client.query(textSettings);
  } catch (error) {
    connection.stream.destroy();
    throw toPostgresError(error);
  }
  const { processID } = client as unknown as { processID: number };
  const flow = new Flow(connection.stream);
  return {
    client,
    pid: processID,
    onData: (listener) => listen(connection.stream, listener, flow),
    send: (chunk) => connection.sendCopyFromChunk(chunk),
    pause: () => flow.pause(),
    resume: () => flow.resume(),
    close: () => close(connection.stream),
  };
}

/** Puts itself before the client, which goes on to hear all but the copied data. */
function listen(stream: CopyConnection['stream'], listener: OnCopyData, flow: Flow): void {
  const client = stream.listeners('data') as ((chunk: Buffer) => void)[];
  stream.removeAllListeners('data');
  const copies = new CopyStream(listener, (message) => {
    for (const hear of client) hear(message);
  });
  stream.on('data', (data) => {
    const chunk = data as unknown as Buffer;
    copies.take(chunk);
    if (chunk.length < smallChunk) flow.rest();
  });
}

/** The server sends each message by itself; a full read is 64 kB. */
const smallChunk = 16 * 1024;
const restMs = 1;

/** When the stream is read: not while its owner has enough, and not at once again after a read that brought little. */
class Flow {
  readonly #stream: CopyConnection['stream'];
  #paused = false;
  #resting = false;

  constructor(stream: CopyConnection['stream']) {
    this.#stream = stream;
  }

  pause(): void {
    this.#paused = true;
    this.#stream.pause();
  }

  resume(): void {
    this.#paused = false;
    if (!this.#resting) this.#stream.resume();
  }

  /** Lets more gather, because many small reads cost several times the processor time of a few large ones. */
  rest(): void {
    if (this.#resting || this.#paused) return;
    this.#resting = true;
    this.#stream.pause();
    setTimeout(() => {
      this.#resting = false;
      if (!this.#paused) this.#stream.resume();
    }, restMs);
  }
}

const closeMs = 1_000;

/** Says good-bye, so that the server ends its side now and not when it next tries to send, and hangs up. */
async function close(stream: CopyConnection['stream']): Promise<void> {
  if (stream.destroyed) return;
  await new Promise<void>((resolve) => {
    const timer = setTimeout(resolve, closeMs);
    stream.once('close', () => {
      clearTimeout(timer);
      resolve();
    });
    if (stream.writable) stream.end(Buffer.from([0x58, 0, 0, 0, 4]), () => stream.destroy());
    else stream.destroy();
  });
  stream.destroy();
}

/** What a reader throws when its connection is gone. */
export function connectionLost(cause?: unknown): Unavailable {
  return new Unavailable(
    'feed-connection-lost',
    'The connection to the source broke; reading goes on when it answers.',
    { cause },
  );
}
