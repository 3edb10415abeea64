import { Invalid } from '@banyan/runtime';
import type { Part } from '@banyan/split';
import type { BanyanConfig } from '../config/config.ts';
import { splitOf } from '../config/load-config.ts';

/**
 * The table that the configuration makes of another's columns.
 * @throws Invalid `no-part`, `part-stays`
 */
export function partOf(config: BanyanConfig, name: string): Part {
  const split = splitOf(config, name);
  const { part, service, reach } = split;
  if (part === undefined)
    throw new Invalid(
      'no-part',
      `The split ${name} parts no table: add \`part: { from, into, key, columns }\` to it in the configuration.`,
    );
  const leaves = split.tables.map((table) => (typeof table === 'string' ? table : table.name));
  if (!leaves.includes(part.into))
    throw new Invalid(
      'part-stays',
      `${part.into} is not among the tables of the split ${name}: add it there, or it would not leave.`,
    );
  return { ...part, name, reach: reach?.bridge ?? reach?.target ?? config.services[service]!.database };
}
