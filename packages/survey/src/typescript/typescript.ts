import type { FileFacts } from '../code/facts.ts';
import type { Language, ResolveName } from '../code/language.ts';
import { statements } from '../code/statements.ts';
import { loadGrammar } from '../syntax/grammar.ts';
import { entities, routes } from './frameworks.ts';
import { linkModules, originFinder } from './link-modules.ts';
import { drizzle } from './mappings/drizzle.ts';
import { entityManager } from './mappings/entity-manager.ts';
import { knex } from './mappings/knex.ts';
import { prisma } from './mappings/prisma.ts';
import { repositories } from './mappings/repositories.ts';
import { sequelize } from './mappings/sequelize.ts';
import { readModule } from './read-module.ts';
import { ImportResolver } from './resolve-imports.ts';

/** TypeScript and JavaScript; a file is a module. */
export async function typescript(): Promise<Language> {
  const [plain, withTags] = [await loadGrammar('typescript'), await loadGrammar('tsx')];
  let settings: readonly { path: string; text: string }[] = [];
  const resolverOf = (files: readonly FileFacts[]) =>
    new ImportResolver(
      files.map(({ path }) => path),
      settings,
    );
  return {
    name: 'typescript',
    extensions: ['.ts', '.tsx', '.mts', '.cts', '.js', '.jsx', '.mjs', '.cjs'],
    settings: ['tsconfig.json', 'jsconfig.json', 'tsconfig.base.json', 'package.json'],
    frameworks: [routes, entities, statements, drizzle, entityManager, knex, prisma, repositories, sequelize],
    configure: (found) => {
      settings = found;
    },
    read: (path, source) => readModule(path, source, /\.[mc]?ts$/.test(path) ? plain : withTags),
    link: (files) => linkModules(files, resolverOf(files)),
    idOf: (file) => file.path,
    origins: (files) => {
      const find = originFinder(files, resolverOf(files));
      return (file, name) => {
        const found = find(file, name);
        return found && { module: found.file.path, name: found.name };
      };
    },
    resolver: (files): ResolveName => {
      const imports = resolverOf(files);
      const find = originFinder(files, imports);
      return (file, name) =>
        file.units[0]?.nested.includes(name) ? file.path : (find(file, name)?.file.path ?? undefined);
    },
  };
}
