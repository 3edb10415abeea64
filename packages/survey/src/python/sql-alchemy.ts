import type { AnnotationFact, UnitFacts } from '../code/facts.ts';
import type { Finding } from '../code/finding.ts';
import { snakeCase } from '../words/plural.ts';
import { textOfMember, typeIn } from './members.ts';

const columns = /^(Column|mapped_column|relationship)$/;
const key = /ForeignKey\(\s*["'](?:\w+\.)*?(\w+)\.\w+["']([^)]*)/;

/** Whether a class has columns as SQLAlchemy writes them; without a name of its table it is one of Flask's extension. */
export function isOfSqlAlchemy({ members }: UnitFacts): boolean {
  return members.some(({ annotations }) => annotations.some(({ name }) => columns.test(name)));
}

/** SQLAlchemy: declarative classes, tables that are values, and classes that are mapped to those. */
export function* sqlAlchemy(unit: UnitFacts): Generator<Finding> {
  yield* declarative(unit);
  const calls = unit.members.flatMap(({ name: member, annotations }) =>
    annotations.map((annotation) => ({ member, annotation })),
  );
  const tables = new Map<string, string>();
  for (const { annotation } of calls) {
    const { name, line, arguments: given } = annotation;
    const [table, ...parts] = given.value ?? [];
    const as = given.$as?.[0];
    if (name !== 'Table' || table === undefined || !/^\w+$/.test(table) || parts.length < 2) continue;
    yield { kind: 'declares', table, ...(as === undefined ? {} : { as, model: as }), line };
    if (as !== undefined) tables.set(as, table);
    for (const part of parts) {
      const column = /^\w*Column\(\s*["'](\w+)["']/.exec(part)?.[1];
      yield* refersTo(part, table, column === undefined ? [] : [column], line);
    }
  }
  for (const { member, annotation } of calls) yield* ofValue(annotation, member, tables);
}

function* declarative(unit: UnitFacts): Generator<Finding> {
  const isOfFlask = unit.mentions.some(({ name, how }) => name === 'Model' && how === 'extends');
  const table =
    textOfMember(unit, '__tablename__') ??
    (isOfFlask && isOfSqlAlchemy(unit) ? snakeCase(unit.name) : undefined);
  if (table === undefined || table === '') return;
  yield { kind: 'maps', table, line: unit.line };
  for (const { name: member, annotations, types } of unit.members)
    for (const { name, line, arguments: given } of annotations) {
      if (!columns.test(name)) continue;
      for (const part of given.value ?? []) yield* refersTo(part, table, [member], line);
      if (name !== 'relationship') continue;
      const type =
        typeIn(given.value?.[0], unit.name) ??
        types.findLast((each) => !/^(Mapped|List|Optional|Set)$/.test(each));
      const owns = /delete|all/.test(given.cascade?.[0] ?? '');
      const through = given.secondary?.[0];
      if (through !== undefined && /^\w+$/.test(through))
        yield { kind: 'uses', table: through, writes: true, line };
      if (type === undefined) continue;
      const link = through === undefined ? {} : { through };
      yield { kind: 'relates', type, owns, line, member, many: owns || /s$/.test(member), ...link };
    }
}

function* refersTo(part: string, from: string, own: readonly string[], line: number): Generator<Finding> {
  const [, to, rest = ''] = key.exec(part) ?? [];
  if (to === undefined) return;
  const cascades = /ondelete\s*=\s*["']cascade/i.test(rest);
  yield {
    kind: 'refers',
    from: { table: from, isSure: true },
    to: { table: to, isSure: true },
    columns: own,
    cascades,
    line,
  };
}

/** `orders.delete()`, `insert(orders)`, `select(orders.c.id)`, `mapper.map_imperatively(Order, orders)`. */
function* ofValue(
  { name, line, arguments: given }: AnnotationFact,
  member: string,
  tables: ReadonlyMap<string, string>,
): Generator<Finding> {
  const [first, second] = given.value ?? [];
  if (name === 'map_imperatively') {
    const table = tables.get(second ?? '');
    if (table !== undefined && first !== undefined) yield { kind: 'declares', table, model: first, line };
    return;
  }
  if (!/^(select|insert|update|delete)$/.test(name)) return;
  const value = given.$on?.[0] ?? /^(\w+)(?:\.c\.\w+)?$/.exec(first ?? '')?.[1];
  if (value === undefined || /^[A-Z]/.test(value)) return;
  const refs = [{ name: value, model: value }];
  const [reads, writes] = name === 'select' ? [refs, []] : [[], refs];
  yield { kind: 'queries', reads, writes, line, member };
}
