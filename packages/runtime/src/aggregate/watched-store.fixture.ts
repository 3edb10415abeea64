import type { AppendResult, StreamAppend, StreamRange } from '../event-store/event-store.ts';
import { InMemoryEventStore } from '../event-store/in-memory-event-store.ts';
import type { Timing } from '../timing/timing.ts';

/** A store that counts, and whose appends can be held up or made to fail. */
export class WatchedStore extends InMemoryEventStore {
  /** How many events each append had, the refused ones too. */
  readonly appended: number[] = [];
  /** Where each reading of a stream began. */
  readonly reads: number[] = [];
  /** What happens around the next appends, one after the other. */
  readonly around: ((append: () => Promise<AppendResult>) => Promise<AppendResult>)[] = [];

  override append(appends: readonly StreamAppend[]): Promise<AppendResult> {
    this.appended.push(appends[0]!.events.length);
    const append = () => super.append(appends);
    return (this.around.shift() ?? ((plain) => plain()))(append);
  }

  override readStream(streamId: string, range?: StreamRange) {
    this.reads.push(range?.from ?? 1);
    return super.readStream(streamId, range);
  }

  /** Holds the next append up until the function that it gives is called. */
  hold(): () => void {
    let release = () => {};
    const released = new Promise<void>((resolve) => {
      release = resolve;
    });
    this.around.push(async (append) => {
      await released;
      return append();
    });
    return release;
  }
}

/** Nobody waits. */
export const noPauses: Timing = { now: Date.now, random: () => 0, sleep: async () => {} };
