import { setMaxListeners } from 'node:events';
import { setTimeout as wait } from 'node:timers/promises';
import { areSame, type Comparison, compareReplies } from '../compare/compare-replies.ts';
import { type Noise, NoiseLearner, noNoise, withNoise } from '../compare/noise.ts';
import type { Difference, Reply } from '../compare/reply.ts';
import type { EvidenceCollector } from '../evidence/evidence-collector.ts';
import type { ShadowOutcome } from '../evidence/evidence-window.ts';
import { shadowHeader } from '../forward/request-headers.ts';
import type { ProxyLimits } from '../proxy-limits.ts';
import type { TotalsCounter } from '../proxy-totals.ts';
import type { CompiledRoute } from '../routes/compile-route-table.ts';
import { translate } from '../translate/translation.ts';
import type { Translator } from '../translate/translator.ts';
import type { Upstream } from '../upstream/upstream.ts';
import type { UpstreamRequest } from '../upstream/upstream-request.ts';
import { ask } from './ask.ts';
import { Capture } from './capture.ts';

/** When both sides are asked again after a difference: the candidate follows a log and may be a little behind. */
const askAgainAfterMs = [200, 500, 800];

/** Reads of a route for which the owner is asked twice in any case, so that noise is known soon. */
const firstLearnt = 10;
const defaultLearnShare = 0.05;
const mostLearners = 1_000;

/** A request to be copied and compared. */
export interface ShadowRead {
  readonly route: CompiledRoute;
  readonly method: string;
  readonly url: string;
  readonly headers: readonly string[];
  readonly body?: Buffer | undefined;
  /** Whether it may be asked for again; a write is copied once, to a sandboxed candidate, and never sent to the owner. */
  readonly repeatable: boolean;
  /** For a candidate that speaks another protocol. */
  readonly translator?: Translator | undefined;
  readonly owner: Upstream;
  readonly candidate: Upstream;
  /** Who answers the user; the other one is asked as well. */
  readonly answered: 'owner' | 'candidate';
}

/** The first replies of both sides; undefined where a side gave none that can be compared. */
interface FirstReplies {
  readonly owner: Reply | undefined;
  readonly candidate: Reply | undefined;
  /** What differed when the owner was asked twice, where it was. */
  readonly learnt: readonly Difference[];
}

/** The outcome of one comparison. */
interface Finding {
  readonly outcome: ShadowOutcome;
  readonly differences?: readonly Difference[];
}

/** Two replies that differ, before both sides are asked again. */
interface Suspicion {
  readonly owner: Reply;
  readonly candidate: Reply;
  readonly differences: readonly Difference[] | undefined;
  readonly noise: Noise;
}

/**
 * Asks the side that did not answer the user and compares the replies, a bounded number at a time and never before the user
 * has theirs.
 */
export class Shadow {
  readonly #limits: ProxyLimits;
  readonly #evidence: EvidenceCollector;
  readonly #totals: TotalsCounter;
  readonly #closing = new AbortController();
  readonly #learners = new Map<string, NoiseLearner>();
  readonly #random: () => number;
  #running = 0;

  constructor(
    limits: ProxyLimits,
    evidence: EvidenceCollector,
    totals: TotalsCounter,
    random: () => number = Math.random,
  ) {
    this.#random = random;
    this.#limits = limits;
    this.#evidence = evidence;
    this.#totals = totals;
    // Every comparison under way may wait on it; their number is bounded by the limits.
    setMaxListeners(0, this.#closing.signal);
  }

  /** What copies the user's reply for the comparison; undefined where too many are running. */
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

  async #compare(read: ShadowRead, reply: Reply): Promise<void> {
    try {
      const { outcome, differences } = await this.#find(read, reply);
      this.#evidence.window(read.route).shadowed(outcome, read.method, read.url, differences);
    } catch {
      this.#evidence.window(read.route).shadowed('dropped');
    } finally {
      this.#running--;
    }
  }

  async #find(read: ShadowRead, reply: Reply): Promise<Finding> {
    const byOwner = read.answered === 'owner';
    if ((byOwner ? read.candidate : read.owner).saturated) return { outcome: 'dropped' };
    const { owner, candidate, learnt } = byOwner
      ? await this.#copy(read, reply)
      : await this.#mirror(read, reply);
    if (owner === undefined) return { outcome: 'dropped' };
    if (candidate === undefined) return { outcome: 'failed' };
    if (areSame(owner, candidate, read.route.route.compare)) return { outcome: 'equal' };
    const noise = withNoise(this.#learner(read).noise, learnt);
    const first = await this.#differences(read, [owner, candidate], { noise });
    if (first?.length === 0) return { outcome: 'equal' };
    if (!read.repeatable) {
      return first === undefined ? { outcome: 'failed' } : { outcome: 'different', differences: first };
    }
    return this.#askAgain(read, { owner, candidate, differences: first, noise });
  }

