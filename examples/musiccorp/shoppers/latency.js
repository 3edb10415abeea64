// each bucket is 5 % wider than the one before, from a tenth of a millisecond on
const RATIO = Math.log(1.05);
const SMALLEST_MS = 0.1;

/** Counts of latencies in buckets (a plain object, so that it can be stored and continued). */
export function countLatency(histogram, milliseconds) {
  const bucket = Math.max(0, Math.ceil(Math.log(milliseconds / SMALLEST_MS) / RATIO));
  histogram[bucket] = (histogram[bucket] ?? 0) + 1;
}

/** The latency in ms that the share `rank` (0 to 1) of the requests stayed within, to 5 %; 0 without requests. */
export function percentile(histogram, rank) {
  const buckets = Object.entries(histogram).sort(([a], [b]) => a - b);
  let left = rank * buckets.reduce((sum, [, count]) => sum + count, 0);
  for (const [bucket, count] of buckets) {
    left -= count;
    if (left <= 0) return Number((SMALLEST_MS * Math.exp(bucket * RATIO)).toFixed(2));
  }
  return 0;
}
