import type { Checkpoint } from '../subscription/checkpoint.ts';
import { isOther } from '../subscription/version.ts';

/** Events that an append makes up for at most, for a projection that is behind; what is further behind is left to who follows. */
export const inlineGap = 500n;

/**
 * Whether an append that ends at `to` may take a projection there itself. It is left to its follower while it is stopped or held, is to
 * be reset, is divided into lanes or is of another version.
 */
export function mayRunInline(
  { position, desired, holdAt, resetWanted, lanes, version }: Checkpoint,
  ofProjection: number,
  to: bigint,
): boolean {
  return (
    position < to &&
    desired === 'running' &&
    (holdAt === undefined || holdAt >= to) &&
    resetWanted === undefined &&
    lanes === undefined &&
    !isOther(version, ofProjection)
  );
}
