import type { Pins } from '../contexts/pins.ts';
import { SurveyError } from '../errors.ts';
import type { Graph } from '../graph/graph.ts';
import { perhaps } from '../words/most-alike.ts';

/**
 * Pins with moves laid over them: each is `TABLE:CONTEXT` or `MODULE:CONTEXT`, a module by its id, its path or its name. Survey again with
 * them to see what a move would cost.
 *
 * @throws SurveyError `move-unknown`
 */
export function movedPins(graph: Graph, pins: Pins, moves: readonly string[]): Pins {
  const contexts: Record<string, { modules: string[]; tables: string[]; benefit?: number }> = {};
  for (const [name, { modules = [], tables = [], ...rest }] of Object.entries(pins.contexts ?? {}))
    contexts[name] = { ...rest, modules: [...modules], tables: [...tables] };
  for (const move of moves) {
    const [, what, context] = /^(.+):([^:]+)$/.exec(move) ?? [];
    if (what === undefined || context === undefined)
      throw new SurveyError(
        'move-unknown',
        `The move "${move}" is none. Give TABLE:CONTEXT or FILE:CONTEXT, such as orders:sales.`,
      );
    contexts[context] ??= { modules: [], tables: [] };
    if (graph.tables.some(({ name }) => name === what.toLowerCase()))
      contexts[context].tables.push(what.toLowerCase());
    else contexts[context].modules.push(...modulesOf(graph, what));
  }
  return { ...pins, contexts };
}

function modulesOf({ modules, tables }: Graph, what: string): string[] {
  const found = modules.filter(({ id, path, name }) => id === what || path === what || name === what);
  if (found.length > 0) return found.map(({ id }) => id);
  const names = [...tables.map(({ name }) => name), ...modules.map(({ id }) => id)];
  throw new SurveyError(
    'move-unknown',
    `The survey found no table and no module "${what}". ${perhaps(what, names)}`,
  );
}
