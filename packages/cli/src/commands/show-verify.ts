import { describeVerify, type VerifyProgress } from '@banyan/split';

/** How often the line is written anew, in milliseconds. */
const everyMs = 200;

/** Shows how far a comparison is as a line on stderr that changes, where somebody looks. */
export function showVerify(isShown: boolean): { told(progress: VerifyProgress): void; ended(): void } {
  const began = performance.now();
  let last = Number.NEGATIVE_INFINITY;
  return {
    told(progress) {
      const now = performance.now();
      if (!isShown || now - last < everyMs) return;
      last = now;
      process.stderr.write(`\r${describeVerify(progress, now - began)}\u001b[K`);
    },
    ended() {
      if (isShown && last > Number.NEGATIVE_INFINITY) process.stderr.write('\r\u001b[K');
    },
  };
}
