/** A signal that aborts on the first Ctrl-C or SIGTERM; a second one ends the process at once. */
export function stopSignal(): AbortSignal {
  const stopping = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM'] as const) {
    process.on(name, () => {
      if (stopping.signal.aborted) process.exit(130);
      stopping.abort(new Stopped());
    });
  }
  return stopping.signal;
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
