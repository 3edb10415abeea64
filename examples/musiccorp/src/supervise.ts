import { ensureProcess, type ProcessSpec, runningPid } from './processes.ts';

/** Restarts of one process before it is given up: more would only hide a fault. */
const restartLimit = 20;
const lookEveryMs = 200;

/** Starts processes again that die, until the signal aborts. */
export async function supervise(
  specs: readonly ProcessSpec[],
  onRestart: (name: string, restarts: number) => void,
  signal: AbortSignal,
): Promise<void> {
  const restarts = new Map<string, number>();
  while (!signal.aborted) {
    for (const spec of specs) {
      const before = restarts.get(spec.name) ?? 0;
      if (before >= restartLimit || (await runningPid(spec.name)) !== undefined || signal.aborted) continue;
      restarts.set(spec.name, before + 1);
      onRestart(spec.name, before + 1);
      // A start that fails is tried again at the next look, up to the limit.
      await ensureProcess(spec, signal).catch(() => undefined);
    }
    await new Promise((resolve) => setTimeout(resolve, lookEveryMs));
  }
}
