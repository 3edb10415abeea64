import type { GraphqlOperation } from './graphql-operations.ts';
import type { Route } from './route.ts';

const readMethods = new Set(['GET', 'HEAD']);

/** What tells whether a request only reads. */
export interface ReadRequest {
  readonly method: string;
  readonly operations?: readonly GraphqlOperation[] | undefined;
  /** What the route's code says, where it is asked. */
  readonly readByCode?: boolean | undefined;
}

/**
 * Whether a request of a route only reads, by the route's own rule: only such a request may be asked for twice, of both
 * sides.
 */
export function isRead({ reads, match }: Route, { method, operations, readByCode }: ReadRequest): boolean {
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
    case 'code':
      return readByCode ?? false;
  }
}
