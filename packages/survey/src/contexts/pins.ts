import { SurveyError } from '../errors.ts';
import type { Graph, Module } from '../graph/graph.ts';
import { compare } from '../graph/tie-collector.ts';
import { perhaps } from '../words/most-alike.ts';
import type { Proposal, ProposedContext } from './proposal.ts';
import { tableOwners } from './table-owners.ts';

/** What the team has decided, to be kept under version control beside the code. */
export interface Pins {
  /** Contexts with what is surely theirs; a pattern may have `*` for a part of an id and `**` for any number of parts. */
  readonly contexts?: Readonly<
    Record<
      string,
      {
        readonly modules?: readonly string[];
        readonly tables?: readonly string[];
        /** What the team expects of taking it out, 0 to 100, where the code can't tell. */
        readonly benefit?: number;
      }
    >
  >;
  /** New names of proposed contexts; two that get the same name are one. */
  readonly rename?: Readonly<Record<string, string>>;
}

/**
 * Lays what a team has decided over what is proposed: contexts are renamed or joined, and modules and tables that are pinned are moved.
 *
 * @throws SurveyError `pin-unknown`
 */
export function applyPins(graph: Graph, proposal: Proposal, pins: Pins): Proposal {
  const renamed = new Map(Object.entries(pins.rename ?? {}));
  const newName = (name: string) => renamed.get(name) ?? name;
  for (const name of renamed.keys())
    if (!proposal.contexts.some((context) => context.name === name))
      throw unknown(
        'context',
        name,
        proposal.contexts.map((context) => context.name),
      );
  const contextOf = new Map(
    proposal.contexts.flatMap(({ name, modules }) => modules.map((id) => [id, newName(name)] as const)),
  );
  const pinnedTables = new Map<string, string>();
  const moved = new Set<string>();
  const placed = new Map(proposal.placements.map((placement) => [placement.module, placement]));
  for (const [name, { modules = [], tables = [] }] of Object.entries(pins.contexts ?? {})) {
    for (const pattern of modules) {
      const isMeant = matcher(pattern);
      const found = graph.modules.filter(isMeant);
      if (found.length === 0)
        throw unknown(
          'module',
          pattern,
          graph.modules.map(({ id }) => id),
        );
      for (const { id } of found) {
        contextOf.set(id, name);
        moved.add(id);
      }
    }
    for (const table of tables) {
      if (!graph.tables.some((each) => each.name === table))
        throw unknown(
          'table',
          table,
          graph.tables.map((each) => each.name),
        );
      pinnedTables.set(table, name);
    }
  }
  // Where there is no code a table is where it was proposed.
  const proposed = proposal.contexts.flatMap(({ name, tables }) =>
    tables.map((table) => [table, newName(name)] as const),
  );
  const owners = new Map([...proposed, ...tableOwners(graph, contextOf), ...pinnedTables]);
  const names = [...new Set([...contextOf.values(), ...owners.values()])];
  const contexts = names.map((name): ProposedContext => {
    const before = proposal.contexts.filter((context) => newName(context.name) === name);
    return {
      name,
      modules: [...contextOf]
        .filter(([, context]) => context === name)
        .map(([id]) => id)
        .sort(compare),
      tables: [...owners]
        .filter(([, owner]) => owner === name)
        .map(([table]) => table)
        .sort(compare),
      words: before.flatMap(({ words }) => words),
    };
  });
  return {
    contexts: contexts.sort((a, b) => b.modules.length - a.modules.length || compare(a.name, b.name)),
    placements: graph.modules
      .filter(({ id }) => contextOf.has(id))
      .map(({ id }) => {
        const before = placed.get(id);
        const context = contextOf.get(id)!;
        if (moved.has(id) || before === undefined)
          return { module: id, context, share: 1, second: undefined, why: 'it is pinned here' as const };
        const second = before.second && { ...before.second, context: newName(before.second.context) };
        return { ...before, context, second };
      }),
    shared: proposal.shared
      .filter(({ module }) => !moved.has(module) && !pinnedTables.has(module))
      .map((each) => ({
        ...each,
        usedBy: [...new Set(each.usedBy.map(newName))].sort(compare),
        home: each.home === undefined ? undefined : newName(each.home),
      })),
  };
}

/** A part of a file's path ends at a slash, one of a class's name at a dot. */
function matcher(pattern: string): (module: Module) => boolean {
  const [ofFile, ofClass] = [expression(pattern, '[^/]*'), expression(pattern, '[^./]*')];
  return ({ id, path }) => (id === path ? ofFile : ofClass).test(id);
}

function expression(pattern: string, star: string): RegExp {
  const parts = pattern.split('**').map((part) =>
    part
      .split('*')
      .map((each) => each.replace(/[.+?^${}()|[\]\\]/g, '\\$&'))
      .join(star),
  );
  return new RegExp(`^${parts.join('.*')}$`);
}

function unknown(what: string, name: string, known: readonly string[]): SurveyError {
  return new SurveyError(
    'pin-unknown',
    `The survey found no ${what} "${name}". Correct the pin or take it out. ${perhaps(name, known)}`,
  );
}
