import { quoteIdentifier, quoteLiteral } from '@banyan/postgres';

/** How a bridge reaches the new owner: what everybody may see, and what only the server may. */
export interface BridgeAddress {
  /** Options of the foreign server, by libpq's names. */
  readonly server: Readonly<Record<string, string>>;
  readonly user: string;
  readonly password?: string;
}

/** Parameters of our own client, and those that a foreign server does not take. */
const notOfTheServer = new Set(['ssl', 'application_name', 'fallback_application_name', 'user', 'password']);

/** Takes a connection string apart. Pure. */
export function bridgeAddress(url: string): BridgeAddress {
  const parts = new URL(url);
  const asked = Object.fromEntries(parts.searchParams);
  const given = Object.entries(asked).filter(([name]) => !notOfTheServer.has(name));
  const user = decodeURIComponent(parts.username) || (asked.user ?? 'postgres');
  const password = decodeURIComponent(parts.password) || asked.password;
  return {
    server: {
      ...(parts.hostname === '' ? {} : { host: parts.hostname.replace(/^\[|\]$/g, '') }),
      port: parts.port || '5432',
      dbname: decodeURIComponent(parts.pathname.slice(1)) || user,
      ...Object.fromEntries(given),
    },
    user,
    ...(password === undefined ? {} : { password }),
  };
}

/** Options as SQL text. */
export function optionsText(options: Readonly<Record<string, string>>): string {
  const list = Object.entries(options).map(
    ([name, value]) => `${quoteIdentifier(name)} ${quoteLiteral(value)}`,
  );
  return `options (${list.join(', ')})`;
}
