import type { Finding } from '../../code/finding.ts';
import { type ConfiguredClass, fullName } from './configured-class.ts';
import { elementsOf, type XmlElement } from './xml-tree.ts';

type LineOf = (at: number) => number;

const collections = /^(set|bag|idbag|list|map|array)$/;

/** Hibernate's own mapping (`*.hbm.xml`): tables of classes, their relations and named queries. */
export function hibernateClasses(root: readonly XmlElement[], line: LineOf): ConfiguredClass[] {
  return [...elementsOf(root, /^hibernate-mapping$/)].flatMap((mapping) => {
    const inPackage = mapping.attributes.package;
    const queries = statements(mapping, line);
    const classes = [...elementsOf(mapping.children, /^(class|((joined|union)-)?subclass)$/)].flatMap(
      ({ name: kind, attributes, children, at }): ConfiguredClass[] => {
        if (attributes.name === undefined) return [];
        const isRow = kind === 'class' || attributes.table !== undefined;
        const maps: Finding[] = isRow ? [{ kind: 'maps', table: attributes.table, line: line(at) }] : [];
        const relations = children.flatMap((child) => [...relation(child, inPackage, line)]);
        return [{ name: fullName(attributes.name, inPackage), findings: [...maps, ...relations] }];
      },
    );
    const [first, ...others] = classes;
    if (first === undefined) return [];
    return [{ ...first, findings: [...first.findings, ...queries] }, ...others];
  });
}

function* relation(
  { name: kind, attributes, children, at }: XmlElement,
  inPackage: string | undefined,
  line: LineOf,
): Generator<Finding> {
  const { name: member = '', cascade = '' } = attributes;
  const owns = /all|delete/.test(cascade);
  const typeOf = (given: string | undefined) => (given === undefined ? '' : fullName(given, inPackage));
  const one = { kind: 'relates', line: line(at), member } as const;
  if (kind === 'many-to-one' || kind === 'one-to-one') {
    yield { ...one, type: typeOf(attributes.class), owns: kind === 'one-to-one' && owns, many: false };
    return;
  }
  if (kind === 'component' || kind === 'join' || kind === 'properties')
    for (const child of children) yield* relation(child, inPackage, line);
  if (!collections.test(kind)) return;
  const { table } = attributes;
  for (const each of children) {
    const type = typeOf(each.attributes.class);
    if (each.name === 'one-to-many') yield { ...one, type, owns, many: true };
    if (each.name === 'many-to-many') yield { ...one, type, owns: false, many: true, through: table ?? '' };
  }
  if (table !== undefined && !children.some(({ name }) => name === 'one-to-many'))
    yield { kind: 'uses', table, writes: true, line: line(at) };
}

function statements(mapping: XmlElement, line: LineOf): Finding[] {
  return [...elementsOf(mapping.children, /^(sql-)?query$/)].map(({ text, at }) => ({
    kind: 'statement',
    text: text.trim(),
    line: line(at),
  }));
}
