/** Where the upstream of a contestant is. */
export const upstreamUrl = process.env.BENCH_UPSTREAM!;

/** Tells the benchmark the port of a contestant, which runs in a process of its own. */
export function started(port: number): void {
  process.send!({ port });
}

process.on('disconnect', () => process.exit());
