import { readFile } from 'node:fs/promises';
import { runProgram } from './run-program.ts';

/**
 * Tells a process from a later one with the same number: the pid and when it began. Undefined when there is no such process.
 */
export async function processIdentity(pid: number): Promise<string | undefined> {
  if (!isAlive(pid)) return undefined;
  if (process.platform === 'win32') return `${pid}`;
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => undefined);
  if (stat !== undefined) {
    // The program's name in brackets may hold spaces; the start time is field 22, so the 20th after the bracket.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    // Where nobody collects dead children (a container's first process), they stay in the list.
    if (fields[0] === 'Z') return undefined;
    const ticks = fields[19];
    const boot = await readFile('/proc/sys/kernel/random/boot_id', 'utf8').catch(() => '');
    return `${pid} ${ticks} ${boot.trim()}`;
  }
  const ps = await runProgram('ps', ['-o', 'lstart=', '-p', `${pid}`], undefined);
  return ps.code === 0 ? `${pid} ${ps.output}` : undefined;
}

/** Whether a process of this number exists, whoever it belongs to. */
export function isAlive(pid: number): boolean {
  if (!Number.isInteger(pid) || pid <= 0) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
