import { existsSync } from 'node:fs';
import path from 'node:path';
import { Invalid, NotFound } from '@banyan/runtime';
import type { AnyProjection } from '../config/config.ts';
import { findConfig, importModule, loadConfig } from '../config/load-config.ts';

/** Where the code of projections is. */
export interface ProjectionSource {
  /** A module whose exports are projections, or lists of them. */
  readonly from?: string;
  readonly config?: string;
  readonly service?: string;
}

/**
 * The projections that a module exports, or that a service of the configuration names.
 * @throws NotFound `module-missing`; Invalid `projection-twice`, and what `loadConfig` throws.
 */
export async function findProjections(source: ProjectionSource): Promise<readonly AnyProjection[]> {
  const found =
    source.from === undefined ? await ofConfig(source) : projectionsAmong(await importFrom(source.from));
  const names = new Set<string>();
  for (const { name } of found) {
    if (names.has(name)) throw twice(name);
    names.add(name);
  }
  return found;
}

/** @throws NotFound `projection-unknown` with the names there are. */
export function projectionOf(all: readonly AnyProjection[], name: string): AnyProjection {
  const found = all.find((projection) => projection.name === name);
  if (found !== undefined) return found;
  const known = all.map((projection) => projection.name).join(', ') || 'none';
  throw new NotFound(
    'projection-unknown',
    `There is no code of a projection ${JSON.stringify(name)}. Found: ${known}. Name the module that exports it with --from, or list it under "projections" of its service in the configuration.`,
  );
}

/** Every projection among a module's exports, and within lists that it exports. */
export function projectionsAmong(exports: object): readonly AnyProjection[] {
  const values = Object.values(exports).flatMap((value: unknown) => (Array.isArray(value) ? value : [value]));
  return [...new Set(values.filter(isProjection))];
}

function isProjection(value: unknown): value is AnyProjection {
  const { name, on, reset } = (value ?? {}) as Partial<AnyProjection>;
  return typeof name === 'string' && typeof on === 'object' && typeof reset === 'function';
}

async function ofConfig({ config, service }: ProjectionSource): Promise<readonly AnyProjection[]> {
  if (config === undefined && findConfig(undefined, process.cwd()) === undefined) return [];
  const { services } = await loadConfig(config);
  return Object.entries(services)
    .filter(([name]) => service === undefined || name === service)
    .flatMap(([, { projections = [] }]) => projections);
}

async function importFrom(from: string): Promise<object> {
  const file = path.resolve(from);
  if (!existsSync(file))
    throw new NotFound(
      'module-missing',
      `There is no ${file}: name the module with the projections by its path.`,
    );
  return (await importModule(file)) as object;
}

function twice(name: string): Invalid {
  return new Invalid(
    'projection-twice',
    `There are several projections called ${JSON.stringify(name)}: name the module that exports the one that is meant with --from.`,
  );
}
