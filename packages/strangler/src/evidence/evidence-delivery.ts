import type { ProxyLog } from '../proxy-log.ts';
import type { Evidence, EvidenceSink } from './evidence.ts';

const maxPerCall = 200;

/**
 * Hands evidence to the sink, one call at a time and in order. What the sink refuses is kept for the next attempt, up
 * to a limit: then the oldest goes.
 */
export class EvidenceDelivery {
  readonly #sink: EvidenceSink;
  readonly #maxWaiting: number;
  readonly #log: ProxyLog;
  #waiting: Evidence[] = [];
  #running: Promise<void> | undefined;
  #failing = false;

  constructor(sink: EvidenceSink, maxWaiting: number, log: ProxyLog) {
    this.#sink = sink;
    this.#maxWaiting = maxWaiting;
    this.#log = log;
  }

  /** Adds evidence and starts an attempt unless one is under way. Never throws. */
  push(evidence: readonly Evidence[]): void {
    this.#waiting.push(...evidence);
    const excess = this.#waiting.length - this.#maxWaiting;
    if (excess > 0) {
      this.#waiting.splice(0, excess);
      this.#log({
        level: 'warn',
        event: 'evidence-dropped',
        message: `${excess} windows of evidence were given up.`,
      });
    }
    void this.flush();
  }

  /** Delivers what waits; resolves when the sink has it or has refused it. Never rejects. */
  flush(): Promise<void> {
    this.#running ??= this.#attempt().finally(() => {
      this.#running = undefined;
    });
    return this.#running;
  }

  async #attempt(): Promise<void> {
    while (this.#waiting.length > 0) {
      const batch = this.#waiting.slice(0, maxPerCall);
      try {
        await this.#sink.record(batch);
      } catch (cause) {
        this.#refused(cause);
        return;
      }
      this.#failing = false;
      const delivered = new Set(batch);
      this.#waiting = this.#waiting.filter((evidence) => !delivered.has(evidence));
    }
  }

  #refused(cause: unknown): void {
    if (this.#failing) return;
    this.#failing = true;
    const message = `Evidence can't be recorded and is kept for now: ${cause instanceof Error ? cause.message : cause}`;
    this.#log({ level: 'warn', event: 'evidence-refused', message });
  }
}
