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
  const beans = new Map(all.flatMap((one) => beanNames(one).map((name) => [name, one])));
  for (const { bean, name } of configurations.flatMap(({ classes }) => classes)) {
    const one = byId.get(name);
    if (bean !== undefined && one !== undefined) beans.set(bean, one);
  }
  return configurations.flatMap(({ path, classes }) =>
    classes.flatMap(({ name, isBean = false, findings }): Placed[] => {
      const owner = (isBean ? beans : byId).get(name);
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

const ofBeans = new Set(['Named', 'ManagedBean', 'Model']);

/** What expressions call a bean of CDI or of JSF: the name it is given, or that of its class. */
function beanNames({ unit: { name, annotations } }: Placed): string[] {
  const isAcronym = /^[A-Z]{2}/.test(name);
  const own = isAcronym ? name : name.charAt(0).toLowerCase() + name.slice(1);
  return annotations
    .filter((each) => ofBeans.has(each.name))
    .map(({ arguments: given }) => given.value?.[0] ?? given.name?.[0] ?? own);
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
