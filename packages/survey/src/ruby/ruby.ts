import type { Language } from '../code/language.ts';
import { outlineLanguage } from '../outline/outline-language.ts';
import { activeRecord, rubyAccess, rubyEntryPoints } from './frameworks.ts';
import { rubyShape } from './shape.ts';

/** Ruby with Rails. */
export function ruby(): Promise<Language> {
  return outlineLanguage('ruby', ['.rb'], rubyShape, [activeRecord, rubyEntryPoints, rubyAccess]);
}
