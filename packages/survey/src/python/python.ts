import type { Language } from '../code/language.ts';
import { outlineLanguage } from '../outline/outline-language.ts';
import { django, pythonAccess, pythonEntryPoints, sqlAlchemy } from './frameworks.ts';
import { pythonShape } from './shape.ts';

/** Python with Django, SQLAlchemy, Flask and FastAPI. */
export function python(): Promise<Language> {
  return outlineLanguage('python', ['.py'], pythonShape, [
    django,
    sqlAlchemy,
    pythonEntryPoints,
    pythonAccess,
  ]);
}
