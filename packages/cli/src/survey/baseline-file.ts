import { readFile, writeFile } from 'node:fs/promises';
import { Invalid } from '@banyan/runtime';
import type { Baseline } from '@banyan/survey';

/** The committed baseline; `undefined` where there is none yet. */
export async function readBaselineOf(file: string): Promise<Baseline | undefined> {
  const { readBaseline } = await import('@banyan/survey');
  const text = await readFile(file, 'utf8').catch((cause: NodeJS.ErrnoException) => {
    if (cause.code === 'ENOENT') return undefined;
    throw new Invalid(
      'baseline-unreadable',
      `The baseline can't be read: ${cause.message}. Name another file.`,
      {
        cause,
      },
    );
  });
  return text === undefined ? undefined : readBaseline(text, file);
}

export async function writeBaseline(file: string, baseline: Baseline): Promise<void> {
  await writeFile(file, `${JSON.stringify(baseline, undefined, 2)}\n`).catch((cause: Error) => {
    throw new Invalid(
      'baseline-unwritable',
      `The baseline can't be written: ${cause.message}. Name another file.`,
      { cause },
    );
  });
}
