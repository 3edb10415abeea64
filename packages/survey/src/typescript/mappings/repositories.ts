import type { CallChain, FileFacts, UnitFacts } from '../../code/facts.ts';
import type { Finding } from '../../code/finding.ts';

const repository = /^(\w*Repository|Model)$/;
const reads = /^(find\w*|count\w*|exists?\w*|get\w*|average|sum|minimum|maximum|aggregate|distinct)$/;
const writes =
  /^(save|insert\w*|update\w*|upsert\w*|delete\w*|remove\w*|soft\w+|recover|restore|increment|decrement|clear|persist\w*|native\w+|replace\w*|bulk\w+|findOneAnd\w+|findByIdAnd\w+)$/;
const building = /^(create)?(query)?builder$/i;
const changes = /^(insert|update|delete|softDelete|restore)$/;

/** A field that holds the repository of a type. */
interface Held {
  readonly field: string;
  readonly type: string;
  readonly isModel: boolean;
}

/**
 * What a class asks of a repository that it holds in a field (`private rooms: Repository<Room>`, a `Model<Room>`): each method reads or writes.
 * Of one that it only hands on nothing is known but that it may do both.
 */
export function* repositories({ members, chains = [] }: UnitFacts, _file: FileFacts): Generator<Finding> {
  for (const { kind, name: field, types, annotations, line } of members) {
    const injected = annotations.find(({ name }) => name === 'InjectRepository')?.arguments.value?.[0];
    const type = types[1] ?? injected;
    if (kind !== 'field' || type === undefined) continue;
    if (injected === undefined && !repository.test(types[0] ?? '')) continue;
    const held = { field, type, isModel: types[0] === 'Model' };
    const asked = chains.flatMap((chain) => queryOf(chain, held));
    if (asked.length > 0) yield* asked;
    else if (injected !== undefined) yield { kind: 'manages', type, line };
  }
}

function queryOf({ segments, line, member }: CallChain, { field, type, isModel }: Held): Finding[] {
  const [self, holder, call, ...rest] = segments;
  if (self?.name !== 'this' || holder?.name !== field || holder.given !== undefined) return [];
  if (call?.given === undefined) return [];
  const isBuilt = building.test(call.name);
  const isWrite =
    writes.test(call.name) ||
    (isModel && call.name === 'create') ||
    (isBuilt && rest.some(({ name, given }) => given !== undefined && changes.test(name)));
  if (!isWrite && !isBuilt && !reads.test(call.name)) return [];
  const refs = [{ name: type, model: type }];
  return [{ kind: 'queries', reads: isWrite ? [] : refs, writes: isWrite ? refs : [], line, member }];
}
