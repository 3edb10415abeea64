/** 16 MB in blocks of 64 bytes, so that a key is one look into memory. At 10 million keys 1 in 100 of the others count as seen. */
const blocks = 2 ** 18;
const wordsPerBlock = 16;
const probes = 4;

/**
 * Remembers keys in a fixed amount of memory. Who was not seen is sometimes said to have been; who was seen always is.
 *
 * A Bloom filter (B. H. Bloom 1970) in blocks (F. Putze, P. Sanders, J. Singler 2007), over FNV-1a mixed by MurmurHash3's finalizer.
 */
export class KeyFilter {
  readonly #words = new Uint32Array(blocks * wordsPerBlock);

  /** Whether the key is new for certain; from now on it is not. */
  claim(table: string, key: string): boolean {
    const hash = mixed(hashOf(key, hashOf(table, 0x811c9dc5)));
    const block = (hash & (blocks - 1)) * wordsPerBlock;
    // The bits that choose the block don't choose within it.
    let within = mixed(hash ^ 0x9e3779b9);
    let isNew = false;
    for (let probe = 0; probe < probes; probe += 1) {
      const word = block + (within & (wordsPerBlock - 1));
      const mask = 1 << ((within >>> 4) & 31);
      if ((this.#words[word]! & mask) === 0) isNew = true;
      this.#words[word]! |= mask;
      within = (within >>> 9) | (within << 23);
    }
    return isNew;
  }
}

function hashOf(text: string, seed: number): number {
  let hash = seed;
  for (let index = 0; index < text.length; index += 1)
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  return hash;
}

function mixed(hash: number): number {
  let mix = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  mix = Math.imul(mix ^ (mix >>> 13), 0xc2b2ae35);
  return mix ^ (mix >>> 16);
}
