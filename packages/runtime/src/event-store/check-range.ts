import { Invalid } from '../errors/errors.ts';
import type { StreamRange } from './event-store.ts';

/** @throws Invalid `stream-range` when an end is no version that there could be. */
export function checkStreamRange(streamId: string, { from, to }: StreamRange): void {
  checkEnd(streamId, 'from', from, 1);
  checkEnd(streamId, 'to', to, 0);
}

function checkEnd(streamId: string, name: string, version: number | undefined, lowest: number): void {
  if (version === undefined || (Number.isSafeInteger(version) && version >= lowest)) return;
  throw new Invalid(
    'stream-range',
    `A range of ${streamId} has whole versions, ${name} is from ${lowest} on; ${version} was given.`,
  );
}
