import { Invalid } from '@banyan/runtime';

const unitMs: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/**
 * The milliseconds of `90d`, `12h`, `30m` or `45s`.
 * @throws Invalid `duration`
 */
export function durationMs(option: string, text: string): number {
  const [, count, unit] = /^(\d{1,9})([smhd])$/.exec(text) ?? [];
  if (unit !== undefined) return Number(count) * unitMs[unit]!;
  throw new Invalid('duration', `${option} is "${text}"; give a number and a unit: 90d, 12h, 30m or 45s.`);
}
