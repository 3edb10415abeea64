import { Invalid } from '@banyan/runtime';
import type { RouteMode } from '@banyan/strangler';
import type { RouteDefinition } from '../ledger/routes/route-definition.ts';

/** What may be said on the command line of who answers a route. */
export interface ModeFlags {
  readonly mode?: string;
  readonly share?: string;
  readonly sample?: string;
  readonly rollout?: string;
  readonly approvals?: string;
}

type Canary = Extract<RouteMode, { readonly kind: 'canary' }>;

/** The mode or the rollout of a route, over what it was before. @throws Invalid */
export function leadingFrom(flags: ModeFlags, before: RouteDefinition | undefined): object {
  if (flags.rollout !== undefined) {
    refuseBeside('rollout', { ...flags }, ['mode', 'share', 'sample']);
    const shares = percents('rollout', flags.rollout)!;
    const kept = before?.rollout?.approvals?.filter((share) => shares.includes(share));
    const approvals = given('approvals', percents('approvals', flags.approvals) ?? kept);
    return { rollout: { ...before?.rollout, shares, ...approvals } };
  }
  if (flags.mode !== undefined || flags.share !== undefined || flags.sample !== undefined) {
    refuseBeside('mode', { ...flags }, ['approvals']);
    return { mode: modeFrom(flags, before) };
  }
  if (flags.approvals === undefined)
    return { ...given('mode', before?.mode), ...given('rollout', before?.rollout) };
  if (before?.rollout !== undefined)
    return { rollout: { ...before.rollout, approvals: percents('approvals', flags.approvals) } };
  throw new Invalid('rollout-missing', 'Approvals are those of a rollout: say --rollout <shares> as well.');
}

/** What is not said of a mode that stays, stays too. */
function modeFrom({ mode, share, sample }: ModeFlags, before: RouteDefinition | undefined): object {
  const kind = mode ?? before?.mode?.kind;
  const known = kind === before?.mode?.kind ? (before?.mode as Partial<Canary> | undefined) : undefined;
  const part = (name: string, text: string | undefined, otherwise: number | undefined) =>
    text === undefined ? otherwise : percent(name, text) / 100;
  switch (kind) {
    case 'shadow':
      if (share !== undefined) throw misplaced('share', kind, before);
      return { kind, sample: part('sample', sample, known?.sample ?? 1) };
    case 'canary': {
      const clients = part('share', share, known?.share);
      if (clients !== undefined)
        return { kind, share: clients, sample: part('sample', sample, known?.sample ?? 0.2) };
      throw new Invalid('share-missing', 'Say the share of the clients: --share <percent>.');
    }
    case undefined:
    case 'owner':
    case 'moved':
      if (share !== undefined) throw misplaced('share', kind, before);
      if (sample !== undefined) throw misplaced('sample', kind, before);
      return { kind };
    default:
      throw new Invalid(
        'mode-unknown',
        `The mode ${JSON.stringify(kind)} is none of owner, shadow, canary, moved.`,
      );
  }
}

function misplaced(
  option: 'share' | 'sample',
  kind: string | undefined,
  before: RouteDefinition | undefined,
): Invalid {
  const now = before?.rollout === undefined ? `is in mode ${kind ?? 'owner'}` : 'has a rollout';
  const modes = option === 'share' ? '--mode canary' : '--mode shadow or canary';
  return new Invalid(
    'mode-misses',
    `--${option} goes with ${modes}, and the route ${now}: say the mode too.`,
  );
}

function percents(name: string, text: string | undefined): number[] | undefined {
  return text?.split(',').map((share) => percent(name, share));
}

function percent(name: string, text: string): number {
  const value = Number(text);
  if (text.trim() !== '' && value >= 0 && value <= 100) return value;
  throw new Invalid(
    'percent-invalid',
    `--${name}: ${JSON.stringify(text)} is not a number of per cent from 0 to 100.`,
  );
}

/** What one option says wholly, no other one may say as well. @throws Invalid */
export function refuseBeside(
  option: string,
  flags: Readonly<Record<string, unknown>>,
  others: readonly string[],
): void {
  const beside = others.filter((name) => flags[name] !== undefined).map((name) => `--${name}`);
  if (beside.length === 0) return;
  throw new Invalid(
    'options-contradict',
    `--${option} says it already: leave out ${beside.join(', ')}, or --${option}.`,
  );
}

/** A property, where there is a value for it. */
export function given<Value>(name: string, value: Value | undefined): Record<string, Value> {
  return value === undefined ? {} : { [name]: value };
}
