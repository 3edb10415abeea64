import type { AnnotationFact, FileFacts, UnitFacts } from '../code/facts.ts';
import type { Finding } from '../code/finding.ts';

const relations = new Set(['OneToMany', 'ManyToOne', 'OneToOne', 'ManyToMany']);
const embedded = new Set(['Embedded', 'EmbeddedId', 'ElementCollection']);

/** JPA and Hibernate (also the document mappings that are named alike): entities, their tables, relations and named queries. */
export function* jpa(unit: UnitFacts, _file: FileFacts): Generator<Finding> {
  const entity = unit.annotations.find(({ name }) => name === 'Entity' || name === 'Document');
  if (entity !== undefined) {
    const table = unit.annotations.find(({ name }) => name === 'Table');
    const named = first(table, 'name') ?? first(entity, 'collection') ?? first(entity, 'name');
    yield { kind: 'maps', table: named, line: (table ?? entity).line };
  }
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
        yield { kind: 'relates', type, owns, line, member: attribute, many: /Many$|Collection/.test(name) };
      }
      const table = first({ name, line, ...one }, 'name');
      if ((name === 'JoinTable' || name === 'CollectionTable') && table !== undefined)
        yield { kind: 'uses', table, writes: true, line };
    }
  }
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
