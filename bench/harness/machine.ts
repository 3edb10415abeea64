import { open, rm } from 'node:fs/promises';
import { availableParallelism, cpus, totalmem } from 'node:os';
import { join } from 'node:path';
import type { BenchServer } from './server.ts';
import { median } from './statistics.ts';

/** Two lines about what the numbers depend on. */
export async function describeMachine(server: BenchServer): Promise<string> {
  const cores = availableParallelism();
  const memory = Math.round(totalmem() / 2 ** 30);
  const model = cpus()[0]?.model.trim() ?? 'unknown processor';
  const flush = async () => `a flush takes ${(await flushMs(server.directory)).toFixed(2)} ms`;
  const disk = server.embedded ? await flush() : 'the server of DATABASE_URL';
  return `${cores} cores (${model}), ${memory} GB, Node ${process.versions.node}\n${server.about}, ${disk}`;
}

/** What it takes to have 8 kB on the disk, which bounds what one connection can commit. */
async function flushMs(directory: string): Promise<number> {
  const path = join(directory, 'flush');
  const file = await open(path, 'w');
  const page = Buffer.alloc(8192, 1);
  const times: number[] = [];
  for (let turn = 0; turn < 50; turn += 1) {
    const start = performance.now();
    await file.write(page, 0, page.length, 0);
    await file.datasync();
    times.push(performance.now() - start);
  }
  await file.close();
  await rm(path);
  return median(times);
}
