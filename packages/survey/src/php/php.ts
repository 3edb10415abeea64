import type { Language } from '../code/language.ts';
import { outlineLanguage } from '../outline/outline-language.ts';
import { doctrine, eloquentModels, phpAccess, phpEntryPoints } from './frameworks.ts';
import { phpShape } from './shape.ts';

/** PHP with Symfony, Doctrine and Laravel. */
export function php(): Promise<Language> {
  return outlineLanguage('php', ['.php'], phpShape, [doctrine, eloquentModels, phpEntryPoints, phpAccess]);
}
