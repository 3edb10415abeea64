import type { FileFacts, UnitFacts } from '../../code/facts.ts';
import type { Finding } from '../../code/finding.ts';

const managers = /^(em|\w*[eE]ntityManager|manager|dataSource|\w*DataSource|connection|orm|queryRunner)$/;
const reads = /^(find\w*|count\w*|exists?\w*|getReference|createQueryBuilder)$/;
const writes =
  /^(save|insert|update|upsert|delete|remove|softDelete|softRemove|recover|create|persist|persistAndFlush|assign|nativeInsert|nativeUpdate|nativeDelete|increment|decrement)$/;

/** TypeORM and MikroORM: what is asked of an entity manager by class, and entities that are declared by calls. */
export function* entityManager({ chains = [] }: UnitFacts, _file: FileFacts): Generator<Finding> {
  for (const { segments, line, member, assigned } of chains) {
    const [head] = segments;
    if (head?.name === 'EntitySchema' || head?.name === 'defineEntity') {
      const { name, tableName, class: ofClass } = head.given?.[0]?.properties ?? {};
      const table = tableName ?? name ?? ofClass;
      const model = name ?? ofClass;
      const as = assigned ?? model;
      if (table !== undefined && /^[\w.]+$/.test(table))
        yield { kind: 'declares', table, as, ...(model === undefined ? {} : { model }), maps: true, line };
    }
    const at = segments.findIndex(({ name, given }) => given === undefined && managers.test(name));
    const call = segments[at + 1];
    const entity = call?.given?.[0]?.name;
    if (at < 0 || call === undefined || entity === undefined) continue;
    const refs = [{ name: entity, model: entity }];
    if (call.name === 'getRepository') yield { kind: 'queries', reads: refs, writes: refs, line, member };
    else if (reads.test(call.name)) yield { kind: 'queries', reads: refs, writes: [], line, member };
    else if (writes.test(call.name)) yield { kind: 'queries', reads: [], writes: refs, line, member };
  }
}
