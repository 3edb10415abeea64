import type { FileFacts } from '../code/facts.ts';
import type { Language, ResolveName } from '../code/language.ts';
import { loadGrammar } from '../syntax/grammar.ts';
import { dataAccess } from './data-access.ts';
import { entryPoints, transactions } from './entry-points.ts';
import { jpa } from './jpa.ts';
import { readJava } from './read-java.ts';

/** Java with the frameworks that most monoliths in it are written with. */
export async function java(): Promise<Language> {
  const parse = await loadGrammar('java');
  return {
    name: 'java',
    extensions: ['.java'],
    frameworks: [jpa, dataAccess, entryPoints, transactions],
    read: (path, source) => readJava(path, source, parse),
    idOf,
    resolver,
  };
}

function idOf(file: FileFacts, unit: string): string {
  return file.package === '' ? unit : `${file.package}.${unit}`;
}

/** By the rules of the language: the file itself, what it imports, its package, the packages it imports whole. */
function resolver(files: readonly FileFacts[]): ResolveName {
  const known = new Set(files.flatMap((file) => file.units.map((unit) => idOf(file, unit.name))));
  return (file, name) => {
    if (known.has(name)) return name;
    const [outer] = name.split('.') as [string];
    if (file.units.some((unit) => unit.name === outer)) return idOf(file, outer);
    if (file.units.some((unit) => unit.nested.includes(outer))) return undefined;
    const imported = file.imports.find((each) => each.as === outer);
    if (imported !== undefined) return outermost(imported.from);
    if (known.has(idOf(file, outer))) return idOf(file, outer);
    const whole = file.imports.find((each) => each.as === '*' && known.has(`${each.from}.${outer}`));
    return whole === undefined ? outermost(name) : `${whole.from}.${outer}`;
  };

  /** `a.b.Order.Line` is part of `a.b.Order`. */
  function outermost(full: string): string | undefined {
    for (let name = full; name !== ''; name = name.slice(0, Math.max(0, name.lastIndexOf('.'))))
      if (known.has(name)) return name;
    return undefined;
  }
}
