import type { ReplyHead } from '../wire/reply-head.ts';

/** Before the upstream closes a connection, so that no request crosses its closing on the way. */
const marginMs = 1_000;

/** How long a connection may rest before it is closed: less than the upstream says it keeps it, and no more than the limit. */
export function idleMs({ fields }: ReplyHead, limitMs: number): number {
  const hint = fields.names.includes('keep-alive') ? fields.get('keep-alive') : undefined;
  const seconds = hint === undefined ? null : /(?:^|[,;\s])timeout=(\d{1,6})/i.exec(hint);
  return seconds === null ? limitMs : Math.min(limitMs, Number(seconds[1]) * 1000 - marginMs);
}
