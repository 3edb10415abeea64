import type { Image } from './image.ts';
import { roughBytes } from './rough-bytes.ts';

/** For the entry itself: keys, objects, the place in the list. */
const entryBytes = 400;
/** A state is measured again after so many events: measuring costs more than folding one. */
const measureEvery = 64;

interface Entry<State> {
  readonly image: Image<State>;
  readonly bytes: number;
}

/** Images of aggregates that nobody works on, those that were used last, within a limit of memory. */
export class ImageCache<State> {
  readonly #maxBytes: number;
  /** The one that was used longest ago is first. */
  readonly #entries = new Map<string, Entry<State>>();
  #bytes = 0;

  /** `maxBytes` 0 keeps nothing. */
  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  /** About how much is kept. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Hands an image over: who takes it puts it back. */
  take(streamId: string): Image<State> | undefined {
    const entry = this.#entries.get(streamId);
    if (entry === undefined) return undefined;
    this.#entries.delete(streamId);
    this.#bytes -= entry.bytes;
    return entry.image;
  }

  put(streamId: string, image: Image<State>): void {
    this.take(streamId);
    if (this.#maxBytes === 0) return;
    const measured = measure(image);
    const bytes = entryBytes + 2 * streamId.length + measured.measured.bytes + (image.commandIds?.bytes ?? 0);
    if (bytes > this.#maxBytes) return;
    this.#entries.set(streamId, { image: measured, bytes });
    this.#bytes += bytes;
    for (const oldest of this.#entries.keys()) {
      if (this.#bytes <= this.#maxBytes) return;
      this.take(oldest);
    }
  }
}

function measure<State>(image: Image<State>): Image<State> {
  const { version, bytes } = image.measured;
  if (bytes > 0 && image.version - version < measureEvery) return image;
  return { ...image, measured: { bytes: roughBytes(image.state), version: image.version } };
}