  /** Asks the candidate for what the owner has answered. */
  async #copy(read: ShadowRead, owner: Reply): Promise<FirstReplies> {
    if (!this.#isToLearn(read)) return { owner, candidate: await this.#askTimed(read), learnt: [] };
    const [candidate, learnt] = await Promise.all([this.#askTimed(read), this.#learn(read, owner)]);
    return { owner, candidate, learnt };
  }

  async #askTimed(read: ShadowRead): Promise<Reply | undefined> {
    const startedAt = performance.now();
    const reply = await this.#askCandidate(read);
    const failed = reply === undefined || reply.status >= 500;
    this.#evidence.window(read.route).copies.add(performance.now() - startedAt, failed);
    return reply;
  }

  /** Asks the owner for what the candidate has answered. How long it takes is no measure: nobody waits for it. */
  async #mirror(read: ShadowRead, candidate: Reply): Promise<FirstReplies> {
    const owner = await this.#ask(read.owner, read);
    if (owner === undefined || owner.status >= 500) return { owner: undefined, candidate, learnt: [] };
    return { owner, candidate, learnt: this.#isToLearn(read) ? await this.#learn(read, owner) : [] };
  }

  async #askAgain(read: ShadowRead, before: Suspicion): Promise<Finding> {
    let { owner, noise } = before;
    let latest = before.differences;
    for (const ms of askAgainAfterMs) {
      await wait(ms, undefined, { signal: this.#closing.signal, ref: false });
      const [again, candidate] = await Promise.all([this.#ask(read.owner, read), this.#askCandidate(read)]);
      if (again === undefined || candidate === undefined) continue;
      // What the owner itself answers otherwise each time is no fault of the candidate.
      const own = await this.#differences(read, [owner, again], { noise: noNoise, learning: true });
      noise = withNoise(noise, own ?? []);
      owner = again;
      const differences = await this.#differences(read, [again, candidate], { noise });
      if (differences?.length === 0) return { outcome: await this.#wasEqual(read, before, noise) };
      latest = differences ?? latest;
    }
    return latest === undefined ? { outcome: 'failed' } : { outcome: 'different', differences: latest };
  }

  /** Equal at last: was it so from the beginning, but for noise, or did the candidate follow a moment later? */
  async #wasEqual(
    read: ShadowRead,
    { owner, candidate, differences }: Suspicion,
    noise: Noise,
  ): Promise<ShadowOutcome> {
    // Not comparable at first means an encoding we can't read; both were then asked for none.
    if (differences === undefined) return 'equal';
    const found = await this.#differences(read, [owner, candidate], { noise });
    return found?.length === 0 ? 'equal' : 'late';
  }

  /** Whether the owner is asked the same once more. */
  #isToLearn(read: ShadowRead): boolean {
    const share = read.route.route.compare?.learn ?? defaultLearnShare;
    if (!read.repeatable || share === 0) return false;
    return this.#learner(read).asked < firstLearnt || this.#random() < share;
  }

  /** Asks the owner the same once more, and learns what differs. */
  async #learn(read: ShadowRead, first: Reply): Promise<readonly Difference[]> {
    const learner = this.#learner(read);
    const again = await this.#ask(read.owner, read);
    if (again === undefined || again.status >= 500) return [];
    const differences = areSame(first, again, read.route.route.compare)
      ? []
      : await this.#differences(read, [first, again], { noise: noNoise, learning: true });
    if (differences === undefined) return [];
    learner.learn(differences);
    this.#evidence.window(read.route).noise = learner.noise;
    return differences;
  }

  #learner({ route }: ShadowRead): NoiseLearner {
    let learner = this.#learners.get(route.route.name);
    if (learner === undefined) {
      if (this.#learners.size >= mostLearners) this.#learners.clear();
      learner = new NoiseLearner();
      this.#learners.set(route.route.name, learner);
    }
    return learner;
  }

  #differences(
    read: ShadowRead,
    [owner, candidate]: readonly [Reply, Reply],
    how: Pick<Comparison, 'noise' | 'learning'>,
  ): Promise<Difference[] | undefined> {
    const { compare } = read.route.route;
    return compareReplies(owner, candidate, { ...how, rules: compare, maxBytes: this.#limits.compareBytes });
  }

  #askCandidate(read: ShadowRead): Promise<Reply | undefined> {
    const { translator } = read;
    return translator === undefined ? this.#ask(read.candidate, read) : this.#askTranslated(read, translator);
  }

  async #askTranslated(read: ShadowRead, translator: Translator): Promise<Reply | undefined> {
    this.#totals.count('shadowRequests');
    const { compareBytes } = this.#limits;
    try {
      const { headers } = shadowRequest(read);
      const { method, url, body } = read;
      const translation = translate(translator, { method, url, headers, body });
      const reply = await ask(read.candidate, translation.request, compareBytes);
      return reply === undefined ? undefined : await translation.reply(reply, compareBytes);
    } catch {
      // A translator that throws is a failure of the candidate.
      return undefined;
    }
  }

  #ask(upstream: Upstream, read: ShadowRead): Promise<Reply | undefined> {
    this.#totals.count('shadowRequests');
    return ask(upstream, shadowRequest(read), this.#limits.compareBytes);
  }
}

/** Headers of a copy: marked, and asked for without an encoding. */
function shadowRequest({ method, url, headers, body }: ShadowRead): UpstreamRequest {
  const marked: string[] = [];
  for (let index = 0; index < headers.length; index += 2) {
    const name = headers[index]!;
    if (!isAcceptEncoding(name)) marked.push(name, headers[index + 1]!);
  }
  marked.push('accept-encoding', 'identity', shadowHeader, '1');
  return { method, path: url, headers: marked, body };
}

const acceptEncoding = 'accept-encoding';

function isAcceptEncoding(name: string): boolean {
  return name.length === acceptEncoding.length && name.toLowerCase() === acceptEncoding;
}
