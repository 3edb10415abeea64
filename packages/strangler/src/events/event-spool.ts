import {
  closeSync,
  existsSync,
  fdatasync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  write,
} from 'node:fs';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { promisify } from 'node:util';
import type { ProxyLog } from '../proxy-log.ts';
import type { ObservedEventSink, SpooledEvent } from './event-rule.ts';

const writeAsync = promisify(write);
const syncAsync = promisify(fdatasync);
const retryMs = 500;
const mostAtOnce = 200;
const segmentBytes = 1_048_576;

/** Where a spool is, and how much it may hold. */
export interface SpoolOptions {
  /** A folder of its own; made when absent. Several processes may share it. */
  readonly directory: string;
  /** Bytes that wait for delivery at most. Default 67,108,864. */
  readonly maxBytes?: number;
}

interface Segment {
  readonly file: string;
  readonly fd: number | undefined;
  bytes: number;
  waiting: number;
}

interface Waiting {
  readonly event: SpooledEvent;
  readonly segment: Segment;
  readonly bytes: number;
}

/**
 * Keeps events on disk until a sink has them: what `append` has resolved for is delivered at least once, also if the process
 * is killed. Several appends share one flush to disk.
 */
export class EventSpool implements AsyncDisposable {
  readonly #directory: string;
  readonly #maxBytes: number;
  readonly #sink: ObservedEventSink;
  readonly #log: ProxyLog;
  readonly #closing = new AbortController();
  readonly #delivering: Promise<void>;
  #queue: { line: Buffer; event: SpooledEvent; done: () => void; failed: (cause: unknown) => void }[] = [];
  #flushing: Promise<void> | undefined;
  #writing = false;
  #waiting: Waiting[] = [];
  #bytes = 0;
  #segment: Segment | undefined;
  #count = 0;
  #wake: () => void = () => undefined;

  /** Takes over what processes that are gone have left behind. Throws where the folder can't be used. */
  constructor({ directory, maxBytes = 67_108_864 }: SpoolOptions, sink: ObservedEventSink, log: ProxyLog) {
    this.#directory = directory;
    this.#maxBytes = maxBytes;
    this.#sink = sink;
    this.#log = log;
    mkdirSync(directory, { recursive: true, mode: 0o700 });
    this.#adopt();
    this.#delivering = this.#deliver();
  }

  /** Whether there is no room for another event. */
  get full(): boolean {
    return this.#bytes >= this.#maxBytes;
  }

  /** Events that the sink does not have yet. */
  get size(): number {
    return this.#waiting.length + this.#queue.length;
  }

  /** Resolves once the event is on disk; rejects where it can't be written. */
  append(event: SpooledEvent): Promise<void> {
    const line = Buffer.from(`${JSON.stringify(event)}\n`);
    this.#bytes += line.length;
    return new Promise((done, failed) => {
      this.#queue.push({ line, event, done, failed });
      if (!this.#writing) this.#flushing = this.#flush();
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#flushing;
    this.#closing.abort();
    this.#wake();
    await this.#delivering;
    if (this.#segment?.fd !== undefined) closeSync(this.#segment.fd);
  }

  async #flush(): Promise<void> {
    this.#writing = true;
    while (this.#queue.length > 0) {
      const batch = this.#queue;
      this.#queue = [];
      try {
        const segment = this.#openSegment();
        await writeAsync(segment.fd!, Buffer.concat(batch.map(({ line }) => line)));
        await syncAsync(segment.fd!);
        for (const { event, line, done } of batch) {
          this.#waiting.push({ event, segment, bytes: line.length });
          segment.bytes += line.length;
          segment.waiting++;
          done();
        }
        this.#wake();
      } catch (cause) {
        for (const { line, failed } of batch) {
          this.#bytes -= line.length;
          failed(cause);
        }
      }
    }
    this.#writing = false;
  }

  #openSegment(): Segment {
    if (this.#segment !== undefined && this.#segment.bytes < segmentBytes) return this.#segment;
    const before = this.#segment;
    this.#segment = undefined;
    const file = path.join(this.#directory, `${process.pid}-${Date.now()}-${++this.#count}.jsonl`);
    this.#segment = { file, fd: openSync(file, 'a', 0o600), bytes: 0, waiting: 0 };
    if (before?.fd !== undefined) closeSync(before.fd);
    if (before?.waiting === 0) rmSync(before.file, { force: true });
    return this.#segment;
  }

  async #deliver(): Promise<void> {
    let failing = false;
    while (!this.#closing.signal.aborted) {
      const batch = this.#waiting.slice(0, mostAtOnce);
      if (batch.length === 0) {
        await new Promise<void>((resolve) => {
          this.#wake = resolve;
        });
        continue;
      }
      try {
        await this.#sink.append(batch.map(({ event }) => event));
        failing = false;
        this.#waiting.splice(0, batch.length);
        for (const { segment, bytes } of batch) {
          this.#bytes -= bytes;
          segment.waiting--;
          this.#removeDone(segment);
        }
      } catch (cause) {
        if (!failing) this.#warn(`Events can't be delivered and are kept: ${String(cause)}`);
        failing = true;
        await wait(retryMs, undefined, { signal: this.#closing.signal, ref: false }).catch(() => undefined);
      }
    }
  }

  /** A file goes when the sink has all of it and nothing more is written to it. */
  #removeDone(segment: Segment): void {
    if (segment.waiting > 0) return;
    if (segment === this.#segment) {
      if (this.#writing) return;
      this.#segment = undefined;
      closeSync(segment.fd!);
    }
    rmSync(segment.file, { force: true });
  }

  /** Files of processes that are gone become ours by their name, so that no two deliver the same one. */
  #adopt(): void {
    for (const name of readdirSync(this.#directory).sort()) {
      const pid = Number(/^(\d+)-.*\.jsonl$/.exec(name)?.[1]);
      if (!pid || (pid !== process.pid && isAlive(pid))) continue;
      const file = path.join(this.#directory, `${process.pid}-${name.slice(name.indexOf('-') + 1)}`);
      try {
        renameSync(path.join(this.#directory, name), file);
        this.#load(file);
      } catch (cause) {
        if (existsSync(file)) this.#warn(`${file} can't be read: ${String(cause)}`);
      }
    }
  }

  #load(file: string): void {
    const segment: Segment = { file, fd: undefined, bytes: statSync(file).size, waiting: 0 };
    for (const line of readFileSync(file, 'utf8').split('\n')) {
      const event = parsed(line);
      if (event === undefined) continue;
      segment.waiting++;
      this.#bytes += line.length + 1;
      this.#waiting.push({ event, segment, bytes: line.length + 1 });
    }
    this.#removeDone(segment);
  }

  #warn(message: string): void {
    this.#log({ level: 'warn', event: 'events-waiting', message });
  }
}

/** Undefined for the end of a file and for a line that was cut off: nobody was told that it was kept. */
function parsed(line: string): SpooledEvent | undefined {
  try {
    return JSON.parse(line) as SpooledEvent;
  } catch {
    return undefined;
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
