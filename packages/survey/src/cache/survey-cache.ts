import { mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { FileReading } from '../code/file-reading.ts';
import { readersVersion } from './readers-version.ts';
import { readSealed, writeSealed } from './sealed-file.ts';

/** Files in one part of the cache, so that it is never in memory as one text. */
const inPart = 500;
/** No more parts are kept: a hundred thousand files. */
const mostParts = 200;

/** What was read of files, by their content. */
export interface KnownReadings {
  get(hash: string, path: string): FileReading | undefined;
  keep(hash: string, path: string, reading: FileReading): void;
  save(): Promise<void>;
}

/**
 * What an earlier survey found, in a folder of its own. It is bounded by the files of the last survey; what is broken, of another version or
 * of other content is as if it were not there, and a folder that can't be written stays as it is.
 */
export class SurveyCache {
  readonly #folder: string;
  readonly #version: string;

  private constructor(folder: string, version: string) {
    this.#folder = folder;
    this.#version = version;
  }

  static async open(folder: string): Promise<SurveyCache> {
    return new SurveyCache(folder, await readersVersion());
  }

  /** The conclusion that was drawn from input with this hash. */
  async conclusion(hash: string): Promise<unknown> {
    return readSealed(join(this.#folder, 'conclusion.json'), `${this.#version} ${hash}`);
  }

  async keepConclusion(hash: string, conclusion: unknown): Promise<void> {
    await this.#write('conclusion.json', `${this.#version} ${hash}`, conclusion);
  }

  async readings(): Promise<KnownReadings> {
    const before = new Map<string, FileReading>();
    for (const name of await this.#parts()) {
      const part = await readSealed(join(this.#folder, name), this.#version);
      if (Array.isArray(part))
        for (const [key, reading] of part as [string, FileReading][]) before.set(key, reading);
    }
    const kept: [string, FileReading][] = [];
    let isNew = false;
    return {
      get: (hash, path) => before.get(`${hash} ${path}`),
      keep: (hash, path, reading) => {
        const key = `${hash} ${path}`;
        isNew ||= before.get(key) !== reading;
        kept.push([key, reading]);
      },
      save: async () => {
        if (isNew || kept.length !== before.size) await this.#saveParts(kept);
      },
    };
  }

  async #saveParts(kept: readonly [string, FileReading][]): Promise<void> {
    const old = new Set(await this.#parts());
    for (let part = 0; part * inPart < kept.length && part < mostParts; part++) {
      const name = `readings-${part}.json`;
      old.delete(name);
      await this.#write(name, this.#version, kept.slice(part * inPart, (part + 1) * inPart));
    }
    for (const name of old) await rm(join(this.#folder, name), { force: true }).catch(() => {});
  }

  async #parts(): Promise<string[]> {
    const names = await readdir(this.#folder).catch(() => []);
    return names.filter((name) => /^readings-\d+\.json$/.test(name));
  }

  /** A cache is a help: what can't be written is done without. */
  async #write(name: string, key: string, value: unknown): Promise<void> {
    try {
      await mkdir(this.#folder, { recursive: true });
      await writeSealed(join(this.#folder, name), key, value);
    } catch {
      // told by nothing but the time that the next survey takes
    }
  }
}
