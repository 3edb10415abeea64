const most = 100_000;

/**
 * The ids of the commands that led to the events of a stream, from some version on, as hashes of 32 bits: an id that is not
 * here led to none of these events, and one that is here probably did.
 */
export class CommandIds {
  readonly #hashes = new Set<number>();
  #overflowed = false;

  /** Whether every id that was ever added is still known, so that an id that is not here was not added. */
  get complete(): boolean {
    return !this.#overflowed;
  }

  /** For the limit of memory. */
  get bytes(): number {
    return 64 + 24 * this.#hashes.size;
  }

  /** Beyond 100,000 ids it stops knowing all and is of no more use. */
  add(id: string | undefined): void {
    if (id === undefined || this.#overflowed) return;
    this.#hashes.add(hashOf(id));
    if (this.#hashes.size <= most) return;
    this.#overflowed = true;
    this.#hashes.clear();
  }

  mayHave(id: string): boolean {
    return this.#overflowed || this.#hashes.has(hashOf(id));
  }
}

/** FNV-1a over UTF-16 code units. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index += 1)
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  return hash | 0;
}
