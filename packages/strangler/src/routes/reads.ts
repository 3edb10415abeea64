import type { GraphqlOperation } from './graphql-operations.ts';
import type { Route } from './route.ts';

const readMethods = new Set(['GET', 'HEAD']);

/**
 * Whether a request of a route only reads, by the route's own rule: only such a request may be asked for twice, of both
 * sides.
 */
export function isRead(
  { reads, match }: Route,
  method: string,
  operations?: readonly GraphqlOperation[] | undefined,
): boolean {
  const rule = reads ?? (match.graphql === undefined ? 'method' : 'graphql');
  switch (rule) {
    case 'all':
      return true;
    case 'none':
      return false;
    case 'method':
      return readMethods.has(method);
    case 'graphql':
      return operations?.every(({ kind }) => kind === 'query') ?? false;
  }
}
