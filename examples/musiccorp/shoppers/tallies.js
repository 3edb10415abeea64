import { countLatency, percentile } from './latency.js';

const FAILURES_KEPT = 10;
const WRITES = ['orders', 'returns', 'edits', 'baskets'];
const OUTCOMES = ['Acknowledged', 'Unknown', 'Refused', 'Failed'];

/** The tallies of all runs so far: those of an earlier report continued, or new ones. */
export function openTallies(earlier = {}) {
  const tallies = { runs: 0, requests: 0, failures: 0, reads: 0, writes: 0 };
  for (const write of WRITES) for (const outcome of OUTCOMES) tallies[write + outcome] = 0;
  for (const name of Object.keys(tallies)) if (Number.isFinite(earlier[name])) tallies[name] = earlier[name];
  tallies.runs += 1;
  return {
    ...tallies,
    startedAt: earlier.startedAt ?? new Date().toISOString(),
    lastFailures: Array.isArray(earlier.lastFailures) ? earlier.lastFailures : [],
    histogram: { ...earlier.histogram },
  };
}

export function countRead(tallies, reply, fault) {
  tallies.reads += 1;
  countReply(tallies, reply, fault);
}

/** `kind` is one of orders, returns, edits, baskets. */
export function countWrite(tallies, reply, { kind, outcome }) {
  tallies.writes += 1;
  tallies[kind + outcome[0].toUpperCase() + outcome.slice(1)] += 1;
  countReply(
    tallies,
    reply,
    outcome === 'failed' ? `status ${reply.status}: ${reply.text.slice(0, 200)}` : undefined,
  );
}

function countReply(tallies, reply, fault) {
  tallies.requests += 1;
  countLatency(tallies.histogram, reply.milliseconds);
  if (fault === undefined) return;
  tallies.failures += 1;
  tallies.lastFailures.push({
    at: new Date().toISOString(),
    method: reply.method,
    url: reply.path,
    reason: fault,
  });
  tallies.lastFailures.splice(0, tallies.lastFailures.length - FAILURES_KEPT);
}

/** The tallies as a report shows them. */
export const reportOf = (tallies, ended) => ({
  ended,
  updatedAt: new Date().toISOString(),
  p50: percentile(tallies.histogram, 0.5),
  p99: percentile(tallies.histogram, 0.99),
  ...tallies,
});
