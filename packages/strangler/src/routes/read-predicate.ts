import type { TranslatedRequest } from '../translate/translator.ts';

/**
 * Whether a request only reads, so that it may be asked for twice, of both sides: a pure function over its method, path with
 * query, headers (names in lower case) and body as text. A request whose body is longer than `routedBodyBytes` is no read,
 * without being asked; nor is one for which it throws.
 */
export type ReadPredicate = (request: TranslatedRequest) => boolean;
