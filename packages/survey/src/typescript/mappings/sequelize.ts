import type { CallChain, FileFacts, UnitFacts } from '../../code/facts.ts';
import type { Finding } from '../../code/finding.ts';

const reads = /^(find(One|All|ByPk|AndCountAll|OrBuild)|count|max|min|sum|aggregate)$/;
const writes =
  /^(create|bulkCreate|update|upsert|destroy|findOrCreate|findCreateFind|increment|decrement|truncate|build)$/;

/** Sequelize: models by `define`, by `init` and by decorators, their associations, and what is asked of them. */
export function* sequelize(unit: UnitFacts, { imports }: FileFacts): Generator<Finding> {
  const table = unit.annotations.find(({ name }) => name === 'Table');
  if (table !== undefined && imports.some(({ from }) => from === 'sequelize-typescript')) {
    const named = table.arguments.tableName?.[0] ?? table.arguments.value?.[0];
    yield { kind: 'maps', table: named ?? unit.nested.find((each) => /^[A-Z]/.test(each)), line: table.line };
  }
  for (const chain of unit.chains ?? []) {
    yield* declared(chain);
    yield* associated(chain);
    yield* asked(chain);
  }
}

function* declared({ segments, assigned, line }: CallChain): Generator<Finding> {
  const last = segments.at(-1);
  if (last?.given === undefined || segments.length < 2) return;
  const [first, second, third] = last.given;
  if (last.name === 'define' && first?.text !== undefined && second?.properties !== undefined) {
    const table = third?.properties?.tableName ?? plural(first.text);
    const columns = Object.keys(second.properties);
    yield {
      kind: 'declares',
      table,
      as: assigned ?? first.text,
      model: first.text,
      columns,
      maps: true,
      line,
    };
  }
  if (last.name === 'init' && first?.properties !== undefined && second?.properties !== undefined) {
    const model = second.properties.modelName ?? segments[0]!.name;
    if (
      !(
        'sequelize' in second.properties ||
        'tableName' in second.properties ||
        'modelName' in second.properties
      )
    )
      return;
    const table = second.properties.tableName ?? plural(model);
    const columns = Object.keys(first.properties);
    yield { kind: 'declares', table, as: segments[0]!.name, model, columns, maps: true, line };
  }
}

function* associated({ segments, line }: CallChain): Generator<Finding> {
  const [from, verb] = segments.slice(-2);
  const to = verb?.given?.[0]?.name ?? lastName(verb?.given?.[0]?.written);
  if (from === undefined || verb === undefined || to === undefined || from.given !== undefined) return;
  const isMine = verb.name === 'belongsTo';
  if (!isMine && verb.name !== 'hasMany' && verb.name !== 'hasOne') return;
  const options = verb.given?.[1]?.properties;
  const column = options?.foreignKey;
  const [mine, theirs] = [
    { name: from.name, model: from.name },
    { name: to, model: to },
  ];
  yield {
    kind: 'refers',
    from: isMine ? mine : theirs,
    to: isMine ? theirs : mine,
    columns: column === undefined || !/^\w+$/.test(column) ? [] : [column],
    cascades: /cascade/i.test(options?.onDelete ?? ''),
    line,
  };
}

function* asked({ segments, line, member }: CallChain): Generator<Finding> {
  const at = segments.findIndex(
    ({ name, given }, index) => index > 0 && given !== undefined && (reads.test(name) || writes.test(name)),
  );
  const model = segments[at - 1];
  const call = segments[at];
  // `User.create()` and `models.User.create()`.
  if (call === undefined || model === undefined || model.given !== undefined || !/^[A-Z]/.test(model.name))
    return;
  const ref = { name: model.name, model: model.name };
  const isWrite = writes.test(call.name);
  const set = call.name === 'update' ? call.given?.[0]?.properties : undefined;
  yield {
    kind: 'queries',
    reads: isWrite ? [] : [ref],
    writes: isWrite ? [ref] : [],
    ...(set === undefined ? {} : { columns: Object.keys(set) }),
    line,
    member,
  };
}

function lastName(written: string | undefined): string | undefined {
  return /^[\w.]*?(\w+)$/.exec(written ?? '')?.[1];
}

/** As it names the table of a model that says nothing of it; the case is found by what is known. */
function plural(model: string): string {
  if (/[^aeiou]y$/i.test(model)) return `${model.slice(0, -1)}ies`;
  return /(s|x|z|ch|sh)$/i.test(model) ? `${model}es` : `${model}s`;
}
