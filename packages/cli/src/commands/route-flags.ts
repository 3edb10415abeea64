import { readFileSync } from 'node:fs';
import { Invalid } from '@banyan/runtime';
import type { Command } from 'commander';
import type { RouteDefinition } from '../ledger/routes/route-definition.ts';

/** What may be said of a route on the command line. */
export interface RouteFlags {
  readonly file?: string;
  readonly path?: string;
  readonly methods?: string;
  readonly host?: string;
  readonly graphql?: string;
  readonly reads?: string;
  readonly owner?: string;
  readonly candidate?: string;
  readonly mode?: string;
  readonly share?: string;
  readonly sample?: string;
  readonly rollout?: string;
  readonly approvals?: string;
}

/** Adds the options by which a route is said. */
export function routeOptions(command: Command): Command {
  return command
    .option('--file <file>', 'the whole definition as JSON; - reads it from standard input')
    .option('--path <pattern>', 'path pattern, such as /api/items/:id')
    .option('--methods <list>', 'methods, such as GET,POST')
    .option('--host <host>', 'host, such as shop.example or *.shop.example')
    .option('--graphql <fields>', 'GraphQL root fields of queries, such as products,product')
    .option('--reads <rule>', 'what counts as a read: method, graphql, all or none')
    .option('--owner <upstream>', 'who owns it (default: monolith)')
    .option('--candidate <upstream>', 'the service that is tried')
    .option('--mode <mode>', 'owner, shadow, canary or moved')
    .option('--share <percent>', 'share of the clients in mode canary')
    .option('--sample <percent>', 'share of the reads that are compared in mode shadow and canary')
    .option('--rollout <shares>', 'let the analysis lead it to the candidate, such as 1,5,25,50,100')
    .option('--approvals <shares>', 'shares of the rollout that wait for approval');
}

/** A definition from flags, over what the route was before. @throws Invalid */
export function definitionFromFlags(flags: RouteFlags, before: RouteDefinition | undefined): unknown {
  if (flags.file !== undefined) return readDefinition(flags.file);
  const { mode: _mode, rollout: _rollout, ...rest } = before ?? {};
  return {
    ...rest,
    match: matchFrom(flags, before),
    ...given('reads', flags.reads),
    ...given('owner', flags.owner),
    ...given('candidate', flags.candidate),
    ...leading(flags, before),
  };
}

function matchFrom(flags: RouteFlags, before: RouteDefinition | undefined): unknown {
  if (before === undefined && flags.path === undefined) {
    throw new Invalid(
      'path-missing',
      'Say which requests the new route takes: --path <pattern>, or --file <file>.',
    );
  }
  return {
    ...before?.match,
    ...given('path', flags.path),
    ...given('methods', flags.methods?.split(',')),
    ...given('host', flags.host),
    ...given('graphql', flags.graphql === undefined ? undefined : { fields: flags.graphql.split(',') }),
  };
}

function leading(flags: RouteFlags, before: RouteDefinition | undefined): object {
  if (flags.rollout !== undefined) {
    const approvals = flags.approvals?.split(',').map((share) => percent('approvals', share));
    return {
      rollout: {
        shares: flags.rollout.split(',').map((share) => percent('rollout', share)),
        ...given('approvals', approvals),
      },
    };
  }
  if (flags.mode === undefined)
    return { ...given('mode', before?.mode), ...given('rollout', before?.rollout) };
  return { mode: modeFrom(flags) };
}

function modeFrom({ mode: kind, share, sample }: RouteFlags): object {
  const part = (name: string, value: string | undefined, otherwise: number) =>
    value === undefined ? otherwise : percent(name, value) / 100;
  switch (kind) {
    case 'shadow':
      return { kind, sample: part('sample', sample, 1) };
    case 'canary':
      if (share === undefined)
        throw new Invalid('share-missing', 'Say the share of the clients: --share <percent>.');
      return { kind, share: part('share', share, 0), sample: part('sample', sample, 0.2) };
    case 'owner':
    case 'moved':
      return { kind };
    default:
      throw new Invalid(
        'mode-unknown',
        `The mode ${JSON.stringify(kind)} is none of owner, shadow, canary, moved.`,
      );
  }
}

function percent(name: string, text: string): number {
  const value = Number(text);
  if (text.trim() !== '' && value >= 0 && value <= 100) return value;
  throw new Invalid(
    'percent-invalid',
    `--${name}: ${JSON.stringify(text)} is not a number of per cent from 0 to 100.`,
  );
}

function readDefinition(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file === '-' ? 0 : file, 'utf8'));
  } catch (cause) {
    throw new Invalid('definition-unreadable', `${file} can't be read as JSON: ${(cause as Error).message}`, {
      cause,
    });
  }
}

function given<Value>(name: string, value: Value | undefined): Record<string, Value> {
  return value === undefined ? {} : { [name]: value };
}
