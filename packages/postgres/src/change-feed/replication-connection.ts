import { Unavailable } from '@banyan/runtime';
import pg from 'pg';
import { toPostgresError } from '../errors.ts';
import { textOptions } from './text-settings.ts';

/** The part of the client's own connection that speaks the copy protocol; it is public there and has no types. */
interface CopyConnection {
  readonly stream: NodeJS.ReadWriteStream & { end(data?: Buffer): void; destroy(): void };
  on(event: 'copyData', listener: (message: { chunk: Buffer }) => void): void;
  sendCopyFromChunk(chunk: Buffer): void;
}

/** A connection on which the server sends its log. */
export interface ReplicationConnection {
  readonly client: pg.Client;
  /** Number of the server process that serves it. */
  readonly pid: number;
  onData(listener: (chunk: Buffer) => void): void;
  send(chunk: Buffer): void;
  pause(): void;
  resume(): void;
  /** Ends the connection; the slot is let go of at once. */
  close(): void;
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
    options: textOptions,
    connectionTimeoutMillis: 10_000,
    keepAlive: true,
  };
  const client = new pg.Client(config);
  // Heard here so that it does not end the process; a reader hears of the end of the connection by itself.
  client.on('error', () => undefined);
  await client.connect().catch((error: unknown) => {
    throw toPostgresError(error);
  });
  const { connection, processID } = client as unknown as { connection: CopyConnection; processID: number };
  return {
    client,
    pid: processID,
    onData: (listener) => connection.on('copyData', ({ chunk }) => listener(chunk)),
    send: (chunk) => connection.sendCopyFromChunk(chunk),
    pause: () => connection.stream.pause(),
    resume: () => connection.stream.resume(),
    close: () => {
      // The message of termination: the server ends its side now and not when it next tries to send.
      if (connection.stream.writable) connection.stream.end(Buffer.from([0x58, 0, 0, 0, 4]));
      else connection.stream.destroy();
    },
  };
}

/** What a reader throws when its connection is gone. */
export function connectionLost(cause?: unknown): Unavailable {
  return new Unavailable(
    'feed-connection-lost',
    'The connection to the source broke; reading goes on when it answers.',
    {
      cause,
    },
  );
}
