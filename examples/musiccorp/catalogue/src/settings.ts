import { Invalid } from '@banyan/runtime';
import { subscription } from './subscription.ts';

/** Where the service finds its databases and where it listens. */
export interface Settings {
  readonly databaseUrl: string;
  readonly monolithUrl: string;
  readonly port: number;
  readonly host: string;
  readonly subscription: string;
}

/**
 * Reads the settings from the environment.
 * @throws Invalid `setting-missing` or `setting-wrong`.
 */
export function settingsFrom(env: NodeJS.ProcessEnv): Settings {
  return {
    databaseUrl: needed(env, 'DATABASE_URL', "the service's own PostgreSQL database"),
    monolithUrl: needed(env, 'MONOLITH_DATABASE_URL', "the monolith's PostgreSQL database"),
    port: portOf(env.PORT || '0'),
    host: env.HOST || '127.0.0.1',
    subscription: subscriptionNamed(env.SUBSCRIPTION || subscription),
  };
}

function needed(env: NodeJS.ProcessEnv, name: string, what: string): string {
  const url = env[name];
  if (!url) throw new Invalid('setting-missing', `Set ${name} to the URL of ${what}.`);
  // Not repeated in the sentence: it may hold a password.
  if (!URL.canParse(url) || !/^postgres(ql)?:$/.test(new URL(url).protocol))
    throw new Invalid('setting-wrong', `${name} must be a URL such as postgres://user@host:5432/database.`);
  return url;
}

function portOf(text: string): number {
  if (/^[0-9]{1,5}$/.test(text) && Number(text) <= 65535) return Number(text);
  throw new Invalid('setting-wrong', `PORT must be a number from 0 to 65535, not ${text}.`);
}

function subscriptionNamed(name: string): string {
  if (/^[a-z0-9_]{1,50}$/.test(name)) return name;
  throw new Invalid('setting-wrong', `SUBSCRIPTION must be 1 to 50 of a-z, 0-9 and _, not ${name}.`);
}
