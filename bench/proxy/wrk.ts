import { runProgram } from '../harness/program.ts';

/** What `wrk` reports. */
export interface Load {
  readonly requests: number;
  readonly seconds: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
}

const milliseconds = { us: 0.001, ms: 1, s: 1000, m: 60_000 };

/**
 * Asks for a URL over and over for some seconds, each connection again as soon as it has its reply.
 *
 * @throws Error where a connection fails or a reply is not a 2xx or 3xx.
 */
export async function wrk(
  url: string,
  load: { connections: number; seconds: number; script?: string; signal: AbortSignal },
): Promise<Load> {
  const { connections, seconds, script, signal } = load;
  const options = ['-t1', `-c${connections}`, `-d${seconds}s`, '--timeout', '30s', '--latency'];
  const report = await runProgram('wrk', [...options, ...(script === undefined ? [] : ['-s', script]), url], {
    signal,
  });
  const trouble = /Non-2xx or 3xx responses: .*|Socket errors: .*/.exec(report);
  if (trouble !== null) throw new Error(`Under load from ${connections} connections: ${trouble[0]}`);
  const done = /(\d+) requests in ([\d.]+)(us|ms|s|m)/.exec(report)!;
  return {
    requests: Number(done[1]),
    seconds: (Number(done[2]) * milliseconds[done[3] as 's']) / 1000,
    p50Ms: quantile(report, 50),
    p99Ms: quantile(report, 99),
  };
}

function quantile(report: string, percent: number): number {
  const found = new RegExp(`^ +${percent}% +([\\d.]+)(us|ms|s|m)\\s*$`, 'm').exec(report);
  if (found === null) throw new Error(`wrk has no latency at ${percent} %:\n${report}`);
  const [, value, unit] = found;
  return Number(value) * milliseconds[unit as 's'];
}
