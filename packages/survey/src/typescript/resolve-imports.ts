import { posix } from 'node:path';

const endings = ['', '.ts', '.tsx', '.js', '.jsx', '.mjs', '.cjs', '.mts', '.cts', '.d.ts'];
const indexes = ['/index.ts', '/index.tsx', '/index.js', '/index.jsx', '/src/index.ts', '/src/index.js'];

interface Alias {
  /** The folder that the setting is for. */
  readonly scope: string;
  readonly pattern: string;
  readonly targets: readonly string[];
}

/** Finds the file that an import means: by relative path, path aliases of `tsconfig.json` and names of workspaces. */
export class ImportResolver {
  readonly #known: ReadonlySet<string>;
  readonly #aliases: Alias[] = [];
  readonly #workspaces = new Map<string, string>();

  constructor(paths: readonly string[], settings: readonly { path: string; text: string }[]) {
    this.#known = new Set(paths);
    for (const { path, text } of settings) {
      const folder = posix.dirname(path);
      const value = parsed(text);
      if (path.endsWith('package.json')) {
        if (typeof value?.name === 'string') this.#workspaces.set(value.name, folder);
      } else this.#addAliases(folder, value);
    }
  }

  resolve(from: string, specifier: string): string | undefined {
    const folder = posix.dirname(from);
    if (/^\.\.?(\/|$)/.test(specifier)) return this.#file(posix.join(folder, specifier));
    for (const { scope, pattern, targets } of this.#aliases) {
      if (scope !== '.' && !from.startsWith(`${scope}/`)) continue;
      const star = matched(pattern, specifier);
      if (star === undefined) continue;
      for (const target of targets) {
        const found = this.#file(posix.join(scope, target.replace('*', star)));
        if (found !== undefined) return found;
      }
    }
    for (const [name, root] of this.#workspaces) {
      if (specifier === name) return this.#file(root);
      if (specifier.startsWith(`${name}/`))
        return (
          this.#file(posix.join(root, specifier.slice(name.length + 1))) ??
          this.#file(posix.join(root, 'src', specifier.slice(name.length + 1)))
        );
    }
    return undefined;
  }

  #addAliases(folder: string, value: Record<string, unknown> | undefined): void {
    const options = value?.compilerOptions as
      | { baseUrl?: string; paths?: Record<string, string[]> }
      | undefined;
    const base = options?.baseUrl ?? '.';
    for (const [pattern, targets] of Object.entries(options?.paths ?? {})) {
      if (!Array.isArray(targets)) continue;
      this.#aliases.push({ scope: folder, pattern, targets: targets.map((each) => posix.join(base, each)) });
    }
    if (options?.baseUrl !== undefined)
      this.#aliases.push({ scope: folder, pattern: '*', targets: [posix.join(base, '*')] });
  }

  #file(path: string): string | undefined {
    const normal = posix.normalize(path).replace(/\/$/, '');
    const bare = normal.replace(/\.(js|mjs|cjs|jsx)$/, '');
    const candidates = [
      ...endings.map((ending) => normal + ending),
      ...(bare === normal ? [] : endings.map((ending) => bare + ending)),
      ...indexes.map((index) => (normal === '.' ? index.slice(1) : normal + index)),
    ];
    return candidates.find((candidate) => this.#known.has(candidate));
  }
}

function matched(pattern: string, specifier: string): string | undefined {
  const [before, after] = pattern.split('*') as [string, string | undefined];
  if (after === undefined) return pattern === specifier ? '' : undefined;
  if (!specifier.startsWith(before) || !specifier.endsWith(after)) return undefined;
  return specifier.slice(before.length, specifier.length - after.length);
}

/** JSON with comments and commas too many, as `tsconfig.json` may have them. */
function parsed(text: string): Record<string, unknown> | undefined {
  const plain = text
    .replace(/("(?:[^"\\]|\\.)*")|\/\/[^\n]*|\/\*[\s\S]*?\*\//g, (_all, string?: string) => string ?? '')
    .replace(/,(\s*[}\]])/g, '$1');
  try {
    const value: unknown = JSON.parse(plain);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}
