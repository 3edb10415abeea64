import { readdirSync, readFileSync } from 'node:fs';

/** Processor time in seconds, since some moment that stays the same. */
export interface ProcessorTime {
  /** Of this process and of the programs that it has run to their end. */
  readonly client: number;
  /** Of the server with all its processes; undefined where it can't be seen. */
  readonly server: number | undefined;
}

/** Ticks of Linux, which every kernel reports as hundredths. */
const ticksPerSecond = 100;

/** Reads both clocks; `postmaster` is the server's first process, if it runs here. */
export function processorTime(postmaster: number | undefined): ProcessorTime {
  const { user, system } = process.cpuUsage();
  const client = (user + system) / 1e6 + (statOf(process.pid)?.ended ?? 0);
  return { client, server: postmaster === undefined ? undefined : treeTime(postmaster) };
}

/** Processor time in seconds of a process and its children, also those that have ended. */
export function treeTime(pid: number): number | undefined {
  const own = statOf(pid);
  if (own === undefined) return undefined;
  let sum = own.running + own.ended;
  for (const entry of readdirSync('/proc')) {
    const stat = /^\d+$/.test(entry) ? statOf(Number(entry)) : undefined;
    if (stat?.parent === pid) sum += stat.running;
  }
  return sum;
}

/** What Linux says of a process: its own time, and that of its children that have ended. */
function statOf(pid: number): { parent: number; running: number; ended: number } | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The name, in parentheses, may hold anything; the numbers come behind it.
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
    const seconds = (first: number) => (Number(fields[first]) + Number(fields[first + 1])) / ticksPerSecond;
    return { parent: Number(fields[1]), running: seconds(11), ended: seconds(13) };
  } catch {
    // Not Linux, or the process has ended.
    return undefined;
  }
}
