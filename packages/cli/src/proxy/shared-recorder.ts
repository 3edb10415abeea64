import type {
  RecordedRequest,
  Recording,
  RecordingOptions,
  RecordingProgress,
  Siblings,
  StranglerProxy,
} from '@banyan/strangler';

/** How a worker answers what the recorder of another one asks. */
export function recordingAnswers(recorder: StranglerProxy['recorder']) {
  return {
    'recording-start': (options: RecordingOptions) => recorder.start(options),
    'recording-stop': () => recorder.stop(),
    'recording-progress': () => recorder.progress,
    recording: () => recorder.recording,
  };
}

/** Records from all workers of a proxy, whichever of them is asked to. */
export class SharedRecorder {
  readonly #siblings: Siblings;

  constructor(siblings: Siblings) {
    this.#siblings = siblings;
  }

  /** Each worker takes up to as many as are wanted, for it does not know how many the others get. */
  async start(options: RecordingOptions): Promise<void> {
    await this.#siblings.ask('recording-start', options);
  }

  async stop(): Promise<void> {
    await this.#siblings.ask('recording-stop');
  }

  async progress(): Promise<RecordingProgress> {
    const all = await this.#siblings.ask<RecordingProgress>('recording-progress');
    const wanted = Math.max(0, ...all.map((one) => one.wanted));
    const recorded = all.reduce((sum, one) => sum + one.recorded, 0);
    return { wanted, recorded: Math.min(wanted, recorded), full: all.some(({ full }) => full) };
  }

  async recording(): Promise<Recording> {
    const all = await this.#siblings.ask<Recording>('recording');
    const wanted = Math.max(0, ...all.map((one) => one.wanted));
    return { wanted, requests: inTurn(all.map(({ requests }) => requests)).slice(0, wanted) };
  }
}

/** One of each, then the next of each: of every worker's as many as there are of the others'. */
function inTurn(lists: readonly (readonly RecordedRequest[])[]): RecordedRequest[] {
  const longest = Math.max(0, ...lists.map(({ length }) => length));
  return Array.from({ length: longest }, (_, index) => lists.flatMap((list) => list[index] ?? [])).flat();
}
