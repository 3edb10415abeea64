/** Where the upstream of a contestant is. */
export const upstreamUrl = process.env.BENCH_UPSTREAM!;

/** Tells the benchmark the port of a contestant, which runs in a process of its own. */
export function started(port: number): void {
  process.send!({ port });
}

// Where it can collect its garbage, what it tells is what is alive.
process.on('message', (word) => {
  if (word !== 'memory') return;
  globalThis.gc?.();
  process.send!({ memory: process.memoryUsage() });
});

process.on('disconnect', () => process.exit());
