import { readFileSync } from 'node:fs';
import { Invalid } from '@banyan/runtime';
import type { Command } from 'commander';
import type { RouteDefinition } from '../ledger/routes/route-definition.ts';
import { given, leadingFrom, type ModeFlags, refuseBeside } from './route-mode-flags.ts';

/** What may be said of a route on the command line. */
export interface RouteFlags extends ModeFlags {
  readonly file?: string;
  readonly path?: string;
  readonly methods?: string;
  readonly host?: string;
  readonly header?: readonly string[];
  readonly graphql?: string;
  readonly operation?: string;
  readonly reads?: string;
  readonly owner?: string;
  readonly candidate?: string;
}

const saidOfRoutes = [
  ...['path', 'methods', 'host', 'header', 'graphql', 'operation', 'reads', 'owner', 'candidate'],
  ...['mode', 'share', 'sample', 'rollout', 'approvals'],
];

/** Adds the options by which a route is said. */
export function routeOptions(command: Command): Command {
  return command
    .option('--file <file>', 'the whole definition as JSON; - reads it from standard input')
    .option('--path <pattern>', 'path pattern, such as /api/items/:id')
    .option('--methods <list>', 'methods, such as GET,POST')
    .option('--host <host>', 'host, such as shop.example or *.shop.example')
    .option(
      '--header <name=value>',
      'a header, such as x-api-version=2, or x-beta=* for any value; may be said again',
      (one: string, before: readonly string[] = []) => [...before, one],
    )
    .option('--graphql <fields>', 'GraphQL root fields, such as products,product; * for all')
    .option('--operation <kind>', 'kind of the GraphQL operations: query, mutation or subscription')
    .option('--reads <rule>', 'what counts as a read: method, graphql, all, none or code')
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
  const { file, ...others } = flags;
  if (file !== undefined) {
    refuseBeside('file', { ...others }, saidOfRoutes);
    return readDefinition(file);
  }
  const { mode: _mode, rollout: _rollout, ...rest } = before ?? {};
  return {
    ...rest,
    match: matchFrom(flags, before),
    ...given('reads', flags.reads),
    ...given('owner', flags.owner),
    ...given('candidate', flags.candidate),
    ...leadingFrom(flags, before),
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
    ...given('methods', listed(flags.methods)),
    ...given('host', flags.host),
    ...given('headers', headersFrom(flags.header)),
    ...given('graphql', graphqlFrom(flags, before)),
  };
}

function headersFrom(said: readonly string[] | undefined): Readonly<Record<string, string>> | undefined {
  if (said === undefined) return undefined;
  const pairs = said.map((text) => {
    const at = text.indexOf('=');
    if (at > 0) return [text.slice(0, at).trim().toLowerCase(), text.slice(at + 1).trim()] as const;
    throw new Invalid('header-invalid', `--header: ${JSON.stringify(text)} is not <name>=<value>.`);
  });
  return Object.fromEntries(pairs);
}

function graphqlFrom({ graphql, operation }: RouteFlags, before: RouteDefinition | undefined): unknown {
  if (graphql === undefined && operation === undefined) return undefined;
  const { fields: known, ...rest } = before?.match.graphql ?? {};
  const fields = graphql === '*' ? undefined : (listed(graphql) ?? known);
  return { ...rest, ...given('fields', fields), ...given('operation', operation) };
}

function listed(text: string | undefined): string[] | undefined {
  return text?.split(',').map((word) => word.trim());
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
