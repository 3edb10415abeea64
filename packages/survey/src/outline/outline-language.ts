import type { FrameworkReader } from '../code/finding.ts';
import type { Language } from '../code/language.ts';
import { statements } from '../code/statements.ts';
import { type GrammarName, loadGrammar } from '../syntax/grammar.ts';
import { readOutline } from './read-outline.ts';
import { idOfUnit, resolveNames } from './resolve-names.ts';
import type { Shape } from './shape.ts';

/** A language that is read by its outline, with the frameworks that most monoliths in it are written with. */
export async function outlineLanguage(
  grammar: GrammarName,
  extensions: readonly string[],
  shape: Shape,
  frameworks: readonly FrameworkReader[],
): Promise<Language> {
  const parse = await loadGrammar(grammar);
  return {
    name: shape.language,
    extensions,
    frameworks: [...frameworks, statements],
    read: (path, source) => readOutline(path, source, parse, shape),
    ...(shape.link === undefined ? {} : { link: shape.link }),
    idOf: idOfUnit,
    resolver: resolveNames,
  };
}
