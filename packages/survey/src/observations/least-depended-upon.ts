import { bondsOf } from '../contexts/bonds.ts';
import type { Proposal } from '../contexts/proposal.ts';
import type { Graph } from '../graph/graph.ts';
import { compare } from '../graph/tie-collector.ts';
import { someOf } from '../report/some-of.ts';
import { type Observation, observation } from './observation.ts';

/** Contexts are told upon which at most this part of the most leans. */
const part = 1 / 3;

/** The contexts that others need least: by the ties, uses of tables and foreign keys that lead to them. */
export function* leastDependedUpon(graph: Graph, proposal: Proposal): Generator<Observation> {
  const { contexts } = proposal;
  if (contexts.length < 2) return;
  const bonds = bondsOf(graph, proposal);
  const counted = contexts.map(({ name }) => {
    const into = bonds.filter(({ to }) => to === name);
    const [ties, uses, keys] = (['ties', 'tableUses', 'foreignKeys'] as const).map((what) =>
      into.reduce((sum, bond) => sum + bond[what], 0),
    );
    return {
      name,
      ties: ties!,
      uses: uses!,
      keys: keys!,
      from: into.map(({ from }) => from).sort(compare),
      count: ties! + uses! + keys!,
    };
  });
  counted.sort((a, b) => a.count - b.count || compare(a.name, b.name));
  const most = counted.at(-1)!.count;
  for (const { name, ties, uses, keys, from, count } of counted) {
    if (count > counted[0]!.count && count > most * part) continue;
    const parts = [
      of(ties, 'tie'),
      of(uses, 'use of its tables', 'uses of its tables'),
      of(keys, 'foreign key'),
    ].filter((each) => each !== '');
    const says =
      count === 0
        ? `nothing leans on ${name}`
        : `only ${someOf(from)} ${from.length === 1 ? 'leans' : 'lean'} on ${name}: ${parts.join(', ')}`;
    yield observation('least depended upon', says, { contexts: [name], count });
  }
}

function of(count: number, one: string, many = `${one}s`): string {
  return count === 0 ? '' : `${count} ${count === 1 ? one : many}`;
}
