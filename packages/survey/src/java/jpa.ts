import type { AnnotationFact, FileFacts, UnitFacts } from '../code/facts.ts';
import type { Finding } from '../code/finding.ts';

const relations = new Set(['OneToMany', 'ManyToOne', 'OneToOne', 'ManyToMany']);
const embedded = new Set(['Embedded', 'EmbeddedId', 'ElementCollection', 'MappedCollection']);

/**
 * JPA and Hibernate (also mappings that are named alike: documents, Spring Data JDBC, MyBatis-Plus): entities, their tables, relations
 * and named queries.
 */
export function* jpa(unit: UnitFacts, file: FileFacts): Generator<Finding> {
  yield* mapped(unit, file);
  for (const { name, line, ...one } of unit.annotations) {
    if (!/^Named(Native)?Quer(y|ies)$/.test(name)) continue;
    for (const text of Object.values(one.arguments).flat().flatMap(queriesIn))
      yield { kind: 'statement', text, line };
  }
  for (const member of unit.members) {
    const attribute = attributeName(member.name);
    for (const { name, line, ...one } of member.annotations) {
      const type = member.types.at(-1);
      if (type !== undefined && (relations.has(name) || embedded.has(name))) {
        const cascade = one.arguments.cascade?.join(' ') ?? '';
        const owns =
          embedded.has(name) ||
          /ALL|REMOVE|PERSIST/.test(cascade) ||
          one.arguments.orphanRemoval?.[0] === 'true';
        const many = /Many$|Collection/.test(name);
        const link = member.annotations.find((each) => each.name === 'JoinTable');
        const through = name === 'ManyToMany' ? { through: first(link, 'name') ?? '' } : {};
        yield { kind: 'relates', type, owns, line, member: attribute, many, ...through };
      }
      const table = first({ name, line, ...one }, 'name');
      if ((name === 'JoinTable' || name === 'CollectionTable') && table !== undefined)
        yield { kind: 'uses', table, writes: true, line };
    }
  }
}

function* mapped({ annotations, line }: UnitFacts, { imports }: FileFacts): Generator<Finding> {
  const entity = annotations.find(({ name }) => name === 'Entity' || name === 'Document');
  const table = annotations.find(({ name }) => name === 'Table');
  if (entity !== undefined) {
    const named = first(table, 'name') ?? first(entity, 'collection') ?? first(entity, 'name');
    yield { kind: 'maps', table: named, line: (table ?? entity).line };
    return;
  }
  // `@Table` alone is that of Spring Data JDBC, if it is imported from there, and `@TableName` that of MyBatis-Plus.
  const isData = imports.some(({ from }) => from.startsWith('org.springframework.data.relational'));
  const other = annotations.find(({ name }) => name === 'TableName') ?? (isData ? table : undefined);
  if (other !== undefined) yield { kind: 'maps', table: first(other, 'value') ?? first(other, 'name'), line };
}

/** Annotations inside annotations are not taken apart; their texts are. */
function queriesIn(text: string): string[] {
  if (!text.startsWith('@')) return [text];
  return [...text.matchAll(/query\s*=\s*"((?:[^"\\]|\\.)*)"/g)].map((match) => match[1]!);
}

function first(annotation: AnnotationFact | undefined, key: string): string | undefined {
  const value = annotation?.arguments[key]?.[0];
  return value === undefined || value === '' ? undefined : value;
}

function attributeName(member: string): string {
  const bare = /^(?:get|is)([A-Z].*)$/.exec(member)?.[1];
  return bare === undefined ? member : bare[0]!.toLowerCase() + bare.slice(1);
}
