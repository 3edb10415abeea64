import type { Language } from '../code/language.ts';
import { outlineLanguage } from '../outline/outline-language.ts';
import { goAccess, goEntryPoints, gorm } from './frameworks.ts';
import { goShape } from './shape.ts';

/** Go with GORM and the usual routers. */
export function go(): Promise<Language> {
  return outlineLanguage('go', ['.go'], goShape, [gorm, goEntryPoints, goAccess]);
}
