import type { Finding } from '../code/finding.ts';
import type { ConfiguredClass } from '../java/xml/configured-class.ts';
import type { Placed } from './placed.ts';

/** Files of configuration with what each says of classes. */
export interface Configuration {
  readonly path: string;
  readonly classes: readonly ConfiguredClass[];
}

/** What files of configuration say of classes, as if it stood in these; of classes that are not there nothing is said. */
export function configured(configurations: readonly Configuration[], all: readonly Placed[]): Placed[] {
  const byId = new Map(all.map((one) => [one.id, one]));
  return configurations.flatMap(({ path, classes }) =>
    classes.flatMap(({ name, findings }): Placed[] => {
      const owner = byId.get(name);
      if (owner === undefined) return [];
      const isMapped = owner.findings.some(({ kind }) => kind === 'maps');
      const isReached = owner.findings.some(({ kind }) => kind === 'endpoint');
      const news = findings
        .filter(({ kind }) => !(kind === 'endpoint' ? isReached : isMapped && kind !== 'statement'))
        .flatMap((finding) => typed(finding, owner));
      return [{ ...owner, file: { ...owner.file, path }, findings: news }];
    }),
  );
}

/** A relation whose type is not written has that of its field. */
function typed(finding: Finding, { unit }: Placed): Finding[] {
  if (finding.kind !== 'relates' || finding.type !== '') return [finding];
  const getter = `get${finding.member}`.toLowerCase();
  const field =
    unit.members.find(({ name, kind }) => kind === 'field' && name === finding.member) ??
    unit.members.find(({ name }) => name.toLowerCase() === getter);
  const type = field?.types.at(-1);
  return type === undefined ? [] : [{ ...finding, type }];
}
