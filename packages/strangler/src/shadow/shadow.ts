import { setMaxListeners } from 'node:events';
import { setTimeout as wait } from 'node:timers/promises';
import type { Dispatcher } from 'undici';
import { compareReplies } from '../compare/compare-replies.ts';
import type { Difference, Reply } from '../compare/reply.ts';
import type { EvidenceCollector } from '../evidence/evidence-collector.ts';
import type { ShadowOutcome } from '../evidence/evidence-window.ts';
import { shadowHeader } from '../forward/request-headers.ts';
import type { Upstream } from '../forward/upstream.ts';
import type { ProxyLimits } from '../proxy-limits.ts';
import type { TotalsCounter } from '../proxy-totals.ts';
import type { CompiledRoute } from '../routes/compile-route-table.ts';
import { ask } from './ask.ts';
import { Capture } from './capture.ts';

/** When both sides are asked again after a difference: the candidate follows a log and may be a little behind. */
const askAgainAfterMs = [200, 500, 800];

/** A read to be copied and compared. */
export interface ShadowRead {
  readonly route: CompiledRoute;
  readonly method: string;
  readonly url: string;
  readonly headers: readonly string[];
  readonly owner: Upstream;
  readonly candidate: Upstream;
}

/** The outcome of one comparison. */
interface Finding {
  readonly outcome: ShadowOutcome;
  readonly differences?: readonly Difference[];
}

/** Copies reads to candidates and compares the replies, a bounded number at a time and never before the user has theirs. */
export class Shadow {
  readonly #limits: ProxyLimits;
  readonly #evidence: EvidenceCollector;
  readonly #totals: TotalsCounter;
  readonly #closing = new AbortController();
  #running = 0;

  constructor(limits: ProxyLimits, evidence: EvidenceCollector, totals: TotalsCounter) {
    this.#limits = limits;
    this.#evidence = evidence;
    this.#totals = totals;
    // Every comparison under way may wait on it; their number is bounded by the limits.
    setMaxListeners(0, this.#closing.signal);
  }

  /** What copies the owner's reply for the comparison; undefined where too many are running. */
  begin(read: ShadowRead): Capture | undefined {
    if (this.#running >= this.#limits.shadowRequests || this.#closing.signal.aborted) {
      this.#evidence.window(read.route).shadowed('dropped');
      return undefined;
    }
    this.#running++;
    return new Capture(this.#limits.compareBytes, {
      captured: (reply) => void this.#compare(read, reply),
      abandoned: (tooLong) => {
        this.#running--;
        if (tooLong) this.#evidence.window(read.route).shadowed('dropped');
      },
    });
  }

  /** Ends every comparison under way, without a result. */
  close(): void {
    this.#closing.abort();
  }

  async #compare(read: ShadowRead, ownerReply: Reply): Promise<void> {
    try {
      const { outcome, differences } = await this.#find(read, ownerReply);
      this.#evidence.window(read.route).shadowed(outcome, read.method, read.url, differences);
    } catch {
      this.#evidence.window(read.route).shadowed('dropped');
    } finally {
      this.#running--;
    }
  }

  async #find(read: ShadowRead, ownerReply: Reply): Promise<Finding> {
    if (read.candidate.saturated) return { outcome: 'dropped' };
    const startedAt = performance.now();
    const candidateReply = await this.#ask(read.candidate, read);
    const failed = candidateReply === undefined || candidateReply.status >= 500;
    this.#evidence.window(read.route).copies.add(performance.now() - startedAt, failed);
    if (candidateReply === undefined) return { outcome: 'failed' };
    const first = await this.#differences(read, ownerReply, candidateReply);
    if (first?.length === 0) return { outcome: 'equal' };
    return this.#askAgain(read, first);
  }

  async #askAgain(read: ShadowRead, first: readonly Difference[] | undefined): Promise<Finding> {
    let latest = first;
    for (const ms of askAgainAfterMs) {
      await wait(ms, undefined, { signal: this.#closing.signal, ref: false });
      const [owner, candidate] = await Promise.all([
        this.#ask(read.owner, read),
        this.#ask(read.candidate, read),
      ]);
      if (owner === undefined || candidate === undefined) continue;
      const differences = await this.#differences(read, owner, candidate);
      // Not comparable at first means an encoding we can't read; both were now asked for none.
      if (differences?.length === 0) return { outcome: first === undefined ? 'equal' : 'late' };
      latest = differences ?? latest;
    }
    return latest === undefined ? { outcome: 'failed' } : { outcome: 'different', differences: latest };
  }

  #differences(read: ShadowRead, owner: Reply, candidate: Reply): Promise<Difference[] | undefined> {
    return compareReplies(owner, candidate, read.route.route.compare, this.#limits.compareBytes);
  }

  #ask(upstream: Upstream, read: ShadowRead): Promise<Reply | undefined> {
    this.#totals.count('shadowRequests');
    const { candidateMs, compareBytes } = this.#limits;
    return ask(upstream, shadowRequest(read), { ms: candidateMs, bytes: compareBytes });
  }
}

function shadowRequest({ method, url, headers }: ShadowRead): Dispatcher.DispatchOptions {
  const marked: string[] = [];
  for (let index = 0; index < headers.length; index += 2) {
    if (headers[index]!.toLowerCase() !== 'accept-encoding')
      marked.push(headers[index]!, headers[index + 1]!);
  }
  marked.push('accept-encoding', 'identity', shadowHeader, '1');
  return { method: method as Dispatcher.HttpMethod, path: url, headers: marked, body: null };
}
