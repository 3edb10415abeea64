import { createHash } from 'node:crypto';
import { homedir } from 'node:os';
import path from 'node:path';

/**
 * Where a survey of a folder keeps what it read: below the user's own folder for caches (`XDG_CACHE_HOME`, else `~/.cache`), because
 * nothing is written to the code that is surveyed. Each folder of code has one of its own.
 */
export function cacheFolder(
  repo: string,
  { XDG_CACHE_HOME: given }: NodeJS.ProcessEnv = process.env,
): string {
  const root = given !== undefined && path.isAbsolute(given) ? given : path.join(homedir(), '.cache');
  const full = path.resolve(repo);
  const place = createHash('sha256').update(full).digest('hex').slice(0, 12);
  return path.join(root, 'banyan', 'survey', `${path.basename(full) || 'root'}-${place}`);
}
