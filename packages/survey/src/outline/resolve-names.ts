import type { FileFacts } from '../code/facts.ts';
import type { ResolveName } from '../code/language.ts';

interface Candidate {
  readonly id: string;
  readonly package: string;
}

/** The id of a unit: what stands outside of types goes by its path, a type by its package. */
export function idOfUnit(file: FileFacts, unit: string): string {
  const found = file.units.find(({ name }) => name === unit);
  if (found?.kind === 'module') return file.path;
  return file.package === '' ? unit : `${file.package}.${unit}`;
}

/**
 * Finds what a name stands for: in its file, by what is imported, in its package, in packages that are imported whole, and at
 * last by being the only one of its name, because languages load much by convention.
 */
export function resolveNames(files: readonly FileFacts[]): ResolveName {
  const byName = new Map<string, Candidate[]>();
  const modules = new Map<string, string>();
  for (const file of files)
    for (const unit of file.units) {
      const id = idOfUnit(file, unit.name);
      const candidate = { id, package: file.package };
      const names = unit.kind === 'module' ? unit.nested : [unit.name];
      if (unit.kind === 'module') modules.set(file.package, id);
      for (const name of names) byName.set(name, [...(byName.get(name) ?? []), candidate]);
    }
  const inPackage = (name: string, of: string) =>
    byName.get(name)?.find((each) => samePackage(each.package, of))?.id;
  const moduleOf = (of: string) => {
    for (const [name, id] of modules) if (samePackage(name, of)) return id;
    return undefined;
  };
  /** In this package, or in the nearest of those around it. */
  const enclosing = (name: string, of: string): string | undefined => {
    const all = byName.get(name);
    for (let around = of; all !== undefined; around = around.slice(0, Math.max(0, around.lastIndexOf('.')))) {
      const found = all.find((each) => each.package === around)?.id;
      if (found !== undefined || around === '') return found;
    }
    return undefined;
  };
  return (file, written) => {
    const parts = written.split(/\.|::|\\/);
    const [first, last] = [parts[0]!, parts.at(-1)!];
    const own = file.units.find(({ name, kind }) => name === last && kind !== 'module');
    if (own !== undefined) return idOfUnit(file, own.name);
    const here = file.units.find(({ nested }) => nested.includes(last));
    if (here !== undefined) return idOfUnit(file, here.name);
    const imported = file.imports.find(({ as }) => as === first);
    if (imported !== undefined) {
      const name = imported.name ?? imported.as;
      if (parts.length > 1)
        return inPackage(last, imported.from) ?? inPackage(last, `${imported.from}.${name}`);
      return (
        inPackage(name, imported.from) ?? moduleOf(`${imported.from}.${name}`) ?? moduleOf(imported.from)
      );
    }
    const within = parts.length > 1 ? inPackage(last, parts.slice(0, -1).join('.')) : undefined;
    const near = within ?? enclosing(last, file.package);
    if (near !== undefined) return near;
    for (const { as, from } of file.imports) {
      const whole = as === '*' ? inPackage(last, from) : undefined;
      if (whole !== undefined) return whole;
    }
    const all = byName.get(last) ?? [];
    return all.length === 1 ? all[0]!.id : undefined;
  };
}

/** Packages are written from a root that the files do not tell, so the end of the longer one counts. */
function samePackage(a: string, b: string): boolean {
  return a === b || a.endsWith(`.${b}`) || b.endsWith(`.${a}`);
}
