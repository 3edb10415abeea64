import type { Language } from '../code/language.ts';
import { outlineLanguage } from '../outline/outline-language.ts';
import { csharpAccess, csharpEntryPoints, entityFramework } from './frameworks.ts';
import { csharpShape } from './shape.ts';

/** C# with ASP.NET and Entity Framework. */
export function csharp(): Promise<Language> {
  return outlineLanguage('c-sharp', ['.cs'], csharpShape, [entityFramework, csharpEntryPoints, csharpAccess]);
}
