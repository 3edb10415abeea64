import type { Language } from '../code/language.ts';
import { outlineLanguage } from '../outline/outline-language.ts';
import { django, pythonAccess, pythonEntryPoints } from './frameworks.ts';
import { pythonShape } from './shape.ts';
import { sqlAlchemy } from './sql-alchemy.ts';

/** Python with Django, SQLAlchemy, Flask and FastAPI. */
export function python(): Promise<Language> {
  return outlineLanguage('python', ['.py'], pythonShape, [
    django,
    sqlAlchemy,
    pythonEntryPoints,
    pythonAccess,
  ]);
}
