import type { FileFacts, UnitFacts } from '../code/facts.ts';
import type { Finding } from '../code/finding.ts';
import type { Language } from '../code/language.ts';
import type { Module } from './graph.ts';

/** A unit of code with what the names in it mean. */
export interface Placed {
  readonly id: string;
  readonly module: Module;
  readonly unit: UnitFacts;
  readonly file: FileFacts;
  readonly resolve: (name: string) => string | undefined;
  readonly origin: (name: string) => { readonly module: string; readonly name: string } | undefined;
  readonly findings: readonly Finding[];
}

/** The units of all files of a language. */
export function placed(language: Language, files: readonly FileFacts[]): Placed[] {
  const resolver = language.resolver(files);
  const origins = language.origins?.(files);
  return files.flatMap((file) =>
    file.units.map((unit): Placed => {
      const id = language.idOf(file, unit.name);
      const { name, kind, line, lines } = unit;
      const { path, package: inPackage } = file;
      return {
        id,
        module: { id, name, kind, language: language.name, package: inPackage, path, line, lines },
        unit,
        file,
        resolve: (written) => (written === 'this' ? id : resolver(file, written)),
        origin: (written) => origins?.(file, written),
        findings: language.frameworks.flatMap((framework) => [...framework(unit, file)]),
      };
    }),
  );
}
