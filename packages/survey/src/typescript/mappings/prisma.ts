import type { FileFacts, UnitFacts } from '../../code/facts.ts';
import type { Finding } from '../../code/finding.ts';

const reads = /^(find(Many|Unique|UniqueOrThrow|First|FirstOrThrow)|aggregate|groupBy|count)$/;
const writes =
  /^(create|createMany|createManyAndReturn|update|updateMany|updateManyAndReturn|upsert|delete|deleteMany)$/;

/** Prisma's client: `prisma.user.findMany()`; which model is which table stands in its schema file. */
export function* prisma({ chains = [] }: UnitFacts, _file: FileFacts): Generator<Finding> {
  for (const { segments, line, member } of chains) {
    for (const [at, { name, given }] of segments.entries()) {
      const model = segments[at - 1];
      if (given === undefined || at < 2 || model === undefined || model.given !== undefined) continue;
      const isWrite = writes.test(name);
      if (!isWrite && !reads.test(name)) continue;
      const ref = { model: model.name };
      const data = /\b(?:data|update):\s*\{([^{}]*)/.exec(
        given[0]?.properties === undefined ? '' : written(given[0].properties),
      )?.[1];
      const columns = isWrite && /^update/.test(name) && data !== undefined ? keysOf(data) : [];
      yield {
        kind: 'queries',
        reads: isWrite ? [] : [ref],
        writes: isWrite ? [ref] : [],
        ...(columns.length === 0 ? {} : { columns }),
        line,
        member,
      };
      break;
    }
  }
}

function written(properties: Readonly<Record<string, string>>): string {
  return Object.entries(properties)
    .map(([key, value]) => `${key}: ${value}`)
    .join(', ');
}

function keysOf(data: string): string[] {
  return [...data.matchAll(/(?:^|,)\s*(\w+)\s*(?=[:,]|$)/g)].map(([, key]) => key!);
}
