import type { SeamChoices, SplitTable } from '@banyan/split';

/**
 * The answers by the names that tables and triggers have once the seam is drawn; the configuration goes on to name them as the monolith
 * does. Pure.
 */
export function seamOfMoved(
  seam: SeamChoices | undefined,
  tables: readonly SplitTable[],
): { readonly seam?: SeamChoices } {
  if (seam === undefined) return {};
  const { writers, triggers } = seam;
  return {
    seam: {
      ...seam,
      ...(writers === undefined ? {} : { writers: renamed(writers, tables) }),
      ...(triggers === undefined ? {} : { triggers: renamed(triggers, tables) }),
    },
  };
}

function renamed<Answer>(
  answers: Readonly<Record<string, Answer>>,
  tables: readonly SplitTable[],
): Record<string, Answer> {
  const nameOf = (name: string) => {
    const table = tables.find(({ oldName }) => name === oldName || name.startsWith(`${oldName}.`));
    return table?.oldName === undefined ? name : table.name + name.slice(table.oldName.length);
  };
  return Object.fromEntries(Object.entries(answers).map(([name, answer]) => [nameOf(name), answer]));
}
