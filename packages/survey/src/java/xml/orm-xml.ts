import type { Finding } from '../../code/finding.ts';
import { type ConfiguredClass, fullName } from './configured-class.ts';
import { elementsOf, type XmlElement } from './xml-tree.ts';

type LineOf = (at: number) => number;

/** The mapping of JPA in XML (`orm.xml`): tables of entities, their relations and named queries. */
export function ormClasses(root: readonly XmlElement[], line: LineOf): ConfiguredClass[] {
  return [...elementsOf(root, /^entity-mappings$/)].flatMap((mappings) => {
    const inPackage = mappings.children.find(({ name }) => name === 'package')?.text.trim();
    return mappings.children
      .filter(({ name, attributes }) => name === 'entity' && attributes.class !== undefined)
      .map((entity) => ({
        name: fullName(entity.attributes.class!, inPackage),
        findings: [...findings(entity, inPackage, line)],
      }));
  });
}

function* findings(
  { attributes, children, at }: XmlElement,
  inPackage: string | undefined,
  line: LineOf,
): Generator<Finding> {
  const table = children.find(({ name }) => name === 'table');
  yield { kind: 'maps', table: table?.attributes.name ?? attributes.name, line: line(table?.at ?? at) };
  for (const each of elementsOf(children, /^(one|many)-to-(one|many)$/))
    yield* relation(each, inPackage, line);
  for (const each of elementsOf(children, /^named-(native-)?query$/)) {
    const text = each.children.find(({ name }) => name === 'query')?.text.trim();
    if (text !== undefined) yield { kind: 'statement', text, line: line(each.at) };
  }
  for (const each of elementsOf(children, /^collection-table$/))
    if (each.attributes.name !== undefined)
      yield { kind: 'uses', table: each.attributes.name, writes: true, line: line(each.at) };
}

function* relation(
  { name: kind, attributes, children, at }: XmlElement,
  inPackage: string | undefined,
  line: LineOf,
): Generator<Finding> {
  const to = attributes['target-entity'];
  const cascade = [...elementsOf(children, /^cascade-(all|remove|persist)$/)];
  const link = children.find(({ name }) => name === 'join-table')?.attributes.name;
  yield {
    kind: 'relates',
    type: to === undefined ? '' : fullName(to, inPackage),
    owns: cascade.length > 0 || attributes['orphan-removal'] === 'true',
    line: line(at),
    member: attributes.name ?? '',
    many: kind.endsWith('many'),
    ...(kind === 'many-to-many' ? { through: link ?? '' } : {}),
  };
  if (link !== undefined) yield { kind: 'uses', table: link, writes: true, line: line(at) };
}
