import { quoteIdentifier, quoteLiteral } from '@banyan/postgres';
import type { TypeFacts } from '../facts/table-facts.ts';
import type { Problem } from '../problem.ts';
import { listed, movableTables, type Rule } from './rule.ts';

/** Extensions of the columns, indexes and defaults are at the target. */
export const extensionsAreThere: Rule = (facts) => {
  const { source, target } = facts;
  const used = new Map<string, string[]>();
  const add = (extension: string, by: string) => used.set(extension, [...(used.get(extension) ?? []), by]);
  for (const { name, extensions } of movableTables(facts)) for (const each of extensions) add(each, name);
  for (const { name, extension } of source.types)
    if (extension !== null && !used.has(extension)) add(extension, `the type ${name}`);
  return [...used].flatMap(([name, by]): Problem[] => {
    const here = source.server.extensions.find((each) => each.name === name);
    const there = target.server.extensions.find((each) => each.name === name);
    if (there === undefined) return [extensionMissing(name, by, here?.schema, target.server.available)];
    if (here === undefined || there.version === here.version) return [];
    return [
      {
        kind: 'extension-differs',
        severity: 'warning',
        object: name,
        message: `The extension ${name} is ${here.version} at the source and ${there.version} at the target.`,
        remedy: `Bring them together: alter extension ${quoteIdentifier(name)} update;`,
      },
    ];
  });
};

function extensionMissing(
  name: string,
  by: readonly string[],
  schema: string | undefined,
  available: readonly string[],
): Problem {
  const create = `create extension ${quoteIdentifier(name)}${schema === undefined ? '' : ` schema ${quoteIdentifier(schema)}`};`;
  return {
    kind: 'extension-missing',
    severity: 'error',
    object: name,
    message: `${listed(by)} needs the extension ${name}, which the target does not have.`,
    remedy: available.includes(name)
      ? `Run at the target: ${create}`
      : `Install its package on the target's server, then: ${create}`,
  };
}

/** Types of one's own are at the target, with the same values. */
export const typesAreThere: Rule = ({ source, target }) =>
  source.types
    .filter(({ extension }) => extension === null)
    .flatMap((type): Problem[] => {
      const there = target.types.find(({ name }) => name === type.name);
      if (there === undefined)
        return [
          {
            kind: 'type-missing',
            severity: 'error',
            object: type.name,
            message: `The target does not have the type ${type.name}.`,
            remedy: `Run at the target: ${createType(type)}`,
          },
        ];
      const missing = type.labels.filter((label) => !there.labels.includes(label));
      if (type.kind === there.kind && missing.length === 0) return [];
      return [
        {
          kind: 'type-differs',
          severity: 'error',
          object: type.name,
          message:
            missing.length > 0
              ? `The type ${type.name} of the target lacks the value ${missing.map(quoteLiteral).join(', ')}.`
              : `The type ${type.name} is another one at the target.`,
          remedy:
            missing.length > 0
              ? `Run at the target: ${missing.map((label) => `alter type ${type.name} add value ${quoteLiteral(label)};`).join(' ')}`
              : 'Drop the one at the target, and make it as at the source.',
        },
      ];
    });

function createType({ name, kind, labels }: TypeFacts): string {
  if (kind === 'e') return `create type ${name} as enum (${labels.map(quoteLiteral).join(', ')});`;
  const what = kind === 'd' ? 'create domain' : 'create type';
  return `${what} ${name} ..., as \`pg_dump --schema-only\` of the source has it.`;
}
