// Runs as a process of its own: does its task until it is killed, and says on standard output what it has done.
import { createInterface } from 'node:readline';
import { loadCandidate } from '../candidates/candidates.ts';
import { recordEffect } from '../run/effect.ts';
import { keepAppending } from './keep-appending.ts';
import { keepCommanding } from './keep-commanding.ts';
import type { WorkerTask } from './start-worker.ts';

/** A task, and how often it was begun. */
export interface RunningTask extends WorkerTask {
  readonly generation: number;
}

const task = JSON.parse(process.argv[2]!) as RunningTask;
const { candidate, name, role, pauseAt } = task;

const url = new URL(task.url);
url.searchParams.set('application_name', name);
const store = await (await loadCandidate(candidate)).open(url.href);

const goes: (() => void)[] = [];
let told = 0;
createInterface({ input: process.stdin }).on('line', (line) => {
  if (line !== 'go') return;
  const next = goes.shift();
  if (next === undefined) told += 1;
  else next();
});

/** Resolves when `go` was said, once for each time. */
function go(): Promise<void> {
  if (told > 0) {
    told -= 1;
    return Promise.resolve();
  }
  return new Promise((resolve) => goes.push(resolve));
}

/** Pipes are written to at once, so what was said before a kill has been said. */
function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

if (role === 'read') {
  const record = recordEffect(name);
  store.follow('reader', async (label, execute) => {
    await record(label, execute);
    if (label !== pauseAt) return;
    say('mid');
    await go();
  });
  say('ready');
} else if (role === 'write') {
  say('ready');
  await keepAppending(store, task, say);
} else {
  say('ready');
  await keepCommanding(store, task, { say, go });
}
