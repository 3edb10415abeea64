import type { SubscriptionStatus } from '@banyan/postgres';
import type { DeadLetter } from '@banyan/runtime';
import { tableLines } from '../terminal/table.ts';

/** What a subscription is doing, in a word. */
export function stateOf({ checkpoint }: Pick<SubscriptionStatus, 'checkpoint'>): string {
  if (checkpoint.resetWanted) return 'to be reset';
  if (checkpoint.desired === 'stopped') return 'paused';
  if (checkpoint.reported?.error !== undefined) return 'failing';
  return checkpoint.holdAt === undefined ? 'running' : 'held';
}

/** How far it is behind: events and the age of the oldest. */
export function lagOf({ lag, checkpoint }: SubscriptionStatus): readonly [events: string, age: string] {
  if (lag !== undefined) return [`${lag.events}${lag.more ? '+' : ''}`, secondsText(lag.seconds)];
  const { lagMs } = checkpoint.reported ?? {};
  return ['-', lagMs === undefined ? '-' : secondsText(lagMs / 1_000)];
}

function secondsText(seconds: number): string {
  return seconds < 100 ? `${seconds.toFixed(1)} s` : `${Math.round(seconds)} s`;
}

/** All subscriptions, a line each. */
export function listLines(all: readonly SubscriptionStatus[], width?: number): readonly string[] {
  if (all.length === 0) return ['There are no subscriptions yet.'];
  const columns = [
    { title: 'NAME' },
    { title: 'STATE' },
    { title: 'LANES', right: true },
    { title: 'POSITION', right: true },
    { title: 'BEHIND', right: true },
    { title: 'LAG', right: true },
    { title: 'DEAD', right: true },
  ];
  const rows = all.map((each) => [
    each.name,
    stateOf(each),
    String(each.lanes.length),
    String(each.checkpoint.position),
    ...lagOf(each),
    String(each.deadLetters),
  ]);
  return tableLines(columns, rows, width);
}

/** One subscription with its lanes and its first dead letters. */
export function showLines(
  one: SubscriptionStatus,
  letters: readonly DeadLetter[],
  width?: number,
): readonly string[] {
  const { checkpoint, lanes, name } = one;
  const [events, age] = lagOf(one);
  const { error, at } = checkpoint.reported ?? {};
  const lines = [
    `${name}: ${stateOf(one)}`,
    `  position      ${checkpoint.position}`,
    `  behind        ${events === '-' ? age : `${events} events, the oldest ${age} old`}`,
    ...(checkpoint.holdAt === undefined ? [] : [`  held at       ${checkpoint.holdAt}`]),
    ...(at === undefined ? [] : [`  last told     ${at.toISOString()}`]),
    ...(error === undefined ? [] : [`  error         ${error}`]),
    `  dead letters  ${one.deadLetters}`,
  ];
  const shared = lanes.some(({ owner }) => owner !== undefined);
  if (lanes.length > 1 || shared) {
    const columns = [
      { title: 'LANE' },
      { title: 'POSITION', right: true },
      { title: 'OWNER' },
      { title: 'ERROR' },
    ];
    const rows = lanes.map((lane) => [
      lane.name,
      String(lane.position),
      lane.owner?.slice(0, 8) ?? '-',
      lane.error ?? '',
    ]);
    lines.push('', ...tableLines(columns, rows, width));
  }
  if (letters.length > 0) {
    const columns = [
      { title: 'DEAD LETTER', right: true },
      { title: 'STREAM' },
      { title: 'SINCE' },
      { title: 'TRIES', right: true },
      { title: 'REASON' },
    ];
    const rows = letters.map((letter) => [
      String(letter.position),
      letter.streamId ?? '-',
      letter.at.toISOString().slice(0, 19),
      String(letter.attempts),
      `${letter.code}: ${letter.reason}`,
    ]);
    lines.push('', ...tableLines(columns, rows, width));
    const left = one.deadLetters - letters.length;
    if (left > 0) lines.push(`and ${left} more (--json shows up to 1000)`);
  }
  return lines;
}
