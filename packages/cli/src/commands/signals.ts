const signals = ['SIGINT', 'SIGTERM'] as const;
const ends: (() => void)[] = [];

/**
 * A signal that aborts on the first Ctrl-C or SIGTERM; a second one ends the process at once. The process listens until
 * {@link endSignals}, which whoever runs command lines calls after each.
 */
export function stopSignal(): AbortSignal {
  const stopping = new AbortController();
  const stop = () => {
    if (stopping.signal.aborted) process.exit(130);
    stopping.abort(new Stopped());
  };
  for (const name of signals) process.on(name, stop);
  ends.push(() => {
    for (const name of signals) process.off(name, stop);
  });
  return stopping.signal;
}

/** Listens no more for any signal that was handed out. */
export function endSignals(): void {
  for (const end of ends.splice(0)) end();
}

/** Thrown where work was ended because the user asked for it. */
export class Stopped extends Error {
  constructor() {
    super('Stopped. Run the same command again to go on from here.');
    this.name = 'Stopped';
  }
}

/** Resolves when the signal aborts. */
export function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
