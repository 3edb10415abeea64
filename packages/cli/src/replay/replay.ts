import {
  compareReplies,
  type Difference,
  fieldOf,
  NoiseLearner,
  type RecordedRequest,
  type Reply,
} from '@banyan/strangler';

/** How a recording is replayed. */
export interface ReplayOptions {
  /** Two origins: the one that is right, and the one that is compared with it. */
  readonly owner: string;
  readonly candidate: string;
  /** Requests under way at a time. Default 4. */
  readonly concurrency?: number;
  /** Until a reply must be whole, in milliseconds. Default 10,000. */
  readonly timeoutMs?: number;
  readonly signal: AbortSignal;
}

/** What came of a replay. */
export interface ReplayReport {
  readonly compared: number;
  readonly equal: number;
  readonly different: number;
  /** Not answered by the owner, or too long or unreadable: nothing can be said. */
  readonly skipped: number;
  /** Not answered by the candidate. */
  readonly failed: number;
  readonly fields: readonly {
    readonly field: string;
    readonly count: number;
    readonly sample: Difference;
    readonly request: string;
  }[];
}

const longestReply = 1_048_576;
const mostFields = 50;

/** Sends recorded reads to two targets and compares the replies. The owner is asked twice each time, to tell noise. */
export async function replay(
  requests: readonly RecordedRequest[],
  { owner, candidate, concurrency = 4, timeoutMs = 10_000, signal }: ReplayOptions,
): Promise<ReplayReport> {
  const counts = { compared: 0, equal: 0, different: 0, skipped: 0, failed: 0 };
  const fields = new Map<string, { field: string; count: number; sample: Difference; request: string }>();
  const learners = new Map<string, NoiseLearner>();
  const ask = (origin: string, request: RecordedRequest) =>
    send(origin, request, AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]));
  const one = async (request: RecordedRequest) => {
    const [first, second, other] = await Promise.all([
      ask(owner, request),
      ask(owner, request),
      ask(candidate, request),
    ]);
    if (first === undefined || second === undefined) return void counts.skipped++;
    if (other === undefined) return void counts.failed++;
    const learner = learnerOf(learners, request);
    learner.learn((await compareReplies(first, second, { maxBytes: longestReply, learning: true })) ?? []);
    const found = await compareReplies(first, other, { maxBytes: longestReply, noise: learner.noise });
    if (found === undefined) return void counts.skipped++;
    // What differed just now between two replies of the owner is nobody's fault either.
    const own = new Set(
      (await compareReplies(first, second, { maxBytes: longestReply }))?.map(({ at }) => fieldOf(at)),
    );
    const differences = found.filter(({ at }) => !own.has(fieldOf(at)));
    counts.compared++;
    counts[differences.length === 0 ? 'equal' : 'different']++;
    for (const sample of differences) {
      const field = fieldOf(sample.at);
      const known = fields.get(field);
      if (known !== undefined) known.count++;
      else if (fields.size < mostFields)
        fields.set(field, { field, count: 1, sample, request: `${request.method} ${request.url}` });
    }
  };
  const waiting = requests.values();
  const workers = Array.from({ length: concurrency }, async () => {
    for (const request of waiting) {
      signal.throwIfAborted();
      await one(request);
    }
  });
  await Promise.all(workers);
  return { ...counts, fields: [...fields.values()].sort((a, b) => b.count - a.count) };
}

/** Noise is learnt for each path, ids left out, so that one page's times don't excuse another's. */
function learnerOf(learners: Map<string, NoiseLearner>, { method, url }: RecordedRequest): NoiseLearner {
  const key = `${method} ${url.split('?')[0]!.replace(/\d+/g, '*')}`;
  let learner = learners.get(key);
  if (learner === undefined) {
    learner = new NoiseLearner();
    learners.set(key, learner);
  }
  return learner;
}

async function send(
  origin: string,
  { method, url, headers, body }: RecordedRequest,
  signal: AbortSignal,
): Promise<Reply | undefined> {
  try {
    // Not resolved against the origin: a path that begins with two slashes would name another host.
    const reply = await fetch(`${origin.replace(/\/+$/, '')}${url}`, {
      method,
      // Marked as a copy, so that services leave out their effects.
      headers: { ...headers, 'banyan-shadow': '1', 'accept-encoding': 'identity' },
      redirect: 'manual',
      signal,
      ...(body === undefined ? {} : { body }),
    });
    const whole = Buffer.from(await reply.arrayBuffer());
    const kept = [...reply.headers].filter(([name]) => name !== 'content-encoding');
    return { status: reply.status, headers: new Map(kept), body: whole };
  } catch {
    return undefined;
  }
}
