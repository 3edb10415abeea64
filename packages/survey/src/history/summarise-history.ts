import { compare } from '../graph/tie-collector.ts';
import type { ChangeCoupling, Complexity, FileHistory, History } from './history.ts';
import type { Commit } from './read-log.ts';

/** A commit of more files says nothing of which belong together. */
const massCommit = 40;
const couplingsKept = 200;
/** Together so often at least; in a short history twice is much. */
const leastTogether = (commits: number) => (commits < 200 ? 2 : commits < 2_000 ? 3 : 5);
const leastShare = 0.3;

/** Counts changes, authors, hotspots and change coupling of the files that are there; `complexity` is theirs by path. */
export function summariseHistory(
  commits: readonly Commit[],
  complexity: ReadonlyMap<string, Complexity>,
): History {
  const changes = new Map<string, number>();
  const authors = new Map<string, Set<string>>();
  const together = new Map<string, number>();
  let massCommits = 0;
  for (const { author, paths } of commits) {
    const here = [...new Set(paths)].filter((path) => complexity.has(path)).sort(compare);
    for (const path of here) {
      changes.set(path, (changes.get(path) ?? 0) + 1);
      authors.set(path, (authors.get(path) ?? new Set()).add(author));
    }
    if (paths.length > massCommit) {
      massCommits++;
      continue;
    }
    for (const [at, a] of here.entries())
      for (const b of here.slice(at + 1)) together.set(`${a}\n${b}`, (together.get(`${a}\n${b}`) ?? 0) + 1);
  }
  const byChanges = ranks(changes);
  const byIndentation = ranks(new Map([...complexity].map(([path, one]) => [path, one.byIndentation])));
  const byTree = ranks(new Map([...complexity].map(([path, one]) => [path, one.byTree])));
  const files = [...changes].map(
    ([path, times]): FileHistory => ({
      path,
      changes: times,
      authors: authors.get(path)!.size,
      complexity: complexity.get(path)!.byIndentation,
      complexityByTree: complexity.get(path)!.byTree,
      hotspot: (byChanges.get(path)! * (byIndentation.get(path)! + byTree.get(path)!)) / 2,
    }),
  );
  return {
    commits: commits.length,
    since: dateOf(commits.at(-1)),
    until: dateOf(commits[0]),
    files: files.sort((a, b) => b.changes - a.changes || compare(a.path, b.path)),
    coupled: coupled(together, changes, leastTogether(commits.length)),
    massCommits,
  };
}

function coupled(
  together: ReadonlyMap<string, number>,
  changes: ReadonlyMap<string, number>,
  least: number,
): ChangeCoupling[] {
  const found: ChangeCoupling[] = [];
  for (const [pair, times] of together) {
    if (times < least) continue;
    const [a, b] = pair.split('\n') as [string, string];
    const share = times / (changes.get(a)! + changes.get(b)! - times);
    if (share >= leastShare) found.push({ files: [a, b], together: times, share });
  }
  return found
    .sort((a, b) => b.together * b.share - a.together * a.share || compare(a.files.join(), b.files.join()))
    .slice(0, couplingsKept);
}

/** From 0 for the least to 1 for the most; equals have the same. */
function ranks(values: ReadonlyMap<string, number>): Map<string, number> {
  const sorted = [...values.values()].sort((a, b) => a - b);
  const first = new Map<number, number>();
  for (const [at, value] of sorted.entries()) if (!first.has(value)) first.set(value, at);
  return new Map(
    [...values].map(([path, value]) => [path, first.get(value)! / Math.max(1, sorted.length - 1)]),
  );
}

function dateOf(commit: Commit | undefined): string | undefined {
  return commit === undefined ? undefined : new Date(commit.time * 1_000).toISOString().slice(0, 10);
}
